"""Calls of constructors (`zeros(3, 4)`): checked where they stand, and made a literal of numbers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from gradcli.errors import NameProblem, ShapeError
from gradcli.primitives.constructors import Constructor, Made, Random
from gradcli.shapes import Shape, format_shape
from gradcli.syntax.operands import Literal, Operand
from gradcli.syntax.program import Call


def construct(
    constructor: Constructor,
    call: Call,
    operands: Sequence[Operand],
    random: Random,
    constant: Callable[[Operand], Any],
    shape: Callable[[Operand], Shape],
) -> Literal:
    """The numbers that a call makes.

    `constant` gives the value of a constant scalar operand, else None; `shape` the shape of any operand. Raises
    NameProblem and ShapeError, with a span where one operand is at fault.
    """
    if call.keywords:
        name, span = call.keywords[0]
        raise NameProblem(f"{constructor.name} has no parameter '{name}'", span=span, hint=constructor.usage)
    if constructor.of_shape:
        return _literal(
            constructor(random, [_known_shape(constructor, operand, shape(operand)) for operand in operands])
        )
    return _literal(constructor(random, [_argument(constructor, operand, constant) for operand in operands]))


def _argument(constructor: Constructor, operand: Operand, constant: Callable[[Operand], Any]) -> Any:
    literal = operand.literal
    value = literal.value if literal is not None else constant(operand)
    if value is None or isinstance(value, str):
        hint = constructor.usage
        if literal is None:
            hint = "write the number: what depends on an input is known only when the graph is evaluated"
        raise ShapeError(f"{constructor.name} takes constant numbers", span=operand.span, hint=hint)
    return value


def _known_shape(constructor: Constructor, operand: Operand, shape: Shape) -> Shape:
    if not all(isinstance(dimension, int) for dimension in shape):
        cause = f"{constructor.name} needs a known shape, not {format_shape(shape)}"
        raise ShapeError(cause, span=operand.span, hint="give values with --at, or numbers with --shape")
    return shape


def _literal(made: Made) -> Literal:
    if not made.shape:
        return Literal(made.numbers[0], made.numbers[0])
    nested: Sequence[Any] = made.numbers
    for length in reversed(made.shape[1:]):
        nested = [tuple(nested[k : k + length]) for k in range(0, len(nested), length)]
    return Literal(tuple(nested), tuple(nested), made.shape)
