"""Cards that no edge joins to another: in rows above the rest, where Graphviz would give each a level of its own."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

from gradcli.render.engines import Engine
from gradcli.render.fold import ASPECT, folded
from gradcli.render.layout import CARD_GAP, RANK_GAP, Box, Layout, Size, place
from gradcli.render.picture import Picture

ROOM = 400.0
"""Rows are at least so wide, in points, although the rest may be narrower."""


def place_all(
    picture: Picture,
    card_sizes: Sequence[Size],
    label_sizes: Sequence[Size | None],
    timeout: float,
    engine: Engine | None = None,
) -> Layout:
    """Positions of everything: the lonely, below them joined cards as Graphviz places them, folded if they would be a
    sliver. Raises LayoutError and OutOfTimeError."""
    lonely = lonely_cards(picture)
    if not lonely:
        return folded(place(picture, card_sizes, label_sizes, timeout, engine), picture.direction)
    joined = [index for index in range(len(picture.cards)) if index not in lonely]
    rest = Layout((0.0, 0.0), (), (), (), ())
    if joined:
        part = replace(picture, cards=tuple(picture.cards[index] for index in joined))
        placed = place(part, [card_sizes[index] for index in joined], label_sizes, timeout, engine)
        rest = folded(placed, picture.direction)
    rows = in_rows([card_sizes[index] for index in lonely], rest.size[0])
    bottom = max(box.bottom for box in rows)
    rest = lowered(rest, bottom + RANK_GAP) if joined else rest
    boxes = dict(zip([*joined, *lonely], [*rest.cards, *rows], strict=True))
    size = max(rest.size[0], *(box.right for box in rows)), max(bottom, rest.size[1])
    return replace(rest, size=size, cards=tuple(boxes[index] for index in range(len(boxes))))


def lowered(layout: Layout, by: float) -> Layout:
    """The layout further down."""

    def moved(box: Box) -> Box:
        return replace(box, y=box.y + by)

    return Layout(
        (layout.size[0], layout.size[1] + by),
        tuple(map(moved, layout.cards)),
        tuple(box and moved(box) for box in layout.labels),
        tuple(tuple((x, y + by) for x, y in route) for route in layout.routes),
        tuple((index, moved(box)) for index, box in layout.frames),
    )


def lonely_cards(picture: Picture) -> list[int]:
    """The places of cards without an edge and outside all frames."""
    joined = {end for edge in picture.edges for end in (edge.source, edge.target)} | picture.frames_around().keys()
    return [index for index, card in enumerate(picture.cards) if card.id not in joined]


def in_rows(sizes: Sequence[Size], width: float) -> list[Box]:
    """Boxes side by side, in rows of at least a width; many boxes alone make an area as broad as a picture."""
    area = sum((width + CARD_GAP) * (height + CARD_GAP) for width, height in sizes)
    width = max(width, ROOM, math.sqrt(ASPECT * area), *(size[0] for size in sizes))
    boxes: list[Box] = []
    x, y, bottom = 0.0, 0.0, 0.0
    for card_width, height in sizes:
        if x and x + card_width > width:
            x, y = 0.0, bottom + CARD_GAP
        boxes.append(Box(x, y, card_width, height))
        x, bottom = x + card_width + CARD_GAP, max(bottom, y + height)
    return boxes
