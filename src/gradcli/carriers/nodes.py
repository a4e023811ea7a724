"""Emits graph: rules run on nodes, so that a derivative is a graph itself."""

from __future__ import annotations

from typing import Any

from gradcli.carriers.base import Arithmetic, Carrier
from gradcli.graph import CONSTANT, Graph, Parameters
from gradcli.primitives.declare import Primitive, Value
from gradcli.shapes import Shape


class Node(Arithmetic):
    """A thin view of a node in a graph, with the arithmetic operators."""

    __slots__ = ("carrier", "id")

    def __init__(self, carrier: Nodes, number: int) -> None:
        self.carrier = carrier
        self.id = number


class Nodes(Carrier):
    """Applies primitives by appending to a graph.

    Neutral elements (x*1, x+0) disappear, which changes no value. Nothing is multiplied out to zero: that would hide
    0 * inf.
    """

    name = "nodes"

    def __init__(self, graph: Graph) -> None:
        self.graph = graph

    def constant(self, value: Any, shape: Shape) -> Value:
        """A constant node."""
        return Node(self, self.graph.constant(value, shape))

    def apply(self, primitive: Primitive, arguments: tuple[Value, ...], parameters: Parameters) -> Value:
        """A node of the primitive on nodes."""
        graph = self.graph
        numbers = tuple(a.id for a in arguments)
        shapes = [graph.shapes[n] for n in numbers]
        if primitive.normalize is not None:
            parameters = primitive.normalize(shapes, *parameters)
        for position, neutral in enumerate(primitive.identities):
            other = numbers[1 - position]
            if self._is_number(numbers[position], neutral) and shapes[1 - position] == primitive.infer_shape(
                shapes, ()
            ):
                return Node(self, other)
        return Node(self, graph.apply(primitive, numbers, parameters))

    def lift(self, value: Value) -> Value:
        """Python numbers become constants, whole ones exact."""
        if isinstance(value, (int, float)):
            return self.constant(int(value) if value == int(value) else value, ())
        return value

    def shape(self, value: Value) -> Shape:
        """The node's inferred shape."""
        return self.graph.shapes[value.id] if isinstance(value, Node) else ()

    def _is_number(self, node: int, number: float | None) -> bool:
        if number is None or self.graph.operations[node] is not CONSTANT:
            return False
        value = self.graph.parameters[node][0]
        return isinstance(value, (int, float)) and value == number
