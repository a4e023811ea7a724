"""Proven digits of every kind of derivative, against mpmath at 60 digits."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import mpmath
import pytest

from gradcli.carriers.nodes import Node, Nodes
from gradcli.errors import UsageError
from gradcli.graph import Graph
from gradcli.methods.base import flatten
from gradcli.primitives.declare import Elementwise, Primitive
from gradcli.problem import Problem
from gradcli.verify import proof
from gradcli.verify.proof import (
    check_precision,
    prove_gradient,
    prove_hessian,
    prove_hvp,
    prove_jacobian,
    prove_jvp,
)
from gradcli.verify.witnesses import TrueNumbers, Verdict
from tests.verify.problems import problem

DIGITS = 60
POINT = {"x": 0.7, "y": -1.3}
SCALAR: list[tuple[str, Callable[..., Any]]] = [
    ("sin(x)*exp(y) + x*y^3", lambda x, y: mpmath.sin(x) * mpmath.exp(y) + x * y**3),
    ("ln(x)/(1 + y^2)", lambda x, y: mpmath.log(x) / (1 + y**2)),
    ("atan2(y, x)*gamma(x + 2)", lambda x, y: mpmath.atan2(y, x) * mpmath.gamma(x + 2)),
    ("x^y + erf(x*y)", lambda x, y: x**y + mpmath.erf(x * y)),
    ("(1-cos(x*y))/x^2", lambda x, y: (1 - mpmath.cos(x * y)) / x**2),
    ("0.1*x + pi*y/3", lambda x, y: mpmath.mpf(1) / 10 * x + mpmath.pi * y / 3),
]


def exact(name: str) -> Any:
    return mpmath.mpf(POINT[name])


def slope(function: Callable[..., Any], *orders: int) -> Any:
    with mpmath.workdps(DIGITS + 200):
        return mpmath.diff(function, (exact("x"), exact("y")), orders, h=mpmath.mpf(10) ** -60)


def assert_digits(text: Any, wanted: Any, digits: int = DIGITS) -> None:
    """So many significant digits, correctly rounded."""
    with mpmath.workdps(DIGITS + 100):
        found = mpmath.mpf(text)
        assert abs(found - wanted) <= abs(wanted) * mpmath.mpf(10) ** (1 - digits) / 2, (text, wanted)
    assert len(text.lstrip("-0.").partition("e")[0].replace(".", "")) == digits


@pytest.mark.parametrize(("text", "function"), SCALAR, ids=[t for t, _ in SCALAR])
def test_gradient_jvp_hessian_and_hvp(text: str, function: Callable[..., Any]) -> None:
    asked = problem(text, **POINT)
    gradient = prove_gradient(asked, DIGITS)
    first = {"x": slope(function, 1, 0), "y": slope(function, 0, 1)}
    with mpmath.workdps(DIGITS + 100):
        assert_digits(gradient.value, function(exact("x"), exact("y")))
    for name, wanted in first.items():
        assert_digits(gradient.by_input()[name], wanted)
    with mpmath.workdps(DIGITS + 100):
        (along,) = prove_jvp(asked, {"x": 2.0, "y": -0.5}, DIGITS).parts.values()
        assert_digits(along, 2 * first["x"] - first["y"] / 2)


CURVED = [pair for pair in SCALAR if not pair[0].startswith("0.1")]


@pytest.mark.parametrize(("text", "function"), CURVED, ids=[t for t, _ in CURVED])
def test_hessian_and_hvp(text: str, function: Callable[..., Any]) -> None:
    asked = problem(text, **POINT)
    second = {"xx": slope(function, 2, 0), "xy": slope(function, 1, 1), "yy": slope(function, 0, 2)}
    hessian = prove_hessian(asked, 30).by_pairs()
    for one, other, which in (("x", "x", "xx"), ("x", "y", "xy"), ("y", "x", "xy"), ("y", "y", "yy")):
        assert_digits(hessian[one][other], second[which], 30)
    with mpmath.workdps(DIGITS + 100):
        product = prove_hvp(asked, {"x": 1.0, "y": 3.0}, 30).by_input()
        assert_digits(product["x"], second["xx"] + 3 * second["xy"], 30)
        assert_digits(product["y"], second["xy"] + 3 * second["yy"], 30)


def test_jacobian_and_vjp_of_a_vector() -> None:
    asked = problem("[sin(x)*y, x/y, exp(x)]", **POINT)
    x, y = mpmath.mpf(0.7), mpmath.mpf(-1.3)
    with mpmath.workdps(DIGITS + 40):
        by_x = [mpmath.cos(x) * y, 1 / y, mpmath.exp(x)]
        by_y = [mpmath.sin(x), -x / y**2]
        found = prove_jacobian(asked, DIGITS).by_input()
        for text, wanted in zip(found["x"], by_x, strict=True):
            assert_digits(text, wanted)
        for text, wanted in zip(found["y"][:2], by_y, strict=True):
            assert_digits(text, wanted)
        assert found["y"][2] == "0"
        product = prove_gradient(replace(asked, cotangent=[1.0, -2.0, 0.5]), DIGITS).by_input()
        assert_digits(product["x"], by_x[0] - 2 * by_x[1] + by_x[2] / 2)


def test_matrices() -> None:
    a = [[2.0, 0.3], [0.1, 1.5]]
    found = flatten(prove_gradient(problem("ln(det(A))", A=a), DIGITS).by_input()["A"])
    with mpmath.workdps(DIGITS + 40):
        inverse = mpmath.inverse(mpmath.matrix(a)).T
        for text, wanted in zip(found, inverse, strict=True):
            assert_digits(text, wanted)


@pytest.mark.parametrize("digits", [1, 2, 17, 1000])
def test_as_many_digits_as_asked_for(digits: int) -> None:
    found = prove_gradient(problem("exp(x)", x=1.0), digits)
    with mpmath.workdps(digits + 20):
        wanted = mpmath.exp(1)
        assert abs(mpmath.mpf(found.value) - wanted) <= mpmath.mpf(10) ** (1 - digits) / 2
    assert len(found.value.replace(".", "")) == digits
    assert found.by_input() == {"x": found.value}


def test_exact_numbers_end_where_they_end() -> None:
    found = prove_gradient(problem("x^2", x=1.5), 50)
    assert (found.value, found.by_input()) == ("2.25", {"x": "3"})


def test_a_zero_that_no_precision_decides_is_bounded() -> None:
    found = prove_gradient(problem("(sin(x)^2 + cos(x)^2 - 1)*x", x=0.7), 20)
    assert found.value.startswith("|f| < 2^-")
    bound = int(found.value.removeprefix("|f| < 2^"))
    assert bound < -5000


def test_cancellation_takes_no_digit() -> None:
    found = prove_gradient(problem("(1 - cos(x))/x^2", x=1e-100), 40)
    with mpmath.workdps(400):
        x = mpmath.mpf(1e-100)
        assert_digits(found.value, mpmath.mpf(1) / 2 - x**2 / 24, 40)
        assert_digits(found.by_input()["x"], -x / 12, 40)


@pytest.mark.parametrize("digits", [-1, 100_001, 10**9])
def test_too_many_digits_are_refused(digits: int) -> None:
    with pytest.raises(UsageError, match="from 1 to 100000"):
        check_precision(digits, "--precision")
    check_precision(100_000, "--precision")


def test_too_large_a_graph_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(UsageError, match="would take minutes"):
        prove_gradient(problem("sum(x^2)", x=[1.0] * 1000), 100_000)
    monkeypatch.setattr(proof, "MOST_WORK", 10)
    with pytest.raises(UsageError, match="over 10"):
        prove_gradient(problem("sin(x)*x", x=1.0), 10)


def test_a_primitive_without_a_statement_in_balls_is_refused() -> None:
    opaque = Primitive("opaque", Elementwise(lambda m, out, x: out), doc="exp", math="math.exp", torch="torch.exp")
    graph = Graph()
    m = Nodes(graph)
    output = m.apply(opaque, (Node(m, graph.input("x", ())),), ())
    with pytest.raises(UsageError, match="opaque has no statement in balls"):
        prove_gradient(Problem(graph, output.id, ("x",), {"x": 1.0}), 20)


def test_proven_digits_stand_beside_what_float64_lost_and_change_no_other_word() -> None:
    found = prove_gradient(problem("x^2", x=3.0), 20)
    assert found.judged(Verdict("verified", "they agree")).word == "verified"
    lost = found.judged(Verdict("ill-conditioned", "the value is off"))
    assert (lost.word, lost.true) == ("ill-conditioned", TrueNumbers("9", {"x": "6"}))
    for word in ("wrong", "kink", "undefined", "inconclusive"):
        assert found.judged(Verdict(word, "why")).word == word


def test_a_bound_that_says_nothing_says_so() -> None:
    found = prove_gradient(problem("abs(sin(pi*x))", x=1.0), 20)
    assert found.by_input() == {"x": "not known: |g| < 2^2"}
    named = prove_gradient(problem("loss = sin(x)-sin(x+0); loss", x=1.0), 20)
    assert named.value == "0" or named.value.startswith("|loss| < 2^-")
