"""Primitives on balls of python-flint's `arb` that `arb` has no method for, or none for all real arguments.

Every result encloses the true one. Where balls cannot tell which branch is taken, it encloses both.
"""

from __future__ import annotations

from typing import Any

from gradcli.exact import Exact, enclosure
from gradcli.primitives.backings.spectral import NEARLY_LARGEST

Ball = Any
Array = Any


def _arb() -> Any:
    import flint

    return flint.arb


def _either() -> Ball:
    """0 or 1, and all between."""
    return _arb()(0.5, 0.5)


def _decided(holds: bool, fails: bool) -> Ball:
    return _arb()(1) if holds else _arb()(0) if fails else _either()


def power(x: Ball, exponent: float) -> Ball:
    """x^exponent for a constant exponent."""
    if isinstance(exponent, Exact):
        return pow(x, exponent.enclose())
    if exponent == int(exponent):
        return whole_power(x, int(exponent))
    if exponent == 0.5:
        return x.sqrt()
    if exponent == -0.5:
        return x.rsqrt()
    return pow(x, enclosure(exponent))


def whole_power(x: Ball, exponent: Any) -> Ball:
    """x^n. Arb's own is not a number for a ball around 0."""
    if exponent < 0:
        return 1 / whole_power(x, -exponent)
    if exponent == 0 or not x.contains(0) or x == 0 or not x.is_finite():
        return x**exponent
    largest = x.abs_upper() ** exponent
    return _arb()(0).union(largest) if exponent % 2 == 0 else largest.union(-largest)


def pow(x: Ball, y: Ball) -> Ball:
    """x^y; real for a base below 0 where the exponent is a whole number, and 0 at a base of 0 for y > 0."""
    if y.is_integer():
        return whole_power(x, y.unique_fmpz())
    if x == 0:
        return _arb()(0) if y > 0 else _arb().nan()
    return (y * x.log()).exp()


def floor_divide(x: Ball, y: Ball) -> Ball:
    """x / y rounded down."""
    return (x / y).floor()


def remainder(x: Ball, y: Ball) -> Ball:
    """x - y floor(x / y)."""
    return x - y * (x / y).floor()


def log2(x: Ball) -> Ball:
    """Logarithm to base 2."""
    return x.log() / _arb().const_log2()


def log10(x: Ball) -> Ball:
    """Logarithm to base 10."""
    return x.log() / _arb().const_log10()


def cbrt(x: Ball) -> Ball:
    """Real cube root: odd and monotone."""
    if x == 0:
        return x
    if x > 0:
        return x.root(3)
    if x < 0:
        return -((-x).root(3))
    # A ball without finite ends has no ends to take the root of.
    return cbrt(x.lower()).union(cbrt(x.upper())) if x.is_finite() else _arb().nan()


def sigmoid(x: Ball) -> Ball:
    """1/(1 + exp(-x)), in the branch that cannot overflow."""
    if x < 0:
        power_of_x = x.exp()
        return power_of_x / (1 + power_of_x)
    return 1 / (1 + (-x).exp())


def softplus(x: Ball) -> Ball:
    """ln(1 + exp(x)), in the branch that cannot overflow."""
    return x + (-x).exp().log1p() if x > 0 else x.exp().log1p()


def lgamma(x: Ball) -> Ball:
    """ln |gamma(x)|."""
    return x.lgamma() if x > 0 else abs(x.gamma()).log()


def polygamma(x: Ball, order: int) -> Ball:
    """Polygamma of the given order."""
    import flint

    return flint.acb(x).polygamma(order).real


def hypot(x: Ball, y: Ball) -> Ball:
    """sqrt(x^2 + y^2)."""
    if x == 0:
        return abs(y)
    if y == 0:
        return abs(x)
    return (whole_power(x, 2) + whole_power(y, 2)).sqrt()


def atan2(y: Ball, x: Ball) -> Ball:
    """Angle of the point (x, y); the origin has none, where arb says 0."""
    arb = _arb()
    return arb.nan() if x == 0 and y == 0 else arb.atan2(y, x)


def sign(x: Ball) -> Ball:
    """-1, 0 or 1."""
    return x.sgn()


def floor(x: Ball) -> Ball:
    """Largest integer not above x."""
    return x.floor()


def ceil(x: Ball) -> Ball:
    """Smallest integer not below x."""
    return x.ceil()


def round(x: Ball) -> Ball:
    """Nearest integer, halves to even."""
    lifted = x + 0.5
    if lifted.is_exact() and lifted.is_integer():
        return 2 * (lifted / 2).floor()
    return lifted.floor()


def relu(x: Ball) -> Ball:
    """max(x, 0)."""
    return maximum(x, _arb()(0))


def maximum(x: Ball, y: Ball) -> Ball:
    """The larger: itself where that is known, so that `eq` knows it again."""
    return x if x is y or x >= y else y if y > x else x.max(y)


def minimum(x: Ball, y: Ball) -> Ball:
    """The smaller, likewise."""
    return x if x is y or x <= y else y if y < x else x.min(y)


def clamp(x: Ball, low: Ball, high: Ball) -> Ball:
    """x limited to [low, high]."""
    return minimum(maximum(x, low), high)


def where(condition: Ball, a: Ball, b: Ball) -> Ball:
    """a where the condition is not 0, else b."""
    if condition == 0:
        return b
    return a if condition != 0 else a.union(b)


def leaky_relu(x: Ball, negative_slope: float) -> Ball:
    """x above 0, negative_slope*x below."""
    return where(gt(x, _arb()(0)), x, enclosure(negative_slope) * x)


def elu(x: Ball, alpha: float) -> Ball:
    """x above 0, alpha*(exp(x) - 1) below."""
    return where(gt(x, _arb()(0)), x, enclosure(alpha) * minimum(x, _arb()(0)).expm1())


def silu(x: Ball) -> Ball:
    """x*sigmoid(x)."""
    return x * sigmoid(x)


def gelu(x: Ball, approximate: str) -> Ball:
    """x*Phi(x), or with tanh: x*sigmoid(sqrt(8/pi) (x + 0.044715 x^3))."""
    if approximate == "none":
        return x * (-x / _arb()(2).sqrt()).erfc() / 2
    gate = (8 / _arb().pi()).sqrt() * (x + _arb()("0.044715") * whole_power(x, 3))
    return x * sigmoid(gate)


def unchanged(x: Ball) -> Ball:
    """x itself."""
    return x


def gt(x: Ball, y: Ball) -> Ball:
    """1 if x > y, else 0."""
    return _decided(x > y, x <= y or x is y)


def lt(x: Ball, y: Ball) -> Ball:
    """1 if x < y, else 0."""
    return _decided(x < y, x >= y or x is y)


def ge(x: Ball, y: Ball) -> Ball:
    """1 if x >= y, else 0."""
    return _decided(x >= y or x is y, x < y)


def le(x: Ball, y: Ball) -> Ball:
    """1 if x <= y, else 0."""
    return _decided(x <= y or x is y, x > y)


def eq(x: Ball, y: Ball) -> Ball:
    """1 if x = y, else 0. A ball is equal to itself: it stands for one number."""
    return _decided(x is y or x == y, x != y)


def ne(x: Ball, y: Ball) -> Ball:
    """1 if x and y differ, else 0."""
    return _decided(x is not y and x != y, x is y or x == y)


def logical_and(x: Ball, y: Ball) -> Ball:
    """1 if neither is 0, else 0."""
    return _decided(x != 0 and y != 0, x == 0 or y == 0)


def logical_or(x: Ball, y: Ball) -> Ball:
    """1 if either is not 0, else 0."""
    return _decided(x != 0 or y != 0, x == 0 and y == 0)


def logical_xor(x: Ball, y: Ball) -> Ball:
    """1 if exactly one is not 0, else 0."""
    first, second = logical_not(x), logical_not(y)
    return first + second - 2 * first * second


def logical_not(x: Ball) -> Ball:
    """1 if x is 0, else 0."""
    return _decided(x == 0, x != 0)


def inv(a: Array) -> Array:
    """Inverse; not a number where the balls admit a singular matrix."""
    import flint
    import numpy

    matrix = flint.arb_mat(a.tolist())
    try:
        return numpy.array(matrix.inv().tolist(), dtype=object).reshape(a.shape)
    except ZeroDivisionError:
        return numpy.full(a.shape, flint.arb.nan(), dtype=object)


def det(a: Array) -> Ball:
    """Determinant."""
    import flint

    return flint.arb_mat(a.tolist()).det()


def eigenvalues(a: Array) -> Array:
    """Eigenvalues of the symmetric part, ascending; not numbers where balls cannot tell them apart."""
    import numpy

    return numpy.array([value for value, _ in _eigenpairs(a)], dtype=object)


def eigenvectors(a: Array) -> Array:
    """Their eigenvectors of length 1 as columns, with the sign that `spectral` gives them."""
    import numpy

    return numpy.array([vector for _, vector in _eigenpairs(a)], dtype=object).T


def _eigenpairs(a: Array) -> list[tuple[Ball, list[Ball]]]:
    import flint

    symmetric = (a + a.T) * _arb()("0.5")
    side = len(symmetric)
    try:
        values, vectors = flint.acb_mat(flint.arb_mat(symmetric.tolist())).eig(right=True)
    except ValueError:
        nowhere = _arb().nan()
        return [(nowhere, [nowhere] * side)] * side
    pairs = [(value.real, [vectors[row, column] for row in range(side)]) for column, value in enumerate(values)]
    pairs.sort(key=lambda pair: float(pair[0]))
    return [(value, _directed(vector)) for value, vector in pairs]


def _directed(vector: list[Any]) -> list[Ball]:
    """A complex multiple of a real vector, as the real one of length 1 and the agreed sign."""
    sizes = [float(abs(component).mid()) for component in vector]
    pivot = next(k for k, size in enumerate(sizes) if size >= NEARLY_LARGEST * max(sizes))
    real = [(component / vector[pivot]).real for component in vector]
    length = sum((c**2 for c in real), start=_arb()(0)).sqrt()
    return [c / length for c in real]
