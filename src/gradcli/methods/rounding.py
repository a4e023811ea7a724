"""What rounding does to a gradient, seen in reverse sweeps whose every result is off by a little more than rounding."""

from __future__ import annotations

import math

from gradcli.carriers.base import Carrier
from gradcli.carriers.noisy import PERTURBATION, Noisy
from gradcli.methods.base import flatten
from gradcli.methods.differences import UNIT_ROUNDOFF
from gradcli.methods.reverse import METHOD as REVERSE
from gradcli.problem import Problem

SAFETY = 64
"""For the chance that all perturbed sweeps happen to lie near the exact one."""


def rounding_of_gradient(problem: Problem, carrier: Carrier, sweeps: int = 4) -> dict[str, list[float]]:
    """The absolute error that rounding may cause in each component of the reverse gradient, row-major by input."""
    unit = UNIT_ROUNDOFF[carrier.dtype]
    exact = REVERSE.differentiate(problem, carrier).gradient or {}
    spread = {name: [0.0] * len(flatten(exact[name])) for name in problem.wrt}
    for seed in range(sweeps):
        found = REVERSE.differentiate(problem, Noisy(carrier, PERTURBATION * unit, seed)).gradient or {}
        for name, widest in spread.items():
            for k, (a, b) in enumerate(zip(flatten(found[name]), flatten(exact[name]), strict=True)):
                deviation = abs(a - b)
                widest[k] = max(widest[k], deviation) if math.isfinite(deviation) else math.inf
    return {
        name: [
            SAFETY * deviation / PERTURBATION + 8 * unit * abs(component)
            for deviation, component in zip(widest, flatten(exact[name]), strict=True)
        ]
        for name, widest in spread.items()
    }
