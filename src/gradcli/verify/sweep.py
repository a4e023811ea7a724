"""One reverse sweep taken apart: what flows through each edge of the graph to one input.

The derivative is the sum over paths, so a slip at one edge changes it by what the edge carries: adjoint of the node,
times local partial, times the derivative of the argument by the input (Griewank and Walther, Evaluating Derivatives,
2008, section 3.2). Those last derivatives are tangents where the input has few elements, else the changed contribution
is pulled back by itself.
"""

from __future__ import annotations

from functools import cached_property
from typing import NamedTuple

from gradcli.carriers.base import Carrier
from gradcli.carriers.nodes import Node, Nodes
from gradcli.carriers.tape import Tape, tape_of
from gradcli.graph import CONSTANT, Graph, display_names
from gradcli.methods.base import flatten, unit_directions
from gradcli.methods.forward import push
from gradcli.methods.reverse import adjoint_of, adjoints_of, contribution_to, pull
from gradcli.methods.transposition import recorded
from gradcli.primitives.declare import Differential, Elementwise, Primitive, Value
from gradcli.problem import Problem
from gradcli.shapes import Shape, size
from gradcli.syntax.text import format_node
from gradcli.verify.explain import finite

MOST_WORK = 100_000
"""Nodes to visit, or numbers to compare, for all single slips together: a second or two on torch."""


class Edge(NamedTuple):
    """Argument number `position` of a node."""

    node: int
    position: int
    argument: int


class Sweep:
    """The derivative by one input (`name`), or the value of a node (`name` None, `target` the node).

    `right` holds the numbers in row-major order. A value has no edges.
    """

    def __init__(self, problem: Problem, carrier: Carrier, name: str | None, target: int | None = None) -> None:
        self.problem = problem
        self.graph = problem.graph
        self.carrier = carrier
        self.name = name
        self.target = problem.output if target is None else target
        self.tape = self._tape(carrier)
        self.right = self._numbers(self.tape)

    @property
    def shape(self) -> Shape:
        """Shape of the derivative, or of the value."""
        return self.graph.shapes[self.target] if self.name is None else self.problem.input_shape(self.name)

    @cached_property
    def names(self) -> dict[int, str]:
        """Names on screen."""
        shown = display_names(self.graph, [self.problem.output])
        return shown | {node: name for name, node in self.graph.inputs.items()}

    @cached_property
    def adjoints(self) -> list[Value | None]:
        """The adjoint of every node."""
        return self._adjoints(self.tape)

    @cached_property
    def edges(self) -> list[Edge]:
        """The edges that carry something of the output to the input, from the input on."""
        if self.name is None:
            return []
        source = self.graph.inputs[self.name]
        moving = self.graph.dependents([source], self.tape.nodes)
        return [
            Edge(node, position, argument)
            for node in self.tape.nodes
            if node in moving and not self.graph.is_leaf(node) and self.adjoints[node] is not None
            for position, argument in enumerate(self.graph.arguments[node])
            if argument in moving and self.tape.primitive(node).rule.depends_on(position)
        ]

    @property
    def too_large(self) -> bool:
        """Whether the single slips are too many to be tried."""
        nodes, edges, elements = len(self.tape.nodes), len(self.edges), len(self.right)
        return max(nodes, min(elements, edges) * nodes, elements * edges) > MOST_WORK

    @cached_property
    def flows(self) -> dict[Edge, list[float]]:
        """What flows through each edge to each element of the input; edges with something not finite are left out."""
        found = {}
        for edge in self.edges:
            contribution = contribution_to(self.tape, edge.node, edge.position, self.adjoints[edge.node])
            flow = None if contribution is None else self.through(edge.argument, contribution)
            if flow is not None and any(flow):
                found[edge] = flow
        return found

    @cached_property
    def into(self) -> dict[int, list[Edge]]:
        """The edges with a flow, by the node that they enter."""
        found: dict[int, list[Edge]] = {}
        for edge in self.flows:
            found.setdefault(edge.node, []).append(edge)
        return found

    def through(self, argument: int, contribution: Value) -> list[float] | None:
        """What a contribution to the adjoint of a node adds to each element; None if that is not finite."""
        if self.tangents is None:
            pulled = pull(self.tape, {argument: contribution}, [self._source])[self._source]
            numbers = [0.0] * len(self.right) if pulled is None else flatten(self.carrier.nested(pulled))
        else:
            numbers = [self.inner(contribution, tangents[argument]) for tangents in self.tangents]
        return numbers if finite(numbers) else None

    def swept_on(self, carrier: Carrier) -> list[float]:
        """The same numbers, computed on another carrier."""
        return self._numbers(self._tape(carrier))

    def edge_text(self, edge: Edge) -> str:
        """`∂v3/∂x2`."""
        return f"∂{self.names[edge.node]}/∂{self.names[edge.argument]}"

    def node_text(self, node: int) -> str:
        """`v3 = sin(x2)`."""
        return f"{self.names[node]} = {self.operation_text(node)}"

    def operation_text(self, node: int) -> str:
        """`sin(x2)`; the name of an input."""
        if self.graph.is_leaf(node):
            return self.names.get(node, "a constant")
        return format_node(self.graph, node, self.names)

    def partial(self, edge: Edge) -> tuple[Graph, int] | None:
        """The local partial of an edge as a formula on a graph of its own; None where there is none that is scalar."""
        return local_partial(self.graph, edge.node, edge.position)

    @property
    def _source(self) -> int:
        assert self.name is not None
        return self.graph.inputs[self.name]

    @property
    def input_value(self) -> Value:
        """The value of the input."""
        return self.tape.values[self._source]

    def along_ones(self, node: int) -> Value | None:
        """The tangent of a node where all elements of the input move alike: of a function of each element by itself
        its derivative. None where it does not move, or tangents are not known."""
        total: Value | None = None
        for tangents in self.tangents or ():
            tangent = tangents[node]
            if tangent is not None:
                total = tangent if total is None else total + tangent
        return total

    @cached_property
    def tangents(self) -> list[list[Value | None]] | None:
        """The tangents along each element of the input, where that is less work than one sweep an edge."""
        if len(self.right) > len(self.edges):
            return None
        shape = self.graph.shapes[self._source]
        units = [self.carrier.constant(unit, shape) for unit in unit_directions(shape)]
        return [push(self.tape, {self._source: unit}) for unit in units]

    def inner(self, contribution: Value, tangent: Value | None) -> float:
        """Their inner product."""
        if tangent is None:
            return 0.0
        product = contribution * tangent
        total = self.carrier.sum(product) if self.carrier.shape(product) else product
        return float(self.carrier.nested(total))

    def _tape(self, carrier: Carrier) -> Tape:
        problem = self.problem
        return tape_of(problem, carrier)

    def _adjoints(self, tape: Tape) -> list[Value | None]:
        return adjoints_of(self.problem, tape, self.graph.inputs.values())

    def _numbers(self, tape: Tape) -> list[float]:
        if self.name is None:
            return flatten(tape.carrier.nested(tape.values[self.target]))
        adjoints = self.adjoints if tape is self.tape else self._adjoints(tape)
        adjoint = adjoint_of(adjoints, self._source)
        return [0.0] * size(self.shape) if adjoint is None else flatten(tape.carrier.nested(adjoint))


def local_partial(graph: Graph, node: int, position: int) -> tuple[Graph, int] | None:
    """The partial (of an elementwise rule) or the jvp (of any other nonlinear one) on a graph of its own, whose inputs
    are the moving arguments; None where the rule is linear."""
    primitive = graph.operations[node]
    assert isinstance(primitive, Primitive)
    arguments, parameters = graph.arguments[node], graph.parameters[node]
    if isinstance(primitive.rule, Differential):
        piece = recorded(primitive, position, graph.shapes[node], tuple(graph.shapes[a] for a in arguments), parameters)
        return piece.graph, piece.result
    if not isinstance(primitive.rule, Elementwise):
        return None
    function = primitive.rule.partials[position]
    assert function is not None
    scratch = Graph()
    m = Nodes(scratch)
    out = Node(m, scratch.input("out", graph.shapes[node]))
    written = [
        Node(m, scratch.constant(graph.parameters[a][0], graph.shapes[a]))
        if graph.operations[a] is CONSTANT
        else Node(m, scratch.input(f"argument {a}", graph.shapes[a]))
        for a in arguments
    ]
    return scratch, m.lift(function(m, out, *written, *parameters)).id


def constant_factor(graph: Graph, node: int) -> tuple[float, bool]:
    """The constant factor of a formula, taken out of products and quotients, and whether anything else is left."""
    factor, rest = 1.0, False
    stack = [(node, False)]
    while stack:
        current, below = stack.pop()
        operation = graph.operations[current]
        if operation is CONSTANT and not graph.shapes[current]:
            number = float(graph.parameters[current][0])
            factor = factor / number if below and number else factor * number
        elif isinstance(operation, Primitive) and is_product(operation):
            stack += [(argument, below) for argument in graph.arguments[current]]
        elif isinstance(operation, Primitive) and is_quotient(operation):
            above, under = graph.arguments[current]
            stack += [(above, below), (under, not below)]
        else:
            rest = True
    return factor, rest


def is_product(primitive: Primitive) -> bool:
    """Whether 1 is neutral on both sides."""
    return primitive.identities == (1.0, 1.0)


def is_quotient(primitive: Primitive) -> bool:
    """Whether 1 is neutral on the right only."""
    return primitive.identities == (None, 1.0)


def is_sum(primitive: Primitive) -> bool:
    """Whether 0 is neutral on the right, as in a sum or a difference."""
    return primitive.identities in ((0.0, 0.0), (None, 0.0))
