"""What Python hands over: values, names and directions, read into plain numbers and lists."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

from gradcli.assumptions import read_properties
from gradcli.errors import NameProblem, ShapeError, UsageError
from gradcli.exact import fractional
from gradcli.methods.base import direction_in_words, unflatten
from gradcli.primitives.constructors import LARGEST_SEED
from gradcli.problem import Nested, nested_shape, separate
from gradcli.shapes import MAX_RANK, Shape, format_shape, size

SHAPES = 'structure({"x": ("n",), "A": ("m", 3)})'
"""How shapes are written."""
ASSUMPTIONS = 'assume={"A": "symmetric", "Q": "orthogonal"}'


def read_value(name: str, value: Any) -> tuple[Nested, Shape]:
    """A number, nested lists, an array or a tensor as numbers and lists, and its shape. Raises ShapeError."""
    try:
        found = plain(value)
    except (TypeError, ValueError, RuntimeError, NotImplementedError) as error:
        cause = str(error).partition("\n")[0]
        raise ShapeError(f"the value of {name} cannot be read as numbers: {cause}") from None
    if not isinstance(found, (int, float, list)):
        kind = type(value).__name__
        raise ShapeError(f"the value of {name} is of type {kind}", hint="give a number, nested lists or an array")
    shape = nested_shape(name, found)
    # Nested empty lists do not say all of their shape.
    return found, tuple(map(int, value.shape)) if 0 in shape and hasattr(value, "shape") else shape


def plain(value: Any, depth: int = 0) -> Any:
    """Arrays, tensors and numbers of other libraries as Python's own, also inside lists; anything else as it is."""
    if type(value) in (float, int):
        return value
    if isinstance(value, (Decimal, Fraction)):
        return exactly(value)
    if hasattr(value, "tolist"):
        return value.tolist()
    if isinstance(value, (list, tuple)):
        # Deeper lists are no tensor: whoever looks at the shape says so.
        return [plain(item, depth + 1) for item in value] if depth <= MAX_RANK else value
    if hasattr(value, "__array__"):
        import numpy

        return numpy.asarray(value).tolist()
    return value


def read_ranges(ranges: Mapping[str, tuple[float, float]], names: tuple[str, ...]) -> dict[str, tuple[float, float]]:
    """The two ends of what a plot shows, by variable. Raises NameProblem and UsageError."""
    from gradcli.render.plot.axes import check_range

    found = {}
    for name, ends in ranges.items():
        if name not in names:
            hint = f"the variables of the plot are {', '.join(names)}"
            raise NameProblem(f"ranges names {name}, which is none", hint=hint)
        value, shape = read_value(f"the range of {name}", ends)
        if shape != (2,):
            raise UsageError(f"the range of {name} is no pair of numbers", hint='ranges={"x": (-2, 4)}')
        found[name] = check_range(float(value[0]), float(value[1]))
    return found


def exactly(value: Decimal | Fraction) -> float:
    """A decimal or a fraction as a float that knows what it stands for, for digits that are proven."""
    return fractional(Fraction(value)) if math.isfinite(value) else float(value)


def read_names(names: Any, option: str) -> list[str] | None:
    """Names as a list; a text is a comma-separated list. None stands for all. Raises UsageError."""
    if names is None:
        return None
    found = separate(names) if isinstance(names, str) else list(names) if isinstance(names, Iterable) else [names]
    for name in found:
        if not isinstance(name, str):
            raise UsageError(f"{option} holds {name!r}, which is no name", hint=f'{option}=["x", "y"]')
    return found


def read_direction(value: Any, shape: Shape, option: str) -> Nested:
    """A tangent or cotangent of a shape: "ones", "e(k)" (the k-th unit direction, counted from 0) or a value. Raises
    GradcliError."""
    if isinstance(value, str):
        found = direction_in_words(value, shape, option)
        if found is None:
            raise UsageError(f"{option} '{value}' is no direction", hint=f'"ones", "e(0)", or {option} as numbers')
        return found
    found, given = read_value(option, value)
    if given != shape:
        cause = f"{option} has shape {format_shape(given)}, needed is {format_shape(shape)}"
        raise ShapeError(cause, hint=f'{option}="ones"')
    return found


def read_tangents(tangent: Any, shapes: Mapping[str, Shape]) -> dict[str, Nested]:
    """A direction by input: "ones", or a mapping from some of the inputs to theirs. Raises GradcliError."""
    if isinstance(tangent, str) and tangent.strip() == "ones":
        return {name: unflatten([1.0] * size(shape), shape) for name, shape in shapes.items()}
    if not isinstance(tangent, Mapping) or not tangent:
        hint = f'tangent="ones", or tangent={{"{next(iter(shapes), "x")}": ...}}'
        raise UsageError("a tangent is needed: the direction to differentiate along", hint=hint)
    for name in tangent:
        if name not in shapes:
            hint = f"the inputs differentiated by are {', '.join(shapes) or 'none'}"
            raise NameProblem(f"tangent names {name}, which is none of them", hint=hint)
    return {name: read_direction(value, shapes[name], f"tangent of {name}") for name, value in tangent.items()}


def read_shapes(shapes: Any) -> dict[str, Shape]:
    """Shapes by input; a dimension is a whole number or a name. Raises UsageError."""
    if not isinstance(shapes, Mapping):
        raise UsageError("shapes are a mapping from inputs to tuples", hint=SHAPES)
    found = {}
    for name, shape in shapes.items():
        if not isinstance(shape, (tuple, list)) or not all(map(is_dimension, shape)):
            raise UsageError(f"{shape!r} is no shape of {name}", hint=SHAPES)
        found[name] = tuple(shape)
    return found


def read_assumptions(assume: Any, inputs: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """The properties of inputs: a mapping to one word or several. Raises UsageError and NameProblem."""
    known = list(inputs)
    if not isinstance(assume, Mapping):
        raise UsageError("assumptions are a mapping from inputs to properties", hint=ASSUMPTIONS)
    found = {}
    for name, words in assume.items():
        several = [words] if isinstance(words, str) or not isinstance(words, Iterable) else list(words)
        if not several or not all(isinstance(word, str) for word in several):
            raise UsageError(f"{words!r} is no property of {name}", hint=ASSUMPTIONS)
        found[name] = read_properties(name, several, known)
    return found


def is_dimension(value: Any) -> bool:
    """Whether a dimension is a number of elements or a symbol."""
    if isinstance(value, str):
        return value.isidentifier()
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def check_text(what: str, value: Any) -> None:
    """Raise UsageError for what is no text."""
    if not isinstance(value, str):
        raise UsageError(f"{what} is text, not of type {type(value).__name__}")


def check_seed(seed: Any) -> None:
    """Raise UsageError for what cannot seed random numbers."""
    if not isinstance(seed, int) or not 0 <= seed <= LARGEST_SEED:
        raise UsageError(f"seed is a whole number from 0 to {LARGEST_SEED}, not {seed!r}")


def check_precision(digits: Any) -> int | None:
    """The number of digits, None where none are asked for. Raises UsageError for what is none."""
    if digits is None:
        return None
    if not isinstance(digits, int) or isinstance(digits, bool):
        raise UsageError(f"precision is a whole number of digits, not {digits!r}", hint="precision=50")
    from gradcli.verify import proof

    proof.check_precision(digits, "precision")
    return digits


def check_choice(option: str, value: Any, choices: Iterable[str]) -> None:
    """Raise UsageError for a word that is none of the choices."""
    if value not in (known := list(choices)):
        raise UsageError(f"{option} cannot be {value!r}", hint=f"{option} is one of {', '.join(known)}")
