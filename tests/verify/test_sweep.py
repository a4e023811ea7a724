"""A reverse sweep taken apart: what enters an input adds up to its derivative, whichever way it is found."""

import math

import pytest

from gradcli.carriers.select import select_carrier
from gradcli.graph import Graph
from gradcli.primitives.registry import by_name
from gradcli.verify.sweep import MOST_WORK, Sweep, constant_factor, local_partial
from tests.verify.problems import check, problem


def sweep(text: str, name: str, **point) -> Sweep:
    asked = problem(text, **point)
    return Sweep(asked, select_carrier(asked.graph, asked.graph.ancestors([asked.output])), name)


CASES = [
    ("ln(x1)+x1*x2-sin(x2)", "x2", {"x1": 2.0, "x2": 5.0}),
    ("sin(x)*exp(x)*x", "x", {"x": 1.3}),
    (
        "sum(x)*dot(x, w) + x[0]*norm(x)",
        "x",
        {"x": [1.0, 2.0], "w": [3.0, -1.0]},
    ),  # fewer elements than edges: tangents
    ("sum(tanh(A @ x)*x)", "A", {"A": [[1.0, 2.0, 0.5], [0.3, -1.0, 2.0], [1.0, 1.0, 1.0]], "x": [0.1, 0.2, 0.3]}),
    ("det(A) + trace(inv(A))", "A", {"A": [[2.0, 1.0], [-0.5, 3.0]]}),
    ("sum((a + b)^2)", "b", {"a": [[0.0], [1.0], [2.0]], "b": [[0.5, 1.0]]}),  # broadcast
]


@pytest.mark.parametrize(("text", "name", "point"), CASES)
def test_what_enters_the_input_is_the_derivative(text: str, name: str, point: dict) -> None:
    found = sweep(text, name, **point)
    source = found.graph.inputs[name]
    entering = [flow for edge, flow in found.flows.items() if edge.argument == source]
    assert [math.fsum(parts) for parts in zip(*entering, strict=True)] == pytest.approx(found.right, rel=1e-13)


@pytest.mark.parametrize(("text", "name", "point"), CASES)
def test_what_leaves_the_output_is_the_derivative(text: str, name: str, point: dict) -> None:
    """Through tangents or through sweeps of their own: all edges into the output carry the whole derivative."""
    found = sweep(text, name, **point)
    leaving = [found.flows[edge] for edge in found.into[found.problem.output]]
    assert [math.fsum(parts) for parts in zip(*leaving, strict=True)] == pytest.approx(found.right, rel=1e-13)
    numbers = check(text, **point).gradient[name]
    flat = [numbers]
    while isinstance(flat[0], list):
        flat = [n for part in flat for n in part]
    assert found.right == pytest.approx(flat, rel=1e-13)


@pytest.mark.parametrize(
    ("text", "factor", "rest"),
    [
        ("x^3", 3.0, True),
        ("sqrt(x)", 0.5, True),
        ("5*x", 5.0, False),
        ("x/4", 0.25, False),
        ("ln(x)", 1.0, True),
        ("x*y", 1.0, True),
    ],
)
def test_constant_factors(text: str, factor: float, rest: bool) -> None:
    asked = problem(text, **({"x": 2.0, "y": 3.0} if "y" in text else {"x": 2.0}))
    graph, output = asked.graph, asked.output
    position = graph.arguments[output].index(graph.inputs["x"])
    found = local_partial(graph, output, position)
    assert found is not None
    assert constant_factor(*found) == (factor, rest)


def test_a_sum_has_no_factor() -> None:
    graph = Graph()
    x = graph.input("x")
    total = graph.apply(by_name()["add"], (x, graph.constant(2)))
    assert constant_factor(graph, total) == (1.0, True)


def test_what_is_too_large_is_known_before_anything_is_tried() -> None:
    found = sweep("+".join(f"sin({k}*x)" for k in range(20)), "x", x=0.5)
    assert not found.too_large
    many = sweep("sum(sin(x)^2)*sum(x)", "x", x=[0.1] * (MOST_WORK // 4))
    assert many.too_large
    assert "flows" not in vars(many)
