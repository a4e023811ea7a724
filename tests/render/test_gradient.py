"""The graph of a gradient; numbers are those of row 1 of the worked examples."""

import math

import pytest

from gradcli.carriers.select import select_carrier
from gradcli.errors import UsageError
from gradcli.problem import Problem
from gradcli.render.cards import picture_of
from gradcli.render.examine import tangent_columns
from gradcli.render.gradient import Gradient, inspect_gradient, zero_notes
from gradcli.render.inspection import Inspection
from gradcli.render.listing import link_text
from gradcli.shapes import Shape
from tests.render.inspections import ROW_1, ROW_1_POINT, built, node_named


def gradient(text: str, shapes: dict[str, Shape]) -> tuple[Inspection, Gradient]:
    found = built(text, shapes)
    return inspect_gradient(Problem(found.graph, found.outputs[-1], tuple(found.graph.inputs), {}), None)


def scalars(names: str) -> dict[str, Shape]:
    return dict.fromkeys(names, ())


def test_row_1_at_its_point() -> None:
    found = built(ROW_1, {"x1": (), "x2": ()})
    graph = found.graph
    problem = Problem(graph, found.outputs[0], ("x1", "x2"), ROW_1_POINT)
    carrier = select_carrier(graph, graph.ancestors(found.outputs))
    inspection, nodes = inspect_gradient(problem, carrier, tangent_columns(graph, problem.wrt))
    first, second = node_named(inspection, "∂f/∂x1"), node_named(inspection, "∂f/∂x2")
    assert nodes == {"x1": first, "x2": second}
    assert inspection.value(first) == 5.5
    assert inspection.value(second) == pytest.approx(1.7163378145367738, rel=1e-15)
    assert inspection.tangents_of(first) == [-0.25, 1.0]
    assert inspection.tangents_of(second) == pytest.approx([1.0, math.sin(5)], rel=1e-15)


def test_what_has_a_name_keeps_it() -> None:
    inspection, _ = gradient("x*y", scalars("xy"))
    assert sorted(card.title for card in picture_of(inspection, "").cards) == ["∂f/∂x = y", "∂f/∂y = x"]
    inspection, _ = gradient("a = exp(x); a*y", scalars("xy"))
    titles = {card.title for card in picture_of(inspection, "").cards}
    assert "∂f/∂y = a = exp(x)" in titles
    assert "∂f/∂x = f = a·y" in titles


def test_a_part_of_the_function_is_not_called_by_its_name() -> None:
    inspection, _ = gradient("x*y + exp(z)", scalars("xyz"))
    assert "∂f/∂z = exp(z)" in {card.title for card in picture_of(inspection, "").cards}


def test_one_node_is_several_derivatives() -> None:
    inspection, _ = gradient("x + y", scalars("xy"))
    assert "∂f/∂y = ∂f/∂x = 1" in {card.title for card in picture_of(inspection, "").cards}


def test_derivatives_of_derivatives_are_in_parentheses() -> None:
    inspection, nodes = gradient("x^3", scalars("x"))
    texts = [link_text(inspection, link) for link in inspection.links(nodes["x"] or 0)]
    assert texts
    assert all(text.startswith("∂(∂f/∂x)/∂") for text in texts)


def test_zero_everywhere() -> None:
    inspection, nodes = gradient("x^2 + detach(y)", scalars("xy"))
    assert nodes["y"] is None
    assert zero_notes(nodes, "f") == ["∂f/∂y is zero everywhere"]
    assert len(inspection.outputs) == 1
    with pytest.raises(UsageError, match="zero everywhere"):
        gradient("detach(x)", scalars("x"))


def test_symbolic_dimensions() -> None:
    inspection, nodes = gradient("norm(A @ x - b)", {"A": ("m", "n"), "x": ("n",), "b": ("m",)})
    assert inspection.shape(nodes["A"] or 0) == ("m", "n")
    assert inspection.shape(nodes["x"] or 0) == ("n",)
