"""A function of two variables on a grid: its values, the contour through a point, and where it is bent or absent."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from gradcli.render.plot.axes import Axis, Dot
from gradcli.render.plot.function import Function

KINK_CELLS = 40
"""Along each axis, where kinks are looked for."""
BISECTIONS = 60
ASIDE = 1e-7
"""The sides of a kink are looked at so far from it, in cells."""
HAIR = 1e-6
"""Of half a range: so near to a point without a value it is looked for one."""
SKEW = 0.61
"""How steep the way to that place is: no diagonal, on which poles like to lie."""
BENT = 1e-5
"""Gradients or values on two sides differ by more than this part of them; between the sides, curvature makes less."""
LEAP = 1e-3
"""Of what the gradient adds up to over a cell: a leap is larger, and the way between the sides much smaller."""

Ends = tuple[Dot, Dot]


@dataclass(frozen=True)
class Surface:
    """Values in rows from the low end of y to the high one, in each from the low end of x to the high one."""

    x: Axis
    y: Axis
    xs: tuple[float, ...]
    ys: tuple[float, ...]
    values: tuple[tuple[float, ...], ...]
    holes: tuple[Dot, ...] = ()
    """Points without a value that have one on every side: they stand with the mean of the sides."""

    @property
    def finite(self) -> list[float]:
        """All values that are numbers."""
        return [v for row in self.values for v in row if math.isfinite(v)]

    @property
    def whole(self) -> bool:
        """Whether the function has a finite value everywhere on the grid."""
        return all(math.isfinite(v) for row in self.values for v in row)

    def neighbours(self) -> Iterator[tuple[Ends, tuple[float, float]]]:
        """Each two neighbours of the grid: their places and values."""
        for j, row in enumerate(self.values):
            for i, value in enumerate(row):
                here = self.xs[i], self.ys[j]
                if i + 1 < len(row):
                    yield (here, (self.xs[i + 1], self.ys[j])), (value, row[i + 1])
                if j + 1 < len(self.values):
                    yield (here, (self.xs[i], self.ys[j + 1])), (value, self.values[j + 1][i])


def sample_surface(
    function: Function, x: Axis, y: Axis, columns: int, rows: int, through: Dot | None = None
) -> Surface:
    """The function on a grid that holds both ends of both axes, with lines through a point if there is one."""
    xs, ys = (lines(axis, count) for axis, count in ((x, columns), (y, rows)))
    if through is not None:
        xs, ys = (
            tuple(sorted({*found, at})) if axis.holds(at) else found
            for axis, found, at in zip((x, y), (xs, ys), through, strict=True)
        )
    return Surface(x, y, xs, ys, tuple(tuple(function.value(p, q) for p in xs) for q in ys))


def lines(axis: Axis, count: int) -> tuple[float, ...]:
    """Numbers at equal distances, with both ends."""
    return tuple(axis.at(k / (count - 1)) for k in range(count))


def without_holes(function: Function, surface: Surface) -> Surface:
    """The surface as it is drawn: a pole along a line of the grid has no width, and is no region without values."""
    x, y = surface.x, surface.y
    aside = [
        (a * HAIR * (x.high / 2 - x.low / 2), b * HAIR * (y.high / 2 - y.low / 2))
        for a, b in ((1, SKEW), (1, -SKEW), (-1, SKEW), (-1, -SKEW))
    ]
    rows = [list(row) for row in surface.values]
    holes = []
    for j, q in enumerate(surface.ys):
        for i, p in enumerate(surface.xs):
            if math.isfinite(rows[j][i]):
                continue
            around = [function.value(p + a, q + b) for a, b in aside]
            if all(map(math.isfinite, around)):
                rows[j][i] = sum(v / len(around) for v in around)
                holes.append((p, q))
    return replace(surface, values=tuple(map(tuple, rows)), holes=tuple(holes))


def contour(function: Function, surface: Surface, level: float) -> list[Dot]:
    """Points between neighbours of the grid where the function passes a level, and does not leap over it."""
    found = []
    for ends, (a, b) in surface.neighbours():
        if math.isfinite(a) and math.isfinite(b) and (a < level) != (b < level):
            middle = function.value(*between(ends, 0.5))
            if is_gradual(a, middle, b):
                found.append(between(ends, (level - a) / (b - a)))
    return found


def is_gradual(a: float, middle: float, b: float) -> bool:
    """Whether the value in the middle is not that of one end: then the function leaps, or runs through a pole."""
    return abs(middle - (a / 2 + b / 2)) <= 0.45 * abs(b - a)


def between(ends: Ends, part: float) -> Dot:
    """The point at a part of the way from one end to the other."""
    (x, y), (u, v) = ends
    return x * (1 - part) + u * part, y * (1 - part) + v * part


def kinks(function: Function, x: Axis, y: Axis) -> list[Dot]:
    """Points where the function bends or leaps: a declared kink passes between two neighbours of a grid, and the
    gradients or values on its two sides differ."""
    cells = KINK_CELLS
    # Off the round numbers, on which kinks like to lie.
    places = [[axis.at((k + 0.5 / math.pi) / cells) for k in range(cells)] for axis in (x, y)]
    rows = [[function.surfaces(p, q) for p in places[0]] for q in places[1]]
    found = []
    for j, row in enumerate(rows):
        for i, here in enumerate(row):
            for k, m in ((i + 1, j), (i, j + 1)):
                if k < cells and m < cells:
                    ends = (places[0][i], places[1][j]), (places[0][k], places[1][m])
                    found += crossings(function, ends, here, rows[m][k])
    return found


def crossings(function: Function, ends: Ends, first: Sequence[float], second: Sequence[float]) -> list[Dot]:
    """Where a kink lies between two points, from the kink surfaces at both."""
    found = []
    for k, (p, q) in enumerate(zip(first, second, strict=True)):
        if math.isfinite(p) and math.isfinite(q) and abs(p - q) > 0.5 * (abs(p) + abs(q)):
            place = narrowed(function, ends, k, p, q)
            if place is not None and is_bent(function, ends, *place):
                found.append(between(ends, place[0]))
    return found


def narrowed(function: Function, ends: Ends, k: int, p: float, q: float) -> tuple[float, float] | None:
    """Parts of the way between which a kink surface passes zero or leaps; None where it does neither."""
    low, high = 0.0, 1.0
    for _ in range(BISECTIONS):
        middle = (low + high) / 2
        if not low < middle < high:
            break
        m = function.surfaces(*between(ends, middle))[k]
        if not math.isfinite(m):
            return None
        left = (p < 0) != (m < 0) if (p < 0) != (q < 0) else abs(m - p) > abs(q - m)
        low, high, p, q = (low, middle, p, m) if left else (middle, high, m, q)
    return (low, high) if p == 0 or q == 0 or abs(p - q) > 0.5 * (abs(p) + abs(q)) else None


def is_bent(function: Function, ends: Ends, low: float, high: float) -> bool:
    """Whether the gradients, or else the values, a little before and a little behind differ."""
    (a, before), (b, behind) = (
        function.gradient(*between(ends, min(max(part, 0.0), 1.0))) for part in (low - ASIDE, high + ASIDE)
    )
    if not (math.isfinite(a) and math.isfinite(b)):
        return False
    size = sum(map(abs, (*before, *behind)))
    turned = any(abs(p - q) > BENT * size for p, q in zip(before, behind, strict=True))
    return turned or abs(a - b) > max(BENT * (abs(a) + abs(b)), size * math.dist(*ends) * LEAP)
