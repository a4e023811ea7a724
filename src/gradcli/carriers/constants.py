"""Values of what depends on no input."""

from __future__ import annotations

from gradcli.carriers.select import select_carrier
from gradcli.carriers.tape import evaluate
from gradcli.graph import Graph
from gradcli.problem import Nested


def evaluate_constant(graph: Graph, node: int) -> Nested:
    """The value of a node without inputs, as a float or nested lists."""
    carrier = select_carrier(graph, graph.ancestors([node]))
    return carrier.nested(evaluate(graph, [node], carrier, {}).values[node])
