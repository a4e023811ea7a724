"""Reverse mode for `Differential` rules: the jvp is recorded as a graph and its linear part run backwards.

Linearise, then transpose: Radul, Paszke, Frostig, Johnson, Maclaurin, "You Only Linearize Once" (POPL 2023).
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any, NamedTuple

from gradcli.carriers.nodes import Node, Nodes
from gradcli.carriers.tape import Tape, evaluate
from gradcli.graph import Graph, Parameters
from gradcli.primitives.declare import Differential, Primitive, Value
from gradcli.shapes import Shape


class Piece(NamedTuple):
    """A jvp as a graph: its tangent, the nodes that stand for the result and the arguments, and the jvp itself."""

    graph: Graph
    tangent: int
    values: tuple[int, ...]
    result: int
    moving: frozenset[int]
    """The nodes that depend on the tangent."""


@lru_cache(maxsize=1024)
def recorded(
    primitive: Primitive, position: int, out_shape: Shape, shapes: tuple[Shape, ...], parameters: Parameters
) -> Piece:
    """The jvp by one argument as a graph."""
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
    moving = graph.dependents([tangent.id], graph.ancestors([result.id]))
    return Piece(graph, tangent.id, (out.id, *(a.id for a in arguments)), result.id, frozenset(moving))


def transposed(tape: Tape, node: int, position: int, cotangent: Value) -> Value | None:
    """The cotangent of one argument of a node with a `Differential` rule."""
    from gradcli.methods.reverse import pull

    graph = tape.graph
    shapes = tuple(graph.shapes[a] for a in graph.arguments[node])
    piece = recorded(tape.primitive(node), position, graph.shapes[node], shapes, graph.parameters[node])
    values: dict[int, Any] = dict(zip(piece.values, (tape.values[node], *tape.arguments(node)), strict=True))
    # A linear map has the same transpose everywhere: what depends on the tangent needs a shape but no value.
    held = {n: tape.carrier.zeros(piece.graph.shapes[n]) for n in piece.moving}
    inner = evaluate(piece.graph, [piece.result], tape.carrier, values, held)
    return pull(inner, {piece.result: cotangent}, [piece.tangent])[piece.tangent]
