"""Reverse mode for `Differential` rules: the jvp is recorded as a graph and its linear part run backwards.

Linearise, then transpose: Radul, Paszke, Frostig, Johnson, Maclaurin, "You Only Linearize Once" (POPL 2023).
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from gradcli.carriers.nodes import Node, Nodes
from gradcli.carriers.tape import Tape, evaluate
from gradcli.graph import Graph, Parameters
from gradcli.primitives.declare import Differential, Primitive, Value
from gradcli.shapes import Shape


@lru_cache(maxsize=1024)
def recorded(
    primitive: Primitive, position: int, out_shape: Shape, shapes: tuple[Shape, ...], parameters: Parameters
) -> tuple[Graph, int, tuple[int, ...], int]:
    """The jvp by one argument as a graph: (graph, tangent node, nodes of the result and the arguments, jvp node)."""
    rule = primitive.rule
    assert isinstance(rule, Differential)
    jvp = rule.jvps[position]
    assert jvp is not None
    graph = Graph()
    m = Nodes(graph)
    tangent = Node(m, graph.input("tangent", shapes[position]))
    out = Node(m, graph.input("out", out_shape))
    arguments = [Node(m, graph.input(f"argument {k}", shape)) for k, shape in enumerate(shapes)]
    result = jvp(m, tangent, out, *arguments, *parameters)
    return graph, tangent.id, (out.id, *(a.id for a in arguments)), result.id


def transposed(tape: Tape, node: int, position: int, cotangent: Value) -> Value | None:
    """The cotangent of one argument of a node with a `Differential` rule."""
    from gradcli.methods.reverse import pull

    graph = tape.graph
    shapes = tuple(graph.shapes[a] for a in graph.arguments[node])
    piece, tangent, held, result = recorded(
        tape.primitive(node), position, graph.shapes[node], shapes, graph.parameters[node]
    )
    values: dict[int, Any] = dict(zip(held, (tape.values[node], *tape.arguments(node)), strict=True))
    # A linear map has the same transpose everywhere, so any tangent will do to evaluate the piece at.
    values[tangent] = tape.carrier.zeros(graph.shapes[graph.arguments[node][position]])
    inner = evaluate(piece, [result], tape.carrier, values)
    return pull(inner, {result: cotangent}, [tangent])[tangent]
