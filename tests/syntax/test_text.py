"""Printing a graph and reading it again gives the same graph."""

import random

from hypothesis import given
from hypothesis import strategies as st

from gradcli.graph import Graph
from gradcli.primitives.registry import by_name
from gradcli.syntax.build import build
from gradcli.syntax.parse import parse
from gradcli.syntax.text import expression_text, format_node
from tests.sampling import examples
from tests.syntax.graphs import SHAPES, random_graph, same_graph

ARITHMETIC = [
    "add",
    "sub",
    "mul",
    "div",
    "neg",
    "power",
    "pow",
    "lt",
    "eq",
    "floor_divide",
    "remainder",
    "logical_and",
    "logical_or",
    "logical_not",
    "sin",
    "abs",
    "transpose",
    "matmul",
    "stack",
]


def check_round_trip(graph: Graph, outputs: list[int]) -> None:
    text = expression_text(graph, outputs)
    program = parse(text)
    again = build(program, {name: shape for name, shape in SHAPES.items() if name in program.names})
    assert same_graph(graph, outputs, again.graph, again.outputs), text
    assert expression_text(again.graph, again.outputs) == text or graph.names


@examples(sample=300, full=5_000)
@given(st.integers(0, 2**64), st.integers(1, 60))
def test_all_primitives_round_trip(seed: int, size: int) -> None:
    check_round_trip(*random_graph(random.Random(seed), size))


@examples(sample=300, full=5_000)
@given(st.integers(0, 2**64), st.integers(1, 25))
def test_operators_round_trip(seed: int, size: int) -> None:
    check_round_trip(*random_graph(random.Random(seed), size, ARITHMETIC))


def test_every_primitive_is_reached() -> None:
    missing = set(by_name())
    for seed in range(5_000):
        if not missing:
            return
        graph, outputs = random_graph(random.Random(seed), 40)
        missing -= {graph.operations[node].name for node in graph.ancestors(outputs)}
    assert missing == set()


def test_statement_per_line() -> None:
    built = build(parse("a = x*y; a^2"), {"x": (), "y": ()})
    assert expression_text(built.graph, built.outputs, separator="\n") == "a = x*y\na^2"


def test_size_is_linear_where_nodes_are_shared() -> None:
    graph = Graph()
    node = graph.input("x")
    for _ in range(200):
        node = graph.apply(by_name()["mul"], (node, node))
    assert len(expression_text(graph, [node])) < 20 * 200


def test_long_constant_is_named_by_its_shape_in_tables() -> None:
    graph = Graph()
    node = graph.apply(by_name()["exp"], (graph.constant((0.125,) * 100, (100,)),))
    assert format_node(graph, node, {}) == "exp([...] (100,))"
