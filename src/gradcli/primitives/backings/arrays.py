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


def index(x: Array, spec: tuple[Any, ...]) -> Array:
    """Elements by a specification of integers and (start, stop, step)."""
    return x[tuple(item if isinstance(item, int) else slice(*item) for item in spec)]


def embed(x: Array, spec: tuple[Any, ...], shape: tuple[int, ...]) -> Array:
    """Zeros of a shape with x at an index."""
    import numpy

    result = numpy.zeros(shape, dtype=object)
    result[tuple(item if isinstance(item, int) else slice(*item) for item in spec)] = x
    return result


def stack(*operands_and_axis: Any) -> Array:
    """Operands of equal shape along a new axis."""
    import numpy

    *operands, axis = operands_and_axis
    return numpy.stack([numpy.asarray(o, dtype=object) for o in operands], axis)
