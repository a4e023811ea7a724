"""The arena: interning exactly as written, creation order topological, names of the evaluation trace."""

from __future__ import annotations

import math

import pytest

from gradcli.carriers.nodes import Node, Nodes
from gradcli.errors import GradcliError, ShapeError
from gradcli.graph import CONSTANT, INPUT, Graph, display_names, output_names
from gradcli.primitives.registry import by_name

ADD, MUL, SIN, LOG, SUB = (by_name()[name] for name in ("add", "mul", "sin", "log", "sub"))


def test_equal_applications_are_one_node_as_written() -> None:
    graph = Graph()
    x, y = graph.input("x"), graph.input("y")
    assert graph.input("x") == x
    assert graph.apply(ADD, (x, y)) == graph.apply(ADD, (x, y))
    assert graph.apply(ADD, (x, y)) != graph.apply(ADD, (y, x)), "reordering would change the user's rounding"
    power = by_name()["power"]
    assert graph.apply(power, (x,), (2,)) != graph.apply(power, (x,), (3,))


def test_constants_are_shared_only_when_written_alike() -> None:
    graph = Graph()
    ways = [1, 1.0, 2, 0.0, -0.0, 10**400, 0.1]
    assert len({graph.constant(value) for value in ways}) == len(ways)
    assert graph.constant(0.1) == graph.constant(0.1)
    vectors = [(0.0, 1.0), (-0.0, 1.0), (0, 1), (0.0, 1)]
    assert len({graph.constant(value, (2,)) for value in vectors}) == len(vectors)
    assert graph.constant((0.0, 1.0), (2,)) == graph.constant((0.0, 1.0), (2,))
    assert graph.constant(math.inf) != graph.constant(-math.inf)
    assert graph.constant((10**5000,), (1,)) == graph.constant((10**5000,), (1,))


def test_leaves() -> None:
    graph = Graph()
    x, c = graph.input("x", (3,)), graph.constant(2)
    y = graph.apply(MUL, (x, c))
    assert [graph.is_leaf(n) for n in (x, c, y)] == [True, True, False]
    assert (graph.operations[x], graph.operations[c]) == (INPUT, CONSTANT)
    assert graph.shapes[y] == (3,)
    with pytest.raises(GradcliError, match="takes no arguments"):
        graph.apply(INPUT, (x,))


def test_shapes_that_cannot_agree_leave_the_graph_as_it_was() -> None:
    graph = Graph()
    x, y = graph.input("x", (3,)), graph.input("y", (2,))
    with pytest.raises(ShapeError, match=r"\(3,\) and \(2,\) do not broadcast"):
        graph.apply(ADD, (x, y))
    assert len(graph) == 2


def test_ancestors_dependents_and_levels() -> None:
    graph = Graph()
    x, y = graph.input("x"), graph.input("y")
    a = graph.apply(SIN, (x,))
    b = graph.apply(SIN, (y,))
    c = graph.apply(ADD, (a, x))
    assert graph.ancestors([c]) == [x, a, c]
    assert graph.ancestors([c, b]) == [x, y, a, b, c]
    assert graph.ancestors([]) == []
    assert graph.dependents([x], graph.ancestors([c, b])) == {x, a, c}
    assert graph.levels(graph.ancestors([c])) == {x: 0, a: 1, c: 2}


def test_names_are_those_of_the_notes() -> None:
    """ln(x1) + x1*x2 - sin(x2): v1 ln, v2 product, v3 sin, v4 sum, f."""
    graph = Graph()
    x1, x2 = graph.input("x1"), graph.input("x2")
    sine = graph.apply(SIN, (x2,))
    total = graph.apply(ADD, (graph.apply(LOG, (x1,)), graph.apply(MUL, (x1, x2))))
    f = graph.apply(SUB, (total, sine))
    names = display_names(graph, [f])
    assert names[f] == "f"
    assert names[total] == "v4"
    assert sorted(names.values()) == ["f", "v1", "v2", "v3", "v4", "x1", "x2"]


def test_names_keep_out_of_the_way_of_the_users() -> None:
    graph = Graph()
    v1, f = graph.input("v1"), graph.input("f")
    inner = graph.apply(SIN, (v1,))
    first, second = graph.apply(SIN, (inner,)), graph.apply(ADD, (inner, f))
    names = display_names(graph, [first])
    assert (names[v1], names[inner], names[first]) == ("v1", "v2", "f_")
    assert [display_names(graph, [first, second])[n] for n in (first, second)] == ["f1", "f2"]
    graph.names[inner] = "a"
    assert display_names(graph, [first])[inner] == "a"
    assert graph.constant(2) not in display_names(graph, [first])


def test_neutral_elements_disappear_but_no_zero_is_multiplied_out() -> None:
    graph = Graph()
    m = Nodes(graph)
    x, v = Node(m, graph.input("x")), Node(m, graph.input("v", (3,)))
    assert (x * 1.0).id == (1.0 * x).id == (x + 0.0).id == (0.0 + x).id == (x - 0.0).id == m.div(x, 1.0).id == x.id
    assert (0.0 * x).id != graph.constant(0)
    assert graph.operations[(0.0 * x).id] is MUL, "0 * inf must stay visible"
    assert (v * 1.0).id == v.id
    one = Node(m, graph.constant((1.0, 1.0, 1.0), (3,)))
    assert graph.shapes[(x * one).id] == (3,), "a vector of ones broadcasts"


def test_several_outputs_have_a_name_each_constants_too() -> None:
    graph = Graph()
    x, pi = graph.input("x"), graph.constant("pi", ())
    shifted = graph.apply(ADD, (x, pi), ())
    assert output_names(graph, [pi]) == {pi: "f"}
    assert output_names(graph, [pi, x]) == {pi: "f", x: "x"}
    assert output_names(graph, [pi, shifted]) == {pi: "f1", shifted: "f2"}
    # Elsewhere a constant is written as it is.
    assert display_names(graph, [pi, shifted]) == {x: "x", shifted: "f2"}
