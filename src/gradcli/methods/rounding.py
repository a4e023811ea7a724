"""What rounding does to a swept gradient: a running bound on floats, the radius of balls at the dtype's own precision,
and where balls would take too long, sweeps whose every result is off by a little more than rounding."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from gradcli.carriers.base import Carrier
from gradcli.carriers.floats import Floats
from gradcli.carriers.noisy import PERTURBATION, Noisy
from gradcli.carriers.precision import MANTISSA
from gradcli.carriers.running import Rounded, Running
from gradcli.carriers.tape import evaluate, input_values
from gradcli.graph import Graph
from gradcli.methods.base import Method, fixed_direction, flatten, takes_all_directions, unit_directions, weigh
from gradcli.methods.differences import UNIT_ROUNDOFF
from gradcli.methods.forward import METHOD as FORWARD
from gradcli.methods.forward import jvp
from gradcli.methods.reverse import METHOD as REVERSE
from gradcli.methods.reverse import vjp
from gradcli.problem import Nested, Problem

if TYPE_CHECKING:
    from gradcli.carriers.balls import Balls

BOUND = 4
"""Times the radius and a unit in the last place: seen to raise no false alarm, and to sleep through nothing."""
SWEEPS = 4
"""Perturbed evaluations, or perturbed sweeps."""
SAFETY = 64
"""For the chance that all perturbed sweeps happen to lie near the exact one."""


def rounding_of_gradient(problem: Problem, carrier: Carrier) -> dict[str, list[float]]:
    """The absolute error that rounding may cause in each component of a swept gradient, row-major by input."""
    bound = rounding_bound(problem, carrier)
    return rounding_seen(problem, carrier) if bound is None else bound[1]


Bound = tuple[list[float], dict[str, list[float]]]
"""For each element of the value, and of the gradient by input, row-major."""


def rounding_bound(problem: Problem, carrier: Carrier) -> Bound | None:
    """A bound for each element of the value and each component of the gradient; None where it would take too long."""
    if isinstance(carrier, Floats):
        value, gradient = vjp(problem, Running())
        # Zeros of a shape belong to an input that the output does not need.
        bounds = {name: list(map(_running_bound, flatten(found))) for name, found in gradient.items()}
        return [_running_bound(value)], bounds
    return ball_bound(problem, carrier.dtype)


def ball_bound(problem: Problem, dtype: str) -> Bound | None:
    """The same from the radius of balls at the precision of the dtype, on which second-order effects count too."""
    # Balls are not needed where Python floats serve, and cost start-up time.
    from gradcli.errors import Unstated
    from gradcli.methods.enclosures import enclosed_gradient, too_large

    if too_large(problem):
        return None
    try:
        with at_precision_of(dtype) as balls:
            values, gradients = enclosed_gradient(problem, balls)
    except Unstated:
        return None
    unit = UNIT_ROUNDOFF[dtype]
    return [_ball_bound(v, unit) for v in values], {n: [_ball_bound(b, unit) for b in g] for n, g in gradients.items()}


@contextmanager
def at_precision_of(dtype: str) -> Iterator[Balls]:
    """The carrier whose radii are what rounding in a dtype may do."""
    from gradcli.carriers.balls import BallsOfLibraries
    from gradcli.methods.enclosures import working

    with working(MANTISSA[dtype], dtype):
        yield BallsOfLibraries(dtype)


def forward_bound(problem: Problem, carrier: Carrier) -> list[float]:
    """The same for each number that forward mode finds, a component of the gradient or the derivative along its one
    direction: it adds in another order. Raises Unstated."""
    if isinstance(carrier, Floats):
        return [_running_bound(slope) for slope in forward_slopes(problem, Running())]
    with at_precision_of(carrier.dtype) as balls:
        return [_ball_bound(slope, UNIT_ROUNDOFF[carrier.dtype]) for slope in forward_slopes(problem, balls)]


def forward_slopes(problem: Problem, m: Carrier) -> Iterator[Any]:
    """What forward mode finds on a carrier: a component of the gradient each, or the derivative along its one
    direction."""
    units = ({name: unit} for name in problem.wrt for unit in unit_directions(problem.input_shape(name)))
    for direction in units if takes_all_directions(problem) else [fixed_direction(problem)]:
        _, tangent = jvp(problem, m, direction)
        yield weigh(m, problem.cotangent, problem.output_shape, tangent)


def _running_bound(found: Any) -> float:
    return tolerance(found.value, found.error) if isinstance(found, Rounded) else 0.0


def _ball_bound(ball: Any, unit: float) -> float:
    return tolerance(float(ball.mid()), float(ball.rad()), unit)


def tolerance(value: float, radius: float, unit: float = UNIT_ROUNDOFF["float64"]) -> float:
    """What a computed number may differ from the true one by: four times the radius and a unit in the last place."""
    found = BOUND * (radius + 2 * unit * abs(value))
    return found if found == found else math.inf


def rounding_seen(problem: Problem, carrier: Carrier) -> dict[str, list[float]]:
    """The same from perturbed sweeps: the larger of reverse mode's and, where it takes all directions, forward mode's,
    which adds in another order."""
    unit = UNIT_ROUNDOFF[carrier.dtype]
    exact = REVERSE.differentiate(problem, carrier).gradient or {}
    widest = spread(REVERSE, problem, carrier)
    if takes_all_directions(problem):
        other = spread(FORWARD, problem, carrier)
        widest = {name: list(map(max, widest[name], other[name])) for name in problem.wrt}
    return {name: _allowances(widest[name], flatten(exact[name]), unit) for name in problem.wrt}


def spread(method: Method, problem: Problem, carrier: Carrier) -> dict[str, list[float]]:
    """How far perturbed sweeps of a method lie from the ordinary one; infinite where one of them is not finite."""
    unit = UNIT_ROUNDOFF[carrier.dtype]
    exact = method.differentiate(problem, carrier).gradient or {}
    widest = {name: [0.0] * len(flatten(exact[name])) for name in problem.wrt}
    for seed in range(SWEEPS):
        found = method.differentiate(problem, Noisy(carrier, PERTURBATION * unit, seed)).gradient or {}
        for name in problem.wrt:
            widest[name] = _widened(widest[name], flatten(found[name]), flatten(exact[name]))
    return widest


def rounding_of_value(graph: Graph, node: int, carrier: Carrier, point: Mapping[str, Nested]) -> list[float]:
    """The absolute error that rounding may cause in each element of a node's value, row-major."""
    unit = UNIT_ROUNDOFF[carrier.dtype]

    def computed(m: Carrier) -> list[float]:
        return flatten(m.nested(evaluate(graph, [node], m, input_values(graph, m, point)).values[node]))

    exact = computed(carrier)
    widest = [0.0] * len(exact)
    for seed in range(SWEEPS):
        widest = _widened(widest, computed(Noisy(carrier, PERTURBATION * unit, seed)), exact)
    return _allowances(widest, exact, unit)


def _widened(widest: list[float], found: list[float], exact: list[float]) -> list[float]:
    """The larger of the deviations so far and those of one perturbed evaluation; infinite where one is not finite."""
    gaps = [abs(a - b) for a, b in zip(found, exact, strict=True)]
    return [max(w, gap) if math.isfinite(gap) else math.inf for w, gap in zip(widest, gaps, strict=True)]


def _allowances(widest: list[float], exact: list[float], unit: float) -> list[float]:
    """What rounding may do to numbers that deviate so far when they are perturbed."""
    return [SAFETY * w / PERTURBATION + 8 * unit * abs(e) for w, e in zip(widest, exact, strict=True)]
