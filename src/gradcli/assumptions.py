"""What a matrix may be assumed to be. An assumption is a claim about the value, and is checked at the point.

What follows from one is declared with the operations (`Primitive.under`): A' is A where A is symmetric.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from gradcli.errors import NameProblem, ShapeError, UsageError, suggestion
from gradcli.shapes import Shape, format_shape, unify

Assumptions = Mapping[str, tuple[str, ...]]
"""The properties of inputs by their names, with what they imply."""
EPSILON = {"float64": 2.0**-52, "float32": 2.0**-23}
WRITE = "write A=symmetric,Q=orthogonal"
MEND = "drop the assumption, or mend the value"

Matrix = Any


def tolerance(epsilon: float) -> float:
    """The relative difference that is put down to rounding: two thirds of the digits must agree."""
    return float(epsilon ** (2 / 3))


@dataclass(frozen=True)
class Property:
    """A property of square matrices. `fault(name, matrix, allowed)` says in words where a matrix lacks it the most, and
    is empty where it has it; `near(matrix)` is a matrix that has it, close by; `implies` are properties that it
    includes."""

    fault: Callable[[str, Matrix, float], str]
    near: Callable[[Matrix], Matrix]
    implies: tuple[str, ...] = ()


def _mirrored(sign: int) -> Callable[[str, Matrix, float], str]:
    """A = sign A'."""

    def fault(name: str, matrix: Matrix, allowed: float) -> str:
        import numpy

        apart = abs(matrix - sign * matrix.T)
        row, column = (int(k) for k in numpy.unravel_index(apart.argmax(), apart.shape))
        if apart[row, column] <= allowed * abs(matrix).max():
            return ""
        here, there = f"{name}[{row}, {column}] is {float(matrix[row, column])!r}", float(matrix[column, row])
        return f"{here}, not 0" if row == column else f"{here}, {name}[{column}, {row}] is {there!r}"

    return fault


def _mirror(sign: int) -> Callable[[Matrix], Matrix]:
    """The nearest matrix with A = sign A'."""
    return lambda matrix: (matrix + sign * matrix.T) / 2


def _orthogonal(name: str, matrix: Matrix, allowed: float) -> str:
    import numpy

    product = matrix.T @ matrix
    apart = abs(product - numpy.eye(len(matrix)))
    row, column = (int(k) for k in numpy.unravel_index(apart.argmax(), apart.shape))
    if apart[row, column] <= allowed:
        return ""
    return f"({name}' @ {name})[{row}, {column}] is {float(product[row, column])!r}, not {int(row == column)}"


def _polar(matrix: Matrix) -> Matrix:
    """The nearest orthogonal matrix; of a symmetric or skew one it is that too (Higham, Functions of Matrices, 2008,
    section 8)."""
    import numpy

    left, _, right = numpy.linalg.svd(matrix)
    return left @ right


def _permutation(name: str, matrix: Matrix, allowed: float) -> str:
    import numpy

    for row, column in numpy.argwhere((matrix != 0) & (matrix != 1))[:1].tolist():
        return f"{name}[{row}, {column}] is {float(matrix[row, column])!r}, neither 0 nor 1"
    for word, axis in (("row", 1), ("column", 0)):
        for number in numpy.flatnonzero(matrix.sum(axis) != 1)[:1].tolist():
            return f"{word} {number} holds {int(matrix.sum(axis)[number])} ones, not one"
    return ""


def _matching(matrix: Matrix) -> Matrix:
    """A permutation that picks large entries, largest first; of a symmetric matrix a symmetric one."""
    import numpy

    left, found = numpy.array(matrix), numpy.zeros_like(matrix)
    for _ in range(len(matrix)):
        row, column = numpy.unravel_index(left.argmax(), left.shape)
        found[row, column] = 1.0
        left[row, :] = left[:, column] = -numpy.inf
    return found


PROPERTIES = {
    "symmetric": Property(_mirrored(1), _mirror(1)),
    "skew": Property(_mirrored(-1), _mirror(-1)),
    "orthogonal": Property(_orthogonal, _polar),
    "permutation": Property(_permutation, _matching, implies=("orthogonal",)),
}


def read_properties(name: str, words: Iterable[str], known: Iterable[str]) -> tuple[str, ...]:
    """The properties of an input by their words, with what they imply. Raises NameProblem; `known` are the inputs."""
    inputs = list(known)
    if name not in inputs:
        hint = suggestion(name, inputs, f"the inputs are {', '.join(inputs) or 'none'}")
        raise NameProblem(f"an assumption names {name}, which is no input", hint=hint)
    found: dict[str, None] = {}
    for word in words:
        if word not in PROPERTIES:
            hint = suggestion(word, list(PROPERTIES), f"a matrix can be {', '.join(PROPERTIES)}")
            raise NameProblem(f"'{word}' is no property of a matrix", hint=hint)
        found |= dict.fromkeys((word, *PROPERTIES[word].implies))
    return tuple(found)


def require_square(assumptions: Assumptions, shapes: Mapping[str, Shape]) -> None:
    """Raise ShapeError for an assumption about what is no square matrix."""
    for name, properties in assumptions.items():
        shape = shapes.get(name)
        if shape is not None and (len(shape) != 2 or unify(*shape) is None):
            cause = f"{name} has shape {format_shape(shape)}, and is assumed {properties[0]}"
            raise ShapeError(cause, hint="such a matrix is square: (n, n)")


def meeting(assumptions: Assumptions, values: Mapping[str, Any], dtype: str) -> dict[str, Any] | None:
    """Values near the given ones that are what they are assumed to be; None where none was found."""
    found = dict(values)
    for name, properties in assumptions.items():
        if name in found:
            import numpy

            matrix = numpy.array(found[name], dtype=float)
            for word, known in PROPERTIES.items():
                if word in properties:
                    matrix = known.near(matrix)
            found[name] = matrix.tolist()
    try:
        require_properties(assumptions, found, dtype)
    except UsageError:
        return None
    return found


def require_properties(assumptions: Assumptions, values: Mapping[str, Any], dtype: str) -> None:
    """Raise UsageError, with the entry that is worst, where a value is not what it is assumed to be."""
    for name, properties in assumptions.items():
        if name not in values or not len(values[name]):
            continue
        import numpy

        try:
            matrix = numpy.array(values[name], dtype=float)
        except OverflowError:
            matrix = numpy.array([numpy.inf])
        if not numpy.isfinite(matrix).all():
            raise UsageError(f"{name} is assumed {properties[0]}, and is not finite", hint=MEND)
        for word in properties:
            fault = PROPERTIES[word].fault(name, matrix, tolerance(EPSILON[dtype]))
            if fault:
                article = "a permutation matrix" if word == "permutation" else word
                raise UsageError(f"{name} is not {article}: {fault}", hint=MEND)
