"""A function of one variable and its derivative along a range: samples, and where the curve is torn, bent or absent.

A kink or a jump is found by bisection and believed only if a primitive of the graph declares one there, a pole only if
some intermediate value grows without bound: rounding alone can look like either.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal, NamedTuple

from gradcli.render.plot.axes import Axis, spread, usual
from gradcli.render.plot.function import Function

CELLS = 400
BISECTIONS = 60
MOST_SUSPECTS = 120
"""So many cells are looked into."""
FEW_SUSPECTS = 40
"""So many of the rest, where these are no breaks."""
GROWN = 1e6
"""A pole makes numbers so much larger than they are at both ends of a cell."""
STEEPER = 1e3
"""At a vertical tangent slopes are so many times those at both ends of a cell."""
ASIDE = 1e-9
"""One-sided slopes are taken so far from a kink, in cells."""

FARTHER = 1e-5
"""A limit is looked at so far from its place, in halves of the range."""

SEEN = 1e-4
"""Of the usual range of values or slopes: a smaller step is not seen, and may be rounding."""

Kind = Literal["kink", "jump", "pole", "vertical tangent"]


class Sample(NamedTuple):
    """A point of the curve."""

    x: float
    value: float
    slope: float

    @property
    def finite(self) -> bool:
        """Whether the function is defined there, and no overflow."""
        return math.isfinite(self.value)


Change = Callable[[Sample, Sample], float]


@dataclass(frozen=True)
class Break:
    """Where the curve bends or tears, between two samples that are close on both sides."""

    kind: Kind
    at: float
    left: Sample
    right: Sample


@dataclass(frozen=True)
class Gap:
    """Where there is no finite value, from start to end; `closed` tells whether each end belongs to it."""

    kind: Literal["undefined", "overflow", "pole"]
    start: float
    end: float
    closed: tuple[bool, bool]
    limit: float | None = None
    """The value that a single point lacks, where both sides tell the same."""

    @property
    def single(self) -> bool:
        """Whether it is one point."""
        return self.start == self.end


@dataclass(frozen=True)
class Curve:
    """Samples from left to right, pieces of the curve without a break in them, breaks and gaps. `unseen` cells may hold
    breaks too: there were too many to look into."""

    x: Axis
    samples: tuple[Sample, ...]
    pieces: tuple[tuple[Sample, ...], ...]
    breaks: tuple[Break, ...]
    gaps: tuple[Gap, ...]
    unseen: int

    @property
    def bounded(self) -> bool:
        """Whether no gap, pole or vertical tangent can make values or slopes as large as you like."""
        return not self.gaps and all(b.kind in ("kink", "jump") for b in self.breaks)


def sample_curve(function: Function, x: Axis) -> Curve:
    """The curve on an axis: samples at equal distances, at round numbers and at the point."""
    places = {x.at(k / CELLS) for k in range(CELLS + 1)} | {tick for tick, _ in x.ticks(8)}
    if x.holds(function.here[0]):
        places.add(function.here[0])
    grid = [sample_at(function, place) for place in sorted(places) if x.holds(place)]
    edges = [edge(function, a, b) for a, b in pairwise(grid) if a.finite != b.finite]
    samples = sorted({*grid, *(end for pair in edges for end in pair)}, key=lambda s: s.x)
    found, unseen = find_breaks(function, grid)
    breaks, gaps = merged(found), gaps_of(function, samples)
    return Curve(x, tuple(samples), tuple(pieces_of(samples, breaks)), tuple(breaks), tuple(gaps), unseen)


def sample_at(function: Function, x: float) -> Sample:
    """The function and its slope at a point."""
    return Sample(x, *function.slope(x))


def edge(function: Function, a: Sample, b: Sample) -> tuple[Sample, Sample]:
    """The last sample on each side of the edge of a gap."""
    for _ in range(BISECTIONS):
        middle = a.x / 2 + b.x / 2
        if not a.x < middle < b.x:
            break
        found = sample_at(function, middle)
        a, b = (found, b) if found.finite == a.finite else (a, found)
    return a, b


def find_breaks(function: Function, samples: Sequence[Sample]) -> tuple[list[Break], int]:
    """The breaks in cells whose ends do not go with one another, and how many such cells were not looked into."""
    cells = [(a, b) for a, b in pairwise(samples)]
    suspects = [cells[k] for k in suspicious(cells)]
    unseen = max(0, len(suspects) - MOST_SUSPECTS)
    least = Visible(least_visible([s.value for s in samples]), least_visible([s.slope for s in samples]))
    found = [locate(function, a, b, least) for a, b in suspects[:MOST_SUSPECTS]]
    if unseen and not any(found):
        # Rounding scatters so: it is believed if there is no break in some of the others either.
        rest = suspects[MOST_SUSPECTS :: max(1, unseen // FEW_SUSPECTS)]
        found = [locate(function, a, b, least) for a, b in rest]
        unseen = unseen if any(found) else 0
    found += [steep(function, s, cells, least) for s in samples if s.finite and not math.isfinite(s.slope)]
    return sorted((b for b in found if b is not None), key=lambda b: b.at), unseen


def suspicious(cells: Sequence[tuple[Sample, Sample]]) -> list[int]:
    """The cells in which the slope changes, or the trapezoidal rule misses the rise, more than in their neighbours."""
    bends = [abs(b.slope - a.slope) for a, b in cells]
    misses = [abs(b.value - a.value - (b.x - a.x) * (a.slope / 2 + b.slope / 2)) for a, b in cells]
    found = []
    for k, (a, b) in enumerate(cells):
        if not (a.finite and b.finite and math.isfinite(bends[k])):
            continue
        around = [j for j in range(max(0, k - 2), min(len(cells), k + 3)) if j != k and math.isfinite(bends[j])]
        # Not the largest: a kink on a sample belongs to two cells.
        bend, miss = (sorted([0.0, 0.0, *(numbers[j] for j in around)])[-2] for numbers in (bends, misses))
        if (
            bends[k] > 1.5 * bend + 1e-9 * (abs(a.slope) + abs(b.slope))
            or misses[k] > 1.5 * miss + 1e-9 * (abs(a.value) + abs(b.value))
            or is_steeper(a, b)
        ):
            found.append(k)
    return found


class Visible(NamedTuple):
    """The least differences of values and of slopes that the plot shows."""

    value: float
    slope: float


def least_visible(numbers: Sequence[float]) -> float:
    """A small part of the range that numbers usually have; of equal ones, of their size."""
    ordered = sorted(v for v in numbers if math.isfinite(v))
    low, high = usual(ordered) if ordered else (0.0, 0.0)
    return SEEN * 4 * spread(low, high) or SEEN * abs(high)


def is_steeper(a: Sample, b: Sample) -> bool:
    """Whether the function rises or falls by more than the slopes at both ends explain (the mean value theorem)."""
    width, rise = b.x - a.x, b.value - a.value
    low, high = min(a.slope, b.slope) * width, max(a.slope, b.slope) * width
    slack = 0.25 * abs(rise) + 1e-9 * (abs(a.value) + abs(b.value))
    return not low - slack <= rise <= high + slack


def locate(function: Function, a: Sample, b: Sample, least: Visible) -> Break | None:
    """The break between two samples, if there is one."""
    left, right = narrowed(function, a, b, lambda p, q: abs(q.value - p.value))
    torn = abs(right.value - left.value) > max(0.1 * abs(b.value - a.value), least.value)
    if not torn:
        left, right = narrowed(function, a, b, lambda p, q: abs(q.slope - p.slope))
        bent = abs(right.slope - left.slope) > max(0.5 * abs(b.slope - a.slope), least.slope)
        if not bent:
            return None
    ends = max(abs(a.value), abs(b.value))
    if max(abs(left.value), abs(right.value)) > GROWN * ends:
        return Break("pole", simplest(left.x, right.x), left, right)
    blown = max(function.largest(left.x), function.largest(right.x))
    if torn and blown > GROWN * min(function.largest(a.x), function.largest(b.x)):
        return Break("jump", simplest(left.x, right.x), left, right)
    if not declared(function, left.x, right.x):
        return None
    if torn:
        return jump(function, left, right, (a, b))
    is_vertical = max(abs(left.slope), abs(right.slope)) > STEEPER * max(abs(a.slope), abs(b.slope))
    return (
        Break("vertical tangent", simplest(left.x, right.x), left, right)
        if is_vertical
        else bend(function, left, right)
    )


def jump(function: Function, left: Sample, right: Sample, cell: tuple[Sample, Sample]) -> Break | None:
    """A jump between two neighbours; of them one may lie on it, with a value of its own."""
    aside = ASIDE * (cell[1].x - cell[0].x)
    before = sample_at(function, max(cell[0].x, left.x - aside))
    behind = sample_at(function, min(cell[1].x, right.x + aside))
    if not (before.finite and behind.finite):
        return None
    return Break("jump", simplest(left.x, right.x), before, behind)


def bend(function: Function, left: Sample, right: Sample) -> Break | None:
    """A kink between two neighbours, or on one of them: then with the one-sided slopes that hold there."""
    place = simplest(left.x, right.x)
    for at in (place, left.x, right.x):
        sides = function.sides(at)
        if sides is not None:
            value = function.value(at)
            left, right = (Sample(at, value, slope) for slope in (sides.left, sides.right))
            return None if sides.agree else Break("kink", at, left, right)
    return Break("kink", place, left, right)


def narrowed(function: Function, a: Sample, b: Sample, change: Change) -> tuple[Sample, Sample]:
    """The cell bisected, each time to the half in which more changes, as long as all is finite."""
    for _ in range(BISECTIONS):
        middle = a.x / 2 + b.x / 2
        if not a.x < middle < b.x:
            break
        found = sample_at(function, middle)
        if not (found.finite and math.isfinite(found.slope)):
            break
        a, b = (a, found) if change(a, found) >= change(found, b) else (found, b)
    return a, b


def declared(function: Function, left: float, right: float) -> bool:
    """Whether a kink surface of the graph passes between two neighbouring points."""
    pairs = zip(function.surfaces(left), function.surfaces(right), strict=True)
    return any(p == 0 or q == 0 or abs(p - q) > 0.5 * (abs(p) + abs(q)) for p, q in pairs)


def steep(function: Function, at: Sample, cells: Sequence[tuple[Sample, Sample]], least: Visible) -> Break | None:
    """A sample without a slope: a vertical tangent where the slope on a side is huge, a kink where both differ."""
    width = cells[len(cells) // 2][1].x - cells[len(cells) // 2][0].x
    left, right = (sample_at(function, at.x + sign * ASIDE * width) for sign in (-1, 1))
    slopes = [s.slope for s in (left, right) if s.finite and math.isfinite(s.slope)]
    if left.finite and right.finite and abs(left.value - right.value) > least.value:
        return Break("jump", at.x, left, right)
    largest = max((abs(s.slope) for cell in cells for s in cell if math.isfinite(s.slope) and s.x != at.x), default=0.0)
    if slopes and max(map(abs, slopes)) > 10 * largest:
        left, right = (side if side.finite else at for side in (left, right))
        return Break("vertical tangent", at.x, left, right)
    if len(slopes) == 2 and abs(slopes[0] - slopes[1]) > 1e-6 * (abs(slopes[0]) + abs(slopes[1])):
        return bend(function, left, right)
    return None


def simplest(low: float, high: float) -> float:
    """The number with the fewest digits between two neighbours: what a break found by bisection stands for."""
    if low <= 0 <= high:
        return 0.0
    for digits in range(1, 18):
        for end in (low, high):
            found = float(f"{end:.{digits}g}")
            if low <= found <= high:
                return found
    return high


def merged(breaks: Sequence[Break]) -> list[Break]:
    """Breaks that were found from both sides as one, of the graver kind."""
    found: list[Break] = []
    for b in breaks:
        last = found[-1] if found else None
        if last is not None and (b.left.x <= last.right.x or b.at == last.at):
            kind = min(last.kind, b.kind, key=("pole", "jump", "vertical tangent", "kink").index)
            left, right = min(last.left, b.left), max(last.right, b.right)
            found[-1] = Break(kind, simplest(min(last.at, b.at), max(last.at, b.at)), left, right)
        else:
            found.append(b)
    return found


def pieces_of(samples: Sequence[Sample], breaks: Sequence[Break]) -> list[tuple[Sample, ...]]:
    """The samples between breaks and gaps, with both sides of each break."""
    found: list[list[Sample]] = [[]]
    rest = list(breaks)
    for sample in samples:
        while rest and sample.x >= rest[0].left.x:
            found[-1].append(rest[0].left)
            found.append([rest[0].right])
            rest.pop(0)
        if not sample.finite:
            found.append([])
        elif not found[-1] or sample.x > found[-1][-1].x:
            found[-1].append(sample)
    return [tuple(piece) for piece in found if len(piece) > 1]


def gaps_of(function: Function, samples: Sequence[Sample]) -> list[Gap]:
    """The runs of samples without a finite value."""
    found = []
    start = 0
    while start < len(samples):
        end = start
        while end < len(samples) and not samples[end].finite:
            end += 1
        if end > start:
            found.append(gap_of(function, samples, start, end - 1))
        start = end + 1
    return found


def gap_of(function: Function, samples: Sequence[Sample], first: int, last: int) -> Gap:
    """The gap from one sample to another, with the simplest numbers as its ends."""
    low = samples[first].x if first == 0 else simplest(samples[first - 1].x, samples[first].x)
    high = samples[last].x if last == len(samples) - 1 else simplest(samples[last].x, samples[last + 1].x)
    run = samples[first : last + 1]
    if low == high and is_pole(samples, first, last):
        kind: Literal["undefined", "overflow", "pole"] = "pole"
    elif low == high or any(s.value != s.value for s in run):
        kind = "undefined"
    else:
        kind = "overflow"
    closed = tuple(not math.isfinite(function.value(end)) for end in (low, high))
    limit = limit_at(function, samples, first, last) if kind == "undefined" and low == high else None
    return Gap(kind, low, high, (closed[0], closed[1]), limit)


def is_pole(samples: Sequence[Sample], first: int, last: int) -> bool:
    """Whether the values beside a gap are so much larger than those a cell away that they have no bound."""
    sides = [
        (samples[k], samples[k + step]) for k, step in ((first - 1, -1), (last + 1, 1)) if 0 <= k + step < len(samples)
    ]
    return bool(sides) and all(abs(near.value) > GROWN * abs(far.value) for near, far in sides)


def limit_at(function: Function, samples: Sequence[Sample], first: int, last: int) -> float | None:
    """The value on both sides of a point without one: next to it, where rounding may have the upper hand, and a little
    farther off. None where these differ by what is seen."""
    if first == 0 or last == len(samples) - 1:
        return None
    left, right = samples[first - 1], samples[last + 1]
    aside = FARTHER * (samples[-1].x / 2 - samples[0].x / 2)
    values = [left.value, right.value, function.value(left.x - aside), function.value(right.x + aside)]
    if not all(map(math.isfinite, values)):
        return None
    is_one = 4 * spread(min(values), max(values)) <= least_visible([s.value for s in samples])
    return left.value / 2 + right.value / 2 if is_one else None
