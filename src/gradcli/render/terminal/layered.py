"""Cards in layers from top to bottom, joined by lines: a picture as characters."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product

from gradcli.errors import cell_width
from gradcli.render.picture import Card, Edge, Picture
from gradcli.render.terminal.canvas import Canvas, Run, printed
from gradcli.render.terminal.layers import Layers, arrange
from gradcli.render.terminal.places import GAP, Places, label_room, place

MOST_CARDS, MOST_EDGES = 30, 80
"""More would be a picture of many screens."""
LABELS = (28, 12, 6, 0)
"""The longest labels to try, in turn, until the picture fits: a label that is longer is left out."""
SHARES = (1.0, 0.75, 0.5)
"""How much of the width cards may take in a layer, in turn: lines that pass need some too."""

SLACKS = (0, 4)
"""How much wider than their words cards may be, so that each edge finds a column."""

CUT = "cut"
BORDERS = {
    (False, False): "╭─╮│╰╯┬▼", (False, True): "╔═╗║╚╝╤▼", (True, False): ".-.|''+v", (True, True): "######+v"
}  # fmt: skip
"""By ASCII and alarm: corners and sides, where an edge starts, where one ends."""


@dataclass(frozen=True)
class Face:
    """What a card says: its head in runs, rows of label, value and the value's style."""

    head: list[Run]
    rows: list[tuple[str, str, str]]
    alarmed: bool

    @property
    def height(self) -> int:
        """With both borders."""
        return len(self.rows) + 3

    @property
    def width(self) -> int:
        """With both borders and a blank beside each."""
        head = sum(cell_width(text) for text, _ in self.head)
        rows = [cell_width(label) + 2 + cell_width(value) for label, value, _ in self.rows]
        return max([head, *rows]) + 4


def layered(picture: Picture, room: int, plain: bool) -> Canvas | None:
    """The picture in so many columns, or None where they do not suffice, or would for no eye."""
    if len(picture.cards) > MOST_CARDS or len(picture.edges) > MOST_EDGES:
        return None
    faces = {card.id: face_of(card, plain) for card in picture.cards}
    ends = [(edge.source, edge.target) for edge in picture.edges]
    for longest in LABELS:
        labels = [label_of(edge, longest, plain) for edge in picture.edges]
        widths = card_widths(faces, picture.edges, labels)
        for share, slack in product(SHARES, SLACKS):
            wider = {card: width + slack for card, width in widths.items()}
            layers = arrange(wider, ends, int(share * room), GAP)
            places = layers and place(layers, wider, [cell_width(label) for label in labels], room)
            if layers and places:
                return drawn(picture.edges, labels, faces, layers, places, plain)
    return None


def face_of(card: Card, plain: bool) -> Face:
    """A card in words."""
    head: list[Run] = [(printed(card.title, plain), "name")]
    head += [("  " + printed(card.badge, plain), "muted")] if card.badge.strip() else []
    head += [("  " + printed(card.alarm, plain) + "!", "alarm")] if card.alarm.strip() else []
    rows = [
        (printed(row.label, plain), printed(row.value, plain), tint_style(row.tint, row.mixed)) for row in card.rows
    ]
    return Face(head, rows, bool(card.alarm.strip()))


def tint_style(tint: float | None, mixed: bool) -> str:
    """The style of a number: its sign, once more."""
    if tint is None or mixed or tint == 0:
        return ""
    return "alarm" if math.isnan(tint) else "positive" if tint > 0 else "negative"


def label_of(edge: Edge, longest: int, plain: bool) -> str:
    """The local partial if there is room for it; of a detached edge a word in any case."""
    if edge.cut:
        return CUT
    text = printed(edge.label.strip(), plain)
    return text if cell_width(text) <= longest else ""


def card_widths(faces: Mapping[str, Face], edges: Sequence[Edge], labels: Sequence[str]) -> dict[str, int]:
    """How wide each card is: for its words, and for the edges that end and start there."""
    above, below = dict.fromkeys(faces, 0), dict.fromkeys(faces, 0)
    for edge, label in zip(edges, labels, strict=True):
        above[edge.target] += label_room(cell_width(label)) + 1
        below[edge.source] += 3
    return {card: max(face.width, above[card] + 2, below[card] + 2) for card, face in faces.items()}


def drawn(
    edges: Sequence[Edge],
    labels: Sequence[str],
    faces: Mapping[str, Face],
    layers: Layers,
    places: Places,
    plain: bool,
) -> Canvas:
    """Everything in its place: a row of labels above each layer but the first, its cards, and the channel below."""
    canvas = Canvas(plain)
    heights = [max((faces[slot.card].height for slot in slots if slot.card), default=1) for slots in layers.slots]
    top, tops = 0, []
    for height, tracks in zip(heights, [*places.tracks, {}], strict=True):
        tops.append(top)
        top += height + max(tracks.values(), default=-1) + 2
    for slots, top, height in zip(layers.slots, tops, heights, strict=True):
        for slot in slots:
            if slot.card:
                draw_card(canvas, places.left(slot), top, places.widths[slot.card], faces[slot.card])
            else:
                column = places.ports[slot, slot.edge]
                canvas.line((column, top - 1), (column, top + height), "line", edges[slot.edge].cut)
    for number, pieces in enumerate(layers.pieces):
        for piece in pieces:
            upper, lower = faces.get(piece.upper.card), faces.get(piece.lower.card)
            start = (
                places.ports[piece.upper, piece.edge],
                tops[number] + (upper.height if upper else heights[number]) - 1,
            )
            end = places.ports[piece.lower, piece.edge], tops[number + 1]
            track = tops[number] + heights[number] + places.tracks[number].get(piece.edge, 0)
            draw_piece(canvas, start, end, track, edges[piece.edge].cut)
            if upper:
                canvas.write(*start, border(upper, plain)[6], "border")
            if lower:
                canvas.write(end[0] + 2, end[1] - 1, labels[piece.edge], "partial")
                canvas.write(*end, border(lower, plain)[7], "line")
    return canvas


def draw_piece(canvas: Canvas, start: tuple[int, int], end: tuple[int, int], track: int, cut: bool) -> None:
    """A line that runs down to its track, along it, and down to its end."""
    if start[0] == end[0]:
        canvas.line(start, end, "line", cut)
        return
    canvas.line(start, (start[0], track), "line", cut)
    canvas.line((start[0], track), (end[0], track), "line", cut)
    canvas.line((end[0], track), end, "line", cut)


def border(face: Face, plain: bool) -> str:
    """The signs of a card's border."""
    return BORDERS[plain, face.alarmed]


def draw_card(canvas: Canvas, left: int, top: int, width: int, face: Face) -> None:
    """A card with its upper left corner in a cell."""
    signs = border(face, canvas.plain)
    level, upright = signs[1], signs[3]
    style = "alarm" if face.alarmed else "border"
    canvas.write(left, top, signs[0] + level * (width - 2) + signs[2], style)
    canvas.write(left, top + face.height - 1, signs[4] + level * (width - 2) + signs[5], style)
    for row in range(top + 1, top + face.height - 1):
        canvas.write(left, row, upright, style)
        canvas.write(left + width - 1, row, upright, style)
    column = left + 2
    for index, (text, text_style) in enumerate(face.head):
        if index:  # badge and alarm stand on the right
            column = left + width - 2 - sum(cell_width(later) for later, _ in face.head[index:])
        canvas.write(column, top + 1, text, text_style)
    for index, (label, value, value_style) in enumerate(face.rows):
        canvas.write(left + 2, top + 2 + index, label, "muted")
        canvas.write(left + width - 2 - cell_width(value), top + 2 + index, value, value_style)
