"""Activations against torch's own functions and against the formulas of mpmath, and where torch has no digits left."""

from __future__ import annotations

import math

import mpmath
import pytest
import torch

from gradcli.primitives.registry import by_name, resolve
from tests.primitives import checks

POINTS = (-40.0, -8.0, -1.25, -0.0, 0.0, 1e-9, 0.7, 6.0, 40.0)
NATIVE = {
    ("leaky_relu", (0.2,)): lambda x: torch.nn.functional.leaky_relu(x, 0.2),
    ("elu", (1.7,)): lambda x: torch.nn.functional.elu(x, 1.7),
    ("silu", ()): torch.nn.functional.silu,
    ("gelu", ("none",)): torch.nn.functional.gelu,
    ("gelu", ("tanh",)): lambda x: torch.nn.functional.gelu(x, approximate="tanh"),
}


@pytest.mark.parametrize("x", POINTS)
@pytest.mark.parametrize(("name", "parameters"), NATIVE, ids=str)
def test_value_and_derivative_are_those_of_torch(name: str, parameters: tuple[object, ...], x: float) -> None:
    leaf = torch.tensor(x, dtype=torch.float64, requires_grad=True)
    value = NATIVE[name, parameters](leaf)
    (slope,) = torch.autograd.grad(value, leaf)
    case = checks.Case(by_name()[name], *checks.split_sample(by_name()[name], (x, *parameters)), f"{name}({x})")
    for carrier in case.carriers():
        tape = case.tape(carrier)
        # torch adds 1 and something near -1 for negative x, so that an absolute error is left.
        assert carrier.nested(tape.values[case.output]) == pytest.approx(value.item(), rel=1e-14, abs=1e-14)
        for jacobian in (checks.forward_jacobian, checks.reverse_jacobian):
            assert jacobian(case, tape)[0, 0] == pytest.approx(slope.item(), rel=1e-13, abs=1e-13)


@pytest.mark.parametrize("x", [-37.0, -20.0, -8.0, -1.0, -1e-12, 0.5, 5.0, 37.0])
def test_gelu_is_x_times_the_normal_distribution(x: float) -> None:
    """With its derivative, in relative error, by mpmath's own normal distribution and density."""
    case = checks.Case(by_name()["gelu"], *checks.split_sample(by_name()["gelu"], (x,)), f"gelu({x})")
    with mpmath.workdps(60):
        value = mpmath.mpf(x) * mpmath.ncdf(x)
        slope = mpmath.ncdf(x) + mpmath.mpf(x) * mpmath.npdf(x)
        # exp(-x^2/2) turns a rounding of its argument into x^2/2 units.
        units = mpmath.mpf(2) ** -53 * (8 + 4 * x * x)
        for carrier in case.carriers():
            tape = case.tape(carrier)
            assert abs(carrier.nested(tape.values[case.output]) - value) <= units * abs(value)
            assert abs(checks.reverse_jacobian(case, tape)[0, 0] - slope) <= units * abs(slope)


@pytest.mark.parametrize("x", [-1e300, -1e200, -1e103, -41.0, 41.0, 1e103, 1e200, 1e300])
@pytest.mark.parametrize(("name", "parameters"), [k for k in NATIVE if k[0] in ("silu", "gelu")], ids=str)
def test_far_out_it_is_the_identity_or_zero(name: str, parameters: tuple[object, ...], x: float) -> None:
    """Powers of x overflow there, and infinity times 0 would be NaN; torch's approximate GELU has that NaN."""
    case = checks.Case(by_name()[name], *checks.split_sample(by_name()[name], (x, *parameters)), f"{name}({x})")
    for carrier in case.carriers():
        tape = case.tape(carrier)
        assert carrier.nested(tape.values[case.output]) == pytest.approx(max(x, 0.0), abs=1e-15)
        for jacobian in (checks.forward_jacobian, checks.reverse_jacobian):
            assert jacobian(case, tape)[0, 0] == pytest.approx(float(x > 0), abs=1e-15)


def test_python_and_torch_agree_on_floor_division() -> None:
    """Where the quotient rounds to a whole number that the exact one does not reach."""
    floor_divide, remainder = by_name()["floor_divide"], by_name()["remainder"]
    for x, y in [(1.0, 0.1), (0.3, 0.1), (-1.0, 0.1), (6.0, -0.6), (1e16, 3.0), (math.inf, 2.0), (2.0, -math.inf)]:
        a, b = torch.tensor(x, dtype=torch.float64), torch.tensor(y, dtype=torch.float64)
        assert resolve(floor_divide.math)(x, y) == pytest.approx(torch.floor_divide(a, b).item(), nan_ok=True)
        assert resolve(remainder.math)(x, y) == pytest.approx(torch.remainder(a, b).item(), nan_ok=True)
