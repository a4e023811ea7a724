"""An array in a few numbers: shape, range, norm, and what in it is not finite."""

from __future__ import annotations

import math
from dataclasses import dataclass

from gradcli.methods.base import flatten
from gradcli.problem import Nested
from gradcli.render.numbers import format_nested, format_number, format_short
from gradcli.shapes import Shape, format_shape

WHOLE = 44
"""Arrays whose text is at most so long are shown whole."""


@dataclass(frozen=True)
class Summary:
    """Range and L2 norm of the finite numbers, and how many of all are not finite."""

    count: int
    low: float
    high: float
    norm: float
    nans: int
    infinities: int

    @property
    def trouble(self) -> str:
        """`NaN` or `inf` where there is any."""
        return "NaN" if self.nans else "inf" if self.infinities else ""

    @property
    def peak(self) -> float:
        """The number that is largest in magnitude, with its sign; NaN where there is one."""
        if self.nans:
            return math.nan
        return self.high if abs(self.high) >= abs(self.low) else self.low

    @property
    def sign(self) -> str:
        """`(+)`, `(−)`, `(+ or 0)`; nothing where there are both signs, or where all are 0 or one is NaN."""
        if self.nans or self.low < 0 < self.high or self.low == 0 == self.high:
            return ""
        sign = "+" if self.high > 0 else "−"
        return f"({sign} or 0)" if 0 in (self.low, self.high) else f"({sign})"

    @property
    def strange(self) -> str:
        """`2 NaN of 8`; nothing when all numbers are finite."""
        parts = [f"{n} {word}" for n, word in ((self.nans, "NaN"), (self.infinities, "inf")) if n]
        return f"{', '.join(parts)} of {self.count}" if parts else ""


def summarize(value: Nested) -> Summary:
    """The summary of a number or of nested lists."""
    numbers = flatten(value)
    finite = [n for n in numbers if math.isfinite(n)]
    nans = sum(n != n for n in numbers)
    infinities = [n for n in numbers if math.isinf(n)]
    ends = [*finite, *infinities] or [math.nan if numbers else 0.0]
    return Summary(len(numbers), min(ends), max(ends), math.hypot(*finite), nans, len(infinities))


def trouble_in(value: Nested) -> str:
    """`NaN` or `inf` where there is any; of a single number without a summary, which large graphs have no time for."""
    if isinstance(value, float):
        return "" if math.isfinite(value) else "inf" if math.isinf(value) else "NaN"
    return summarize(value).trouble


def nested_shape(value: Nested) -> tuple[int, ...]:
    """The shape of a number or of nested lists."""
    shape: list[int] = []
    while isinstance(value, (list, tuple)):
        shape.append(len(value))
        value = value[0] if value else 0.0
    return tuple(shape)


def array_text(value: Nested, shape: Shape, full: bool = False) -> str:
    """A number in full; an array whole if it is short or `full` asks for it, else its shape, range and norm."""
    if not shape:
        return format_number(value)
    found = summarize(value)
    if full or found.count <= WHOLE:
        text = format_nested(value)
        if full or len(text) <= WHOLE:
            return text
    strange = f", {found.strange}" if found.strange else ""
    low, high, norm = (format_short(n, 6) for n in (found.low, found.high, found.norm))
    return f"{format_shape(shape)} {low} to {high}, norm {norm}{strange}"


def weights_text(value: Nested, shape: Shape) -> str:
    """A tangent or cotangent: `ones` for ones."""
    return "ones" if shape and all(number == 1 for number in flatten(value)) else array_text(value, shape)
