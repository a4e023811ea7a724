"""Linear and bilinear operations by their coefficients: sums, means, whatever moves elements; and products of arrays.

They are found by the operation on unit directions, so that nothing here knows an operation.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from gradcli.carriers.tape import Tape
from gradcli.errors import Unstated
from gradcli.methods.base import flatten, unit_directions
from gradcli.shapes import Shape, size

MOST_ELEMENTS = 1000
"""Of an array in a page: the matrix of a linear operation has at most the square of it to look through."""
MOST_PRODUCTS = 200_000
"""Pairs of elements, times elements of the result, that are looked through for the products of a bilinear one."""


def entries(tape: Tape, node: int) -> dict[str, list[Any]]:
    """Of a linear operation the entries other than 0 of its matrix: `from` (a place among the elements of all
    arguments, one after another), `into` (a place in the result) and `weight`, in parallel."""
    zeros = [tape.carrier.zeros(shape) for shape in argument_shapes(tape, node)]
    found: dict[str, list[Any]] = {"from": [], "into": [], "weight": []}
    start = 0
    for position, shape in enumerate(argument_shapes(tape, node)):
        for place, into, weight in columns(tape, node, position, zeros):
            found["from"].append(start + place)
            found["into"].append(into)
            found["weight"].append(weight)
        start += size(shape)
    return found


def products(tape: Tape, node: int) -> dict[str, list[Any]]:
    """Of a bilinear operation the products that it adds up: `left` and `right` (places in its arguments), `into` and
    `weight`, in parallel. Raises Unstated."""
    left_shape, right_shape = argument_shapes(tape, node)
    number = size(left_shape) * size(right_shape) * size(tape.graph.shapes[node])
    if number > MOST_PRODUCTS:
        raise Unstated(f"the arrays of {tape.primitive(node).name} are too large to multiply in the page")
    zero = tape.carrier.zeros(right_shape)
    found: dict[str, list[Any]] = {"left": [], "right": [], "into": [], "weight": []}
    for left, unit in enumerate(units(tape, left_shape)):
        for right, into, weight in columns(tape, node, 1, [unit, zero]):
            found["left"].append(left)
            found["right"].append(right)
            found["into"].append(into)
            found["weight"].append(weight)
    return found


def columns(tape: Tape, node: int, position: int, operands: list[Any]) -> Iterator[tuple[int, int, float]]:
    """What each element of one argument adds to each of the result, where that is not 0; the others are as given."""
    carrier, graph = tape.carrier, tape.graph
    primitive, parameters = tape.primitive(node), graph.parameters[node]

    def column(direction: Any) -> Any:
        return carrier.apply(primitive, (*operands[:position], direction, *operands[position + 1 :]), parameters)

    directions = units(tape, argument_shapes(tape, node)[position])
    found = carrier.over_directions(column, directions, size(graph.shapes[node]))
    for place, result in enumerate(found):
        for into, weight in enumerate(flatten(carrier.nested(result))):
            if weight:
                yield place, into, weight


def units(tape: Tape, shape: Shape) -> list[Any]:
    """The unit directions of a shape, on the tape's carrier."""
    return [tape.carrier.constant(unit, shape) for unit in unit_directions(shape)]


def argument_shapes(tape: Tape, node: int) -> list[Shape]:
    """The shapes of a node's arguments."""
    return [tape.graph.shapes[argument] for argument in tape.graph.arguments[node]]
