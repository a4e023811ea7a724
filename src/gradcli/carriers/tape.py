"""A graph evaluated on a carrier: the tape that both sweeps run over."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeVar

from gradcli.carriers.base import Carrier
from gradcli.carriers.nodes import Node, Nodes
from gradcli.graph import CONSTANT, INPUT, Graph
from gradcli.primitives.declare import Domain, Elementwise, Premise, Primitive, Value
from gradcli.problem import Problem

Condition = TypeVar("Condition", bound=Domain)


class Tape:
    """Values of the nodes that the outputs need, and the local partials on their edges as they are asked for."""

    def __init__(
        self,
        graph: Graph,
        carrier: Carrier,
        nodes: list[int],
        values: list[Value],
        surfaces: Mapping[int, Value] | None = None,
    ) -> None:
        self.graph = graph
        self.carrier = carrier
        self.nodes = nodes
        self.values = values
        self._surfaces = surfaces or {}
        self._partials: dict[tuple[int, int], Value] = {}

    def primitive(self, node: int) -> Primitive:
        """The primitive of a node that is no leaf."""
        operation = self.graph.operations[node]
        assert isinstance(operation, Primitive)
        return operation

    def arguments(self, node: int) -> tuple[Value, ...]:
        """Values of a node's arguments."""
        values = self.values
        return tuple([values[a] for a in self.graph.arguments[node]])

    def partial(self, node: int, position: int) -> Value | None:
        """The local partial of an elementwise node by one argument; None where no derivative flows."""
        key = (node, position)
        if key in self._partials:
            return self._partials[key]
        primitive = self.primitive(node)
        rule = primitive.rule
        assert isinstance(rule, Elementwise)
        function = rule.partials[position]
        found = None
        if function is not None:
            found = function(self.carrier, self.values[node], *self.arguments(node), *self.graph.parameters[node])
        self._partials[key] = found
        return found

    def kinks(self) -> list[int]:
        """Nodes that stand exactly on a kink or a jump of their primitive."""
        return [node for node in self.with_kinks() if self._on_kink(node)]

    def surfaces(self, node: int) -> tuple[Value, ...]:
        """Values that are 0 exactly where a node stands on its kink: those that are known, or what `Kink.at` says."""
        if node in self._surfaces:
            return (self._surfaces[node],)
        kink = self.primitive(node).kink
        assert kink is not None
        return kink.at(*self.arguments(node), *self.graph.parameters[node])

    def with_kinks(self) -> list[int]:
        """Nodes whose primitive has a kink or a jump that the inputs can cross."""
        nodes = [node for node in self.nodes if self._primitive_or_none(node) and self.primitive(node).kink]
        moving = self.moving() if nodes else set()
        return [node for node in nodes if self._crosses(node, moving)]

    def moving(self) -> set[int]:
        """Nodes whose value moves with the inputs: not the constant ones, nor the locally constant ones."""
        moving: set[int] = set()
        for node in self.nodes:
            operation = self.graph.operations[node]
            if operation is INPUT:
                moving.add(node)
            elif isinstance(operation, Primitive):
                arguments = enumerate(self.graph.arguments[node])
                if any(a in moving and operation.rule.depends_on(k) for k, a in arguments):
                    moving.add(node)
        return moving

    def outside_domain(self) -> list[int]:
        """Nodes whose arguments violate a declared domain, first cause first."""
        return [node for node in self.nodes if self._primitive_or_none(node) and self.violated(node) is not None]

    def violated(self, node: int) -> str | None:
        """The text of the first domain condition that the node's arguments violate."""
        found = next(self._unmet(node, self.primitive(node).domain), None)
        return None if found is None else found.text

    def unmet_premise(self, node: int) -> Premise | None:
        """The first premise of a node that its arguments do not meet."""
        return next(self._unmet(node, self.primitive(node).premises), None)

    def _unmet(self, node: int, conditions: Iterable[Condition]) -> Iterator[Condition]:
        """The conditions that a node's arguments violate. NaN arguments are the fault of an earlier node."""
        values = self.arguments(node)
        for condition in conditions:
            holds = condition.holds(*values, *self.graph.parameters[node])
            if not all_true(holds) and not any(has_nan(v) for v in values):
                yield condition

    def _primitive_or_none(self, node: int) -> bool:
        return isinstance(self.graph.operations[node], Primitive)

    def _crosses(self, node: int, moving: set[int]) -> bool:
        kink = self.primitive(node).kink
        assert kink is not None
        arguments = self.graph.arguments[node]
        crossing = arguments if kink.arguments is None else [arguments[k] for k in kink.arguments]
        return not moving.isdisjoint(crossing)

    def _on_kink(self, node: int) -> bool:
        return any(any_zero(v) for v in self.surfaces(node))


def all_true(holds: Any) -> bool:
    """Whether a truth value, or every element of a tensor of them, is true."""
    return bool(holds.all()) if hasattr(holds, "all") else bool(holds)


def any_zero(value: Value) -> bool:
    """Whether a number, or an element of a tensor, is exactly zero."""
    zero = value == 0
    return bool(zero.any()) if hasattr(zero, "any") else bool(zero)


def has_nan(value: Value) -> bool:
    """Whether a number, or an element of a tensor, is NaN."""
    nan = value != value
    return bool(nan.any()) if hasattr(nan, "any") else bool(nan)


def input_values(graph: Graph, carrier: Carrier, point: Mapping[str, Any]) -> dict[int, Value]:
    """The bound inputs as values of a carrier."""
    return {
        graph.inputs[name]: carrier.point(value, graph.shapes[graph.inputs[name]])
        for name, value in point.items()
        if name in graph.inputs
    }


def evaluate(
    graph: Graph,
    outputs: Sequence[int],
    carrier: Carrier,
    inputs: Mapping[int, Value],
    held: Mapping[int, Value] | None = None,
    nodes: list[int] | None = None,
) -> Tape:
    """Evaluate what the outputs need, in creation order.

    `held` nodes keep the given value whatever their arguments are (detach, for methods that move the point). `nodes`
    saves finding the ancestors again when a graph is evaluated many times.
    """
    nodes = graph.ancestors(outputs) if nodes is None else nodes
    values: list[Value] = [None] * (nodes[-1] + 1 if nodes else 0)
    operations, arguments, parameters, shapes = graph.operations, graph.arguments, graph.parameters, graph.shapes
    apply = carrier.apply
    held = held or {}
    for node in nodes:
        operation = operations[node]
        if node in held:
            values[node] = held[node]
        elif isinstance(operation, Primitive):
            values[node] = apply(operation, tuple([values[a] for a in arguments[node]]), parameters[node])
        elif operation is INPUT:
            values[node] = inputs[node]
        else:
            assert operation is CONSTANT
            values[node] = carrier.constant(parameters[node][0], shapes[node])
    return Tape(graph, carrier, nodes, values)


def tape_of(problem: Problem, carrier: Carrier) -> Tape:
    """The output of a problem, and all that it needs, at its point."""
    graph = problem.graph
    return evaluate(graph, [problem.output], carrier, input_values(graph, carrier, problem.point))


def tape_of_nodes(graph: Graph, outputs: Sequence[int]) -> Tape:
    """The graph as a tape of its own nodes: a sweep over it appends the derivative to the graph as further nodes."""
    m = Nodes(graph)
    nodes = graph.ancestors(outputs)
    return Tape(graph, m, nodes, [Node(m, node) for node in range(len(graph))])
