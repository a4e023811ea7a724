"""Counts what a computation does: values have a shape and no elements, and applying a primitive adds up its cost.

Counted are multiplications (divisions too) and function calls, an element at a time. Additions, comparisons, choices
and moves are not; neither are products with the constants 1 and -1. Griewank and Walther, Evaluating Derivatives
(2008), chapter 4, count likewise, with additions and moves as further kinds.
"""

from __future__ import annotations

from typing import Any

from gradcli.carriers.base import Arithmetic, Carrier
from gradcli.carriers.floats import Floats
from gradcli.graph import Parameters
from gradcli.polynomials import elements
from gradcli.primitives.declare import NOTHING, Cost, Linear, Multilinear, Primitive, Value, function_call
from gradcli.shapes import Shape


class Sized(Arithmetic):
    """A value of which the shape is known, and the number that all of its elements are if they are a constant."""

    __slots__ = ("carrier", "number", "shape")

    def __init__(self, carrier: Counting, shape: Shape, number: float | None = None) -> None:
        self.carrier = carrier
        self.shape = shape
        self.number = number


class Counting(Carrier):
    """Adds the cost of every application to `cost`, and remembers in `read` which values were operands.

    The cost is what a primitive declares; else that of its definition; else nothing for an operation that is linear or
    locally constant, and a function call an element of the result for any other.
    """

    name = "counting"

    def __init__(self) -> None:
        self.cost = NOTHING
        self.read: set[Sized] = set()
        self._floats = Floats()

    def spent(self) -> Cost:
        """The cost since this was last asked."""
        spent, self.cost = self.cost, NOTHING
        return spent

    def constant(self, value: Any, shape: Shape) -> Value:
        """A constant; of a tensor only the shape is known."""
        return Sized(self, shape, None if shape else self._floats.constant(value, ()))

    def lift(self, value: Value) -> Value:
        """Python numbers become constants."""
        return value if isinstance(value, Sized) else self.constant(value, ())

    def shape(self, value: Value) -> Shape:
        """The value's shape."""
        return value.shape if isinstance(value, Sized) else ()

    def elements(self, shape: Shape) -> Value:
        """The number of elements, which may not be known."""
        return Sized(self, (), elements(shape).number)

    def apply(self, primitive: Primitive, arguments: tuple[Value, ...], parameters: Parameters) -> Value:
        """The shape of the result; its cost is added."""
        shapes = [a.shape for a in arguments]
        if primitive.normalize is not None:
            parameters = primitive.normalize(shapes, *parameters)
        out = primitive.infer_shape(shapes, parameters)
        self.read.update(arguments)
        if not self._is_sign(primitive, arguments):
            self._add(primitive, out, arguments, parameters)
        return Sized(self, out, self._number(primitive, arguments, parameters))

    def _is_sign(self, primitive: Primitive, arguments: tuple[Value, ...]) -> bool:
        """Whether this is a product with 1 or -1: a copy or a change of sign."""
        pairs = zip(primitive.identities, arguments, strict=False)
        return any(neutral and a.number in (neutral, -neutral) for neutral, a in pairs)

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

    def _number(self, primitive: Primitive, arguments: tuple[Value, ...], parameters: Parameters) -> float | None:
        """The constant that the result is, where the arguments are constants."""
        numbers = {a.number for a in arguments}
        if None in numbers or not arguments:
            return None
        if primitive.moves:
            return numbers.pop() if len(numbers) == 1 else None
        if not primitive.elementwise:
            return None
        found: float = self._floats.apply(primitive, tuple(a.number for a in arguments), parameters)
        return found


def costs_nothing(primitive: Primitive) -> bool:
    """Whether an operation that declares no cost and has no definition is made of additions, moves and choices."""
    is_linear = isinstance(primitive.rule, Linear) and not isinstance(primitive.rule, Multilinear)
    return is_linear or primitive.locally_constant
