"""Where a function has one side only, and where more components would have to be looked at than are."""

from __future__ import annotations

import mpmath
import pytest

from gradcli.errors import DomainError
from gradcli.verify.at_kink import AtKink
from gradcli.verify.comparison import compare
from gradcli.verify.verdict import check_gradient
from tests.methods.graphs import carrier_for, flat_gradient
from tests.verify.problems import problem

NINE = [0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0]


@pytest.mark.parametrize(
    ("text", "function"),
    [
        ("x^1.5", lambda x: x**1.5),
        ("x*sqrt(x)", lambda x: x * mpmath.sqrt(x)),
        ("x^2.5", lambda x: x**2.5),
        ("sin(x)^cos(x)", lambda x: mpmath.sin(x) ** mpmath.cos(x)),
        ("tan(x)^sec(x)", lambda x: mpmath.tan(x) ** mpmath.sec(x)),
    ],
)
def test_the_edge_of_a_domain_has_one_side(text: str, function) -> None:
    asked = problem(text, x=0.0)
    verdict = check_gradient(asked, carrier_for(asked)).verdict
    assert verdict.word == "undefined", verdict.sentence
    assert "left of the point there is no function value" in verdict.sentence
    with mpmath.workdps(60):
        step = mpmath.mpf(10) ** -40
        slope = function(step) / step
        assert isinstance(function(mpmath.mpf("-0.01")), mpmath.mpc)
    right = check_gradient(asked, carrier_for(asked), "right")
    assert right.verdict.word == "kink"
    assert right.gradient["x"] == pytest.approx(float(mpmath.re(slope)), abs=1e-9)
    assert check_gradient(asked, carrier_for(asked), "left").verdict.word == "undefined"
    with pytest.raises(DomainError, match="undefined"):
        check_gradient(asked, carrier_for(asked), "error")


def test_a_component_off_the_edge_has_its_derivative() -> None:
    asked = problem("x^1.5 + y^2", x=0.0, y=2.0)
    verdict = check_gradient(asked, carrier_for(asked)).verdict
    assert (verdict.word, verdict.defined) == ("undefined", {"x": [False], "y": [True]})


@pytest.mark.parametrize("at_kink", ["left", "right"])
def test_no_edge_beside_a_point_inside(at_kink: AtKink) -> None:
    asked = problem("x^1.5", x=1e-12)
    assert check_gradient(asked, carrier_for(asked), at_kink).verdict.word == "verified"


def test_a_difference_that_leaves_the_domain_is_no_answer() -> None:
    asked = problem("x^1.5", x=0.0)
    found = compare(asked, carrier_for(asked), ["reverse", "numerical"])
    assert found.verdict.word == "undefined"
    (numerical,) = [row.derivative for row in found.rows if row.derivative.method == "numerical"]
    assert (numerical.answered, numerical.gradient) == (False, None)
    assert "leave the domain" in numerical.reason


@pytest.mark.parametrize(
    ("text", "point", "word"),
    [
        ("sqrt(det(A - A))", {"A": [[1.0, 2.0, 3.0], [4.0, 5.0, 6.0], [7.0, 8.0, 9.0]]}, "inconclusive"),
        ("relu(sum(cbrt(v)) - 50)", {"v": NINE}, "inconclusive"),
        ("sum(sqrt(v))", {"v": NINE}, "undefined"),
        ("sum(v^1.5)", {"v": NINE}, "undefined"),
        ("sum(floor(v))", {"v": NINE}, "undefined"),
        ("sum(v^1.5)", {"v": [0.0] * 9}, "inconclusive"),
    ],
)
def test_undefined_is_said_where_a_limit_shows_it(text: str, point: dict, word: str) -> None:
    """Of nine components those are looked at that the rules do not give."""
    asked = problem(text, **point)
    verdict = check_gradient(asked, carrier_for(asked)).verdict
    assert verdict.word == word, verdict.sentence
    assert ("more than 8 elements are not looked at" in verdict.sentence) == (word == "inconclusive")
    assert "a jump or a vertical tangent" not in verdict.sentence


MANY = {"v": [float(k) for k in range(1, 10)]}


def test_a_comparison_that_stands_still_among_many_inputs_is_no_jump() -> None:
    asked = problem("where(min(x, y) > y, sin(x), x*y) + sum(v)", x=2.0, y=1.0, **MANY)
    checked = check_gradient(asked, carrier_for(asked))
    assert checked.verdict.word == "verified"
    assert flat_gradient(checked.gradient, asked) == [1.0, 2.0, *[1.0] * 9]


def test_a_jump_among_many_inputs_leaves_the_others_their_derivatives() -> None:
    asked = problem("floor(x) + sum(v)", x=0.0, **MANY)
    verdict = check_gradient(asked, carrier_for(asked)).verdict
    assert verdict.word == "undefined"
    assert verdict.defined == {"x": [False], "v": [True] * 9}
