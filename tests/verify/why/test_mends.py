"""What `why` offers as a mend has the right value and derivatives, by mpmath; without one it says what helps."""

from collections.abc import Callable
from typing import Any

import mpmath
import pytest

from gradcli.carriers.tensors import Tensors
from gradcli.methods.base import methods
from gradcli.verify.why.rewritings import SERIES
from tests.verify.problems import problem
from tests.verify.why.diagnoses import why

Function = Callable[[Any], Any]
DIGITS = 300
QUOTIENTS: dict[str, Function] = {
    "sin(a)/a": lambda a: mpmath.sin(a) / a,
    "(1 - cos(a))/a^2": lambda a: (1 - mpmath.cos(a)) / a**2,
    "(a - sin(a))/a^3": lambda a: (a - mpmath.sin(a)) / a**3,
    "a - sin(a)": lambda a: a - mpmath.sin(a),
    "(exp(a) - 1)/a": lambda a: (mpmath.exp(a) - 1) / a,
    "(exp(a) - 1 - a)/a^2": lambda a: (mpmath.exp(a) - 1 - a) / a**2,
    "exp(a) - 1 - a": lambda a: mpmath.exp(a) - 1 - a,
    "log(1 + a)/a": lambda a: mpmath.log(1 + a) / a,
    "a - log(1 + a)": lambda a: a - mpmath.log(1 + a),
}


def assert_near(found: float, wanted: Any, part: float) -> None:
    with mpmath.workdps(60):
        assert abs(mpmath.mpf(found) - wanted) <= part * abs(wanted), (found, wanted)


def differentiated(text: str, **point: Any) -> Any:
    """Value and gradient by torch's autograd, which knows nothing of our rules."""
    return methods()["autograd"].differentiate(problem(text, **point), Tensors("cpu"))


def truth(function: Function, x: float) -> tuple[Any, Any]:
    with mpmath.workdps(DIGITS):
        at, step = mpmath.mpf(x), abs(mpmath.mpf(x)) * mpmath.mpf(10) ** -40
        return function(at), (function(at + step) - function(at - step)) / (2 * step)


@pytest.mark.parametrize(("before", "after"), SERIES)
def test_a_series_is_right_on_both_sides_of_its_border(before: str, after: str) -> None:
    sizes = (1e-20, 1e-12, 1e-6, 1e-3, 0.03, 0.0312, 0.0313, 0.1, 0.249, 0.2501, 0.499, 0.501, 0.8)
    for x in (sign * size for size in sizes for sign in (1, -1)):
        value, slope = truth(QUOTIENTS[before], x)
        found = differentiated(after, a=x)
        assert_near(found.value, value, 5e-15)
        assert_near(found.gradient["a"], slope, 3e-13)


@pytest.mark.parametrize("x", [1e50, -1e50, 0.0])
def test_neither_branch_of_a_series_is_undone_by_the_other(x: float) -> None:
    """where() on tensors multiplies what it does not take by 0."""
    for before, after in SERIES:
        if "exp" in before or "log" in before:
            x = min(x, 700.0) if "exp" in before else abs(x)
        found = differentiated(after, a=x)
        assert mpmath.isfinite(found.value)
        assert mpmath.isfinite(found.gradient["a"])


@pytest.mark.parametrize(
    ("text", "x", "function"),
    [
        ("(1-cos(x))/x^2", 1e-8, QUOTIENTS["(1 - cos(a))/a^2"]),
        ("(1-cos(x))/x^2", 1e-3, QUOTIENTS["(1 - cos(a))/a^2"]),
        ("(exp(x)-1)/x", 1e-9, QUOTIENTS["(exp(a) - 1)/a"]),
        ("log(1+x)/x", 1e-9, QUOTIENTS["log(1 + a)/a"]),
        ("(x-sin(x))/x^3", 1e-5, QUOTIENTS["(a - sin(a))/a^3"]),
        ("x - log(1+x)", 1e-9, QUOTIENTS["a - log(1 + a)"]),
        ("log(1-tanh(x)^2)", 30.0, lambda x: mpmath.log(1 - mpmath.tanh(x) ** 2)),
        ("log(1-tanh(x)^2)", 15.0, lambda x: mpmath.log(1 - mpmath.tanh(x) ** 2)),
        ("log(sqrt(1-tanh(x)^2))", 30.0, lambda x: mpmath.log(1 - mpmath.tanh(x) ** 2) / 2),
        ("1 - cos(x)", 1e-9, lambda x: 1 - mpmath.cos(x)),
        ("log(1+exp(x))", 800.0, lambda x: mpmath.log(1 + mpmath.exp(x))),
        ("exp(x)/(1+exp(x))", 800.0, lambda x: 1 / (1 + mpmath.exp(-x))),
        ("log(1-sigmoid(x))", 50.0, lambda x: -mpmath.log(1 + mpmath.exp(x))),
        ("log(x/1e300)", 1e-300, lambda x: mpmath.log(x / mpmath.mpf("1e300"))),
        ("sqrt(x^2 + 1)", 1e200, lambda x: mpmath.sqrt(x**2 + 1)),
        ("x^2 - 1", 1 + 1e-9, lambda x: x**2 - 1),
        ("1/(1 + x) - 1", 1e-12, lambda x: 1 / (1 + x) - 1),
        ("x - sqrt(x^2 - 1)", 1e8, lambda x: x - mpmath.sqrt(x**2 - 1)),
        ("tan(x) - sin(x)", 1e-5, lambda x: mpmath.tan(x) - mpmath.sin(x)),
        ("sin(x + 1e-9) - sin(x)", 1.0, lambda x: mpmath.sin(x + mpmath.mpf("1e-9")) - mpmath.sin(x)),
        ("y = 3*x; (-y + sqrt(y^2 - 4*x*2))/(2*x)", 1e17, lambda x: (-3 * x + mpmath.sqrt(9 * x**2 - 8 * x)) / (2 * x)),
    ],
)
def test_a_mend_is_right_in_value_and_derivative(text: str, x: float, function: Function) -> None:
    mends = [finding.mend for finding in why(text, x=x).findings if finding.mend is not None]
    assert mends
    value, slope = truth(function, x)
    for mend in mends:
        assert mend.complete
        found = differentiated(mend.expression, x=x)
        assert_near(found.value, value, 1e-12)
        assert_near(mend.value, value, 1e-12)
        if abs(slope) > 1e-300:
            assert_near(found.gradient["x"], slope, 1e-12)
            assert_near(mend.gradient["x"], slope, 1e-12)


def test_a_mean_of_squares_less_the_square_of_the_mean_is_a_variance() -> None:
    """1e8 + 1, + 2, + 3: the variance is 2/3, and its gradient 2 (x - mean)/3."""
    finding = why("mean(x^2) - mean(x)^2", x=[1e8 + 1, 1e8 + 2, 1e8 + 3]).findings[0]
    assert finding.mend is not None
    assert finding.mend.value == pytest.approx(2 / 3, rel=1e-15)
    assert finding.mend.gradient["x"] == pytest.approx([-2 / 3, 0.0, 2 / 3], rel=1e-15)


def test_a_difference_quotient_has_a_mend_for_its_value_alone() -> None:
    """Its derivative by h is that of the original, and loses digits however the numerator is written."""
    finding = why("(exp(x + h) - exp(x))/h", x=1.0, h=1e-9).findings[0]
    assert finding.hint.endswith("(its derivative loses digits too)")
    continued = finding.hint.partition("for the value alone: ")[2].partition(" (its derivative")[0]
    with mpmath.workdps(50):
        wanted = (mpmath.exp(1 + mpmath.mpf(1e-9)) - mpmath.e) / mpmath.mpf(1e-9)
    assert_near(differentiated(continued, x=1.0, h=1e-9).value, wanted, 1e-15)


def test_no_mend_has_a_value_alone() -> None:
    """x ln x tends to 0, and its slope to -infinity: the where() that continues it is named for its value alone."""
    for text, point in (("x*ln(x)", {"x": 0.0}), ("-sum(x*ln(x))", {"x": [0.0, 0.5, 0.5]})):
        (finding,) = [f for f in why(text, **point).findings if not f.parts[0].name]
        assert finding.mend is None
        assert "for the value alone: " in finding.hint
        continued = finding.hint.partition("for the value alone: ")[2].partition(" (its derivative")[0]
        wanted = 0.0 if text[0] == "x" else float(mpmath.log(2))
        assert differentiated(continued, **point).value == pytest.approx(wanted, abs=1e-15)
    assert "the slope tends to -infinity from the right" in why("x*ln(x)", x=0.0).findings[0].hint


@pytest.mark.parametrize(
    ("text", "point", "hint"),
    [
        ("1/x - 1/sin(x)", {"x": 1e-6}, "--precision 20 proves both"),
        ("log(erfc(x))", {"x": 30.0}, "--precision 20 proves both"),
        ("exp(x^2)", {"x": 30.0}, "take its logarithm"),
        ("x*y*z", {"x": 1e200, "y": 1e200, "z": 1e-300}, "rescale"),
        ("sqrt(x)", {"x": 0.0}, "the slope tends to +infinity from the right"),
        ("x*sqrt(x)", {"x": 0.0}, "the slope tends to 0 from the right"),
        ("(x^2-1)/(x-1)", {"x": 1.0}, "the value tends to 2 from both sides"),
    ],
)
def test_without_a_mend_what_helps_is_true(text: str, point: dict[str, float], hint: str) -> None:
    finding = why(text, **point).findings[0]
    assert finding.mend is None
    assert hint in finding.hint


def test_what_cancels_on_the_way_back_is_not_called_underflow() -> None:
    (finding,) = [f for f in why("(tan(x)-sin(x))/x^3", x=1e-4).findings if f.kind == "zero"]
    assert "cancel: 1e+12 by tan(x), -1e+12 by sin(x)" in finding.reason
    assert finding.details == ["it is 0.000025 in truth"]


def test_the_node_is_the_one_that_loses_the_digits() -> None:
    finding = why("log(1-tanh(x)^2)", x=30.0).findings[0]
    assert finding.text == "1-tanh(x)^2"
    assert finding.reason.startswith("1-tanh(x)^2 cancels")
    assert any("ln needs" in detail for detail in finding.details)


def test_the_guard_stands_at_the_argument_that_needs_it() -> None:
    finding = why("sum(where(x != 0, sin(x)/x, 1))", x=[0.0, 1.0]).findings[0]
    assert finding.mend is not None
    assert finding.mend.expression == "sum(where(x != 0, sin(x)/where(x != 0, x, 1), 1))"
    assert finding.mend.gradient["x"][0] == 0.0
