"""SymPy expressions for primitives that SymPy lacks or would evaluate while building. Real arguments throughout."""

from __future__ import annotations

from functools import cache
from typing import Any

from gradcli.exact import fraction

Expression = Any


def _sympy() -> Any:
    import sympy

    return sympy


def written(number: Any) -> Expression:
    """A number as it is written: 0.1 is a tenth, pi is pi."""
    sympy = _sympy()
    ratio = fraction(number)
    if ratio is None:
        return {"pi": sympy.pi, "e": sympy.E}[number.source]
    return sympy.Rational(*ratio)


def power(x: Expression, exponent: Any) -> Expression:
    """x^exponent for a constant exponent."""
    return x ** written(exponent)


def floor_divide(x: Expression, y: Expression) -> Expression:
    """x / y rounded down."""
    return _step_floor()(x / y)


def remainder(x: Expression, y: Expression) -> Expression:
    """x - y floor(x / y)."""
    return x - y * _step_floor()(x / y)


@cache
def _step_floor() -> Any:
    """SymPy's floor with its derivative off the jumps, 0, which SymPy leaves open."""
    sympy = _sympy()
    return type("floor", (sympy.floor,), {"fdiff": lambda self, argindex=1: sympy.S.Zero})


def expm1(x: Expression) -> Expression:
    """exp(x) - 1."""
    return _sympy().exp(x) - 1


def log1p(x: Expression) -> Expression:
    """ln(1 + x)."""
    return _sympy().log(1 + x)


def log2(x: Expression) -> Expression:
    """Logarithm to base 2."""
    return _sympy().log(x) / _sympy().log(2)


def log10(x: Expression) -> Expression:
    """Logarithm to base 10."""
    return _sympy().log(x) / _sympy().log(10)


def cbrt(x: Expression) -> Expression:
    """Real cube root (SymPy's own is complex below 0)."""
    sympy = _sympy()
    return sympy.sign(x) * sympy.Abs(x) ** sympy.Rational(1, 3)


def sigmoid(x: Expression) -> Expression:
    """1/(1 + exp(-x))."""
    return 1 / (1 + _sympy().exp(-x))


def softplus(x: Expression) -> Expression:
    """ln(1 + exp(x))."""
    return _sympy().log(1 + _sympy().exp(x))


def lgamma(x: Expression) -> Expression:
    """ln |gamma(x)|."""
    return _sympy().log(_sympy().Abs(_sympy().gamma(x)))


def polygamma(x: Expression, order: int) -> Expression:
    """Polygamma of the given order."""
    return _sympy().polygamma(order, x)


def hypot(x: Expression, y: Expression) -> Expression:
    """sqrt(x^2 + y^2)."""
    return _sympy().sqrt(x**2 + y**2)


def sign(x: Expression) -> Expression:
    """-1, 0 or 1."""
    return _sympy().sign(x)


def floor(x: Expression) -> Expression:
    """Largest integer not above x."""
    return _sympy().floor(x)


def ceil(x: Expression) -> Expression:
    """Smallest integer not below x."""
    return _sympy().ceiling(x)


def round(x: Expression) -> Expression:
    """Nearest integer (away from the halves, where the witness is never asked)."""
    return _sympy().floor(x + _sympy().Rational(1, 2))


def maximum(x: Expression, y: Expression) -> Expression:
    """The larger. Not evaluated: SymPy would compare each argument of nested ones with every other."""
    return _sympy().Max(x, y, evaluate=False)


def minimum(x: Expression, y: Expression) -> Expression:
    """The smaller, likewise."""
    return _sympy().Min(x, y, evaluate=False)


def relu(x: Expression) -> Expression:
    """max(x, 0)."""
    return _sympy().Max(x, 0)


def clamp(x: Expression, low: Expression, high: Expression) -> Expression:
    """x limited to [low, high]."""
    return _sympy().Min(_sympy().Max(x, low), high)


def where(condition: Expression, a: Expression, b: Expression) -> Expression:
    """a where the condition is not 0, else b."""
    sympy = _sympy()
    return sympy.Piecewise((a, sympy.Ne(condition, 0)), (b, True))


def _indicator(relation: Expression) -> Expression:
    sympy = _sympy()
    return sympy.Piecewise((1, relation), (0, True))


def gt(x: Expression, y: Expression) -> Expression:
    """1 if x > y, else 0."""
    return _indicator(_sympy().Gt(x, y))


def lt(x: Expression, y: Expression) -> Expression:
    """1 if x < y, else 0."""
    return _indicator(_sympy().Lt(x, y))


def ge(x: Expression, y: Expression) -> Expression:
    """1 if x >= y, else 0."""
    return _indicator(_sympy().Ge(x, y))


def le(x: Expression, y: Expression) -> Expression:
    """1 if x <= y, else 0."""
    return _indicator(_sympy().Le(x, y))


def eq(x: Expression, y: Expression) -> Expression:
    """1 if x = y, else 0."""
    return _indicator(_sympy().Eq(x, y))


def ne(x: Expression, y: Expression) -> Expression:
    """1 if x and y differ, else 0."""
    return _indicator(_sympy().Ne(x, y))


def logical_and(x: Expression, y: Expression) -> Expression:
    """1 if neither is 0, else 0."""
    sympy = _sympy()
    return _indicator(sympy.And(sympy.Ne(x, 0), sympy.Ne(y, 0)))


def logical_or(x: Expression, y: Expression) -> Expression:
    """1 if one is not 0, else 0."""
    sympy = _sympy()
    return _indicator(sympy.Or(sympy.Ne(x, 0), sympy.Ne(y, 0)))


def logical_xor(x: Expression, y: Expression) -> Expression:
    """1 if exactly one is not 0, else 0."""
    sympy = _sympy()
    return _indicator(sympy.Xor(sympy.Ne(x, 0), sympy.Ne(y, 0)))


def logical_not(x: Expression) -> Expression:
    """1 if x is 0, else 0."""
    return _indicator(_sympy().Eq(x, 0))


def leaky_relu(x: Expression, negative_slope: float) -> Expression:
    """x above 0, negative_slope x below."""
    return _sympy().Piecewise((x, x > 0), (written(negative_slope) * x, True))


def elu(x: Expression, alpha: float) -> Expression:
    """x above 0, alpha (exp(x) - 1) below."""
    return _sympy().Piecewise((x, x > 0), (written(alpha) * (_sympy().exp(x) - 1), True))


def silu(x: Expression) -> Expression:
    """x / (1 + exp(-x))."""
    return x / (1 + _sympy().exp(-x))


def gelu(x: Expression, approximate: str) -> Expression:
    """x (1 + erf(x / sqrt(2))) / 2, or with tanh for erf."""
    sympy = _sympy()
    if approximate == "none":
        return x * (1 + sympy.erf(x / sympy.sqrt(2))) / 2
    return x * (1 + sympy.tanh(sympy.sqrt(2 / sympy.pi) * (x + sympy.Rational("0.044715") * x**3))) / 2


def unchanged(x: Expression) -> Expression:
    """x itself: a held node is replaced by its value before differentiation."""
    return x
