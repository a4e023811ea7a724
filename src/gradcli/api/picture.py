"""The picture of a computation graph, drawn when it is looked at."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from gradcli.errors import UsageError
from gradcli.problem import Nested
from gradcli.render.exports import FORMATS, LAYOUT_SECONDS, Export, format_of
from gradcli.render.inspection import Inspection
from gradcli.render.picture import Direction


@dataclass(frozen=True, eq=False)
class Picture:
    """A computation graph with its numbers at a point, or without a point its formulas; then there is no verdict.

    `svg` raises LayoutError where no layout engine can place the graph.
    """

    title: str
    nodes: int
    edges: int
    verdict: str | None
    reason: str | None
    notes: tuple[str, ...]
    _export: Export = field(repr=False)

    @cached_property
    def svg(self) -> str:
        """The drawing: no script, no font and no reference to anything outside it."""
        return self._in("svg").decode()

    @cached_property
    def dot(self) -> str:
        """The structure for Graphviz."""
        return self._in("dot").decode()

    @cached_property
    def json(self) -> str:
        """All nodes and edges, as `gradcli graph --json` gives them."""
        return self._in("json").decode()

    def save(self, path: str | os.PathLike[str], format: str | None = None) -> None:
        """Write a file, whole or not at all, in the format that its ending names. Raises UsageError and FileError."""
        from gradcli.render.files import ending, write_file

        target = os.fspath(path)
        chosen = format or ending(target)
        if not chosen:
            choice = ", ".join(f".{name}" for name in FORMATS)
            raise UsageError(f"the name '{target}' says no format", hint=f"end it in {choice}, or give format=")
        write_file(target, self._in(chosen))

    def _in(self, name: str) -> bytes:
        return format_of(name).write(self._export)

    def __str__(self) -> str:
        verdict = f"{self.verdict}: {self.reason}" if self.verdict else "no point, no verdict"
        nodes, edges = f"{self.nodes} node{'s' * (self.nodes != 1)}", f"{self.edges} edge{'s' * (self.edges != 1)}"
        return f"{self.title}: {nodes}, {edges}\n{verdict}"

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        """What is said of the picture in an IPython terminal."""
        printer.text(str(self))

    def _repr_svg_(self) -> str:
        """The picture in a notebook."""
        return self.svg


def picture_of(
    inspection: Inspection,
    source: str,
    point: Mapping[str, Nested],
    direction: Direction,
    title: str,
    notes: Sequence[str],
) -> Picture:
    """The picture of an inspected graph. What it leaves out is noted."""
    from gradcli.render import cards
    from gradcli.render.graph_json import graph_data
    from gradcli.render.nearest import select
    from gradcli.render.titles import title_of

    found = list(notes)
    if (selection := select(inspection)).omitted:
        found.append(f"the picture shows {selection.sentence}; the json format has all")
    title = title or title_of(inspection, point)
    data: dict[str, Any] = graph_data(inspection, source, point) | {"warnings": found}
    verdict = next(iter(inspection.verdicts.values()), None)
    return Picture(
        title=title,
        nodes=len(inspection.rows),
        edges=sum(len(inspection.links(node)) for node in inspection.rows),
        verdict=verdict.word if verdict else None,
        reason=verdict.sentence if verdict else None,
        notes=tuple(found),
        _export=Export(cards.picture_of(inspection, title, direction), data, LAYOUT_SECONDS),
    )
