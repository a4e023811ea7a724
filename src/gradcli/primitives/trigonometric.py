"""Trigonometric and hyperbolic functions and their inverses; angles in radians.

Partials are in the form that keeps its digits (tanh' as sech^2, not 1 - tanh^2). Formulas: NIST Digital Library of
Mathematical Functions, chapter 4. The inverses of the reciprocal functions are defined as there: acot(x) = atan(1/x),
asec(x) = acos(1/x), acsc(x) = asin(1/x).
"""

from __future__ import annotations

from typing import Any

from gradcli.primitives.declare import (
    BALLS,
    FLOATING,
    Angle,
    Domain,
    Elementwise,
    Kink,
    Primitive,
    RuleFunction,
    Value,
    function_latex,
    unary,
)

ANY = (-2.0, 0.3, 1.7)
TAKES: Angle = "argument"
GIVES: Angle = "result"


def _within_one(x: Value) -> Any:
    return (x >= -1) & (x <= 1)


def _inside_one(x: Value) -> Any:
    return (x > -1) & (x < 1)


def _outside_one(x: Value) -> Any:
    return (x >= 1) | (x <= -1)


def _beyond_one(x: Value) -> Any:
    return (x > 1) | (x < -1)


NOT_ZERO = Domain("x != 0", lambda x: x != 0)


def reciprocal(
    name: str, definition: RuleFunction, partial: RuleFunction, points: tuple[float, ...], **declared: Any
) -> Primitive:
    """A function that no library has, defined by others."""
    none = dict.fromkeys(("torch", "math", "sympy", "arb", "javascript"), "")
    return unary(name, partial, points=points, definition=definition, **none, **declared)


PRIMITIVES = (
    unary("sin", lambda m, out, x: m.cos(x), "sine of an angle in radians", ANY, math=FLOATING + "sin", angle=TAKES),
    unary("cos", lambda m, out, x: -m.sin(x), "cosine of an angle in radians", ANY, math=FLOATING + "cos", angle=TAKES),
    unary(
        "tan",
        lambda m, out, x: m.power(m.cos(x), exponent=-2),
        "tangent of an angle in radians",
        (-1.2, 0.3, 1.1),
        math=FLOATING + "tan",
        angle=TAKES,
    ),
    unary(
        "asin",
        lambda m, out, x: m.div(1.0, m.sqrt((1.0 - x) * (1.0 + x))),
        "inverse sine, in radians",
        (-0.9, 0.1, 0.6),
        spellings=("asin", "arcsin"),
        domain=(Domain("-1 <= x <= 1", _within_one),),
        math=FLOATING + "asin",
        notation=function_latex("arcsin"),
        angle=GIVES,
    ),
    unary(
        "acos",
        lambda m, out, x: m.div(-1.0, m.sqrt((1.0 - x) * (1.0 + x))),
        "inverse cosine, in radians",
        (-0.9, 0.1, 0.6),
        spellings=("acos", "arccos"),
        domain=(Domain("-1 <= x <= 1", _within_one),),
        math=FLOATING + "acos",
        notation=function_latex("arccos"),
        angle=GIVES,
    ),
    unary(
        "atan",
        lambda m, out, x: m.div(1.0, 1.0 + x * x),
        "inverse tangent, in radians",
        ANY,
        spellings=("atan", "arctan"),
        notation=function_latex("arctan"),
        angle=GIVES,
    ),
    Primitive(
        "atan2",
        Elementwise(
            lambda m, out, y, x: m.div(m.div(x, m.hypot(x, y)), m.hypot(x, y)),
            lambda m, out, y, x: -m.div(m.div(y, m.hypot(x, y)), m.hypot(x, y)),
        ),
        doc="angle of the point (x, y), in radians",
        arguments=("y", "x"),
        spellings=("atan2", "arctan2"),
        domain=(Domain("(y, x) other than (0, 0)", lambda y, x: (y != 0) | (x != 0)),),
        kink=Kink(
            at=lambda y, x: (abs(y) + (x > 0),),
            convention="as if the angle went on across the cut at x < 0, where it jumps from pi to -pi",
            points=((0.0, -2.0),),
            jax="the same",
        ),
        samples=((1.0, 2.0), (-1.5, -0.5), (2.0, -3.0)),
        torch="torch.atan2",
        math="math.atan2",
        sympy="sympy.atan2",
        arb=BALLS + "atan2",
        javascript="Math.atan2",
        angle=GIVES,
    ),
    unary("sinh", lambda m, out, x: m.cosh(x), "hyperbolic sine", ANY, math=FLOATING + "sinh"),
    unary("cosh", lambda m, out, x: m.sinh(x), "hyperbolic cosine", ANY, math=FLOATING + "cosh"),
    unary(
        "tanh",
        lambda m, out, x: m.power(m.cosh(x), exponent=-2),
        "hyperbolic tangent",
        (-2.0, 0.3, 20.0),
    ),
    unary(
        "asinh",
        lambda m, out, x: m.div(1.0, m.hypot(1.0, x)),
        "inverse hyperbolic sine",
        ANY,
        spellings=("asinh", "arcsinh"),
        notation=function_latex("operatorname{arsinh}"),
    ),
    unary(
        "acosh",
        lambda m, out, x: m.div(1.0, m.sqrt(x - 1.0) * m.sqrt(x + 1.0)),
        "inverse hyperbolic cosine",
        (1.2, 3.0),
        spellings=("acosh", "arccosh"),
        domain=(Domain("x >= 1", lambda x: x >= 1),),
        math=FLOATING + "acosh",
        notation=function_latex("operatorname{arcosh}"),
    ),
    unary(
        "atanh",
        lambda m, out, x: m.div(1.0, (1.0 - x) * (1.0 + x)),
        "inverse hyperbolic tangent",
        (-0.9, 0.1, 0.6),
        spellings=("atanh", "arctanh"),
        domain=(Domain("-1 < x < 1", _inside_one),),
        math=FLOATING + "atanh",
        notation=function_latex("operatorname{artanh}"),
    ),
    reciprocal(
        "cot",
        lambda m, x: m.div(m.cos(x), m.sin(x)),
        lambda m, out, x: -m.power(m.sin(x), exponent=-2),
        (-2.0, 0.3, 1.7),
        doc="cotangent of an angle in radians",
        domain=(NOT_ZERO,),
        notation=function_latex("cot"),
        angle=TAKES,
    ),
    reciprocal(
        "sec",
        lambda m, x: m.div(1.0, m.cos(x)),
        lambda m, out, x: out * m.tan(x),
        (-1.2, 0.3, 2.5),
        doc="secant of an angle in radians",
        notation=function_latex("sec"),
        angle=TAKES,
    ),
    reciprocal(
        "csc",
        lambda m, x: m.div(1.0, m.sin(x)),
        lambda m, out, x: -(out * m.cot(x)),
        (-2.0, 0.3, 1.7),
        doc="cosecant of an angle in radians",
        domain=(NOT_ZERO,),
        notation=function_latex("csc"),
        angle=TAKES,
    ),
    reciprocal(
        "acot",
        lambda m, x: m.atan(m.div(1.0, x)),
        lambda m, out, x: m.div(-1.0, 1.0 + x * x),
        (-2.0, 0.3, 1.7),
        doc="inverse cotangent atan(1/x), in radians",
        spellings=("acot", "arccot"),
        domain=(NOT_ZERO,),
        notation=function_latex("operatorname{arccot}"),
        angle=GIVES,
    ),
    reciprocal(
        "asec",
        lambda m, x: m.acos(m.div(1.0, x)),
        lambda m, out, x: m.div(1.0, m.abs(x) * m.sqrt((x - 1.0) * (x + 1.0))),
        (-2.0, 1.3, 5.0),
        doc="inverse secant acos(1/x), in radians",
        spellings=("asec", "arcsec"),
        domain=(Domain("x <= -1 or x >= 1", _outside_one),),
        notation=function_latex("operatorname{arcsec}"),
        angle=GIVES,
    ),
    reciprocal(
        "acsc",
        lambda m, x: m.asin(m.div(1.0, x)),
        lambda m, out, x: m.div(-1.0, m.abs(x) * m.sqrt((x - 1.0) * (x + 1.0))),
        (-2.0, 1.3, 5.0),
        doc="inverse cosecant asin(1/x), in radians",
        spellings=("acsc", "arccsc"),
        domain=(Domain("x <= -1 or x >= 1", _outside_one),),
        notation=function_latex("operatorname{arccsc}"),
        angle=GIVES,
    ),
    reciprocal(
        "coth",
        lambda m, x: m.div(1.0, m.tanh(x)),
        lambda m, out, x: -m.power(m.sinh(x), exponent=-2),
        (-2.0, 0.3, 1.7),
        doc="hyperbolic cotangent",
        domain=(NOT_ZERO,),
        notation=function_latex("coth"),
    ),
    reciprocal(
        "sech",
        lambda m, x: m.div(1.0, m.cosh(x)),
        lambda m, out, x: -(out * m.tanh(x)),
        (-2.0, 0.3, 1.7),
        doc="hyperbolic secant",
        notation=function_latex("operatorname{sech}"),
    ),
    reciprocal(
        "csch",
        lambda m, x: m.div(1.0, m.sinh(x)),
        lambda m, out, x: -(out * m.coth(x)),
        (-2.0, 0.3, 1.7),
        doc="hyperbolic cosecant",
        domain=(NOT_ZERO,),
        notation=function_latex("operatorname{csch}"),
    ),
    reciprocal(
        "acoth",
        lambda m, x: m.atanh(m.div(1.0, x)),
        lambda m, out, x: m.div(-1.0, (x - 1.0) * (x + 1.0)),
        (-2.0, 1.3, 5.0),
        doc="inverse hyperbolic cotangent atanh(1/x)",
        spellings=("acoth", "arccoth"),
        domain=(Domain("x < -1 or x > 1", _beyond_one),),
        notation=function_latex("operatorname{arcoth}"),
    ),
    reciprocal(
        "asech",
        lambda m, x: m.acosh(m.div(1.0, x)),
        lambda m, out, x: m.div(-1.0, x * m.sqrt((1.0 - x) * (1.0 + x))),
        (0.1, 0.5, 0.9),
        doc="inverse hyperbolic secant acosh(1/x)",
        spellings=("asech", "arcsech"),
        domain=(Domain("0 < x <= 1", lambda x: (x > 0) & (x <= 1)),),
        notation=function_latex("operatorname{arsech}"),
    ),
    reciprocal(
        "acsch",
        lambda m, x: m.asinh(m.div(1.0, x)),
        lambda m, out, x: m.div(-1.0, m.abs(x) * m.hypot(1.0, x)),
        (-2.0, 0.3, 1.7),
        doc="inverse hyperbolic cosecant asinh(1/x)",
        spellings=("acsch", "arccsch"),
        domain=(NOT_ZERO,),
        notation=function_latex("operatorname{arcsch}"),
    ),
)
