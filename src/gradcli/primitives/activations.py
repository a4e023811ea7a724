"""Activation functions of neural networks with a parameter or a gate; relu, sigmoid and softplus stand elsewhere.

Partials are in the form that keeps its digits for arguments of any size.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from typing import Any

from gradcli.errors import UsageError
from gradcli.exact import PI, as_float
from gradcli.graph import Parameters
from gradcli.primitives.backings.floating import GELU_CUBIC
from gradcli.primitives.declare import (
    BALLS,
    FLOATING,
    JAVASCRIPT,
    SYMBOLIC,
    TENSORS,
    Elementwise,
    Kink,
    Primitive,
    Value,
)
from gradcli.shapes import Shape

SATURATED = 40.0
"""Beyond it the approximate GELU is x or 0 to the last bit, and powers of x could overflow."""
LARGEST = sys.float_info.max
APPROXIMATIONS = ("none", "tanh")


def _finite(name: str) -> Callable[[Sequence[Shape], float], Parameters]:
    """A parameter as a float, which every carrier can hold."""

    def normalize(shapes: Sequence[Shape], value: float) -> Parameters:
        if not abs(value) <= LARGEST:
            raise UsageError(f"{name} is too large for a float64", hint="floats end at about 1.8e308")
        return (as_float(value),)

    return normalize


def _known_approximation(shapes: Sequence[Shape], approximate: str) -> Parameters:
    if approximate not in APPROXIMATIONS:
        raise UsageError(
            f'gelu has no approximation "{approximate}"', hint='write approximate="none" (exact) or "tanh"'
        )
    return (approximate,)


def _silu_partial(m: Any, out: Value, x: Value) -> Value:
    return m.sigmoid(x) * (1.0 + x * m.sigmoid(-x))


def _gelu_partial(m: Any, out: Value, x: Value, approximate: str) -> Value:
    if approximate == "none":
        density = m.div(m.exp(-0.5 * (x * x)), m.sqrt(m.mul(2.0, PI)))
        return 0.5 * m.erfc(-m.div(x, m.sqrt(2.0))) + x * density
    near = m.clamp(x, -SATURATED, SATURATED)
    scale, cubic = m.sqrt(m.div(8.0, PI)), m.lift(GELU_CUBIC)
    gate = scale * (near + cubic * (near * near * near))
    slope = scale * (1.0 + 3.0 * cubic * (near * near))
    return m.sigmoid(gate) * (1.0 + near * m.sigmoid(-gate) * slope)


PRIMITIVES = (
    Primitive(
        "leaky_relu",
        Elementwise(lambda m, out, x, negative_slope: m.where(m.gt(x, 0.0), 1.0, negative_slope)),
        doc="x above 0, negative_slope*x below",
        parameters={"negative_slope": 0.01},
        normalize=_finite("negative_slope"),
        kink=Kink(
            at=lambda x, negative_slope: (x,) if negative_slope != 1 else (),
            convention="negative_slope, as left of 0",
            points=((0.0,), (0.0, 0.5)),
            sides=lambda m, tangents, x, negative_slope: m.leaky_relu(tangents[0], negative_slope=negative_slope),
            jax="1, as right of 0",
        ),
        samples=((2.0,), (-0.5,), (-3.0, 0.2)),
        torch="torch.nn.functional.leaky_relu",
        math=FLOATING + "leaky_relu",
        sympy=SYMBOLIC + "leaky_relu",
        arb=BALLS + "leaky_relu",
        javascript=JAVASCRIPT + "leaky_relu",
    ),
    Primitive(
        "elu",
        # The power is held at 0 where it is not used, so that it cannot overflow.
        Elementwise(
            lambda m, out, x, alpha: m.where(m.gt(x, 0.0), 1.0, m.mul(alpha, m.exp(m.minimum(x, 0.0)))),
        ),
        doc="x above 0, alpha*(exp(x) - 1) below",
        parameters={"alpha": 1.0},
        normalize=_finite("alpha"),
        kink=Kink(
            at=lambda x, alpha: (x,) if alpha != 1 else (),
            convention="alpha, as left of 0",
            points=((0.0, 2.0), (0.0, -1.0)),
            sides=lambda m, tangents, x, alpha: m.leaky_relu(tangents[0], negative_slope=alpha),
            jax="alpha",
        ),
        samples=((2.0,), (-0.5,), (-3.0, 1.7), (1.5, 0.5)),
        torch="torch.nn.functional.elu",
        math=FLOATING + "elu",
        sympy=SYMBOLIC + "elu",
        arb=BALLS + "elu",
        javascript=JAVASCRIPT + "elu",
    ),
    Primitive(
        "silu",
        Elementwise(_silu_partial),
        doc="sigmoid linear unit x*sigmoid(x)",
        spellings=("silu", "swish"),
        samples=((-30.0,), (0.3,), (40.0,)),
        torch="torch.nn.functional.silu",
        math=FLOATING + "silu",
        sympy=SYMBOLIC + "silu",
        arb=BALLS + "silu",
        javascript=JAVASCRIPT + "silu",
    ),
    Primitive(
        "gelu",
        Elementwise(_gelu_partial),
        doc='Gaussian error linear unit x*(1 + erf(x/sqrt(2)))/2; approximate="tanh" has a tanh for the erf',
        parameters={"approximate": "none"},
        normalize=_known_approximation,
        samples=((-8.0,), (0.3,), (5.0,), (-3.0, "tanh"), (0.7, "tanh")),
        torch=TENSORS + "gelu",
        math=FLOATING + "gelu",
        sympy=SYMBOLIC + "gelu",
        arb=BALLS + "gelu",
        javascript=JAVASCRIPT + "gelu",
    ),
)
