"""Where floats lose their digits: the node that theory gives, the same for `grad` and for `why`. Truth: mpmath."""

import mpmath
import pytest

from gradcli.carriers.select import select_carrier
from gradcli.methods.enclosures import working
from gradcli.verify.conditioning import condition_number, error, swept_in_balls
from gradcli.verify.verdict import check_gradient
from tests.verify.problems import problem
from tests.verify.why.diagnoses import why


def verdict(text: str, **point: object):
    asked = problem(text, **point)
    return check_gradient(asked, select_carrier(asked.graph, asked.graph.ancestors([asked.output]))).verdict


@pytest.mark.parametrize(
    ("text", "point", "node"),
    [
        ("ln(1 + x)", {"x": 1e-17}, "ln(1+x)"),
        ("3*(1 - cos(x))/x^2", {"x": 1e-9}, "1-cos(x)"),
        ("exp(y) + (sqrt(x + 1) - sqrt(x))*1e9", {"x": 1e16, "y": 0.5}, "sqrt(x+1)-sqrt(x)"),
        ("sin(x*x) + y", {"x": 1e16, "y": 2.0}, "sin(x*x)"),
        ("cos(exp(x))", {"x": 400.0}, "cos(exp(x))"),
        ("1 - gamma(x)", {"x": 1.0 + 2.0**-52}, "1-gamma(x)"),
        ("sum(log(1 + x))", {"x": [1e-17, 2e-17]}, "ln(1+x)"),
        ("(exp(x) - 1)[1]", {"x": [-800.0, 1e-17]}, "exp(x)-1"),
    ],
)
def test_grad_and_why_name_the_same_node(text: str, point: dict, node: str) -> None:
    said = verdict(text, **point)
    assert said.word == "ill-conditioned", said.sentence
    assert f"{node} (condition number" in said.sentence
    (finding,) = [f for f in why(text, **point).findings if f.kind == "digits"]
    assert finding.text == node


def test_an_adjoint_loses_the_digits_that_its_contributions_have() -> None:
    said = verdict("(1 - cos(x))/x^2", x=1e-2)
    assert "they go at the adjoint of x: its contributions cancel" in said.sentence
    (finding,) = why("(1 - cos(x))/x^2", x=1e-2).findings
    assert (finding.kind, finding.text) == ("digits", "x")
    assert "cancel" in finding.reason


def test_lost_digits_are_certain_where_differences_are_blind(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gradcli.verify.truth.confirms", lambda *numbers: None)
    said = verdict("cos(exp(x))", x=400.0)
    assert said.word == "ill-conditioned"
    assert said.sentence.endswith("differences cannot confirm the true derivative")
    with mpmath.workdps(400):
        assert said.true is not None
        assert float(said.true.value) == float(mpmath.cos(mpmath.exp(400)))


def test_a_step_over_many_turns_contradicts_nothing() -> None:
    said = verdict("sin(gamma(x))", x=40.0)
    with mpmath.workdps(200):
        true = mpmath.cos(mpmath.gamma(40)) * mpmath.gamma(40) * mpmath.digamma(40)
    assert said.word == "ill-conditioned", said.sentence
    assert said.true is not None
    assert float(said.true.derivative["x"]) == float(true)


def test_what_the_verdict_calls_verified_has_lost_no_digits() -> None:
    for text, point in (
        ("x - 0.9999", {"x": 1.0}),
        ("sin(x) - x*cos(x)", {"x": 0.01}),
        ("sum(lgamma(x))", {"x": [0.3, 0.7, 1.4, 1.47]}),
    ):
        assert verdict(text, **point).word == "verified"
        assert why(text, **point).findings == []


def test_the_condition_number_against_mpmath() -> None:
    for text, x, function in (
        ("ln(x)", 1.001, mpmath.log),
        ("gamma(x)", 20.5, mpmath.gamma),
        ("sin(x)", 3e4, mpmath.sin),
    ):
        asked = problem(text, x=x)
        with working(200) as balls:
            found = condition_number(swept_in_balls(asked, balls).tape, asked.output)
        with mpmath.workdps(60):
            expected = abs(mpmath.diff(function, mpmath.mpf(x)) * x / function(mpmath.mpf(x)))
        assert found == pytest.approx(float(expected), rel=1e-12)


def test_an_error_is_the_least_that_is_certain() -> None:
    from flint import arb

    assert error(1.0, arb(2, 0.5)) == pytest.approx(0.5 / 2.5, rel=1e-6)
    assert error(1.0, arb(2, 1.5)) == 0.0
    assert error(1.0, arb("nan")) == 0.0
    assert error(0.0, arb(0, 1e-30)) == 0.0
    assert error(1e-9, arb(0)) == float("inf")
    assert error(float("nan"), arb(1)) == float("inf")
