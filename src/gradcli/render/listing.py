"""A graph as text: a line a node, with its local partials."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gradcli.render.columns import Column, tables_within, total_width
from gradcli.render.console import Appearance
from gradcli.render.inspection import Inspection, Link
from gradcli.render.summary import array_text, nested_shape
from gradcli.shapes import format_shape

if TYPE_CHECKING:
    from rich.table import Table


def listing_tables(inspection: Inspection, appearance: Appearance, room: int) -> list[Table]:
    """Name, operation, shape where there is any, value and adjoints at a point, local partials by argument: side by
    side where there is room for all columns, else in tables below one another."""
    d = "d" if appearance.plain else "∂"
    columns = columns_of(inspection, d, ", ")
    if total_width(columns) > room:
        columns = columns_of(inspection, d, "\n")
    return tables_within(columns, appearance, room)


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
