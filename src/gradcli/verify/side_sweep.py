"""A forward sweep to one side, in which every primitive that stands on a kink uses its declared one-sided directional
derivative (Griewank and Walther, Evaluating Derivatives, 2008, section 14.2)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from gradcli.carriers.tape import Tape, evaluate, input_values
from gradcli.methods.base import flatten, unflatten, weigh
from gradcli.methods.forward import tangent_of
from gradcli.primitives.declare import Value
from gradcli.problem import Nested, Problem

STEPS = (-0.618033988749895, -1e-3, 1e-3, 0.618033988749895)
"""At which it is looked whether a number moves."""


def slope_along(
    problem: Problem, tape: Tape, kinks: set[int], direction: Mapping[str, Nested], sign: int
) -> float | None:
    """Derivative from one side; None when a primitive on its kink declares no sides (a jump)."""
    tangent = tangent_from(problem, tape, kinks, direction, sign)
    return None if tangent is None else sign * float(tape.carrier.nested(tangent))


def tangent_from(
    problem: Problem, tape: Tape, kinks: set[int], direction: Mapping[str, Nested], sign: int
) -> Value | None:
    """The derivative along a direction or its opposite, on the tape's carrier; None at a jump."""
    graph, m = tape.graph, tape.carrier
    tangents: list[Value | None] = [None] * len(tape.values)
    for name, unit in direction.items():
        node = graph.inputs[name]
        if node >= len(tangents):  # an input of another output
            continue
        signed = unflatten([sign * t for t in flatten(unit)], graph.shapes[node])
        tangents[node] = m.point(signed, graph.shapes[node])
    for node in tape.nodes:
        incoming = [tangents[a] for a in graph.arguments[node]]
        if not any(t is not None for t in incoming):
            continue
        if node in kinks:
            kink = tape.primitive(node).kink
            assert kink is not None
            if kink.sides is None:
                if not _stands_still(problem, tape, node, direction, incoming):
                    return None
                tangents[node] = tangent_of(tape, node, incoming)
                continue
            values = tape.arguments(node)
            filled = tuple(m.zeros(m.shape(v)) if t is None else t for t, v in zip(incoming, values, strict=True))
            tangents[node] = kink_tangent(tape, node, filled)
        else:
            tangents[node] = tangent_of(tape, node, incoming)
    tangent = tangents[problem.output]
    if tangent is None:
        return m.lift(0.0)
    return weigh(m, problem.cotangent, problem.output_shape, tangent)


def _stands_still(
    problem: Problem, tape: Tape, node: int, direction: Mapping[str, Nested], tangents: Sequence[Value | None]
) -> bool:
    """Whether those elements of a node that are on its jump depend on nothing that a direction moves.

    Tangents of 0 are not enough: x^2 moves at 0.
    """
    m, graph, primitive = tape.carrier, tape.graph, tape.primitive(node)
    shape = graph.shapes[node]
    if not primitive.elementwise or not shape:
        return False

    def elements(value: Value) -> list[float]:
        return flatten(m.nested(m.broadcast_to(value, shape=shape)))

    surfaces = [elements(surface) for surface in tape.surfaces(node)]
    jumping = [k for k, levels in enumerate(zip(*surfaces, strict=True)) if 0.0 in levels]
    if any(elements(tangent)[k] for tangent in tangents if tangent is not None for k in jumping):
        return False
    here = input_values(graph, m, problem.point)
    steps = input_values(graph, m, direction)

    def arguments(step: float) -> list[list[float]]:
        moved = {**here, **{n: here[n] + m.lift(step) * tangent for n, tangent in steps.items()}}
        inner = evaluate(graph, list(graph.arguments[node]), m, moved)
        return [[elements(value)[k] for k in jumping] for value in inner.arguments(node)]

    return all(arguments(step) == arguments(0.0) for step in STEPS)


def kink_tangent(tape: Tape, node: int, tangents: tuple[Value, ...]) -> Value:
    """The one-sided tangent where the arguments lie on the kink, the ordinary one elsewhere."""
    m = tape.carrier
    primitive = tape.primitive(node)
    kink = primitive.kink
    assert kink is not None
    assert kink.sides is not None
    values, parameters = tape.arguments(node), tape.graph.parameters[node]
    one_sided = kink.sides(m, tangents, *values, *parameters)
    if not tape.graph.shapes[node]:
        return one_sided
    ordinary = tangent_of(tape, node, list(tangents))
    on_kink = m.lift(1.0)
    for surface in tape.surfaces(node):
        on_kink = on_kink * m.ne(surface, m.lift(0.0))
    return m.where(on_kink, ordinary, one_sided)
