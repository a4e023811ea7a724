"""Intervals with ends in balls: what a set of slopes does to the cotangents that pass it.

A ball's radius has thirty bits, so that [0.01, 1] would be widened visibly; an interval keeps both ends in full (Moore,
Kearfott and Cloud, Introduction to Interval Analysis, 2009, chapter 2).
"""

from __future__ import annotations

from typing import Any

from gradcli.carriers.balls import Balls

Ball = Any


class Interval:
    """All numbers from `low` to `high`, which are exact balls. Rounded outwards; not a number where an end is not.

    Beside an array it is NumPy that computes, element by element."""

    __slots__ = ("high", "low")

    def __init__(self, *balls: Ball) -> None:
        """The smallest interval around balls."""
        lows, highs = [b.lower() for b in balls], [b.upper() for b in balls]
        self.low, self.high = lows[0], highs[0]
        for low, high in zip(lows, highs, strict=True):
            # A comparison with a NaN fails, so that it is kept, or found.
            self.low = self.low if self.low <= low or self.low != self.low else low
            self.high = self.high if self.high >= high or self.high != self.high else high

    def union(self, other: Any) -> Interval:
        """The hull of both."""
        return Interval(*self._ends(self), *self._ends(other))

    def __add__(self, other: Any) -> Interval:
        if hasattr(other, "shape"):
            return NotImplemented
        low, high = self._ends(other)
        return Interval(self.low + low, self.high + high)

    __radd__ = __add__

    def __neg__(self) -> Interval:
        return Interval(-self.high, -self.low)

    def __sub__(self, other: Any) -> Interval:
        if hasattr(other, "shape"):
            return NotImplemented
        low, high = self._ends(other)
        return Interval(self.low - high, self.high - low)

    def __rsub__(self, other: Any) -> Interval:
        if hasattr(other, "shape"):
            return NotImplemented
        low, high = self._ends(other)
        return Interval(low - self.high, high - self.low)

    def __mul__(self, other: Any) -> Interval:
        if hasattr(other, "shape"):
            return NotImplemented
        low, high = self._ends(other)
        return Interval(self.low * low, self.low * high, self.high * low, self.high * high)

    __rmul__ = __mul__

    def __truediv__(self, other: Ball) -> Interval:
        return self.__mul__(1 / other)

    def _ends(self, other: Any) -> tuple[Ball, Ball]:
        if isinstance(other, Interval):
            return other.low, other.high
        ball = self.low.__class__(other)
        return ball.lower(), ball.upper()


class Intervals(Balls):
    """Balls, among which an element may be an interval. The primitives that sweeps apply to cotangents are linear: they
    move, add and scale."""

    def __init__(self, dtype: str = "float64") -> None:
        super().__init__(dtype)
        self.kinds = (self.flint.arb, Interval)
