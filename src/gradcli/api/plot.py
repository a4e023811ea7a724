"""The plot of a function of one or two numbers, drawn when it is looked at."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from gradcli.errors import UsageError
from gradcli.problem import Nested

if TYPE_CHECKING:
    from gradcli.render.plot.answer import PlotAnswer
    from gradcli.render.plot.figure import ThemeName

WIDTH = 72
"""Columns of the plot as text."""


@dataclass(frozen=True, eq=False)
class Plot:
    """Function, derivative and tangent line of one variable, or contours and the gradient of two.

    `gradient` holds NaN where the function has no value at the point; the verdict is then `undefined`. `marks` says
    what is marked: kinks, jumps, poles and where there is no value. `svg` and `save` raise MissingError without
    matplotlib; the text needs nothing.
    """

    title: str
    value: float
    gradient: Mapping[str, Nested]
    verdict: str
    reason: str
    marks: tuple[str, ...]
    notes: tuple[str, ...]
    data: Mapping[str, Any] = field(repr=False)
    _answer: PlotAnswer = field(repr=False)
    _theme: ThemeName = field(repr=False)

    @cached_property
    def svg(self) -> str:
        """The drawing."""
        return self._in("svg").decode()

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write a file, whole or not at all: svg, png or pdf by its ending. Raises UsageError and FileError."""
        from gradcli.render.files import ending, write_file
        from gradcli.render.plot.figure import FORMATS

        target = os.fspath(path)
        if not ending(target):
            choice = ", ".join(f".{name}" for name in FORMATS)
            raise UsageError(f"the name '{target}' says no format", hint=f"end it in {choice}")
        write_file(target, self._in(ending(target)))

    def _in(self, name: str) -> bytes:
        from gradcli.render.plot.figure import draw

        return draw(self._answer.scene, self.title, self._theme, name)

    def __str__(self) -> str:
        from gradcli.render.plot.terminal import plot_lines

        drawn = plot_lines(self._answer.scene, WIDTH, plain=False, color=False)
        return "\n".join([*drawn, *self._answer.lines(plain=False)])

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        """The plot in an IPython terminal."""
        printer.text(str(self))

    def _repr_svg_(self) -> str | None:
        """The plot in a notebook; as text without matplotlib."""
        from gradcli.errors import MissingError

        try:
            return self.svg
        except MissingError:
            return None


def plot_of(
    answer: PlotAnswer, source: str, point: Mapping[str, Nested], title: str, theme: ThemeName, notes: tuple[str, ...]
) -> Plot:
    """The plot as Python has it."""
    word, sentence = answer.verdict
    found = (*notes, *answer.remarks())
    return Plot(
        title=title or answer.title(point),
        value=answer.value,
        gradient=dict(answer.gradient),
        verdict=word,
        reason=sentence,
        marks=answer.scene.marks,
        notes=found,
        data=answer.data(source, point) | {"warnings": list(found)},
        _answer=answer,
        _theme=theme,
    )
