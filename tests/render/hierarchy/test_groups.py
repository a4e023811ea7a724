"""How graphs are divided, and what the groups are called."""

import pytest

from gradcli.errors import UsageError
from gradcli.render.hierarchy.division import BRANCHES, FULL
from gradcli.render.hierarchy.groups import Group, Hierarchy
from tests.render.hierarchy.graphs import GRAPHS, inspected, recurrence
from tests.render.inspections import structure

every_graph = pytest.mark.parametrize("text", GRAPHS.values(), ids=GRAPHS)


@every_graph
def test_every_node_is_in_one_child_of_each_group(text: str) -> None:
    hierarchy = Hierarchy(inspected(text))
    for group in [hierarchy.whole, *hierarchy.groups()]:
        inside = [node for item in hierarchy.children(group) for node in hierarchy.nodes(item)]
        assert sorted(inside) == sorted(hierarchy.nodes(group))
        assert len(inside) == len(set(inside))
    assert sorted(hierarchy.nodes(hierarchy.whole)) == sorted(hierarchy.inspection.rows)


@every_graph
def test_no_picture_has_many_boxes_and_no_group_only_one(text: str) -> None:
    hierarchy = Hierarchy(inspected(text))
    for group in [hierarchy.whole, *hierarchy.groups()]:
        assert 2 <= len(hierarchy.children(group)) <= FULL + BRANCHES


@every_graph
def test_groups_depend_on_earlier_ones_only(text: str) -> None:
    hierarchy = Hierarchy(inspected(text))
    for group in [hierarchy.whole, *hierarchy.groups()]:
        number = {node: index for index, item in enumerate(hierarchy.children(group)) for node in hierarchy.nodes(item)}
        for node, index in number.items():
            for argument in hierarchy.outline.arguments(node):
                assert number.get(argument, -1) <= index


@every_graph
def test_names_are_unique_and_find_their_groups(text: str) -> None:
    hierarchy = Hierarchy(inspected(text))
    groups = list(hierarchy.groups())
    assert len({group.name for group in groups}) == len(groups) > 0
    again = Hierarchy(inspected(text))
    for group in groups[:: max(1, len(groups) // 20)]:
        found = again.group(group.name)
        assert found.piece == group.piece
        assert [around.name for around in found.path] == [around.name for around in group.path]
        assert not set(" \t'\"$&;|#*?<>(){}[]!") & set(group.name)


def test_an_unrolled_loop_is_cut_between_its_steps() -> None:
    hierarchy = Hierarchy(inspected(recurrence(100)))
    groups = [item for item in hierarchy.children(hierarchy.whole) if isinstance(item, Group) and item.piece.size]
    assert groups[0].name.startswith("h1..g")
    assert groups[-1].name.endswith("..g100")
    assert all(group.piece.period == 8 for group in groups)


def test_inputs_are_in_the_group_that_alone_uses_them() -> None:
    text = "\n".join(f"s{k} = " + "+".join(f"sin({j + 1}*x{k})" for j in range(40)) for k in range(4))
    hierarchy = Hierarchy(structure(text + "\ns0*s1*s2*s3*y", {f"x{k}": () for k in range(4)} | {"y": ()}))
    children = hierarchy.children(hierarchy.whole)
    names = hierarchy.inspection.names
    held = {item.name: [names[node] for node in item.inputs] for item in children if isinstance(item, Group)}
    assert held == {f"s{k}": [f"x{k}"] for k in range(4)}
    assert names[next(item for item in children if not isinstance(item, Group))] == "y"


def test_an_unknown_name_has_a_suggestion() -> None:
    hierarchy = Hierarchy(inspected(GRAPHS["long sum"]))
    with pytest.raises(UsageError, match="no group is called 'patr2'") as caught:
        hierarchy.group("patr2")
    assert caught.value.hint == "did you mean part2 ?"


def test_parts_do_not_take_the_name_of_a_node() -> None:
    text = "part1 = x1*x2\n" + "+".join(f"sin({k + 1}*x1)" for k in range(400)) + "+part1"
    hierarchy = Hierarchy(structure(text, {"x1": (), "x2": ()}))
    names = [group.name for group in hierarchy.groups()]
    assert "part1" not in names
    assert len(names) == len(set(names))
