"""Digits are judged beside the number itself: against mpmath, and where the truth is 0."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import mpmath
import pytest

from gradcli.carriers.tensors import Tensors
from gradcli.methods.base import flatten
from gradcli.verify.rows import check_jvp
from gradcli.verify.thresholds import KEPT, digits_of, is_seen, keeps_digits
from gradcli.verify.verdict import check_gradient
from tests.methods.graphs import carrier_for
from tests.verify.problems import problem
from tests.verify.texts import number_and_bound
from tests.verify.why.diagnoses import only

LOST: list[tuple[str, dict[str, float], Callable[..., Any], str]] = [
    ("sinh(y-x)*exp(y)", {"x": 36.0, "y": 0.21}, lambda x, y: mpmath.sinh(y - x) * mpmath.exp(y), "y"),
    ("y*(x-0.1)+x", {"x": 0.1, "y": 1.0}, lambda x, y: y * (x - mpmath.mpf(1) / 10) + x, "y"),
    ("x/(x/y)", {"x": 1e-8, "y": -1.86}, lambda x, y: x / (x / y), "x"),
]


@pytest.mark.parametrize(("text", "point", "function", "name"), LOST)
def test_a_derivative_without_a_right_digit_is_not_verified(
    text: str, point: dict[str, float], function: Callable[..., Any], name: str
) -> None:
    """However large the other components are."""
    asked = problem(text, **point)
    verdict = check_gradient(asked, carrier_for(asked)).verdict
    assert (verdict.word, verdict.digits) == ("ill-conditioned", None)
    assert verdict.true is not None
    with mpmath.workdps(80):
        place = list(point).index(name)
        order = tuple(int(k == place) for k in range(len(point)))
        wanted = mpmath.diff(function, tuple(mpmath.mpf(x) for x in point.values()), order)
        found, bound = number_and_bound(verdict.true.derivative[name])
        assert bound < mpmath.mpf("1e-300")
        assert abs(found - wanted) <= max(abs(wanted) * mpmath.mpf("1e-15"), mpmath.mpf("1e-30"))


@pytest.mark.parametrize("text", ["x^2 + 0*y", "x^2 + (y-3)^2", "x^2 + (y-3)*(x-2)", "x + relu(y-7)"])
def test_an_exact_zero_is_verified(text: str) -> None:
    asked = problem(text, x=2.0, y=3.0)
    checked = check_gradient(asked, carrier_for(asked))
    assert (checked.verdict.word, checked.gradient["y"]) == ("verified", 0.0)


def test_a_value_that_keeps_eight_digits_is_shown_beside_the_true_one() -> None:
    asked = problem("(1e8+y)-(1e8+0.5)", y=-2.4)
    verdict = check_gradient(asked, carrier_for(asked)).verdict
    assert verdict.word == "ill-conditioned"
    assert "8 digits are right" in verdict.sentence
    assert verdict.true is not None
    assert float(verdict.true.value) == -2.9


def test_a_product_that_is_0_has_no_digits() -> None:
    """The elements of a softmax are functions of differences: along ones their product stands still."""
    w = [1.5225082829631518, 0.2808890429328912, 0.19063678552579244]
    asked = problem("prod(softmax(w))", w=w)
    _, product, verdict = check_jvp(asked, carrier_for(asked), {"w": [1.0, 1.0, 1.0]})
    assert flatten(product) != [0.0]
    assert (verdict.word, verdict.digits) == ("ill-conditioned", None)
    assert verdict.true is not None
    number, bound = number_and_bound(str(verdict.true.derivative))
    assert number == 0
    assert bound < 1e-300


@pytest.mark.parametrize("dtype", sorted(KEPT))
def test_thresholds_are_parts_of_the_number(dtype: str) -> None:
    for size in (1e-200, 1.0, 1e200):
        assert keeps_digits(size, 0.9 * KEPT[dtype] * size, dtype)
        assert not keeps_digits(size, 1.1 * KEPT[dtype] * size, dtype)
        assert not is_seen(size, size, dtype)
    assert keeps_digits(0.0, 0.0, dtype)
    assert not keeps_digits(0.0, 1e-100, dtype)
    assert not keeps_digits(1.0, math.nan, dtype)


def test_small_numbers_that_floats_hold_keep_their_digits_or_have_lost_them() -> None:
    """1e-300 is far above the smallest normal float64, and a third of it has all digits; the rest of 1/3 by it none."""
    asked = problem("(1/3)%x", x=1e-300)
    verdict = check_gradient(asked, carrier_for(asked)).verdict
    with mpmath.workdps(700):
        wanted = mpmath.fmod(mpmath.mpf(1) / 3, mpmath.mpf(1e-300))
        assert verdict.word == "ill-conditioned"
        assert verdict.true is not None
        assert abs(mpmath.mpf(str(verdict.true.value)) - wanted) <= mpmath.mpf("1e-16") * wanted


@pytest.mark.parametrize(("text", "x"), [("tan(x+x)", 700.0), ("atan(x)", 1e16)])
def test_float32_has_no_more_than_seven_digits(text: str, x: float) -> None:
    asked = replace(problem(text, x=x), dtype="float32")
    verdict = check_gradient(asked, Tensors("cpu", "float32")).verdict
    assert verdict.word == "verified"
    assert verdict.digits == 7


def test_digits_of_an_error() -> None:
    assert [digits_of(r) for r in (0.0, 1e-20, 2e-9, 0.5, 1.0, math.inf)] == [16, 16, 8, 0, 0, 0]


LOST_SLOPE = "(1-cos(x))/x^2"


def slope(x: float) -> float:
    """mpmath's derivative of what loses all digits."""
    with mpmath.workdps(80):
        return float(mpmath.diff(lambda t: (1 - mpmath.cos(t)) / t**2, x))


def test_digits_are_judged_off_the_kinks_too() -> None:
    asked = problem(f"|y| + {LOST_SLOPE}", x=1e-8, y=0.0)
    verdict = check_gradient(asked, carrier_for(asked)).verdict
    assert verdict.word == "kink"
    assert "off the kink, the value is 0.0 in float64, truly 0.5" in verdict.sentence
    assert verdict.true is not None
    assert float(verdict.true.derivative["x"]) == pytest.approx(slope(1e-8), rel=1e-14)
    assert verdict.sides is not None
    assert verdict.sides["y"][0][:2] == (-1.0, 1.0)
    assert verdict.sides["x"][0].left == verdict.sides["x"][0].right == float(verdict.true.derivative["x"])


@pytest.mark.parametrize("condition", ["x > x", "x > 5", "x == x + 1"])
def test_a_comparison_that_changes_nothing_is_no_cause(condition: str) -> None:
    asked = problem(f"where({condition}, 0, {LOST_SLOPE})", x=1e-8)
    verdict = check_gradient(asked, carrier_for(asked)).verdict
    assert verdict.word == "ill-conditioned", verdict.sentence
    assert "they go at" in verdict.sentence
    assert verdict.true is not None
    assert float(verdict.true.derivative["x"]) == pytest.approx(slope(1e-8), rel=1e-14)


def test_no_mend_without_the_digits_of_its_derivative() -> None:
    finding = only(f"where(x > x, 0, {LOST_SLOPE})", x=1e-8)
    assert finding.mend is not None
    assert finding.mend.gradient["x"] == pytest.approx(slope(1e-8), rel=1e-10)
