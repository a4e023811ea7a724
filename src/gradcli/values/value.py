"""What a reader gives, and what all of them refuse."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from gradcli.errors import FileError, NameProblem, closest
from gradcli.problem import Nested
from gradcli.shapes import MAX_RANK, Shape, format_shape

MOST_ELEMENTS = 20_000_000
"""Elements of one value: as Python numbers a gigabyte."""
MOST_LISTED = 12
"""Names that an error lists."""


class Loaded(NamedTuple):
    """A value as a number or nested lists of finite numbers, and its shape."""

    value: Nested
    shape: Shape


def check_shape(shape: Sequence[int], what: str) -> None:
    """Raise FileError for a shape without elements, with too many of them, or with too many axes."""
    count = 1
    for dimension in shape:
        count *= int(dimension)
    if not count:
        raise FileError(f"{what} has no elements, its shape is {format_shape(tuple(shape))}", hint="name another one")
    if count > MOST_ELEMENTS:
        raise FileError(f"{what} has {count} elements, more than the {MOST_ELEMENTS} that are read", hint="save a part")
    if len(shape) > MAX_RANK:
        raise FileError(f"{what} has {len(shape)} axes, more than the {MAX_RANK} of a tensor", hint="reshape it")


def not_finite(what: str, number: float | int, position: Sequence[int], count: int) -> FileError:
    """The error for an array with NaN or infinity in it."""
    place = f" at [{', '.join(map(str, position))}]" if position else ""
    others = f", and {count - 1} more are not finite" if count > 1 else ""
    shown = number if isinstance(number, float) else "an integer larger than any float64"
    return FileError(f"{what} is {shown}{place}{others}", hint="a point is finite: replace these values in the file")


def from_array(array: Any, what: str) -> Loaded:
    """A NumPy array of real numbers as nested lists; truth values become 0 and 1. Raises FileError."""
    import numpy

    if array.dtype.kind not in "biuf":
        raise not_real(array.dtype, what)
    check_shape(array.shape, what)
    if array.dtype.kind == "b":
        array = array.astype(numpy.int8)
    elif array.dtype.kind == "f":
        with numpy.errstate(over="ignore"):
            array = array.astype(numpy.float64)
        wrong = numpy.argwhere(~numpy.isfinite(array))
        if len(wrong):
            raise not_finite(what, float(array[tuple(wrong[0])]), wrong[0].tolist(), len(wrong))
    return Loaded(array.tolist(), tuple(array.shape))


def not_real(dtype: object, what: str) -> FileError:
    """The error for numbers that are not real, or no numbers."""
    return FileError(f"{what} holds {dtype}, not real numbers", hint="save it as float64, or another real type")


def choose(names: Sequence[str], wanted: str | None, path: str) -> str:
    """The array of a file that is meant: the one asked for, or the only one. Raises FileError and NameProblem."""
    if not names:
        raise FileError(f"'{path}' holds no array", hint="name another file")
    if wanted is None:
        if len(names) == 1:
            return names[0]
        raise NameProblem(f"'{path}' holds several arrays: {listed(names)}", hint=f"name one: @{path}:{names[0]}")
    if wanted in names:
        return wanted
    raise unknown_name(f"'{path}' has no array '{wanted}'", wanted, names)


def unknown_name(cause: str, wanted: str, names: Sequence[str]) -> NameProblem:
    """The error for a name that a file does not have: the nearest, and all of them."""
    near = closest(wanted, list(names))
    meant = f"did you mean {near} ? all: " if near else "there are "
    return NameProblem(cause, hint=meant + listed(names))


def listed(names: Sequence[str]) -> str:
    """Names in a row, the first of many."""
    more = f" and {len(names) - MOST_LISTED} more" if len(names) > MOST_LISTED else ""
    return ", ".join(names[:MOST_LISTED]) + more
