"""A picture that would be a sliver (a chain of 200 steps in one row) is cut into rows, like a line of text.

An edge that crosses a cut runs on around the end of its row and back to the beginning of the next one. Everything here
speaks of a picture that runs to the right; one that runs down is folded as its mirror image on the diagonal.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import replace

from gradcli.render.curves import Curve, Point, chained, rounded, split
from gradcli.render.layout import Box, Layout
from gradcli.render.picture import Direction
from gradcli.render.straighten import straightened

SLIVER = 4.0
"""A picture is folded when it is longer than this many times its breadth ..."""

LONG = 2400.0
"""... and than this many points, which is the width of a large screen."""

ASPECT = 1.7
"""Width to height that a folded picture is to have."""

MOST_CROSSING = 6
"""A cut through more edges than this would be a tangle: the picture stays longer there."""

CROSSING_COST = 0.1
"""How much nearer to equal rows, as a part of a row, a cut must be that leads one more edge around."""

TRACK = 9.0
"""Distance of two edges that run side by side between rows."""

INSET = 24.0
"""How far a frame that is cut reaches beyond what is inside it: its title stands there in a picture that runs down."""

ROW_GAP = 26.0
CORNER = 8.0

CLEAR = 12.0
"""So far, in points, a card that goes to the row of its users stays from the lines that come into that row."""


def folded(layout: Layout, direction: Direction) -> Layout:
    """The layout, in rows if it would be a sliver."""
    if direction == "TB":
        return fold_long(straightened(layout.transposed()), 1 / ASPECT).transposed()
    return fold_long(straightened(layout), ASPECT)


def fold_long(layout: Layout, aspect: float) -> Layout:
    """A layout that runs to the right, in rows if it would be a sliver; `aspect` is the length to breadth wanted."""
    length, breadth = layout.size
    if length < LONG or length < SLIVER * breadth:
        return layout
    cuts = choose_cuts(layout, math.sqrt(length * (breadth + ROW_GAP + 2 * TRACK) * aspect))
    return Rows(layout, cuts).fold() if cuts else layout


def choose_cuts(layout: Layout, row_length: float) -> list[float]:
    """Where to cut: as near to equal rows as can be, in gaps without boxes and with few edges, not through a frame, or
    at least not through a short one, if it can be helped."""
    spans = [(route[0][0], route[-1][0]) for route in layout.routes]

    def crossing(gap: float) -> int:
        return sum(start < gap < end for start, end in spans)

    gaps = [gap for gap in gaps_after_cards(layout) if crossing(gap) <= MOST_CROSSING]
    frames = [frame for _, frame in layout.frames]
    short = [frame for frame in frames if frame.width < row_length / 2]
    rows = max(2, round(layout.size[0] / row_length))
    cuts: list[float] = []
    start = 0.0
    while gaps and layout.size[0] - start > 1.3 * row_length:
        wanted = start + max(row_length, layout.size[0] / rows)
        possible = [gap for gap in gaps if gap > start + 0.5 * row_length and gap < layout.size[0] - 0.3 * row_length]
        if not possible:
            break
        uncut = [gap for gap in possible if gap < start + 1.5 * row_length and not is_within(gap, frames)]
        whole = uncut or [gap for gap in possible if not is_within(gap, short)]
        start = min(whole or possible, key=lambda gap: abs(gap - wanted) + CROSSING_COST * row_length * crossing(gap))
        cuts.append(start)
    return cuts


def is_within(x: float, frames: Sequence[Box]) -> bool:
    """Whether a cut at x goes through one of the frames."""
    return any(frame.x < x < frame.right for frame in frames)


def depths_of(frames: Sequence[Box]) -> list[int]:
    """How many frames are inside one another from each inwards, itself counted; a frame comes after those around it."""
    depths = [1] * len(frames)
    for outer in reversed(range(len(frames))):
        inner = [k for k in range(outer + 1, len(frames)) if holds(frames[outer], frames[k])]
        depths[outer] = max((depths[k] + 1 for k in inner), default=1)
    return depths


def holds(outer: Box, inner: Box) -> bool:
    """Whether a box is inside another."""
    is_between = outer.x <= inner.x and inner.right <= outer.right
    return is_between and outer.y <= inner.y and inner.bottom <= outer.bottom


def gaps_after_cards(layout: Layout) -> list[float]:
    """The middles of the ranges of x that no box touches and that a card ends: a label stays with its arrowhead.
    Where a frame ends there, what is behind it."""
    frames = [frame for _, frame in layout.frames]
    boxes = [(box, True) for box in layout.cards] + [(box, False) for box in layout.labels if box is not None]
    gaps = []
    reach, after_card = 0.0, False
    for box, is_card in sorted(boxes, key=lambda item: item[0].x):
        if after_card and reach + 8 < box.x:
            low = max([reach, *(frame.right for frame in frames if reach < frame.right < box.x)])
            high = min([box.x, *(frame.x for frame in frames if low < frame.x < box.x)])
            gaps.append((low + high) / 2)
        if box.right > reach:
            reach, after_card = box.right, is_card
    return gaps


def cards_ahead(layout: Layout, cuts: Sequence[float]) -> dict[int, list[int]]:
    """The cards before a cut that only what comes after it uses, such as the weights of the next layer, each with the
    edges that leave it: they go to the next row, where their users are, and need no lines around the ends of the rows.

    Not those that a line comes to or would cross on its way into the row, nor where the cut goes through a frame.
    """
    frames = [frame for _, frame in layout.frames]
    found = {}
    for cut in cuts:
        if is_within(cut, frames):
            continue
        across = [edge for edge, route in enumerate(layout.routes) if route[0][0] < cut < route[-1][0]]
        heights = {edge: split(layout.routes[edge], cut)[1][0][1] for edge in across}
        last = max(card.x for card in layout.cards if card.x < cut)
        for index, card in enumerate(layout.cards):
            if not card.x < cut or card.right < last or any(holds(frame, card) for frame in frames):
                continue
            leaving = [edge for edge, route in enumerate(layout.routes) if touches(card, route[0], card.right)]
            passing = (height for edge, height in heights.items() if edge not in leaving)
            if (
                leaving
                and all(edge in heights for edge in leaving)
                and not any(touches(card, route[-1], card.x) for route in layout.routes)
                and not any(card.y - CLEAR < height < card.bottom + CLEAR for height in passing)
            ):
                found[index] = leaving
    return found


def touches(card: Box, end: Point, side: float) -> bool:
    """Whether a line ends on a vertical side of a card."""
    return abs(end[0] - side) < 1.0 and card.y <= end[1] <= card.bottom


class Rows:
    """A layout and the places where it is cut; row r is what lies between cut r - 1 and cut r, after the cards
    that go ahead to it."""

    def __init__(self, layout: Layout, cuts: list[float]) -> None:
        self.layout = layout
        self.cuts = cuts
        self.starts = [0.0, *cuts]
        self.ends = [*cuts, layout.size[0]]
        self.card_rows = [self.row(box.x) for box in layout.cards]
        self.first_rows = [self.row(route[0][0]) for route in layout.routes]
        self.lefts = [*self.starts]
        for card, edges in cards_ahead(layout, cuts).items():
            self.card_rows[card] += 1
            row = self.card_rows[card]
            self.lefts[row] = min(self.lefts[row], layout.cards[card].x - CORNER)
            for edge in edges:
                self.first_rows[edge] = row
        depths = depths_of([frame for _, frame in layout.frames])
        self.frames = [
            (index, row, part)
            for (index, frame), depth in zip(layout.frames, depths, strict=True)
            for row, part in self.frame_parts(frame, INSET * depth)
        ]
        self.inset = INSET * max(depths, default=0)
        self.pieces = [self.route_pieces(route, row) for route, row in zip(layout.routes, self.first_rows, strict=True)]
        self.crossing = [self.edges_across(row) for row in range(len(cuts))]
        self.left = 2 * CORNER + self.inset + TRACK * max(map(len, self.crossing))
        self.rights = [self.left + end - left for left, end in zip(self.lefts, self.ends, strict=True)]
        self.stack()

    def row(self, x: float) -> int:
        """The row that holds an x of the unfolded picture."""
        return bisect_right(self.cuts, x)

    def frame_parts(self, frame: Box, inset: float) -> Iterator[tuple[int, Box]]:
        """A cluster's frame cut as its cards are; where it is cut it reaches further by `inset`."""
        for row in range(self.row(frame.x), self.row(frame.right) + 1):
            left, right = max(frame.x, self.starts[row] - inset), min(frame.right, self.ends[row] + inset)
            cards = (box for box, at in zip(self.layout.cards, self.card_rows, strict=True) if at == row)
            if any(holds(frame, box) for box in cards):
                yield row, replace(frame, x=left, width=right - left)

    def route_pieces(self, route: Curve, row: int) -> list[tuple[int, Curve]]:
        """An edge that starts in a row as curves in one row each."""
        pieces = []
        while row < len(self.cuts) and route[-1][0] > self.cuts[row]:
            head, route = split(route, self.cuts[row])
            pieces.append((row, head))
            row += 1
        return [*pieces, (row, route)]

    def edges_across(self, row: int) -> list[int]:
        """The edges that leave a row at its end, from the highest to the lowest."""
        heights = {
            index: piece[-1][1] for index, pieces in enumerate(self.pieces) for at, piece in pieces[:-1] if at == row
        }
        return sorted(heights, key=lambda index: heights[index])

    def stack(self) -> None:
        """Find the place of each row below the one before, each just as high as what is in it."""
        heights: list[list[float]] = [[] for _ in self.starts]
        for row, box in zip(self.card_rows, self.layout.cards, strict=True):
            heights[row] += box.y, box.bottom
        for label in self.layout.labels:
            if label is not None:
                heights[self.row(label.x)] += label.y, label.bottom
        for _, row, box in self.frames:
            heights[row] += box.y, box.bottom
        for pieces in self.pieces:
            for row, piece in pieces:
                heights[row] += (y for _, y in piece)
        self.shifts: list[float] = []
        self.bottoms: list[float] = []
        top = 0.0
        for row, inside in enumerate(heights):
            self.shifts.append(top - min(inside))
            self.bottoms.append(self.shifts[row] + max(inside))
            top = self.bottoms[row] + ROW_GAP + TRACK * (len(self.crossing[row]) if row < len(self.cuts) else 0)

    def fold(self) -> Layout:
        """All boxes in their rows, all edges around the ends of the rows."""
        layout = self.layout
        return Layout(
            (max(self.rights) + self.left, self.bottoms[-1]),
            tuple(self.move_box(box, row) for box, row in zip(layout.cards, self.card_rows, strict=True)),
            tuple(box and self.move_box(box, self.row(box.x)) for box in layout.labels),
            tuple(self.fold_route(index) for index in range(len(layout.routes))),
            tuple((index, self.move_box(part, row)) for index, row, part in self.frames),
        )

    def move(self, point: Point, row: int) -> Point:
        """A point of the unfolded picture in its row."""
        return point[0] - self.lefts[row] + self.left, point[1] + self.shifts[row]

    def move_box(self, box: Box, row: int) -> Box:
        """A box of the unfolded picture in its row."""
        x, y = self.move((box.x, box.y), row)
        return replace(box, x=x, y=y)

    def fold_route(self, index: int) -> Curve:
        """An edge in its row or, where it crosses cuts, through several."""
        done: Curve = ()
        for row, piece in self.pieces[index]:
            moved = tuple(self.move(point, row) for point in piece)
            if done:
                done = chained(done, self.way_round(index, row - 1, done[-1], moved[0]))
            done = chained(done, moved)
        return done

    def way_round(self, index: int, row: int, start: Point, end: Point) -> Curve:
        """From the end of a row to the beginning of the next. The lowest edge takes the inner track on the right, the
        upper one between the rows and the outer one on the left, and so on, so that no two cross."""
        edges = self.crossing[row]
        from_top = edges.index(index)
        from_bottom = len(edges) - 1 - from_top
        right = self.rights[row] + self.inset + CORNER + TRACK * from_bottom
        left = self.left - self.inset - CORNER - TRACK * from_top
        between = self.bottoms[row] + ROW_GAP / 2 + TRACK * from_bottom
        return rounded([start, (right, start[1]), (right, between), (left, between), (left, end[1]), end], CORNER)
