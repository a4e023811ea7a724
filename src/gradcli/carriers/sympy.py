"""SymPy expressions, built node by node: the primal for the symbolic method. Tensors are NumPy object arrays."""

from __future__ import annotations

from typing import Any

from gradcli.carriers.base import Carrier
from gradcli.graph import Parameters
from gradcli.primitives.backings.symbolic import written
from gradcli.primitives.declare import Primitive, Value
from gradcli.shapes import Shape


class SymPy(Carrier):
    """Exact constants, real symbols."""

    name = "sympy"

    def __init__(self) -> None:
        import numpy
        import sympy

        self.numpy: Any = numpy
        self.sympy: Any = sympy

    def constant(self, value: Any, shape: Shape) -> Value:
        """The numbers as they are written: 0.1 is a tenth, pi is pi."""
        if shape:
            array = self.numpy.empty(shape, dtype=object)
            array[...] = self.numpy.array(value, dtype=object).reshape(shape)
            return self.numpy.frompyfunc(written, 1, 1)(array)
        return written(value)

    def symbols(self, name: str, shape: Shape) -> Value:
        """A real symbol, or an array of them named name[i,j], which no input can be called."""
        if not shape:
            return self.sympy.Symbol(name, real=True)
        array = self.numpy.empty(shape, dtype=object)
        for position in self.numpy.ndindex(*array.shape):
            array[position] = self.sympy.Symbol(f"{name}[{','.join(map(str, position))}]", real=True)
        return array

    def declared(self, primitive: Primitive) -> str:
        """Its `sympy` backing, or for operations that move or add elements the `array` one."""
        return primitive.sympy if primitive.elementwise else primitive.array

    def apply(self, primitive: Primitive, arguments: tuple[Value, ...], parameters: Parameters) -> Value:
        """Elementwise by the `sympy` backing, else by the `array` backing or the definition."""
        function = self.backing(primitive)
        if primitive.elementwise:
            universal = self.numpy.frompyfunc(lambda *values: function(*values, *parameters), len(arguments), 1)
            return universal(*arguments)
        found = function(*arguments, *parameters)
        # SymPy takes an array without axes for one of its own kind.
        return found if self.shape(found) else self.numpy.asarray(found, dtype=object)[()]

    def lift(self, value: Value) -> Value:
        """Python numbers become exact SymPy numbers."""
        return written(value) if isinstance(value, (int, float)) else value

    def shape(self, value: Value) -> Shape:
        """The array's shape, () for an expression."""
        return tuple(getattr(value, "shape", ()))
