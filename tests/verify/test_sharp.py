"""Where the rules give no number: the one-sided derivatives of calculus, by numerical limits."""

from __future__ import annotations

from typing import Any

import pytest
import torch

import gradcli
from tests.verify.problems import check


@pytest.mark.parametrize(
    ("text", "left", "right"),
    [
        ("sqrt(x^2)", -1, 1),
        ("(x^2)^(1/2)", -1, 1),
        ("sqrt(|x|)^2", -1, 1),
        ("3*sqrt(x^2) + x", -2, 4),
        ("sqrt(4*x^2) + sin(x)", -1, 3),
        ("1e-12*sqrt(x^2)", -1e-12, 1e-12),
        ("1e12*sqrt(x^2)", -1e12, 1e12),
    ],
)
def test_a_kink_that_the_rules_give_no_number_at(text: str, left: float, right: float) -> None:
    verdict = check(text, x=0.0).verdict
    assert verdict.word == "kink", verdict.sentence
    assert verdict.sides is not None
    assert verdict.sides["x"][0][:2] == pytest.approx((left, right), rel=1e-8, abs=0)
    assert verdict.evidence == "numerical limit"
    assert "numerical limits" in verdict.sentence
    assert not verdict.differentiable


@pytest.mark.parametrize("text", ["sqrt(x^2)", "3*sqrt(x^2) + x"])
def test_clarke_s_set_of_one_number_is_between_the_limits_of_the_derivative(text: str) -> None:
    verdict = check(text, x=0.0).verdict
    assert verdict.sides is not None
    assert verdict.clarke == {"x": [verdict.sides["x"][0][:2]]}


@pytest.mark.parametrize(
    ("text", "point", "derivative"),
    [
        ("sqrt(|x|)*x", {"x": 0.0}, {"x": 0}),
        ("|x|*sqrt(|x|)", {"x": 0.0}, {"x": 0}),
        ("sqrt(x^4)", {"x": 0.0}, {"x": 0}),
        ("sqrt(x^4) + 2*x", {"x": 0.0}, {"x": 2}),
        ("x*sqrt(|x|) + y", {"x": 0.0, "y": 1.0}, {"x": 0, "y": 1}),
        ("sqrt(x^4 + y^4)", {"x": 0.0, "y": 0.0}, {"x": 0, "y": 0}),
    ],
)
def test_differentiable_after_all(text: str, point: dict[str, float], derivative: dict[str, float]) -> None:
    verdict = check(text, **point).verdict
    assert verdict.differentiable, verdict.sentence
    assert verdict.sides is not None
    assert {name: sides[0].left for name, sides in verdict.sides.items()} == derivative
    assert gradcli.parse(text).at(**point).grad(at_kink="error").gradient == derivative


def test_a_power_above_one_needs_no_limit() -> None:
    assert check("|x|^1.5", x=0.0).verdict.word == "verified"


def test_a_cone_has_sides_along_each_axis_and_no_set_is_claimed() -> None:
    verdict = check("sqrt(x^2 + y^2)", x=0.0, y=0.0).verdict
    assert (verdict.word, verdict.clarke) == ("kink", None)
    assert verdict.sides is not None
    assert {name: s[0][:2] for name, s in verdict.sides.items()} == {"x": (-1, 1), "y": (-1, 1)}


def test_partial_derivatives_by_limits_do_not_make_a_derivative() -> None:
    """sqrt(x^2 y^2) = |x y| is differentiable at 0; sqrt(|x y|) has both partial derivatives 0 there, and no other."""
    assert check("sqrt(x^2*y^2)", x=0.0, y=0.0).verdict.differentiable
    verdict = check("sqrt(|x*y|)", x=0.0, y=0.0).verdict
    assert verdict.word == "kink", verdict.sentence
    assert not verdict.differentiable
    assert "not along others" in verdict.sentence


@pytest.mark.parametrize("text", ["|x|^(1/3)", "sqrt(|x|)", "cbrt(x)", "(x^2)^0.25"])
def test_infinite_sides_are_a_vertical_tangent(text: str) -> None:
    verdict = check(text, x=0.0).verdict
    assert (verdict.word, verdict.sides) == ("undefined", None)
    assert "vertical tangent" in verdict.sentence


@pytest.mark.parametrize(
    ("text", "point", "defined"),
    [
        ("x^y", {"x": -2.0, "y": 3.0}, {"x": [True], "y": [False]}),
        ("sum(sqrt(x))", {"x": [4.0, 0.0]}, {"x": [True, False]}),
        ("floor(x) + y^2", {"x": 2.0, "y": 3.0}, {"x": [False], "y": [True]}),
        ("atan2(y, x)", {"y": -0.0, "x": -1.0}, {"y": [False], "x": [True]}),
        ("atan2(y, x)", {"y": 0.0, "x": -1.0}, {"y": [False], "x": [True]}),
        ("floor(x)", {"x": 2.0}, None),
    ],
)
def test_a_component_that_exists_is_told_from_one_that_does_not(
    text: str, point: dict[str, Any], defined: dict[str, list[bool]] | None
) -> None:
    verdict = check(text, **point).verdict
    assert (verdict.word, verdict.defined) == ("undefined", defined)


def test_elements_beside_a_jump_keep_their_rules() -> None:
    """Only the first element is on the jump of x != 0; sin(x)/x has the derivative (x cos x - sin x)/x^2."""
    found = check("sum(where(x!=0, sin(x)/where(x!=0, x, 1), 1))", x=[0.0, 1.0])
    assert found.verdict.word == "verified", found.verdict.sentence
    found = check("sum(where(x!=0, (exp(x)-1)/where(x!=0, x, 1), 1))", x=[0.0, 1.0])
    assert found.verdict.differentiable
    assert found.verdict.sides is not None
    first, second = found.verdict.sides["x"]
    assert first[:2] == pytest.approx((0.5, 0.5), rel=1e-8)
    assert second[:2] == pytest.approx((1, 1), rel=1e-15)


@pytest.mark.parametrize("text", ["sum(floor(x)*y)", "sum(where(x^2 != 0, 1, 5)*y)"])
def test_an_element_on_its_jump_does_not(text: str) -> None:
    """x^2 has the tangent 0 at 0, and moves."""
    verdict = check(text, x=[0.0, 1.5], y=[2.0, 3.0]).verdict
    assert (verdict.word, verdict.defined) == ("undefined", {"x": [False, True], "y": [True, True]})


def test_a_derivative_beside_a_jump_that_floats_take_the_wrong_side_of() -> None:
    """(1 - 9/10) 10 is 1, and 0.9999999999999998 in floats: f is y where they say 0."""
    verdict = check("floor((1-0.9*x)*10)*y", x=1.0, y=2.0).verdict
    assert (verdict.word, verdict.defined) == ("undefined", {"x": [False], "y": [True]})
    assert verdict.true is not None
    assert (verdict.true.value, verdict.true.derivative) == ("2", {"y": "1"})


def test_a_function_that_is_zero_everywhere() -> None:
    assert check("|sin(x)-sin(x)|", x=1.0).verdict.word == "verified"


@pytest.mark.parametrize("text", ["sqrt(x)//sqrt(x)", "tanh(x)%tanh(x)", "sqrt(x)//(-sqrt(x))"])
def test_what_no_limit_shows_is_not_called_undefined(text: str) -> None:
    """By theory these are 1, 0 and -1 near the point, with the derivative 0; no ball decides the quotient."""
    assert check(text, x=0.3).verdict.word != "undefined"


@pytest.mark.parametrize("text", ["floor(x)", "sqrt(x)//2", "x%0.5", "tanh(where(x < x, x, x/0))"])
def test_a_jump_or_a_pole_is_undefined(text: str) -> None:
    assert check(text, x=4.0).verdict.word == "undefined"


@pytest.mark.parametrize(
    ("text", "point"),
    [
        ("|x|*exp(-y)", {"x": 0.0, "y": 1000.0}),  # 2 e^-1000, which no float holds
        ("|x|*1e-20 + x", {"x": 0.0}),
        ("x + |x|*1e-80", {"x": 0.0}),
        ("x + |x|*exp(-y)", {"x": 0.0, "y": 1000.0}),
        ("sum(|x|*1e-200*1e-200)", {"x": [0.0, 3.0]}),
        ("max(x, x + 1e-30*(x - 1))", {"x": 1.0}),
        ("0.1*|x| + 0.2*|x| - 0.3*|x| + 1e-90*|x| + x", {"x": 0.0}),
    ],
)
def test_sides_that_differ_by_less_than_floats_can_tell(text: str, point: dict[str, Any]) -> None:
    verdict = check(text, **point).verdict
    assert verdict.word == "kink"
    assert not verdict.differentiable
    assert verdict.sentence.startswith("one-sided derivatives differ by less than float64 can tell")


E = "+".join(
    f"{a}*(0.1*|x|+0.7*|x|-0.8*|x|)+{b}*(0.1*|x|+0.2*|x|-0.3*|x|)"
    for a, b in ((1, 1.7), (3.1, 2.9), (0.37, 5.3), (1.9, 0.77))
)
"""0, of which rounding leaves something."""


@pytest.mark.parametrize(
    "text",
    ["x+min(|x|,|y|)*1e-30", "min(|x|,|y|)*exp(-1000)", "relu(min(x,y))*1e-200*1e-200", f"y*0+{E}+1e-60*min(|x|,|y|)"],
)
def test_bends_beside_the_axes_that_floats_cannot_tell(text: str) -> None:
    """min(|x|, |y|) is 0 along both axes, and grows along (1, 1)."""
    verdict = check(text, x=0.0, y=0.0).verdict
    assert verdict.word == "kink"
    assert not verdict.differentiable


def test_no_bend_is_made_by_rounding() -> None:
    assert check(f"y+{E}", x=0.0, y=0.0).verdict.word == "verified"


@pytest.mark.parametrize(
    ("text", "slope"),
    [("0.1*|x| + 0.2*|x| - 0.3*|x|", 0), ("0.1*relu(x) + 0.2*relu(x) - 0.3*|x| + 0.3*relu(-x) + x", 1)],
)
def test_a_kink_that_rounding_alone_makes_is_none(text: str, slope: float) -> None:
    """0.1 + 0.2 is 0.3, as it is written."""
    checked = check(text, x=0.0)
    assert checked.verdict.word == "verified"
    assert checked.gradient == {"x": slope}


@pytest.mark.parametrize("text", ["1/(1/x)", "atan(1/x)", "exp(-1/x^2)"])
def test_a_value_behind_a_pole_is_none(text: str) -> None:
    """IEEE 754 makes numbers of them: 1/infinity is 0."""
    verdict = check(text, x=0.0).verdict
    assert verdict.word == "undefined"
    assert verdict.true is not None
    assert verdict.true.value == "undefined"


def test_what_overflows_beside_a_kink_is_not_undefined() -> None:
    """By y it is x/y^2, 1e600: the ceiling jumps at -1, and no comparison with 0 sees that."""
    verdict = check("where(ceil(x) > 0, relu(y), x/y)", x=-1.0, y=-1e-300).verdict
    assert verdict.word == "inconclusive", verdict.sentence


def test_a_limit_that_is_not_seen_is_no_reason_to_call_it_undefined() -> None:
    """By y[1] it is 0: 1e-300 is larger, which only the smallest step resolves. By x[0] there is a kink."""
    point = {"x": [1.0, 1e-300, 0.0], "y": [1.0, 0.0, 3.1]}
    assert check("prod(max(x, y))", **point).verdict.word == "inconclusive"
    # By y[1] it is 0 from both sides, and the right one is beyond the steps.
    point = {"x": [1.0, 1e-300], "y": [1.0, 0.0]}
    assert check("min(min(min(x, y), y)*softmax(y)*atan(y))", **point).verdict.word == "inconclusive"


@pytest.mark.parametrize("count", [3, 5, 10])
def test_a_maximum_that_is_subtracted_makes_no_kink(count: int) -> None:
    """A softmax does not change when its arguments are shifted, and is smooth: at equal ones, torch's gradient of the
    sum of its squares is 0. What rounding leaves of the contributions along max(x) is no slope."""
    stable = "p = exp(x - max(x))/sum(exp(x - max(x))); sum(p^2) + 0.5*sum(x)"
    flat = "p = exp(x - max(x))/sum(exp(x - max(x))); sum(p^2)"
    x = torch.zeros(count, dtype=torch.float64, requires_grad=True)
    (torch.softmax(x, 0) ** 2).sum().backward()
    assert x.grad is not None
    for text, slope in ((flat, 0.0), (stable, 0.5)):
        found = check(text, x=[0.0] * count)
        assert found.verdict.word == "verified", found.verdict.sentence
        assert found.gradient["x"] == pytest.approx([g + slope for g in x.grad.tolist()], abs=1e-15)


def test_kinks_that_cancel_are_none_and_a_small_one_beside_them_is() -> None:
    """0.1 + 0.2 - 0.3 is 0 for the decimals that are written, and 5.6e-17 for floats."""
    cancelled = "0.1*|x - y| + 0.2*|x - y| - 0.3*|x - y|"
    assert check(cancelled, x=0.0, y=0.0).verdict.word == "verified"
    verdict = check(f"{cancelled} + 1e-15*|x|", x=0.0, y=0.0).verdict
    assert verdict.word == "kink"
    assert verdict.sides is not None
    assert verdict.sides["x"][0][:2] == pytest.approx((-1e-15, 1e-15), rel=1e-8)
    alone = check("|x|*1e-20", x=0.0).verdict
    assert alone.sides is not None
    assert alone.sides["x"][0][:2] == (-1e-20, 1e-20)


@pytest.mark.parametrize(
    ("text", "point"),
    [
        ("sum(norm(A, p=inf, axis=1)*1e-30)", {"A": [[1.0, 1.0], [0.0, 0.0]]}),
        ("sum(max(A, axis=0)) + norm(v, p=inf)", {"A": [[1.0, 2.0], [1.0, 3.0]], "v": [0.0, 0.0]}),
        ("norm(v, p=1) + norm(v)*1e-20 + max(v)", {"v": [0.0, 0.0]}),
    ],
)
def test_reductions_at_a_tie_are_kinks(text: str, point: dict[str, Any]) -> None:
    """The largest of a tie grows with any of them, and shrinks with none alone."""
    assert check(text, **point).verdict.word == "kink"
