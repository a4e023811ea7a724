"""A column of a table made numbers: gaps filled or refused, text as 0 and 1 for each category."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from gradcli.errors import FileError
from gradcli.values.value import check_shape

MISSING = frozenset(("", "NA", "N/A", "NaN", "nan", "null", "?"))
GAP = "(missing)"
"""What the category of gaps is called in a note."""
OTHER_COLUMNS = "or take other columns: @data.csv:a,b"

Cell = float | str | None
"""A number, a text, or a gap."""


class Place(NamedTuple):
    """Where a cell stands, both counted from 1: the row of data, and the line of the file."""

    row: int
    line: int

    def __str__(self) -> str:
        return f"row {self.row} (line {self.line})"


@dataclass(frozen=True)
class Column:
    """The cells of a column; `label` is what messages call it, `place` says where a row stands."""

    label: str
    cells: Sequence[Cell]
    place: Callable[[int], Place]

    @cached_property
    def is_text(self) -> bool:
        """Whether there is text. Raises FileError where numbers stand beside it."""
        text = next((k for k, cell in enumerate(self.cells) if isinstance(cell, str)), None)
        if text is None:
            return False
        if any(isinstance(cell, float) for cell in self.cells):
            cause = f"'{self.cells[text]}' in {self.place(text)}, {self.label}, is no number, and others there are"
            raise FileError(cause, hint=f"mend the cell, {OTHER_COLUMNS}")
        return True


def cell_of(text: str) -> Cell:
    """What a cell holds."""
    if text in MISSING:
        return None
    try:
        number = float(text)
    except ValueError:
        return text
    # Python reads 1_000 as a number, and no table means it so.
    return text if "_" in text else number


def filled(column: Column, kept: Sequence[int], missing: str | None) -> tuple[list[float], str]:
    """The numbers of the rows that are kept, with the mean for gaps if that was asked for, and a note if it was done.

    Raises FileError for text, gaps, and numbers that are not finite.
    """
    if column.is_text:
        first = next(k for k, cell in enumerate(column.cells) if cell is not None)
        cause = f"{column.label} holds text, such as '{column.cells[first]}' in {column.place(first)}"
        hint = f"--one-hot makes 0 and 1 of each category, {OTHER_COLUMNS}"
        if ";" in str(column.cells[first]):
            hint = "in .csv a comma separates cells, in .tsv a tab; write a decimal point, and replace each ';'"
        raise FileError(cause, hint=hint)
    numbers = [cell for k in kept if isinstance(cell := column.cells[k], float)]
    for k in kept:
        cell = column.cells[k]
        if isinstance(cell, float) and not math.isfinite(cell):
            raise FileError(f"{column.place(k)}, {column.label}, is {cell}", hint="a point is finite: mend the cell")
    gaps = len(kept) - len(numbers)
    if not gaps:
        return numbers, ""
    if not numbers:
        raise FileError(f"{column.label} has no values at all", hint=OTHER_COLUMNS.removeprefix("or "))
    if missing != "mean":
        first = next(k for k in kept if column.cells[k] is None)
        others = f" ({gaps} are missing in that column)" if gaps > 1 else ""
        cause = f"a value is missing in {column.place(first)}, {column.label}{others}"
        raise FileError(cause, hint="--missing mean puts the column's mean there, --missing drop leaves the row out")
    mean = mean_of(numbers)
    note = f"{gaps} gap{'s' * (gaps > 1)} of {column.label} filled with the mean of the others, {mean:g}"
    return [mean if (cell := column.cells[k]) is None else float(cell) for k in kept], note


def mean_of(numbers: Sequence[float]) -> float:
    """The mean, which is finite where the numbers are."""
    try:
        return math.fsum(numbers) / len(numbers)
    except OverflowError:
        return math.fsum(number / len(numbers) for number in numbers)


def one_hot(column: Column, kept: Sequence[int]) -> tuple[list[str], list[list[float]]]:
    """The categories of a text column, sorted, gaps last if there are any, and a column of 0 and 1 for each.

    The order is that of pandas.get_dummies(dummy_na=True). Raises FileError for too many categories.
    """
    cells = [column.cells[k] for k in kept]
    categories: list[Cell] = [*sorted({cell for cell in cells if isinstance(cell, str)})]
    if None in cells:
        categories.append(None)
    check_shape((len(kept), len(categories)), f"{column.label} as 0 and 1 for each category")
    hot = [[float(cell == category) for cell in cells] for category in categories]
    return [GAP if category is None else str(category) for category in categories], hot
