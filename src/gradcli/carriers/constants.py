"""Values of what depends on no input."""

from __future__ import annotations

from typing import Any

from gradcli.carriers.select import select_carrier
from gradcli.carriers.tape import evaluate
from gradcli.errors import Unstated
from gradcli.exact import Exact
from gradcli.graph import Graph
from gradcli.problem import Nested


def evaluate_constant(graph: Graph, node: int) -> Nested:
    """The value of a node without inputs, as a float or nested lists."""
    carrier = select_carrier(graph, graph.ancestors([node]))
    return carrier.nested(evaluate(graph, [node], carrier, {}).values[node])


def evaluate_exactly(graph: Graph, node: int, written: str) -> Nested:
    """The same as numbers that know what they approximate: a fraction, or the text that was written."""
    import numpy

    from gradcli.carriers.balls import Balls
    from gradcli.carriers.rationals import Rationals

    nearest = numpy.array(evaluate_constant(graph, node), dtype=float)
    fractions = _rationals(graph, node, Rationals())

    def number(place: int, value: float) -> Exact:
        def enclose() -> Any:
            return numpy.ravel(evaluate(graph, [node], Balls(), {}).values[node])[place]

        if fractions is not None and not hasattr(fractions[place], "rad"):
            return Exact(float(fractions[place]), str(fractions[place]), enclose)
        return Exact(value, f"{written}[{place}]" if nearest.shape else written, enclose)

    exact = numpy.empty(nearest.shape, dtype=object)
    for place, value in enumerate(nearest.ravel()):
        exact.ravel()[place] = number(place, float(value))
    return exact.tolist()


def _rationals(graph: Graph, node: int, carrier: Any) -> Any:
    """The elements, row-major, where balls can state the graph."""
    import numpy

    try:
        return numpy.ravel(evaluate(graph, [node], carrier, {}).values[node])
    except Unstated:
        return None
