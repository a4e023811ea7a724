"""Operations that move elements and compute nothing: reshape, repeat, join, turn round."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from gradcli.errors import ShapeError
from gradcli.graph import Parameters
from gradcli.primitives.declare import ARRAYS, TENSORS, Linear, Primitive, Value
from gradcli.shapes import (
    Dimension,
    Shape,
    added,
    broadcast,
    format_shape,
    multiplied,
    normalize_axes,
    normalize_axis,
    resolve_reshape,
    unify,
)

MATRIX = ((1.0, -2.0, 0.5), (3.0, 0.25, -1.5))
CUBE = (MATRIX, ((2.0, 1.5, -0.75), (-0.5, 4.0, 1.25)))


def _as_shape(shape: Any) -> Shape:
    dimensions = tuple(shape) if isinstance(shape, (tuple, list)) else (shape,)
    for dimension in dimensions:
        if not isinstance(dimension, (int, str)) or isinstance(dimension, bool) or dimension in (-2,):
            raise ShapeError(f"a shape is a list of integers, not {shape}")
        if isinstance(dimension, int) and dimension < -1:
            raise ShapeError(f"a dimension cannot be {dimension}")
    return dimensions


def _reshape_target(shapes: Sequence[Shape], shape: Any) -> Parameters:
    return (resolve_reshape(shapes[0], _as_shape(shape)),)


def _broadcast_target(shapes: Sequence[Shape], shape: Any) -> Parameters:
    """The target shape; -1 stands for the size that an axis has."""
    target = _as_shape(shape)
    lead = len(target) - len(shapes[0])
    if -1 in target[: max(lead, 0)]:
        raise ShapeError(f"a new axis has no size that -1 could stand for: {format_shape(target)}")
    target = tuple(shapes[0][k - lead] if d == -1 and k >= lead else d for k, d in enumerate(target))
    if broadcast(shapes[0], target) != target:
        raise ShapeError(f"{format_shape(shapes[0])} does not broadcast to {format_shape(target)}")
    return (target,)


def _stacked_shape(*shapes_and_axis: Any) -> Shape:
    *shapes, axis = shapes_and_axis
    if not shapes:
        raise ShapeError("stack needs at least one operand")
    common = shapes[0]
    for shape in shapes[1:]:
        if len(shape) != len(common) or broadcast(shape, common) is None or 1 in _mismatched(shape, common):
            raise ShapeError(f"stack needs equal shapes, not {format_shape(common)} and {format_shape(shape)}")
        common = broadcast(shape, common) or common
    return (*common[:axis], len(shapes), *common[axis:])


def _mismatched(a: Shape, b: Shape) -> set[Dimension]:
    return {d for pair in zip(a, b, strict=True) if pair[0] != pair[1] for d in pair}


def _stack_axis(shapes: Sequence[Shape], axis: Any) -> Parameters:
    return (normalize_axis(axis, len(shapes[0]) + 1 if shapes else 1),)


def _unstack(m: Any, cotangent: Value, position: int, *arguments_and_axis: Any) -> Value:
    axis = arguments_and_axis[-1]
    return m.index(cotangent, spec=((None, None, None),) * axis + (position,))


def _cat_axis(shapes: Sequence[Shape], axis: Any) -> Parameters:
    if len(shapes) < 2:
        raise ShapeError("cat joins two or more operands", hint="write cat(x, y); a list [x, y] is one matrix")
    if not all(shapes):
        raise ShapeError("cat joins vectors or matrices; [a, b] makes a vector of two numbers")
    return (normalize_axis(axis, len(shapes[0])),)


def _joined_shape(*shapes_and_axis: Any) -> Shape:
    *shapes, axis = shapes_and_axis
    common: Shape = shapes[0]
    for shape in shapes[1:]:
        others = [unify(a, b) for k, (a, b) in enumerate(zip(common, shape, strict=False)) if k != axis]
        if len(shape) != len(common) or None in others:
            raise ShapeError(
                f"cat along axis {axis} needs equal sizes along all other axes, not {format_shape(common)} and "
                f"{format_shape(shape)}"
            )
        known = [d for d in others if d is not None]
        common = (*known[:axis], shape[axis], *known[axis:])
    return (*common[:axis], added(*(shape[axis] for shape in shapes)), *common[axis + 1 :])


def _uncat(m: Any, cotangent: Value, position: int, *arguments_and_axis: Any) -> Value:
    *arguments, axis = arguments_and_axis
    sizes = [m.shape(argument)[axis] for argument in arguments]
    start = added(0, *sizes[:position])
    part = (start, added(start, sizes[position]), None)
    if not all(isinstance(bound, int) for bound in part[:2]):
        raise ShapeError("the transpose of cat needs a point: the sizes of its operands are symbols")
    return m.index(cotangent, spec=((None, None, None),) * axis + (part,))


def _repeats(shapes: Sequence[Shape], repeats: Any) -> Parameters:
    """A count for every axis, new ones first; missing ones are 1."""
    counts = tuple(repeats) if isinstance(repeats, tuple) else (repeats,)
    if not all(isinstance(count, int) and not isinstance(count, bool) and count >= 0 for count in counts):
        raise ShapeError(f"repeats are whole numbers from 0 on, not {list(counts)}")
    return ((1,) * (len(shapes[0]) - len(counts)) + counts,)


def _repeated_shape(shape: Shape, repeats: tuple[int, ...]) -> Shape:
    padded = (1,) * (len(repeats) - len(shape)) + shape
    return tuple(multiplied(count, d) for count, d in zip(repeats, padded, strict=True))


def _unrepeat(m: Any, cotangent: Value, x: Value, repeats: tuple[int, ...]) -> Value:
    """The sum over all copies."""
    padded = (1,) * (len(repeats) - len(m.shape(x))) + m.shape(x)
    split = tuple(d for pair in zip(repeats, padded, strict=True) for d in pair)
    total = m.sum(m.reshape(cotangent, shape=split), axis=tuple(range(0, len(split), 2)))
    return m.reshape(total, shape=m.shape(x))


def _squeezed_axes(shapes: Sequence[Shape], axis: Any) -> Parameters:
    shape = shapes[0]
    axes = tuple(k for k, d in enumerate(shape) if d == 1) if axis is None else normalize_axes(axis, len(shape))
    for k in axes:
        if shape[k] != 1:
            raise ShapeError(f"axis {k} has size {shape[k]}; only an axis of size 1 can be dropped")
    return (axes,)


def _unsqueezed_axis(shapes: Sequence[Shape], axis: Any) -> Parameters:
    return (normalize_axis(axis, len(shapes[0]) + 1),)


def _flattened_axes(shapes: Sequence[Shape], start: Any, end: Any) -> Parameters:
    rank = max(len(shapes[0]), 1)
    first, last = normalize_axis(start, rank), normalize_axis(end, rank)
    if first > last:
        raise ShapeError(f"flatten from axis {first} to axis {last}: the first comes after the last")
    return (first, last)


def _flattened_shape(shape: Shape, start: int, end: int) -> Shape:
    joined = resolve_reshape(shape[start : end + 1], (-1,))
    return shape[:start] + joined + shape[end + 1 :]


def _reshaping(name: str, doc: str, shape: Callable[..., Shape], **declared: Any) -> Primitive:
    """A reshape whose target follows from parameters of its own."""
    return Primitive(
        name,
        Linear(lambda m, cotangent, x, *parameters: m.reshape(cotangent, shape=m.shape(x))),
        doc=doc,
        shape=shape,
        definition=lambda m, x, *parameters: m.reshape(x, shape=shape(m.shape(x), *parameters)),
        **declared,
    )


def _flipped_axes(shapes: Sequence[Shape], axis: Any) -> Parameters:
    return (normalize_axes(axis, len(shapes[0])),)


def _rolled_axis(shapes: Sequence[Shape], shift: Any, axis: Any) -> Parameters:
    """A shift along one axis, or (None) of all elements in row-major order."""
    return (int(shift), axis if axis is None else normalize_axis(axis, len(shapes[0])))


PRIMITIVES = (
    Primitive(
        "reshape",
        Linear(lambda m, cotangent, x, shape: m.reshape(cotangent, shape=m.shape(x))),
        doc="the same elements in another shape; one dimension may be -1",
        parameters={"shape": (-1,)},
        shape=lambda source, shape: shape,
        normalize=_reshape_target,
        samples=((MATRIX, (3, 2)), (MATRIX, (6,)), (MATRIX, (1, -1))),
        torch="torch.reshape",
        array="numpy.reshape",
        moves=True,
    ),
    Primitive(
        "broadcast_to",
        # The sweeps undo a broadcast wherever a cotangent is larger than its argument.
        Linear(lambda m, cotangent, x, shape: cotangent),
        doc="repeated along new axes and axes of size 1; -1 keeps a size",
        spellings=("broadcast_to", "expand"),
        parameters={"shape": ()},
        shape=lambda source, shape: shape,
        normalize=_broadcast_target,
        samples=(((1.0, 2.0, -3.0), (2, 3)), (((1.0,), (2.0,)), (2, 4)), (((1.0,), (2.0,)), (-1, 3))),
        torch="torch.broadcast_to",
        array="numpy.broadcast_to",
        moves=True,
    ),
    Primitive(
        "stack",
        Linear(_unstack, variadic=True),
        doc="operands of equal shape along a new axis; [a, b] is stack(a, b)",
        arguments=("x",),
        variadic=True,
        parameters={"axis": 0},
        parameter_aliases={"dim": "axis"},
        shape=_stacked_shape,
        normalize=_stack_axis,
        samples=(((1.0, 2.0), (3.0, -1.0), 0), ((1.0, 2.0), (3.0, -1.0), 1)),
        torch=TENSORS + "stack",
        array=ARRAYS + "stack",
        moves=True,
    ),
    Primitive(
        "cat",
        Linear(_uncat, variadic=True),
        doc="operands joined along an axis that they have: cat([1, 2], [3]) is [1, 2, 3]",
        arguments=("x",),
        spellings=("cat", "concat", "concatenate"),
        variadic=True,
        parameters={"axis": 0},
        parameter_aliases={"dim": "axis"},
        shape=_joined_shape,
        normalize=_cat_axis,
        samples=(((1.0, 2.0), (3.0,), (0.5, -1.0, 4.0), 0), (MATRIX, ((3.0,), (-1.0,)), 1)),
        torch=TENSORS + "cat",
        array=ARRAYS + "cat",
        moves=True,
    ),
    Primitive(
        "repeat",
        Linear(_unrepeat),
        doc="copies side by side, so many along each axis",
        spellings=("repeat", "tile"),
        parameters={"repeats": ()},
        parameter_aliases={"sizes": "repeats", "reps": "repeats", "dims": "repeats"},
        shape=_repeated_shape,
        normalize=_repeats,
        samples=((MATRIX, (2, 1)), (MATRIX, (3,)), ((1.0, -2.0), (2, 3)), (2.5, (2,))),
        torch="torch.tile",
        array="numpy.tile",
        moves=True,
    ),
    _reshaping(
        "squeeze",
        "without axes of size 1: all of them, or those that are named",
        lambda shape, axes: tuple(d for k, d in enumerate(shape) if k not in axes),
        parameters={"axis": None},
        parameter_aliases={"dim": "axis"},
        normalize=_squeezed_axes,
        samples=((((1.0, 2.0),),), ((((1.0,), (2.0,)),), 0), ((((1.0,), (2.0,)),), (0, 2))),
    ),
    _reshaping(
        "unsqueeze",
        "with a new axis of size 1 at a place",
        lambda shape, axis: (*shape[:axis], 1, *shape[axis:]),
        spellings=("unsqueeze", "expand_dims"),
        parameters={"axis": 0},
        parameter_aliases={"dim": "axis"},
        normalize=_unsqueezed_axis,
        samples=(((1.0, 2.0),), (MATRIX, 1), (MATRIX, -1)),
    ),
    _reshaping(
        "flatten",
        "range of axes as one, in row-major order",
        _flattened_shape,
        spellings=("flatten", "ravel"),
        parameters={"start_axis": 0, "end_axis": -1},
        parameter_aliases={"start_dim": "start_axis", "end_dim": "end_axis"},
        normalize=_flattened_axes,
        samples=((MATRIX,), (CUBE, 1), (CUBE, 0, 1), (2.5,)),
    ),
    Primitive(
        "flip",
        Linear(lambda m, cotangent, x, axes: m.flip(cotangent, axis=axes)),
        doc="the order turned round along all axes, or those that are named",
        parameters={"axis": None},
        parameter_aliases={"dim": "axis", "dims": "axis"},
        shape=lambda shape, axes: shape,
        normalize=_flipped_axes,
        samples=((MATRIX,), (MATRIX, 1), (CUBE, (0, 2))),
        torch="torch.flip",
        array="numpy.flip",
        moves=True,
    ),
    Primitive(
        "roll",
        Linear(lambda m, cotangent, x, shift, axis: m.roll(cotangent, shift=-shift, axis=axis)),
        doc="elements moved on by a number of places, those beyond the end to the beginning",
        parameters={"shift": 1, "axis": None},
        parameter_aliases={"shifts": "shift", "dim": "axis", "dims": "axis"},
        shape=lambda shape, shift, axis: shape,
        normalize=_rolled_axis,
        samples=((MATRIX,), (MATRIX, 2, 1), ((1.0, -2.0, 0.5), -1, 0)),
        torch="torch.roll",
        array="numpy.roll",
        moves=True,
    ),
)
