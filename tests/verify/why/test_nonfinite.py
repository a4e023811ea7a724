"""Why a value or a derivative is NaN or infinite, and the mends."""

import math

import flint
import pytest

from gradcli.exact import Exact
from tests.verify.why.diagnoses import explained, only, why

HALF_PI = Exact(math.pi / 2, "pi/2", lambda: flint.arb.pi() / 2)


def test_where_over_a_branch_that_is_not_taken() -> None:
    finding = only("sum(where(x > 0, sqrt(x), 0))", x=[-1.0, 4.0])
    assert (finding.kind, finding.text, explained(finding)) == ("nan", "sqrt(x)", {"x": (0,)})
    assert "where(x>0, sqrt(x), 0) does not take this branch there" in finding.reason
    assert finding.mend is not None
    assert finding.mend.expression == "sum(where(x > 0, sqrt(where(x > 0, x, 1)), 0))"
    assert finding.mend.gradient == {"x": [0.0, 0.25]}
    assert finding.mend.points >= 3


def test_the_other_branch_and_an_inner_expression() -> None:
    finding = only("sum(where(x < 1, x^2, sqrt(x - 1)*2))", x=[0.5, 5.0])
    assert finding.mend is not None
    assert finding.mend.expression == "sum(where(x < 1, x^2, sqrt(where(x < 1, 1, x - 1))*2))"
    assert finding.mend.gradient == {"x": [1.0, 0.5]}


def test_an_overflowing_branch() -> None:
    finding = only("sum(where(x < 100, exp(x), x))", x=[800.0, 1.0])
    assert finding.mend is not None
    assert finding.mend.gradient == {"x": [1.0, math.e]}


@pytest.mark.parametrize(
    ("text", "point", "node", "mend", "value"),
    [
        ("log(1 + exp(x))", {"x": 800.0}, "exp(x)", "softplus(x)", 800.0),
        ("log(exp(x) + 1)", {"x": 800.0}, "exp(x)", "softplus(x)", 800.0),
        ("log(sum(exp(x)))", {"x": [800.0, 1.0]}, "exp(x)", "logsumexp(x)", 800.0),
        ("sqrt(x^2 + y^2)", {"x": 3e200, "y": 4e200}, "x^2", "hypot(x, y)", 5e200),
        ("sum(log(softmax(x)))", {"x": [0.0, -800.0]}, "softmax(x)", "sum(log_softmax(x))", -800.0),
        ("log(sigmoid(x))", {"x": -800.0}, "sigmoid(x)", "-softplus(-x)", -800.0),
        ("log(1 - sigmoid(x))", {"x": 800.0}, "1-sigmoid(x)", "-softplus(x)", -800.0),
        ("log(cosh(x))", {"x": 800.0}, "cosh(x)", "x + softplus(-2*x) - ln(2)", 800.0 - math.log(2)),
        ("exp(x)/exp(y)", {"x": 800.0, "y": 799.0}, "exp(x)", "exp(x - y)", math.e),
        ("log(prod(x))", {"x": [1e200, 1e200]}, "prod(x)", "sum(ln(abs(x)))", 400 * math.log(10)),
        ("(exp(x) - exp(-x))/(exp(x) + exp(-x))", {"x": 710.0}, "exp(x)", "tanh(x)", 1.0),
    ],
)
def test_overflow(text: str, point: dict, node: str, mend: str, value: float) -> None:
    finding = next(f for f in why(text, **point).findings if "" in explained(f))
    assert finding.text == node
    assert finding.mend is not None
    assert finding.mend.expression == mend
    assert finding.mend.value == pytest.approx(value, rel=1e-14)
    assert "nan" not in str(finding.mend.gradient)


def test_softmax_of_large_numbers() -> None:
    finding = why("y = exp(x)/sum(exp(x)); y[0]", x=[800.0, 801.0]).findings[0]
    assert finding.mend is not None
    assert finding.mend.expression == "y = softmax(x); y[0]"
    p = 1 / (1 + math.e)
    assert finding.mend.gradient["x"] == pytest.approx([p * (1 - p), -p * (1 - p)], rel=1e-13)


def test_two_faults_take_two_rewritings() -> None:
    finding = why("log(1+exp(x)) + log(1+exp(y))", x=800.0, y=900.0).findings[0]
    assert finding.mend is not None
    assert finding.mend.expression == "softplus(x) + softplus(y)"
    assert finding.mend.value == 1700.0


def test_a_rewriting_along_an_axis() -> None:
    finding = why("sum(log(sum(exp(X), axis=1)))", X=[[800.0, 1.0], [2.0, 900.0]]).findings[0]
    assert finding.mend is not None
    assert finding.mend.expression == "sum(logsumexp(X, axis=1))"


@pytest.mark.parametrize(("text", "words"), [("ln(x)", "ln needs x > 0"), ("sqrt(x)", "sqrt needs x >= 0")])
def test_outside_the_domain_there_is_no_mend(text: str, words: str) -> None:
    finding = only(text, x=-1.0)
    assert (finding.kind, explained(finding), finding.mend) == ("nan", {"": (0,)}, None)
    assert words in finding.reason


def test_a_vertical_tangent() -> None:
    finding = only("sqrt(x)", x=0.0)
    assert (finding.kind, finding.text, finding.mend) == ("infinite", "sqrt(x)", None)
    assert "vertical tangent" in finding.reason


def test_zero_times_infinity() -> None:
    finding = only("sqrt(x^2)", x=0.0)
    assert (finding.kind, finding.text) == ("nan", "sqrt(x^2)")
    assert "0 times infinity is NaN" in finding.details[0]
    assert finding.mend is not None
    assert (finding.mend.expression, finding.mend.gradient) == ("abs(x)", {"x": 0.0})
    tip = only("sqrt(x^2 + y^2)", x=0.0, y=0.0)
    assert explained(tip) == {"x": (0,), "y": (0,)}
    assert tip.mend is not None
    assert tip.mend.expression == "norm([x, y])"


def test_a_limit_is_a_mend_only_where_the_function_tends_to_it() -> None:
    gap = only("x*ln(x)", x=0.0)
    assert (gap.text, gap.mend) == ("ln(x)", None)
    sinc = only("sin(x)/x", x=0.0)
    assert sinc.mend is not None
    assert (sinc.mend.value, sinc.mend.gradient) == (1.0, {"x": 0.0})
    jump = only("x/|x|", x=0.0)
    assert (jump.kind, jump.mend) == ("nan", None)


def test_an_overflow_that_the_value_survives() -> None:
    finding = why("1/(1 + exp(-x))", x=-800.0).findings[0]
    assert (finding.kind, finding.text) == ("nan", "exp(-x)")
    assert "is infinite in float64 at -x = 800; the value survives it" in finding.reason
    assert finding.mend is not None
    assert finding.mend.expression == "sigmoid(x)"


def test_a_harmless_nan_is_not_blamed() -> None:
    finding = next(f for f in why("where(x > 0, 1, ln(x)) + exp(x)", x=800.0).findings if "" in explained(f))
    assert finding.text == "exp(x)"


def test_data_that_is_not_finite_itself() -> None:
    finding = why("sum(exp(x))", x=[math.nan] * 50).findings[0]
    assert finding.reason == "the point itself is not finite"


def test_a_derivative_that_is_zero_in_truth_and_noise_in_floats() -> None:
    found = why("sum(exp([x, y, x*y])/sum(exp([x, y, x*y])))", x=-0.0004, y=1.0).findings
    assert all(f.mend is None or f.mend.digits[0] == 16 for f in found)


def test_a_partial_that_overflows_is_no_vertical_tangent() -> None:
    finding = only("1/x", x=1e-200)
    assert (finding.kind, finding.text) == ("infinite", "1/x")
    assert "is -1e400 at x = 1e-200: larger than float64 can hold" in finding.reason
    assert finding.details == []


@pytest.mark.parametrize(
    ("text", "point", "node"),
    [
        ("tan(x)", {"x": HALF_PI}, "tan(x)"),
        ("y/cos(x) + y", {"x": HALF_PI, "y": 2.0}, "y/cos(x)"),
    ],
)
def test_a_pole_as_it_is_written(text: str, point: dict[str, float], node: str) -> None:
    """cos(pi/2) is 0, and floats make 6e-17 of it."""
    finding = only(text, **point)
    assert (finding.kind, finding.text) == ("undefined", node)
    assert explained(finding) == {"": (0,), **dict.fromkeys(point, (0,))}
    assert "+infinity from the left and to -infinity from the right" in finding.reason
