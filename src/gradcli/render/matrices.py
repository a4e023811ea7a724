"""Arrays as lines of text: a row of the last two axes a line, columns aligned."""

from __future__ import annotations

from typing import NamedTuple

from gradcli.methods.base import flatten
from gradcli.problem import Nested
from gradcli.render.answers import SHOWN, format_array, shape_text, with_truth
from gradcli.render.numbers import format_number
from gradcli.shapes import Shape, size

WIDEST = 8
"""Columns of a matrix; a wider one is written as nested lists."""
INDENT = "  "


class Labelled(NamedTuple):
    """An array under the name that it has on screen; `note` stands behind its shape."""

    label: str
    value: Nested
    shape: Shape
    note: str = ""
    true: Nested | None = None
    """The array in proven digits, where floats lost theirs."""

    @property
    def about(self) -> str:
        """`shape (m, n)` and the note."""
        return shape_text(self.shape) + self.note

    @property
    def is_grid(self) -> bool:
        """Whether rows of matrices are written below one another."""
        shape = self.shape
        return len(shape) > 1 and 0 < size(shape) <= SHOWN and int(shape[-1]) <= WIDEST

    def lines(self) -> list[str]:
        """`label = value   shape (m, n)`, matrices over several lines, higher ranks by their leading index."""
        about = f"   {self.about}" if self.about else ""
        if self.is_grid:
            rows = self.rows()
            true = rows if self.true is None else self._replace(value=self.true).rows()
            below = [f"{INDENT}true:", *(f"{INDENT}{line}" for line in true)] if true != rows else []
            return [f"{self.label} ={about}", *(f"{INDENT}{line}" for line in rows), *below]
        return [f"{self.label} = {with_truth(format_array(self.value, self.shape), self.true)}{about}"]

    def rows(self) -> list[str]:
        """The value alone: one line, or one a row of a matrix."""
        if not self.is_grid:
            return [format_array(self.value, self.shape)]
        lines = []
        texts = [format_number(number) for number in flatten(self.value)]
        rows, columns = int(self.shape[-2]), int(self.shape[-1])
        widths = [max(len(t) for t in texts[column::columns]) for column in range(columns)]
        for start in range(0, len(texts), rows * columns):
            if len(self.shape) > 2:
                lines.append(f"[{leading_index(start // (rows * columns), self.shape[:-2])}, :, :]")
            for row in range(start, start + rows * columns, columns):
                cells = (t.rjust(w) for t, w in zip(texts[row : row + columns], widths, strict=True))
                lines.append(f"[{'  '.join(cells)}]")
        return lines


def leading_index(number: int, shape: Shape) -> str:
    """The index of the number-th matrix along the leading axes."""
    places: list[str] = []
    for dimension in reversed(shape):
        number, place = divmod(number, int(dimension))
        places.append(str(place))
    return ", ".join(reversed(places))
