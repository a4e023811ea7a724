"""Second derivatives by limits: those of calculus where the rules give no number, and none where there is none."""

from __future__ import annotations

from typing import Any

import pytest

from gradcli.carriers.floats import Floats
from gradcli.verify.curvature import check_hessian
from gradcli.verify.second_limits import second_derivatives
from tests.verify.problems import problem


@pytest.mark.parametrize(
    ("text", "point", "wanted"),
    [
        # Locally constant, or a power that is smooth although its base is not.
        ("relu(x)^(1/3)", {"x": -0.1}, [["0"]]),
        ("sqrt(relu(x))", {"x": -0.1}, [["0"]]),
        ("sqrt(relu(x)) + x^2*y", {"x": -0.1, "y": 3.0}, [["6", "-0.2"], ["-0.2", "0"]]),
        ("sqrt(relu(x))*y", {"x": -1e-200, "y": 1.0}, [["0", "0"], ["0", "0"]]),
        ("sqrt(x^4)", {"x": 0.0}, [["2"]]),
        ("sqrt(x^2)^3", {"x": 0.0}, [["0"]]),
        ("cbrt(x)^9 + y^2*x", {"x": 0.0, "y": 2.0}, [["0", "4"], ["4", "0"]]),
        # (x + y)^2 and (x - y)^2 have curvature 0 along one diagonal each.
        ("sqrt((x + y)^4)", {"x": 0.0, "y": 0.0}, [["2", "2"], ["2", "2"]]),
        ("sqrt((x - y)^4)", {"x": 0.0, "y": 0.0}, [["2", "-2"], ["-2", "2"]]),
        ("sqrt((x^2 + y^2)^4)", {"x": 0.0, "y": 0.0}, [["0", "0"], ["0", "0"]]),
    ],
)
def test_second_derivatives_that_exist(text: str, point: dict[str, Any], wanted: list[list[str]]) -> None:
    asked = problem(text, **point)
    assert second_derivatives(asked) == wanted
    verdict = check_hessian(asked, Floats()).verdict
    assert (verdict.word, verdict.differentiable) == ("kink", True)
    names = asked.wrt
    assert verdict.true is not None
    assert verdict.true.derivative == {
        one: {other: wanted[i][j] for j, other in enumerate(names)} for i, one in enumerate(names)
    }


@pytest.mark.parametrize(
    ("text", "point"),
    [
        ("sqrt(x^2)*x", {"x": 0.0}),  # 2|x| from both sides of 0: the slope has a kink
        ("|x|^1.5", {"x": 0.0}),  # infinite
        ("x*sqrt(x)", {"x": 0.0}),  # one side only
        ("sqrt(relu(x))", {"x": 0.0}),
        ("where(x == 0, 0, x^3*sin(1/x))", {"x": 0.0}),  # the slope oscillates at every scale
        ("where(x == 0, 1, x^3)", {"x": 0.0}),  # a value of its own
        # By theory no quadratic form: |xy| is x^2 along (1, 1) and (1, -1), and the root is sqrt(2) x^2 along (1, 1).
        ("sqrt(x^2*y^2)", {"x": 0.0, "y": 0.0}),
        ("sqrt(x^4 + y^4)", {"x": 0.0, "y": 0.0}),
        ("sqrt(x[0]^2*x[1]^2) + x[2]", {"x": [0.0, 0.0, 1.0]}),
        ("sqrt(relu(-x*y)^2)", {"x": 0.0, "y": 0.0}),  # along (1, -1) alone
        # Peano's example: both mixed derivatives exist at 0, and are -1 and 1.
        ("where(x^2 + y^2 == 0, 0, x*y*(x^2 - y^2)/(x^2 + y^2))", {"x": 0.0, "y": 0.0}),
    ],
)
def test_none_that_does_not_exist(text: str, point: dict[str, Any]) -> None:
    assert second_derivatives(problem(text, **point)) is None


def test_a_hessian_without_a_number_is_undefined() -> None:
    assert check_hessian(problem("x*sqrt(x)", x=0.0), Floats()).verdict.word == "undefined"
    assert check_hessian(problem("sqrt(x^2)*x", x=0.0), Floats()).verdict.word == "undefined"
