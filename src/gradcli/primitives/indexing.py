"""Elements by index, and its transpose. An index specification has an item for each axis, from the first on:

an integer, a slice as the tuple (start, stop, step), or a list as a tuple that holds the tuple of its numbers. Several
lists are taken in pairs, as in PyTorch: `A[[0, 1], [1, 2]]` is [A[0, 1], A[1, 2]]. A mask, which is a nested list of
truth values, becomes the lists of the places where it holds.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from typing import Any

from gradcli.errors import ShapeError
from gradcli.graph import Parameters
from gradcli.primitives.declare import ARRAYS, TENSORS, Linear, Notation, Primitive
from gradcli.shapes import Dimension, Shape, format_shape, unify

MATRIX = ((1.0, -2.0, 0.5), (3.0, 0.25, -1.5))
CUBE = (MATRIX, ((2.0, 1.5, -0.75), (-0.5, 4.0, 1.25)))
ALL = (None, None, None)
"""The slice `:`."""


def is_list(item: Any) -> bool:
    """Whether an item of a specification is a list and no slice."""
    return isinstance(item, tuple) and len(item) == 1


def _canonical_spec(shapes: Sequence[Shape], spec: Any) -> Parameters:
    """Indices made non-negative, slices resolved and masks made lists where the dimension is a number; trailing `:`
    dropped.
    """
    shape = shapes[0]
    items: list[Any] = []
    for item in spec:
        items += _places(item[0], shape, len(items)) if is_list(item) and _is_mask(item[0]) else [item]
    if len(items) > len(shape):
        raise ShapeError(f"too many indices: {len(items)} for shape {format_shape(shape)}")
    items = [
        _canonical_item(item, dimension, axis) for axis, (item, dimension) in enumerate(zip(items, shape, strict=False))
    ]
    items = _paired(items)
    while items and items[-1] == ALL:
        items.pop()
    return (tuple(items),)


def _is_mask(values: Any) -> bool:
    """Whether the first number of a nested list is a truth value."""
    while isinstance(values, tuple) and values:
        values = values[0]
    return isinstance(values, bool)


def _mask_shape(mask: Any) -> Shape:
    shape: list[Dimension] = []
    while isinstance(mask, tuple):
        shape.append(len(mask))
        mask = mask[0]
    return tuple(shape)


def _places(mask: Any, shape: Shape, axis: int) -> list[Any]:
    """A mask over the axes from the given one on as lists of the places where it holds."""
    found = _mask_shape(mask)
    covered = shape[axis : axis + len(found)]
    if len(found) != len(covered) or None in map(unify, found, covered):
        raise ShapeError(f"a mask of shape {format_shape(found)} does not fit axes of shape {format_shape(covered)}")
    chosen = []
    for place in product(*[range(int(d)) for d in found]):
        value = mask
        for k in place:
            value = value[k]
        if not isinstance(value, bool):
            raise ShapeError("a mask holds truth values only")
        if value:
            chosen.append(place)
    if not chosen:
        raise ShapeError("the mask selects no element")
    return [(numbers,) for numbers in zip(*chosen, strict=True)]


def _paired(items: Sequence[Any]) -> list[Any]:
    """Several lists have one length; a list of one number goes with every number of the others."""
    lengths = {len(item[0]) for item in items if is_list(item)}
    longest = max(lengths, default=0)
    if not lengths <= {1, longest}:
        written = " and ".join(str(len(item[0])) for item in items if is_list(item))
        raise ShapeError(
            f"lists of indices are taken in pairs and have equal length, not {written}",
            hint="A[[0, 1]][:, [1, 2]] takes rows, then columns",
        )
    return [(item[0] * longest,) if is_list(item) and len(item[0]) < longest else item for item in items]


def _canonical_item(item: Any, dimension: Dimension, axis: int) -> Any:
    if is_list(item):
        if any(isinstance(number, tuple) for number in item[0]):
            raise ShapeError(
                "a list of indices is not nested",
                hint="A[[0, 1], [1, 2]] takes pairs; A[[0, 1]][:, [1, 2]] rows, then columns",
            )
        if any(not isinstance(number, int) or isinstance(number, bool) for number in item[0]):
            raise ShapeError(
                "a list of indices holds whole numbers only, or truth values only",
                hint="indices count from 0, negative ones from the end",
            )
        return (tuple(_canonical_number(number, dimension, axis) for number in item[0]),)
    if isinstance(item, int):
        return _canonical_number(item, dimension, axis)
    start, stop, step = item
    if step is not None and step < 1:
        raise ShapeError(f"the step of a slice is at least 1, not {step}", hint="flip(x) turns the order round")
    if not isinstance(dimension, int):
        return item
    resolved = slice(start, stop, step).indices(dimension)
    return ALL if resolved == (0, dimension, 1) else (resolved[0], max(resolved[0], resolved[1]), resolved[2])


def _canonical_number(number: int, dimension: Dimension, axis: int) -> int:
    if not isinstance(dimension, int):
        return number
    if not -dimension <= number < dimension:
        raise ShapeError(f"index {number} is out of range for axis {axis} of size {dimension}")
    return number % dimension


def _indexed_shape(shape: Shape, spec: Any) -> Shape:
    """PyTorch's: the axis of lists stands where they stand, or first where a slice separates them."""
    result: list[Dimension] = []
    lists: list[int] = []
    taken = 0
    for axis, dimension in enumerate(shape):
        item: Any = spec[axis] if axis < len(spec) else ALL
        if isinstance(item, int):
            continue
        if is_list(item):
            lists.append(len(result))
            taken = len(item[0])
        elif item == ALL:
            result.append(dimension)
        elif isinstance(dimension, int):
            result.append(len(range(*slice(*item).indices(dimension))))
        else:
            raise ShapeError(f"a slice of the symbolic dimension {dimension} needs a point")
    if lists:
        result.insert(lists[0] if lists[0] == lists[-1] else 0, taken)
    return tuple(result)


PRIMITIVES = (
    Primitive(
        "index",
        Linear(lambda m, cotangent, x, spec: m.embed(cotangent, spec=spec, shape=m.shape(x))),
        doc="elements by index, slice, list or mask, counted from 0: x[0], x[-1], A[0, 1:3], x[[0, 2]]",
        parameters={"spec": ()},
        shape=_indexed_shape,
        normalize=_canonical_spec,
        notation=Notation(latex=r"{{{0}}}_{{{1}}}"),
        samples=(
            (MATRIX, (0,)),
            (MATRIX, (ALL, 1)),
            (MATRIX, (1, (0, 2, None))),
            (MATRIX, (ALL, (0, 3, 2))),
            ((1.0, -2.0, 0.5), (((2, 0, 2, 2),),)),
            (MATRIX, (((0, 1, 0, 0),), ((1, 2, 1, -1),))),
            (MATRIX, (ALL, ((True, False, True),))),
            (MATRIX, ((((True, False, True), (False, True, False)),),)),
            (CUBE, (((1, 0, 1),), ALL, ((0, 2, 0),))),
            (CUBE, ((0, 2, None), ((1, 1),))),
            (CUBE, (1, ALL, ((0, 2),))),
        ),
        torch=TENSORS + "index",
        array=ARRAYS + "index",
        moves=True,
    ),
    Primitive(
        "embed",
        Linear(lambda m, cotangent, x, spec, shape: m.index(cotangent, spec=spec)),
        doc="zeros of a shape with x added at an index: the transpose of indexing",
        parameters={"spec": (), "shape": ()},
        shape=lambda source, spec, shape: shape,
        samples=(
            ((1.0, -2.0, 0.5), (1,), (2, 3)),
            (((1.0, -2.0), (0.5, 3.0)), (ALL, (0, 3, 2)), (2, 4)),
            ((1.0, -2.0, 0.5), (((1, 0, 1),),), (2,)),
            (((1.0, -2.0), (0.5, 3.0)), (((1, 1),), ALL, ((0, 0),)), (2, 2, 3)),
        ),
        torch=TENSORS + "embed",
        array=ARRAYS + "embed",
        moves=True,
    ),
)
