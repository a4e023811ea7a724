"""Values of what depends on no input."""

from __future__ import annotations

from typing import Any

from gradcli.carriers.select import select_carrier
from gradcli.carriers.tape import evaluate
from gradcli.exact import Exact
from gradcli.graph import Graph
from gradcli.problem import Nested


def evaluate_constant(graph: Graph, node: int) -> Nested:
    """The value of a node without inputs, as a float or nested lists."""
    carrier = select_carrier(graph, graph.ancestors([node]))
    return carrier.nested(evaluate(graph, [node], carrier, {}).values[node])


def evaluate_exactly(graph: Graph, node: int) -> Nested:
    """The same as numbers that know what they approximate: the decimals, and pi, that were written."""
    import numpy

    from gradcli.carriers.balls import Balls

    def number(place: int, nearest: float) -> Exact:
        def enclose() -> Any:
            return numpy.ravel(evaluate(graph, [node], Balls(), {}).values[node])[place]

        return Exact(nearest, f"{id(graph)} {node} {place}", enclose)

    nearest = numpy.array(evaluate_constant(graph, node), dtype=float)
    exact = numpy.empty(nearest.shape, dtype=object)
    for place, value in enumerate(nearest.ravel()):
        exact.ravel()[place] = number(place, float(value))
    return exact.tolist()
