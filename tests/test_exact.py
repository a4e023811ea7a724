"""Numbers as they are written: decimals, constants, fractions."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from multiprocessing.reduction import ForkingPickler

import mpmath
import pytest

import gradcli
from gradcli.exact import PI, E, Exact, decimal, enclosure, fraction, less_one
from gradcli.methods.enclosures import working
from gradcli.verify.proof import prove_gradient
from tests.verify.problems import problem

LONG = "0.12345678901234567890123456789"


def copied(number: float) -> float:
    """What another process receives."""
    return ForkingPickler.loads(ForkingPickler.dumps(number))


@pytest.mark.parametrize("text", ["0.1", "3", "1e22", "2.5e-3", "123456789012345", "1e400", "0.10000000000000000000"])
def test_short_decimals_are_plain_floats(text: str) -> None:
    assert type(decimal(text)) is float
    assert decimal(text) == float(text)


@pytest.mark.parametrize("text", [LONG, "3.14159265358979323846", "1.0000000000000000000001", "12345678901234567.5"])
def test_long_decimals_keep_their_digits(text: str) -> None:
    number = decimal(text)
    assert isinstance(number, Exact)
    assert number == float(text)
    assert fraction(number) == Fraction(text).as_integer_ratio()
    with working(300) as balls:
        numerator, denominator = Fraction(text).as_integer_ratio()
        assert enclosure(number).overlaps(balls.flint.arb(numerator) / denominator)
        assert enclosure(number).rad() < 1e-60


@pytest.mark.parametrize("number", [0.1, -2.7, 1e-300, 5e-324, 1.7976931348623157e308])
def test_the_enclosure_of_a_float_is_its_shortest_text(number: float) -> None:
    with working(200) as balls:
        wanted = Fraction(repr(number))
        assert enclosure(number).overlaps(balls.flint.arb(wanted.numerator) / wanted.denominator)
    assert fraction(number) == wanted.as_integer_ratio()


def test_whole_numbers_and_infinities_are_themselves() -> None:
    with working(80):
        assert enclosure(3) == 3
        assert enclosure(2**200) == 2**200
        assert enclosure(-4.0).is_exact()
        assert not enclosure(float("inf")).is_finite()
        assert not enclosure(float("nan")).is_finite()


def test_constants_are_the_numbers() -> None:
    with working(400), mpmath.workdps(100):
        for number, wanted in ((PI, mpmath.pi), (E, mpmath.e)):
            shown = enclosure(number).mid().str(90, radius=False)
            assert abs(mpmath.mpf(shown) - wanted) < mpmath.mpf(10) ** -85
            assert fraction(number) is None
            assert copied(number) is number


def test_another_process_receives_all_digits_of_a_decimal() -> None:
    sent = copied(decimal(LONG))
    assert sent == float(LONG)
    assert fraction(sent) == Fraction(LONG).as_integer_ratio()
    assert fraction(copied(-decimal(LONG))) == (-Fraction(LONG)).as_integer_ratio()


def test_another_process_receives_the_float_of_any_other_number() -> None:
    sent = copied(Exact(0.5, "a graph", lambda: None))
    assert type(sent) is float
    assert sent == 0.5


@pytest.mark.parametrize("number", [0.1, 1.5, 3, 1e-20, 2.0, 1e23])
def test_less_one_loses_nothing(number: float) -> None:
    numerator, denominator = Fraction(number if isinstance(number, int) else repr(number)).as_integer_ratio()
    assert fraction(less_one(number)) == (Fraction(numerator, denominator) - 1).as_integer_ratio()


def test_less_one_of_a_constant() -> None:
    with working(200) as balls:
        assert enclosure(less_one(PI)).overlaps(balls.flint.arb.pi() - 1)


@pytest.mark.parametrize(
    ("text", "exact"),
    [
        ("0.1*x", Fraction(1, 10)),
        (f"{LONG}*x", Fraction(LONG)),
        ("x*(1/3)", Fraction(1, 3)),
        ("1e-30*x", Fraction(1, 10**30)),
        ("1e23*x", Fraction(10**23)),
        ("12345678901234567890*x", Fraction(12345678901234567890)),
    ],
)
def test_a_literal_in_an_expression_is_what_is_written(text: str, exact: Fraction) -> None:
    found = prove_gradient(problem(text, x=1.0), 40)
    with mpmath.workdps(80):
        wanted = mpmath.mpf(exact.numerator) / exact.denominator
        for shown in (found.value, found.by_input()["x"]):
            assert abs(mpmath.mpf(shown) - wanted) <= wanted * mpmath.mpf(10) ** -39


@pytest.mark.parametrize("given", [Decimal("0.1"), Fraction(1, 10)])
def test_decimals_and_fractions_in_python_are_exact(given: object) -> None:
    found = gradcli.parse("x^2").at(x=given).grad(precision=40)
    assert Decimal(found.proven["x"]) == Decimal("0.2")


def test_exact_numbers_in_lists() -> None:
    found = gradcli.parse("sum(x^2)").at(x=[Decimal("0.1"), Fraction(1, 3)]).grad(precision=40)
    assert [Decimal(text) for text in found.proven["x"]] == [Decimal("0.2"), Decimal("0." + "6" * 39 + "7")]


def test_a_float_in_python_is_the_float() -> None:
    found = gradcli.parse("x^2/2").at(x=0.1).grad(precision=55)
    assert Decimal(found.proven["x"]) == Decimal("0.1000000000000000055511151231257827021181583404541015625")
