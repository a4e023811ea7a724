"""Error against step: the theory of the branches against the numbers, and against derivatives known by hand."""

import math

import pytest

from gradcli.carriers.tensors import Tensors
from gradcli.errors import DomainError, UsageError
from gradcli.verify.comparison import undecidable
from gradcli.verify.step_sizes import StepStudy, study_steps
from tests.verify.problems import problem

TORCH = Tensors("cpu")


def study(text: str, **point: object) -> list[StepStudy]:
    asked = problem(text, **point)
    return study_steps(asked, TORCH, undecidable(asked, TORCH))


def test_the_branches_have_the_slopes_of_theory() -> None:
    (found,) = study("exp(x)", x=1.0)
    assert found.forward.truncation.factor == pytest.approx(math.e / 2, rel=1e-9)
    assert found.central.truncation.factor == pytest.approx(math.e / 6, rel=1e-9)
    assert found.forward.truncation.seen == pytest.approx(1, abs=0.01)
    assert found.central.truncation.seen == pytest.approx(2, abs=0.01)
    assert found.forward.rounding.seen == pytest.approx(-1, abs=0.15)
    assert found.central.rounding.seen == pytest.approx(-1, abs=0.15)


def test_the_errors_are_those_of_the_quotients() -> None:
    (found,) = study("x^3", x=2.0)
    rows = {round(math.log10(h)): (forward, central) for h, forward, central in found.rows()}
    assert len(rows) == 16
    assert rows[-1][0] == pytest.approx(3 * 2 * 0.1 + 0.01, rel=1e-9)
    assert rows[-1][1] == pytest.approx(0.01, rel=1e-9)
    assert rows[-16] == (12.0, 12.0)


def test_the_best_step_is_near_that_of_theory() -> None:
    for text in ("exp(x)", "sin(x)/x", "ln(x)"):
        (found,) = study(text, x=1.0 if text != "ln(x)" else 1.5)
        for curve in found.curves:
            assert 0.01 < found.steps[curve.best] / curve.theory < 100
    (found,) = study("exp(x)", x=1.0)
    assert 1e-9 < found.forward.theory < 1e-7 < found.central.theory < 1e-4


@pytest.mark.parametrize(("text", "x"), [("1/(x-1)", 1.000001), ("ln(x-3)", 3.0001), ("sqrt(x-1)", 1 + 1e-9)])
def test_the_rounding_of_the_moved_point_counts(text: str, x: float) -> None:
    """Near a pole the spacing of numbers at x is what bounds the step, not the rounding of f."""
    (found,) = study(text, x=x)
    for curve in found.curves:
        assert 0.01 < found.steps[curve.best] / curve.theory < 100
        assert curve.rounding.seen == pytest.approx(-1, abs=0.15)
        at_theory = min(zip(found.steps, curve.errors, strict=True), key=lambda s: abs(math.log(s[0] / curve.theory)))[
            1
        ]
        assert at_theory < 4 * (curve.truncation.at(curve.theory) + curve.rounding.at(curve.theory))


@pytest.mark.parametrize(
    ("text", "x", "applies"),
    [
        ("(1-cos(x))/x^2", 1e-8, (False, False)),
        ("(1-cos(x))/x^2", 1e-3, (True, False)),
        ("(1-cos(x))/x^2", 0.5, (True, True)),
        ("tanh(x)", 20.0, (False, False)),
        ("exp(x)", 700.0, (True, True)),
        ("sin(1e8*x)", 1.0, (True, True)),
    ],
)
def test_theory_is_silent_where_what_it_adds_up_is_not_there(text: str, x: float, applies: tuple[bool, bool]) -> None:
    """At 1e-8 no digit of the quotient is right, at 1e-3 many more are a step of 2e-2 away; tanh is flat at 20, so that
    its best step reaches where it is not."""
    (found,) = study(text, x=x)
    assert tuple(curve.unmet is None for curve in found.curves) == applies
    for curve in found.curves:
        branches = (curve.theory, curve.truncation, curve.rounding)
        assert (curve.unmet is None) or branches == (None, None, None)


def test_without_a_third_derivative_a_large_step_is_best() -> None:
    (found,) = study("x^2", x=3.0)
    assert found.central.truncation is None
    assert found.central.theory is None
    assert found.forward.truncation.power == 1


def test_one_study_an_input() -> None:
    first, second = study("x*sum(v^2)", x=2.0, v=[1.0, 3.0])
    assert (first.true, second.true) == ("10", "16")
    assert second.direction == "along ones of v"


def test_a_step_out_of_the_domain_has_no_error() -> None:
    (found,) = study("ln(x)", x=1e-3)
    assert math.isnan(found.rows()[0][2])
    assert math.isfinite(found.rows()[0][1])
    assert found.central.best is not None


def test_there_is_no_error_where_there_is_no_derivative() -> None:
    with pytest.raises(DomainError):
        study("abs(x)", x=0.0)
    with pytest.raises(DomainError):
        study("sqrt(x)", x=0.0)
    with pytest.raises(UsageError):
        study("sum(x^2)", x=[float(k) for k in range(30_000)])


def test_a_derivative_that_no_float_holds_is_refused() -> None:
    """A difference of zeros is 0, and far from exact beside exp(-800) = 3.7e-348."""
    with pytest.raises(UsageError, match=r"3\.6678745841776"):
        study("exp(x)", x=-800.0)


@pytest.mark.parametrize(
    ("text", "x", "largest"),
    [("exp(x)", 1.0, -1), ("sin(1/x)", 1e-5, -3), ("x^2", 1e10, 6), ("x^1.5", 1e-200, -196)],
)
def test_the_steps_lie_where_the_function_turns(text: str, x: float, largest: int) -> None:
    (found,) = study(text, x=x)
    assert len(found.rows()) == 16
    assert math.log10(found.steps[0]) == pytest.approx(largest)
    for curve in found.curves:
        assert curve.theory is None or found.steps[-1] * 100 < curve.theory < found.steps[0] / 100


def test_the_slopes_of_a_function_that_turns_fast_are_those_of_theory() -> None:
    (found,) = study("sin(1/x)", x=1e-5)
    assert found.forward.truncation.seen == pytest.approx(1, abs=0.05)
    assert found.central.truncation.seen == pytest.approx(2, abs=0.05)


@pytest.mark.parametrize(
    ("text", "x", "hidden"),
    [
        ("sqrt(x)", 1e300, (True, True)),
        ("ln(x)", 1e30, (True, True)),
        ("x^2", 1e100, (True, False)),
        ("3*x", 1e300, (False, False)),
        ("x^2", 3.0, (False, False)),
        ("sqrt(x)", 2.0, (False, False)),
    ],
)
def test_truncation_that_no_float_holds_is_there(text: str, x: float, hidden: tuple[bool, bool]) -> None:
    """The second derivative of sqrt at 1e300 is -2.5e-451."""
    (found,) = study(text, x=x)
    assert (found.forward.hidden, found.central.hidden) == hidden
