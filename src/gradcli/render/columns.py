"""Tables in the room that a terminal has: no number is broken, and no column is lost."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from gradcli.errors import cell_width
from gradcli.render.console import Appearance, new_table

if TYPE_CHECKING:
    from rich.table import Table

GAP = 3
"""Cells of the terminal between two columns, with the rules of the table."""


@dataclass(frozen=True)
class Column:
    """A title, and a cell a row."""

    title: str
    cells: Sequence[str]
    justify: Literal["left", "right"] = "left"

    @property
    def width(self) -> int:
        """The cells of the terminal that all lines need."""
        return max(cell_width(line) for cell in (self.title, *self.cells) for line in cell.splitlines() or [""])

    @property
    def narrowest(self) -> int:
        """The cells that the longest word needs: numbers are not broken."""
        return max(cell_width(word) for cell in (self.title, *self.cells) for word in cell.split() or [""])


def total_width(columns: Sequence[Column]) -> int:
    """What columns need side by side."""
    return sum(column.width + GAP for column in columns) - 1


def tables_within(columns: Sequence[Column], appearance: Appearance, room: int) -> list[Table]:
    """Columns side by side as far as there is room, the others in further tables, which begin with the first column
    too. One for which a table has no room is folded between words."""
    first, *others = columns
    parts: list[list[Column]] = [[first]]
    for column in others:
        if len(parts[-1]) > 1 and total_width([*parts[-1], column]) > room:
            parts.append([first])
        parts[-1].append(column)
    return [table_of(part, appearance, room) for part in parts]


def table_of(columns: Sequence[Column], appearance: Appearance, room: int) -> Table:
    """A table of a part of the columns; if there is too little room for two, the second is narrower."""
    table = new_table(appearance)
    excess = max(0, total_width(columns) - room)
    for index, column in enumerate(columns):
        width = max(column.narrowest, column.width - excess) if index == 1 else column.width
        table.add_column(column.title, justify=column.justify, overflow="fold", width=width)
    for row in zip(*(column.cells for column in columns), strict=True):
        table.add_row(*row)
    return table
