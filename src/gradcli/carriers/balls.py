"""Balls of python-flint's `arb`: every value is an interval that encloses the true one (Johansson, Arb, 2017).

They prove what rounding did, never that a rule is right. Tensors are NumPy object arrays of balls. The precision is
that of `flint.ctx` while a graph is evaluated.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from gradcli.carriers.base import Carrier
from gradcli.carriers.precision import ulp
from gradcli.errors import Unstated
from gradcli.exact import Exact, enclosure
from gradcli.graph import Parameters, exactly_written
from gradcli.primitives.declare import Primitive, Value
from gradcli.shapes import Shape


class Balls(Carrier):
    """Real balls. A constant is the number that is written: 0.1 is a tenth, pi is pi."""

    name = "balls"

    def __init__(self, dtype: str = "float64") -> None:
        import flint
        import numpy

        self.flint = flint
        self.numpy = numpy
        self.dtype = dtype
        self.kinds: tuple[type, ...] = (flint.arb,)
        self._functions: dict[Primitive, Any] = {}
        self._known: dict[Any, Any] = {}

    def constant(self, value: Any, shape: Shape) -> Value:
        """The numbers as they are written."""
        return self._laid_out(value, shape, enclosure)

    def point(self, value: Any, shape: Shape) -> Value:
        """The numbers of a point: exactly the floats they are in the dtype, unless they are Exact."""

        def ball(number: float) -> Any:
            if isinstance(number, Exact):
                return number.enclose()
            return self.flint.arb(number if self.dtype == "float64" else float(self.numpy.float32(number)))

        return self._laid_out(value, shape, ball)

    def _laid_out(self, value: Any, shape: Shape, ball: Any) -> Value:
        if not shape:
            return ball(value)
        array = self.numpy.array(value, dtype=object).reshape([int(d) for d in shape])
        return self.numpy.frompyfunc(ball, 1, 1)(array)

    def declared(self, primitive: Primitive) -> str:
        """Its `arb` backing, or for operations that move or add elements the `array` one."""
        return primitive.arb or ("" if primitive.elementwise else primitive.array)

    def apply(self, primitive: Primitive, arguments: tuple[Value, ...], parameters: Parameters) -> Value:
        """By the `arb` backing, element by element, or the `array` backing, or the definition."""
        function = self._functions.get(primitive)
        if function is None:
            if not self.declared(primitive) and primitive.definition is None:
                raise Unstated(f"{primitive.name} has no statement in balls")
            function = self._functions[primitive] = self.backing(primitive)
        if not primitive.elementwise:
            return self._balls(function(*arguments, *parameters))
        if not primitive.arb:
            return function(*arguments, *parameters)

        def element(*values: Any) -> Any:
            # The same number again is the same object, so that `eq` knows it: max(|x|) and the |x| that it is.
            key = (primitive, exactly_written(parameters), *map(id, values))
            known = self._known.get(key)
            if known is None:
                known = self._known[key] = (function(*values, *parameters), values)
            return known[0]

        return self._each(element, arguments)

    def _each(self, element: Callable[..., Any], arguments: tuple[Value, ...]) -> Value:
        """A function of numbers, element by element."""
        if not any(self.shape(a) for a in arguments):
            return element(*arguments)
        return self.numpy.frompyfunc(element, len(arguments), 1)(*arguments)

    def forget(self) -> None:
        """Let go of numbers that are not needed again."""
        self._known.clear()

    def _balls(self, found: Value) -> Value:
        """Zeros and ones that NumPy filled in become balls."""
        arb, kinds = self.flint.arb, self.kinds
        if isinstance(found, kinds):
            return found
        return self.numpy.frompyfunc(lambda v: v if isinstance(v, kinds) else arb(int(v)), 1, 1)(found)

    def lift(self, value: Value) -> Value:
        """Python numbers as they are written."""
        return enclosure(value) if isinstance(value, (int, float)) else value

    def shape(self, value: Value) -> Shape:
        """The array's shape, () for a ball."""
        return tuple(getattr(value, "shape", ()))

    def nested(self, value: Value) -> Any:
        """The midpoints as floats."""
        if isinstance(value, self.flint.arb):
            return float(value)
        array: Any = self.numpy.frompyfunc(float, 1, 1)(value)
        return array.tolist()


class BallsOfLibraries(Balls):
    """Balls at the precision of a dtype, as wide as what its libraries' functions may be off by."""

    def apply(self, primitive: Primitive, arguments: tuple[Value, ...], parameters: Parameters) -> Value:
        """The primitive, with its absolute error."""
        found = super().apply(primitive, arguments, parameters)
        if not primitive.absolute_error:
            return found
        return found + self.flint.arb(0, primitive.absolute_error * ulp(1.0, self.dtype))
