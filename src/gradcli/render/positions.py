"""Where a drawing has everything, as JSON data: for programs that draw the graph in a way of their own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gradcli.render.layout import Box
from gradcli.render.picture import Picture
from gradcli.render.shapes import Drawing, Path, Polygon


def without_card(picture: Picture, data: Mapping[str, Any]) -> int:
    """How many named nodes of the data have no card of their own."""
    cards = {card.id for card in picture.cards}
    return sum(str(node["id"]) not in cards for node in data["nodes"] if node["name"] is not None)


def drawing_data(picture: Picture, drawing: Drawing) -> dict[str, Any]:
    """The size of the drawing, the box of each card, and of each edge its route and the box of its label.

    A card's id is that of its node; `3@7` is the card that stands for node 3 again beside node 7. A route is a chain of
    cubic Bézier curves: its start, then two control points and an end for each.
    """
    labels = iter(drawing.groups("label"))
    edges = []
    for edge, group in zip(picture.edges, drawing.groups("edge"), strict=True):
        line = next(shape for shape in group.shapes if isinstance(shape, Path))
        arrow = next(shape for shape in group.shapes if isinstance(shape, Polygon))
        label = box_data(next(labels).box) if edge.label.strip() else None
        route = [[rounded(x), rounded(y)] for x, y in (*line.curve[:-1], arrow.points[0])]
        edges.append({"source": edge.source, "target": edge.target, "route": route, "label": label})
    cards = zip(picture.cards, drawing.groups("card"), strict=True)
    return {
        "width": drawing.width,
        "height": drawing.height,
        "cards": [{"id": card.id, **box_data(group.box)} for card, group in cards],
        "edges": edges,
    }


def box_data(box: Box) -> dict[str, float]:
    """A box by its upper left corner and its size."""
    return {"x": rounded(box.x), "y": rounded(box.y), "width": rounded(box.width), "height": rounded(box.height)}


def rounded(length: float) -> float:
    """Hundredths of a point."""
    return round(length, 2)
