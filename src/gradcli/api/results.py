"""Answers that hold numbers: values and derivatives as floats and nested lists, with the verdict."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, NamedTuple

from gradcli.carriers.base import Carrier
from gradcli.layouts import Layout
from gradcli.methods.jacobian import Mode
from gradcli.problem import Nested
from gradcli.render.matrices import Labelled
from gradcli.shapes import Shape
from gradcli.verify.witnesses import Verdict, verdict_details

Interval = dict[str, list[list[float]]]
"""By input, for each component in the order of the derivative in its layout, row-major: two ends, or the left and the
right derivative."""


KINK_DETAILS = ("interval", "sides", "evidence", "clarke", "conventions", "differentiable", "defined")
"""What is known at a kink, under the names that JSON has."""


class Sheet(NamedTuple):
    """An answer as a table: titles with whether their column is set to the right, rows of text, lines below."""

    headings: Sequence[tuple[str, bool]]
    rows: Sequence[Sequence[str]]
    lines: Sequence[str]


@dataclass(frozen=True, kw_only=True, repr=False)
class Result:
    """What all answers have. `str` gives the lines that the command prints.

    `verdict` is its word ("verified", "kink", ...) and `reason` its sentence; `digits` are the decimal digits that an
    independent witness confirms, None where that is not known; `interval` holds the one-sided derivatives at a kink,
    the smaller first, `sides` the left and the right one, `clarke` intervals around the generalised gradient,
    `conventions` what primitives return there, `differentiable` whether there is a derivative nonetheless,
    `evidence` what the sides are known by, all None where there are none; `defined` says, where the verdict is
    undefined, of which components a partial derivative is seen; `true` holds value and derivative as texts of proven
    digits where the floats lost theirs, else None; `proven` the derivative in as many proven digits as were asked for;
    `notes` say how the expression was read.
    """

    verdict: str
    reason: str
    digits: int | None
    interval: Interval | None
    sides: Interval | None
    clarke: Interval | None
    conventions: list[dict[str, str]] | None
    differentiable: bool | None
    evidence: str | None
    defined: dict[str, list[bool]] | None
    true: Mapping[str, Any] | None
    proven: Any = None
    notes: tuple[str, ...]
    dtype: str
    device: str
    _text: str = field(compare=False)
    _sheet: Sheet = field(compare=False)

    SHOWN: ClassVar[tuple[str, ...]] = ()
    """The attributes that `repr` shows before the verdict."""

    def __str__(self) -> str:
        return self._text

    def __repr__(self) -> str:
        shown = ", ".join(f"{name}={getattr(self, name)!r}" for name in (*self.SHOWN, "verdict"))
        return f"{type(self).__name__}({shown})"

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        """The answer in an IPython terminal."""
        printer.text(str(self))

    def _repr_html_(self) -> str:
        """The answer in a notebook."""
        from gradcli.render.html import answer_html

        lines = [*(f"note: {note}" for note in self.notes), *self._sheet.lines]
        return answer_html(self._sheet.headings, self._sheet.rows, lines, self.verdict)


@dataclass(frozen=True, kw_only=True, repr=False)
class ByInput(Result, Mapping[str, Any]):
    """A result that is also a mapping from the names of inputs: `answer["x"]`, `dict(answer)`."""

    @property
    @abstractmethod
    def _parts(self) -> Mapping[str, Any]:
        """What stands under the names of the inputs."""

    def __getitem__(self, name: str) -> Any:
        return self._parts[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._parts)

    def __len__(self) -> int:
        return len(self._parts)


@dataclass(frozen=True, kw_only=True, repr=False)
class Gradient(ByInput):
    """Value and gradient. `gradient` maps each input to a number or nested lists, in layout torch of its shape."""

    value: Nested
    gradient: dict[str, Nested]
    shapes: dict[str, tuple[int, ...]]
    layout: Layout

    SHOWN: ClassVar[tuple[str, ...]] = ("value", "gradient")

    @property
    def _parts(self) -> Mapping[str, Nested]:
        return self.gradient


@dataclass(frozen=True, kw_only=True, repr=False)
class Jacobian(ByInput):
    """Value and Jacobian. `jacobian` maps each input to a block; in layout torch it has the output's shape followed by
    the input's. `mode` is the direction of the sweeps."""

    value: Nested
    jacobian: dict[str, Nested]
    shapes: dict[str, tuple[int, ...]]
    layout: Layout
    mode: Mode

    SHOWN: ClassVar[tuple[str, ...]] = ("value", "jacobian", "layout")

    @property
    def _parts(self) -> Mapping[str, Nested]:
        return self.jacobian


@dataclass(frozen=True, kw_only=True, repr=False)
class Hessian(ByInput):
    """Value, gradient and Hessian. `hessian` maps each input to a mapping from each input to a block; in layout torch
    the block has the first input's shape followed by the second's."""

    value: float
    gradient: dict[str, Nested]
    hessian: dict[str, dict[str, Nested]]
    shapes: dict[str, dict[str, tuple[int, ...]]]
    layout: Layout

    SHOWN: ClassVar[tuple[str, ...]] = ("value", "hessian", "layout")

    @property
    def _parts(self) -> Mapping[str, dict[str, Nested]]:
        return self.hessian


@dataclass(frozen=True, kw_only=True, repr=False)
class Jvp(Result):
    """J v, in the output's shape, for the tangent v by input."""

    value: Nested
    tangent: dict[str, Nested]
    jvp: Nested

    SHOWN: ClassVar[tuple[str, ...]] = ("value", "jvp")


@dataclass(frozen=True, kw_only=True, repr=False)
class Vjp(ByInput):
    """u'J by input, each part in its input's shape, for the cotangent u of the output."""

    value: Nested
    cotangent: Nested
    vjp: dict[str, Nested]

    SHOWN: ClassVar[tuple[str, ...]] = ("value", "vjp")

    @property
    def _parts(self) -> Mapping[str, Nested]:
        return self.vjp


@dataclass(frozen=True, kw_only=True, repr=False)
class Hvp(ByInput):
    """H v by input, each part in its input's shape, for the tangent v by input."""

    value: Nested
    tangent: dict[str, Nested]
    hvp: dict[str, Nested]

    SHOWN: ClassVar[tuple[str, ...]] = ("value", "hvp")

    @property
    def _parts(self) -> Mapping[str, Nested]:
        return self.hvp


def sizes(shape: Shape) -> tuple[int, ...]:
    """A shape at a point, where every dimension is a number."""
    return tuple(int(dimension) for dimension in shape)


def judged(verdict: Verdict, carrier: Carrier, notes: Sequence[str]) -> dict[str, Any]:
    """The attributes of a result that come from its verdict, and where it was computed."""
    details = verdict_details(verdict)
    return {
        "verdict": verdict.word,
        "reason": verdict.sentence,
        "digits": verdict.digits,
        **{key: details.get(key) for key in KINK_DETAILS},
        "true": details.get("true"),
        "notes": tuple(notes),
        "dtype": carrier.dtype,
        "device": carrier.device,
    }


def written(arrays: Sequence[Labelled], mode: str, verdict: Verdict, carrier: Carrier) -> dict[str, Any]:
    """The text and the table of labelled arrays."""
    from gradcli.render.derivatives import answer_lines, closing_lines

    rows = [(array.label, "\n".join(array.rows()), array.about.lstrip(", ")) for array in arrays]
    return {
        "_text": "\n".join(answer_lines(arrays, mode, verdict, carrier)),
        "_sheet": Sheet([("", False)] * 3, rows, closing_lines(mode, verdict, carrier)),
    }
