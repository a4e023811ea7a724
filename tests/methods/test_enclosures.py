"""Differences of the primal in balls: against mpmath's derivatives, and how fine their step is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import mpmath
import pytest

from gradcli.carriers.tape import evaluate, input_values
from gradcli.methods import enclosures
from gradcli.methods.enclosures import (
    DIFFERENCE_BITS,
    TRUNCATION,
    BallLine,
    difference_bits,
    enclosed_gradient,
    operations,
    reach,
    too_large,
    working,
)
from tests.verify.problems import problem

CURVES: list[tuple[str, float, Callable[[Any], Any]]] = [
    ("sin(x)*exp(x)", 0.7, lambda x: mpmath.sin(x) * mpmath.exp(x)),
    ("ln(x)", 1e-8, mpmath.log),
    ("1/x", 1e-150, lambda x: 1 / x),
    ("x^3", 1e100, lambda x: x**3),
    ("tanh(x)", 20.0, mpmath.tanh),
    ("(1-cos(x))/x^2", 1e-9, lambda x: (1 - mpmath.cos(x)) / x**2),
    ("sin(x^2)", 1e12, lambda x: mpmath.sin(x**2)),
    ("remainder(x^2, 3)", 1e30, lambda x: x**2),
]


@pytest.mark.parametrize(("text", "x", "function"), CURVES, ids=[f"{t} at {x}" for t, x, _ in CURVES])
def test_slopes_and_curvatures_are_mpmath_s(text: str, x: float, function: Callable[[Any], Any]) -> None:
    """And the finer step is nearer by what the error says."""
    asked = problem(text, x=x)
    with mpmath.workdps(1500):
        here, step = mpmath.mpf(x), abs(mpmath.mpf(x)) * mpmath.mpf(10) ** -400
        ahead, middle, behind = function(here + step), function(here), function(here - step)
        wanted = [(ahead - behind) / (2 * step), (ahead - 2 * middle + behind) / step**2]
    with working(difference_bits(asked)) as balls:
        line = BallLine(asked, balls)
        for (coarse, fine), true in zip(
            (line.slope({"x": 1.0}, x), line.curvature({"x": 1.0}, x)), wanted, strict=True
        ):
            with mpmath.workdps(60):
                exact = balls.flint.arb(mpmath.nstr(true, 50))
            assert abs(fine - exact) <= TRUNCATION * abs(coarse - fine) + abs(exact) * balls.flint.arb("1e-30")
            assert abs(coarse - fine) <= abs(exact) * balls.flint.arb("1e-20")


def test_detached_values_are_held() -> None:
    asked = problem("detach(x)*x", x=3.0)
    with working(difference_bits(asked)) as balls:
        _, fine = BallLine(asked, balls).slope({"x": 1.0}, 3.0)
        assert abs(fine - 3) < 1e-30


def test_weights_of_an_output_that_is_no_scalar() -> None:
    asked = replace(problem("[x^2, x^3]", x=2.0), cotangent=[1.0, 10.0])
    with working(difference_bits(asked)) as balls:
        _, fine = BallLine(asked, balls).slope({"x": 1.0}, 2.0)
        assert abs(fine - 124) < 1e-30


def test_the_precision_grows_with_the_size_of_the_point_and_of_the_values() -> None:
    ordinary = difference_bits(problem("x + 1", x=0.5))
    assert DIFFERENCE_BITS <= ordinary <= DIFFERENCE_BITS + 20
    assert difference_bits(problem("x + 1", x=1e300)) > ordinary + 3 * 990
    assert difference_bits(problem("exp(100*x)", x=1.0)) > ordinary + 5 * 140


@pytest.mark.parametrize(
    ("text", "x", "expected"), [("x", 1.0, 1), ("x*1024", 1.0, 11), ("x/1024", 1.0, 11), ("x - x", 1.0, 1)]
)
def test_the_reach_is_the_largest_exponent(text: str, x: float, expected: int) -> None:
    asked = problem(text, x=x)
    with working(100) as balls:
        tape = evaluate(asked.graph, [asked.output], balls, input_values(asked.graph, balls, asked.point))
        assert reach(tape) == expected


def test_too_large_graphs_are_refused_with_a_count(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = problem("sum(x*x)", x=[1.0, 2.0, 3.0])
    assert too_large(asked) == ""
    count = operations(asked)
    monkeypatch.setattr(enclosures, "MOST_OPERATIONS", count - 1)
    assert too_large(asked) == f"{operations(asked)} operations are more than balls take in reasonable time"


def test_the_gradient_is_enclosed() -> None:
    asked = problem("sum(exp(x)*x)", x=[0.5, -1.25])
    with working(200) as balls, mpmath.workdps(60):
        (value,), gradient = enclosed_gradient(asked, balls)
        exact = [mpmath.exp(x) * (1 + mpmath.mpf(x)) for x in (0.5, -1.25)]
        for ball, wanted in zip(gradient["x"], exact, strict=True):
            assert abs(ball - balls.flint.arb(mpmath.nstr(wanted, 55))) < 1e-50
        assert value.rad() < 1e-50
