"""`.csv` and `.tsv`: a table of text cells, of which columns are taken as vectors or matrices.

The first row is a header if no cell of it is a number, or if it holds all the names that are asked for.
"""

from __future__ import annotations

import csv
from collections.abc import Collection, Sequence
from typing import Literal, NamedTuple

from gradcli.errors import FileError, NameProblem
from gradcli.values.columns import Cell, Column, Place, cell_of, filled, one_hot
from gradcli.values.value import MOST_ELEMENTS, Loaded, check_shape, listed, unknown_name


class Cleaning(NamedTuple):
    """What is done about gaps and about text: an error unless it is asked for."""

    missing: Literal["mean", "drop"] | None = None
    one_hot: bool = False


class Table:
    """The cells of a file, without blanks around them; `lines` says where in the file each row ends."""

    def __init__(self, path: str, header: Sequence[str] | None, rows: list[list[str]], lines: list[int]) -> None:
        self.path = path
        self.header = header
        self.rows = rows
        self.lines = lines
        self.used: dict[int, None] = {}
        self.notes: dict[str, None] = {}
        self._columns: dict[int, Column] = {}

    def use(self, names: Sequence[str]) -> list[int]:
        """The columns of these names (none: all), which a row must have values in. Raises NameProblem."""
        chosen = [self._index(name) for name in names] or list(range(len(self.rows[0])))
        self.used |= dict.fromkeys(chosen)
        return chosen

    def value(self, columns: Sequence[int], cleaning: Cleaning) -> Loaded:
        """One column as a vector, several as a matrix (rows, columns). To be asked for once all columns are in use."""
        kept = self._kept_rows() if cleaning.missing == "drop" else range(len(self.rows))
        parts: list[list[float]] = []
        expanded = False
        for index in columns:
            column = self._column(index)
            if cleaning.one_hot and column.is_text:
                categories, hot = one_hot(column, kept)
                self.notes[f"{self.path}: {column.label} is one-hot: {listed(categories)}"] = None
                parts += hot
                expanded = True
            else:
                numbers, note = filled(column, kept, cleaning.missing)
                if note:
                    self.notes[f"{self.path}: {note}"] = None
                parts.append(numbers)
        check_shape((len(kept), len(parts)), f"'{self.path}'")
        if len(columns) == 1 and not expanded:
            return Loaded(parts[0], (len(kept),))
        return Loaded([list(row) for row in zip(*parts, strict=True)], (len(kept), len(parts)))

    def _index(self, name: str) -> int:
        if self.header is None:
            cause = f"'{self.path}' has no header, so that no column is called '{name}'"
            raise NameProblem(cause, hint="add a row of names, or take columns of the whole: X[:, 0]")
        found = [k for k, heading in enumerate(self.header) if heading == name]
        if not found:
            raise unknown_name(f"'{self.path}' has no column '{name}'", name, self.header)
        if len(found) > 1:
            raise NameProblem(f"'{self.path}' has {len(found)} columns '{name}'", hint="give them different names")
        return found[0]

    def _column(self, index: int) -> Column:
        if index not in self._columns:
            name = repr(self.header[index]) if self.header is not None else str(index + 1)
            cells: list[Cell] = [cell_of(row[index]) for row in self.rows]
            self._columns[index] = Column(f"column {name}", cells, self._place)
        return self._columns[index]

    def _place(self, row: int) -> Place:
        return Place(row + 1, self.lines[row])

    def _kept_rows(self) -> Sequence[int]:
        """The rows without a gap in the columns in use."""
        columns = [self._column(index).cells for index in self.used]
        kept = [k for k in range(len(self.rows)) if all(cells[k] is not None for cells in columns)]
        dropped = len(self.rows) - len(kept)
        if not kept:
            raise FileError(f"every row of '{self.path}' has a gap, so that none is left", hint="--missing mean")
        if dropped:
            self.notes[f"{self.path}: {dropped} of {len(self.rows)} rows dropped for their gaps"] = None
        return kept


def read_table(path: str, separator: str, names: Collection[str]) -> Table:
    """The table of a file, of which columns of these names will be asked for. Raises FileError."""
    rows: list[list[str]] = []
    lines: list[int] = []
    try:
        with open(path, encoding="utf-8-sig", newline="") as file:
            reader = csv.reader(file, delimiter=separator, strict=True)
            for row in reader:
                if row:
                    rows.append([cell.strip() for cell in row])
                    lines.append(reader.line_num)
                    _check_row(path, rows, reader.line_num)
    except UnicodeDecodeError as error:
        hint = "save it as UTF-8, as with iconv -f latin1 -t utf-8"
        raise FileError(f"'{path}' is not UTF-8 text", hint=hint) from error
    except csv.Error as error:
        cause = f"'{path}' is no table: {error} in line {reader.line_num}"
        raise FileError(cause, hint="a cell with a separator or a line break stands in quotes") from error
    table = Table(path, None, rows, lines)
    if rows and (_is_header(rows[0]) or (names and set(names) <= set(rows[0]))):
        if not _is_header(rows[0]):
            table.notes[f"{path}: the first row is read as the header, since the names asked for stand in it"] = None
        table.header = rows.pop(0)
        lines.pop(0)
    else:
        table.notes[f"{path}: there is no header, the first row is data"] = None
    if not rows:
        raise FileError(f"'{path}' has {'a header and ' if table.header else ''}no rows", hint="name a file with data")
    return table


def _check_row(path: str, rows: list[list[str]], line: int) -> None:
    expected, found = len(rows[0]), len(rows[-1])
    if found != expected:
        raise FileError(
            f"'{path}' is ragged: line {line} has {found} cells, the first row has {expected}",
            hint="give every row the same number; a cell with a comma stands in quotes",
        )
    if len(rows) * expected > MOST_ELEMENTS:
        raise FileError(f"'{path}' has more than the {MOST_ELEMENTS} cells that are read", hint="save a part")


def _is_header(row: Sequence[str]) -> bool:
    cells = [cell_of(cell) for cell in row]
    return any(isinstance(cell, str) for cell in cells) and not any(isinstance(cell, float) for cell in cells)
