"""What can be said of a picture from its geometry, with each layout engine."""

import shutil
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from itertools import combinations, pairwise

import pytest

from gradcli.render.drawing import Drawing, Group, Path, Polygon, Rect, Shape, Text, Tiles, draw
from gradcli.render.layout import Box
from gradcli.render.picture import Card, Picture, Row
from tests.render.examples import EXAMPLE_PICTURES
from tests.render.generated import GRAPHS, generated_picture
from tests.render.pictures import PICTURES, chain, one_card, square, worked_example

ENGINES = [
    pytest.param("wasm"),
    pytest.param("dot", marks=pytest.mark.skipif(shutil.which("dot") is None, reason="Graphviz is not installed")),
]
pytestmark = pytest.mark.parametrize("engine", ENGINES)
NAMES = [*PICTURES, *EXAMPLE_PICTURES, *GRAPHS]
every_picture = pytest.mark.parametrize("name", NAMES)


def picture_named(name: str) -> Picture:
    """Made when it is asked for: a generated graph takes both sweeps."""
    return PICTURES.get(name) or EXAMPLE_PICTURES.get(name) or generated_picture(name)


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


@every_picture
def test_boxes_and_texts_are_where_they_belong(name: str, engine: str) -> None:
    picture = picture_named(name)
    drawing = drawn(picture, engine)
    cards, labels = list(drawing.groups("card")), list(drawing.groups("label"))
    assert len(cards) == len(picture.cards)
    assert len(labels) == sum(bool(edge.label.strip()) for edge in picture.edges)
    assert len(list(drawing.groups("edge"))) == len(picture.edges)
    for a, b in combinations([*cards, *labels], 2):
        assert not overlap(a.box, b.box), (a.name, b.name)
    paper = Box(0, 0, drawing.width, drawing.height)
    for shape in drawing.shapes:
        box = shape.box if isinstance(shape, Group | Text) else paper
        assert inside(box, paper)
        if isinstance(shape, Group) and shape.style in {"card", "label", "legend", "cluster-name"}:
            assert all(inside(text.box, shape.box) for text in texts(shape)), shape.name
    for card in cards:
        for one, other in combinations([*(text.box for text in texts(card)), *maps(card)], 2):
            assert not overlap(one, other), (card.name, one, other)
        for tiles in maps(card):
            assert inside(tiles, card.box)


@every_picture
def test_edges_join_their_cards_and_cross_none(name: str, engine: str) -> None:
    picture = picture_named(name)
    drawing = drawn(picture, engine)
    boxes = {card.id: group.box for card, group in zip(picture.cards, drawing.groups("card"), strict=True)}
    for edge, group in zip(picture.edges, drawing.groups("edge"), strict=True):
        path = next(shape for shape in group.shapes if isinstance(shape, Path))
        tip = next(shape for shape in group.shapes if isinstance(shape, Polygon)).points[0]
        assert inside(Box(*path.curve[0], 0, 0), boxes[edge.source])
        assert inside(Box(*tip, 0, 0), boxes[edge.target])
        near = [box for box in boxes.values() if overlap(box, group.box)]
        for x, y in points_on(path):
            for box in near:
                assert not (box.x + 3 < x < box.right - 3 and box.y + 3 < y < box.bottom - 3)


@every_picture
def test_clusters_enclose_their_cards(name: str, engine: str) -> None:
    picture = picture_named(name)
    drawing = drawn(picture, engine)
    frames = [group.box for group in drawing.groups("cluster")]
    members = {card for cluster in picture.clusters for card in cluster.cards}
    for card, group in zip(picture.cards, drawing.groups("card"), strict=True):
        holding = [frame for frame in frames if overlap(group.box, frame)]
        assert len(holding) == (1 if card.id in members else 0)
        assert all(inside(group.box, frame) for frame in holding)
    for name, frame in zip(drawing.groups("cluster-name"), frames, strict=True):
        assert inside(name.box, frame)
        assert not any(overlap(name.box, card.box) for card in drawing.groups("card"))


def test_two_edges_of_one_pair_have_their_own_labels(engine: str) -> None:
    drawing = drawn(square(), engine)
    first, second = drawing.groups("label")
    assert not overlap(first.box, second.box)
    tips = {shape.points[0] for group in drawing.groups("edge") for shape in group.shapes if isinstance(shape, Polygon)}
    assert len(tips) == 2


def test_a_sliver_is_folded(engine: str) -> None:
    drawing = drawn(chain(200), engine)
    assert 1 < drawing.width / drawing.height < 3


def test_a_picture_that_fits_is_not_folded(engine: str) -> None:
    drawing = drawn(worked_example(), engine)
    tops = [group.box.centre[0] for group in drawing.groups("card")]
    assert tops[0] < tops[2] < tops[5] < tops[6]


def test_the_same_picture_is_drawn_the_same(engine: str) -> None:
    assert drawn.__wrapped__(worked_example(), engine) == drawn.__wrapped__(worked_example(), engine)


def test_a_title_takes_lines_instead_of_being_cut(engine: str) -> None:
    title = "a = dot(x, w); b = a − y; z = b^2 at x = [1, 2, 3], w = [0.5, −1, 2], y = 1.5 (∂/∂t along ones)"
    drawing = drawn(replace(one_card(), title=title), engine)
    lines = [shape for shape in drawing.shapes if isinstance(shape, Text) and shape.style == "title"]
    assert " ".join(line.text for line in lines) == title
    assert len(lines) == 2
    (card,) = drawing.groups("card")
    for above, below in pairwise([line.box for line in lines] + [card.box]):
        assert not overlap(above, below)
        assert above.y < below.y


@every_picture
def test_sizes_are_whole(name: str, engine: str) -> None:
    picture = picture_named(name)
    drawing = drawn(picture, engine)
    assert drawing.width == int(drawing.width)
    assert drawing.height == int(drawing.height)


@every_picture
def test_labels_stand_on_their_edges_and_lines_cross_no_title(name: str, engine: str) -> None:
    picture = picture_named(name)
    drawing = drawn(picture, engine)
    labels = iter(drawing.groups("label"))
    titles = [shape.box for shape in drawing.shapes if isinstance(shape, Text) and shape.style == "title"]
    for edge, group in zip(picture.edges, drawing.groups("edge"), strict=True):
        points = list(points_on(next(shape for shape in group.shapes if isinstance(shape, Path))))
        if edge.label.strip():
            box = next(labels).box
            assert any(inside(Box(x, y, 0, 0), box, slack=1) for x, y in points)
        assert not any(inside(Box(x, y, 0, 0), title) for x, y in points for title in titles)


def test_colour_says_sign_and_size(engine: str) -> None:
    rows = (Row("a", "1", 1.0), Row("b", "−1", -0.5), Row("c", "[1, −1]", -1.0, mixed=True), Row("d", "0", 0.0))
    picture = Picture("", (Card("x", "x", "input", (*rows, Row("e", "NaN", float("nan")))), Card("y", "y", "input")))
    drawing = drawn(picture, engine)
    card = next(drawing.groups("card"))
    tints = [(s.style, round(s.opacity, 2)) for s in card.shapes if isinstance(s, Rect) and s.style.startswith("tint")]
    assert tints == [
        ("tint-positive", 0.5),
        ("tint-negative", 0.31),
        ("tint-zero", 0.5),
        ("tint-zero", 0.12),
        ("tint-nan", 0.25),
    ]
    assert [text.text for item in drawing.groups("legend") for text in texts(item)] == [
        "positive",
        "negative",
        "of both signs",
    ]
