"""mpmath numbers of any precision, each primitive through what it declares for SymPy.

The graph is evaluated node by node, as on any other carrier, so that its size costs no more than time. Where there is
no real number (outside a domain, beyond the exponents of `LARGEST`) the result is NaN: not known. Tensors are NumPy
object arrays. The precision is mpmath's at the time of the call.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from gradcli.carriers.sympy import SymPy
from gradcli.graph import Parameters
from gradcli.primitives.declare import Primitive, Value
from gradcli.primitives.registry import resolve
from gradcli.shapes import Shape

LARGEST = 2**22
"""Of a binary exponent: exp(exp(exp(9))) would need more memory than there is."""
FAILURES = (ArithmeticError, ValueError, TypeError, IndexError, MemoryError, NotImplementedError)
"""Of mpmath and SymPy, where there is no number."""
STEPS = {"Heaviside": lambda x, *at_zero: 1 if x > 0 else 0}


class Precise(SymPy):
    """Values without rounding that matters, at the precision that mpmath is set to."""

    name = "precise"

    def __init__(self) -> None:
        import mpmath

        super().__init__()
        self.mpmath: Any = mpmath

    def apply(self, primitive: Primitive, arguments: tuple[Value, ...], parameters: Parameters) -> Value:
        """Elementwise by SymPy's function turned into mpmath's, else by the `array` backing or the definition."""
        if not (primitive.elementwise and self.declared(primitive)):
            return self._as_array(primitive, arguments, parameters)
        return compiled(primitive, parameters, len(arguments))(*arguments)

    def _as_array(self, primitive: Primitive, arguments: tuple[Value, ...], parameters: Parameters) -> Value:
        """By the `array` backing or the definition; NaN where that fails, as the inverse of a singular matrix does."""
        try:
            return super().apply(primitive, arguments, parameters)
        except FAILURES:
            shape = primitive.infer_shape([self.shape(a) for a in arguments], parameters)
            return self.numpy.full(shape, self.mpmath.nan, dtype=object) if shape else self.mpmath.nan

    def masked(self, condition: Value, value: Value) -> Value | None:
        """None for the branch of a scalar that is not taken, so that 0 * inf cannot arise from it."""
        if self.shape(condition) or self.shape(value):
            return super().masked(condition, value)
        return value if condition else None

    def nested(self, value: Value) -> Any:
        """Nested lists of mpmath numbers."""
        return value.tolist() if self.shape(value) else value

    def lift(self, value: Value) -> Value:
        """Python numbers become exact ones."""
        return self._exact(value) if isinstance(value, (int, float)) else value

    def shape(self, value: Value) -> Shape:
        """The array's shape, () for a number."""
        return tuple(value.shape) if isinstance(value, self.numpy.ndarray) else ()

    def _exact(self, value: float) -> Any:
        return self.mpmath.mpf(value)


@lru_cache(maxsize=1024)
def compiled(primitive: Primitive, parameters: Parameters, count: int) -> Any:
    """A primitive as a function of so many mpmath numbers, or arrays of them, at the precision of the call."""
    import mpmath
    import numpy
    import sympy

    symbols = [sympy.Dummy(real=True) for _ in range(count)]
    expression = resolve(primitive.sympy)(*symbols, *parameters)
    function = sympy.lambdify(symbols, expression, modules=[STEPS, "mpmath"])

    def guarded(*values: Any) -> Any:
        try:
            found = function(*values)
        except FAILURES:
            return mpmath.nan
        if isinstance(found, mpmath.mpc):
            return found.real if not found.imag else mpmath.nan
        found = mpmath.mpf(found)
        beyond = mpmath.isfinite(found) and found and abs(mpmath.mag(found)) > LARGEST
        return mpmath.nan if beyond else found

    return numpy.frompyfunc(guarded, count, 1)
