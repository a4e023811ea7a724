"""True derivatives beside what the rules give: on cards, in lines and in the page's data."""

import mpmath
import pytest

from gradcli.carriers.floats import Floats
from gradcli.problem import Problem
from gradcli.render.answers import gradient_rows
from gradcli.render.cards import picture_of
from gradcli.render.examine import verdict_lines
from gradcli.render.inspection import LOST
from gradcli.render.truths import is_gradient, truths_at
from gradcli.verify.verdict import check_gradient
from tests.render.inspections import ROW_1, ROW_1_POINT, inspect, node_named

CANCELS = "(1-cos(x))/x^2"


def row_texts(text: str, point: dict) -> dict[str, str]:
    """The rows of all cards that say what is true."""
    cards = picture_of(inspect(text, point), text).cards
    return {row.label: row.value for card in cards for row in card.rows if row.part == "truth"}


@pytest.mark.parametrize(
    ("text", "point", "expected"),
    [
        ("relu(x)-relu(-x)", {"x": 0.0}, {"true ∂f/∂x": "1"}),  # it is x
        ("|x|+relu(x)", {"x": 0.0}, {"∂f/∂x": "−1 to 2"}),  # -1 and 1 + 1
        ("sum(|x|)", {"x": [0.0, 3.0]}, {"∂f/∂x": "[−1 to 1, 1]"}),
        (ROW_1, ROW_1_POINT, {}),
        # Along y the value is 1 + y - y; along x it has a vertical tangent at the edge of its domain.
        ("sqrt(y*x)+(1+y)-y", {"x": 0.0, "y": 1e-9}, {"true ∂f/∂y": "0"}),
        ("relu(x)+x", {"x": 1.0}, {}),
    ],
)
def test_the_card_of_an_input(text: str, point: dict, expected: dict) -> None:
    assert row_texts(text, point) == expected


def test_a_card_has_no_row_for_digits_that_it_does_not_show() -> None:
    """The second element of h is what 0.3 - 0.8 + 0.5 misses by rounding; all else differs in its last digits only."""
    at = {"W": [[0.1, 0.2], [0.3, -0.4]], "x": [1.0, 2.0], "b": [0.0, 0.5]}
    assert row_texts("h = tanh(W@x + b); s = sum(h^2)", at) == {
        "true ∂s/∂W": "2 of 4 differ",
        "true ∂s/∂b": "[0.7269, −1.11e−16]",
    }


def test_digits_that_floats_lost() -> None:
    with mpmath.workdps(60):
        truth = mpmath.diff(lambda x: (1 - mpmath.cos(x)) / x**2, mpmath.mpf(1e-8), h=mpmath.mpf("1e-15"))
    inspection = inspect(CANCELS, {"x": 1e-8})
    found = {t.label: t.full for node in inspection.rows for t in truths_at(inspection, node)}
    assert float(found["true ∂f/∂x"]) == pytest.approx(float(truth), rel=1e-12)
    assert float(found["true f"]) == 0.5
    assert row_texts(CANCELS, {"x": 1e-8})["true ∂f/∂x"] == f"−{abs(float(truth)):.3e}".replace("e-", "e−")
    assert inspection.alarms[node_named(inspection, "v3")] == LOST
    lines = verdict_lines(inspection, ["x"])
    assert lines[0] == "f = 0   (true: 0.5)"
    assert lines[1].endswith(f"(true: {found['true ∂f/∂x']})")


def test_whether_the_adjoints_are_the_gradient() -> None:
    for text, point, expected in [
        (ROW_1, ROW_1_POINT, True),
        (CANCELS, {"x": 1e-8}, False),
        ("|x|", {"x": 0.0}, False),
        ("relu(x)-relu(-x)", {"x": 0.0}, False),
        ("ln(x)", {"x": -1.0}, False),
    ]:
        inspection = inspect(text, point)
        assert is_gradient(inspection, inspection.outputs[0]) is expected


def test_many_elements_are_counted() -> None:
    assert row_texts("sum(|x|)", {"x": [0.0] * 20}) == {"∂f/∂x": "20 elements"}


def test_agreeing_sides_as_in_the_answer() -> None:
    lines = verdict_lines(inspect("relu(x)-relu(-x)", {"x": 0.0}), ["x"])
    assert lines[0] == "∂f/∂x = 1   (the rules give 0)"


@pytest.mark.parametrize(
    ("text", "point"),
    [("cbrt(x)+y", {"x": 0.0, "y": 1.0}), ("sqrt(x*y)", {"x": 0.0, "y": 4.0}), ("cbrt(x*y)", {"x": 0.0, "y": 1.0})],
)
def test_a_vertical_tangent_is_the_number_of_the_answer(text: str, point: dict[str, float]) -> None:
    inspection = inspect(text, point)
    problem = Problem(inspection.graph, inspection.outputs[0], tuple(point), point)
    rows = gradient_rows("f", problem, check_gradient(problem, Floats()))
    assert rows[0].label == "∂f/∂x"
    assert rows[0].answer == "inf"
    assert "true ∂f/∂x" not in row_texts(text, point)
    assert not any(line.startswith("∂f/∂x") for line in verdict_lines(inspection, ["x"]))
