"""Where a function turns faster than its samples can show: a plot of sin(1000*x) from 0 to 10 looks like a slow wave.

The slopes tell. Between two samples of a smooth curve the trapezoidal rule gives the rise from the slopes at both; where
it misses by what is seen, the line between the samples is not the curve. Rounding looks so too, at any distance; a curve
that turns fast goes with its slope where one is close enough.
"""

from __future__ import annotations

import math
from itertools import pairwise

from gradcli.render.plot.axes import Axis
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


def too_fast(variable: str, low: str, high: str) -> str:
    """What is said of such a stretch."""
    return f"turns faster than drawn for {low} ≤ {variable} ≤ {high}: a smaller range shows how"
