"""Functions that make constants: `arange(5)`, `zeros(3, 4)`, `randn(2, 3)`. No derivative flows through them.

A call is computed while the graph is built and becomes a constant node, so that nothing after the builder knows of it.
Each is declared once, in `CONSTRUCTORS`; the parser, the suggestions, `gradcli ops` and the documentation read it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

from gradcli.errors import ShapeError
from gradcli.exact import Exact, as_float, enclosure, ratio, rational
from gradcli.shapes import MAX_RANK

if TYPE_CHECKING:
    from fractions import Fraction

MOST_ELEMENTS = 1_000_000
"""Elements of one constant. They are written into the graph as numbers; larger data belongs into a file."""
MOST_EXACT = 20_000
"""Elements up to which each knows the number that it stands for: balls, which ask for it, take no more."""
LARGEST_SEED = 2**32 - 1


class Random:
    """The random numbers of one request: what `numpy.random.seed(seed)` makes numpy.random.randn and rand return.

    NumPy promises that this generator gives the same numbers in every version and on every machine. A request that
    draws again goes on in the sequence, so that two calls differ.
    """

    def __init__(self, seed: int = 0) -> None:
        self.seed = seed
        self.used = False
        self._state: Any = None

    def draw(self, distribution: str, count: int) -> list[float]:
        """`count` numbers by a method of numpy.random.RandomState: `standard_normal` or `random_sample`."""
        if self._state is None:
            import numpy

            self._state = numpy.random.RandomState(self.seed)
            self.used = True
        numbers: list[float] = getattr(self._state, distribution)(count).tolist()
        return numbers


class Made(NamedTuple):
    """The numbers of a constant in row-major order, and its shape."""

    numbers: list[float]
    shape: tuple[int, ...]


Argument = float | int | tuple[Any, ...]
"""A number, or the tuple that a written list is."""


@dataclass(frozen=True)
class Constructor:
    """One function that makes a constant from numbers.

    `make(random, *arguments)` raises ShapeError for arguments of the right number that it cannot use. `of_shape`: the
    argument is any tensor, of which only the shape is taken. `counts`: how many arguments it takes (None: any number).
    """

    name: str
    signatures: tuple[str, ...]
    doc: str
    make: Callable[..., Made]
    counts: tuple[int, ...] | None
    of_shape: bool = False

    def __call__(self, random: Random, arguments: Sequence[Argument]) -> Made:
        """The constant. Raises ShapeError."""
        if self.counts is not None and len(arguments) not in self.counts:
            wanted = " or ".join(map(str, self.counts))
            noun = "argument" if self.counts == (1,) else "arguments"
            raise ShapeError(f"{self.name} takes {wanted} {noun}, not {len(arguments)}", hint=self.usage)
        try:
            return self.make(random, *arguments)
        except ShapeError as error:
            error.message = f"{self.name}: {error.message}"
            error.hint = error.hint or self.usage
            raise

    @property
    def usage(self) -> str:
        """How it is called, for a hint."""
        return f"write {' or '.join(self.signatures)}"


def _number(value: Argument, what: str) -> float | int:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise ShapeError(f"{what} is one number, not a list or a word")
    if not math.isfinite(value):
        raise ShapeError(f"{what} is {value}, which is not finite")
    return value


def _length(value: Argument) -> int:
    number = _number(value, "a size")
    if number != int(number):
        raise ShapeError(f"a size is a whole number, not {number:g}")
    if number < 0:
        raise ShapeError(f"a size cannot be negative, as {number:g} is")
    return int(number)


def _shape(*sizes: Argument) -> tuple[int, ...]:
    """The shape that sizes, or one list of them, say; nothing is a scalar."""
    listed = sizes[0] if len(sizes) == 1 and isinstance(sizes[0], tuple) else sizes
    shape = tuple(_length(size) for size in listed)
    if len(shape) > MAX_RANK:
        raise ShapeError(f"{len(shape)} axes are more than the {MAX_RANK} that a tensor can have")
    _check_count(math.prod(shape))
    return shape


def _check_count(count: int) -> None:
    if count == 0:
        raise ShapeError("the result has no elements", hint="every size is at least 1")
    if count > MOST_ELEMENTS:
        shown = str(count) if count < 10**15 else f"about 10^{math.log10(count):.0f}"
        raise ShapeError(
            f"the result has {shown} elements, more than the {MOST_ELEMENTS} of a constant",
            hint="read larger data from a file: --at X=@data.npy",
        )


def _filled(value: float) -> Callable[..., Made]:
    def make(random: Random, *sizes: Argument) -> Made:
        shape = _shape(*sizes)
        return Made([value] * math.prod(shape), shape)

    return make


def _drawn(distribution: str) -> Callable[..., Made]:
    def make(random: Random, *sizes: Argument) -> Made:
        shape = _shape(*sizes)
        return Made(random.draw(distribution, math.prod(shape)), shape)

    return make


def _full(random: Random, shape: Argument, value: Argument) -> Made:
    sizes = _shape(shape)
    return Made([as_float(_number(value, "the value"))] * math.prod(sizes), sizes)


def _eye(random: Random, n: Argument) -> Made:
    (rows, columns) = _shape(n, n)
    numbers = [0.0] * (rows * columns)
    numbers[:: columns + 1] = [1.0] * rows
    return Made(numbers, (rows, columns))


def _arange(random: Random, *limits: Argument) -> Made:
    """start + k step, the end excluded; the count is NumPy's ceil((end - start)/step)."""
    numbers = [_number(limit, "a limit") for limit in limits]
    start, end = (0, numbers[0]) if len(numbers) == 1 else numbers[:2]
    step = numbers[2] if len(numbers) > 2 else 1
    if step == 0:
        raise ShapeError("the step is 0", hint="choose another step")
    steps = (end - start) / step
    if not math.isfinite(steps):
        raise ShapeError("the limits are too far apart for float64")
    count = math.ceil(steps)
    if count <= 0:
        raise ShapeError(f"from {start:g} to {end:g} by {step:g} there are no elements", hint="mind the step's sign")
    _check_count(count)
    if count > MOST_EXACT:
        return Made([float(start + k * step) for k in range(count)], (count,))
    return Made([_combined((1, start), (k, step)) for k in range(count)], (count,))


def _linspace(random: Random, a: Argument, b: Argument, n: Argument) -> Made:
    """Both ends included, exactly."""
    from fractions import Fraction

    start, end = (as_float(_number(limit, "a limit")) for limit in (a, b))
    (count,) = _shape(n)
    if count == 1:
        return Made([start], (1,))
    steps = count - 1
    step = (end - start) / steps
    if not math.isfinite(step):
        raise ShapeError("the limits are too far apart for float64")
    if count > MOST_EXACT:
        return Made([*(start + k * step for k in range(steps)), end], (count,))
    parts = (Fraction(k, steps) for k in range(count))
    return Made([_combined((1 - part, start), (part, end)) for part in parts], (count,))


def _combined(*terms: tuple[int | Fraction, float]) -> float:
    """A sum of numbers, as they are written, times fractions: its float, which knows what it stands for."""
    from fractions import Fraction

    kept = [(factor, number) for factor, number in terms if factor]
    fractions = [(factor, ratio(number)) for factor, number in kept]
    known = [factor * fraction for factor, fraction in fractions if fraction is not None]
    if len(known) == len(kept):
        return as_float(rational(Fraction(sum(known))))
    if len(kept) == 1 and kept[0][0] == 1:
        return kept[0][1]

    def enclose() -> Any:
        import flint

        return sum(enclosure(number) * flint.fmpq(*factor.as_integer_ratio()) for factor, number in kept)

    texts = [number.source if isinstance(number, Exact) else repr(number) for _, number in kept]
    source = "+".join(f"({factor})*({text})" for (factor, _), text in zip(kept, texts, strict=True))
    return Exact(math.fsum(factor * number for factor, number in kept), f"({source})", enclose)


def _sized(name: str) -> tuple[str, ...]:
    return (f"{name}(3, 4)", f"{name}([3, 4])")


CONSTRUCTORS = (
    Constructor(
        "arange",
        ("arange(n)", "arange(a, b)", "arange(a, b, step)"),
        "the numbers from a (or 0) up to and without b, by the step (or 1)",
        _arange,
        (1, 2, 3),
    ),
    Constructor("linspace", ("linspace(a, b, n)",), "n numbers from a to b at equal distances", _linspace, (3,)),
    Constructor("zeros", _sized("zeros"), "zeros of a shape", _filled(0.0), None),
    Constructor("ones", _sized("ones"), "ones of a shape", _filled(1.0), None),
    Constructor("full", ("full([2, 3], value)",), "the given shape, filled with a value", _full, (2,)),
    Constructor("eye", ("eye(n)",), "the identity matrix of n rows", _eye, (1,)),
    Constructor("zeros_like", ("zeros_like(x)",), "zeros in the shape of x", _filled(0.0), (1,), of_shape=True),
    Constructor("ones_like", ("ones_like(x)",), "ones in the shape of x", _filled(1.0), (1,), of_shape=True),
    Constructor(
        "randn",
        _sized("randn"),
        "random numbers from the standard normal distribution; --seed chooses them",
        _drawn("standard_normal"),
        None,
    ),
    Constructor(
        "rand",
        _sized("rand"),
        "random numbers from 0 to 1, evenly distributed; --seed chooses them",
        _drawn("random_sample"),
        None,
    ),
)


@cache
def constructors() -> dict[str, Constructor]:
    """The constructors by name."""
    return {constructor.name: constructor for constructor in CONSTRUCTORS}
