"""The value that a gradient holds at a kink, and what is said of it."""

from __future__ import annotations

from typing import Any

import pytest
import torch

import gradcli
from gradcli.carriers.floats import Floats
from gradcli.carriers.tensors import Tensors
from gradcli.errors import DomainError, UsageError
from gradcli.verify.verdict import check_gradient
from tests.verify.problems import check, problem

CHOICES = ("torch", "left", "right", "mid")


@pytest.mark.parametrize(
    ("text", "point", "wanted"),
    [
        ("|x|", {"x": 0.0}, ({"x": 0}, {"x": -1}, {"x": 1}, {"x": 0})),
        ("relu(x)", {"x": 0.0}, ({"x": 0}, {"x": 0}, {"x": 1}, {"x": 0.5})),
        ("max(x, 0)", {"x": 0.0}, ({"x": 0.5}, {"x": 0}, {"x": 1}, {"x": 0.5})),
        ("min(x, 0)", {"x": 0.0}, ({"x": 0.5}, {"x": 1}, {"x": 0}, {"x": 0.5})),
        ("clamp(x, 0, 1)", {"x": 1.0}, ({"x": 1}, {"x": 1}, {"x": 0}, {"x": 0.5})),
        ("relu(x) - relu(-x)", {"x": 0.0}, ({"x": 0}, {"x": 1}, {"x": 1}, {"x": 1})),
        ("|x| + 2*y", {"x": 0.0, "y": 5.0}, ({"x": 0, "y": 2}, {"x": -1, "y": 2}, {"x": 1, "y": 2}, {"x": 0, "y": 2})),
        ("sum(|x|)", {"x": [0.0, -3.0]}, ({"x": [0, -1]}, {"x": [-1, -1]}, {"x": [1, -1]}, {"x": [0, -1]})),
        ("max(x)", {"x": [1.0, 1.0]}, ({"x": [0.5, 0.5]}, {"x": [0, 0]}, {"x": [1, 1]}, {"x": [0.5, 0.5]})),
        ("x^2", {"x": 3.0}, ({"x": 6},) * 4),
    ],
)
def test_the_value_that_is_asked_for(text: str, point: dict[str, Any], wanted: tuple[Any, ...]) -> None:
    for choice, gradient in zip(CHOICES, wanted, strict=True):
        assert gradcli.parse(text).at(**point).grad(at_kink=choice).gradient == gradient, choice


def test_torch_is_what_torch_returns() -> None:
    x = torch.tensor([0.0, 1.0, 1.0], dtype=torch.float64, requires_grad=True)
    (torch.relu(x).sum() + x.amax() + x.abs().sum()).backward()
    found = gradcli.parse("sum(relu(x)) + max(x) + sum(|x|)").at(x=[0, 1, 1]).grad(at_kink="torch")
    assert found.gradient["x"] == x.grad.tolist()


def test_error_is_raised_where_there_is_no_derivative() -> None:
    with pytest.raises(DomainError, match="not differentiable"):
        gradcli.parse("|x|").at(x=0).grad(at_kink="error")
    assert gradcli.parse("|x|").at(x=2).grad(at_kink="error").gradient == {"x": 1.0}


def test_error_is_not_raised_where_there_is_a_derivative_after_all() -> None:
    found = gradcli.parse("relu(x) - relu(-x)").at(x=0).grad(at_kink="error")
    assert (found.gradient, found.verdict) == ({"x": 1.0}, "kink")
    assert "shown is the derivative" in found.reason


def test_a_kink_where_the_rules_give_no_number_has_one_when_asked() -> None:
    assert gradcli.parse("sqrt(x^2)").at(x=0).grad().verdict == "kink"
    found = gradcli.parse("sqrt(x^2)").at(x=0).grad(at_kink="right")
    assert (found.gradient, found.verdict, found.sides) == ({"x": 1.0}, "kink", {"x": [[-1.0, 1.0]]})


def test_many_inputs_have_a_middle_and_no_sides() -> None:
    point = gradcli.parse("sum(relu(x))").at(x=[0.0] * 70)
    assert point.grad(at_kink="mid").gradient == {"x": [0.5] * 70}
    with pytest.raises(UsageError, match="not computed"):
        point.grad(at_kink="left")
    with pytest.raises(DomainError):
        point.grad(at_kink="error")


def test_a_product_with_the_jacobian_too() -> None:
    assert gradcli.parse("|x|").at(x=[0, 2]).vjp("ones", at_kink="right").vjp == {"x": [1.0, 1.0]}


def test_an_unknown_choice_is_an_error() -> None:
    with pytest.raises(UsageError):
        gradcli.parse("|x|").at(x=0).grad(at_kink="up")


@pytest.mark.parametrize("text", ["min(|x|, |y|)", "max(min(x, y), -max(x, y))", "|x + y| - |x - y|"])
def test_partial_derivatives_alone_do_not_make_a_derivative(text: str) -> None:
    """Both sides agree along both axes; along the diagonal the slopes are others."""
    checked = check(text, x=0.0, y=0.0)
    assert checked.verdict.word == "kink", checked.verdict.sentence
    assert not checked.verdict.differentiable
    with pytest.raises(DomainError):
        gradcli.parse(text).at(x=0, y=0).grad(at_kink="error")


def test_a_kink_of_two_inputs_that_cancels_is_verified_or_said_to_be_differentiable() -> None:
    assert check("|x*y|", x=0.0, y=0.0).verdict.word == "verified"
    assert check("relu(x) - relu(-x) + y", x=0.0, y=1.0).verdict.differentiable


def test_clarke_s_set_is_shown_beside_the_sides() -> None:
    answer = gradcli.parse("relu(x) - relu(-x)").at(x=0).grad()
    assert (answer.interval, answer.clarke) == ({"x": [[1.0, 1.0]]}, {"x": [[0.0, 2.0]]})
    assert "Clarke's set lies in: [0, 2]" in str(answer)
    assert "Clarke" not in str(gradcli.parse("|x|").at(x=0).grad())


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("x", [[-1.0, -0.0, -0.2], [0.6, 1.2, -1.6], [1.3, 1.5, 1.0]])
@pytest.mark.parametrize("other", ["x[0] - logsumexp(x)", "ln(softmax(x)[0])", "log_softmax(flip(x))[2]"])
def test_a_tie_of_equal_functions_is_no_kink_in_float32_either(other: str, x: list[float], dtype: str) -> None:
    """Both arguments are the same function, written in two ways: its derivative exists, but for rounding."""
    verdict = check_gradient(problem(f"max(log_softmax(x)[0], {other})", x=x), Tensors("cpu", dtype)).verdict
    assert verdict.word == "verified", verdict.sentence


def test_conventions_are_told_apart() -> None:
    (convention,) = check_gradient(problem("|x|", x=0.0), Floats()).verdict.conventions
    assert (convention.name, convention.torch, convention.jax) == ("abs", "0, the middle of [-1, 1]", "1")


@pytest.mark.parametrize(
    ("text", "x", "choice", "words"),
    [
        ("sqrt(x)", 0.0, "mid", "there is no middle, which takes a derivative from either side; "),
        ("x^1.5", 0.0, "mid", "there is no middle, which takes a derivative from either side; "),
        ("x^1.5", 0.0, "left", "there is no left derivative; "),
        ("sqrt(x)", 0.0, "right", "there is no right derivative; "),
        ("floor(x)", 2.0, "mid", "there is no middle, which takes a derivative from either side; "),
    ],
)
def test_a_choice_that_an_edge_cannot_meet_says_so(text: str, x: float, choice: Any, words: str) -> None:
    """From theory: x^1.5 has a derivative from the right alone, sqrt an infinite one, and floor jumps."""
    found = gradcli.parse(text).at(x=x).grad(at_kink=choice)
    assert found.verdict == "undefined"
    assert found.reason.startswith(words)
    assert found.reason.endswith(("left of the point there is no function value", "on both sides of the jump)"))
