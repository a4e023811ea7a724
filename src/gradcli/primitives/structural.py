"""Operations that move elements and compute nothing: reshape, broadcast, index, stack."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from gradcli.errors import ShapeError
from gradcli.graph import Parameters
from gradcli.primitives.declare import ARRAYS, TENSORS, Linear, Notation, Primitive, Value
from gradcli.shapes import Dimension, Shape, broadcast, format_shape, normalize_axis, resolve_reshape

MATRIX = ((1.0, -2.0, 0.5), (3.0, 0.25, -1.5))
ALL = (None, None, None)
"""The slice `:`; slices in an index specification are (start, stop, step) tuples."""


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
    target = _as_shape(shape)
    if broadcast(shapes[0], target) != target:
        raise ShapeError(f"{format_shape(shapes[0])} does not broadcast to {format_shape(target)}")
    return (target,)


def _canonical_spec(shapes: Sequence[Shape], spec: Any) -> Parameters:
    """Indices made non-negative and slices resolved where the dimension is a number; trailing `:` dropped."""
    shape = shapes[0]
    if len(spec) > len(shape):
        raise ShapeError(f"too many indices: {len(spec)} for shape {format_shape(shape)}")
    items = [
        _canonical_item(item, dimension, axis) for axis, (item, dimension) in enumerate(zip(spec, shape, strict=False))
    ]
    while items and items[-1] == ALL:
        items.pop()
    return (tuple(items),)


def _canonical_item(item: Any, dimension: Dimension, axis: int) -> Any:
    if not isinstance(dimension, int):
        return item
    if isinstance(item, int):
        if not -dimension <= item < dimension:
            raise ShapeError(f"index {item} is out of range for axis {axis} of size {dimension}")
        return item % dimension
    start, stop, step = item
    if step is not None and step < 1:
        raise ShapeError(f"the step of a slice is at least 1, not {step}")
    resolved = slice(start, stop, step).indices(dimension)
    return ALL if resolved == (0, dimension, 1) else (resolved[0], max(resolved[0], resolved[1]), resolved[2])


def _indexed_shape(shape: Shape, spec: Any) -> Shape:
    result: list[Dimension] = []
    for axis, dimension in enumerate(shape):
        item = spec[axis] if axis < len(spec) else ALL
        if isinstance(item, int):
            continue
        if item == ALL:
            result.append(dimension)
        elif isinstance(dimension, int):
            result.append(len(range(*slice(*item).indices(dimension))))
        else:
            raise ShapeError(f"a slice of the symbolic dimension {dimension} needs a point")
    return tuple(result)


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
    return m.index(cotangent, spec=(ALL,) * axis + (position,))


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
        doc="repeated along new axes and axes of size 1",
        parameters={"shape": ()},
        shape=lambda source, shape: shape,
        normalize=_broadcast_target,
        samples=(((1.0, 2.0, -3.0), (2, 3)), (((1.0,), (2.0,)), (2, 4))),
        torch="torch.broadcast_to",
        array="numpy.broadcast_to",
        moves=True,
    ),
    Primitive(
        "index",
        Linear(lambda m, cotangent, x, spec: m.embed(cotangent, spec=spec, shape=m.shape(x))),
        doc="elements by index and slice, counted from 0: x[0], x[-1], A[0, 1:3]",
        parameters={"spec": ()},
        shape=_indexed_shape,
        normalize=_canonical_spec,
        notation=Notation(latex=r"{{{0}}}_{{{1}}}"),
        samples=((MATRIX, (0,)), (MATRIX, (ALL, 1)), (MATRIX, (1, (0, 2, None))), (MATRIX, (ALL, (0, 3, 2)))),
        torch=TENSORS + "index",
        array=ARRAYS + "index",
        moves=True,
    ),
    Primitive(
        "embed",
        Linear(lambda m, cotangent, x, spec, shape: m.index(cotangent, spec=spec)),
        doc="zeros of a shape with x placed at an index: the transpose of indexing",
        parameters={"spec": (), "shape": ()},
        shape=lambda source, spec, shape: shape,
        samples=(((1.0, -2.0, 0.5), (1,), (2, 3)), (((1.0, -2.0), (0.5, 3.0)), (ALL, (0, 3, 2)), (2, 4))),
        torch=TENSORS + "embed",
        array=ARRAYS + "embed",
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
)
