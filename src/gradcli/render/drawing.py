"""From a picture to a drawing: a list of rectangles, curves, polygons and texts with places and classes, no colours.

A card's face decides its size, so that the text in a card and the room for it cannot disagree. SVG (and what is made
from it) only spells this drawing out. Lengths are points, y runs downwards.
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Literal

from gradcli.render.curves import Curve, Point, shortened
from gradcli.render.engines import Engine
from gradcli.render.heat import looks
from gradcli.render.layout import Box, Layout, frames_around_both
from gradcli.render.lonely import place_all
from gradcli.render.metrics import inert, shorten, text_width, wrap
from gradcli.render.picture import KINDS, Card, Edge, Heat, Picture, Row, tint_look
from gradcli.render.shapes import Drawing, Group, Path, Polygon, Rect, Shape, Text, Tiles, moved

MARGIN = 20.0
TITLE_SIZE, NAME_SIZE, VALUE_SIZE, SMALL_SIZE = 15.0, 13.0, 12.0, 11.0
TEXT_LEFT, TEXT_RIGHT = 18.0, 12.0
"""Room in a card left of its text (the stripe is in it) and right of it."""
HEADER, ROW, FOOT = 33.0, 20.0, 6.0
PILL = 17.0
PILE = 3.0
"""How far the cards below a group's stick out."""
COLUMN_GAP = 16.0
WIDEST_NAME, WIDEST_LABEL, WIDEST_VALUE, WIDEST_WORD = 300.0, 150.0, 230.0, 110.0
ARROW = 7.5
CELL, STRIP, HEAT_TOP, TINY_SIZE = 10.0, 16.0, 5.0, 9.0
"""A cell of a heat map, how high that of a vector is, the room above, and the size of the words below."""
LEGEND_LINE, TITLE_LINE = 20.0, 20.0
TITLE_LINES = 4
SIGNS = {"tangent": "→ tangent", "adjoint": "← adjoint"}
"""The arrows on the rows of a card, by the quantity that the row shows."""

CONTINUED = " (continued)"
"""Said of the second and later parts of a frame that a folded picture cuts."""


def draw(picture: Picture, *, timeout: float = 20.0, engine: Engine | None = None) -> Drawing:
    """Lay a picture out within `timeout` seconds and draw it; raises LayoutError or OutOfTimeError."""
    faces = [card_face(card) for card in picture.cards]
    around = picture.frames_around()
    labels = [
        label_face(edge, bool(frames_around_both(around.get(edge.source, ()), around.get(edge.target, ()))))
        for edge in picture.edges
    ]
    sizes = [(face.box.width, face.box.height) for face in faces]
    label_sizes = [(face.box.width, face.box.height) if face else None for face in labels]
    placed = place_all(picture, sizes, label_sizes, timeout, engine)
    return compose(picture, faces, labels, placed)


def compose(picture: Picture, faces: list[Group], labels: list[Group | None], placed: Layout) -> Drawing:
    """Everything at its place: frames below lines, lines below cards, labels on top; a title above, a legend below."""
    legend_items = legend(picture)
    if picture.clusters and not placed.frames:
        legend_items.append(legend_item("no frames around groups: with them lines would cross cards", "", 1.0))
    title = inert(picture.title)
    width = max(
        placed.size[0],
        min(text_width(title, TITLE_SIZE), 640.0),
        max((face.box.width for face in legend_items), default=0.0),
    )
    titles = wrap(title, TITLE_SIZE, width, TITLE_LINES)
    top = MARGIN + (TITLE_LINE * len(titles) + 10.0 if titles else 0.0)
    by = (MARGIN + (width - placed.size[0]) / 2, top)
    shapes: list[Shape] = []
    for index, line in enumerate(titles):
        at = MARGIN, MARGIN + TITLE_SIZE - 2 + TITLE_LINE * index
        shapes.append(fitted(line, at, "title", TITLE_SIZE, width))
    for index, box in placed.frames:
        shapes.append(moved(frame_face(picture.clusters[index].title, box), by))
    for edge, route in zip(picture.edges, placed.routes, strict=True):
        shapes.append(moved(edge_face(edge, route), by))
    for face, place in zip(faces, placed.cards, strict=True):
        shapes.append(moved(face, (by[0] + place.x, by[1] + place.y)))
    begun: set[int] = set()
    for index, box in placed.frames:
        title_of_part = picture.clusters[index].title + (CONTINUED if index in begun else "")
        shapes.append(moved(frame_title(title_of_part, box), by))
        begun.add(index)
    for label, spot in zip(labels, placed.labels, strict=True):
        if label is not None and spot is not None:
            shapes.append(moved(label, (by[0] + spot.x, by[1] + spot.y)))
    x, y = MARGIN, top + placed.size[1] + (22.0 if legend_items else 0.0)
    for item in legend_items:
        if x > MARGIN and x + item.box.width > MARGIN + width:
            x, y = MARGIN, y + LEGEND_LINE
        shapes.append(moved(item, (x, y)))
        x += item.box.width + 18.0
    height = math.ceil(y + (LEGEND_LINE if legend_items else 0.0) + MARGIN)  # whole: a PNG has no half pixels
    count = f"Computation graph with {len(picture.cards)} nodes and {len(picture.edges)} edges."
    return Drawing(math.ceil(width + 2 * MARGIN), height, title, count, tuple(shapes))


def fitted(
    text: str,
    at: Point,
    style: str,
    size: float,
    width: float,
    anchor: Literal["start", "middle", "end"] = "start",
) -> Text:
    """A text shortened to a width; what was left out is told on hovering."""
    short = shorten(text, size, width)
    return Text(at, short, style, size, anchor, "" if short == text else text)


def card_face(card: Card) -> Group:
    """A card with its upper left corner at (0, 0), just large enough for its texts. A group is a pile of cards."""
    name = fitted(inert(card.title), (TEXT_LEFT, 21.5), "name", NAME_SIZE, WIDEST_NAME)
    pills = [pill(inert(word), style) for word, style in ((card.badge, "badge"), (card.alarm, "alarm")) if word.strip()]
    pills_width = sum(6 + face.box.width for face in pills)
    rows = [row_texts(row) for row in card.rows]
    heat = heat_face(card.heat) if card.heat is not None else None
    widths = [text.box.width + COLUMN_GAP + value.box.width for text, value in rows]
    widths += [heat.box.width] if heat else []
    inner = max([name.box.width + (6 if pills else 0) + pills_width, 44.0, *widths])
    width = math.ceil(TEXT_LEFT + inner + TEXT_RIGHT)
    body = HEADER + (heat.box.height if heat else 0.0)
    height = body + (ROW * len(rows) + FOOT if rows else 1.0)
    box = Box(0, 0, width, height)
    frame = "card-frame alarmed" if card.alarm.strip() else "card-frame"
    stripe = f"stripe kind-{card.kind}" if card.kind in KINDS else "stripe"
    pile = [Rect(Box(by, by, width, height), "card-frame", 7) for by in ((2 * PILE, PILE) if card.group else ())]
    shapes: list[Shape] = [*pile, Rect(box, frame, 7), Rect(Box(6, 7, 5, height - 14), stripe, 2.5), name]
    right = width - TEXT_RIGHT
    for face in reversed(pills):
        right -= face.box.width
        shapes.append(moved(face, (right, (HEADER - PILL) / 2 + 0.5)))
        right -= 6
    if rows or heat:
        shapes.append(Rect(Box(TEXT_LEFT, HEADER - 0.5, width - TEXT_LEFT - TEXT_RIGHT, 1), "rule"))
    if heat:
        shapes.append(moved(heat, (TEXT_LEFT, HEADER)))
    for index, (row, (text, value)) in enumerate(zip(card.rows, rows, strict=True)):
        top = body + 3 + ROW * index
        if row.tint is not None:
            strip = Box(TEXT_LEFT - 4, top + 0.5, width - TEXT_LEFT - TEXT_RIGHT + 8, ROW - 1)
            shapes.append(tinted(strip, row.tint, row.mixed))
        shapes.append(replace(text, at=(TEXT_LEFT, top + 14)))
        shapes.append(replace(value, at=(width - TEXT_RIGHT, top + 14)))
    whole = Box(0, 0, width + PILE * len(pile), height + PILE * len(pile))
    return Group("card", whole, tuple(shapes), inert(card.title), inert(card.description))


def row_texts(row: Row) -> tuple[Text, Text]:
    """Label and value of a row, not yet in their places."""
    label_style = "label" if row.tint is None else "label strong"
    value_style = "value bold" if row.emphasis else "value"
    return (
        fitted(inert(row.label), (0, 0), label_style, SMALL_SIZE, WIDEST_LABEL),
        fitted(inert(row.value), (0, 0), value_style, VALUE_SIZE, WIDEST_VALUE, "end"),
    )


def tinted(box: Box, tint: float, mixed: bool = False) -> Rect:
    """The colour behind a number: blue for positive, orange for negative, grey for both, stronger for larger, magenta
    for NaN."""
    sign, opacity = tint_look(tint, mixed)
    return Rect(box, f"tint-{sign}", 4, opacity)


def heat_face(heat: Heat) -> Group:
    """A heat map at (0, 0). Without colour too a negative cell is known by a bar and one that is not finite by a hole;
    what a cell is of stands below."""
    rows, columns = len(heat.cells), max(map(len, heat.cells), default=0)
    width, height = CELL, STRIP if rows == 1 else CELL
    shapes: list[Shape] = []
    for (style, opacity), cells in looks(heat).items():
        boxes = [Box(column * width, HEAT_TOP + row * height, width - 1, height - 1) for row, column in cells]
        shapes.append(Tiles(tuple(boxes), style, opacity))
        if style == "tint-negative":
            shapes.append(Tiles(tuple(within(box, width - 5, 1.2) for box in boxes), "mark", 0.7))
        if style == "tint-nan":
            shapes.append(Tiles(tuple(within(box, 4, 4) for box in boxes), "halo"))
    bottom = HEAT_TOP + rows * height + 2
    if heat.pooled:
        shapes.append(Text((0, bottom + 9), f"a cell: {heat.pooled}", "label", TINY_SIZE))
    text = max((shape.box.width for shape in shapes if isinstance(shape, Text)), default=0.0)
    return Group("heat", Box(0, 0, max(columns * width, text), bottom + (13 if heat.pooled else 0)), tuple(shapes))


def within(box: Box, width: float, height: float) -> Box:
    """A smaller box in the middle."""
    return Box(box.centre[0] - width / 2, box.centre[1] - height / 2, width, height)


def pill(word: str, style: str) -> Group:
    """A word in a rounded box, at (0, 0)."""
    text = fitted(word, (0, 12.5), f"{style}-text", SMALL_SIZE, WIDEST_WORD, "middle")
    box = Box(0, 0, text.box.width + 12, PILL)
    centred = replace(text, at=(box.width / 2, 12.5))
    return Group("pill", box, (Rect(box, f"{style}-pill", PILL / 2), centred))


def label_face(edge: Edge, framed: bool) -> Group | None:
    """The local partial on its edge, at (0, 0), with a halo of background (inside a cluster: of its frame's) that
    interrupts the line."""
    if not edge.label.strip():
        return None
    text = fitted(inert(edge.label), (0, 0), "partial", SMALL_SIZE, WIDEST_VALUE, "middle")
    box = Box(0, 0, math.ceil(text.box.width) + 10, PILL)
    shapes: list[Shape] = [Rect(box, "halo framed" if framed else "halo", 5)]
    if edge.tint is not None:
        shapes.append(tinted(box, edge.tint))
    shapes.append(replace(text, at=(box.width / 2, 12.5)))
    return Group("label", box, tuple(shapes), inert(edge.description))


def edge_face(edge: Edge, route: Curve) -> Group:
    """The line of an edge with its arrowhead; a cut edge is dashed, with a gap between two strokes near its start."""
    tip, before = route[-1], next((p for p in reversed(route) if math.dist(p, route[-1]) > 0.5), route[0])
    length = math.dist(before, tip) or 1.0
    ux, uy = (tip[0] - before[0]) / length, (tip[1] - before[1]) / length
    base = tip[0] - ARROW * ux, tip[1] - ARROW * uy
    wing = ARROW * 0.42
    head = (tip, (base[0] - wing * uy, base[1] + wing * ux), (base[0] + wing * uy, base[1] - wing * ux))
    shapes: list[Shape] = [
        Path(shortened(route, 0.8 * ARROW), "line cut" if edge.cut else "line"),
        Polygon(head, "arrow"),
    ]
    if edge.cut:
        shapes += cut_mark(route)
    return Group("edge", curve_box(route), tuple(shapes), inert(edge.description))


def cut_mark(route: Curve) -> list[Shape]:
    """A gap across the first curve of a route, between two slanted strokes."""
    (x0, y0), (x1, y1), (x2, y2), (x3, y3) = route[:4]
    x, y = (x0 + 3 * x1 + 3 * x2 + x3) / 8, (y0 + 3 * y1 + 3 * y2 + y3) / 8
    dx, dy = x3 + x2 - x1 - x0, y3 + y2 - y1 - y0
    length = math.hypot(dx, dy) or 1.0
    ux, uy = dx / length, dy / length

    def across(offset: float, half: float, slant: float) -> tuple[Point, ...]:
        return tuple(
            (x + ux * (offset + slant * sign) - uy * half * sign, y + uy * (offset + slant * sign) + ux * half * sign)
            for sign in (-1, 1)
        )

    return [Polygon(across(0, 6, -2.5), "gap"), *(Polygon(across(o, 6, -2.5), "stroke") for o in (-3, 3))]


def frame_face(title: str, box: Box) -> Group:
    """The frame of a cluster, in its place."""
    return Group("cluster", box, (Rect(box, "frame", 9),), inert(title))


def frame_title(title: str, box: Box) -> Group:
    """The title in the upper left corner of a cluster's frame, with a halo: lines may pass there on their way in."""
    text = fitted(inert(title), (box.x + 12, box.y + 16), "cluster-title", SMALL_SIZE, box.width - 24)
    halo = Box(box.x + 8, box.y + 4, text.box.width + 8, PILL)
    return Group("cluster-name", halo, (Rect(halo, "halo framed", 5), text) if text.text else ())


def legend(picture: Picture) -> list[Group]:
    """What colours and numbers mean, as far as the picture uses them; each at (0, 0)."""
    if len(picture.cards) < 2:
        return []
    used = {card.kind for card in picture.cards}
    kinds = KINDS if len(used) > 1 else ()
    items = [legend_item(kind, f"stripe kind-{kind}", 1.0) for kind in kinds if kind in used]
    items += [legend_item("group", "stripe", 1.0)] if any(card.group for card in picture.cards) else []
    if any(edge.label.strip() and edge.position is not None for edge in picture.edges):
        items.append(legend_item("on an edge: local partial", "", 1.0))
    rows = [row for card in picture.cards for row in card.rows]
    parts = {row.part for row in rows}
    # The colours of adjoints follow their sign.
    items += [legend_item(sign, "", 1.0) for part, sign in SIGNS.items() if part in parts]
    tints = [row.tint for row in rows if not row.mixed] + [edge.tint for edge in picture.edges]
    if any(tint and tint > 0 for tint in tints):
        items.append(legend_item("positive", "tint-positive", 0.5))
    if any(tint and tint < 0 for tint in tints):
        items.append(legend_item("negative", "tint-negative", 0.5))
    if any(row.mixed for row in rows):
        items.append(legend_item("of both signs", "tint-zero", 0.5))
    if any(card.heat for card in picture.cards):
        items.append(legend_item("heat map: stronger is larger, a bar negative, a hole not finite", "", 1.0))
    if any(card.alarm.strip() for card in picture.cards):
        items.append(legend_item("dashed border: kink, not finite or digits lost", "", 1.0))
    if any(edge.cut for edge in picture.edges):
        items.append(legend_item("dashed edge: no derivative flows", "", 1.0))
    return items


def legend_item(word: str, style: str, opacity: float) -> Group:
    """A swatch, if there is a style, and a word."""
    left = 14.0 if style else 0.0
    text = Text((left, 14), word, "label", SMALL_SIZE)
    swatch = (Rect(Box(0, 5, 9, 9), style, 2.5, opacity),) if style else ()
    return Group("legend", Box(0, 0, left + text.box.width, LEGEND_LINE), (*swatch, text))


def curve_box(curve: Curve) -> Box:
    """A box around a curve (around its control points, which enclose it)."""
    xs, ys = [x for x, _ in curve], [y for _, y in curve]
    return Box(min(xs), min(ys), max(xs) - min(xs), max(ys) - min(ys))
