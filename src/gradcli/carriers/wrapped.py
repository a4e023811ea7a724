"""A carrier around another, for those that change what an operation gives and leave the values as they are."""

from __future__ import annotations

from typing import Any

from gradcli.carriers.base import Carrier
from gradcli.primitives.declare import Value
from gradcli.shapes import Shape


class Wrapped(Carrier):
    """Another carrier; whoever inherits says how a primitive is applied."""

    def __init__(self, inner: Carrier) -> None:
        self.inner = inner
        self.device = inner.device
        self.dtype = inner.dtype

    def constant(self, value: Any, shape: Shape) -> Value:
        """As the other carrier."""
        return self.inner.constant(value, shape)

    def point(self, value: Any, shape: Shape) -> Value:
        """As the other carrier."""
        return self.inner.point(value, shape)

    def lift(self, value: Value) -> Value:
        """As the other carrier."""
        return self.inner.lift(value)

    def shape(self, value: Value) -> Shape:
        """As the other carrier."""
        return self.inner.shape(value)

    def masked(self, condition: Value, value: Value) -> Value | None:
        """As the other carrier."""
        return self.inner.masked(condition, value)

    def zeros(self, shape: Shape) -> Value:
        """As the other carrier."""
        return self.inner.zeros(shape)

    def nested(self, value: Value) -> Any:
        """As the other carrier."""
        return self.inner.nested(value)
