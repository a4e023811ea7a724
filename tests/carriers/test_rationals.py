"""Fractions where numbers are rational: Python's own fractions are the witness; and balls for all others."""

from __future__ import annotations

import math
import operator
from fractions import Fraction
from typing import Any

import flint
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradcli.carriers.rationals import Rationals
from gradcli.carriers.tape import evaluate, input_values
from gradcli.exact import PI, decimal
from gradcli.methods.enclosures import working
from gradcli.primitives.backings.fractions import MOST_BITS
from tests.verify.problems import problem

decimals = st.decimals(-1000, 1000, places=6).map(str)


def value(text: str, **point: Any) -> Any:
    asked = problem(text, **point)
    with working(256):
        m = Rationals()
        inputs = input_values(asked.graph, m, asked.point)
        return evaluate(asked.graph, [asked.output], m, inputs).values[asked.output]


def is_fraction(number: Any, wanted: Fraction) -> bool:
    return isinstance(number, flint.fmpq) and number == flint.fmpq(wanted.numerator, wanted.denominator)


@given(decimals, decimals)
def test_arithmetic_is_that_of_fractions(one: str, other: str) -> None:
    a, b = Fraction(one), Fraction(other)
    wanted = {"add": operator.add, "sub": operator.sub, "mul": operator.mul, "maximum": max, "minimum": min}
    wanted |= {"gt": operator.gt, "ge": operator.ge, "eq": operator.eq, "ne": operator.ne, "lt": operator.lt}
    m = Rationals()
    x, y = m.constant(decimal(one), ()), m.constant(decimal(other), ())
    for name, function in wanted.items():
        assert is_fraction(getattr(m, name)(x, y), Fraction(function(a, b))), name
    if b:
        assert is_fraction(m.div(x, y), a / b)
        assert is_fraction(m.floor_divide(x, y), Fraction(a // b))
        assert is_fraction(m.remainder(x, y), a % b)


@given(decimals)
def test_steps_and_powers_are_those_of_fractions(text: str) -> None:
    a = Fraction(text)
    m = Rationals()
    x = m.constant(decimal(text), ())
    wanted = {"floor": math.floor(a), "ceil": math.ceil(a), "round": round(a), "abs": abs(a), "relu": max(a, 0)}
    for name, number in {**wanted, "sign": (a > 0) - (a < 0), "neg": -a}.items():
        assert is_fraction(getattr(m, name)(x), Fraction(number)), name
    assert is_fraction(m.power(x, exponent=3), a**3)
    assert is_fraction(m.sqrt(m.power(x, exponent=2)), abs(a))


@pytest.mark.parametrize(
    ("text", "x", "wanted"),
    [
        ("0.1*x - 0.3", 3.0, Fraction(0)),
        ("x - 0.1", 0.1, Fraction(0.1) - Fraction(1, 10)),
        ("x - 1.00000000000000000001", 1.0, Fraction(-1, 10**20)),
        ("sqrt(0.01)*x", 1.0, Fraction(1, 10)),
        ("where(0.1*x >= 0.3, 2, 5)", 3.0, Fraction(2)),
        ("clamp(0.1*x, 0, 0.3)", 4.0, Fraction(3, 10)),
        ("ln(x) + exp(0*x)", 1.0, Fraction(1)),
        ("sin(x) - sin(x)", 1.0, Fraction(0)),
        ("max(0.1*[x, 3*x, 2*x])", 1.0, Fraction(3, 10)),
        ("sum([x, x]*[0.1, 0.2])", 1.0, Fraction(3, 10)),
    ],
)
def test_numbers_are_what_is_written(text: str, x: float, wanted: Fraction) -> None:
    assert is_fraction(value(text, x=x), wanted)


@pytest.mark.parametrize(
    "text", ["sin(x)", "sqrt(x)", "exp(x)*0.1", "atan2(x, 1)", "x^0.3", "lgamma(x)", "hypot(x, 1)"]
)
def test_other_numbers_are_balls_around_the_true_one(text: str) -> None:
    """The same graph on floats lies in the ball, but for rounding."""
    from tests.verify.problems import check

    found = value(text, x=3.0)
    assert isinstance(found, flint.arb)
    assert float(found) == pytest.approx(check(text, x=3.0).derivatives["reverse"].value, rel=1e-15)
    assert float(found.rad()) < 1e-70


def test_what_no_decimal_is_stays_a_ball() -> None:
    m = Rationals()
    assert m.lift(PI).overlaps(flint.arb.pi())
    assert isinstance(m.lift(decimal("1e-999999999")), flint.arb)


def test_a_long_fraction_becomes_a_ball() -> None:
    found = value("x^100000", x=1.1)
    assert isinstance(found, flint.arb)
    assert isinstance(value("x^2", x=2.0**-1000), flint.fmpq)
    assert MOST_BITS < 2 * 53 * 100


def test_division_by_zero_is_no_number() -> None:
    assert not value("1/(x - 0.5)", x=0.5).is_finite()
