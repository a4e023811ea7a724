"""The table of mistaken rules: every line names an operation that exists, and is wrong."""

import math

import pytest

from gradcli.primitives.registry import by_name
from gradcli.syntax.parse import parse
from gradcli.verify.slips.rules import MISTAKEN
from tests.verify.judgements import kinds, one

LINES = [pytest.param(*line, id=f"{line[1]}: {line[3]}") for line in MISTAKEN]


@pytest.mark.parametrize(("kind", "name", "argument", "formula"), LINES)
def test_a_line_speaks_of_a_declaration(kind: str, name: str, argument: str, formula: str) -> None:
    primitive = by_name()[name]
    assert argument in primitive.arguments
    assert {*parse(formula).free_names} <= {*primitive.arguments, *primitive.parameters}


@pytest.mark.parametrize(
    ("text", "x", "claim", "said"),
    [
        ("2^x", 2.3, 2.3 * 2**1.3, "the derivative of f = 2^x by x is taken as x*2^(x - 1): 5.66326"),
        ("x^-2", 1.3, 1.3**-1 / -1, "the derivative of f = x^-2 by x is taken as x^((-2) + 1)/((-2) + 1): -0.769231"),
        ("5*log10(3*x)", 1.3, 5 / 3.9 * 3, "the derivative of v2 = log10(v1) by v1 is taken as 1/v1: 3.84615"),
        ("(x+1)^3", 1.3, 3 * 2.3**3, "the derivative of f = v1^3 by v1 is taken as 3*v1^3: 36.501"),
        ("4/x", 1.3, 4 * math.log(1.3), "the derivative of f = 4/x by x is taken as 4*ln(x): 1.04946"),
    ],
)
def test_the_line_says_what_was_taken(text: str, x: float, claim: float, said: str) -> None:
    assert said in [e.text for e in one(text, {"x": x}, f"x={claim:.6f}").explanations]


def test_the_power_rule_comes_without_the_chain_rule_too() -> None:
    x = 0.8
    (explanation,) = one("exp(-x^2)", {"x": x}, f"x={-(x**2) * math.exp(-(x**2) - 1):.6f}").explanations
    assert explanation.text.startswith("the derivative of f = exp(v2) by v2 is taken as v2*exp(v2 - 1), and not mult")
    assert kinds(one("exp(-x^2)", {"x": x}, f"x={2 * x**3 * math.exp(-(x**2) - 1):.6f}")) == {
        "power rule on an exponential"
    }


def test_the_argument_that_is_left_out_is_named() -> None:
    (explanation,) = one("x^x", {"x": 1.7}, f"x={1.7 * 1.7**0.7:.6f}").explanations
    assert "the path through the second argument of f = x^x is left out" in explanation.text


def test_a_rule_that_is_taken_outside_its_domain_explains_nothing() -> None:
    """ln(x) for 1/x has no number at -2."""
    assert kinds(one("1/x", {"x": -2.0}, "x=-0.123456")) == set()


def test_a_base_that_moves_has_no_rule_of_an_exponential() -> None:
    assert "power rule on an exponential" not in kinds(one("x^x", {"x": 1.7}, f"x={2 * 1.7 * 1.7**0.7:.6f}"))
