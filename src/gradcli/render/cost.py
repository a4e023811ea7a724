"""Costs as Rich tables."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from gradcli.cost.cheapest import Choice, Size, Write, named
from gradcli.cost.operations import Row
from gradcli.polynomials import Polynomial
from gradcli.primitives.declare import Cost
from gradcli.render.console import Appearance, new_table

if TYPE_CHECKING:
    from rich.table import Table

COUNTED = "Counted: multiplications (divisions too) and function calls, an element at a time; no additions, no moves."


def writer(plain: bool) -> Write:
    """Counts as text, in ASCII where that is wanted."""
    return Polynomial.text if plain else str


def cost_table(rows: Sequence[Row], choice: Choice, bytes_each: int, appearance: Appearance) -> Table:
    """A row a method; the last column marks the cheapest and says why a row is empty."""
    write = writer(appearance.plain)
    table = new_table(appearance)
    table.add_column("method")
    for heading in ("sweeps", "multiplications", "function calls", "values kept", "bytes"):
        table.add_column(heading, justify="right")
    table.add_column("")
    for row in rows:
        if row.reason:
            table.add_row(row.method, "", "", "", "", "", row.reason)
            continue
        counts = (row.cost.multiplications, row.cost.calls, row.kept, row.kept * bytes_each)
        sweeps = "" if row.sweeps is None else write(row.sweeps)
        mark = "cheapest" if row.method in choice.methods else ""
        table.add_row(row.method, sweeps, *map(write, counts), mark)
    return table


def value_line(value: Cost, intermediates: Polynomial, plain: bool) -> str:
    """What the rows are to be measured against."""
    write = writer(plain)
    parts = [named(value.multiplications, "multiplication", write), named(value.calls, "function call", write)]
    tape = named(intermediates, "value", write)
    return f"The value alone, included in each row: {' and '.join(parts)}. A tape of every intermediate: {tape}."


def growth_table(sizes: Sequence[Size], symbol: str, appearance: Appearance) -> Table:
    """Sweeps and operations of forward and reverse, and what reverse keeps, a row a size of the symbol."""
    write = writer(appearance.plain)
    table = new_table(appearance)
    for heading in (symbol, "forward sweeps", "operations", "reverse sweeps", "operations", "values kept"):
        table.add_column(heading, justify="right")
    table.add_column("cheapest")
    for found in sizes:
        ahead, back = found.forward, found.reverse
        assert ahead.sweeps is not None
        assert back.sweeps is not None
        counts = (ahead.sweeps, ahead.operations, back.sweeps, back.operations, back.kept)
        table.add_row(str(found.size), *map(write, counts), found.cheapest)
    return table
