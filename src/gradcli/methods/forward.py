"""Forward accumulation: tangents along the graph (Griewank and Walther, Evaluating Derivatives, 2008, section 3.1)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gradcli.carriers.base import Carrier
from gradcli.carriers.tape import Tape, evaluate, input_values
from gradcli.methods.base import BLOCK, elements, fixed_direction, unflatten, unit_directions, weigh
from gradcli.primitives.declare import Differential, Elementwise, Linear, Multilinear, Value
from gradcli.problem import Derivative, Nested, Problem


def push(tape: Tape, tangents: Mapping[int, Value]) -> list[Value | None]:
    """Tangent of every node for given tangents of inputs; None is a structural zero."""
    found: list[Value | None] = [None] * len(tape.values)
    arguments = tape.graph.arguments
    for node in tape.nodes:
        if node in tangents:
            found[node] = tangents[node]
            continue
        incoming = [found[a] for a in arguments[node]]
        if any(t is not None for t in incoming):
            found[node] = tangent_of(tape, node, incoming)
    return found


def tangent_of(tape: Tape, node: int, incoming: list[Value | None]) -> Value | None:
    """The tangent of one node from those of its arguments."""
    total: Value | None = None
    for contribution in contributions(tape, node, incoming):
        if contribution is not None:
            total = contribution if total is None else tape.carrier.accumulate(total, contribution)
    return total


def contributions(tape: Tape, node: int, incoming: list[Value | None]) -> list[Value | None]:
    """What each argument's tangent adds to the node's tangent, None for nothing."""
    primitive = tape.primitive(node)
    rule = primitive.rule
    m = tape.carrier
    if isinstance(rule, Elementwise):
        shape = tape.graph.shapes[node]
        return [_scaled(tape, node, k, t, shape) for k, t in enumerate(incoming)]
    values = tape.arguments(node)
    parameters = tape.graph.parameters[node]
    if isinstance(rule, Multilinear):
        return [
            None if t is None else m.apply(primitive, (*values[:k], t, *values[k + 1 :]), parameters)
            for k, t in enumerate(incoming)
        ]
    if isinstance(rule, Linear):
        return [_together(tape, node, incoming)]
    assert isinstance(rule, Differential)
    return [
        None if t is None or jvp is None else jvp(m, t, tape.values[node], *values, *parameters)
        for jvp, t in zip(rule.jvps, incoming, strict=True)
    ]


def _scaled(tape: Tape, node: int, position: int, tangent: Value | None, shape: Any) -> Value | None:
    if tangent is None:
        return None
    partial = tape.partial(node, position)
    if partial is None:
        return None
    product = partial * tangent
    return product if tape.carrier.shape(product) == shape else tape.carrier.broadcast_to(product, shape=shape)


def _together(tape: Tape, node: int, incoming: list[Value | None]) -> Value | None:
    """A jointly linear operation on the tangents; arguments without one contribute zeros."""
    primitive = tape.primitive(node)
    m = tape.carrier
    values = list(tape.arguments(node))
    moved = False
    for k, tangent in enumerate(incoming):
        if primitive.rule.depends_on(k):
            moved = moved or tangent is not None
            values[k] = m.zeros(m.shape(values[k])) if tangent is None else tangent
    return m.apply(primitive, tuple(values), tape.graph.parameters[node]) if moved else None


class Forward:
    """All directions at once up to 64 input elements, else one fixed direction."""

    name = "forward"
    independent = False

    def differentiate(self, problem: Problem, carrier: Carrier) -> Derivative:
        """One tangent an input element, contracted with the cotangent."""
        graph = problem.graph
        tape = evaluate(graph, [problem.output], carrier, input_values(graph, carrier, problem.point))
        answer = Derivative(self.name, value=carrier.nested(tape.values[problem.output]))
        if elements(problem) > BLOCK:
            direction = fixed_direction(problem)
            tangents = input_values(graph, carrier, direction)
            slope = self._slope(tape, problem, push(tape, tangents)[problem.output])
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
