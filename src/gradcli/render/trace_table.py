"""The evaluation trace (Wengert list) as a table: value, tangents and adjoint of every node."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gradcli.render.console import Appearance, new_table
from gradcli.render.inspection import Inspection
from gradcli.render.summary import array_text, weights_text

if TYPE_CHECKING:
    from rich.table import Table


def trace_table(inspection: Inspection, appearance: Appearance, full: bool = False) -> Table:
    """One row a node. Arrays are summarised where they are long, unless `full`.

    Cells are folded on a narrow terminal and never cut.
    """
    table = new_table(appearance)
    for title, justify in headings(inspection, appearance.plain):
        table.add_column(title, justify="right" if justify else "left", overflow="fold")
    for cells in rows(inspection, full):
        table.add_row(*cells)
    return table


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
