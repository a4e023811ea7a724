"""Forward accumulation: tangents along the graph (Griewank and Walther, Evaluating Derivatives, 2008, section 3.1)."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from gradcli.carriers import tangents
from gradcli.carriers.base import Carrier
from gradcli.carriers.tangents import Tangents, total
from gradcli.carriers.tape import Tape, input_values, tape_of
from gradcli.methods.base import elements, fixed_direction, takes_all_directions, unflatten, unit_directions, weigh
from gradcli.primitives.declare import Value
from gradcli.problem import Derivative, Nested, Problem


def push(tape: Tape, directions: Mapping[int, Value]) -> list[Value | None]:
    """Tangent of every node for given tangents of inputs; None is a structural zero."""
    found: list[Value | None] = [None] * len(tape.values)
    arguments = tape.graph.arguments
    for node in tape.nodes:
        if node in directions:
            found[node] = directions[node]
            continue
        incoming = [found[a] for a in arguments[node]]
        if any(t is not None for t in incoming):
            found[node] = tangent_of(tape, node, incoming)
    return found


def tangent_of(tape: Tape, node: int, incoming: Tangents) -> Value | None:
    """The tangent of one node from those of its arguments."""
    return total(tape.carrier, contributions(tape, node, incoming))


def contributions(tape: Tape, node: int, incoming: Tangents) -> list[Value | None]:
    """What each argument's tangent adds to the node's tangent, None for nothing."""
    return tangents.contributions(
        tape.carrier,
        tape.primitive(node),
        tape.values[node],
        tape.arguments(node),
        tape.graph.parameters[node],
        incoming,
        partial(tape.partial, node),
    )


def jvp(problem: Problem, carrier: Carrier, tangent: Mapping[str, Nested]) -> tuple[Value, Value]:
    """The value, and J v in the output's shape: one forward sweep. Inputs that `tangent` leaves out stand still."""
    graph = problem.graph
    tape = tape_of(problem, carrier)
    moved = push(tape, input_values(graph, carrier, tangent))[problem.output]
    return tape.values[problem.output], carrier.zeros(problem.output_shape) if moved is None else moved


class Forward:
    """All directions at once where they are not too many, else one fixed direction."""

    name = "forward"
    independent = False

    def differentiate(self, problem: Problem, carrier: Carrier) -> Derivative:
        """One tangent an input element, contracted with the cotangent."""
        graph = problem.graph
        tape = tape_of(problem, carrier)
        answer = Derivative(self.name, value=carrier.nested(tape.values[problem.output]))
        if not takes_all_directions(problem):
            direction = fixed_direction(problem)
            along = input_values(graph, carrier, direction)
            slope = self._slope(tape, problem, push(tape, along)[problem.output])
            answer.directional = (direction, float(carrier.nested(slope)))
            answer.sweeps = "1 forward, one direction"
        else:
            answer.gradient = {name: self._block(tape, problem, name) for name in problem.wrt}
            answer.sweeps = f"{elements(problem)} forward"
        return answer

    def _block(self, tape: Tape, problem: Problem, name: str) -> Nested:
        carrier = tape.carrier
        shape = problem.input_shape(name)
        node = problem.graph.inputs[name]

        def slope(tangent: Value) -> Value:
            return self._slope(tape, problem, push(tape, {node: tangent})[problem.output])

        basis = [carrier.constant(t, shape) for t in unit_directions(shape)]
        return unflatten([carrier.nested(s) for s in carrier.over_directions(slope, basis)], shape)

    @staticmethod
    def _slope(tape: Tape, problem: Problem, tangent: Value | None) -> Value:
        if tangent is None:
            return tape.carrier.lift(0.0)
        return weigh(tape.carrier, problem.cotangent, problem.output_shape, tangent)


METHOD = Forward()
