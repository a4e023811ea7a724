"""Error against step as a drawing: the V of each kind of difference, its branches named, the best steps marked."""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import pairwise

from gradcli.render.curves import Point, rounded
from gradcli.render.drawing import fitted
from gradcli.render.layout import Box
from gradcli.render.metrics import inert, text_width
from gradcli.render.shapes import Drawing, Group, Path, Polygon, Rect, Shape, Text
from gradcli.render.step_sizes import POWERS, label_step, log_of
from gradcli.verify.step_sizes import Branch, Curve, StepStudy

WIDTH, HEIGHT = 640.0, 330.0
"""Of the area that the curves are drawn in."""
LEFT, RIGHT, TOP, BOTTOM = 84.0, 30.0, 78.0, 58.0
GAP = 26.0
"""Between the charts of several inputs."""
TITLE, TEXT, SMALL = 15.0, 12.0, 11.0
DOT, THICK = 2.6, 1.6
EVERY = 2
"""Decades between labels of the step axis."""
COLOURS = {"forward": "negative", "central": "positive"}


class Scale:
    """From log step and log error to places on the drawing."""

    def __init__(self, study: StepStudy, top: float) -> None:
        seen = [y for curve in study.curves for e in curve.errors if (y := log_of(e)) is not None]
        self.low, self.high = math.floor(min(seen, default=-1.0)) - 1, math.ceil(max(seen, default=0.0))
        self.first, self.last = math.log10(study.steps[-1]), math.log10(study.steps[0])
        self.top = top

    def x(self, log_step: float) -> float:
        """The step axis, growing to the right."""
        return LEFT + (log_step - self.first) / (self.last - self.first) * WIDTH

    def y(self, log_error: float) -> float:
        """The error axis, growing upwards."""
        return self.top + (self.high - log_error) / (self.high - self.low) * HEIGHT

    @property
    def area(self) -> Box:
        """Where curves may be."""
        return Box(LEFT, self.top, WIDTH, HEIGHT)


def draw_studies(studies: list[StepStudy], title: str, name: str) -> Drawing:
    """One chart an input, below one another."""
    width = LEFT + WIDTH + RIGHT
    shapes: list[Shape] = [fitted(inert(title), (LEFT, 30.0), "title", TITLE, WIDTH)]
    top = 0.0
    for study in studies:
        shapes += chart(study, Scale(study, top + TOP), name)
        top += TOP + HEIGHT + BOTTOM + GAP - 30.0
    description = " ".join(sentence for study in studies for sentence in spoken(study, name))
    return Drawing(width, top + 30.0, f"Error of differences against their step: {title}", description, tuple(shapes))


def spoken(study: StepStudy, name: str) -> Iterator[str]:
    """The chart in words, for those who do not see it."""
    for curve in study.curves:
        if curve.best is not None:
            best = f"best at h = {study.steps[curve.best]:.1e}, off by {curve.errors[curve.best]:.1e}"
            yield f"{curve.name.capitalize()} differences of {inert(name)} {study.direction}: {best}."


def chart(study: StepStudy, scale: Scale, name: str) -> list[Shape]:
    """Axes, theory, curves, names."""
    subtitle = f"∂{inert(name)}/∂{inert(study.name)} = {study.true}, {study.direction}"
    shapes: list[Shape] = [fitted(subtitle, (LEFT, scale.top - 26), "label", TEXT, WIDTH)]
    shapes += axes(scale)
    for curve in study.curves:
        shapes += [line for branch in branches(curve) for line in guide(study, curve, branch, scale)]
    for curve in study.curves:
        shapes.append(traced(study, curve, scale))
    shapes += [text for curve in study.curves for text in names(curve, scale)]
    shapes += legend(study, scale)
    return shapes


def branches(curve: Curve) -> list[Branch]:
    """Those that theory knows."""
    return [branch for branch in (curve.truncation, curve.rounding) if branch is not None]


def axes(scale: Scale) -> list[Shape]:
    """Grid, labels, and what the axes are."""
    area = scale.area
    shapes: list[Shape] = []
    for decade in range(scale.low, scale.high + 1, label_step(scale.high - scale.low)):
        y = scale.y(decade)
        shapes.append(Rect(Box(area.x, y - 0.5, area.width, 1), "rule"))
        shapes.append(Text((area.x - 8, y + 4), f"1e{decade}", "label", SMALL, "end"))
    bottom = area.y + area.height
    for decade in range(round(scale.first), round(scale.last) + 1, EVERY):
        x = scale.x(decade)
        shapes.append(Rect(Box(x - 0.5, area.y, 1, area.height), "rule"))
        shapes.append(Text((x, bottom + 18), f"1e{decade}", "label", SMALL, "middle"))
    shapes.append(Text((area.x + area.width / 2, bottom + 38), "step h", "label", SMALL, "middle"))
    shapes.append(Text((area.x - 58, area.y - 8), "error", "label", SMALL))
    return shapes


def traced(study: StepStudy, curve: Curve, scale: Scale) -> Group:
    """The curve as seen: a thin line with dots; gaps where a step leaves the domain or is exact."""
    parts: list[Shape] = []
    spots: list[Point | None] = []
    for step, error in zip(study.steps, curve.errors, strict=True):
        y = log_of(error)
        spots.append(None if y is None else (scale.x(math.log10(step)), scale.y(y)))
    for a, b in pairwise(spots):
        if a is not None and b is not None:
            parts.append(segment(a, b, f"tint-{COLOURS[curve.name]}"))
    parts += [dot(spot, f"tint-{COLOURS[curve.name]}", DOT) for spot in spots if spot is not None]
    return Group("curve", scale.area, tuple(parts), f"{curve.name} differences")


def segment(a: Point, b: Point, style: str) -> Polygon:
    """A straight line as the thin area that it covers: it then takes the colours of areas."""
    length = math.dist(a, b) or 1.0
    across, down = (b[1] - a[1]) / length * THICK / 2, (b[0] - a[0]) / length * THICK / 2
    corners = ((a[0] + across, a[1] - down), (b[0] + across, b[1] - down))
    return Polygon((*corners, (b[0] - across, b[1] + down), (a[0] - across, a[1] + down)), style)


def dot(at: Point, style: str, radius: float) -> Rect:
    """A round mark."""
    return Rect(Box(at[0] - radius, at[1] - radius, 2 * radius, 2 * radius), style, radius)


def guide(study: StepStudy, curve: Curve, branch: Branch, scale: Scale) -> list[Shape]:
    """Theory's straight line on its side of the best step, as far as the chart goes."""
    best = study.steps[curve.best] if curve.best is not None else 1.0
    turn = math.log10(curve.theory or best)
    ends = (turn, scale.last) if branch.power > 0 else (scale.first, turn)
    if curve.theory is None:
        ends = (scale.first, scale.last)
    factor = math.log10(branch.factor)
    kept = list(ends)
    for edge in (scale.low, scale.high):
        crossing = (edge - factor) / branch.power
        for side in (0, 1):
            y = factor + branch.power * kept[side]
            beyond = y > scale.high if edge == scale.high else y < scale.low
            if beyond:
                kept[side] = crossing
    if kept[0] >= kept[1]:
        return []
    points = [(scale.x(x), scale.y(factor + branch.power * x)) for x in kept]
    return [Path(rounded(points, 0.0), "line cut")]


def names(curve: Curve, scale: Scale) -> list[Shape]:
    """The names of the branches beside them: outside the V of central differences, inside that of forward ones. Both
    round alike, so that one name serves."""
    found: list[Shape] = []
    inside = curve.name == "forward"
    for branch in branches(curve):
        if branch.power < 0 and not inside:
            continue
        at = scale.first + 2.6 if branch.power < 0 else scale.last - (2.2 if inside else 3.2)
        height = math.log10(branch.at(10**at))
        if scale.low < height < scale.high:
            x, y = scale.x(at), scale.y(height)
            to_the_left = branch.power > 0 and inside
            place = (x - 10, y - 10) if to_the_left else (x + 16, y - 12 if inside else y + 16)
            found += labelled(
                f"{branch.name} ~ {POWERS[branch.power]}", place, "end" if to_the_left else "start", scale
            )
    return found


def labelled(text: str, at: Point, anchor: str, scale: Scale) -> list[Shape]:
    """A text on a piece of paper, kept inside the chart."""
    width = text_width(text, SMALL)
    left = at[0] - (width if anchor == "end" else 0.0)
    area = scale.area
    left = min(max(left, area.x + 6), area.x + area.width - width - 6)
    y = min(max(at[1], area.y + 14), area.y + area.height - 8)
    return [Rect(Box(left - 3, y - 11, width + 6, 15), "halo", 3), Text((left, y), text, "name", SMALL)]


def legend(study: StepStudy, scale: Scale) -> list[Shape]:
    """Each kind with its colour, its best step and theory's; both are marked at the foot of the chart."""
    shapes: list[Shape] = []
    area = scale.area
    x, y = area.x, scale.top - 8
    for curve in study.curves:
        if curve.best is None:
            continue
        step = study.steps[curve.best]
        text = f"{curve.name}: best h {step:.0e}" + (f" (theory {curve.theory:.0e})" if curve.theory else "")
        shapes.append(dot((x + 4, y - 4), f"tint-{COLOURS[curve.name]}", 4.0))
        shapes.append(Text((x + 14, y), text, "value", SMALL))
        x += text_width(text, SMALL) + 40
        foot = scale.x(math.log10(step)), area.y + area.height
        mark = (foot, (foot[0] - 5, foot[1] - 9), (foot[0] + 5, foot[1] - 9))
        shapes.append(Polygon(mark, f"tint-{COLOURS[curve.name]}"))
    return shapes
