"""Exponentials, logarithms, roots, error functions and the gamma function.

Partials are in the form that keeps its digits. Formulas: NIST Digital Library of Mathematical Functions, chapters 4
(elementary), 5 (gamma) and 7 (error functions).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from gradcli.errors import UsageError
from gradcli.exact import PI
from gradcli.graph import Parameters
from gradcli.primitives.declare import (
    BALLS,
    CALL,
    FLOATING,
    FRACTIONS,
    JAVASCRIPT,
    SYMBOLIC,
    TENSORS,
    Domain,
    Elementwise,
    Kink,
    Notation,
    Primitive,
    Value,
    function_latex,
    unary,
)
from gradcli.shapes import Shape


def _not_a_pole(x: Value, *parameters: Any) -> Any:
    return (x > 0) | (x % 1 != 0)


def _order(shapes: Sequence[Shape], order: Any) -> Parameters:
    if not isinstance(order, int) or order < 1:
        raise UsageError(
            f"the order of polygamma is a whole number from 1 on, not {order}", hint="order 0 is digamma(x)"
        )
    return (order,)


POSITIVE = Domain("x > 0", lambda x: x > 0)
NO_POLE = Domain("x other than 0, -1, -2, ...", _not_a_pole)
ANY = (-2.0, 0.3, 1.7)

PRIMITIVES = (
    unary("exp", lambda m, out, x: out, "exponential", ANY, math=FLOATING + "exp", notation=function_latex("exp")),
    unary(
        "expm1",
        lambda m, out, x: m.exp(x),
        "exp(x) - 1 without cancellation near 0",
        (-2.0, 1e-9, 1.7),
        math=FLOATING + "expm1",
        sympy=SYMBOLIC + "expm1",
    ),
    unary(
        "log",
        lambda m, out, x: m.div(1.0, x),
        "natural logarithm",
        (0.2, 2.0, 30.0),
        spellings=("ln", "log"),
        domain=(POSITIVE,),
        math=FLOATING + "log",
        notation=function_latex("ln"),
    ),
    unary(
        "log1p",
        lambda m, out, x: m.div(1.0, 1.0 + x),
        "ln(1 + x) without cancellation near 0",
        (-0.5, 1e-9, 3.0),
        domain=(Domain("x > -1", lambda x: x > -1),),
        math=FLOATING + "log1p",
        sympy=SYMBOLIC + "log1p",
    ),
    unary(
        "log2",
        lambda m, out, x: m.div(1.0, x * m.log(2.0)),
        "logarithm to base 2",
        (0.2, 2.0, 30.0),
        domain=(POSITIVE,),
        math=FLOATING + "log2",
        sympy=SYMBOLIC + "log2",
        arb=BALLS + "log2",
        fraction=FRACTIONS + "log2",
        notation=Notation(latex=r"\log_{{2}}\left({0}\right)", encloses=True),
    ),
    unary(
        "log10",
        lambda m, out, x: m.div(1.0, x * m.log(10.0)),
        "logarithm to base 10",
        (0.2, 2.0, 30.0),
        domain=(POSITIVE,),
        math=FLOATING + "log10",
        sympy=SYMBOLIC + "log10",
        arb=BALLS + "log10",
        fraction=FRACTIONS + "log10",
        notation=Notation(latex=r"\log_{{10}}\left({0}\right)", encloses=True),
    ),
    unary(
        "sqrt",
        lambda m, out, x: m.div(1.0, 2.0 * out),
        "square root",
        (0.2, 2.0, 30.0),
        domain=(Domain("x >= 0", lambda x: x >= 0),),
        math=FLOATING + "sqrt",
        fraction=FRACTIONS + "sqrt",
        notation=Notation(latex=r"\sqrt{{{0}}}", encloses=True),
    ),
    unary(
        "cbrt",
        lambda m, out, x: m.div(1.0, 3.0 * (out * out)),
        "real cube root",
        (-8.0, 0.3, 5.0),
        torch=TENSORS + "cbrt",
        sympy=SYMBOLIC + "cbrt",
        arb=BALLS + "cbrt",
        fraction=FRACTIONS + "cbrt",
        notation=Notation(latex=r"\sqrt[3]{{{0}}}", encloses=True),
    ),
    unary(
        "sigmoid",
        lambda m, out, x: m.sigmoid(x) * m.sigmoid(-x),
        "logistic function 1/(1 + exp(-x))",
        (-30.0, 0.3, 40.0),
        math=FLOATING + "sigmoid",
        sympy=SYMBOLIC + "sigmoid",
        arb=BALLS + "sigmoid",
        javascript=JAVASCRIPT + "sigmoid",
        notation=Notation(latex=r"\sigma\left({0}\right)", encloses=True),
    ),
    unary(
        "softplus",
        lambda m, out, x: m.sigmoid(x),
        "ln(1 + exp(x)) without overflow",
        (-30.0, 0.3, 40.0),
        torch=TENSORS + "softplus",
        math=FLOATING + "softplus",
        sympy=SYMBOLIC + "softplus",
        arb=BALLS + "softplus",
        javascript=JAVASCRIPT + "softplus",
    ),
    unary(
        "erf",
        lambda m, out, x: m.div(2.0, m.sqrt(PI)) * m.exp(-(x * x)),
        "error function",
        ANY,
        torch="torch.special.erf",
        javascript=JAVASCRIPT + "erf",
    ),
    unary(
        "erfc",
        lambda m, out, x: m.div(-2.0, m.sqrt(PI)) * m.exp(-(x * x)),
        "complementary error function 1 - erf(x)",
        (-1.0, 0.3, 5.0),
        torch="torch.special.erfc",
        javascript=JAVASCRIPT + "erfc",
    ),
    unary(
        "gamma",
        lambda m, out, x: out * m.digamma(x),
        "gamma function, (x - 1)!",
        (0.5, 3.2, -1.5),
        domain=(NO_POLE,),
        torch=TENSORS + "gamma",
        math=FLOATING + "gamma",
        javascript=JAVASCRIPT + "gamma",
        notation=Notation(latex=r"\Gamma\left({0}\right)", encloses=True),
    ),
    unary(
        "lgamma",
        lambda m, out, x: m.digamma(x),
        "logarithm of |gamma(x)|",
        (0.5, 3.2, 40.0),
        spellings=("lgamma", "gammaln"),
        domain=(NO_POLE,),
        math=FLOATING + "lgamma",
        absolute_error=4,
        sympy=SYMBOLIC + "lgamma",
        arb=BALLS + "lgamma",
        javascript=JAVASCRIPT + "lgamma",
        notation=Notation(latex=r"\ln\left|\Gamma\left({0}\right)\right|", encloses=True),
    ),
    unary(
        "digamma",
        lambda m, out, x: m.polygamma(x, order=1),
        "logarithmic derivative of the gamma function",
        (0.5, 3.2, 40.0),
        spellings=("digamma", "psi"),
        domain=(NO_POLE,),
        torch="torch.special.digamma",
        math=FLOATING + "digamma",
        javascript=JAVASCRIPT + "digamma",
        autograd_error=1e-9,
        absolute_error=8,
        notation=Notation(latex=r"\psi\left({0}\right)", encloses=True),
    ),
    Primitive(
        "polygamma",
        Elementwise(lambda m, out, x, order: m.polygamma(x, order=order + 1)),
        doc="derivative of digamma, of the given order (1, 2, ...)",
        parameters={"order": 1},
        normalize=_order,
        domain=(NO_POLE,),
        notation=CALL,
        samples=((0.5, 1), (3.2, 1), (2.5, 2)),
        torch=TENSORS + "polygamma",
        math=FLOATING + "polygamma",
        sympy=SYMBOLIC + "polygamma",
        arb=BALLS + "polygamma",
        javascript=JAVASCRIPT + "polygamma",
    ),
    Primitive(
        "hypot",
        Elementwise(lambda m, out, x, y: m.div(x, out), lambda m, out, x, y: m.div(y, out)),
        doc="sqrt(x^2 + y^2) without overflow",
        arguments=("x", "y"),
        kink=Kink(
            at=lambda x, y: (abs(x) + abs(y),),
            convention="0/0 at (0, 0), the tip of a cone",
            points=((0.0, 0.0),),
            sides=lambda m, tangents, x, y: m.hypot(*tangents),
            jax="1/2 for each",
        ),
        samples=((3.0, 4.0), (-1.5, 0.2), (1e-3, 2.0)),
        torch="torch.hypot",
        math="math.hypot",
        sympy=SYMBOLIC + "hypot",
        arb=BALLS + "hypot",
        javascript="Math.hypot",
    ),
)
