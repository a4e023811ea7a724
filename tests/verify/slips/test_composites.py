"""Rules that are put together wrongly: what is said of them, and on arrays."""

import math

import pytest

from tests.verify.judgements import kinds, one


@pytest.mark.parametrize(
    ("text", "x", "claim", "said"),
    [
        (
            "sin(x)*ln(x)",
            1.7,
            math.cos(1.7) / 1.7,
            "f = v1*v2 is differentiated as if (u v)' were u' v': -0.0757909",
        ),
        (
            "sin(x)/(x^2+1)",
            1.9,
            math.cos(1.9) / 3.8,
            "f = v1/v3 is differentiated as if (u/v)' were u'/v': -0.0850762",
        ),
        ("1/(x^2+1)", 1.9, -3.8 / 4.61, "the quotient rule at f = 1/v2 divides by v2, not by its square: -0.824295"),
        ("3/(x^2+1)", 1.9, 3 / 3.8, "f = 3/v2 is differentiated as if (c/v)' were c/v': 0.789474"),
        ("1/(x^2+1)", 1.9, -3.8, "the quotient rule at f = 1/v2 leaves the denominator out: -3.8"),
        (
            "sin(x^3)",
            1.3,
            math.cos(1.3) * 3 * 1.69,
            "the derivative of f = sin(v1) is taken at x, not at v1: 1.35622",
        ),
        (
            "sin(x^3)",
            1.3,
            math.cos(5.07),
            "the derivative of f = sin(v1) is taken at ∂v1/∂x, not at v1, and not multiplied by that: 0.350037",
        ),
        (
            "sin(x)^2",
            1.3,
            math.cos(1.3) ** 2,
            "f = v1^2 is taken of ∂v1/∂x, not differentiated itself: 0.0715556",
        ),
    ],
)
def test_the_line_says_how(text: str, x: float, claim: float, said: str) -> None:
    assert said in [e.text for e in one(text, {"x": x}, f"x={claim:.6f}").explanations]


def test_arrays() -> None:
    """Element by element, as for numbers."""
    x = [0.7, 1.9, -1.2]
    product = f"x={[round(math.cos(n) * 2 * n, 6) for n in x]}"
    assert kinds(one("sum(sin(x)*x^2)", {"x": x}, product)) == {"product of derivatives"}
    argument = f"x={[round(math.cos(n) * 3 * n**2, 6) for n in x]}"
    assert kinds(one("sum(sin(x^3))", {"x": x}, argument)) == {"wrong argument"}


def test_the_order_of_the_quotient_rule_is_a_sign() -> None:
    x = 1.9
    right = (math.cos(x) * x - math.sin(x)) / x**2
    (explanation,) = one("sin(x)/x", {"x": x}, f"x={-right:.6f}").explanations
    assert explanation.kind == "flipped sign"
    assert "as by u v' - u' v in the quotient rule" in explanation.text


def test_the_one_over_n_of_a_mean() -> None:
    (explanation,) = one("mean(x^2)", {"x": [1.5, 2.5, -0.5]}, "x=[3.00, 5.00, -1.00]").explanations
    assert explanation.text == "the factor 0.333333 of ∂f/∂v1 is missing (f = mean(v1))"
