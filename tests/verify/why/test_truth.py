"""Values and derivatives in balls, against mpmath."""

import mpmath
import pytest

from gradcli.carriers.select import select_carrier
from gradcli.verify.why.truth import ProblemInBalls
from tests.verify.problems import problem


def truth(text: str, **point: object) -> ProblemInBalls:
    asked = problem(text, **point)
    return ProblemInBalls(asked, select_carrier(asked.graph, asked.graph.ancestors([asked.output])))


@pytest.mark.parametrize(
    ("text", "x", "function"),
    [
        ("1 - tanh(x)^2", 800.0, lambda x: 1 - mpmath.tanh(x) ** 2),
        ("sigmoid(x)", -800.0, lambda x: 1 / (1 + mpmath.exp(-x))),
        ("ln(1 + x)", 1e-17, lambda x: mpmath.log(1 + x)),
        ("gelu(x)", 1.5, lambda x: x * (1 + mpmath.erf(x / mpmath.sqrt(2))) / 2),
    ],
)
def test_against_mpmath(text: str, x: float, function) -> None:
    found = truth(text, x=x)
    with mpmath.workdps(2000):
        exact, slope = function(mpmath.mpf(x)), mpmath.diff(function, mpmath.mpf(x))
        for ball, number in ((found.value, exact), (found.derivative("x", 0), slope)):
            middle = mpmath.mpf(ball.mid().str(40, radius=False))
            assert ball.rad() < abs(ball) * 1e-15
            assert abs(middle - number) <= abs(number) * mpmath.mpf(10) ** -15


def test_what_vanishes_is_zero_or_thin() -> None:
    assert truth("x^2 - 2x", x=1.0).derivative("x", 0) == 0
    undecided = truth("sin(x)^2 + cos(x)^2", x=1.0).derivative("x", 0)
    assert undecided.contains(0)
    assert undecided.abs_upper() < 1e-100


def test_what_is_held_does_not_move() -> None:
    assert truth("detach(x)*x", x=3.0).derivative("x", 0) == 3


def test_what_is_no_number_is_not_known() -> None:
    assert truth("ln(x)", x=-1.0).value is None
    assert truth("exp(exp(exp(x)))", x=800.0).value is None
    assert truth("x", x=float("nan")).value is None
