"""Where a function turns faster than its samples can show: a plot of sin(1000*x) from 0 to 10 looks like a slow wave.

The slopes tell. Between two samples of a smooth curve the trapezoidal rule gives the rise from the slopes at both;
where it misses by what is seen, the line between the samples is not the curve. Rounding looks so too, at any distance;
a curve that turns fast goes with its slope where one is close enough. Of a map, values between those drawn tell.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise

from gradcli.render.plot.axes import Axis, Dot
from gradcli.render.plot.curve import CELLS, Curve, Sample, sample_at, simplest
from gradcli.render.plot.function import Function

SEEN = 0.01
"""Of the height: a line that misses by more is seen to be another one."""
FEW = 5
"""Fewer such cells are the foot of a pole or the side of a step."""
PROBES = 5
"""So many of the cells are looked into."""
HALVINGS = 20
"""So often a cell is halved until the curve goes with its slopes."""

STEPS = 80
"""Between the values of a drawn map, along each axis."""
SPOTS = 6
"""Along each axis: there a map is looked into."""
BENT = 0.05
"""Of the height: a map that bends more within a step is another one."""
MANY = 0.25
"""Of the spots; fewer are the side of a pole or a step."""

BETWEEN = (0.5, 0.382)
"""The parts of a step where it is looked at: a wave that the first one hits on the line, the second one does not."""

Cell = tuple[Sample, Sample]


def unresolved(function: Function, curve: Curve, values: Axis) -> tuple[float, float] | None:
    """From where to where the curve turns too fast for its samples; None if they show it."""
    found = [cell for piece in curve.pieces for cell in pairwise(piece) if is_missed(cell, values)]
    if len(found) < FEW:
        return None
    probes = found[:: math.ceil(len(found) / PROBES)]
    smooth = sum(is_smooth(function, cell) for cell in probes)
    if 2 * smooth <= len(probes):
        return None
    hair = (curve.x.high / 2 - curve.x.low / 2) / CELLS / 10
    start, end = (simplest(at - hair, at + hair) for at in (found[0][0].x, found[-1][1].x))
    return max(start, curve.x.low), min(end, curve.x.high)


def is_missed(cell: Cell, values: Axis) -> bool:
    """Whether the slopes at both ends, both in the picture, contradict the line between them."""
    if not all(values.holds(s.value) and math.isfinite(s.slope) for s in cell):
        return False
    return not miss(cell) / 4 <= SEEN * (values.high / 4 - values.low / 4)


def is_smooth(function: Function, cell: Cell) -> bool:
    """Whether the curve goes with its slopes when the cell is small enough."""
    start, end = cell
    for _ in range(HALVINGS):
        end = sample_at(function, start.x / 2 + end.x / 2)
        rise = abs(end.value - start.value)
        if rise > 0 and miss((start, end)) < 0.01 * rise:
            return True
    return False


def miss(cell: Cell) -> float:
    """How far the trapezoidal rule is off the rise."""
    a, b = cell
    return abs(b.value - a.value - (b.x - a.x) * (a.slope / 2 + b.slope / 2))


def is_map_unresolved(function: Function, x: Axis, y: Axis, heights: Axis) -> bool:
    """Whether a map of two variables bends between neighbours of the drawn grid, in many places, along either axis."""
    steps = ((x.high / 2 - x.low / 2) / STEPS * 2, 0.0), (0.0, (y.high / 2 - y.low / 2) / STEPS * 2)
    parts = [(k + 0.5) / SPOTS for k in range(SPOTS)]
    for step in steps:
        ways = [Way(function, (x.at(a), y.at(b)), step) for a in parts for b in parts]
        bent = [way for way in ways if way.bend(1.0) > BENT * (heights.high / 2 - heights.low / 2)]
        if len(bent) > MANY * len(ways) and 2 * sum(way.is_smooth() for way in bent) > len(bent):
            return True
    return False


@dataclass(frozen=True)
class Way:
    """A function of two variables along a step from a place."""

    function: Function
    start: Dot
    step: Dot

    def at(self, part: float) -> float:
        """The value a part of the step away."""
        return self.function.value(self.start[0] + part * self.step[0], self.start[1] + part * self.step[1])

    def bend(self, part: float) -> float:
        """How far values on the way are off the line between both ends, in halves; infinite values are no bend."""
        start, end = self.at(0.0) / 2, self.at(part) / 2
        off = [abs(self.at(between * part) / 2 - (start * (1 - between) + end * between)) for between in BETWEEN]
        return max(off) if all(map(math.isfinite, off)) else 0.0

    def is_smooth(self) -> bool:
        """Whether the function is straight when the step is small enough."""
        for k in range(1, HALVINGS):
            rise = abs(self.at(2.0**-k) - self.at(0.0))
            if rise > 0 and self.bend(2.0**-k) < 0.01 * rise:
                return True
        return False


def too_fast(variable: str, low: str, high: str) -> str:
    """What is said of such a stretch."""
    return f"turns faster than drawn for {low} ≤ {variable} ≤ {high}: a smaller range shows how"
