"""What can be said of a picture from its geometry, with each layout engine."""

from dataclasses import replace
from itertools import pairwise

import pytest

from gradcli.render.picture import Card, Cluster, Picture, Row
from gradcli.render.shapes import Polygon, Rect, Text
from tests.render.examples import EXAMPLE_PICTURES
from tests.render.generated import GRAPHS, generated_picture
from tests.render.geometry import ENGINES, drawn, everything_is_where_it_belongs, overlap, texts
from tests.render.pictures import (
    PICTURES,
    chain,
    downwards,
    layers,
    long_sum,
    nested_frames,
    one_card,
    square,
    twins,
    worked_example,
)

pytestmark = pytest.mark.parametrize("engine", ENGINES)
NAMES = [*PICTURES, *EXAMPLE_PICTURES, *GRAPHS]
every_picture = pytest.mark.parametrize("name", NAMES)


def picture_named(name: str) -> Picture:
    """Made when it is asked for: a generated graph takes both sweeps."""
    return PICTURES.get(name) or EXAMPLE_PICTURES.get(name) or generated_picture(name)


@every_picture
def test_everything_is_where_it_belongs(name: str, engine: str) -> None:
    everything_is_where_it_belongs(picture_named(name), engine)


def test_two_edges_of_one_pair_have_their_own_labels(engine: str) -> None:
    drawing = drawn(square(), engine)
    first, second = drawing.groups("label")
    assert not overlap(first.box, second.box)
    tips = {shape.points[0] for group in drawing.groups("edge") for shape in group.shapes if isinstance(shape, Polygon)}
    assert len(tips) == 2


def test_a_sliver_is_folded(engine: str) -> None:
    drawing = drawn(chain(200), engine)
    assert 1 < drawing.width / drawing.height < 3


def test_only_one_line_leads_around_the_end_of_a_row_of_layers(engine: str) -> None:
    picture = layers(30)
    drawing = drawn(picture, engine)
    edges = zip(picture.edges, drawing.groups("edge"), strict=True)
    around = [edge.source for edge, group in edges if group.box.width > drawing.width / 2]
    assert len(around) == 2
    assert all(source.startswith("h") for source in around)


def test_a_frame_is_cut_only_where_it_must_be_and_says_so(engine: str) -> None:
    cut = [text.text for name in drawn(nested_frames(80), engine).groups("cluster-name") for text in texts(name)]
    assert {cut.count(title) for title in cut if "(" not in title} == {1}
    assert {title for title in cut if "(" in title} > {"outer (continued)", "inner (continued)"}
    frames = tuple(Cluster(str(k), tuple(str(i) for i in range(k, k + 3))) for k in range(1, 198, 4))
    short = drawn(replace(chain(200), clusters=frames), engine)
    assert len(list(short.groups("cluster"))) == len(frames)


def test_frames_are_left_out_where_they_spoil_the_lines(engine: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gradcli.render.layout.faults", lambda picture, layout: 1)
    drawing = drawn.__wrapped__(nested_frames(12), engine)
    assert not list(drawing.groups("cluster"))
    assert "no frames" in "".join(text.text for item in drawing.groups("legend") for text in texts(item))


def test_a_long_sum_fills_its_picture(engine: str) -> None:
    drawing = drawn(long_sum(40), engine)
    cards = [group.box for group in drawing.groups("card")]
    filled = sum(box.width * box.height for box in cards) / (drawing.width * drawing.height)
    assert filled > 0.15
    assert 1 < drawing.width / drawing.height < 3


def test_cards_that_could_change_places_stand_as_they_are_written(engine: str) -> None:
    picture = twins(5)
    places = [group.box.centre for group in drawn(picture, engine).groups("card")]
    heights = [y for _, y in places[2:7]]
    assert heights == sorted(heights)
    across = [group.box.centre[0] for group in drawn(downwards(picture), engine).groups("card")][2:7]
    assert across == sorted(across)


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
