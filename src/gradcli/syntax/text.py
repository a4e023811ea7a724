"""A graph as text that parses to the same graph."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from gradcli.graph import CONSTANT, Graph
from gradcli.primitives.declare import Primitive
from gradcli.primitives.indexing import ALL, is_list
from gradcli.shapes import Shape, format_shape
from gradcli.syntax.folding import Folding
from gradcli.syntax.operators import MATRIX_PRODUCT, POWER, PRODUCT, operators, own_power
from gradcli.syntax.printer import (
    ATOM,
    Part,
    Printer,
    Slot,
    element_text,
    elements,
    given_parameters,
    number_text,
    plan,
)
from gradcli.syntax.program import CONSTANTS, EULER, is_constant
from gradcli.syntax.signatures import parameter_text

LONGEST_CONSTANT = 48
"""A longer constant is shown in tables by its shape."""


def expression_text(graph: Graph, outputs: Sequence[int], separator: str = "; ") -> str:
    """Statements that parse to the outputs: the same operations on the same inputs, shared where they are shared."""
    statements, names = plan(graph, outputs)
    printer = TextPrinter(graph, names)
    lines = []
    for statement in statements:
        if statement.name is not None:
            lines.append(f"{statement.name} = {printer.write(statement.node)}")
        else:
            # A named output was defined before, so that its name says it.
            lines.append(names.get(statement.node) or printer.write(statement.node))
    return separator.join(lines)


def format_node(graph: Graph, node: int, names: Mapping[int, str], depth: int = 1) -> str:
    """One node's operation on its arguments by name, for tables: `ln(x1)`, `x1*x2`, `v1+v2`.

    A larger `depth` writes that many levels of operations out. Arguments without a name are always written out.
    """
    return TextPrinter(graph, names, compact=True).write(node, depth)


class TextPrinter(Printer):
    """Writes the language of the parser; `compact` without spaces around + and -."""

    def __init__(self, graph: Graph, names: Mapping[int, str], compact: bool = False) -> None:
        super().__init__(graph, names)
        self.compact = compact
        self.folding = Folding(graph)
        self.wide = operators().precedence[PRODUCT]

    def name(self, name: str) -> str:
        """Names are written as they are."""
        return name

    def constant(self, slot: Slot) -> list[Part]:
        """A number, or a nested list of them."""
        value, shape = self.graph.parameters[slot.node][0], self.graph.shapes[slot.node]
        if shape:
            text = list_text(value, shape)
            return [text if not self.compact or len(text) <= LONGEST_CONSTANT else f"[...] {format_shape(shape)}"]
        for name, number in CONSTANTS.items():
            if is_constant(value, number):
                return [repr(value) if name in self.taken else name]
        return [number_text(value)]

    def is_infix(self, node: int) -> bool:
        """A power that the parser would read as something else must be a call to stay what it is."""
        operation = self.graph.operations[node]
        if not isinstance(operation, Primitive) or not operation.notation.infix:
            return False
        if operation.notation.infix != POWER:
            return True
        if len(operation.arguments) == 1:
            return not self._has_own_power(self.graph.arguments[node][0], self.graph.parameters[node][0])
        base, exponent = self.graph.arguments[node]
        if self._is_constant(base) and is_constant(self.graph.parameters[base][0], CONSTANTS[EULER]):
            return False
        if self.graph.operations[exponent] is CONSTANT:
            return bool(self.graph.shapes[exponent])
        return self.folding.exponent(exponent) is None

    def _has_own_power(self, base: int, exponent: int | float) -> bool:
        """Whether there is a primitive for this power of the base, which stands for it where the base has no name."""
        operation = self.graph.operations[base]
        if not isinstance(operation, Primitive) or base in self.names:
            return False
        return own_power(operation, self.graph.parameters[base], exponent) is not None

    def operation(self, slot: Slot) -> list[Part]:
        """Infix, prefix, postfix, list, or a call."""
        graph, node = self.graph, slot.node
        primitive = graph.operations[node]
        assert isinstance(primitive, Primitive)
        arguments, parameters = graph.arguments[node], graph.parameters[node]
        if self.is_infix(node):
            return self._infix(primitive, arguments, parameters)
        if primitive.notation.prefix:
            return self._prefix(primitive, arguments[0])
        if primitive.name == "transpose":
            return [Slot(arguments[0], ATOM), "'"]
        if primitive.name == "index" and graph.shapes[arguments[0]]:
            return [Slot(arguments[0], ATOM), index_text(parameters[0])]
        if primitive.name == "stack" and parameters == (0,) and not all(self._is_constant(a) for a in arguments):
            return ["[", *_separated([Slot(a) for a in arguments]), "]"]
        return self._call(primitive, arguments, parameters)

    def _is_constant(self, node: int) -> bool:
        return self.graph.operations[node] is CONSTANT

    def _infix(self, primitive: Primitive, arguments: Sequence[int], parameters: Sequence[Any]) -> list[Part]:
        symbol = primitive.notation.infix
        left = Slot(arguments[0], self.left_precedence(primitive))
        if len(arguments) == 1:
            return [left, f"{symbol}{number_text(parameters[0])}"]
        right = Slot(arguments[1], self.right_precedence(primitive), after_operator=True)
        loose = primitive.notation.precedence < self.wide and not self.compact
        spaced = loose or symbol == MATRIX_PRODUCT or symbol.isalpha()
        return [left, f" {symbol} " if spaced else symbol, right]

    def _prefix(self, primitive: Primitive, argument: int) -> list[Part]:
        notation = primitive.notation
        is_number = self._is_constant(argument) and not self.graph.shapes[argument] and argument not in self.names
        # A minus before a number makes a negative number of it.
        operand = Slot(argument, ATOM + 1 if is_number else notation.precedence, after_operator=True)
        gap = " " if notation.prefix.isalpha() else ""
        return [notation.prefix + gap, operand]

    def _call(self, primitive: Primitive, arguments: Sequence[int], parameters: tuple[Any, ...]) -> list[Part]:
        shapes = [self.graph.shapes[a] for a in arguments]
        spelling = primitive.spellings[0] if primitive.spellings else primitive.name
        inside: list[Part] = [Slot(a) for a in arguments]
        for name, value in given_parameters(primitive, shapes, parameters).items():
            inside.append(f"{name}={parameter_text(value)}")
        return [f"{spelling}(", *_separated(inside), ")"]


def _separated(parts: list[Part]) -> list[Part]:
    separated: list[Part] = []
    for part in parts:
        separated += [", ", part]
    return separated[1:]


def index_text(spec: Sequence[Any]) -> str:
    """Indices, slices and lists in brackets: `[0, 1:3, [0, 2]]`."""
    return "[" + ", ".join(map(_item_text, spec or (ALL,))) + "]"


def _item_text(item: Any) -> str:
    if is_list(item):
        return parameter_text(item[0])
    return _slice_text(*item) if isinstance(item, tuple) else str(item)


def _slice_text(start: int | None, stop: int | None, step: int | None) -> str:
    parts = ["" if part is None else str(part) for part in (start, stop)]
    if step not in (None, 1):
        parts.append(str(step))
    return ":".join(parts)


def list_text(value: Any, shape: Shape) -> str:
    """Nested lists of numbers."""
    if 0 in shape:
        return "[]"
    items = [element_text(float(item)) for item in elements(value, shape)]
    for dimension in reversed(shape):
        assert isinstance(dimension, int)
        items = [f"[{', '.join(items[k : k + dimension])}]" for k in range(0, len(items), dimension)]
    return items[0]
