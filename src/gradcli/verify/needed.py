"""Which elements of the values on the way an output needs. Among them may be some that are no value, which vanish:
behind a power of 0, in a comparison, or because IEEE 754 has a number for them."""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from typing import Any

from gradcli.carriers.tape import Tape
from gradcli.methods.base import flatten
from gradcli.methods.reverse import contribution_to
from gradcli.primitives.declare import Linear, Multilinear, Primitive, Value
from gradcli.shapes import Shape, unbroadcast_axes

Mask = Any
"""A NumPy array of truth values, an element each."""


def nan_nodes(tape: Tape) -> list[int]:
    """The nodes whose value holds a NaN."""
    values = ((node, tape.values[node]) for node in tape.nodes)
    return [node for node, v in values if (v != v if isinstance(v, float) else _holds_nan(tape, v))]


def poles(tape: Tape, inputs: Collection[int]) -> list[int]:
    """The nodes that are infinite outside their domain, and depend on one of the inputs or are met by no derivative:
    compared, detached or locally constant themselves. IEEE 754 decides ln(0) > 0 and has 1/inf, which have no value. A
    constant ln(0), as masks have it, serves those that differentiate by something else."""
    graph = tape.graph
    guarded = {o for o in set(graph.operations) if isinstance(o, Primitive) and o.domain}
    outside = (n for n in tape.nodes if graph.operations[n] in guarded and _holds_infinity(tape, tape.values[n]))
    found = [node for node in outside if tape.violated(node) is not None]
    if not found:
        return []
    still = [n for n in tape.nodes if not graph.is_leaf(n) and tape.primitive(n).locally_constant]
    seen = {*graph.ancestors(still), *graph.dependents(inputs, tape.nodes)}
    return [node for node in found if node in seen]


def numbers_outside_domain(tape: Tape) -> dict[int, Mask]:
    """The elements that are numbers outside their domain, by node: IEEE 754 says that atan2(0, 0) is 0."""
    graph = tape.graph
    guarded = {o for o in set(graph.operations) if isinstance(o, Primitive) and o.elementwise and o.domain}
    found = {}
    for node in tape.nodes if guarded else ():
        if graph.operations[node] in guarded and tape.violated(node) is not None:
            import numpy

            finite = numpy.isfinite(array_of(tape, tape.values[node])) & ~_inside(tape, node)
            if finite.any():
                found[node] = finite
    return found


def _inside(tape: Tape, node: int) -> Mask:
    """The elements of a node that are inside its domain; none where its condition is one on all of them together."""
    import numpy

    primitive = tape.primitive(node)
    if not primitive.elementwise:
        return numpy.asarray(False)
    held = [d.holds(*tape.arguments(node), *tape.graph.parameters[node]) for d in primitive.domain]
    return numpy.logical_and.reduce([array_of(tape, h) for h in held])


def are_outside(tape: Tape, node: int, elements: Sequence[int]) -> bool:
    """Whether one of some elements of a node is outside its domain, and does not only overflow."""
    if tape.violated(node) is None:
        return False
    import numpy

    shape = tuple(int(d) for d in tape.graph.shapes[node])
    return not numpy.broadcast_to(_inside(tape, node), shape).ravel()[list(elements)].all()


def without_value(tape: Tape, inputs: Collection[int] = ()) -> dict[int, Mask]:
    """By node, the elements that are no value, whatever floats make of them; poles where they depend on one of the
    inputs, and infinite elements inside the domain, which only overflow, not. Loads nothing where there are none."""
    found = numbers_outside_domain(tape)

    def add(node: int, strange: Mask) -> None:
        found[node] = found[node] | strange if node in found else strange

    for node in nan_nodes(tape):
        add(node, array_of(tape, tape.values[node] != tape.values[node]))
    for node in poles(tape, inputs):
        import numpy

        add(node, ~numpy.isfinite(array_of(tape, tape.values[node])) & ~_inside(tape, node))
    return found


def needs_nan(tape: Tape, output: int) -> bool:
    """Whether the output needs a NaN, which may have vanished on the way to it."""
    lost = nan_nodes(tape)
    if not lost:
        return False
    import numpy

    needed = needed_elements(tape, output)
    return any(
        node in needed and bool((numpy.isnan(array_of(tape, tape.values[node])) & needed[node]).any()) for node in lost
    )


def array_of(tape: Tape, value: Value) -> Any:
    """A value as an array of floats."""
    import numpy

    if hasattr(value, "detach"):
        return value.detach().cpu().numpy()
    if isinstance(value, bool):
        return numpy.asarray(value)
    return numpy.asarray(tape.carrier.nested(value), dtype=float)


def _value_of(tape: Tape, mask: Mask, shape: Shape) -> Value:
    """A mask as zeros and ones of the carrier. Lists of a million elements take a second."""
    ones = mask.astype(float)
    torch = getattr(tape.carrier, "torch", None)
    return tape.carrier.constant(ones.tolist() if torch is None else torch.as_tensor(ones), shape)


def _holds_nan(tape: Tape, value: Value) -> bool:
    nan = getattr(value, "isnan", None)
    return bool(nan().any()) if nan is not None else any(v != v for v in flatten(tape.carrier.nested(value)))


def _holds_infinity(tape: Tape, value: Value) -> bool:
    infinite = getattr(value, "isinf", None)
    return bool(infinite().any()) if infinite is not None else any(map(math.isinf, flatten(tape.carrier.nested(value))))


def needed_elements(tape: Tape, output: int) -> dict[int, Mask]:
    """By node, the elements that the output depends on. A linear operation (where, an index, a sum) needs those that it
    took; another elementwise one those at the same places; the rest all."""
    import numpy

    sizes = {node: tuple(int(d) for d in tape.graph.shapes[node]) for node in tape.nodes}
    found: dict[int, Mask] = {output: numpy.ones(sizes[output], dtype=bool)}
    for node in reversed(tape.nodes):
        if node not in found or tape.graph.is_leaf(node) or not found[node].any():
            continue
        for position, argument in enumerate(tape.graph.arguments[node]):
            mask = _handed_on(tape, node, position, found[node], sizes[argument])
            found[argument] = found[argument] | mask if argument in found else mask
    return found


def _handed_on(tape: Tape, node: int, position: int, mask: Mask, shape: tuple[int, ...]) -> Mask:
    """What a node whose elements of a mask are needed needs of one argument."""
    import numpy

    primitive = tape.primitive(node)
    rule = primitive.rule
    if isinstance(rule, Linear) and not isinstance(rule, Multilinear) and rule.depends_on(position):
        # These only choose and add: a transpose carries a 1 to what was taken, and nothing to the rest.
        weights = _value_of(tape, mask, tape.graph.shapes[node])
        carried = contribution_to(tape, node, position, weights)
        if carried is None:
            return numpy.zeros(shape, dtype=bool)
        return array_of(tape, carried).reshape(shape) != 0
    if primitive.elementwise:
        return _narrowed(mask, shape)
    return numpy.ones(shape, dtype=bool)


def _narrowed(mask: Mask, shape: Shape) -> Mask:
    """A mask over the elements that broadcasting repeated."""
    return mask.any(axis=unbroadcast_axes(mask.shape, shape)).reshape(shape)
