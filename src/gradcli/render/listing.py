"""A graph as text: a line a node, with its local partials. Where columns have no room, numbers are not broken."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from gradcli.errors import cell_width
from gradcli.render.console import Appearance, new_table
from gradcli.render.inspection import Inspection, Link
from gradcli.render.summary import array_text, nested_shape
from gradcli.shapes import format_shape

if TYPE_CHECKING:
    from rich.table import Table

GAP = 3
"""Cells between two columns of a table, with its rules."""


@dataclass(frozen=True)
class Column:
    """A title, and a cell a node."""

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


def listing_tables(inspection: Inspection, appearance: Appearance, room: int | None) -> list[Table]:
    """Name, operation, shape where there is any, value and adjoints at a point, local partials by argument: side by
    side where there is room for all columns, else in tables below one another."""
    names, *columns = columns_of(inspection, "∂" if not appearance.plain else "d", ", ")
    if room is None or sum(column.width + GAP for column in (names, *columns)) <= room:
        return [table_of((names, *columns), appearance)]
    names, *columns = columns_of(inspection, "∂" if not appearance.plain else "d", "\n")
    parts: list[list[Column]] = [[]]
    left = room - names.width - GAP
    for column in columns:
        left -= min(column.width, column.narrowest if not parts[-1] else column.width) + GAP
        if left < 0 and parts[-1]:
            parts.append([])
            left = room - names.width - 2 * GAP - column.narrowest
        parts[-1].append(column)
    return [table_of((names, *part), appearance) for part in parts]


def table_of(columns: Sequence[Column], appearance: Appearance) -> Table:
    """Columns side by side."""
    table = new_table(appearance)
    for column in columns:
        table.add_column(column.title, justify=column.justify, overflow="fold", min_width=column.narrowest)
    for row in zip(*(column.cells for column in columns), strict=True):
        table.add_row(*row)
    return table


def columns_of(inspection: Inspection, d: str, between: str) -> list[Column]:
    """All columns; what stands between two local partials of a node."""
    rows = inspection.rows
    columns = [
        Column("v", [" = ".join([*inspection.aliases.get(node, ()), inspection.names[node]]) for node in rows]),
        Column("operation", [inspection.operation(node) or "input" for node in rows]),
    ]
    shapes = {node: inspection.shape(node) for node in rows}
    if any(shapes.values()):
        columns.append(Column("shape", [format_shape(shape) for shape in shapes.values()], "right"))
    if inspection.tape is not None:
        cells = [array_text(inspection.value(node), shape) for node, shape in shapes.items()]
        columns.append(Column("value", cells, "right"))
    for output in inspection.adjoints:
        cells = [array_text(inspection.adjoints_of(node)[output], shape) for node, shape in shapes.items()]
        columns.append(Column(f"{d}{inspection.weighted(output)}/{d}v", cells, "right"))
    partials = [between.join(link_text(inspection, link, d) for link in inspection.links(node)) for node in rows]
    columns.append(Column("local partials", partials))
    if any(inspection.alarms.values()):
        columns.append(Column("", [inspection.alarms[node] for node in rows]))
    return columns


def enclosed(name: str) -> str:
    """A name below a line of differentiation; one that is a derivative itself, `∂f/∂x`, in parentheses."""
    return f"({name})" if "/" in name else name


def link_text(inspection: Inspection, link: Link, d: str = "∂") -> str:
    """`∂v3/∂x2 = cos(x2) = 0.28366218546322625`, without the number where there is none."""
    ends = f"{d}{enclosed(inspection.names[link.node])}/{d}{enclosed(inspection.names[link.argument])}"
    if link.detached:
        return f"{ends} = 0 (no derivative flows)"
    formula, partial = inspection.formula(link), inspection.partial(link)
    texts = [f"{ends}: {formula.text}" if formula.differential else f"{ends} = {formula.text}"]
    if partial is not None:
        texts.append(array_text(partial, nested_shape(partial)))
    return " = ".join(texts if texts[-1] not in texts[0].split(" = ") else texts[:1])
