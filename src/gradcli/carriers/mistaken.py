"""What a calculator or a pencil makes of an operation: angles in degrees, results cut after some digits."""

from __future__ import annotations

import math
from decimal import ROUND_DOWN, Decimal, localcontext

from gradcli.carriers.base import Carrier
from gradcli.carriers.wrapped import Wrapped
from gradcli.graph import Parameters
from gradcli.primitives.declare import Primitive, Value

DEGREE = math.pi / 180.0
MOST_DIGITS = 400
"""Digits that a float can have before and behind the point, with some to spare."""


class Degrees(Wrapped):
    """Another carrier with its angles in degrees, as on a calculator that is set to them."""

    name = "degrees"

    def apply(self, primitive: Primitive, arguments: tuple[Value, ...], parameters: Parameters) -> Value:
        """The primitive; an angle that it takes is read as degrees, one that it gives is in degrees."""
        if primitive.angle == "argument":
            arguments = (arguments[0] * DEGREE, *arguments[1:])
        found = self.inner.apply(primitive, arguments, parameters)
        return found * (1.0 / DEGREE) if primitive.angle == "result" else found


class Truncating(Wrapped):
    """Another carrier whose every result is cut, not rounded, after so many decimals."""

    name = "truncating"

    def __init__(self, inner: Carrier, decimals: int) -> None:
        super().__init__(inner)
        self.decimals = decimals

    def apply(self, primitive: Primitive, arguments: tuple[Value, ...], parameters: Parameters) -> Value:
        """The primitive, cut."""
        return self._cut(self.inner.apply(primitive, arguments, parameters))

    def _cut(self, value: Value) -> Value:
        return self.inner.constant(self._truncated(self.nested(value)), self.shape(value))

    def _truncated(self, value: object) -> object:
        """Depth is that of a tensor's axes."""
        if isinstance(value, list):
            return [self._truncated(item) for item in value]
        assert isinstance(value, (int, float))
        return truncate(float(value), self.decimals)


def truncate(number: float, decimals: int) -> float:
    """A number cut after so many decimals; those that are not finite stay."""
    if not math.isfinite(number):
        return number
    with localcontext() as context:
        context.prec = 2 * MOST_DIGITS
        return float(Decimal(repr(number)).quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_DOWN))
