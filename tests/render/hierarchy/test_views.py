"""What is drawn of a large graph, and what is said of it."""

from collections.abc import Sequence

import pytest

from gradcli.errors import UsageError
from gradcli.render.cards import PARTS
from gradcli.render.hierarchy.groups import Hierarchy
from gradcli.render.hierarchy.lines import MANY
from gradcli.render.hierarchy.views import MOST_BOXES, WHOLE, Extent, shown, views
from gradcli.render.inspection import Inspection, as_drawn
from gradcli.render.picture import Card, Picture
from tests.render.geometry import ENGINES, drawn
from tests.render.hierarchy.graphs import GRAPHS, inspected, long_sum, recurrence
from tests.render.inspections import ROW_1, ROW_1_POINT, inspect, node_named, structure

STRUCTURE = {"holds", "names", "repeats", "uses", "inputs in it"}
every_graph = pytest.mark.parametrize("text", GRAPHS.values(), ids=GRAPHS)


def card_named(picture: Picture, title: str) -> Card:
    return next(card for card in picture.cards if card.title == title)


def row(card: Card, start: str) -> str:
    return next(row.value for row in card.rows if row.label.startswith(start))


def number_of_nodes(cards: Sequence[Card]) -> int:
    held = [row(card, "holds").split()[0] for card in cards if card.group and card.rows[0].label == "holds"]
    inputs = [len(card.rows) for card in cards if card.group and card.rows[0].label != "holds"]
    nodes = [card for card in cards if not card.group and card.badge != "again"]
    return sum(map(int, held)) + sum(inputs) + len(nodes)


@every_graph
def test_an_overview_stands_for_all_nodes_and_says_so(text: str) -> None:
    inspection = inspected(text)
    assert len(inspection.rows) > WHOLE
    found = shown(inspection, "title")
    boxes = [card for card in found.picture.cards if card.badge != "again"]
    assert len(boxes) <= 60
    assert number_of_nodes(boxes) == len(inspection.rows)
    assert found.sentence.endswith(f"for all {len(inspection.rows)} nodes")
    assert found.picture.title == f"title ({found.sentence})"
    assert found.closed


def test_a_small_graph_is_drawn_whole() -> None:
    inspection = inspect(ROW_1, ROW_1_POINT)
    found = shown(inspection, "title")
    assert (found.sentence, found.closed, found.picture.title) == ("", (), "title")
    assert len(found.picture.cards) == 7
    assert [view.name for view in views(inspection, "title")] == [""]


@pytest.mark.parametrize(
    "text",
    ["; ".join(f"x1*{k}" for k in range(100)), f"sum([{','.join(f'x{k}' for k in range(150))}])"],
    ids=["outputs", "inputs"],
)
@pytest.mark.parametrize("engine", ENGINES)
def test_many_nodes_side_by_side_are_groups_and_no_sliver(text: str, engine: str) -> None:
    inspection = as_drawn(inspected(text))
    assert len(inspection.rows) < WHOLE
    found = shown(inspection, "")
    assert 1 / 4 < drawn(found.picture, engine).width / drawn(found.picture, engine).height < 4
    assert number_of_nodes([card for card in found.picture.cards if card.badge != "again"]) == len(inspection.rows)
    assert "chain" not in {row.label for card in found.picture.cards for row in card.rows}


def test_a_group_tells_its_largest_adjoint() -> None:
    inspection = inspected(recurrence(100))
    picture = shown(inspection, "").picture
    last = next(card for card in picture.cards if card.group.endswith("..g100"))
    first = node_named(inspection, last.group.partition("..")[0])
    final = node_named(inspection, "g100")
    numbers = {inspection.names[n]: inspection.adjoints[inspection.outputs[0]][n] for n in range(first, final + 1)}
    largest = max(abs(number) for number in numbers.values() if number is not None)
    assert float(row(last, "max ←").replace("\N{MINUS SIGN}", "-")) == pytest.approx(largest, rel=1e-3)


def test_a_group_counts_what_is_not_finite() -> None:
    inspection = inspected("ln(0-x1)+" + long_sum(300))
    hierarchy = Hierarchy(inspection)
    assert inspection.tape is not None
    values = inspection.tape.values
    for card in shown(inspection, "").picture.cards:
        if card.group:
            nans = sum(values[node] != values[node] for node in hierarchy.nodes(hierarchy.group(card.group)))
            assert card.alarm == (f"{nans} NaN" if nans else "")


def test_lines_between_groups_are_counted() -> None:
    picture = shown(inspected(recurrence(100)), "").picture
    groups = {card.id for card in picture.cards if card.group}
    between = [edge for edge in picture.edges if edge.source in groups and edge.target in groups]
    assert {edge.label for edge in between} == {"3 edges"}
    assert all(edge.description.count("∂") >= 6 for edge in between)


def test_shared_inputs_are_named_on_the_groups() -> None:
    picture = shown(inspected(recurrence(100)), "").picture
    uses = [row(card, "uses") for card in picture.cards if card.group and card.group != "inputs"]
    assert set(uses) == {"x₃, x₄, … (4)"}
    assert [row.label for row in card_named(picture, "inputs").rows] == [f"← ∂f/∂x{k}" for k in "₃₄₅₆"]


def test_a_group_that_all_the_others_use_has_a_line_to_the_first_only() -> None:
    terms = "+".join(f"sin({2 + k % 8}*x1+{k}.5)*cos(x2/{k + 1})" for k in range(400))
    picture = shown(inspected(terms), "").picture
    hub = card_named(picture, "part1")
    others = [card for card in picture.cards if card.group and card is not hub]
    lines = [edge for edge in picture.edges if edge.source == hub.id and edge.target in {card.id for card in others}]
    assert len(lines) == 1
    told = [card for card in others if card.id != lines[0].target]
    assert len(told) > MANY
    assert all(row(card, "also from") == "part1" for card in told)


def test_expanding_draws_a_group_open_in_a_frame() -> None:
    inspection = inspected(recurrence(100))
    closed = shown(inspection, "")
    name = closed.closed[3].name
    opened = shown(inspection, "", extent=Extent(expand=(name,)))
    assert name not in {card.group for card in opened.picture.cards}
    (cluster,) = opened.picture.clusters
    assert cluster.title.endswith(f"· {len(cluster.cards)} nodes")
    boxes = [card for card in opened.picture.cards if card.badge != "again"]
    assert number_of_nodes(boxes) == len(inspection.rows)


def test_expanding_a_group_inside_a_group_opens_both() -> None:
    inspection = inspected(long_sum(3000))
    picture = shown(inspection, "", extent=Extent(expand=("part2.3",))).picture
    assert {"part2", "part2.3"}.isdisjoint(card.group for card in picture.cards)
    assert "part2.2" in {card.group for card in picture.cards}
    assert sorted(cluster.title.split()[0] for cluster in picture.clusters) == ["part2", "part2.3"]


def test_an_overview_of_one_large_group_shows_it_open() -> None:
    text = "u = x1*x2\n" + "+".join(f"sin(sin(u*{k}))" for k in range(1, 400)) + "+exp(x3)"
    found = shown(inspected(text), "")
    assert len(found.closed) > 4
    assert {group.name.partition(".")[0] for group in found.closed} == {"f"}
    (cluster,) = found.picture.clusters
    assert cluster.title.startswith("f · ")
    assert found.picture != shown(inspected(text), "", extent=Extent(depth=1)).picture


def test_depth() -> None:
    inspection = inspected(long_sum(3000))
    assert shown(inspection, "", extent=Extent(depth=1)).picture == shown(inspection, "").picture
    deeper = shown(inspection, "", extent=Extent(depth=2))
    assert {card.group.count(".") for card in deeper.picture.cards if card.group.startswith("part")} == {1}
    with pytest.raises(UsageError, match=f"and may have {MOST_BOXES}") as caught:
        shown(inspection, "", extent=Extent(depth=9))
    assert (caught.value.hint or "").startswith("depth 2 has ")


def test_depth_closes_the_groups_of_a_small_graph() -> None:
    inspection = inspect("u=x*y+sin(x)+cos(x)+exp(y)+x^2; u^2+exp(u)", {"x": 1.0, "y": 2.0})
    assert "u" in {card.group for card in shown(inspection, "", extent=Extent(depth=1)).picture.cards}
    assert not any(card.group for card in shown(inspection, "", extent=Extent(expand=("u",))).picture.cards)


@pytest.mark.parametrize(
    ("extent", "message"),
    [
        ({"top": 3, "focus": "x"}, "top and focus draw different parts"),
        ({"expand": ("u",), "top": 3}, "expand and top draw different parts"),
        ({"radius": 3}, "a radius needs a node"),
        ({"depth": 0}, "depth is 0, and must be at least 1"),
        ({"top": 0}, "top is 0, and must be at least 1"),
        ({"focus": "x", "radius": -1}, "radius is -1, and must be at least 0"),
    ],
)
def test_options_that_make_no_sense(extent: dict[str, object], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        Extent(**extent)  # type: ignore[arg-type]


def test_only_what_is_asked_for_is_shown() -> None:
    picture = shown(inspected(recurrence(100)), "", show=()).picture
    assert {row.label for card in picture.cards for row in card.rows} == STRUCTURE
    assert {edge.label for edge in picture.edges} <= {"", "3 edges"}


def test_without_a_point() -> None:
    inspection = structure(recurrence(100), {f"x{k}": () for k in range(1, 7)})
    picture = shown(inspection, "").picture
    assert {row.label for card in picture.cards for row in card.rows} == STRUCTURE


@every_graph
def test_views_lead_from_the_overview_to_every_node(text: str) -> None:
    inspection = inspected(text)
    found = views(inspection, "title", most_cards=10**9)
    assert [view.name for view in found] == list(dict.fromkeys(view.name for view in found))
    names = {view.name for view in found}
    for view in found[1:]:
        parent = next(other for other in found if other.name == view.parent)
        assert view.name in {card.group for card in parent.picture.cards}
        assert len(view.picture.cards) < 200
    inner = {card.id for view in found for card in view.picture.cards if not card.group}
    assert {str(node) for node in inspection.rows} <= inner
    assert all(card.group in names for view in found for card in view.picture.cards if card.group)


def test_groups_without_a_view_say_how_to_open_them() -> None:
    found = views(inspected(long_sum(3000)), "", most_cards=100)
    names = {view.name for view in found}
    assert sum(len(view.picture.cards) for view in found) < 140
    for card in (card for view in found for card in view.picture.cards if card.group and card.badge != "outside"):
        told = [row.value for row in card.rows if row.label == "to open"]
        assert told == ([] if card.group in names else [f"--expand {card.group}"])


def test_groups_opened_in_one_another_have_frames_in_one_another() -> None:
    found = shown(inspected(long_sum(1500)), "", extent=Extent(expand=("part2.3", "part2.5", "part4"))).picture
    titles = [frame.title.split()[0] for frame in found.clusters]
    around = {title: frame.inside for title, frame in zip(titles, found.clusters, strict=True)}
    assert sorted(titles) == ["part2", "part2.3", "part2.5", "part4"]
    assert around["part2"] is around["part4"] is None
    assert around["part2.3"] == around["part2.5"] == titles.index("part2")


def test_a_group_of_several_statements_is_named_as_typed_where_subscripts_would_not_tell_names_apart() -> None:
    text = (
        "h_0=x1\n"
        + "\n".join(f"h{k + 1}=tanh(h{'_' * (k == 0)}{k}*x2+{k})" for k in range(150))
        + "\nh_1=h150*h_0\nh_1"
    )
    found = shown(structure(text, {"x1": (), "x2": ()}), "")
    titles = [card.title for card in found.picture.cards if card.group and ".." in card.group]
    assert titles[0].startswith("h1 … ")
    assert titles[1].startswith("h₁")


def test_the_same_graph_has_the_same_views() -> None:
    def anew() -> Inspection:
        return structure(recurrence(60), {f"x{k}": () for k in range(1, 7)})

    assert views(anew(), "") == views(anew(), "")
    assert shown(anew(), "", show=PARTS).picture == shown(anew(), "").picture


def test_what_is_around_an_opened_group_is_marked_as_outside() -> None:
    first, *opened = views(inspected(recurrence(100)), "")
    assert not any(card.outside for card in first.picture.cards)
    for view in opened:
        outside = [card for card in view.picture.cards if card.outside]
        assert {card.badge for card in outside} <= {"outside", "in"}
        assert all(card.outside for card in view.picture.cards if card.badge == "outside")
        assert all(card.description.startswith("outside: ") for card in outside)
    assert any(card.outside for view in opened for card in view.picture.cards)
