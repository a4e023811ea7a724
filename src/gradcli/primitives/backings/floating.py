"""Python floats with IEEE 754 semantics: infinity and NaN where the standard library raises, and never complex."""

from __future__ import annotations

import math

INFINITY = math.inf
NAN = math.nan

# The Bernoulli numbers B_2, B_4, ... of the asymptotic series, NIST DLMF 5.11.2 and 5.15.8.
BERNOULLI = (1 / 6, -1 / 30, 1 / 42, -1 / 30, 5 / 66, -691 / 2730, 7 / 6, -3617 / 510, 43867 / 798, -174611 / 330)
ASYMPTOTIC_FROM = 15.0

SQRT_HALF = 0.7071067811865476
SQRT_8_OVER_PI = 1.5957691216057308
GELU_CUBIC = 0.044715
"""Of the approximation by tanh: Hendrycks and Gimpel, "Gaussian Error Linear Units" (2016)."""


def divide(x: float, y: float) -> float:
    """x / y; a zero divisor gives a signed infinity, 0/0 NaN."""
    if y:
        return x / y
    if x == 0 or x != x:
        return NAN
    return math.copysign(INFINITY, x) * math.copysign(1.0, y)


def floor_divide(x: float, y: float) -> float:
    """x / y rounded down, of the exact quotient; a zero divisor as in `divide`."""
    return x // y if y else divide(x, y)


def remainder(x: float, y: float) -> float:
    """x - y floor(x / y), with the sign of y; NaN for an infinite x or a zero divisor."""
    if not y or math.isinf(x):
        return NAN
    rest = math.fmod(x, y)
    return rest + y if rest and (rest < 0) != (y < 0) else rest


def power(x: float, y: float) -> float:
    """x^y as C99 pow, of the float nearest to y."""
    y = float(y)
    try:
        return math.pow(x, y)
    except ValueError:
        if x == 0:
            return math.copysign(INFINITY, x) if y % 2 == 1 else INFINITY
        return NAN
    except OverflowError:
        return -INFINITY if x < 0 and y % 2 == 1 else INFINITY


def exp(x: float) -> float:
    """exp(x), infinity on overflow."""
    try:
        return math.exp(x)
    except OverflowError:
        return INFINITY


def expm1(x: float) -> float:
    """exp(x) - 1, infinity on overflow."""
    try:
        return math.expm1(x)
    except OverflowError:
        return INFINITY


def log(x: float) -> float:
    """Natural logarithm; -infinity at 0, NaN below."""
    return math.log(x) if x > 0 else -INFINITY if x == 0 else NAN


def log1p(x: float) -> float:
    """ln(1 + x); -infinity at -1, NaN below."""
    return math.log1p(x) if x > -1 else -INFINITY if x == -1 else NAN


def log2(x: float) -> float:
    """Logarithm to base 2; -infinity at 0, NaN below."""
    return math.log2(x) if x > 0 else -INFINITY if x == 0 else NAN


def log10(x: float) -> float:
    """Logarithm to base 10; -infinity at 0, NaN below."""
    return math.log10(x) if x > 0 else -INFINITY if x == 0 else NAN


def sqrt(x: float) -> float:
    """Square root; NaN below 0."""
    return math.sqrt(x) if x >= 0 else NAN


def sin(x: float) -> float:
    """Sine; NaN at infinity."""
    return math.sin(x) if math.isfinite(x) else NAN


def cos(x: float) -> float:
    """Cosine; NaN at infinity."""
    return math.cos(x) if math.isfinite(x) else NAN


def tan(x: float) -> float:
    """Tangent; NaN at infinity."""
    return math.tan(x) if math.isfinite(x) else NAN


def asin(x: float) -> float:
    """Inverse sine; NaN outside [-1, 1]."""
    return math.asin(x) if -1 <= x <= 1 else NAN


def acos(x: float) -> float:
    """Inverse cosine; NaN outside [-1, 1]."""
    return math.acos(x) if -1 <= x <= 1 else NAN


def sinh(x: float) -> float:
    """Hyperbolic sine, a signed infinity on overflow."""
    try:
        return math.sinh(x)
    except OverflowError:
        return math.copysign(INFINITY, x)


def cosh(x: float) -> float:
    """Hyperbolic cosine, infinity on overflow."""
    try:
        return math.cosh(x)
    except OverflowError:
        return INFINITY


def acosh(x: float) -> float:
    """Inverse hyperbolic cosine; NaN below 1."""
    return math.acosh(x) if x >= 1 else NAN


def atanh(x: float) -> float:
    """Inverse hyperbolic tangent; infinite at -1 and 1, NaN beyond."""
    if -1 < x < 1:
        return math.atanh(x)
    return math.copysign(INFINITY, x) if abs(x) == 1 else NAN


def sigmoid(x: float) -> float:
    """1/(1 + exp(-x)), in the branch that cannot overflow."""
    if x >= 0:
        return 1.0 / (1.0 + math.exp(-x))
    power_of_x = math.exp(x)
    return power_of_x / (1.0 + power_of_x)


def softplus(x: float) -> float:
    """ln(1 + exp(x)) = max(x, 0) + ln(1 + exp(-|x|))."""
    return max(x, 0.0) + math.log1p(math.exp(-abs(x))) if x == x else x


def leaky_relu(x: float, negative_slope: float) -> float:
    """x above 0, negative_slope x below."""
    return x if x > 0 else negative_slope * x


def elu(x: float, alpha: float) -> float:
    """x above 0, alpha (exp(x) - 1) below."""
    return x if x >= 0 else alpha * math.expm1(x)


def silu(x: float) -> float:
    """x sigmoid(x)."""
    return x * sigmoid(x)


def gelu(x: float, approximate: str) -> float:
    """x times the normal distribution function, by erfc, which keeps its digits for negative x; or its approximation.

    1 + tanh(u) is 2 sigmoid(2u), without cancellation.
    """
    if approximate == "none":
        return 0.5 * x * math.erfc(-x * SQRT_HALF)
    return x * sigmoid(SQRT_8_OVER_PI * (x + GELU_CUBIC * (x * x * x)))


def gamma(x: float) -> float:
    """Gamma function; NaN at the poles -1, -2, ..., a signed infinity at 0 and on overflow."""
    try:
        return math.gamma(x)
    except ValueError:
        return math.copysign(INFINITY, x) if x == 0 else NAN
    except OverflowError:
        return math.copysign(INFINITY, x)


def lgamma(x: float) -> float:
    """ln |gamma(x)|; infinity at the poles."""
    try:
        return math.lgamma(x)
    except (ValueError, OverflowError):
        return INFINITY


def digamma(x: float) -> float:
    """Logarithmic derivative of gamma: reflection below 0, recurrence up to 15, then NIST DLMF 5.11.2."""
    if not math.isfinite(x):
        return NAN if x < 0 else x
    if x == 0:
        return -math.copysign(INFINITY, x)
    if x < 0:
        if x == math.floor(x):
            return NAN
        return digamma(1.0 - x) - math.pi / math.tan(math.pi * math.remainder(x, 1.0))
    shift = 0.0
    while x < ASYMPTOTIC_FROM:
        shift -= 1.0 / x
        x += 1.0
    reciprocal = 1.0 / x
    squared = reciprocal * reciprocal
    series = 0.0
    for k, b in reversed(tuple(enumerate(BERNOULLI, 1))):
        series = (series + b / (2 * k)) * squared
    return shift + math.log(x) - 0.5 * reciprocal - series


def polygamma(x: float, order: int) -> float:
    """Derivative of digamma of the given order >= 1: NIST DLMF 5.15.1, 5.15.5, 5.15.6 and 5.15.8.

    Infinite at the poles of odd order; NaN at those of even order, where the sign changes.
    """
    if x != x or x == -INFINITY:
        return NAN
    sign = -1.0 if order % 2 == 0 else 1.0
    if x <= 0:
        if x == math.floor(x):
            return INFINITY if order % 2 else NAN
        cotangent = 1.0 / math.tan(math.pi * math.remainder(x, 1.0))
        reflected = 0.0
        for c in reversed(cotangent_derivative(order)):
            reflected = reflected * cotangent + c
        return -sign * polygamma(1.0 - x, order) - math.pi ** (order + 1) * reflected
    # Terms are products of quotients, so that neither a factorial nor a power overflows by itself.
    shift = 0.0
    while x < ASYMPTOTIC_FROM + order:
        shift += _factorial_over_power(x, order)
        x += 1.0
    reciprocal = 1.0 / x
    last = _factorial_over_power(x, order)
    total = _factorial_over_power(x, order - 1) + 0.5 * last if x < INFINITY else 0.0
    rising = last
    for k, b in enumerate(BERNOULLI, 1):
        # (2k + order - 1)! / ((2k)! x^(2k + order)), from order! / x^(order + 1) on
        rising *= reciprocal * (order + 1 if k == 1 else (2 * k + order - 1) * (2 * k + order - 2) * reciprocal)
        rising /= 2 if k == 1 else 2 * k * (2 * k - 1)
        total += b * rising
    return sign * (shift + total)


def _factorial_over_power(x: float, order: int) -> float:
    """order! / x^(order + 1)."""
    result = 1.0 / x
    for k in range(1, order + 1):
        result *= k / x
    return result


def cotangent_derivative(order: int) -> list[float]:
    """Coefficients p with d^order cot(u) / du^order = sum p[k] cot(u)^k, by P' -> -(1 + c^2) P'(c)."""
    coefficients = [0.0, 1.0]
    for _ in range(order):
        slope = [k * c for k, c in enumerate(coefficients)][1:]
        coefficients = [0.0] * (len(slope) + 2)
        for k, c in enumerate(slope):
            coefficients[k] -= c
            coefficients[k + 2] -= c
    return coefficients


def floor(x: float) -> float:
    """Largest integer not above x."""
    return math.copysign(math.floor(x), x) if math.isfinite(x) else x


def ceil(x: float) -> float:
    """Smallest integer not below x."""
    return math.copysign(math.ceil(x), x) if math.isfinite(x) else x


def round(x: float) -> float:
    """Nearest integer, halves to even."""
    return math.copysign(x.__round__(), x) if math.isfinite(x) else x


def sign(x: float) -> float:
    """-1, 0 or 1; NaN stays."""
    return 1.0 if x > 0 else -1.0 if x < 0 else x if x != x else 0.0


def relu(x: float) -> float:
    """max(x, 0); NaN stays."""
    return 0.0 if x < 0 else x


def maximum(x: float, y: float) -> float:
    """The larger, x at a tie; NaN if either is."""
    return y if y > x or y != y else x


def minimum(x: float, y: float) -> float:
    """The smaller, x at a tie; NaN if either is."""
    return y if y < x or y != y else x


def clamp(x: float, low: float, high: float) -> float:
    """x limited to [low, high]; high wins where the bounds cross, as in PyTorch."""
    return minimum(maximum(x, low), high)


def where(condition: float, a: float, b: float) -> float:
    """a if the condition is not 0, else b."""
    return a if condition else b


def logical_and(x: float, y: float) -> float:
    """1 if neither is 0, else 0."""
    return 1.0 if x and y else 0.0


def logical_or(x: float, y: float) -> float:
    """1 if one is not 0, else 0."""
    return 1.0 if x or y else 0.0


def logical_xor(x: float, y: float) -> float:
    """1 if exactly one is not 0, else 0."""
    return 1.0 if bool(x) != bool(y) else 0.0


def logical_not(x: float) -> float:
    """1 if x is 0, else 0."""
    return 0.0 if x else 1.0


def gt(x: float, y: float) -> float:
    """1 if x > y, else 0."""
    return 1.0 if x > y else 0.0


def lt(x: float, y: float) -> float:
    """1 if x < y, else 0."""
    return 1.0 if x < y else 0.0


def ge(x: float, y: float) -> float:
    """1 if x >= y, else 0."""
    return 1.0 if x >= y else 0.0


def le(x: float, y: float) -> float:
    """1 if x <= y, else 0."""
    return 1.0 if x <= y else 0.0


def eq(x: float, y: float) -> float:
    """1 if x = y, else 0."""
    return 1.0 if x == y else 0.0


def ne(x: float, y: float) -> float:
    """1 if x and y differ, else 0."""
    return 1.0 if x != y else 0.0
