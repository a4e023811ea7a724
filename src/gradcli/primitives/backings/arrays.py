"""Operations that move or add elements, on NumPy arrays of any objects (SymPy expressions, balls)."""

from __future__ import annotations

from typing import Any

from gradcli.shapes import normalize_axes

Array = Any


def sum(x: Array, axis: Any, keepdim: bool) -> Array:
    """Sum over the given axes (None: all)."""
    import numpy

    array = numpy.asarray(x, dtype=object)
    return numpy.sum(array, axis=normalize_axes(axis, array.ndim), keepdims=keepdim)


def prod(x: Array, axis: Any, keepdim: bool) -> Array:
    """Product over the given axes (None: all)."""
    import numpy

    array = numpy.asarray(x, dtype=object)
    return numpy.prod(array, axis=normalize_axes(axis, array.ndim), keepdims=keepdim)


def cumsum(x: Array, axis: int, exclusive: bool, reverse: bool) -> Array:
    """Running sums along an axis."""
    import numpy

    return _running(numpy.cumsum, 0, x, axis, exclusive, reverse)


def cumprod(x: Array, axis: int, exclusive: bool, reverse: bool) -> Array:
    """Running products along an axis."""
    import numpy

    return _running(numpy.cumprod, 1, x, axis, exclusive, reverse)


def _running(function: Any, neutral: int, x: Array, axis: int, exclusive: bool, reverse: bool) -> Array:
    import numpy

    values = numpy.flip(x, axis) if reverse else x
    if exclusive:
        # One more at the front, and the last one dropped.
        widths = [(int(k == axis), 0) for k in range(x.ndim)]
        values = numpy.pad(values, widths, constant_values=neutral)
        values = numpy.delete(values, -1, axis)
    found = function(values, axis)
    return numpy.flip(found, axis) if reverse else found


def index(x: Array, spec: tuple[Any, ...]) -> Array:
    """Elements by a specification of integers, (start, stop, step) and lists. Lists are taken after all others."""
    taken, lists = x[_basic(spec)], _lists(spec)
    return taken[lists] if lists else taken


def embed(x: Array, spec: tuple[Any, ...], shape: tuple[int, ...]) -> Array:
    """Zeros of a shape with x added at an index."""
    import numpy

    result = numpy.zeros(shape, dtype=object)
    numpy.add.at(result, numpy.unravel_index(index(numpy.arange(result.size).reshape(shape), spec), shape), x)
    return result


def _basic(spec: tuple[Any, ...]) -> tuple[Any, ...]:
    """The integers and slices of a specification; `:` in place of a list."""
    return tuple(i if isinstance(i, int) else slice(None) if len(i) == 1 else slice(*i) for i in spec)


def _lists(spec: tuple[Any, ...]) -> tuple[Any, ...]:
    """The lists of a specification, for what its integers leave, and `:` in place of its slices; () if it has none."""
    import numpy

    rest = [item for item in spec if not isinstance(item, int)]
    if not any(len(item) == 1 for item in rest):
        return ()
    return tuple(numpy.array(item[0]) if len(item) == 1 else slice(None) for item in rest)


def stack(*operands_and_axis: Any) -> Array:
    """Operands of equal shape along a new axis."""
    import numpy

    *operands, axis = operands_and_axis
    return numpy.stack([numpy.asarray(o, dtype=object) for o in operands], axis)


def cat(*operands_and_axis: Any) -> Array:
    """Operands joined along an axis."""
    import numpy

    *operands, axis = operands_and_axis
    return numpy.concatenate([numpy.asarray(o, dtype=object) for o in operands], axis)


def inv(a: Array) -> Array:
    """Inverse by cofactors, which needs no pivot to be known as non-zero."""
    import numpy
    import sympy

    matrix = sympy.Matrix(a.tolist())
    return numpy.array(matrix.inv(method="ADJ").tolist(), dtype=object)


def det(a: Array) -> Any:
    """Determinant by Berkowitz's algorithm, which divides by nothing."""
    import sympy

    return sympy.Matrix(a.tolist()).det(method="berkowitz")
