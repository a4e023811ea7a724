"""What a plot shows: the sampled function, the point, its gradient or one-sided slopes, words for what is marked."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from gradcli.errors import DomainError
from gradcli.methods.base import flatten
from gradcli.problem import Problem
from gradcli.render.numbers import format_short
from gradcli.render.plot.axes import LARGEST, Axis, Dot, height, usual
from gradcli.render.plot.curve import CELLS, Break, Curve, Gap, sample_curve
from gradcli.render.plot.function import Function
from gradcli.render.plot.resolution import is_map_unresolved, too_fast, unresolved
from gradcli.render.plot.surface import Surface, kinks, sample_surface, without_holes
from gradcli.render.plot.window import half_width
from gradcli.verify.explain import value_cause
from gradcli.verify.verdict import Checked

GRID = 41
"""Points along each axis of the map that JSON has."""
MOST_MARKS = 6
"""So many marks are listed one by one."""
ONE_SCALE = 8.0
"""Both axes of a map have one scale, unless one range is so many times the other."""
MARKS = {"kink": "kinks", "jump": "jumps", "pole": "poles", "vertical tangent": "vertical tangents"}


@dataclass(frozen=True)
class CurveScene:
    """A function of one variable. `slopes` are the one at the point, or at a kink the left and the right one."""

    name: str
    variables: tuple[str, ...]
    here: tuple[float, ...]
    value: float
    slopes: tuple[float, ...]
    curve: Curve
    values: Axis
    derivatives: Axis
    marks: tuple[str, ...]
    lost: str = ""
    """What is said of the slope where float64 lost its digits."""
    unresolved: tuple[float, float] | None = None
    """Where the curve turns faster than its samples show."""

    def tangents(self) -> list[list[Dot]]:
        """The tangent line from end to end, or at a kink the half-lines of both sides."""
        x, (at,) = self.curve.x, self.here
        if not math.isfinite(self.value):
            return []
        if len(self.slopes) == 1:
            return [self._line(self.slopes[0], x.low, x.high)]
        left, right = self.slopes
        return [line for line in (self._line(left, x.low, at), self._line(right, at, x.high)) if line]

    def _line(self, slope: float, start: float, end: float) -> list[Dot]:
        at = self.here[0]
        if not math.isfinite(slope) or start > end:
            return []
        return [(p, self.value + slope * (p - at)) for p in (start, end)]

    def data(self) -> dict[str, Any]:
        """The samples as JSON, and what is marked."""
        (name,), samples = self.variables, self.curve.samples
        return {
            "ranges": {name: [self.curve.x.low, self.curve.x.high]},
            "curve": {
                "x": [s.x for s in samples],
                "value": [s.value for s in samples],
                "derivative": [s.slope for s in samples],
            },
            "breaks": [
                {
                    "kind": b.kind,
                    "at": b.at,
                    "values": [b.left.value, b.right.value],
                    "slopes": [b.left.slope, b.right.slope],
                }
                for b in self.curve.breaks
            ],
            "gaps": [{"kind": g.kind, "from": g.start, "to": g.end, "closed": list(g.closed)} for g in self.curve.gaps],
        }


@dataclass(frozen=True)
class MapScene:
    """A function of two variables. `gradient` is None where there is none: a kink, or no value."""

    name: str
    variables: tuple[str, ...]
    here: tuple[float, ...]
    value: float
    gradient: tuple[float, ...] | None
    function: Function
    surface: Surface
    kinks: tuple[Dot, ...]
    marks: tuple[str, ...]
    unresolved: bool = False
    """Whether the function turns faster than a map shows."""

    @property
    def ratio(self) -> float:
        """How many times the range of y the range of x is."""
        return (self.surface.x.high - self.surface.x.low) / (self.surface.y.high - self.surface.y.low)

    @property
    def same_scale(self) -> bool:
        """Whether both axes are drawn to one scale, so that right angles look right."""
        return 1 / ONE_SCALE <= self.ratio <= ONE_SCALE

    @property
    def length(self) -> float:
        """The gradient's length."""
        return math.hypot(*self.gradient) if self.gradient is not None else math.nan

    @property
    def heading(self) -> Dot | None:
        """The direction of the arrow; None where the gradient has none. Where the axes have different scales, that of
        the gradient in the picture's own units, which is orthogonal to the contour that is seen."""
        if self.gradient is None:
            return None
        axes = self.surface.x, self.surface.y
        scales = (1.0, 1.0) if self.same_scale else tuple(axis.high - axis.low for axis in axes)
        a, b = (g * scale for g, scale in zip(self.gradient, scales, strict=True))
        largest = max(abs(a), abs(b))
        if not 0 < largest < math.inf or a != a or b != b:
            return None
        a, b = a / largest, b / largest
        return a / math.hypot(a, b), b / math.hypot(a, b)

    def arrow(self, length: float) -> tuple[Dot, Dot] | None:
        """Start and tip of the gradient's arrow in parts of both axes, so long in parts of the shorter side; None where
        there is none."""
        if self.heading is None:
            return None
        ratio = self.ratio if self.same_scale else 1.0
        size = length * min(ratio, 1.0)
        start = self.surface.x.part(self.here[0]), self.surface.y.part(self.here[1])
        return start, (start[0] + size * self.heading[0] / ratio, start[1] + size * self.heading[1])

    @cached_property
    def heights(self) -> Axis:
        """The values that contours are drawn for."""
        near = self.value if math.isfinite(self.value) else None
        found = self.surface.finite
        return height([*found, *([] if near is None else [near])], found)

    def levels(self, count: int) -> list[float]:
        """Levels of contours: round numbers, or where the function is far steeper in places, parts of its values."""
        ordered = sorted(self.surface.finite)
        if not ordered or ordered[0] == ordered[-1]:
            return []
        low, high = usual(ordered)
        middle = ordered[len(ordered) // 4], ordered[-1 - len(ordered) // 4]
        if high / 4 - low / 4 <= 4 * (middle[1] / 4 - middle[0] / 4):
            return [v for v, _ in Axis(low, high).ticks(count)]
        parts = [ordered[round((k + 0.5) / count * (len(ordered) - 1))] for k in range(count)]
        return sorted({float(f"{v:.2g}") for v in parts})

    def data(self) -> dict[str, Any]:
        """The grid as JSON, and what is marked."""
        s = self.surface
        across, upwards = self.variables
        return {
            "ranges": {across: [s.x.low, s.x.high], upwards: [s.y.low, s.y.high]},
            "grid": {"x": list(s.xs), "y": list(s.ys), "values": [list(row) for row in s.values]},
            "kinks": [list(place) for place in self.kinks],
        }


Scene = CurveScene | MapScene


def make_scene(
    problem: Problem, function: Function, checked: Checked | None, name: str, ranges: Mapping[str, tuple[float, float]]
) -> Scene:
    """Sample the function on the ranges that are given, and on sensible ones. `checked` is None where the function is
    undefined at the point. Raises DomainError where it is undefined everywhere on them."""
    value, gradient = numbers_here(problem, function, checked)
    axes = choose_axes(problem, function, gradient, ranges)
    if len(problem.wrt) == 1:
        return curve_scene(problem, function, checked, name, (value, gradient[0]), axes[0])
    return map_scene(problem, function, checked, name, (value, gradient), axes)


def numbers_here(problem: Problem, function: Function, checked: Checked | None) -> tuple[float, tuple[float, ...]]:
    """Value and gradient at the point, the true ones where float64 lost them; NaN where there is none."""
    if checked is None:
        return function.value(*function.here), (math.nan,) * len(problem.wrt)
    value = float(checked.derivatives["reverse"].value)
    gradient = tuple(float(flatten(checked.gradient[wrt])[0]) for wrt in problem.wrt)
    true = checked.verdict.true
    if checked.verdict.word != "ill-conditioned" or true is None:
        return value, gradient
    value = value if true.value is None else float(flatten(true.value)[0])
    proven = {wrt: float(flatten(digits)[0]) for wrt, digits in true.derivative.items()}
    return value, tuple(proven.get(wrt, g) for wrt, g in zip(problem.wrt, gradient, strict=True))


def choose_axes(
    problem: Problem, function: Function, gradient: Sequence[float], ranges: Mapping[str, tuple[float, float]]
) -> list[Axis]:
    """The ranges; those not given from the function's scale, for a map both alike unless their scales differ much."""
    here = function.here
    widths: dict[str, float] = {}
    for k, wrt in enumerate(problem.wrt):
        if wrt not in ranges:

            def along(x: float, k: int = k) -> float:
                return function.value(*(x if j == k else p for j, p in enumerate(here)))

            widths[wrt] = half_width(along, here[k], gradient[k])
    if len(widths) == 2 and max(widths.values()) <= ONE_SCALE * min(widths.values()):
        widths = dict.fromkeys(widths, max(widths.values()))
    found = []
    for at, wrt in zip(here, problem.wrt, strict=True):
        low, high = ranges[wrt] if wrt in ranges else (at - widths[wrt], at + widths[wrt])
        found.append(Axis(max(low, -LARGEST), min(high, LARGEST)))
    return found


def curve_scene(
    problem: Problem, function: Function, checked: Checked | None, name: str, seen: tuple[float, float], x: Axis
) -> CurveScene:
    """The scene of one variable."""
    curve = sample_curve(function, x)
    if not any(s.finite for s in curve.samples):
        raise nothing(function, problem.wrt[0], x.at(0.5))
    (variable,), (at,) = problem.wrt, function.here
    reach = x.high / 4 - x.low / 4
    inside = [s for piece in curve.pieces for s in piece]
    # Without a value at the point, no part of the range matters more than another.
    near = [s for s in inside if abs(s.x / 2 - at / 2) <= reach / 2 or not math.isfinite(seen[0])]
    slopes: tuple[float, ...] = (seen[1],)
    if checked is not None and checked.verdict.sides is not None:
        (sides,) = checked.verdict.sides[variable]
        slopes = (sides.left,) if sides.agree else (sides.left, sides.right)
    elif checked is not None and checked.verdict.word == "undefined":
        slopes = (math.nan,)
    anchor = [seen[0]] if math.isfinite(seen[0]) and x.holds(at) else []
    known = [slope for slope in slopes if math.isfinite(slope) and x.holds(at)]
    values = height([*anchor, *core(curve, [s.value for s in near])], [*anchor, *(s.value for s in inside)])
    fast = unresolved(function, curve, values)
    return CurveScene(
        name,
        problem.wrt,
        function.here,
        seen[0],
        slopes,
        curve,
        values,
        height([*known, *core(curve, [s.slope for s in near])], [*known, *(s.slope for s in inside)]),
        (*curve_marks(function, variable, curve), *([too_fast(variable, *map(place, fast))] if fast else [])),
        lost_words(checked, variable),
        fast,
    )


def lost_words(checked: Checked | None, variable: str) -> str:
    """What is said of a slope where float64 lost its digits: nothing elsewhere."""
    if checked is None or checked.verdict.word != "ill-conditioned":
        return ""
    true = checked.verdict.true
    dtype = checked.tape.carrier.dtype
    if true is None or variable not in true.derivative:
        return f"ill-conditioned in {dtype}"
    return f"true; {dtype} gives {format_short(float(flatten(checked.gradient[variable])[0]), 6)}"


def core(curve: Curve, numbers: Sequence[float]) -> Sequence[float]:
    """Values or slopes near the point; without the outermost where these may be as large as you like."""
    found = sorted(v for v in numbers if math.isfinite(v))
    return usual(found) if found and not curve.bounded else found


def map_scene(
    problem: Problem,
    function: Function,
    checked: Checked | None,
    name: str,
    seen: tuple[float, tuple[float, ...]],
    axes: Sequence[Axis],
) -> MapScene:
    """The scene of two variables."""
    x, y = axes
    surface = sample_surface(function, x, y, GRID, GRID)
    if not surface.finite:
        raise nothing(function, " and ".join(problem.wrt), x.at(0.5), y.at(0.5))
    bent = tuple(kinks(function, x, y))
    is_there = checked is not None and (
        checked.verdict.differentiable or checked.verdict.word not in ("kink", "undefined")
    )
    marks = []
    if bent:
        marks.append("kinks or jumps along the marked points")
    drawn = without_holes(function, surface)
    if drawn.holes:
        marks.append("no finite value on lines or at points of the map")
    if not drawn.whole:
        marks.append("no finite value in the shaded region")
    scene = MapScene(
        name, problem.wrt, function.here, seen[0], seen[1] if is_there else None, function, surface, bent, tuple(marks)
    )
    if is_map_unresolved(function, x, y, scene.heights):
        return replace(scene, unresolved=True, marks=(*marks, "turns faster than drawn: smaller ranges show how"))
    return scene


def nothing(function: Function, variables: str, *at: float) -> DomainError:
    """The error where there is nothing to draw."""
    cause = value_cause(function.tape(*at), function.problem.output)
    reason = f": {cause.sentence}" if cause else ""
    message = f"nothing to draw: no finite value was found in the range of {variables}{reason}"
    return DomainError(message, hint="choose another point or another range")


def curve_marks(function: Function, variable: str, curve: Curve) -> list[str]:
    """What is marked, in words; of many of a kind only how many."""
    found = []
    for kind, plural in MARKS.items():
        breaks = [b for b in curve.breaks if b.kind == kind]
        poles = [g for g in curve.gaps if g.kind == "pole"] if kind == "pole" else []
        places = sorted([*(b.at for b in breaks), *(g.start for g in poles)])
        if len(places) > MOST_MARKS:
            # A cell has room for one break only.
            least = "at least " if curve.unseen or len(places) > CELLS // 8 else ""
            found.append(f"{least}{len(places)} {plural}, from {variable} = {place(places[0])} to {place(places[-1])}")
        elif kind in ("pole", "vertical tangent"):
            found += [f"{kind} at {variable} = {place(at)}" for at in places]
        else:
            found += [f"{kind} at {variable} = {place(b.at)}: {both_sides(b)}" for b in breaks]
    gaps = [gap_text(function, variable, curve.x, g) for g in curve.gaps if g.kind != "pole"]
    if curve.unseen:
        words = f"{curve.unseen} more places look bent or torn, too many to look into: a smaller range shows them"
        gaps.insert(0, words)
    more = len(gaps) - MOST_MARKS
    return [*found, *gaps[:MOST_MARKS], *([f"and {more} more regions without a value"] if more > 0 else [])]


def place(at: float) -> str:
    """A place that bisection found, without the digits that only a float has."""
    return format_short(at, 6)


def both_sides(b: Break) -> str:
    """What a kink or a jump looks like from both sides."""
    if b.kind == "jump":
        return f"from {format_short(b.left.value, 6)} to {format_short(b.right.value, 6)}"
    return f"slopes {format_short(b.left.slope, 6)} and {format_short(b.right.slope, 6)}"


def gap_text(function: Function, variable: str, x: Axis, gap: Gap) -> str:
    """Where there is no value, and why."""
    inside = gap.start if gap.single else gap.start / 2 + gap.end / 2
    cause = value_cause(function.tape(inside), function.problem.output)
    low, high = ("≤" if closed else "<" for closed in gap.closed)
    if gap.single:
        where = f"at {variable} = {place(gap.start)}"
    elif gap.start <= x.low:
        where = f"for {variable} {high} {place(gap.end)}"
    elif gap.end >= x.high:
        where = f"for {variable} {'≥' if gap.closed[0] else '>'} {place(gap.start)}"
    else:
        where = f"for {place(gap.start)} {low} {variable} {high} {place(gap.end)}"
    word = "undefined" if gap.kind == "undefined" else "too large for a float"
    return f"{word} {where}" + (f": {cause.sentence}" if cause else "")


def slope_text(slopes: Sequence[float]) -> str:
    """The slope of the tangent line, or both at a kink."""
    return " and ".join(format_short(s, 6) for s in slopes)


def gradient_text(scene: MapScene) -> str:
    """The components and the length of the gradient, or why there is no arrow."""
    if scene.gradient is None:
        return "no gradient here"
    if not any(scene.gradient):
        return "gradient 0: no direction of increase"
    components = ", ".join(format_short(g, 6) for g in scene.gradient)
    return f"gradient ({components}), length {format_short(scene.length, 6)}"
