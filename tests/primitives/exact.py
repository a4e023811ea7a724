"""The truth about a primitive: its primal at 150 digits, and differences of that primal. No derivative rule is used.

The primal comes from the declaration's SymPy backing (or array backing, or definition), evaluated by mpmath; the tests
compare it with the torch and math backings, which are written independently, and with mpmath's own function.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import cache
from itertools import product
from typing import Any

import mpmath
import numpy as np
import sympy

from gradcli.carriers.sympy import SymPy
from gradcli.primitives.declare import Primitive

DIGITS = 150
"""Enough where the argument elements are of comparable size; hard points ask for more."""
STEP = mpmath.mpf(10) ** -35
"""Relative step of the differences: truncation about 1e-70, rounding of a third difference about 1e-45."""

Array = Any


def eigenpairs(elements: Sequence[Any]) -> list[tuple[Any, list[Any]]]:
    """Eigenvalues, ascending, each with its vector, of the symmetric part of a matrix given row by row."""
    side = math.isqrt(len(elements))
    a = mpmath.matrix(side, side)
    for i, j in product(range(side), repeat=2):
        a[i, j] = (elements[side * i + j] + elements[side * j + i]) / 2
    values, vectors = mpmath.mp.eigsy(a)
    return sorted(((values[k], list(vectors[:, k])) for k in range(side)), key=lambda pair: pair[0])


def eigenvalues(*elements: Any) -> list[Any]:
    """The eigenvalues, ascending."""
    return [value for value, _ in eigenpairs(elements)]


def eigenvectors(*elements: Any) -> list[Any]:
    """Row by row the matrix of the eigenvectors; the first of the components of at least 0.9 of the largest is > 0."""
    columns = []
    for _, vector in eigenpairs(elements):
        largest = max(map(abs, vector))
        leading = next(x for x in vector if abs(x) >= mpmath.mpf(9) / 10 * largest)
        columns.append([x * mpmath.sign(leading) for x in vector])
    return [column[row] for row in range(len(columns)) for column in columns]


BY_MPMATH = {"eigvalsh": eigenvalues, "eigvecsh": eigenvectors}
"""Primals without a formula: mpmath's own algorithm."""


@cache
def primal(primitive: Primitive, shapes: tuple[tuple[int, ...], ...], parameters: tuple[Any, ...]) -> Any:
    """The primal as a function from the flat list of argument elements to the flat list of result elements."""
    if primitive.name in BY_MPMATH:
        return BY_MPMATH[primitive.name]
    m = SymPy()
    arguments = tuple(m.symbols(f"a{k}", shape) for k, shape in enumerate(shapes))
    result = np.ravel(np.asarray(m.apply(primitive, arguments, parameters), dtype=object))
    symbols = [s for a in arguments for s in np.ravel(np.asarray(a, dtype=object))]
    return sympy.lambdify(symbols, list(result), modules="mpmath", cse=True)


def result_shape(arguments: tuple[Array, ...], primitive: Primitive, parameters: tuple[Any, ...]) -> tuple[int, ...]:
    """The shape that the declaration infers."""
    return primitive.infer_shape([a.shape for a in arguments], parameters)


def difference(function: Any, point: tuple[Any, ...], orders: tuple[int, ...]) -> Any:
    """A central difference of `function` (from list to list of numbers) by the arguments listed in `orders`."""
    steps = [STEP * (abs(point[k]) or 1) for k in orders]
    total: Any = 0
    for signs in product((1, -1), repeat=len(orders)):
        moved = list(point)
        for k, sign, step in zip(orders, signs, steps, strict=True):
            moved[k] += sign * step
        weight = 1
        for sign in signs:
            weight *= sign
        total = total + weight * np.array(function(*moved), dtype=object)
    for step in steps:
        total = total / (2 * step)
    return total


def scalar_derivative(primitive: Primitive, parameters: Any, point: tuple[float, ...], orders: tuple[int, ...]) -> Any:
    """A derivative of an elementwise primitive on scalars; `orders` lists the arguments (0, 0, 1 is d^3/dx^2 dy)."""
    return _scalar_derivative(primitive, parameters, point, orders, mpmath.mp.dps)


@cache
def _scalar_derivative(
    primitive: Primitive, parameters: Any, point: tuple[float, ...], orders: tuple[int, ...], digits: int
) -> Any:
    with mpmath.workdps(digits):
        function = primal(primitive, ((),) * len(point), parameters)
        return difference(function, tuple(map(mpmath.mpf, point)), tuple(sorted(orders)))[0]


def condition(primitive: Primitive, parameters: Any, point: tuple[float, ...], orders: tuple[int, ...]) -> Any:
    """|q| + sum |x_k dq/dx_k| for the derivative q: what relative changes of value and arguments by one do to it."""
    value = abs(scalar_derivative(primitive, parameters, point, orders))
    for k, x in enumerate(point):
        if primitive.rule.depends_on(k):
            value += abs(x * scalar_derivative(primitive, parameters, point, (*orders, k)))
    return value


class Truth:
    """Value, Jacobian and Hessian of a case as dense arrays of mpmath numbers, each with the scale of its rounding.

    Elementwise primitives get the componentwise scale (value and condition); the others the largest entry, as is usual
    for sums and products of matrices. Second derivatives of several arguments also take the largest entry at a place:
    differentiating 1/out - x (x/out)/out^2 cancels where the exact y^2/out^3 does not.
    """

    def __init__(
        self, primitive: Primitive, arguments: tuple[Array, ...], parameters: tuple[Any, ...], digits: int = DIGITS
    ) -> None:
        self.primitive = primitive
        self.digits = digits
        self.arguments = arguments
        self.parameters = parameters
        self.shape = result_shape(arguments, primitive, parameters)
        self.offsets = [0, *np.cumsum([a.size for a in arguments])]
        self._places = self._elementwise_places() if primitive.elementwise else None

    def _elementwise_places(self) -> list[tuple[tuple[float, ...], tuple[int, ...]]]:
        """For each result element: the scalar arguments it depends on and their flat positions."""
        values = [np.broadcast_to(a, self.shape).ravel() for a in self.arguments]
        numbers = [
            np.broadcast_to(np.arange(a.size).reshape(a.shape) + offset, self.shape).ravel()
            for a, offset in zip(self.arguments, self.offsets, strict=False)
        ]
        return [
            (tuple(float(v[p]) for v in values), tuple(int(n[p]) for n in numbers))
            for p in range(int(np.prod(self.shape, dtype=int)))
        ]

    def derivative(self, order: int) -> tuple[Array, Array]:
        """(exact, scale): arrays of shape (result elements, argument elements, ...) with `order` argument axes."""
        with mpmath.workdps(self.digits):
            if self.primitive.holds_value and order:
                exact = self._zeros(order)
                return exact, exact
            return self._by_place(order) if self._places is not None else self._whole(order)

    def _zeros(self, order: int) -> Array:
        outputs = int(np.prod(self.shape, dtype=int))
        return np.full((outputs, *[self.offsets[-1]] * order), mpmath.mpf(0), dtype=object)

    def _by_place(self, order: int) -> tuple[Array, Array]:
        assert self._places is not None
        exact, scale = self._zeros(order), self._zeros(order)
        for place, (point, numbers) in enumerate(self._places):
            indices = list(product(range(len(point)), repeat=order))
            found = {i: scalar_derivative(self.primitive, self.parameters, point, i) for i in map(_sorted, indices)}
            largest = max(map(abs, found.values())) if order > 1 else 0
            for i in indices:
                entry = (place, *[numbers[k] for k in i])
                exact[entry] += found[_sorted(i)]
                scale[entry] += max(condition(self.primitive, self.parameters, point, _sorted(i)), largest)
        return exact, scale

    def _whole(self, order: int) -> tuple[Array, Array]:
        function = primal(self.primitive, tuple(a.shape for a in self.arguments), self.parameters)
        point = tuple(mpmath.mpf(float(x)) for a in self.arguments for x in a.ravel())
        exact = self._zeros(order)
        for i in product(range(len(point)), repeat=order):
            exact[(slice(None), *i)] = difference(function, point, i)
        size = max(map(abs, exact.ravel()), default=mpmath.mpf(0))
        reach = max([mpmath.mpf(1), *map(abs, point)]) * max(len(point), 1)
        return exact, np.full(exact.shape, size * reach, dtype=object)


def _sorted(orders: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(sorted(orders))
