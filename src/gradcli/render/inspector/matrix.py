"""The matrix of a linear operation, by its entries other than 0: sums, means, and whatever moves elements."""

from __future__ import annotations

from typing import Any

from gradcli.carriers.tape import Tape
from gradcli.methods.base import flatten, unit_directions
from gradcli.shapes import size

MOST_ELEMENTS = 1000
"""Of an array in a page: the matrix of a linear operation on them has at most the square of it to look through."""


def entries(tape: Tape, node: int) -> dict[str, list[Any]]:
    """`from` (a place among the elements of all arguments), `into` (a place in the result) and `weight`, in parallel.

    Columns are the operation on unit directions, so that nothing here knows an operation.
    """
    carrier, graph = tape.carrier, tape.graph
    primitive, parameters = tape.primitive(node), graph.parameters[node]
    shapes = [graph.shapes[argument] for argument in graph.arguments[node]]
    zeros = [carrier.zeros(shape) for shape in shapes]
    found: dict[str, list[Any]] = {"from": [], "into": [], "weight": []}
    place = 0
    for position, shape in enumerate(shapes):
        if not size(shape):
            continue

        def column(direction: Any, position: int = position) -> Any:
            operands = (*zeros[:position], direction, *zeros[position + 1 :])
            return carrier.apply(primitive, operands, parameters)

        units = [carrier.constant(unit, shape) for unit in unit_directions(shape)]
        for result in carrier.over_directions(column, units, size(graph.shapes[node])):
            for into, weight in enumerate(flatten(carrier.nested(result))):
                if weight:
                    found["from"].append(place)
                    found["into"].append(into)
                    found["weight"].append(weight)
            place += 1
    return found
