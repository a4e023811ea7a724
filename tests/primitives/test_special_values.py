"""Python floats behave as IEEE 754 does, hence as torch does: zeros of both signs, infinities, NaN, poles, overflow."""

from __future__ import annotations

import math
from itertools import product

import mpmath
import pytest
import torch

from gradcli.primitives.backings import axes, floating, tensors
from gradcli.primitives.registry import by_name, resolve
from tests.primitives.checks import split_sample

INF, NAN = math.inf, math.nan
FEW = (0.0, -0.0, 1.0, -1.0, INF, -INF, NAN)
MANY = (
    *FEW, 0.5, -0.5, 2.0, -2.0, 3.0, -3.0, 2.5, -2.5, -1.5, 1e-320, -1e-320, 1e-300, -1e-300, 1e-20, 1e20, -1e20,
    1e300, -1e300, 710.0, -710.0, -746.0, 172.0, -171.5, 1e16 + 2,
)  # fmt: skip
PARAMETERS = {
    "power": [(e,) for e in (2, 0, 1, -1, -2, 3, 0.5, -0.5, 1 / 3, 1e300, 10**30, -(10**30) - 1)],
    "polygamma": [(1,), (2,), (3,), (8,)],
    "leaky_relu": [(0.01,), (-2.0,), (0.0,), (1.0,)],
    "elu": [(1.0,), (0.5,), (-2.0,), (0.0,)],
    "gelu": [("none",), ("tanh",)],
}
DEVIATIONS = {
    ("polygamma", (1e300,), (1,)): "torch's series ends in 1/x^2, which underflows; the value is 1e-300",
    ("silu", (-710.0,), ()): "torch takes x/(1 + exp(-x)), which overflows in the denominator; the value is -3e-306",
    ("power", (-0.0,), (-0.5,)): "torch takes 1/sqrt(-0), C99's pow gives +infinity",
    ("power", (-0.0,), (0.5,)): "torch takes sqrt(-0), C99's pow gives +0",
    ("power", (-INF,), (0.5,)): "torch takes sqrt(-infinity), C99's pow gives +infinity",
    ("power", (-INF,), (-0.5,)): "torch takes 1/sqrt(-infinity), C99's pow gives 0",
}
SCALAR = sorted(name for name, primitive in by_name().items() if primitive.math)
BOTH = [name for name in SCALAR if by_name()[name].torch]


@pytest.mark.parametrize("name", BOTH)
def test_floats_are_as_torch(name: str) -> None:
    primitive = by_name()[name]
    on_floats, on_tensors = resolve(primitive.math), resolve(primitive.torch)
    count = len(primitive.arguments)
    sampled = {split_sample(primitive, sample)[1] for sample in primitive.samples}
    for arguments in product(MANY if count < 3 else FEW, repeat=count):
        for parameters in PARAMETERS.get(name, sampled):
            if (name, arguments, parameters) in DEVIATIONS:
                continue
            ours = on_floats(*arguments, *parameters)
            theirs = on_tensors(*[torch.tensor(a, dtype=torch.float64) for a in arguments], *parameters).item()
            assert type(ours) is float
            assert alike(ours, theirs), f"{name}{arguments}{parameters}: floats {ours!r}, torch {theirs!r}"


def alike(a: float, b: float) -> bool:
    """Both NaN, the same infinity or zero with its sign, or equal in 13 digits."""
    if math.isnan(a) or math.isnan(b):
        return math.isnan(a) and math.isnan(b)
    if math.isinf(a) or math.isinf(b):
        return a == b
    if a == b == 0:
        return math.copysign(1, a) == math.copysign(1, b)
    return abs(a - b) <= 1e-13 * max(abs(a), abs(b)) + 1e-308


@pytest.mark.parametrize("x", [-0.5, -0.999999, -1.000001, -2.5, -3.75, -10.125, -20.5, -170.5, -1e-5])
def test_gamma_family_below_zero(x: float) -> None:
    """Against mpmath's own functions, on floats and tensors, within the condition of the value."""
    with mpmath.workdps(60):
        exact = mpmath.mpf(x)
        wanted = {
            "gamma": (mpmath.gamma(exact), mpmath.gamma(exact) * mpmath.psi(0, exact)),
            "lgamma": (mpmath.log(abs(mpmath.gamma(exact))), mpmath.psi(0, exact)),
            "digamma": (mpmath.psi(0, exact), mpmath.psi(1, exact)),
            **{f"polygamma {n}": (mpmath.psi(n, exact), mpmath.psi(n + 1, exact)) for n in (1, 2, 3, 5)},
        }
        for name, (value, slope) in wanted.items():
            function, *order = name.split()
            parameters = tuple(map(int, order))
            primitive = by_name()[function]
            for found in (
                resolve(primitive.math)(x, *parameters),
                resolve(primitive.torch)(torch.tensor(x, dtype=torch.float64), *parameters).item(),
            ):
                allowed = 16 * mpmath.mpf(2) ** -53 * (abs(value) + abs(exact * slope))
                assert abs(found - value) <= allowed, f"{name}({x}) = {found!r}, truth {mpmath.nstr(value, 17)}"


MPMATH_NAMES = {"asinh": "asinh", "log": "log", "gamma": "gamma", "digamma": "digamma", "lgamma": "loggamma"}


@pytest.mark.parametrize("name", [n for n in SCALAR if len(by_name()[n].arguments) == 1])
def test_primal_is_what_its_name_says(name: str) -> None:
    """mpmath's function of the same name, where it has one: the SymPy backing is the truth of all other tests.

    Where there is a definition, that is the truth, and the backings are compared with it.
    """
    function = getattr(mpmath, MPMATH_NAMES.get(name, name), None)
    primitive = by_name()[name]
    if function is None or primitive.parameters:
        assert primitive.definition or name in NOT_IN_MPMATH, (
            f"mpmath has no {name}: give it a definition, or compare its SymPy backing with numbers of a table "
            "in a test and name it in NOT_IN_MPMATH"
        )
        return
    for (x,) in primitive.samples:
        if name == "cbrt" and x < 0:
            wanted = -mpmath.cbrt(-x)
        elif name == "round":
            wanted = mpmath.nint(x)
        else:
            wanted = function(mpmath.mpf(x))
        assert abs(resolve(primitive.math)(x) - wanted) <= 2**-50 * max(abs(wanted), 1e-300)


NOT_IN_MPMATH = {
    "abs", "detach", "elu", "gelu", "leaky_relu", "log2", "logical_not", "neg", "polygamma", "power", "relu", "round",
    "sigmoid", "silu", "softplus",
}  # fmt: skip


def test_overflow_and_poles_never_raise() -> None:
    assert floating.power(0.5, 10**30) == 0.0
    assert floating.digamma(1e300) == pytest.approx(690.77552789821)
    assert floating.polygamma(1e200, 1) == pytest.approx(1e-200)
    assert floating.polygamma(1e-200, 1) == INF
    assert floating.polygamma(2.0, 200) == -INF
    assert floating.gamma(-1e-320) == -INF
    assert tensors.polygamma(torch.tensor(INF, dtype=torch.float64), 1).item() == 0.0


@pytest.mark.parametrize("p", [1, 2, 3.5])
def test_norm_of_nothing_and_of_infinities(p: float) -> None:
    assert axes.norm(torch.zeros(0), p, None, False).item() == 0.0
    assert axes.norm(torch.tensor([INF, 1.0]), p, None, False).item() == INF
    assert math.isnan(axes.norm(torch.tensor([NAN, 1.0]), p, None, False).item())
