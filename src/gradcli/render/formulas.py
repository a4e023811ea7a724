"""Local partials as formulas: a primitive's own rule, run on a scratch graph whose inputs are called as on screen.

Each formula has a scratch graph of its own, so that writing one takes no time that grows with the graph.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import NamedTuple

from gradcli.carriers.nodes import Node, Nodes
from gradcli.errors import ShapeError
from gradcli.graph import CONSTANT, Graph
from gradcli.primitives.declare import Differential, Elementwise, Multilinear, Primitive, Value
from gradcli.render.numbers import format_number
from gradcli.shapes import Shape
from gradcli.syntax.text import format_node

MOST_TERMS = 64
"""A longer jvp is not written out: that of a running product grows with its number of elements."""


class Formula(NamedTuple):
    """The text of a local partial. A `differential` is the linear map itself, written on the argument's differential:
    `A @ dx`; otherwise the text is a factor: `cos(x2)`."""

    text: str
    differential: bool = False


def partial_formula(graph: Graph, names: Mapping[int, str], node: int, position: int) -> Formula:
    """The local partial of a node by one argument: a factor where there is one, else the linear map; 0 where no
    derivative flows. Every node but a constant has a name."""
    return Scratch(graph, names).partial(node, position)


def differential_text(graph: Graph, names: Mapping[int, str], node: int, position: int) -> str:
    """What the differential of one argument, `dx`, adds to the node's: `cos(x)*dx`, `A @ dx`."""
    return Scratch(graph, names).differential(node, position)


class Scratch:
    """Where one rule is run on nodes that stand for those of a graph."""

    def __init__(self, graph: Graph, names: Mapping[int, str]) -> None:
        self.graph = graph
        self.names = names
        self.scratch = Graph()
        self.m = Nodes(self.scratch)

    def partial(self, node: int, position: int) -> Formula:
        """See `partial_formula`."""
        primitive = self._primitive(node)
        rule = primitive.rule
        if not rule.depends_on(position):
            return Formula("0")
        if isinstance(rule, Elementwise):
            return Formula(self._text(self._factor(node, position)))
        if isinstance(rule, Multilinear) and not self.graph.shapes[node]:
            one = self.m.constant(1, ())
            arguments = self._arguments(node)
            return Formula(self._text(rule.transpose(self.m, one, position, arguments, self.graph.parameters[node])))
        return Formula(self.differential(node, position), differential=True)

    def differential(self, node: int, position: int) -> str:
        """See `differential_text`."""
        primitive = self._primitive(node)
        rule = primitive.rule
        argument = self.graph.arguments[node][position]
        tangent = self._input(f"d{self.names[argument]}", self.graph.shapes[argument])
        if isinstance(rule, Elementwise):
            return self._text(self._factor(node, position) * tangent)
        arguments = self._arguments(node)
        parameters = self.graph.parameters[node]
        if isinstance(rule, Differential):
            jvp = rule.jvps[position]
            assert jvp is not None
            with suppress(ShapeError):
                # Raised by a rule that must know the number of elements, in a graph without a point.
                result = jvp(self.m, tangent, self._named(node), *arguments, *parameters)
                if self._terms(result) <= MOST_TERMS:
                    return self._text(result)
            applied = self._text(self.m.apply(primitive, tuple(arguments), parameters))
            return f"jvp({applied}, {self._text(tangent)})"
        if not isinstance(rule, Multilinear):
            # Linear in all together: the others stand still, so that what they add is zero.
            arguments = [self._zeros(a) if rule.depends_on(k) else a for k, a in enumerate(arguments)]
        arguments[position] = tangent
        return self._text(self.m.apply(primitive, tuple(arguments), parameters))

    def _primitive(self, node: int) -> Primitive:
        primitive = self.graph.operations[node]
        assert isinstance(primitive, Primitive)
        return primitive

    def _factor(self, node: int, position: int) -> Value:
        """An elementwise local partial, as a node or a number."""
        rule = self._primitive(node).rule
        assert isinstance(rule, Elementwise)
        function = rule.partials[position]
        assert function is not None
        return function(self.m, self._named(node), *self._arguments(node), *self.graph.parameters[node])

    def _arguments(self, node: int) -> list[Node]:
        return [self._named(argument) for argument in self.graph.arguments[node]]

    def _named(self, node: int) -> Node:
        """A node of the graph as an input of the scratch graph; a constant as itself."""
        graph = self.graph
        if graph.operations[node] is CONSTANT:
            return Node(self.m, self.scratch.constant(graph.parameters[node][0], graph.shapes[node]))
        return self._input(self.names[node], graph.shapes[node])

    def _input(self, name: str, shape: Shape) -> Node:
        return Node(self.m, self.scratch.input(name, shape))

    def _zeros(self, argument: Node) -> Node:
        shape = self.scratch.shapes[argument.id]
        return self._input(f"zeros({', '.join(map(str, shape))})" if shape else "0", shape)

    def _terms(self, value: Value) -> int:
        """How many operations and names a value has, written out without sharing."""
        if not isinstance(value, Node):
            return 1
        terms: list[int] = []
        for arguments in self.scratch.arguments:
            terms.append(1 + sum(terms[a] for a in arguments))
        return terms[value.id]

    def _text(self, value: Value) -> str:
        if not isinstance(value, Node):
            return format_number(value)
        return format_node(self.scratch, value.id, {}, depth=len(self.scratch) + 1)
