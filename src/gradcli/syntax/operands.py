"""What stands on the builder's stack: nodes, and literals that become nodes or parameters when it is clear which."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from gradcli.errors import ExpressionError, GradcliError, ShapeError, Span
from gradcli.exact import Exact
from gradcli.graph import CONSTANT, INPUT, Graph
from gradcli.primitives.declare import Primitive
from gradcli.primitives.registry import resolve
from gradcli.shapes import MAX_RANK, Shape, format_shape, unify


@dataclass(slots=True)
class Literal:
    """A number, word, string or list as written: `value` for a parameter, `array` and `shape` for a constant node.

    `fault` is why it cannot be a constant node.
    """

    value: Any
    array: Any = None
    shape: Shape = ()
    fault: GradcliError | None = None


@dataclass(slots=True)
class Operand:
    """`symbol` is the operator that made it, empty in brackets; `first` its first instruction."""

    span: Span
    node: int | None = None
    literal: Literal | None = None
    symbol: str = ""
    first: int = 0


def number(value: int | float) -> Literal:
    """A number."""
    return Literal(value, value if isinstance(value, Exact) else float(value))


def word(value: Any, span: Span, source: str) -> Literal:
    """true, false, none or a string."""
    fault = ExpressionError(
        f"{source[span.start : span.end]} is not a number",
        span=span,
        source=source,
        hint="it can only be the value of a parameter, as in sum(x, axis=0, keepdim=true)",
    )
    return Literal(value, fault=fault)


def literal_list(items: Sequence[Operand], literals: Sequence[Literal], source: str) -> Literal:
    """A list of literals."""
    value = tuple([literal.value for literal in literals])
    fault = next((literal.fault for literal in literals if literal.fault is not None), None)
    if fault is None:
        fault = ragged(items, [literal.shape for literal in literals], source)
    if fault is not None:
        return Literal(value, fault=fault)
    array = tuple([literal.array for literal in literals])
    return Literal(value, array, (len(items), *literals[0].shape))


def ragged(items: Sequence[Operand], shapes: Sequence[Shape], source: str) -> ShapeError | None:
    """The error for the first item of a list whose shape differs from those before it."""
    common = shapes[0]
    for item, shape in zip(items, shapes, strict=True):
        if len(shape) == len(common) and all(unify(a, b) is not None for a, b in zip(shape, common, strict=True)):
            continue
        return ShapeError(
            f"the list is ragged: this item has shape {format_shape(shape)}, those before it {format_shape(common)}",
            span=item.span,
            source=source,
            hint="give all items of a list the same length",
        )
    if len(common) >= MAX_RANK:
        return ShapeError(f"lists are nested more than {MAX_RANK} deep", span=items[0].span, source=source)
    return None


LARGEST_EXACT = 2**53
LARGEST_FOLDED_EXPONENT = 1e15
"""Larger constant exponents, as in 10^10^20, are left for evaluation."""


class Folding:
    """Values of constant scalar subexpressions, found when asked for, each once and without recursion."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self._known: dict[int, int | float | None] = {}

    def value(self, node: int) -> int | float | None:
        """The value of a node that depends on no input, else None. Whole numbers stay exact integers."""
        known = self._known
        stack = [node]
        while stack:
            current = stack[-1]
            if current not in known:
                missing = [a for a in self._graph.arguments[current] if a not in known]
                if missing and not self._varies(current):
                    stack += missing
                    continue
                known[current] = self._computed(current)
            stack.pop()
        return known[node]

    def exponent(self, node: int) -> int | float | None:
        """The value of a constant expression that is small enough to be an exponent, else None."""
        value = self.value(node)
        return value if value is not None and abs(value) < LARGEST_FOLDED_EXPONENT else None

    def _varies(self, node: int) -> bool:
        """Whether an argument is known to have no constant value, so that the others need not be looked at."""
        known = self._known
        return any(a in known and known[a] is None for a in self._graph.arguments[node])

    def _computed(self, node: int) -> int | float | None:
        graph = self._graph
        operation = graph.operations[node]
        if operation is INPUT or graph.shapes[node]:
            return None
        if operation is CONSTANT:
            value: int | float = graph.parameters[node][0]
            return value
        if not isinstance(operation, Primitive) or not operation.math:
            return None
        if graph.parameters[node] and not operation.notation.infix:
            # Such as polygamma, whose cost grows with its parameter; a power's does not.
            return None
        arguments = [self._known.get(a) for a in graph.arguments[node]]
        numbers = [a for a in arguments if a is not None]
        if len(numbers) < len(arguments):
            return None
        result = float(resolve(operation.math)(*map(float, numbers), *graph.parameters[node]))
        whole = all(isinstance(n, int) for n in numbers) and result.is_integer() and abs(result) < LARGEST_EXACT
        return int(result) if whole else result
