"""What stands on the builder's stack: nodes, and literals that become nodes or parameters when it is clear which."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from gradcli.errors import ExpressionError, GradcliError, ShapeError, Span
from gradcli.exact import Exact
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
