"""Counts as polynomials, against SymPy and against trying every size."""

import pytest
import sympy
from hypothesis import given
from hypothesis import strategies as st

from gradcli.polynomials import Polynomial, elements, turning_points, without_common_factors

MONOMIALS = st.lists(st.sampled_from("mnk"), max_size=3).map(lambda symbols: tuple(sorted(symbols)))
POLYNOMIALS = st.dictionaries(MONOMIALS, st.integers(-5, 5), max_size=4).map(Polynomial)


def expression(polynomial: Polynomial) -> sympy.Expr:
    return sympy.Add(*(c * sympy.Mul(*map(sympy.Symbol, m)) for m, c in polynomial.terms.items()))


@given(POLYNOMIALS, POLYNOMIALS)
def test_arithmetic_is_that_of_sympy(a: Polynomial, b: Polynomial) -> None:
    one, other = expression(a), expression(b)
    for found, wanted in ((a + b, one + other), (a - b, one - other), (a * b, one * other)):
        assert sympy.expand(expression(found) - wanted) == 0
    assert (a == b) == (sympy.expand(one - other) == 0)
    assert sympy.expand(expression(a.at("n", 7)) - one.subs("n", 7)) == 0


@pytest.mark.parametrize(
    ("terms", "text", "pretty"),
    [
        ({("m", "n"): 2, ("n",): 1}, "2*m*n + n", "2·m·n + n"),
        ({("n", "n"): -1, (): 3}, "-n^2 + 3", "-n² + 3"),
        ({("n",): 0}, "0", "0"),
        ({(): 12}, "12", "12"),
        ({("m",) * 12: 1, (): -1}, "m^12 - 1", "m¹² - 1"),
    ],
)
def test_text(terms: dict, text: str, pretty: str) -> None:
    assert (Polynomial(terms).text(), str(Polynomial(terms))) == (text, pretty)


def test_elements_of_shapes() -> None:
    assert str(elements(("m", 3, "n"))) == "3·m·n"
    assert elements(()) == 1
    assert elements((0, "n")) == 0
    assert str(elements(("2*n", "n"))) == "2·n²"


@given(st.lists(st.integers(-30, 30), min_size=1, max_size=5))
def test_turning_points_are_those_that_trying_every_size_finds(coefficients: list[int]) -> None:
    found = Polynomial({("n",) * power: c for power, c in enumerate(coefficients)})
    signs = [sympy.sign(sum(c * n**p for p, c in enumerate(coefficients))) for n in range(1, 60)]
    expected = [k + 1 for k in range(1, len(signs)) if signs[k] != signs[k - 1]]
    assert turning_points(found, "n") == expected


@given(POLYNOMIALS)
def test_what_is_never_negative_is_nowhere_negative(polynomial: Polynomial) -> None:
    if polynomial.never_negative:
        for m, n, k in ((1, 1, 1), (1, 5, 2), (9, 1, 1), (2, 2, 11)):
            assert polynomial.at("m", m).at("n", n).at("k", k).number >= 0


def test_an_excess_may_be_never_negative_with_a_negative_term() -> None:
    assert Polynomial({("n", "n"): 1, ("n",): -1}).never_negative
    assert not Polynomial({("n",): 1, (): -2}).never_negative


def test_comparing_needs_no_shared_terms_and_factors() -> None:
    one = Polynomial({("m", "n", "n"): 2, ("m", "n"): 1})
    other = Polynomial({("m", "m", "n"): 4, ("m", "n"): 1})
    assert [str(p) for p in without_common_factors(one, other)] == ["n", "2·m"]
    assert without_common_factors(one, one) == (Polynomial(), Polynomial())
