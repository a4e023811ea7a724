"""The evaluation trace (Wengert list) as a table: value, tangents and adjoint of every node."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gradcli.render.columns import Column, tables_within
from gradcli.render.console import Appearance
from gradcli.render.inspection import Inspection
from gradcli.render.summary import array_text, weights_text

if TYPE_CHECKING:
    from rich.table import Table


def trace_tables(inspection: Inspection, appearance: Appearance, room: int, full: bool = False) -> list[Table]:
    """One row a node, in so many columns of a terminal. Arrays are summarised where they are long, unless `full`."""
    texts = zip(*rows(inspection, full), strict=True)
    columns = [
        Column(title, cells, "right" if is_number else "left")
        for (title, is_number), cells in zip(headings(inspection, appearance.plain), texts, strict=True)
    ]
    return tables_within(columns, appearance, room)


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
