"""What the printers of text and LaTeX share: which nodes are statements, and where parentheses stand.

A node that is used once stands inside the expression that uses it; a named or shared one is a statement of its own, so
that the size of the text is linear in the size of the graph.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from gradcli.errors import GradcliError
from gradcli.exact import Exact, spelt_out
from gradcli.graph import CONSTANT, INPUT, Graph, Parameters, display_names
from gradcli.primitives.declare import Primitive
from gradcli.shapes import Shape
from gradcli.syntax.operators import COMPARISONS, MINUS, operators

LOOSEST = 0
ATOM = 1000
"""Precedence of what needs no parentheses anywhere: names, calls, brackets."""


class Slot(NamedTuple):
    """A place for a node in what is printed, and what the place demands."""

    node: int
    precedence: int = LOOSEST
    after_operator: bool = False
    """A leading minus needs parentheses."""
    depth: int = 0


Part = str | Slot


@dataclass(frozen=True)
class Statement:
    """`name = node`, or only the node."""

    name: str | None
    node: int


def plan(graph: Graph, outputs: Sequence[int]) -> tuple[list[Statement], dict[int, str]]:
    """The statements that define a graph's outputs, and the names by which nodes are referred to."""
    nodes = graph.ancestors(outputs)
    uses = dict.fromkeys(nodes, 0)
    for node in nodes:
        for argument in graph.arguments[node]:
            uses[argument] += 1
    for output in outputs:
        uses[output] += 1
    display = display_names(graph, outputs)
    referred = {node: display[node] for node in nodes if graph.operations[node] is INPUT}
    defined = {}
    for node in nodes:
        if graph.operations[node] is INPUT or (graph.operations[node] is CONSTANT and not graph.shapes[node]):
            continue
        if node in graph.names or (uses[node] > 1 and node in display):
            defined[node] = display[node]
    last = outputs[-1]
    ends_named = last in defined and uses[last] == 1
    statements = [Statement(name, node) for node, name in defined.items() if not (ends_named and node == last)]
    statements += [Statement(None, output) for output in outputs[:-1]]
    statements.append(Statement(defined[last] if ends_named else None, last))
    return statements, referred | defined


class Printer(ABC):
    """Writes nodes of a graph; `names` are those that are referred to and not written out."""

    brackets = ("(", ")")

    def __init__(self, graph: Graph, names: Mapping[int, str]) -> None:
        self.graph = graph
        self.names = names
        self.taken = set(names.values()) | set(graph.inputs)

    def write(self, root: int, depth: int | None = None) -> str:
        """The root written out; with a depth, operations below that many levels are referred to by name."""
        top = Slot(root, depth=len(self.graph) + 1 if depth is None else depth)
        pieces: list[str] = []
        stack: list[Part] = [top]
        while stack:
            part = stack.pop()
            if isinstance(part, str):
                pieces.append(part)
            else:
                stack += reversed(self._parts(part, is_root=part is top, depth_counts=depth is not None))
        return "".join(pieces)

    def _parts(self, slot: Slot, is_root: bool, depth_counts: bool) -> list[Part]:
        graph, node = self.graph, slot.node
        operation = graph.operations[node]
        if self._is_referred(slot, is_root, depth_counts):
            return [self.name(self.names[node])]
        if operation is INPUT:
            return [self.name(str(graph.parameters[node][0]))]
        if node in graph.stand_ins:
            return [self.name(graph.stand_ins[node])]
        parts = self.constant(slot) if operation is CONSTANT else self.operation(slot)
        needs = self.precedence(node) < slot.precedence or (slot.after_operator and self._leads_with_minus(slot))
        written: list[Part] = [self.brackets[0], *parts, self.brackets[1]] if needs else list(parts)
        return [part if isinstance(part, str) else part._replace(depth=slot.depth - 1) for part in written]

    def _is_referred(self, slot: Slot, is_root: bool, depth_counts: bool) -> bool:
        if is_root or slot.node not in self.names:
            return False
        return slot.depth <= 0 if depth_counts else True

    def _leads_with_minus(self, slot: Slot) -> bool:
        """Whether what is written for a slot begins with a minus sign. Follows left operands only."""
        graph = self.graph
        node = slot.node
        while True:
            operation = graph.operations[node]
            if operation is INPUT or (node in self.names and node != slot.node):
                return False
            if operation is CONSTANT:
                value = graph.parameters[node][0]
                return not graph.shapes[node] and math.copysign(1.0, value) < 0
            assert isinstance(operation, Primitive)
            if operation.notation.prefix:
                return operation.notation.prefix == MINUS
            if not self.is_infix(node):
                return False
            left = graph.arguments[node][0]
            if self.precedence(left) < self.left_precedence(operation):
                return False
            node = left

    def precedence(self, node: int) -> int:
        """How tightly the outermost operator of a node binds, as it is written."""
        graph = self.graph
        operation = graph.operations[node]
        if operation is CONSTANT:
            negative = not graph.shapes[node] and math.copysign(1.0, graph.parameters[node][0]) < 0
            return operators().prefix[MINUS].notation.precedence if negative else ATOM
        if isinstance(operation, Primitive) and (operation.notation.prefix or self.is_infix(node)):
            return operation.notation.precedence
        return ATOM

    def left_precedence(self, primitive: Primitive) -> int:
        """What an infix operator demands of its left operand."""
        notation = primitive.notation
        apart = notation.right_associative or notation.infix in COMPARISONS
        return notation.precedence + apart

    def right_precedence(self, primitive: Primitive) -> int:
        """What an infix operator demands of its right operand."""
        notation = primitive.notation
        return notation.precedence + (not notation.right_associative)

    def is_infix(self, node: int) -> bool:
        """Whether a node is written with an infix operator."""
        operation = self.graph.operations[node]
        return isinstance(operation, Primitive) and bool(operation.notation.infix)

    @abstractmethod
    def name(self, name: str) -> str:
        """A variable."""

    @abstractmethod
    def constant(self, slot: Slot) -> Sequence[Part]:
        """A constant."""

    @abstractmethod
    def operation(self, slot: Slot) -> Sequence[Part]:
        """A primitive on its arguments."""


def given_parameters(primitive: Primitive, shapes: Sequence[Shape], parameters: Parameters) -> dict[str, Any]:
    """The parameters that a call must state: those that the defaults would not give."""
    given = dict(zip(primitive.parameters, parameters, strict=True))
    for name, default in primitive.parameters.items():
        if _canonical(primitive, shapes, {**given, name: default}) == parameters:
            del given[name]
    return given


def _canonical(primitive: Primitive, shapes: Sequence[Shape], given: Mapping[str, Any]) -> Parameters | None:
    parameters = primitive.bind_parameters(given)
    if primitive.normalize is None:
        return parameters
    try:
        return primitive.normalize(shapes, *parameters)
    except (GradcliError, TypeError, ValueError):
        return None


def number_text(value: int | float) -> str:
    """A number to full precision, or as it was written; one operand for every operator."""
    if isinstance(value, Exact):
        return f"({value.source})" if "/" in value.source and spelt_out(value.source) else value.source
    return repr(value)


def element_text(value: float) -> str:
    """A number in a list, where all are floats: whole ones are written without a fraction."""
    whole = value.is_integer() and abs(value) < 1e16 and not (value == 0 and math.copysign(1.0, value) < 0)
    return str(int(value)) if whole else repr(value)


def elements(value: Any, shape: Shape) -> list[Any]:
    """The numbers of a constant of nested tuples, in order."""
    flat = list(value)
    for _ in shape[1:]:
        flat = [item for row in flat for item in row]
    return flat
