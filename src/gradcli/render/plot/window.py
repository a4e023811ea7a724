"""How far around a point a function is worth seeing: until its tangent no longer tells where it goes."""

from __future__ import annotations

import math
from collections.abc import Callable

from gradcli.render.plot.axes import LARGEST

STRAIGHT = 0.5
"""A function has left its tangent where it is off by this part of the tangent's rise and the value's size."""
STEP = 1.25
MOST_STEPS = 120
SMALLEST = 1e-12
"""A coordinate smaller than this gives no scale."""
SEEN = 1.5
"""The window is so much wider than where the function leaves its tangent."""
ROUND = (1.0, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0)


def half_width(function: Callable[[float], float], at: float, slope: float) -> float:
    """Half the width of a window around a point at which the function has this slope (NaN: not known)."""
    here = function(at)
    start = abs(at) if abs(at) >= SMALLEST else 1.0

    def has_left(width: float) -> bool:
        return any(leaves(function(at + s * width), here, s * slope * width) for s in (-1, 1))

    if not math.isfinite(here) or not math.isfinite(slope):
        return rounded(SEEN * start)
    shrink = has_left(start)
    width = start
    for _ in range(MOST_STEPS):
        narrower = width / STEP if shrink else width * STEP
        if not math.isfinite(narrower * 4):
            break
        if has_left(narrower) != shrink:
            return rounded(SEEN * (width if shrink else narrower))
        width = narrower
    # A straight line, or a function that looks the same at all scales.
    return rounded(SEEN * max(start, 1.0) if not shrink and start < 1e100 else SEEN * start)


def leaves(value: float, here: float, rise: float) -> bool:
    """Whether a value is not the one that the tangent tells."""
    if not math.isfinite(value):
        return True
    return abs(value - here - rise) > STRAIGHT * (abs(rise) + abs(here))


def rounded(width: float) -> float:
    """The nearest number with one or two digits that is not smaller."""
    width = min(width, LARGEST)
    exponent = math.floor(math.log10(width))
    found = next(m for m in (*ROUND, 15.0) if float(f"{m}e{exponent}") >= width * (1 - 1e-9))
    return min(float(f"{found}e{exponent}"), LARGEST)
