"""Sums, products, quotients and powers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from gradcli.errors import UsageError
from gradcli.exact import less_one
from gradcli.graph import Parameters
from gradcli.primitives.declare import (
    BALLS,
    FLOATING,
    FRACTIONS,
    JAVASCRIPT,
    NOTHING,
    SYMBOLIC,
    TENSORS,
    Cost,
    Domain,
    Elementwise,
    Kink,
    Notation,
    Primitive,
    Value,
    function_call,
    multiplication,
    no_cost,
)
from gradcli.shapes import Shape

PAIRS = ((2.0, 5.0), (-1.5, 0.25), (0.75, -3.0))


def _power_partial(m: Any, out: Value, x: Value, exponent: float) -> Value:
    if exponent == 0:
        return 0.0
    if exponent == 1:
        return 1.0
    if exponent == 2:
        return 2.0 * x
    return m.mul(exponent, m.power(x, exponent=less_one(exponent)))


def _pow_base_partial(m: Any, out: Value, x: Value, y: Value) -> Value:
    # 0 * x^(y-1) is 0 * inf at x = y = 0, where the base does not matter. Held there only: elsewhere on y = 0 the
    # derivative of this by y is 1/x, not 0.
    return m.where(m.eq(x, 0.0) * m.eq(y, 0.0), 0.0, y * m.pow(x, y - 1.0))


def _pow_exponent_partial(m: Any, out: Value, x: Value, y: Value) -> Value:
    # 0^y is 0 for every y > 0, so its derivative is 0 although ln(0) is not finite.
    held_at_zero = m.eq(x, 0.0) * m.gt(y, 0.0)
    return m.where(held_at_zero, 0.0, out * m.log(x))


def _power_defined(x: Value, exponent: float) -> Any:
    whole = exponent % 1 == 0
    if exponent < 0:
        return (x != 0) if whole else x > 0
    return x == x if whole else x >= 0


def _no_cube_root(x: Value, exponent: float) -> Any:
    """The cube root is real below 0 too, and the power with a third as its exponent is not."""
    return (x >= 0) if exponent == 1 / 3 else x == x


def _representable(shapes: Sequence[Shape], exponent: float) -> Parameters:
    """The exponent, which every carrier must be able to hold as a float."""
    try:
        float(exponent)
    except OverflowError:
        raise UsageError("the exponent is too large for a float64", hint="exponents end at about 1.8e308") from None
    return (exponent,)


def _power_cost(out: Shape, x: Shape, exponent: float) -> Cost:
    """A square and a reciprocal are a multiplication each; x^0 and x are none."""
    if exponent in (0, 1):
        return NOTHING
    return (multiplication if exponent in (2, -1) else function_call)(out)


def _pow_defined(x: Value, y: Value) -> Any:
    whole = y % 1 == 0
    return (x > 0) | ((x == 0) & (y >= 0)) | ((x < 0) & whole)


def _whole_quotient(x: Value, y: Value) -> tuple[Value]:
    """Zero where y divides x; a zero divisor, at which Python's % raises, is outside the domain anyway."""
    return (x % _divisor(y),)


def _quotient(x: Value, y: Value) -> Value:
    return x / _divisor(y)


def _divisor(y: Value) -> Value:
    return y + (y == 0)


NO_ZERO_DIVISOR = Domain("y != 0", lambda x, y: y != 0)

PRIMITIVES = (
    Primitive(
        "add",
        Elementwise(lambda m, out, x, y: 1.0, lambda m, out, x, y: 1.0),
        doc="sum",
        arguments=("x", "y"),
        notation=Notation(infix="+", precedence=10),
        identities=(0.0, 0.0),
        commutative=True,
        samples=PAIRS,
        torch="torch.add",
        math="operator.add",
        sympy="operator.add",
        arb="operator.add",
        fraction="operator.add",
        javascript="+",
        cost=no_cost,
    ),
    Primitive(
        "sub",
        Elementwise(lambda m, out, x, y: 1.0, lambda m, out, x, y: -1.0),
        doc="difference",
        arguments=("x", "y"),
        spellings=("sub", "subtract"),
        notation=Notation(infix="-", precedence=10),
        identities=(None, 0.0),
        samples=PAIRS,
        torch="torch.sub",
        math="operator.sub",
        sympy="operator.sub",
        arb="operator.sub",
        fraction="operator.sub",
        of_equals=0,
        javascript="-",
        cost=no_cost,
    ),
    Primitive(
        "mul",
        Elementwise(lambda m, out, x, y: y, lambda m, out, x, y: x),
        doc="product, elementwise",
        arguments=("x", "y"),
        spellings=("mul", "multiply"),
        notation=Notation(infix="*", precedence=20, latex=r"{0} \cdot {1}"),
        identities=(1.0, 1.0),
        commutative=True,
        samples=PAIRS,
        torch="torch.mul",
        math="operator.mul",
        sympy="operator.mul",
        arb="operator.mul",
        fraction="operator.mul",
        javascript="*",
        cost=multiplication,
    ),
    Primitive(
        "div",
        Elementwise(lambda m, out, x, y: m.div(1.0, y), lambda m, out, x, y: -m.div(out, y)),
        doc="quotient, elementwise",
        arguments=("x", "y"),
        spellings=("div", "divide"),
        domain=(NO_ZERO_DIVISOR,),
        notation=Notation(infix="/", precedence=20, latex=r"\frac{{{0}}}{{{1}}}", encloses=True),
        identities=(None, 1.0),
        samples=PAIRS,
        torch="torch.div",
        math="gradcli.primitives.backings.floating.divide",
        sympy="operator.truediv",
        arb="operator.truediv",
        fraction="operator.truediv",
        of_equals=1,
        javascript="/",
        cost=multiplication,
    ),
    Primitive(
        "floor_divide",
        Elementwise(None, None),
        doc="quotient rounded down, elementwise",
        arguments=("x", "y"),
        spellings=("floor_divide",),
        domain=(NO_ZERO_DIVISOR,),
        kink=Kink(
            at=_whole_quotient,
            quotient=_quotient,
            convention="0, as on both sides of the jump",
            points=((4.0, 2.0), (0.0, -3.0)),
            jax="0",
        ),
        notation=Notation(
            infix="//",
            precedence=20,
            latex=r"\left\lfloor \frac{{{0}}}{{{1}}} \right\rfloor",
            encloses=True,
        ),
        samples=((7.0, 2.0), (-1.5, 0.4), (7.5, -2.0)),
        torch=TENSORS + "floor_divide",
        math=FLOATING + "floor_divide",
        sympy=SYMBOLIC + "floor_divide",
        arb=BALLS + "floor_divide",
        fraction=BALLS + "floor_divide",
        of_equals=1,
        javascript=JAVASCRIPT + "floor_divide",
    ),
    Primitive(
        "remainder",
        Elementwise(lambda m, out, x, y: 1.0, lambda m, out, x, y: -m.floor_divide(x, y)),
        doc="remainder of the quotient rounded down, with the sign of y, elementwise",
        arguments=("x", "y"),
        spellings=("remainder", "mod"),
        domain=(NO_ZERO_DIVISOR,),
        kink=Kink(
            at=_whole_quotient,
            quotient=_quotient,
            convention="1 for x and -floor(x/y) for y, as beside the jump",
            points=((4.0, 2.0), (0.0, -3.0)),
            jax="the same",
        ),
        # x \bmod y \cdot z would be read either way.
        notation=Notation(infix="%", precedence=20, latex=r"\operatorname{{mod}}\left({0}, {1}\right)", encloses=True),
        samples=((7.0, 2.0), (-1.5, 0.4), (7.5, -2.0)),
        torch="torch.remainder",
        math=FLOATING + "remainder",
        sympy=SYMBOLIC + "remainder",
        arb=BALLS + "remainder",
        fraction=FRACTIONS + "remainder",
        of_equals=0,
        javascript=JAVASCRIPT + "remainder",
    ),
    Primitive(
        "neg",
        Elementwise(lambda m, out, x: -1.0),
        doc="unary minus",
        spellings=("neg", "negative"),
        notation=Notation(prefix="-", precedence=25),
        samples=((2.0,), (-0.5,)),
        torch="torch.neg",
        math="operator.neg",
        sympy="operator.neg",
        arb="operator.neg",
        fraction="operator.neg",
        javascript="-",
        cost=no_cost,
    ),
    Primitive(
        "power",
        Elementwise(_power_partial),
        doc="power with a constant exponent; 0^0 is 1",
        spellings=("power",),
        parameters={"exponent": 2},
        normalize=_representable,
        domain=(
            Domain("x >= 0 to be raised to 1/3 (the real cube root is cbrt(x))", _no_cube_root),
            Domain("a real and finite x^exponent", _power_defined),
        ),
        kink=Kink(
            at=lambda x, exponent: (x,) if 0 < exponent < 1 else (),
            convention="infinite: the curve is vertical at 0",
            points=((0.0, 0.5), (0.0, 0.25)),
            jax="infinite",
        ),
        notation=Notation(infix="^", precedence=30, right_associative=True, latex="{{{0}}}^{{{1}}}"),
        samples=((1.5, 2), (-1.5, 3), (0.7, -2), (2.5, 0.5), (3.0, 1.7), (1.2, 0), (1.2, 1)),
        torch="gradcli.primitives.backings.tensors.power",
        math="gradcli.primitives.backings.floating.power",
        sympy="gradcli.primitives.backings.symbolic.power",
        arb=BALLS + "power",
        fraction=FRACTIONS + "power",
        javascript=JAVASCRIPT + "power",
        cost=_power_cost,
    ),
    Primitive(
        "pow",
        Elementwise(_pow_base_partial, _pow_exponent_partial),
        doc="power with a variable exponent; for a base below 0 only whole exponents are real",
        arguments=("x", "y"),
        spellings=("pow",),
        domain=(Domain("x > 0, or x = 0 and y >= 0, or y whole", _pow_defined),),
        notation=Notation(infix="^", precedence=30, right_associative=True, latex="{{{0}}}^{{{1}}}"),
        samples=((2.0, 1.5), (0.5, -2.0), (3.0, 0.25)),
        torch="torch.pow",
        math="gradcli.primitives.backings.floating.power",
        sympy="operator.pow",
        arb=BALLS + "pow",
        fraction=FRACTIONS + "pow",
        javascript=JAVASCRIPT + "power",
    ),
)
