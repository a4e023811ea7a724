"""What rounding does to a gradient, seen in sweeps whose every result is off by a little more than rounding."""

from __future__ import annotations

import math
from collections.abc import Mapping

from gradcli.carriers.base import Carrier
from gradcli.carriers.noisy import PERTURBATION, Noisy
from gradcli.carriers.tape import evaluate, input_values
from gradcli.graph import Graph
from gradcli.methods.base import BLOCK, Method, elements, flatten
from gradcli.methods.differences import UNIT_ROUNDOFF
from gradcli.methods.forward import METHOD as FORWARD
from gradcli.methods.reverse import METHOD as REVERSE
from gradcli.problem import Nested, Problem

SWEEPS = 4
"""Perturbed evaluations."""
SAFETY = 64
"""For the chance that all perturbed sweeps happen to lie near the exact one."""


def rounding_of_gradient(problem: Problem, carrier: Carrier, sweeps: int = SWEEPS) -> dict[str, list[float]]:
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


def rounding_of_value(graph: Graph, node: int, carrier: Carrier, point: Mapping[str, Nested]) -> list[float]:
    """The absolute error that rounding may cause in each element of a node's value, row-major."""
    unit = UNIT_ROUNDOFF[carrier.dtype]

    def computed(m: Carrier) -> list[float]:
        return flatten(m.nested(evaluate(graph, [node], m, input_values(graph, m, point)).values[node]))

    exact = computed(carrier)
    widest = [0.0] * len(exact)
    for seed in range(SWEEPS):
        found = computed(Noisy(carrier, PERTURBATION * unit, seed))
        gaps = [abs(a - b) for a, b in zip(found, exact, strict=True)]
        widest = [max(w, gap) if math.isfinite(gap) else math.inf for w, gap in zip(widest, gaps, strict=True)]
    return [SAFETY * w / PERTURBATION + 8 * unit * abs(e) for w, e in zip(widest, exact, strict=True)]
