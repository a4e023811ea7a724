"""Axes: limits, round numbers along them, and numbers as parts of their length, at any scale a float has."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from gradcli.errors import UsageError
from gradcli.render.numbers import format_short

Dot = tuple[float, float]
ROOM = 5.0
"""A curve may reach over so many times the height that it has around the point; beyond, it is cut."""
MARGIN = 0.07
"""Of the height, above and below."""
LARGEST = 1.7e308
"""Ends of a range are no larger; what lies between is a float."""
OUTSIDE = 0.5
"""A line is drawn so far beyond the frame, in parts of it."""


@dataclass(frozen=True)
class Axis:
    """The numbers from low to high."""

    low: float
    high: float

    def part(self, value: float) -> float:
        """Where a number lies: 0 at the low end, 1 at the high end."""
        span = self.high - self.low
        if math.isfinite(span):
            return (value - self.low) / span
        return (value / 4 - self.low / 4) / (self.high / 4 - self.low / 4)

    def at(self, part: float) -> float:
        """The number at a part of the length."""
        return self.low * (1 - part) + self.high * part

    def holds(self, value: float) -> bool:
        """Whether a number lies on the axis."""
        return self.low <= value <= self.high

    def ticks(self, count: int) -> list[tuple[float, str]]:
        """About so many round numbers on the axis, each with its text."""
        raw = self.high / count - self.low / count
        if not raw > 0 or not math.isfinite(raw):
            return [(self.low, format_short(self.low))]
        exponent = math.floor(math.log10(raw))
        lead = min((m for m in (1, 2, 5, 10) if float(f"{m}e{exponent}") >= raw * 0.999), default=10)
        step = float(f"{lead}e{exponent}")
        if step == 0:
            return [(self.low, format_short(self.low))]
        slack = 1e-9 + 4e-16 * (abs(self.low / step) + abs(self.high / step))
        first, last = math.ceil(self.low / step - slack), math.floor(self.high / step + slack)
        # From the decimal, because a multiple of 0.1 in floats is not the number that it is written as.
        found = [float(f"{k * lead}e{exponent}") for k in range(first, min(last, first + 4 * count) + 1)]
        size = max((abs(v) for v in found), default=0.0)
        digits = max(6, math.floor(math.log10(size)) - exponent + 1) if size else 6
        return [(v, format_short(v, min(17, digits))) for v in found]


def check_range(low: float, high: float) -> tuple[float, float]:
    """Both ends of a range. Raises UsageError for one that nothing can be shown on."""
    if not (math.isfinite(low) and math.isfinite(high)):
        raise UsageError("an end of a range is a finite number", hint="from -2 to 4, say")
    if low > high:
        raise UsageError("the range runs backwards", hint=f"from {format_short(high, 6)} to {format_short(low, 6)}")
    if not low < low / 2 + high / 2 < high:
        raise UsageError("the range is empty: no number lies between its ends", hint="from -2 to 4, say")
    return low, high


def height(near: Iterable[float], everywhere: Iterable[float]) -> Axis:
    """An axis for the values of a function: all of them, but where some are far larger than those near the point."""
    all_values = sorted(v for v in everywhere if math.isfinite(v))
    core = sorted(v for v in near if math.isfinite(v)) or all_values
    if not core:
        return Axis(-1.0, 1.0)
    low, high = core[0], core[-1]
    is_flat = spread(low, high) <= 1e-9 * max(abs(low), abs(high))
    if is_flat or spread(all_values[0], all_values[-1]) <= ROOM * spread(low, high):
        return padded(all_values[0], all_values[-1])
    reach = 0.3 * spread(low, high)
    return padded(max(low - reach, all_values[0]), min(high + reach, all_values[-1]))


def usual(ordered: Sequence[float]) -> tuple[float, float]:
    """The least and the largest of ordered numbers, without the outermost eighths where these reach far."""
    inner = ordered[len(ordered) // 8], ordered[-1 - len(ordered) // 8]
    whole = ordered[0], ordered[-1]
    return inner if inner[0] < inner[1] and spread(*whole) > ROOM * spread(*inner) else whole


def spread(low: float, high: float) -> float:
    """How far two numbers are apart; of numbers whose distance overflows, a quarter of it is still finite."""
    return high / 4 - low / 4


def padded(low: float, high: float) -> Axis:
    """An axis from low to high with a margin; a constant has room on both sides."""
    size = max(abs(low), abs(high))
    if spread(low, high) <= 1e-13 * size / 4 or low == high:
        return Axis(low - (size / 2 or 1.0), high + (size / 2 or 1.0))
    margin = MARGIN * high - MARGIN * low
    return Axis(max(low - margin, -LARGEST), min(high + margin, LARGEST))


def polylines(points: Sequence[Dot], x: Axis, y: Axis) -> list[list[Dot]]:
    """A chain of points in parts of both axes, cut where it leaves the frame by far."""
    found: list[list[Dot]] = []
    for a, b in pairwise((x.part(p), y.part(q)) for p, q in points):
        piece = cut(a, b)
        if piece is None:
            continue
        if found and found[-1][-1] == piece[0]:
            found[-1].append(piece[1])
        else:
            found.append(list(piece))
    return found


def cut(a: Dot, b: Dot) -> tuple[Dot, Dot] | None:
    """The part of a line between two points that is not far above or below the frame."""
    low, high = -OUTSIDE, 1 + OUTSIDE
    if max(a[1], b[1]) < low or min(a[1], b[1]) > high or not (math.isfinite(a[1]) and math.isfinite(b[1])):
        return None
    return _towards(b, a, low, high), _towards(a, b, low, high)


def _towards(start: Dot, end: Dot, low: float, high: float) -> Dot:
    """The end, or where the line from the start leaves the band."""
    limit = min(max(end[1], low), high)
    if limit == end[1]:
        return end
    part = (limit - start[1]) / (end[1] - start[1])
    return start[0] + part * (end[0] - start[0]), limit
