"""Numerical differentiation: central differences of the primal, extrapolated (Richardson), with an error estimate.

Uses no derivative rule at all, so it can witness the sweeps. All steps are evaluated as one block if the carrier can.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from gradcli.carriers.base import Carrier
from gradcli.carriers.noisy import PERTURBATION, Noisy
from gradcli.carriers.replay import Replay
from gradcli.carriers.tape import Tape, evaluate, input_values
from gradcli.graph import Graph
from gradcli.methods.base import (
    elements,
    fixed_direction,
    flatten,
    largest_coordinate,
    takes_all_directions,
    unflatten,
    unit_direction,
    unit_directions,
    weigh,
)
from gradcli.methods.differences import (
    UNIT_ROUNDOFF,
    Estimate,
    Noise,
    best_of,
    central,
    one_sided,
    second,
    second_one_sided,
    step_schedules,
)
from gradcli.primitives.declare import Primitive, Value
from gradcli.problem import Derivative, Nested, Problem
from gradcli.shapes import size

PERTURBED = 4
"""So many evaluations; the effect of a sum of random signs is seldom small in all of them."""


class Line:
    """The problem's weighted output along a line through the point, for steps in one direction."""

    def __init__(self, problem: Problem, carrier: Carrier) -> None:
        self.problem = problem
        self.carrier = carrier
        graph = problem.graph
        self.inputs = input_values(graph, carrier, problem.point)
        self.tape = evaluate(graph, [problem.output], carrier, self.inputs)
        self.held = {node: self.tape.values[node] for node in held_nodes(graph, self.tape)}
        self.needed = set(self.tape.nodes)
        self._replays: dict[frozenset[int], Replay] = {}
        self.roundoff = UNIT_ROUNDOFF[carrier.dtype]
        self.noise = Noise(self.roundoff, self._rounding())

    def at(self, direction: dict[str, Nested], steps: list[float]) -> list[float]:
        """Weighted output at point + step * direction, for each step."""
        carrier, graph = self.carrier, self.problem.graph
        moving = {n: t for n, t in input_values(graph, carrier, direction).items() if n in self.needed}
        replay = self._replay(frozenset(moving))

        def value(step: Value) -> Value:
            moved = {node: self.inputs[node] + step * tangent for node, tangent in moving.items()}
            return self._weighted(carrier, replay.values(moved))

        moved_elements = sum(size(graph.shapes[node]) for node in moving)
        lifted = [carrier.lift(step) for step in steps]
        return [float(carrier.nested(v)) for v in carrier.over_directions(value, lifted, moved_elements)]

    def jumps(self, direction: dict[str, Nested], position: float, sign: int) -> bool:
        """Whether the output jumps on one side: a sixteenth of a small step then changes it as much as all of it."""
        step = sign * 2.0**-20 * max(abs(position), 1.0)
        far, near = (abs(value - self.here()) for value in self.at(direction, [step, step / 16]))
        return near > 0.5 * far and near > 64 * self.noise.of(self.here())

    def here(self) -> float:
        """Weighted output at the point."""
        return float(self.carrier.nested(self._weighted(self.carrier, self.tape.values)))

    def _replay(self, moving: frozenset[int]) -> Replay:
        if moving not in self._replays:
            # Of the last direction only: each holds the functions of all operations.
            self._replays = {moving: Replay(self.tape, moving, self.held)}
        return self._replays[moving]

    def _weighted(self, carrier: Carrier, values: Sequence[Value]) -> Value:
        problem = self.problem
        return weigh(carrier, problem.cotangent, problem.output_shape, values[problem.output])

    def _rounding(self) -> float:
        """The effect of rounding on the weighted output, seen in evaluations whose every result is off by more."""
        size = PERTURBATION * self.roundoff
        here = self.here()
        deviations = [abs(self._perturbed(Noisy(self.carrier, size, seed)) - here) for seed in range(PERTURBED)]
        return max((d for d in deviations if math.isfinite(d)), default=0.0) / PERTURBATION

    def _perturbed(self, carrier: Carrier) -> float:
        tape = evaluate(self.problem.graph, [], carrier, self.inputs, self.held, self.tape.nodes)
        return float(carrier.nested(self._weighted(carrier, tape.values)))

    def _best(self, estimate: Callable[[list[float]], Estimate], position: float) -> Estimate:
        """The most certain estimate among those of all schedules of steps for a coordinate of that size."""
        return best_of([estimate(schedule) for schedule in step_schedules(position, self.roundoff)])

    def slope(self, direction: dict[str, Nested], position: float) -> Estimate:
        """The derivative along a direction; `position` is the coordinate's size, to which steps are scaled."""

        def estimate(schedule: list[float]) -> Estimate:
            values = self.at(direction, schedule + [-h for h in schedule])
            return central(schedule, values[: len(schedule)], values[len(schedule) :], self.noise)

        return self._best(estimate, position)

    def curvature(self, direction: dict[str, Nested], position: float) -> Estimate:
        """The second derivative along a direction."""

        def estimate(schedule: list[float]) -> Estimate:
            values = self.at(direction, schedule + [-h for h in schedule])
            ahead, behind = values[: len(schedule)], values[len(schedule) :]
            return second(schedule, ahead, behind, self.here(), self.noise)

        return self._best(estimate, position)

    def curvature_side(self, direction: dict[str, Nested], position: float, sign: int) -> Estimate:
        """The second derivative along a direction, from the right (+1) or the left (-1)."""

        def estimate(schedule: list[float]) -> Estimate:
            steps = [sign * h for h in schedule]
            values = self.at(direction, steps + [2 * h for h in steps])
            return second_one_sided(steps, values[: len(steps)], values[len(steps) :], self.here(), self.noise)

        return self._best(estimate, position)

    def side(self, direction: dict[str, Nested], position: float, sign: int) -> Estimate:
        """The one-sided derivative along a direction, from the right (+1) or the left (-1)."""

        def estimate(schedule: list[float]) -> Estimate:
            steps = [sign * h for h in schedule]
            return one_sided(steps, self.at(direction, steps), self.here(), self.noise)

        return self._best(estimate, position)


def held_nodes(graph: Graph, tape: Tape) -> list[int]:
    """Detached nodes: every method holds them at their value at the point."""
    return [n for n in tape.nodes if isinstance(o := graph.operations[n], Primitive) and o.holds_value]


def coordinate_direction(problem: Problem, place: int) -> tuple[str, dict[str, Nested], float]:
    """The unit direction of the element at a place among all that are differentiated by: its input, the direction, and
    the size of the coordinate that it moves."""
    for name in problem.wrt:
        shape = problem.input_shape(name)
        if place < size(shape):
            return name, {name: unit_direction(shape, place)}, float(flatten(problem.point[name])[place])
        place -= size(shape)
    raise IndexError(place)


def coordinate_directions(problem: Problem, name: str) -> list[tuple[dict[str, Nested], float]]:
    """Unit directions of an input, each with the size of the coordinate that it moves."""
    positions = flatten(problem.point[name])
    units = unit_directions(problem.input_shape(name))
    return [({name: unit}, float(position)) for unit, position in zip(units, positions, strict=True)]


class Numerical:
    """Two evaluations a step, sixteen steps a direction; one fixed direction where there are too many."""

    name = "numerical"
    independent = True

    def differentiate(self, problem: Problem, carrier: Carrier) -> Derivative:
        """Central differences of the output."""
        line = Line(problem, carrier)
        answer = Derivative(self.name, value=carrier.nested(line.tape.values[problem.output]))
        if not takes_all_directions(problem):
            direction = fixed_direction(problem)
            slope, error = line.slope(direction, largest_coordinate(problem))
            answer.directional = (direction, slope)
            answer.error = error
            answer.sweeps = "differences, one direction"
            return answer
        answer.gradient, answer.error = {}, {}
        for name in problem.wrt:
            estimates = [
                line.slope(direction, position) for direction, position in coordinate_directions(problem, name)
            ]
            shape = problem.input_shape(name)
            answer.gradient[name] = unflatten([e.value for e in estimates], shape)
            answer.error[name] = unflatten([e.error for e in estimates], shape)
        answer.sweeps = f"{elements(problem)} differences"
        return answer


METHOD = Numerical()
