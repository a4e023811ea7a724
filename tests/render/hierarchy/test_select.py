"""The nodes with the largest adjoints, and those around one."""

from collections.abc import Iterable

import pytest

from gradcli.errors import UsageError
from gradcli.render.hierarchy.groups import Hierarchy
from gradcli.render.hierarchy.select import around, top
from gradcli.render.hierarchy.views import Extent, shown
from tests.render.hierarchy.graphs import GRAPHS, inspected, recurrence
from tests.render.inspections import ROW_1, ROW_1_POINT, inspect, node_named, structure


def names_of(hierarchy: Hierarchy, nodes: Iterable[int]) -> set[str]:
    return {hierarchy.inspection.names[node] for node in nodes}


def test_the_largest_adjoints_and_their_paths() -> None:
    hierarchy = Hierarchy(inspect(ROW_1, ROW_1_POINT))
    found = top(hierarchy, 2)  # of x1 5.5, of x2 1.7, of all others 1 or -1
    assert names_of(hierarchy, found.nodes) == {"x1", "x2", "v1", "v3", "v4", "f"}


@pytest.mark.parametrize("name", ["recurrence", "random statements", "long sum"])
def test_the_selection_is_joined_to_the_output(name: str) -> None:
    hierarchy = Hierarchy(inspected(GRAPHS[name]))
    found = top(hierarchy, 10)
    peaks = hierarchy.outline.peaks
    least = sorted(abs(number) for number, _ in peaks.values())[-10]
    drawn = set(found.nodes)
    assert sum(abs(peaks[node][0]) >= least for node in drawn) >= 10
    ways = {(int(edge.source), int(edge.target)) for edge in found.paths}
    ways |= {(argument, node) for node in drawn for argument in hierarchy.outline.arguments(node) if argument in drawn}
    joined = set(hierarchy.outline.outputs)
    for _ in drawn:
        joined |= {source for source, target in ways if target in joined}
    assert drawn <= joined


def test_long_paths_are_counted() -> None:
    found = shown(inspected("50*x1" + "+1" * 400), "", extent=Extent(top=1))
    (path,) = found.picture.edges
    assert path.label == "… 400 nodes …"
    assert path.description.startswith("a path from x1 to f: v1, v2, v3, ")
    assert found.sentence == "the 1 node with the largest |adjoint| and 400 on their paths to the output, of 402 nodes"


def test_what_is_around_a_node() -> None:
    hierarchy = Hierarchy(inspect(ROW_1, ROW_1_POINT))
    assert names_of(hierarchy, around(hierarchy, "v4", 0).nodes) == {"v4"}
    assert names_of(hierarchy, around(hierarchy, "v4", 1).nodes) == {"v1", "v2", "v4", "f"}
    two = {"x1", "x2", "v1", "v2", "v3", "v4", "f"}
    assert names_of(hierarchy, around(hierarchy, "v4", 2).nodes) == two
    assert names_of(hierarchy, around(hierarchy, "x1", 1).nodes) == {"x1", "v1", "v2"}


def test_the_way_ends_at_an_input() -> None:
    hierarchy = Hierarchy(inspected(recurrence(100)))
    found = around(hierarchy, "h50", 3)
    assert len(found.nodes) < 40
    assert "x3" in names_of(hierarchy, found.nodes)


def test_what_is_left_out_is_counted_on_the_cards() -> None:
    picture = shown(inspected(recurrence(100)), "", extent=Extent(focus="h50", radius=1)).picture
    left_out = {
        card.title.split()[0]: row.value for card in picture.cards for row in card.rows if row.label == "not drawn"
    }
    assert left_out["g₅₀"] == "1 argument, 2 users"
    assert "h₅₀" not in left_out


def test_unknown_nodes_have_a_suggestion() -> None:
    hierarchy = Hierarchy(inspected(recurrence(100)))
    with pytest.raises(UsageError, match="no node is called 'h501'") as caught:
        around(hierarchy, "h501", 1)
    assert (caught.value.hint or "").startswith("did you mean h")


def test_too_many_nodes_are_an_error() -> None:
    with pytest.raises(UsageError, match="boxes, and may have 500"):
        shown(inspected(GRAPHS["long sum"]), "", extent=Extent(focus="x1", radius=400))
    with pytest.raises(UsageError, match="boxes, and may have 500"):
        shown(inspected(GRAPHS["long sum"]), "", extent=Extent(top=600))


def test_without_a_point_nothing_has_an_adjoint() -> None:
    with pytest.raises(UsageError, match="no node has an adjoint") as found:
        shown(structure(ROW_1, {"x1": (), "x2": ()}), "", extent=Extent(top=3))
    assert found.value.hint == "--at gives a point"


def test_what_is_no_scalar_has_no_adjoint_at_a_point_either() -> None:
    with pytest.raises(UsageError, match="no node has an adjoint") as found:
        shown(inspect("2*x", {"x": [1.0, 2.0]}), "", extent=Extent(top=3))
    assert found.value.hint == "--cotangent ones weighs the elements of what is no scalar"


def test_an_input_that_no_output_needs_is_not_drawn_but_counted() -> None:
    inspection = inspect("a=x*2; b=sin(y); a", {"x": 1.0, "y": 2.0})
    assert node_named(inspection, "y") in inspection.rows
    found = shown(inspection, "", extent=Extent(top=3))
    assert [card.title for card in found.picture.cards] == ["x", "a = x·2"]
    assert found.sentence == "the 2 nodes with the largest |adjoint|, of 3 nodes; no output needs 1 input"


def test_the_node_in_focus_is_marked() -> None:
    inspection = inspect(ROW_1, ROW_1_POINT)
    for name, badge in (("v3", "focus"), ("x1", "in, focus"), ("f", "out, focus")):
        found = shown(inspection, "", extent=Extent(focus=name, radius=1)).picture
        badges = {card.id: card.badge for card in found.cards if "focus" in card.badge}
        assert badges == {str(node_named(inspection, name)): badge}
