"""The one interface of all differentiation methods, and what they share."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Sequence
from functools import cache, lru_cache
from importlib import import_module
from itertools import islice
from pkgutil import iter_modules
from typing import Any, Protocol

from gradcli.carriers.base import Carrier
from gradcli.errors import ShapeError
from gradcli.layouts import Layout, layout_axes, layout_shape
from gradcli.primitives.declare import Value
from gradcli.problem import Derivative, Nested, Problem, nested_shape
from gradcli.shapes import Shape, format_shape, size

BLOCK = 64
"""Up to so many input elements a forward or difference method takes all directions; above, one direction."""
MOST_SWEPT = 100_000
"""Nodes times directions, likewise: differences evaluate each node some thirty times a direction."""
LONGEST_INDEX = 19
"""Digits of an index that could still be one."""
ORDER = ("forward", "reverse", "symbolic", "numerical", "autograd", "certified")
"""In which methods are listed; others follow."""


class Method(Protocol):
    """A way to find a derivative. A module of this package that defines METHOD is listed by compare."""

    name: str
    independent: bool
    """Whether it shares no derivative rule with gradcli's own sweeps, and so can witness."""

    def differentiate(self, problem: Problem, carrier: Carrier) -> Derivative:
        """The derivative of the problem's output, weighted by its cotangent, by each input named in `wrt`."""


@cache
def methods() -> dict[str, Method]:
    """All methods by name. Importing this package's modules imports no heavy library."""
    package = import_module("gradcli.methods")
    found: dict[str, Method] = {}
    for module in iter_modules(package.__path__):
        method = getattr(import_module(f"gradcli.methods.{module.name}"), "METHOD", None)
        if method is not None:
            found[method.name] = method
    return dict(sorted(found.items(), key=lambda item: ORDER.index(item[0]) if item[0] in ORDER else len(ORDER)))


def elements(problem: Problem) -> int:
    """Number of input elements to differentiate by."""
    return sum(size(problem.input_shape(name)) for name in problem.wrt)


def takes_all_directions(problem: Problem) -> bool:
    """Whether forward and difference methods find every component of the gradient, and not one direction's slope."""
    count = elements(problem)
    return count <= 1 or (count <= BLOCK and count * len(problem.graph.ancestors([problem.output])) <= MOST_SWEPT)


def flatten(value: Nested) -> list[float]:
    """The numbers of nested lists in row-major order."""
    flat = [value]
    while flat and isinstance(flat[0], (list, tuple)):
        flat = [item for part in flat for item in part]
    return flat


def numbers_of(problem: Problem, by_input: Any) -> list[Any]:
    """The components of a gradient, of a direction or of the point: inputs in order, each row-major."""
    return [number for name in problem.wrt for number in flatten(by_input[name])]


def by_input(problem: Problem, numbers: Iterable[Any]) -> dict[str, Nested]:
    """All components as one value an input, in its shape: the inverse of `numbers_of`."""
    left = iter(numbers)
    shapes = {name: problem.input_shape(name) for name in problem.wrt}
    return {name: unflatten(list(islice(left, size(shape))), shape) for name, shape in shapes.items()}


def largest_coordinate(problem: Problem) -> float:
    """The size of the largest coordinate that is differentiated by; 0 where there is none."""
    return max((abs(float(x)) for x in numbers_of(problem, problem.point)), default=0.0)


def unflatten(numbers: list[Any], shape: Shape) -> Nested:
    """Nested lists of the given shape from numbers in row-major order; a scalar shape gives the number."""
    parts: list[Any] = list(numbers)
    for axis in range(len(shape) - 1, 0, -1):
        length, count = size(shape[axis : axis + 1]), size(shape[:axis])
        parts = [parts[k * length : (k + 1) * length] for k in range(count)]
    if not shape:
        return parts[0]
    return parts


def fixed_direction(problem: Problem) -> dict[str, Nested]:
    """A direction of signs, the same at every run: what methods look along when there are too many elements."""
    return dict(_signs(tuple((name, problem.input_shape(name)) for name in problem.wrt)))


@lru_cache(maxsize=1)
def _signs(shapes: tuple[tuple[str, Shape], ...]) -> dict[str, Nested]:
    """Signs in the shapes of the inputs. Several methods ask for the same ones, and a million take seconds."""
    signs = random.Random(20)
    return {name: unflatten([signs.choice((-1.0, 1.0)) for _ in range(size(shape))], shape) for name, shape in shapes}


def unit_directions(shape: Shape) -> Iterator[Nested]:
    """The unit tangents of an input, in row-major order."""
    for hot in range(size(shape)):
        yield unit_direction(shape, hot)


def unit_direction(shape: Shape, hot: int) -> Nested:
    """The tangent of this shape that is 1 at one element, counted in row-major order, and 0 elsewhere."""
    return unflatten(unit_vector(size(shape), hot), shape)


def unit_vector(count: int, hot: int) -> list[float]:
    """1 at one of so many places, 0 at the others."""
    return [1.0 if k == hot else 0.0 for k in range(count)]


def direction_in_words(words: str, shape: Shape, option: str) -> Nested | None:
    """The tangent or cotangent that `ones` or `e(k)` (the k-th unit direction, counted from 0) is; None for other text.
    `option` is what the user calls it. Raises ShapeError."""
    count = size(shape)
    word = words.replace(" ", "")
    if word == "ones":
        return unflatten([1.0] * count, shape)
    if not (word.startswith("e(") and word.endswith(")") and word[2:-1].isdecimal()):
        return None
    digits = word[2:-1]
    hot = int(digits) if len(digits) < LONGEST_INDEX else count
    if hot >= count:
        raise ShapeError(f"{option} {words} is out of range: the shape {format_shape(shape)} has {count} elements")
    return unflatten(unit_vector(count, hot), shape)


def weigh(carrier: Carrier, cotangent: Nested | None, shape: Shape, value: Value) -> Value:
    """<cotangent, value>: the scalar that is differentiated. A scalar output has cotangent 1."""
    if cotangent is None:
        return value
    weighted = carrier.constant(cotangent, shape) * value
    return weighted if not shape else carrier.sum(weighted)


def permuted(value: Nested, shape: Shape, axes: Sequence[int]) -> Nested:
    """Nested lists with their axes in another order; -1 is a new axis of size 1."""
    if tuple(axes) == tuple(range(len(shape))):
        return value
    sizes = [int(d) for d in shape]
    strides = [size(shape[axis + 1 :]) for axis in range(len(shape))]
    offsets = [0]
    for axis in axes:
        if axis >= 0:
            offsets = [start + step * strides[axis] for start in offsets for step in range(sizes[axis])]
    numbers = flatten(value)
    return unflatten([numbers[k] for k in offsets], tuple(1 if axis < 0 else shape[axis] for axis in axes))


Block = tuple[Nested, Shape]
"""A derivative in some layout, and its shape there."""


def arranged(value: Nested, output: Shape, input: Shape, layout: Layout) -> Block:
    """A derivative of layout torch in another, and its shape there."""
    axes = layout_axes(len(output), len(input), layout)
    return permuted(value, (*output, *input), axes), layout_shape(output, input, layout)


def added(a: Nested, b: Nested) -> Nested:
    """The sum of two numbers, or of two nested lists of one shape."""
    if not isinstance(a, (list, tuple)):
        return a + b
    sums = [x + y for x, y in zip(flatten(a), flatten(b), strict=True)]
    return unflatten(sums, nested_shape("", a))
