"""What rounding does to a gradient, seen in sweeps whose every result is off by a little more than rounding."""

from __future__ import annotations

import math

from gradcli.carriers.base import Carrier
from gradcli.carriers.noisy import PERTURBATION, Noisy
from gradcli.methods.base import BLOCK, Method, elements, flatten
from gradcli.methods.differences import UNIT_ROUNDOFF
from gradcli.methods.forward import METHOD as FORWARD
from gradcli.methods.reverse import METHOD as REVERSE
from gradcli.problem import Problem

SAFETY = 64
"""For the chance that all perturbed sweeps happen to lie near the exact one."""


def rounding_of_gradient(problem: Problem, carrier: Carrier, sweeps: int = 4) -> dict[str, list[float]]:
    """The absolute error that rounding may cause in each component of a swept gradient, row-major by input.

    It is the larger of reverse mode's and, where it takes all directions, forward mode's, which adds in another order.
    """
    unit = UNIT_ROUNDOFF[carrier.dtype]
    exact = REVERSE.differentiate(problem, carrier).gradient or {}
    widest = spread(REVERSE, problem, carrier, sweeps)
    if elements(problem) <= BLOCK:
        other = spread(FORWARD, problem, carrier, sweeps)
        widest = {name: list(map(max, widest[name], other[name])) for name in problem.wrt}
    return {
        name: [
            SAFETY * deviation / PERTURBATION + 8 * unit * abs(component)
            for deviation, component in zip(widest[name], flatten(exact[name]), strict=True)
        ]
        for name in problem.wrt
    }


def spread(method: Method, problem: Problem, carrier: Carrier, sweeps: int) -> dict[str, list[float]]:
    """How far perturbed sweeps of a method lie from the ordinary one; infinite where one of them is not finite."""
    unit = UNIT_ROUNDOFF[carrier.dtype]
    exact = method.differentiate(problem, carrier).gradient or {}
    widest = {name: [0.0] * len(flatten(exact[name])) for name in problem.wrt}
    for seed in range(sweeps):
        found = method.differentiate(problem, Noisy(carrier, PERTURBATION * unit, seed)).gradient or {}
        for name in problem.wrt:
            gaps = [abs(a - b) for a, b in zip(flatten(found[name]), flatten(exact[name]), strict=True)]
            widest[name] = [
                max(w, gap) if math.isfinite(gap) else math.inf for w, gap in zip(widest[name], gaps, strict=True)
            ]
    return widest
