"""Precision that rises until the digits are proven, or the cap is reached."""

from __future__ import annotations

from typing import Any

import mpmath
import pytest

from gradcli.carriers.floats import Floats
from gradcli.methods import enclosures
from gradcli.methods.certified import FIRST_BITS, METHOD, MOST_BITS, prove, proven_gradient, proven_texts
from gradcli.methods.enclosures import working
from gradcli.methods.proven import nearest_float
from tests.verify.problems import problem


def test_an_ordinary_point_needs_the_first_precision() -> None:
    value, gradient, bits = proven_gradient(problem("ln(x1)+x1*x2-sin(x2)", x1=2.0, x2=5.0))
    assert bits == FIRST_BITS
    with mpmath.workdps(40), working(bits):
        assert nearest_float(value[0]) == float(mpmath.log(2) + 10 - mpmath.sin(5))
        assert [nearest_float(gradient[n][0]) for n in ("x1", "x2")] == [5.5, float(2 - mpmath.cos(5))]


@pytest.mark.parametrize("x", [1e-8, 1e-30, 1e-100])
def test_cancellation_raises_the_precision(x: float) -> None:
    value, gradient, bits = proven_gradient(problem("(1-cos(x))/x^2", x=x))
    assert bits > FIRST_BITS
    with mpmath.workdps(500), working(bits):
        exact = mpmath.mpf(x)
        wanted = -2 * (1 - mpmath.cos(exact)) / exact**3 + mpmath.sin(exact) / exact**2
        assert nearest_float(gradient["x"][0]) == float(wanted)
        assert nearest_float(value[0]) == 0.5


def test_what_is_asked_in_digits_begins_with_the_bits_for_them() -> None:
    seen = []

    def compute(balls: Any) -> list[list[Any]]:
        seen.append(balls.flint.ctx.prec)
        return [[balls.flint.arb(2).sqrt()]]

    ((root,),), bits = prove(compute, 1000, "float64")
    assert seen == [FIRST_BITS + 3330] == [bits]
    with mpmath.workdps(1100):
        (text,) = proven_texts([root], bits, 1000)
        assert abs(mpmath.mpf(text) - mpmath.sqrt(2)) < mpmath.mpf(10) ** -999


def test_the_precision_doubles() -> None:
    seen = []

    def compute(balls: Any) -> list[list[Any]]:
        seen.append(balls.flint.ctx.prec)
        return [[balls.flint.arb(1) + balls.flint.arb("1e-300", "1e-310") - 1]]

    prove(compute, 0, "float64")
    assert seen[:3] == [FIRST_BITS, 2 * FIRST_BITS, 4 * FIRST_BITS]
    assert seen[-1] == MOST_BITS


def test_as_a_method_it_gives_numbers_errors_and_digits() -> None:
    found = METHOD.differentiate(problem("sum(exp(x))", x=[0.5, -1.0]), Floats())
    assert found.gradient is not None
    assert found.digits is not None
    assert found.error is not None
    with mpmath.workdps(30):
        wanted = [float(mpmath.exp(mpmath.mpf(0.5))), float(mpmath.exp(-1))]
    assert found.gradient["x"] == wanted
    assert found.digits["x"] == [repr(w) for w in wanted]
    assert all(0 < e < 1e-18 for e in found.error["x"])
    assert not METHOD.independent


def test_a_graph_too_large_has_a_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(enclosures, "MOST_OPERATIONS", 3)
    found = METHOD.differentiate(problem("sum(exp(x))", x=[0.5, -1.0]), Floats())
    assert found.gradient is None
    assert "more than balls take" in found.reason
