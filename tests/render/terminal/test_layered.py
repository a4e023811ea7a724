"""What is drawn is read back from the characters: every card, every edge with its label, and no other."""

from dataclasses import replace

import pytest
from rich.cells import cell_len

from gradcli.render.picture import Card, Edge, Picture
from gradcli.render.terminal.canvas import Canvas, printed
from gradcli.render.terminal.layered import layered
from gradcli.render.terminal.layers import arrange
from gradcli.verify.examples import EXAMPLES
from tests.render.examples import picture_of_example
from tests.render.pictures import PICTURES, clusters, hostile, long_names, random_graph, square, worked_example
from tests.render.terminal.reading import Page

SEEDS = range(40)
ROOMS = (40, 80, 120)


def lines_of(canvas: Canvas) -> list[str]:
    return ["".join(text for text, _ in row) for row in canvas.rows()]


def check(picture: Picture, room: int) -> bool:
    """Whether it is drawn; if so, everything about it is right."""
    canvas = layered(picture, room, plain=False)
    if canvas is None:
        return False
    lines = lines_of(canvas)
    assert max(map(cell_len, lines)) <= room
    page = Page(lines)
    frames = page.frames()
    for index, a in enumerate(frames):
        for b in frames[index + 1 :]:
            assert a.right + 1 < b.left or b.right + 1 < a.left or a.bottom < b.top or b.bottom < a.top
    title = {card.id: card.title for card in picture.cards}
    assert sorted(map(page.title, frames)) == sorted(title.values())
    read = page.edges()
    wanted = [(title[edge.source], title[edge.target], edge.cut) for edge in picture.edges]
    assert sorted((source, target, cut) for source, target, _, cut in read) == sorted(wanted)
    allowed = {(title[e.source], title[e.target], text) for e in picture.edges for text in (e.label, "", "cut" * e.cut)}
    assert {(source, target, label) for source, target, label, _ in read} <= allowed
    return True


@pytest.mark.parametrize("room", ROOMS)
def test_random_graphs_are_read_back(room: int) -> None:
    drawn = 0
    for seed in SEEDS:
        picture = random_graph(2 + 2 * seed % 29, seed + 1000)
        cut = tuple(replace(edge, cut=index % 7 == 3) for index, edge in enumerate(picture.edges))
        drawn += check(replace(picture, edges=cut), room)
    assert drawn >= {40: 10, 80: 20, 120: 30}[room]


@pytest.mark.parametrize("room", [80, 120])
@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.title)
def test_worked_examples_are_read_back(example: object, room: int) -> None:
    assert check(picture_of_example(example), room)


def test_labels_are_there_where_there_is_room() -> None:
    page = Page(lines_of(layered(worked_example(), 80, plain=False)))
    assert sorted(label for _, _, label, _ in page.edges()) == sorted(edge.label for edge in worked_example().edges)


def test_too_many_cards_or_too_little_room() -> None:
    assert layered(random_graph(31, 1), 1000, plain=False) is None
    assert layered(worked_example(), 20, plain=False) is None


def test_a_cycle_has_no_layers() -> None:
    cards = (Card("a", "a", "input"), Card("b", "b", "input"))
    assert layered(Picture("", cards, (Edge("a", "b"), Edge("b", "a"))), 80, plain=False) is None


@pytest.mark.parametrize("picture", [worked_example(), square(), clusters(), hostile(), PICTURES["random graph of 60"]])
def test_ascii_is_ascii(picture: Picture) -> None:
    canvas = layered(picture, 300, plain=True)
    if canvas is not None:
        assert all(line.isascii() and line.isprintable() for line in lines_of(canvas))
    assert canvas is not None or len(picture.cards) > 30


def test_greek_letters_have_their_names_in_ascii() -> None:
    assert printed("α₁ + Λ·ϕ", plain=True) == r"\alpha1 + \Lambda*\phi"
    assert printed("ς 你", plain=True) == r"\u03c2 \u4f60"


def test_wide_characters_keep_the_borders_straight() -> None:
    picture = replace(long_names(), cards=(long_names().cards[1],), edges=())
    lines = lines_of(layered(picture, 80, plain=False))
    assert len({cell_len(line) for line in lines}) == 1


def test_alarms_and_cuts_are_in_words() -> None:
    page = Page(lines_of(layered(clusters(), 120, plain=False)))
    double = {page.title(frame) for frame in page.frames() if page.at(frame.left, frame.top) == "╔"}
    assert double == {"p = log h", "k = relu p", "y = sum p"}
    heads = [page.lines[frame.top + 1][frame.left : frame.right] for frame in page.frames()]
    assert sum("NaN!" in head for head in heads) == 2
    assert sum("kink!" in head for head in heads) == 1
    assert [label for _, _, label, cut in page.edges() if cut] == ["cut"]


def test_arguments_for_which_there_is_no_room_beside_each_other_stand_in_their_order() -> None:
    widths = {"x": 10, "a": 10, "b": 10, "c": 10, "f": 10}
    layers = arrange(widths, [("x", name) for name in "abc"] + [(name, "f") for name in "abc"], 15, 2)
    assert layers is not None
    assert [[slot.card for slot in slots if slot.card] for slots in layers.slots] == [["x"], ["a"], ["b"], ["c"], ["f"]]
