"""Which elements of the values on the way an output needs. A NaN among them may vanish: behind a power of 0, or in a
comparison."""

from __future__ import annotations

import math
from typing import Any

from gradcli.carriers.tape import Tape
from gradcli.methods.base import flatten
from gradcli.methods.reverse import contribution_to
from gradcli.primitives.declare import Linear, Multilinear
from gradcli.shapes import Shape, unbroadcast_axes

Mask = Any
"""A NumPy array of truth values, an element each."""


def nan_nodes(tape: Tape) -> list[int]:
    """The nodes whose value holds a NaN."""
    return [node for node in tape.nodes if _holds_nan(tape, node)]


def compared_poles(tape: Tape) -> list[int]:
    """The nodes that are infinite outside their domain and compared: IEEE 754 decides ln(0) > 0, which has no value."""
    comparisons = (
        node for node in tape.nodes if not tape.graph.is_leaf(node) and tape.primitive(node).locally_constant
    )
    operands = {a for node in comparisons if not tape.primitive(node).holds_value for a in tape.graph.arguments[node]}
    return [
        node
        for node in sorted(operands)
        if not tape.graph.is_leaf(node)
        and any(map(math.isinf, flatten(tape.carrier.nested(tape.values[node]))))
        and tape.violated(node) is not None
    ]


def needs_nan(tape: Tape, output: int) -> bool:
    """Whether the output needs a NaN, which may have vanished on the way to it."""
    lost = nan_nodes(tape)
    if not lost:
        return False
    import numpy

    needed = needed_elements(tape, output)
    numbers = {node: numpy.asarray(tape.carrier.nested(tape.values[node]), dtype=float) for node in lost}
    return any(node in needed and bool((numpy.isnan(numbers[node]) & needed[node]).any()) for node in lost)


def _holds_nan(tape: Tape, node: int) -> bool:
    value = tape.values[node]
    if isinstance(value, float):
        return value != value
    nan = getattr(value, "isnan", None)
    return bool(nan().any()) if nan is not None else any(v != v for v in flatten(tape.carrier.nested(value)))


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
        weights = tape.carrier.constant(mask.astype(float).tolist(), tape.graph.shapes[node])
        carried = contribution_to(tape, node, position, weights)
        if carried is None:
            return numpy.zeros(shape, dtype=bool)
        return numpy.asarray(tape.carrier.nested(carried), dtype=float).reshape(shape) != 0
    if primitive.elementwise:
        return _narrowed(mask, shape)
    return numpy.ones(shape, dtype=bool)


def _narrowed(mask: Mask, shape: Shape) -> Mask:
    """A mask over the elements that broadcasting repeated."""
    return mask.any(axis=unbroadcast_axes(mask.shape, shape)).reshape(shape)
