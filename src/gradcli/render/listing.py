"""A graph as text: a line a node, with its local partials."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gradcli.render.console import Appearance, new_table
from gradcli.render.inspection import Inspection, Link
from gradcli.render.summary import array_text, nested_shape
from gradcli.shapes import format_shape

if TYPE_CHECKING:
    from rich.table import Table


def listing_table(inspection: Inspection, appearance: Appearance) -> Table:
    """Name, operation, shape where there is any, value and adjoints at a point, local partials by argument."""
    d = "d" if appearance.plain else "∂"
    rows = inspection.rows
    shaped = any(inspection.shape(node) for node in rows)
    alarms = inspection.alarms
    adjoints = [f"{d}{inspection.weighted(output)}/{d}v" for output in inspection.adjoints]
    table = new_table(appearance)
    table.add_column("v", overflow="fold")
    table.add_column("operation", overflow="fold")
    for title in ["shape"] * shaped + ["value"] * (inspection.tape is not None) + adjoints:
        table.add_column(title, justify="right", overflow="fold")
    table.add_column("local partials", overflow="fold")
    if any(alarms.values()):
        table.add_column("", overflow="fold")
    for node in rows:
        shape = inspection.shape(node)
        cells = [" = ".join([*inspection.aliases.get(node, ()), inspection.names[node]])]
        cells.append(inspection.operation(node) or "input")
        cells += [format_shape(shape)] * shaped
        numbers = [inspection.value(node)] if inspection.tape is not None else []
        cells += [array_text(n, shape) for n in [*numbers, *inspection.adjoints_of(node).values()]]
        cells.append(", ".join(link_text(inspection, link, d) for link in inspection.links(node)))
        table.add_row(*cells, *([alarms[node]] if any(alarms.values()) else []))
    return table


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
