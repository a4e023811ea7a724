"""Functions with kinks, steps and branches, and detach.

At a kink the rule returns what PyTorch returns, so that its users see the same number; `Kink` says which that is and
gives the one-sided derivatives.
"""

from __future__ import annotations

from typing import Any

from gradcli.primitives.declare import (
    BALLS,
    FLOATING,
    FRACTIONS,
    JAVASCRIPT,
    SYMBOLIC,
    TENSORS,
    Elementwise,
    Kink,
    Linear,
    Notation,
    Primitive,
    Value,
)


def _share(m: Any, chosen: Value, tied: Value) -> Value:
    """1 where the argument is chosen, 1/2 at a tie, else 0."""
    return chosen + 0.5 * tied


def _clamp_sides(m: Any, tangents: tuple[Value, Value, Value], x: Value, low: Value, high: Value) -> Value:
    dx, dlow, dhigh = tangents
    lower = m.where(m.gt(x, low), dx, m.where(m.eq(x, low), m.maximum(dx, dlow), dlow))
    raised = m.maximum(x, low)
    return m.where(m.lt(raised, high), lower, m.where(m.eq(raised, high), m.minimum(lower, dhigh), dhigh))


def _choice_sides(better: str, extreme: str) -> Any:
    def sides(m: Any, tangents: tuple[Value, Value], x: Value, y: Value) -> Value:
        dx, dy = tangents
        tie = getattr(m, extreme)(dx, dy)
        return m.where(m.eq(x, y), tie, m.where(getattr(m, better)(x, y), dx, dy))

    return sides


def _part(x: Value) -> tuple[Value]:
    return (x - x // 1,)


def _itself(x: Value) -> Value:
    return x


def _step(
    name: str,
    doc: str,
    at: Any,
    jumps: tuple[float, ...],
    points: tuple[float, ...],
    torch: str = "torch.",
    quotient: Any = None,
) -> Primitive:
    return Primitive(
        name,
        Elementwise(None),
        doc=doc,
        kink=Kink(
            at=at,
            quotient=quotient,
            convention="0, as on both sides of the jump",
            points=tuple((p,) for p in jumps),
            jax="0",
        ),
        samples=tuple((p,) for p in points),
        torch=torch + name,
        math=FLOATING + name,
        sympy=SYMBOLIC + name,
        arb=BALLS + name,
        fraction=FRACTIONS + name,
        javascript=JAVASCRIPT + name,
    )


def _comparison(name: str, symbol: str, latex: str, doc: str) -> Primitive:
    return Primitive(
        name,
        Elementwise(None, None),
        doc=doc + " (1 or 0)",
        arguments=("x", "y"),
        kink=Kink(
            at=lambda x, y: (x - y,),
            convention="0: a comparison is constant on both sides",
            points=((1.0, 1.0),),
            jax="0",
        ),
        notation=Notation(infix=symbol, precedence=5, latex=rf"{{0}} {latex} {{1}}"),
        samples=((2.0, 5.0), (3.0, -1.0)),
        torch=TENSORS + name,
        math=FLOATING + name,
        sympy=SYMBOLIC + name,
        arb=BALLS + name,
        fraction=BALLS + name,
        javascript=JAVASCRIPT + name,
    )


PRIMITIVES = (
    Primitive(
        "abs",
        Elementwise(lambda m, out, x: m.sign(x)),
        doc="absolute value",
        kink=Kink(
            at=lambda x: (x,),
            convention="0, the middle of [-1, 1]",
            points=((0.0,),),
            sides=lambda m, tangents, x: m.abs(tangents[0]),
            jax="1",
        ),
        notation=Notation(latex=r"\left|{0}\right|", encloses=True),
        samples=((2.0,), (-0.5,)),
        torch="torch.abs",
        math="math.fabs",
        sympy="sympy.Abs",
        arb="builtins.abs",
        fraction="builtins.abs",
        javascript="Math.abs",
    ),
    _step("sign", "-1, 0 or 1", lambda x: (x,), (0.0,), (2.0, -0.5), TENSORS),
    _step("floor", "largest integer not above x", _part, (2.0, -1.0, 0.0), (2.3, -0.5), quotient=_itself),
    _step("ceil", "smallest integer not below x", _part, (2.0, -1.0, 0.0), (2.3, -0.5), quotient=_itself),
    _step("round", "nearest integer, halves to even", lambda x: ((x - x // 1) - 0.5,), (2.5, -0.5), (2.3, -0.7)),
    Primitive(
        "relu",
        Elementwise(lambda m, out, x: m.gt(x, 0.0)),
        doc="rectifier max(x, 0)",
        kink=Kink(
            at=lambda x: (x,),
            convention="0, the lower end of [0, 1]",
            points=((0.0,),),
            sides=lambda m, tangents, x: m.maximum(tangents[0], 0.0),
            flat="it is 0 for every x < 0",
            jax="0",
        ),
        samples=((2.0,), (-0.5,)),
        torch="torch.relu",
        math=FLOATING + "relu",
        sympy=SYMBOLIC + "relu",
        arb=BALLS + "relu",
        fraction=BALLS + "relu",
        javascript=JAVASCRIPT + "relu",
    ),
    Primitive(
        "maximum",
        Elementwise(
            lambda m, out, x, y: _share(m, m.gt(x, y), m.eq(x, y)),
            lambda m, out, x, y: _share(m, m.lt(x, y), m.eq(x, y)),
        ),
        doc="larger of two numbers, elementwise",
        arguments=("x", "y"),
        spellings=("max", "maximum"),
        kink=Kink(
            at=lambda x, y: (x - y,),
            convention="1/2 for each argument of a tie",
            points=((0.0, 0.0), (-1.5, -1.5)),
            sides=_choice_sides("gt", "maximum"),
            flat="the other argument is larger",
            jax="1/2 for each",
        ),
        notation=Notation(latex=r"\max\left({0}, {1}\right)", encloses=True),
        samples=((2.0, 1.0), (-1.0, 0.5)),
        torch="torch.maximum",
        math=FLOATING + "maximum",
        sympy=SYMBOLIC + "maximum",
        arb=BALLS + "maximum",
        fraction=BALLS + "maximum",
        javascript=JAVASCRIPT + "maximum",
    ),
    Primitive(
        "minimum",
        Elementwise(
            lambda m, out, x, y: _share(m, m.lt(x, y), m.eq(x, y)),
            lambda m, out, x, y: _share(m, m.gt(x, y), m.eq(x, y)),
        ),
        doc="smaller of two numbers, elementwise",
        arguments=("x", "y"),
        spellings=("min", "minimum"),
        kink=Kink(
            at=lambda x, y: (x - y,),
            convention="1/2 for each argument of a tie",
            points=((0.0, 0.0), (2.5, 2.5)),
            sides=_choice_sides("lt", "minimum"),
            flat="the other argument is smaller",
            jax="1/2 for each",
        ),
        notation=Notation(latex=r"\min\left({0}, {1}\right)", encloses=True),
        samples=((2.0, 1.0), (-1.0, 0.5)),
        torch="torch.minimum",
        math=FLOATING + "minimum",
        sympy=SYMBOLIC + "minimum",
        arb=BALLS + "minimum",
        fraction=BALLS + "minimum",
        javascript=JAVASCRIPT + "minimum",
    ),
    Primitive(
        "clamp",
        Elementwise(
            lambda m, out, x, low, high: m.ge(x, low) * m.le(x, high),
            lambda m, out, x, low, high: m.lt(x, low) * m.lt(low, high),
            lambda m, out, x, low, high: m.gt(m.maximum(x, low), high),
        ),
        doc="x limited to the interval from min to max",
        arguments=("x", "min", "max"),
        spellings=("clamp", "clip"),
        kink=Kink(
            at=lambda x, low, high: (x - low, x - high, low - high),
            convention="1 for x, as inside the interval",
            points=((0.0, 0.0, 1.0), (1.0, 0.0, 1.0), (0.5, 0.5, 0.5)),
            sides=_clamp_sides,
            flat="x is outside the interval, and the result is one of its ends",
            jax="1/2 for x and for the bound that it equals; 1/4, 1/4 and 1/2 where all are equal",
            slopes=(0.0, 1.0),
        ),
        samples=((0.5, 0.0, 1.0), (-2.0, -1.0, 1.0), (3.0, -1.0, 1.0)),
        torch="torch.clamp",
        math=FLOATING + "clamp",
        sympy=SYMBOLIC + "clamp",
        arb=BALLS + "clamp",
        fraction=BALLS + "clamp",
        javascript=JAVASCRIPT + "clamp",
    ),
    Primitive(
        "where",
        Linear(
            None,
            lambda m, cotangent, c, a, b: m.masked(c, cotangent),
            lambda m, cotangent, c, a, b: m.masked(m.eq(c, 0.0), cotangent),
        ),
        doc="a where the condition holds, else b",
        kink=Kink(
            at=lambda c, a, b: (c,),
            convention="the branch that is taken",
            points=((0.0, 2.0, 5.0),),
            arguments=(0,),
            jax="the branch that is taken",
        ),
        arguments=("condition", "a", "b"),
        samples=((1.0, 2.0, 5.0), (0.0, 2.0, 5.0)),
        torch=TENSORS + "where",
        math=FLOATING + "where",
        sympy=SYMBOLIC + "where",
        arb=BALLS + "where",
        fraction=BALLS + "where",
        javascript=JAVASCRIPT + "where",
    ),
    _comparison("gt", ">", ">", "greater than"),
    _comparison("lt", "<", "<", "less than"),
    _comparison("ge", ">=", r"\ge", "at least"),
    _comparison("le", "<=", r"\le", "at most"),
    _comparison("eq", "==", "=", "equal"),
    _comparison("ne", "!=", r"\ne", "not equal"),
    Primitive(
        "detach",
        Elementwise(None),
        doc="the value, held: no derivative passes, as in PyTorch",
        spellings=("detach", "stop_gradient"),
        holds_value=True,
        samples=((2.0,), (-0.5,)),
        torch="torch.detach",
        math="builtins.float",
        sympy=SYMBOLIC + "unchanged",
        arb=BALLS + "unchanged",
        fraction=BALLS + "unchanged",
        javascript=JAVASCRIPT + "unchanged",
    ),
)
