"""Python floats with IEEE 754 semantics: scalar graphs in the time that Python needs to start."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from gradcli.carriers.base import Carrier
from gradcli.graph import Parameters
from gradcli.primitives.declare import Primitive, Value
from gradcli.primitives.registry import by_name
from gradcli.shapes import Shape


class Floats(Carrier):
    """float64 scalars; no exception, no complex number, only infinity and NaN."""

    name = "floats"

    def __init__(self) -> None:
        self._functions: dict[Primitive, Any] = {}

    def constant(self, value: Any, shape: Shape) -> Value:
        """The nearest float; integers too large for one become infinite.

        A tensor is kept as it is: an input that the output does not need may be one.
        """
        return value if shape else nearest_or_infinite(value)

    def declared(self, primitive: Primitive) -> str:
        """Its `math` backing."""
        return primitive.math

    def apply(self, primitive: Primitive, arguments: tuple[Value, ...], parameters: Parameters) -> Value:
        """The primitive's `math` backing."""
        function = self._functions.get(primitive)
        if function is None:
            function = self._functions[primitive] = self.backing(primitive)
        return function(*arguments, *parameters)

    def function(self, primitive: Primitive, parameters: Parameters) -> Callable[..., Value]:
        """The backing itself, where there are no parameters to bind."""
        function = self.backing(primitive)
        return (lambda *arguments: function(*arguments, *parameters)) if parameters else function

    def zeros(self, shape: Shape) -> Value:
        """Nested lists of zeros: the gradient by an input that the output does not need."""
        zeros: Any = 0.0
        for dimension in reversed(shape):
            zeros = [zeros] * int(dimension)
        return zeros

    def __getattr__(self, name: str) -> Callable[..., Value]:
        """Without parameters to bind, the backing itself: rules on floats are mostly the price of their calls."""
        primitive = by_name().get(name)
        if primitive is None or primitive.parameters:
            return super().__getattr__(name)
        function = self.backing(primitive)
        setattr(self, name, function)
        return function

    def masked(self, condition: Value, value: Value) -> Value | None:
        """None for the branch that is not taken: a structural zero, so that 0 * inf cannot arise from it."""
        return value if condition else None


def nearest_or_infinite(value: Any) -> float:
    """The float nearest to a number; infinite for an integer that is too large for one."""
    try:
        return float(value)
    except OverflowError:
        return float("inf") if value > 0 else float("-inf")
