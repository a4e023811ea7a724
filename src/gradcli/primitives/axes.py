"""What operations along axes share: their parameters and shapes, and how a result is laid over the elements again."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from gradcli.errors import ShapeError
from gradcli.graph import Parameters
from gradcli.primitives.declare import Value
from gradcli.shapes import Dimension, Shape, format_shape, normalize_axes, normalize_axis, reduced, resolve_reshape

AXIS_ALIASES = {"dim": "axis", "keepdims": "keepdim"}
OVER_AXES = {"axis": None, "keepdim": False}
"""The parameters of a reduction. In canonical form the axis is None for all, an integer, or a sorted tuple."""


def canonical_axes(shapes: Sequence[Shape], axis: Any, keepdim: Any) -> Parameters:
    """None for all axes, an integer for one, else a sorted tuple: equal requests become equal nodes."""
    rank = len(shapes[0])
    axes = normalize_axes(axis, rank)
    kept = bool(keepdim)
    if len(axes) == rank:
        return (None, kept)
    return (axes[0] if len(axes) == 1 else axes, kept)


def nonempty_axes(name: str) -> Callable[..., Parameters]:
    """The same for an operation that has no value for no elements."""

    def canonical(shapes: Sequence[Shape], axis: Any, keepdim: Any) -> Parameters:
        chosen = canonical_axes(shapes, axis, keepdim)
        if length(shapes[0], chosen[0]) == 0:
            raise ShapeError(f"{name} of no elements is not defined; the shape is {format_shape(shapes[0])}")
        return chosen

    return canonical


def one_axis(name: str) -> Callable[..., Parameters]:
    """One axis, first of the parameters; None is the only axis of a vector. Flags may follow."""

    def canonical(shapes: Sequence[Shape], axis: Any, *flags: Any) -> Parameters:
        shape = shapes[0]
        if not shape:
            raise ShapeError(f"{name} needs a vector or a matrix, not a scalar")
        if axis is None and len(shape) > 1:
            raise ShapeError(f"{name} of shape {format_shape(shape)} needs an axis", hint=f"write {name}(x, axis=0)")
        return (normalize_axis(0 if axis is None else axis, len(shape)), *map(bool, flags))

    return canonical


def reduced_shape(shape: Shape, axis: Any, keepdim: bool) -> Shape:
    """The shape of a reduction."""
    return reduced(shape, normalize_axes(axis, len(shape)), keepdim)


def length(shape: Shape, axis: Any) -> Dimension:
    """How many elements are reduced to one: a number, or a product of symbols."""
    axes = normalize_axes(axis, len(shape))
    return resolve_reshape(tuple(shape[k] for k in axes), (-1,))[0]


def count(m: Any, x: Value, axis: Any) -> Any:
    """The same as a factor for a rule; where it is not known without a point, a node."""
    known = length(m.shape(x), axis)
    return float(known) if isinstance(known, int) else m.numel(x, axis=axis)


def laid_over(m: Any, out: Value, x: Value, axis: Any) -> Value:
    """A result of a reduction with the reduced axes put back, of size 1, so that it broadcasts against x."""
    if not m.shape(out):
        return out
    kept = reduced_shape(m.shape(x), axis, True)
    return out if m.shape(out) == kept else m.reshape(out, shape=kept)


def spread(m: Any, cotangent: Value, x: Value, axis: Any) -> Value:
    """A cotangent of a reduction, given back to every element that was reduced."""
    kept = reduced_shape(m.shape(x), axis, True)
    return m.broadcast_to(m.reshape(cotangent, shape=kept), shape=m.shape(x))


def joined_axes(m: Any, x: Value, axis: Any) -> tuple[Value, int]:
    """x with the given axes as one, and which axis that is."""
    shape = m.shape(x)
    axes = normalize_axes(axis, len(shape))
    if len(axes) == 1:
        return x, axes[0]
    rest = [k for k in range(len(shape)) if k not in axes]
    moved = m.permute(x, axes=(*rest, *axes))
    return m.reshape(moved, shape=(*[shape[k] for k in rest], length(shape, axis))), len(rest)
