"""What a derivative rule computes on. A carrier knows no operation: it looks up what each primitive declares."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from gradcli.graph import Parameters
from gradcli.primitives.declare import Primitive, Value
from gradcli.primitives.registry import by_name, resolve
from gradcli.shapes import Shape


class Arithmetic:
    """The operators that rules write, for values that are views with a `carrier`."""

    __slots__ = ()
    carrier: Any

    def __add__(self, other: Value) -> Value:
        return self.carrier.add(self, other)

    def __radd__(self, other: Value) -> Value:
        return self.carrier.add(other, self)

    def __sub__(self, other: Value) -> Value:
        return self.carrier.sub(self, other)

    def __rsub__(self, other: Value) -> Value:
        return self.carrier.sub(other, self)

    def __mul__(self, other: Value) -> Value:
        return self.carrier.mul(self, other)

    def __rmul__(self, other: Value) -> Value:
        return self.carrier.mul(other, self)

    def __neg__(self) -> Value:
        return self.carrier.neg(self)


class Carrier(ABC):
    """Values of one kind and the primitives on them. `m.cos(x)` applies the primitive `cos`."""

    name: str
    device = "cpu"
    dtype = "float64"

    @abstractmethod
    def constant(self, value: Any, shape: Shape) -> Value:
        """A number, or nested tuples of numbers of the given shape, as a value of this carrier."""

    def point(self, value: Any, shape: Shape) -> Value:
        """The value of an input, likewise: where carriers tell them apart, exactly the floats that are given."""
        return self.constant(value, shape)

    @abstractmethod
    def apply(self, primitive: Primitive, arguments: tuple[Value, ...], parameters: Parameters) -> Value:
        """The primitive on values."""

    def function(self, primitive: Primitive, parameters: Parameters) -> Callable[..., Value]:
        """The primitive with its parameters, for values one by one: what is applied many times is made ready once."""
        return lambda *arguments: self.apply(primitive, arguments, parameters)

    def declared(self, primitive: Primitive) -> str:
        """The dotted name of the function that a primitive declares for this carrier; empty where it declares none."""
        return ""

    def backing(self, primitive: Primitive) -> Callable[..., Value]:
        """The declared function, or the primitive's definition on this carrier where there is none."""
        dotted = self.declared(primitive)
        if dotted:
            function: Callable[..., Value] = resolve(dotted)
            return function
        assert primitive.definition, f"{primitive.name} has no backing for {self.name}, and no definition"
        return partial(primitive.definition, self)

    def lift(self, value: Value) -> Value:
        """A Python number that a rule wrote, as a value of this carrier."""
        return value

    def shape(self, value: Value) -> Shape:
        """The shape of a value."""
        return ()

    def masked(self, condition: Value, value: Value) -> Value | None:
        """The value where the condition is not 0, else zero; None when that is nowhere, which the sweeps skip."""
        return self.where(condition, value, 0.0)

    def accumulate(self, known: Value, contribution: Value) -> Value:
        """The sum of two contributions to one tangent or adjoint."""
        return known + contribution

    def zeros(self, shape: Shape) -> Value:
        """Zeros of a shape."""
        return self.broadcast_to(self.lift(0.0), shape=shape) if shape else self.lift(0.0)

    def over_directions(
        self, sweep: Callable[[Value], Value], directions: Sequence[Value], elements: int = 1
    ) -> list[Value]:
        """The results of a sweep for several directions of one shape, each of which moves so many elements."""
        return [sweep(direction) for direction in directions]

    def nested(self, value: Value) -> Any:
        """A value as a float or nested lists of floats."""
        return value

    def __getattr__(self, name: str) -> Callable[..., Value]:
        primitive = by_name().get(name)
        if primitive is None:
            raise AttributeError(f"{type(self).__name__} has no attribute and no primitive {name!r}")

        def function(*arguments: Value, **parameters: Any) -> Value:
            lifted = tuple(map(self.lift, arguments))
            return self.apply(primitive, lifted, primitive.bind_parameters(parameters))

        setattr(self, name, function)
        return function
