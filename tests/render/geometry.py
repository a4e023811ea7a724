"""What is asked of every picture, from the geometry of its drawing."""

import shutil
from collections.abc import Iterator
from functools import cache
from itertools import combinations

import pytest

from gradcli.render.drawing import draw
from gradcli.render.layout import Box
from gradcli.render.picture import Picture
from gradcli.render.shapes import Drawing, Group, Path, Polygon, Shape, Text, Tiles

ENGINES = [
    pytest.param("wasm"),
    pytest.param("dot", marks=pytest.mark.skipif(shutil.which("dot") is None, reason="Graphviz is not installed")),
]


@cache
def drawn(picture: Picture, engine: str) -> Drawing:
    return draw(picture, engine="dot" if engine == "dot" else "wasm", timeout=120)


def overlap(a: Box, b: Box) -> bool:
    return a.x < b.right and b.x < a.right and a.y < b.bottom and b.y < a.bottom


def inside(inner: Box, outer: Box, slack: float = 0.01) -> bool:
    return (
        inner.x >= outer.x - slack
        and inner.right <= outer.right + slack
        and inner.y >= outer.y - slack
        and inner.bottom <= outer.bottom + slack
    )


def texts(shape: Shape) -> Iterator[Text]:
    if isinstance(shape, Text):
        yield shape
    elif isinstance(shape, Group):
        for part in shape.shapes:
            yield from texts(part)


def maps(card: Group) -> Iterator[Box]:
    """The room that the cells of a heat map take."""
    for group in card.shapes:
        if isinstance(group, Group) and group.style == "heat":
            boxes = [box for shape in group.shapes if isinstance(shape, Tiles) for box in shape.boxes]
            left, top = min(box.x for box in boxes), min(box.y for box in boxes)
            yield Box(left, top, max(box.right for box in boxes) - left, max(box.bottom for box in boxes) - top)


def line_of(edge: Group) -> Path:
    return next(shape for shape in edge.shapes if isinstance(shape, Path))


def points_on(path: Path) -> Iterator[tuple[float, float]]:
    for start in range(0, len(path.curve) - 3, 3):
        for step in range(10):
            t = step / 10
            weights = ((1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t * t * (1 - t), t**3)
            piece = path.curve[start : start + 4]
            yield (
                sum(weight * x for weight, (x, _) in zip(weights, piece, strict=True)),
                sum(weight * y for weight, (_, y) in zip(weights, piece, strict=True)),
            )


def boxes_and_texts_are_where_they_belong(picture: Picture, drawing: Drawing) -> None:
    cards, labels = list(drawing.groups("card")), list(drawing.groups("label"))
    assert len(cards) == len(picture.cards)
    assert len(labels) == sum(bool(edge.label.strip()) for edge in picture.edges)
    assert len(list(drawing.groups("edge"))) == len(picture.edges)
    for a, b in combinations([*cards, *labels], 2):
        assert not overlap(a.box, b.box), (a.name, b.name)
    paper = Box(0, 0, drawing.width, drawing.height)
    for shape in drawing.shapes:
        if isinstance(shape, Group) and shape.style == "edge":  # its box is that of the control points
            assert all(inside(Box(x, y, 0, 0), paper) for x, y in points_on(line_of(shape))), shape.description
        else:
            assert isinstance(shape, Group | Text)
            assert inside(shape.box, paper), shape
        if isinstance(shape, Group) and shape.style in {"card", "label", "legend", "cluster-name"}:
            assert all(inside(text.box, shape.box) for text in texts(shape)), shape.name
    for card in cards:
        for one, other in combinations([*(text.box for text in texts(card)), *maps(card)], 2):
            assert not overlap(one, other), (card.name, one, other)
        for tiles in maps(card):
            assert inside(tiles, card.box)


def edges_join_their_cards_and_cross_none(picture: Picture, drawing: Drawing) -> None:
    boxes = {card.id: group.box for card, group in zip(picture.cards, drawing.groups("card"), strict=True)}
    for edge, group in zip(picture.edges, drawing.groups("edge"), strict=True):
        path = line_of(group)
        tip = next(shape for shape in group.shapes if isinstance(shape, Polygon)).points[0]
        assert inside(Box(*path.curve[0], 0, 0), boxes[edge.source])
        assert inside(Box(*tip, 0, 0), boxes[edge.target])
        near = [box for box in boxes.values() if overlap(box, group.box)]
        for x, y in points_on(path):
            for box in near:
                assert not (box.x + 3 < x < box.right - 3 and box.y + 3 < y < box.bottom - 3)


def clusters_enclose_their_cards(picture: Picture, drawing: Drawing) -> None:
    frames = [group.box for group in drawing.groups("cluster")]
    if picture.clusters and not frames:
        assert "no frames" in "".join(text.text for item in drawing.groups("legend") for text in texts(item))
        return
    around = {card: frames_around(picture, index) for index, c in enumerate(picture.clusters) for card in c.cards}
    for card, group in zip(picture.cards, drawing.groups("card"), strict=True):
        holding = [frame for frame in frames if overlap(group.box, frame)]
        assert len(holding) == around.get(card.id, 0)
        assert all(inside(group.box, frame) for frame in holding)
    for one, other in combinations(frames, 2):
        assert not overlap(one, other) or inside(other, one), "a frame is drawn after the one around it"
    names = list(drawing.groups("cluster-name"))
    for name, frame in zip(names, frames, strict=True):
        assert inside(name.box, frame)
        assert not any(overlap(name.box, card.box) for card in drawing.groups("card"))
        assert not any(overlap(name.box, label.box) for label in drawing.groups("label"))
        assert not any(overlap(name.box, other) for other in frames if other is not frame and inside(other, frame))
    for one_name, other_name in combinations(names, 2):
        assert not overlap(one_name.box, other_name.box)


def frames_around(picture: Picture, cluster: int | None) -> int:
    """How many frames a card in a cluster is in."""
    count = 0
    while cluster is not None:
        cluster, count = picture.clusters[cluster].inside, count + 1
    return count


def labels_stand_on_their_edges_and_lines_cross_no_title(picture: Picture, drawing: Drawing) -> None:
    labels = iter(drawing.groups("label"))
    titles = [shape.box for shape in drawing.shapes if isinstance(shape, Text) and shape.style == "title"]
    for edge, group in zip(picture.edges, drawing.groups("edge"), strict=True):
        points = list(points_on(line_of(group)))
        if edge.label.strip():
            box = next(labels).box
            assert any(inside(Box(x, y, 0, 0), box, slack=1) for x, y in points)
        assert not any(inside(Box(x, y, 0, 0), title) for x, y in points for title in titles)


def everything_is_where_it_belongs(picture: Picture, engine: str) -> None:
    drawing = drawn(picture, engine)
    boxes_and_texts_are_where_they_belong(picture, drawing)
    edges_join_their_cards_and_cross_none(picture, drawing)
    clusters_enclose_their_cards(picture, drawing)
    labels_stand_on_their_edges_and_lines_cross_no_title(picture, drawing)
