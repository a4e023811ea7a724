"""A picture that runs along the diagonal, as that of a long sum, is laid straight: each layer is moved as a whole.

What stands in a layer keeps its order and its distances, and between layers all edges are slanted alike: no edges cross
that did not before. Everything here speaks of a picture that runs to the right.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from gradcli.render.curves import Curve, chained, split
from gradcli.render.layout import Box, Layout

LONG = 2400.0
"""A picture that is shorter, in points, stays as it is."""
GAIN = 2.5
"""So much narrower a picture has to become."""

Gap = tuple[float, float]


def straightened(layout: Layout) -> Layout:
    """The layout without its drift upwards or downwards, if that takes most of its breadth."""
    gaps = gaps_of(layout.cards)
    if layout.size[0] < LONG or layout.frames or not gaps:
        return layout
    found = Shear(layout, gaps).layout(layout)
    return found if GAIN * found.size[1] < layout.size[1] else layout


def gaps_of(cards: Sequence[Box]) -> list[Gap]:
    """The ranges of x between cards."""
    gaps = []
    reach = 0.0
    for box in sorted(cards, key=lambda box: box.x):
        if 0 < reach < box.x:
            gaps.append((reach, box.x))
        reach = max(reach, box.right)
    return gaps


def drift(cards: Sequence[Box]) -> float:
    """How far cards move down on the way to the right, per point: by least squares."""
    xs, ys = [box.centre[0] for box in cards], [box.centre[1] for box in cards]
    x, y = sum(xs) / len(xs), sum(ys) / len(ys)
    across = sum((a - x) ** 2 for a in xs)
    return sum((a - x) * (b - y) for a, b in zip(xs, ys, strict=True)) / across if across else 0.0


class Shear:
    """By how much everything moves up: constant between gaps, and changing evenly in each."""

    def __init__(self, layout: Layout, gaps: Sequence[Gap]) -> None:
        self.places = [end for gap in gaps for end in gap]
        middles = [0.0, *((low + high) / 2 for low, high in gaps), layout.size[0]]
        layers = [(a + b) / 2 * drift(layout.cards) for a, b in pairwise(middles)]
        self.ups = [up for up in layers for _ in (0, 1)][1:-1]

    def up(self, x: float) -> float:
        """The move at an x."""
        at = bisect_right(self.places, x)
        if at in (0, len(self.places)):
            return self.ups[min(at, len(self.ups) - 1)]
        low, high, a, b = self.places[at - 1], self.places[at], self.ups[at - 1], self.ups[at]
        return a + (b - a) * (x - low) / (high - low)

    def layout(self, layout: Layout) -> Layout:
        """All boxes and edges moved, and the picture as high as they need."""
        cards = [self.box(box) for box in layout.cards]
        labels = [box and self.box(box) for box in layout.labels]
        routes = [self.route(route) for route in layout.routes]
        boxes = [*cards, *(box for box in labels if box is not None)]
        heights = [y for box in boxes for y in (box.y, box.bottom)] + [y for route in routes for _, y in route]
        top = min(heights)
        return Layout(
            (layout.size[0], max(heights) - top),
            tuple(replace(box, y=box.y - top) for box in cards),
            tuple(box and replace(box, y=box.y - top) for box in labels),
            tuple(tuple((x, y - top) for x, y in route) for route in routes),
            (),
        )

    def box(self, box: Box) -> Box:
        """A box that lies in one layer."""
        return replace(box, y=box.y - self.up(box.centre[0]))

    def route(self, route: Curve) -> Curve:
        """An edge, cut where the move begins and ends to change, so that each piece is moved evenly."""
        done: Curve = ()
        for place in [place for place in self.places if route[0][0] < place < route[-1][0]]:
            piece, route = split(route, place)
            done = chained(done, self.moved(piece))
        return chained(done, self.moved(route))

    def moved(self, piece: Curve) -> Curve:
        """A piece between two places."""
        (x, _), (end, _) = piece[0], piece[-1]
        first, last = self.up(x), self.up(end)
        slope = (last - first) / (end - x) if end > x else 0.0
        return tuple((a, b - first - slope * (a - x)) for a, b in piece)
