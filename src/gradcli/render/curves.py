"""Chains of cubic Bézier curves: the routes of edges."""

from __future__ import annotations

import math
from itertools import pairwise

Point = tuple[float, float]
Curve = tuple[Point, ...]
"""Start, then (control, control, end) for each cubic curve of the chain."""


def joined(first: Curve, second: Curve) -> Curve:
    """Two curves that meet in a label as one without a bend there."""
    before, meeting, after = first[-2], first[-1], second[1]
    dx, dy = after[0] - before[0], after[1] - before[1]
    length = math.hypot(dx, dy) or 1.0
    back, forth = math.dist(before, meeting) / length, math.dist(meeting, after) / length
    before = meeting[0] - dx * back, meeting[1] - dy * back
    after = meeting[0] + dx * forth, meeting[1] + dy * forth
    return (*first[:-2], before, meeting, after, *second[2:])


def chained(first: Curve, second: Curve) -> Curve:
    """Two curves, the second of which starts where the first ends."""
    return first + second[1:] if first else second


def split(curve: Curve, x: float) -> tuple[Curve, Curve]:
    """A curve that runs to the right, cut at an x between its ends."""
    segment = next(start for start in range(0, len(curve) - 3, 3) if curve[start + 3][0] >= x)
    across = [point[0] for point in curve[segment : segment + 4]]
    low, high = 0.0, 1.0
    for _ in range(40):
        middle = (low + high) / 2
        if coordinate(across, middle) < x:
            low = middle
        else:
            high = middle
    first, second = bisected(curve[segment : segment + 4], low)
    return curve[:segment] + first, second + curve[segment + 4 :]


def bisected(curve: Curve, at: float) -> tuple[Curve, Curve]:
    """De Casteljau's two halves of one cubic curve, at a parameter in [0, 1]."""
    points = list(curve)
    left, right = [points[0]], [points[-1]]
    while len(points) > 1:
        points = [(a[0] + (b[0] - a[0]) * at, a[1] + (b[1] - a[1]) * at) for a, b in pairwise(points)]
        left.append(points[0])
        right.append(points[-1])
    return tuple(left), tuple(reversed(right))


def coordinate(controls: list[float], at: float) -> float:
    """One coordinate of a cubic curve at a parameter."""
    a, b, c, d = controls
    ab, bc, cd = a + (b - a) * at, b + (c - b) * at, c + (d - c) * at
    abc, bcd = ab + (bc - ab) * at, bc + (cd - bc) * at
    return abc + (bcd - abc) * at


def shortened(curve: Curve, distance: float) -> Curve:
    """The curve up to a distance from its end, if its last cubic is so long: an arrowhead is drawn there."""
    low, high = 0.0, 1.0
    for _ in range(20):
        middle = (low + high) / 2
        if math.dist(bisected(curve[-4:], middle)[0][-1], curve[-1]) > distance:
            low = middle
        else:
            high = middle
    return curve[:-4] + bisected(curve[-4:], low)[0]


def samples(curve: Curve, steps: int = 12) -> list[Point]:
    """Points along a curve, so many on each cubic of it."""
    found = []
    for start in range(0, len(curve) - 3, 3):
        (x0, y0), (x1, y1), (x2, y2), (x3, y3) = curve[start : start + 4]
        for step in range(steps):
            t = step / steps
            a, b, c, d = (1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t * t * (1 - t), t**3
            found.append((a * x0 + b * x1 + c * x2 + d * x3, a * y0 + b * y1 + c * y2 + d * y3))
    return found


def rounded(corners: list[Point], radius: float) -> Curve:
    """A line through the corners with each of them rounded, as a chain of curves."""
    curve: list[Point] = [corners[0]]

    def line_to(point: Point) -> None:
        start = curve[-1]
        for part in (1 / 3, 2 / 3, 1.0):
            curve.append((start[0] + (point[0] - start[0]) * part, start[1] + (point[1] - start[1]) * part))

    for before, corner, after in zip(corners, corners[1:], corners[2:], strict=False):
        line_to(towards(corner, before, radius))
        leave = towards(corner, after, radius)
        curve += [towards(corner, before, radius * 0.45), towards(corner, after, radius * 0.45), leave]
    line_to(corners[-1])
    return tuple(curve)


def towards(start: Point, end: Point, distance: float) -> Point:
    """The point at a distance from start on the way to end, at most halfway."""
    part = min(0.5, distance / (math.dist(start, end) or 1.0))
    return start[0] + (end[0] - start[0]) * part, start[1] + (end[1] - start[1]) * part


def with_first(curve: Curve, x: float, start: Point, heading: Point) -> Curve:
    """The curve up to an x replaced by a single cubic from another start, which leaves in the direction of a unit
    vector, joins what remains without a bend, and stays between the two in x: beyond may be other cards."""
    rest = split(curve, x)[1]
    across = rest[0][0] - start[0]
    reach = min(0.4 * math.dist(start, rest[0]), across)
    leave = start[0] + heading[0] * reach, start[1] + heading[1] * reach
    length = math.dist(rest[0], rest[1]) or 1.0
    slope = (rest[0][0] - rest[1][0]) / length, (rest[0][1] - rest[1][1]) / length
    arrive = rest[0][0] + slope[0] * reach, rest[0][1] + slope[1] * reach
    return (start, leave, arrive, *rest)


def mirrored(curve: Curve) -> Curve:
    """The curve seen in a mirror and walked from its other end: it runs to the right again."""
    return tuple((-x, y) for x, y in reversed(curve))
