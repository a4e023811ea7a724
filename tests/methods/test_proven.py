"""Digits of balls, against decimal arithmetic and mpmath: correctly rounded, or not printed."""

from __future__ import annotations

import math
import random
from collections.abc import Iterator
from decimal import ROUND_HALF_EVEN, Context, Decimal
from typing import Any

import flint
import mpmath
import pytest

from gradcli.methods.enclosures import working
from gradcli.methods.proven import bound_text, decimal_digits, is_tiny, nearest_float, proven_text, short_text
from tests.conftest import Count

DIGITS = (1, 2, 17, 50, 5000)


@pytest.fixture
def arb() -> Iterator[Any]:
    with working(20_000) as balls:
        yield balls.flint.arb


def rounded(number: Decimal, digits: int) -> Decimal:
    """A decimal number correctly rounded, halves to even."""
    return Context(prec=digits, rounding=ROUND_HALF_EVEN, Emax=10**9, Emin=-(10**9)).plus(number)


def some_floats(rng: random.Random, count: int) -> list[float]:
    """Of every size, of either sign, with few and with all bits."""
    drawn = [math.ldexp(rng.uniform(-1, 1), rng.randint(-1073, 1023)) for _ in range(count)]
    short = [rng.randint(-1000, 1000) / 2 ** rng.randint(0, 12) for _ in range(count)]
    return [x for x in [*drawn, *short, 1.7976931348623157e308, 5e-324, -0.1, 1e16, 1e15, 123456789.0] if x]


@pytest.mark.parametrize("digits", DIGITS)
def test_exact_numbers_are_correctly_rounded(digits: int, arb: Any, rng: random.Random, count: Count) -> None:
    for x in some_floats(rng, count(sample=100 if digits < 100 else 4, full=3_000 if digits < 100 else 40)):
        text = decimal_digits(arb(x), digits)
        assert text is not None
        assert Decimal(text) == rounded(Decimal(x), digits), (x, digits)


@pytest.mark.parametrize(
    ("x", "digits", "text"),
    [
        (2.5, 1, "2"), (3.5, 1, "4"), (-2.5, 1, "-2"), (0.125, 2, "0.12"), (0.375, 2, "0.38"), (9.5, 1, "1e1"),
        (99.5, 2, "1e2"), (0.5, 17, "0.5"), (1024.0, 17, "1024"), (0.0, 5, "0"), (1e22, 17, "1e22"),
    ],
)  # fmt: skip
def test_halves_go_to_even_and_exact_numbers_are_not_padded(x: float, digits: int, text: str, arb: Any) -> None:
    found = decimal_digits(arb(x), digits)
    assert found is not None
    assert Decimal(found) == Decimal(text)
    assert len(found.replace("-", "").replace(".", "").partition("e")[0].strip("0")) <= digits


@pytest.mark.parametrize("digits", DIGITS)
@pytest.mark.parametrize("name", ["pi", "e", "third", "root", "tiny", "huge"])
def test_irrational_numbers_are_mpmath_s(name: str, digits: int, arb: Any) -> None:
    balls = {
        "pi": arb.pi(),
        "e": arb(1).exp(),
        "third": -arb(1) / 3,
        "root": arb(2).sqrt(),
        "tiny": arb(-100_000).exp(),
        "huge": arb(100_000).exp(),
    }
    with mpmath.workdps(digits + 30):
        witness = {
            "pi": mpmath.pi,
            "e": mpmath.e,
            "third": -mpmath.mpf(1) / 3,
            "root": mpmath.sqrt(2),
            "tiny": mpmath.exp(-100_000),
            "huge": mpmath.exp(100_000),
        }
        wanted = rounded(Decimal(mpmath.nstr(+witness[name], digits + 20)), digits)
    found = decimal_digits(balls[name], digits)
    assert found is not None
    assert Decimal(found) == wanted
    significant = found.lstrip("-0.").partition("e")[0].replace(".", "")
    assert len(significant) == digits


def test_no_digits_where_the_ball_rounds_to_several(arb: Any) -> None:
    assert decimal_digits(arb(2.5, 1e-20), 1) is None
    assert decimal_digits(arb(2.5, 1e-20), 2) == "2.5"
    assert decimal_digits(arb(1, 1e-10), 17) is None
    assert decimal_digits(arb(0, 1e-300), 1) is None
    assert decimal_digits(arb("nan"), 5) is None
    assert decimal_digits(arb("inf"), 5) is None


def test_printed_digits_are_those_of_every_number_of_the_ball(arb: Any, rng: random.Random, count: Count) -> None:
    for _ in range(count(sample=200, full=20_000)):
        middle, radius = rng.uniform(-10, 10), 10.0 ** -rng.uniform(0, 20)
        digits = rng.randint(1, 20)
        ball = arb(middle, radius)
        text = decimal_digits(ball, digits)
        ends = [rounded(Decimal(str(end.str(60, radius=False))), digits) for end in (ball.lower(), ball.upper())]
        if text is None:
            assert ends[0] != ends[1] or ball.contains(0)
        else:
            assert [Decimal(text)] * 2 == ends


@pytest.mark.parametrize(
    ("number", "digits", "text"),
    [
        (0.1, 10, "0.1000000000"),
        (0.1, 60, "0.1000000000000000055511151231257827021181583404541015625"),
        (0.375, 3, "0.375"),
        (0.375, 2, "0.38"),
        (2.0**40, 5, "1.0995e12"),
        (1e22, 3, "1e22"),
        (1e23, 3, "1.00e23"),
        (-2.5e15, 4, "-2500000000000000"),
        (123456.0, 2, "1.2e5"),
    ],
)
def test_zeros_stand_where_the_digits_are_not_all_of_the_number(
    number: float, digits: int, text: str, arb: Any
) -> None:
    """1e22 is a float64, 1e23 and 0.1 are not: Decimal writes a float out."""
    assert decimal_digits(arb(number), digits) == text
    padded = "." in text and text.partition("e")[0].endswith("0")
    assert not padded or Decimal(text) != Decimal(number)


@pytest.mark.parametrize("exponent", [-3_000_000, -20_000, 20_000, 3_000_000])
def test_exponents_far_beyond_floats(exponent: int, arb: Any) -> None:
    with mpmath.workdps(40):
        wanted = mpmath.mpf(3) ** 0.5 * mpmath.mpf(2) ** exponent
        found = decimal_digits(arb(3).sqrt() * arb(2) ** exponent, 17)
        assert found is not None
        assert abs(mpmath.mpf(found) / wanted - 1) < mpmath.mpf(10) ** -16


def test_beyond_four_million_bits_no_digits_are_written(arb: Any) -> None:
    assert decimal_digits(arb(2) ** 4_100_000, 5) is None
    assert bound_text(arb(2) ** -4_100_000) == "|g| < 2^-4099999"


@pytest.mark.parametrize(
    ("x", "text"),
    [(0.1, "0.1"), (3.0, "3"), (-1e15, "-1000000000000000"), (1e16, "1e+16"), (0.0, "0"), (1 / 3, repr(1 / 3))],
)
def test_without_a_number_of_digits_it_is_the_float(x: float, text: str, arb: Any) -> None:
    assert proven_text(arb(x)) == text


def test_numbers_that_no_float_holds_are_written_in_digits(arb: Any) -> None:
    with mpmath.workdps(40):
        for ball, wanted in (
            (arb(1000).exp(), mpmath.exp(1000)),
            (-arb(-800).exp(), -mpmath.exp(-800)),
            (arb(-710).exp(), mpmath.exp(-710)),
        ):
            text = proven_text(ball)
            assert text is not None
            assert abs(mpmath.mpf(text) / wanted - 1) < mpmath.mpf(10) ** -16


def test_the_nearest_float_is_one_or_none(arb: Any) -> None:
    assert nearest_float(arb(1) / 10) == 0.1
    assert nearest_float(arb(1, 1e-12)) is None
    assert nearest_float(arb("nan")) is None
    between = (arb(1) + arb(2) ** -53, 1.0)
    assert nearest_float(between[0]) in (1.0, math.nextafter(1.0, 2.0))


@pytest.mark.parametrize("k", [-3000, -400, -50, 0, 30])
def test_an_undecided_zero_is_bounded_by_a_power_of_two(k: int, arb: Any) -> None:
    ball = arb(0).union(arb(2) ** k * arb("0.75"))
    text = bound_text(ball)
    assert text.startswith("|g| < 2^")
    bound = arb(2) ** int(text.removeprefix("|g| < 2^"))
    assert ball.abs_upper() <= bound
    assert bound <= 4 * ball.abs_upper()


def test_what_is_known_is_said(arb: Any) -> None:
    assert bound_text(arb(1.23456789, 1e-6)) == "1.23457..., 6 digits proven"
    assert bound_text(arb("nan")) == "no bound"
    assert proven_text(arb(1.23456789, 1e-6)) is None


@pytest.mark.parametrize(
    ("number", "text"),
    [
        ("800", "800"),
        ("0.1", "0.1"),
        ("4.24835425529159e-18", "4.24835e-18"),
        ("-1e400", "-1e400"),
        ("12345678.9", "1.23457e7"),
        ("[0 +/- 1e-30]", "0 to within 2^-99"),
        ("[1.5 +/- 1e-3]", "1.50..., 3 digits proven"),
    ],
)
def test_a_few_digits_for_a_sentence(number: str, text: str) -> None:
    with working(120) as balls:
        assert short_text(balls.flint.arb(number)) == text


def test_a_number_beyond_all_exponents_has_a_size() -> None:
    with working(120) as balls:
        assert short_text(balls.flint.arb(-1e10).exp()).startswith("about 2^-14426950408 in size")


def test_zero_is_printed_only_of_zero() -> None:
    """A ball around 0 that no float64 tells from 0 holds other numbers too."""
    tiny = flint.arb(0, flint.arb(2) ** -2000)
    assert proven_text(tiny) is None
    assert bound_text(tiny) == "|g| < 2^-1999"
    assert proven_text(flint.arb(0)) == "0"


def test_the_exponent_of_a_bound_is_no_number_of_hundreds_of_digits(arb: Any) -> None:
    """exp(-exp(100)) is 2^-3.88e43: 2^-1e43 is above it, and 2^-1e44 is not."""
    with mpmath.workdps(60):
        assert 1e43 < mpmath.exp(100) / mpmath.log(2) < 1e44
    assert bound_text((-arb(100).exp()).exp()) == "|g| < 2^-1e43"
    assert is_tiny("|g| < 2^-1e43", 53)
    assert is_tiny("|g| < 2^-5119", 53)
    assert not is_tiny("|g| < 2^-3", 53)
    assert not is_tiny("no bound", 53)
