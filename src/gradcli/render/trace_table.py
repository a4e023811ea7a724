"""The evaluation trace (Wengert list) as a table: value, tangents and adjoint of every node."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from gradcli.render.console import Appearance, new_table
from gradcli.render.inspection import Inspection
from gradcli.render.summary import array_text, weights_text

if TYPE_CHECKING:
    from rich.table import Table


FURTHER = "further columns"


@dataclass(frozen=True)
class Column:
    """A title with a cell for each row, set to the right or not."""

    title: str
    right: bool
    cells: list[str]

    @property
    def widest(self) -> int:
        """The width at which no cell is folded."""
        return widest([self.title, *self.cells])

    @property
    def narrowest(self) -> int:
        """The width at which cells are folded between words only."""
        return widest([word for text in [self.title, *self.cells] for word in text.split()])


def widest(texts: Sequence[str]) -> int:
    """How many columns of a terminal the widest text takes."""
    from rich.cells import cell_len

    return max(map(cell_len, texts), default=0)


def trace_tables(inspection: Inspection, appearance: Appearance, room: int, full: bool = False) -> Iterator[Table]:
    """One row a node, in as many tables as it takes for no number to be broken in so many columns of a terminal; each
    begins with the names. Arrays are summarised where they are long, unless `full`."""
    titles, texts = headings(inspection, appearance.plain), rows(inspection, full)
    names, *others = [Column(*title, [row[k] for row in texts]) for k, title in enumerate(titles)]
    for index, columns in enumerate(side_by_side(names, others, room)):
        table = new_table(appearance, FURTHER if index else "")
        for column, width in zip(columns, widths(columns, room), strict=True):
            justify: Literal["left", "right"] = "right" if column.right else "left"
            table.add_column(column.title, justify=justify, overflow="fold", width=width)
        for cells in zip(*(column.cells for column in columns), strict=True):
            table.add_row(*cells)
        yield table


def side_by_side(names: Column, others: Sequence[Column], room: int) -> list[list[Column]]:
    """The columns of each table: as many as fit, but at least one beside the names."""
    tables = [[names]]
    for column in others:
        wanted = [*tables[-1], column]
        if len(tables[-1]) > 1 and sum(one.narrowest for one in wanted) + between(len(wanted)) > room:
            tables.append([names, column])
        else:
            tables[-1].append(column)
    return tables


def between(columns: int) -> int:
    """What Rich puts around so many columns and between them."""
    return 3 * columns - 1


def widths(columns: Sequence[Column], room: int) -> list[int]:
    """As wide as the cells are; where that is too much, the widest columns that have several words give way."""
    found = [column.widest for column in columns]
    least = [min(column.narrowest, max(room - columns[0].narrowest - between(2), 1)) for column in columns]
    excess = sum(found) + between(len(columns)) - room
    while excess > 0 and (folding := [k for k, width in enumerate(found) if width > least[k]]):
        found[max(folding, key=lambda k: found[k])] -= 1
        excess -= 1
    return found


def headings(inspection: Inspection, plain: bool = False) -> list[tuple[str, bool]]:
    """Titles of the columns, and whether what is in them is set to the right."""
    d = "d" if plain else "∂"
    titles = [("v", False), ("operation", False), ("value", True)]
    titles += [(f"{d}/{d}{column.label}", True) for column in inspection.columns]
    titles += [(f"adjoint {d}{inspection.weighted(output)}/{d}v", True) for output in inspection.adjoints]
    if any(inspection.alarms.values()):
        titles.append(("", False))
    return titles


def rows(inspection: Inspection, full: bool = False) -> list[list[str]]:
    """The cells of all rows, as text."""
    alarms = inspection.alarms
    found = []
    for node in inspection.rows:
        numbers = [inspection.value(node), *inspection.tangents_of(node), *inspection.adjoints_of(node).values()]
        shape = inspection.shape(node)
        cells = [inspection.names[node], inspection.operation(node) or "input"]
        cells += [array_text(number, shape, full) for number in numbers]
        found.append([*cells, alarms[node]] if any(alarms.values()) else cells)
    return found


def captions(inspection: Inspection, plain: bool = False) -> list[str]:
    """What the titles of the columns do not say: the direction of the tangents, the cotangents."""
    d = "d" if plain else "∂"
    lines = [f"{d}/{d}{c.label} is along {c.direction}" for c in inspection.columns if c.direction]
    for output, weights in inspection.weights.items():
        if weights is not None:
            text = weights_text(weights, inspection.shape(output))
            lines.append(f"the cotangent of {inspection.names[output]} is {text}")
    return lines
