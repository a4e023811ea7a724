"""The values of an array as a small grid of signed magnitudes. What does not fit is pooled, and the grid says so."""

from __future__ import annotations

import math
from collections.abc import Sequence

from gradcli.methods.base import flatten
from gradcli.problem import Nested
from gradcli.render.picture import Heat

MOST_ROWS, MOST_COLUMNS = 12, 16
LEVELS = 6
FAINTEST, STRONGEST = 0.12, 0.92
"""Opacity of a zero and of the largest magnitude."""


def heat_of(value: Nested, shape: Sequence[int]) -> Heat:
    """The grid of an array: a vector is a strip, of more than two axes all but the last are rows."""
    columns = shape[-1]
    numbers = flatten(value)
    rows = len(numbers) // columns if columns else 0
    high, wide = math.ceil(rows / MOST_ROWS) or 1, math.ceil(columns / MOST_COLUMNS) or 1
    grid = [[0.0] * math.ceil(columns / wide) for _ in range(math.ceil(rows / high))]
    for index, number in enumerate(numbers):
        row, column = divmod(index, columns)
        cells, at = grid[row // high], column // wide
        cells[at] = stronger(cells[at], number)
    largest = max((abs(cell) for cells in grid for cell in cells if math.isfinite(cell)), default=0.0)
    tinted = tuple(tuple(share(cell, largest) for cell in cells) for cells in grid)
    return Heat(tinted, pooled_text(high, wide, len(shape)))


def stronger(a: float, b: float) -> float:
    """The one of larger magnitude; what is no finite number is stronger than any."""
    if not math.isfinite(a) or not math.isfinite(b):
        return math.nan
    return b if abs(b) > abs(a) else a


def share(number: float, largest: float) -> float:
    """A number as a part of the largest magnitude; NaN stays NaN."""
    return number / largest if largest else number


def pooled_text(high: int, wide: int, axes: int) -> str:
    """What a cell shows, if that is not one number."""
    if high * wide == 1:
        return ""
    of = str(wide) if axes == 1 else f"{high}×{wide}"
    return f"largest |·| of {of}"


def looks(heat: Heat) -> dict[tuple[str, float], list[tuple[int, int]]]:
    """Rows and columns of the cells by style and opacity, of which there are few: blue for positive, orange for
    negative, each in LEVELS steps, and magenta for what is not finite."""
    found: dict[tuple[str, float], list[tuple[int, int]]] = {}
    for row, cells in enumerate(heat.cells):
        for column, tint in enumerate(cells):
            found.setdefault(look(tint), []).append((row, column))
    return found


def look(tint: float) -> tuple[str, float]:
    """Style and opacity of a cell."""
    if math.isnan(tint):
        return "tint-nan", 1.0
    level = math.ceil(LEVELS * abs(tint))
    if not level:
        return "tint-zero", FAINTEST
    style = "tint-positive" if tint > 0 else "tint-negative"
    return style, round(FAINTEST + (STRONGEST - FAINTEST) * level / LEVELS, 3)
