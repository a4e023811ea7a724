"""Floats that bring a bound of what rounding did to them, to first order.

Running error analysis (Higham, Accuracy and Stability of Numerical Algorithms, 2002, section 3.3): each result is off
by its own rounding, and by the errors of its arguments times the local partials.
"""

from __future__ import annotations

import math
from itertools import product
from typing import Any

from gradcli.carriers.base import Arithmetic, Carrier
from gradcli.carriers.floats import Floats
from gradcli.carriers.precision import SMALLEST, UNDERFLOW
from gradcli.exact import Exact, whole
from gradcli.graph import Parameters
from gradcli.primitives.declare import Elementwise, Primitive, RuleFunction, Value
from gradcli.shapes import Shape

ROUNDOFF = 2.0**-52
"""Relative error of one operation: half of it in arithmetic, up to all of it in a library's functions."""
LARGE = 2.0**-20
"""Errors above this part of an argument have effects of second order."""


class Rounded(Arithmetic):
    """A float and a bound of its absolute error."""

    __slots__ = ("carrier", "error", "value")

    def __init__(self, carrier: Running, value: float, error: float) -> None:
        self.carrier = carrier
        self.value = value
        self.error = error


class Running(Carrier):
    """Applies primitives to floats and adds up errors. Serves the graphs that floats serve."""

    name = "running"

    def __init__(self) -> None:
        self.inner = Floats()

    def constant(self, value: Any, shape: Shape) -> Value:
        """A written number, rounded unless it is whole and a float holds it: 1e23 is none."""
        if shape:
            return value
        number = self.inner.constant(value, shape)
        return Rounded(self, number, 0.0 if whole(value) else ROUNDOFF * abs(number) + UNDERFLOW["float64"])

    def point(self, value: Any, shape: Shape) -> Value:
        """A coordinate of the point: exact, unless it only approximates what was meant."""
        if shape or isinstance(value, Exact):
            return self.constant(value, shape)
        return Rounded(self, self.inner.constant(value, shape), 0.0)

    def lift(self, value: Value) -> Value:
        """A number that a rule wrote."""
        return value if isinstance(value, Rounded) else self.constant(value, ())

    def zeros(self, shape: Shape) -> Value:
        """Zeros without error; nested lists for an input that the output does not need."""
        return self.inner.zeros(shape) if shape else Rounded(self, 0.0, 0.0)

    def masked(self, condition: Value, value: Value) -> Value | None:
        """None for the branch that is not taken, unless rounding may have chosen it."""
        if abs(condition.value) <= condition.error != 0.0:
            return Rounded(self, value.value if condition.value else 0.0, value.error + abs(value.value))
        return value if condition.value else None

    def apply(self, primitive: Primitive, arguments: tuple[Value, ...], parameters: Parameters) -> Value:
        """The primitive on floats, and the error of its result."""
        if primitive.definition is not None and not self.inner.declared(primitive):
            return primitive.definition(self, *arguments, *parameters)
        values = tuple([a.value for a in arguments])
        out = self.inner.apply(primitive, values, parameters)
        if primitive.kink is not None and primitive.kink.sides is not None:
            for argument in arguments:
                if argument.value is out and _certain(argument, arguments):
                    # max(x, y) is x itself, and not rounded: x > max(x, y) is decided.
                    return argument
        return Rounded(self, out, self._error(primitive, out, values, arguments, parameters))

    def _error(
        self, primitive: Primitive, out: float, values: tuple[float, ...], arguments: tuple[Value, ...], parameters: Any
    ) -> float:
        rule = primitive.rule
        jump = 0.0
        if primitive.kink is not None and primitive.kink.sides is None:
            jump = self._jump(primitive, out, values, arguments, parameters)
        if primitive.locally_constant and not primitive.holds_value:
            return jump
        error = ROUNDOFF * (abs(out) + primitive.absolute_error) + jump
        # A number without all its bits has an absolute error instead.
        if abs(out) < SMALLEST["float64"] and all(values):
            error += UNDERFLOW["float64"]
        if primitive.holds_value:
            error += arguments[0].error
        elif isinstance(rule, Elementwise):
            for position, (partial, argument) in enumerate(zip(rule.partials, arguments, strict=True)):
                if partial is not None and argument.error:
                    slope = abs(partial(self.inner, out, *values, *parameters))
                    if argument.error > LARGE * abs(argument.value):
                        beside = self._beside(position, values, argument)
                        slope = max(slope, *(self._slope(primitive, partial, moved, parameters) for moved in beside))
                    error += slope * argument.error
        else:
            carried = [a.error if rule.depends_on(k) else a.value for k, a in enumerate(arguments)]
            error += abs(self.inner.apply(primitive, tuple(carried), parameters))
        return error if error == error else math.inf

    def _beside(self, position: int, values: tuple[float, ...], argument: Value) -> list[tuple[float, ...]]:
        """The arguments with one of them at either end of what it may be."""
        ends = (argument.value - argument.error, argument.value + argument.error)
        return [(*values[:position], end, *values[position + 1 :]) for end in ends]

    def _slope(self, primitive: Primitive, partial: RuleFunction, values: tuple[float, ...], parameters: Any) -> float:
        """The size of a local partial at other arguments: it may be far larger than at the computed ones."""
        out = self.inner.apply(primitive, values, parameters)
        size = abs(partial(self.inner, out, *values, *parameters))
        return size if size == size else math.inf

    def _jump(
        self, primitive: Primitive, out: float, values: tuple[float, ...], arguments: tuple[Value, ...], parameters: Any
    ) -> float:
        """How far the result jumps within the errors of the arguments; a comparison by 1, where it passes equality."""
        if not any(a.error for a in arguments) or (len(arguments) > 1 and len(set(map(id, arguments))) == 1):
            return 0.0
        ends = [dict.fromkeys((v - a.error, v + a.error)) for v, a in zip(values, arguments, strict=True)]
        corners = list(product(*ends))
        gaps = [abs(self.inner.apply(primitive, corner, parameters) - out) for corner in corners]
        assert primitive.kink is not None
        levels = zip(*(primitive.kink.at(*corner, *parameters) for corner in corners), strict=True)
        passed = any(min(numbers) <= 0.0 <= max(numbers) and len(set(numbers)) > 1 for numbers in levels)
        highest: float = max([*gaps, 1.0 if passed else 0.0])
        return highest if all(map(math.isfinite, gaps)) else math.inf


def _certain(chosen: Rounded, arguments: tuple[Value, ...]) -> bool:
    """Whether no other argument would be the result but for rounding, or be much further from the truth."""
    others = [a for a in arguments if a is not chosen and a.error > chosen.error]
    return all(abs(a.value - chosen.value) > a.error + chosen.error for a in others)
