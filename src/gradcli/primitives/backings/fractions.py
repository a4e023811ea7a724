"""Primitives on fractions (python-flint's `fmpq`), where the backing on balls does not take a fraction to a fraction.

A TypeError says that the result is no fraction, or one that is too long.
"""

from __future__ import annotations

import builtins
import math
from fractions import Fraction as PythonFraction
from typing import Any

from gradcli.exact import LARGEST_WHOLE, Exact

MOST_BITS = 4096
"""Of a numerator or denominator. A longer fraction becomes a ball."""

Fraction = Any


def power(x: Fraction, exponent: float) -> Fraction:
    """x^exponent for a whole exponent, and the root."""
    if isinstance(exponent, Exact):
        raise TypeError(exponent)
    if exponent == 0.5:
        return sqrt(x)
    if exponent != int(exponent) or _bits(x) * abs(int(exponent)) > 2 * MOST_BITS:
        raise TypeError(exponent)
    return x ** int(exponent)


def pow(x: Fraction, y: Fraction) -> Fraction:
    """x^y for a whole y."""
    if y.q != 1:
        raise TypeError(y)
    return power(x, int(y.p))


def _bits(x: Fraction) -> int:
    return max(int(x.p).bit_length(), int(x.q).bit_length())


def log2(x: Fraction) -> int:
    """The logarithm of a whole power of 2."""
    return _logarithm(x, 2)


def log10(x: Fraction) -> int:
    """The logarithm of a whole power of 10."""
    return _logarithm(x, 10)


def _logarithm(x: Fraction, base: int) -> int:
    exponent = builtins.round(math.log(int(x.p), base)) if x.p > 0 else 0
    if x.q != 1 or base**exponent != x.p:
        raise TypeError(x)
    return exponent


def cbrt(x: Fraction) -> Fraction:
    """The cube root of a fraction of cubes."""
    parts = (abs(x.p), x.q)
    top, bottom = (builtins.round(int(part) ** (1 / 3)) if abs(part) < LARGEST_WHOLE else 0 for part in parts)
    if top**3 != abs(x.p) or bottom**3 != x.q:
        raise TypeError(x)
    return type(x)(top if x > 0 else -top, bottom)


def sqrt(x: Fraction) -> Fraction:
    """The root of a fraction of squares."""
    top, bottom = x.p, x.q
    if top < 0 or top.isqrt() ** 2 != top or bottom.isqrt() ** 2 != bottom:
        raise TypeError(x)
    return type(x)(top.isqrt(), bottom.isqrt())


def sign(x: Fraction) -> int:
    """-1, 0 or 1."""
    return int(x > 0) - int(x < 0)


def floor(x: Fraction) -> Fraction:
    """Largest integer not above x."""
    return x.floor()


def ceil(x: Fraction) -> Fraction:
    """Smallest integer not below x."""
    return x.ceil()


def round(x: Fraction) -> int:
    """Nearest integer, halves to even."""
    return builtins.round(PythonFraction(int(x.p), int(x.q)))


def remainder(x: Fraction, y: Fraction) -> Fraction:
    """x - y floor(x / y)."""
    return x - y * (x / y).floor()
