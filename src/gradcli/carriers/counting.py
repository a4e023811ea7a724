"""Counts what a computation does: values have a shape and no elements, and applying a primitive adds up its cost.

Counted are multiplications (divisions too) and function calls, an element at a time. Additions, comparisons, choices
and moves are not. Griewank and Walther, Evaluating Derivatives (2008), chapter 4, count likewise, with additions and
moves as further kinds.
"""

from __future__ import annotations

from typing import Any

from gradcli.carriers.base import Arithmetic, Carrier
from gradcli.graph import Parameters
from gradcli.primitives.declare import NOTHING, Cost, Linear, Multilinear, Primitive, Value, function_call
from gradcli.shapes import Shape


class Sized(Arithmetic):
    """A value of which only the shape is known. `unit`: it is the 1 with which a sweep begins, in every element."""

    __slots__ = ("carrier", "shape", "unit")

    def __init__(self, carrier: Counting, shape: Shape, unit: bool = False) -> None:
        self.carrier = carrier
        self.shape = shape
        self.unit = unit


class Counting(Carrier):
    """Adds the cost of every application to `cost`, and remembers in `read` which values were operands.

    The cost is what a primitive declares; else that of its definition; else nothing for an operation that is linear or
    locally constant, and a function call an element of the result for any other. A product with the 1 with which a
    sweep begins is its other factor, and none at all.
    """

    name = "counting"

    def __init__(self) -> None:
        self.cost = NOTHING
        self.read: set[Sized] = set()

    def spent(self) -> Cost:
        """The cost since this was last asked."""
        spent, self.cost = self.cost, NOTHING
        return spent

    def constant(self, value: Any, shape: Shape) -> Value:
        """A value of the shape."""
        return Sized(self, shape)

    def lift(self, value: Value) -> Value:
        """Python numbers become scalars."""
        return value if isinstance(value, Sized) else Sized(self, ())

    def shape(self, value: Value) -> Shape:
        """The value's shape."""
        return value.shape if isinstance(value, Sized) else ()

    def numel(self, x: Value, axis: Any = None) -> Value:
        """A number that follows from the shape: x itself is not read."""
        return Sized(self, ())

    def apply(self, primitive: Primitive, arguments: tuple[Value, ...], parameters: Parameters) -> Value:
        """The shape of the result; its cost is added."""
        shapes = [a.shape for a in arguments]
        if primitive.normalize is not None:
            parameters = primitive.normalize(shapes, *parameters)
        out = primitive.infer_shape(shapes, parameters)
        self.read.update(arguments)
        neutral = [a.unit and one == 1 for a, one in zip(arguments, primitive.identities, strict=False)]
        if not any(neutral):
            self._add(primitive, out, arguments, parameters)
        is_unit = all(neutral) if neutral else primitive.moves and all(a.unit for a in arguments)
        return Sized(self, out, is_unit)

    def _add(self, primitive: Primitive, out: Shape, arguments: tuple[Value, ...], parameters: Parameters) -> None:
        if primitive.cost is not None:
            self._spend(primitive.cost(out, *(a.shape for a in arguments), *parameters))
        elif primitive.definition is not None:
            primitive.definition(self, *arguments, *parameters)
        elif not costs_nothing(primitive):
            self._spend(function_call(out))

    def _spend(self, cost: Cost) -> None:
        if cost is not NOTHING:
            self.cost += cost


def costs_nothing(primitive: Primitive) -> bool:
    """Whether an operation that declares no cost and has no definition is made of additions, moves and choices."""
    is_linear = isinstance(primitive.rule, Linear) and not isinstance(primitive.rule, Multilinear)
    return is_linear or primitive.locally_constant
