"""The tree, read back line by line: every node once, every edge with its local partial, nothing left out silently."""

import re

import pytest
from rich.cells import cell_len

from gradcli.render.cards import PARTS
from gradcli.render.inspection import Inspection
from gradcli.render.picture import pretty_name
from gradcli.render.terminal.tree import MOST_NODES, Tree, tree_of
from gradcli.verify.examples import EXAMPLES
from tests.render.examples import inspection_of
from tests.render.inspections import inspect, structure

DEEP = inspect("sin(" * 60 + "x*y" + ")" * 60, {"x": 1.0, "y": 2.0})
SHARED = inspect("a = x*y; b = a+x; c = a*b; d = c+a+b; d*x", {"x": 1.5, "y": -2.0})
WIDE = inspect("+".join(f"x{i}*y{i}" for i in range(12)), {f"{c}{i}": float(i) for c in "xy" for i in range(12)})
TWO = inspect("a = x*y; a; a^2 + x", {"x": 2.0, "y": 3.0})
EXAMPLE_INSPECTIONS = {example.title: inspection_of(example) for example in EXAMPLES}
GRAPHS = {"deep": DEEP, "shared": SHARED, "wide": WIDE, "two outputs": TWO, **EXAMPLE_INSPECTIONS}
BRANCH = re.compile(r"^((?:│  |   )*)(?:(├─ |└─ )(?:\[(.*?)\] )?)?(\S+)(.*)$")


def lines_of(tree: Tree) -> list[str]:
    return ["".join(text for text, _ in line) for line in tree.lines]


def read(lines: list[str]) -> tuple[list[str], list[tuple[str, str]]]:
    """Names with a line of their own, and pairs of argument and user."""
    names, pairs = [], []
    above: list[str] = []
    for line in lines:
        before, turn, _, name, rest = BRANCH.fullmatch(line).groups()  # type: ignore[union-attr]
        depth = len(before) // 3 + bool(turn)
        if name in "↑↓":
            name = rest.split()[0]
        else:
            names.append(name)
        del above[depth:]
        above.append(name)
        if depth and len(above) > depth:
            pairs.append((name, above[depth - 1]))
    return names, pairs


@pytest.mark.parametrize("room", [60, 80, 120])
@pytest.mark.parametrize("inspection", GRAPHS.values(), ids=GRAPHS)
def test_every_node_once_and_every_edge(inspection: Inspection, room: int) -> None:
    tree = tree_of(inspection, room, plain=False, show=PARTS)
    lines = lines_of(tree)
    assert max(map(cell_len, lines)) <= room
    names, pairs = read(lines[1:])
    shown = {node: pretty_name(inspection.names[node]) for node in inspection.rows}
    assert sorted(names) == sorted(shown.values())
    links = [link for node in inspection.rows for link in inspection.links(node)]
    assert sorted(pairs) == sorted((shown[link.argument], shown[link.node]) for link in links)
    assert (tree.shown, tree.omitted) == (len(inspection.rows), 0)


@pytest.mark.parametrize("room", [60, 80])
def test_pointers_point_the_right_way(room: int) -> None:
    for inspection in GRAPHS.values():
        lines = lines_of(tree_of(inspection, room, plain=False, show=PARTS))[1:]
        home = {name: row for row, line in enumerate(lines) for name in read([line])[0]}
        for row, line in enumerate(lines):
            if found := re.search(r"([↑↓]) (\S+) \((above|below)\)$", line):
                assert (found[1] == "↑") == (found[3] == "above") == (home[found[2]] < row)


def test_local_partials_stand_on_branches() -> None:
    lines = lines_of(tree_of(inspection_of(EXAMPLES[0]), 80, plain=False, show=PARTS))
    assert any(re.match(r"└─ \[−1\] v₃ = sin\(x₂\) +−0\.9589 +−1", line) for line in lines)
    hidden = lines_of(tree_of(inspection_of(EXAMPLES[0]), 80, plain=False, show=("value",)))
    assert not any("[" in line for line in hidden)


def test_ascii_is_ascii() -> None:
    for inspection in [*GRAPHS.values(), structure("sin(π)*σ", {"σ": ()})]:
        assert "".join(lines_of(tree_of(inspection, 80, plain=True, show=PARTS))).isascii()


def test_a_large_graph_is_counted() -> None:
    inspection = structure("sin(" * 400 + "x*y" + ")" * 400, {"x": (), "y": ()})
    tree = tree_of(inspection, 80, plain=False, show=PARTS)
    assert (tree.shown, tree.omitted) == (MOST_NODES, 403 - MOST_NODES)
    assert sum(int(n) for line in lines_of(tree) for n in re.findall(r": (\d+) nodes? not shown", line)) == tree.omitted
    assert len(tree.lines) < MOST_NODES + 20


def test_what_is_left_out_is_said_in_full_on_a_narrow_terminal() -> None:
    text = "; ".join(["h0 = x", *(f"h{k} = sin(a*h{k - 1} + b*x)" for k in range(1, 61)), "h60^2"])
    inspection = inspect(text, {"x": 1.0, "a": 0.9, "b": 0.2})
    for room in (50, 60, 70):
        tree = tree_of(inspection, room, plain=False, show=PARTS)
        assert tree.omitted > 0
        assert max(len(line) for line in lines_of(tree)) <= room
        assert not any(line.endswith("…") for line in lines_of(tree))


def test_counts_of_cuts_add_up_where_they_share_nodes() -> None:
    text = "+".join(f"sin({i}*x*y+z)" for i in range(2, 90))
    tree = tree_of(structure(text, {"x": (), "y": (), "z": ()}), 100, plain=False, show=PARTS)
    found = [int(n) for line in lines_of(tree) for n in re.findall(r": (\d+) nodes? not shown", line)]
    assert len(found) > 3
    assert sum(found) == tree.omitted


def test_numbers_without_room_are_named() -> None:
    tree = tree_of(DEEP, 50, plain=False, show=PARTS)
    assert tree.dropped
    assert not set(tree.dropped) & set("".join(lines_of(tree)[:1]).split("  "))


def test_a_detached_edge_is_cut() -> None:
    lines = lines_of(tree_of(EXAMPLE_INSPECTIONS["detach"], 80, plain=False, show=PARTS))
    assert any("[cut: 0] v₁ = x·x" in line for line in lines)


@pytest.mark.parametrize("room", [10, 24, 40])
def test_a_narrow_terminal_is_not_exceeded(room: int) -> None:
    for inspection in GRAPHS.values():
        assert max(map(cell_len, lines_of(tree_of(inspection, room, plain=False, show=PARTS)))) <= room
