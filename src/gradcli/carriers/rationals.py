"""Numbers that are known exactly where they are rational, and balls for all others.

Whether a point stands on a kink is a question of equality. Balls of 0.1*3 and of 0.3 overlap at any precision; as
fractions the two are equal. What leaves the rational numbers (a sine, a root) goes on as a ball.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from gradcli.carriers.balls import Balls
from gradcli.errors import Unstated
from gradcli.exact import Exact, enclosure, fraction, spelt_out
from gradcli.graph import Parameters, exactly_written
from gradcli.primitives.backings.fractions import MOST_BITS
from gradcli.primitives.declare import Primitive, Value
from gradcli.primitives.registry import resolve
from gradcli.shapes import Shape

Number = Any
"""An `fmpq` or an `arb`."""


class Rationals(Balls):
    """Fractions (`fmpq`) as long as they are short, else balls (`arb`), at the precision that is set."""

    name = "rationals"

    def __init__(self, dtype: str = "float64") -> None:
        super().__init__(dtype)
        self.kinds = (self.flint.arb, self.flint.fmpq)
        self._inner = Balls(dtype)

    def constant(self, value: Any, shape: Shape) -> Value:
        """The numbers as they are written."""
        return self._laid_out(value, shape, self._written)

    def point(self, value: Any, shape: Shape) -> Value:
        """The numbers of a point: exactly the floats they are in the dtype, unless they are Exact."""

        def number(x: float) -> Number:
            return self._written(x) if isinstance(x, Exact) else self._kept(self._inner.point(x, ()))

        return self._laid_out(value, shape, number)

    def lift(self, value: Value) -> Value:
        """Python numbers as they are written."""
        return self._written(value) if isinstance(value, (int, float)) else value

    def nested(self, value: Value) -> Any:
        """The nearest floats; what is too large for one is infinite."""
        return super().nested(self._elements(self._ball, value))

    def apply(self, primitive: Primitive, arguments: tuple[Value, ...], parameters: Parameters) -> Value:
        """On fractions where the declaration says how, else on balls."""
        if not primitive.elementwise or not primitive.arb:
            try:
                return self._elements(self._kept, super().apply(primitive, arguments, parameters))
            except (TypeError, AttributeError, ValueError, ZeroDivisionError):
                balls = tuple([self._elements(self._ball, a) for a in arguments])
                return self._elements(self._kept, self._inner.apply(primitive, balls, parameters))
        function = resolve(primitive.fraction) if primitive.fraction else None

        def element(*values: Number) -> Number:
            # A fraction again is the same number, whatever object it is.
            key = (primitive, exactly_written(parameters), *(v if self._rational(v) else id(v) for v in values))
            known = self._known.get(key)
            if known is None:
                known = self._known[key] = (self._computed(primitive, function, values, parameters), values)
            return known[0]

        return self._each(element, arguments)

    def _computed(
        self,
        primitive: Primitive,
        function: Callable[..., Any] | None,
        values: tuple[Number, ...],
        parameters: Parameters,
    ) -> Number:
        equal = primitive.of_equals is not None and values[0] is values[1]
        if equal and all(condition.holds(*values) for condition in primitive.domain):
            return self.flint.fmpq(primitive.of_equals)
        if function is not None and all(map(self._rational, values)):
            try:
                return self._kept(function(*values, *parameters))
            except (TypeError, AttributeError, ZeroDivisionError, Unstated):
                pass
        return self._kept(self._inner.apply(primitive, tuple(map(self._ball, values)), parameters))

    def _rational(self, number: Number) -> bool:
        return isinstance(number, self.flint.fmpq)

    def _elements(self, convert: Callable[[Number], Number], value: Value) -> Value:
        return self.numpy.frompyfunc(convert, 1, 1)(value) if self.shape(value) else convert(value)

    def _written(self, number: float) -> Number:
        """The number that a text stands for."""
        if not math.isfinite(number) or (isinstance(number, Exact) and not spelt_out(number.source)):
            return enclosure(number)
        found = fraction(number)
        return enclosure(number) if found is None else self._kept(self.flint.fmpq(*found))

    def _kept(self, number: Any) -> Number:
        """A fraction where a number is one, and short."""
        flint = self.flint
        if isinstance(number, flint.arb):
            if not (number.is_exact() and number.is_finite()):
                return number
            mantissa, exponent = number.man_exp()
            if abs(int(exponent)) + int(mantissa).bit_length() > MOST_BITS:
                return number
            return flint.fmpq(mantissa) * flint.fmpq(2) ** int(exponent)
        exact = flint.fmpq(number)
        long = max(int(exact.p).bit_length(), int(exact.q).bit_length()) > MOST_BITS
        return flint.arb(exact) if long else exact

    def _ball(self, number: Number) -> Any:
        """The ball of a number; the same one for equal fractions, which balls could not tell to be equal."""
        if not self._rational(number):
            return number
        known = self._known.get(number)
        if known is None:
            known = self._known[number] = self.flint.arb(number)
        return known
