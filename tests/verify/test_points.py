"""Points at which formulas are compared meet what is assumed of matrices."""

import numpy
import pytest

from gradcli.assumptions import PROPERTIES, meeting, require_properties
from gradcli.syntax.build import build
from gradcli.syntax.parse import parse
from gradcli.verify.points import Points, required_properties

SHAPES = {"A": (4, 4), "x": (4,)}
EACH = [(word,) for word in PROPERTIES] + [("symmetric", "orthogonal"), ("skew", "orthogonal"), ("symmetric", "skew")]


@pytest.mark.parametrize("words", EACH)
@pytest.mark.parametrize("given", [{}, {"A": [[0.0] * 4] * 4, "x": [1.0, 2.0, 3.0, 4.0]}])
def test_points_meet_the_assumptions(words: tuple[str, ...], given: dict) -> None:
    points = Points(SHAPES, given, {"A": words}, "float64")
    found = [*points.round(), *points.random()]
    assert len(found) >= 200
    for point in found:
        require_properties({"A": words}, point, "float64")
    if words != ("symmetric", "skew"):
        assert len({str(point["A"]) for point in found}) > 20


def test_what_cannot_be_met_gives_no_point() -> None:
    """A skew matrix of odd order is singular, and so not orthogonal."""
    values = {"A": numpy.arange(9.0).reshape(3, 3).tolist()}
    assert meeting({"A": ("skew", "orthogonal")}, values, "float64") is None


def test_operations_ask_for_symmetry() -> None:
    program = parse("sum(eigvalsh(A)^2) + sum(eigvalsh(B + B')) + trace(C)")
    graph = build(program, dict.fromkeys("ABC", (3, 3))).graph
    assert required_properties(graph) == {"A": ("symmetric",)}
