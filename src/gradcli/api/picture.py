"""The picture of a computation graph, drawn when it is looked at."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypedDict, get_args

from gradcli.api.values import check_choice, read_names
from gradcli.carriers.base import Carrier
from gradcli.errors import UsageError
from gradcli.problem import Nested, Problem
from gradcli.render.exports import (
    FORMATS,
    Export,
    export_of,
    format_of,
    require_coloured,
    require_drawn,
    require_scale,
)
from gradcli.render.inspection import Inspection
from gradcli.render.numbers import counted
from gradcli.render.picture import Direction, Theme

if TYPE_CHECKING:
    from gradcli.render.hierarchy.views import Extent


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
    _notes: list[str] = field(repr=False)
    _export: Export = field(repr=False)

    @property
    def notes(self) -> tuple[str, ...]:
        """What has to be known of the picture; a format that it was written in may add to it."""
        return tuple(self._notes)

    @cached_property
    def svg(self) -> str:
        """The drawing: no script, no font and no reference to anything outside it."""
        return self._in("svg").decode()

    @cached_property
    def html(self) -> str:
        """The inspector: a page that steps through both sweeps. It fetches nothing."""
        return self._in("html").decode()

    @cached_property
    def png(self) -> bytes:
        """The drawing in pixels, two a point. Raises UsageError where it would have too many."""
        return self._in("png")

    @cached_property
    def pdf(self) -> bytes:
        """The drawing for print, with text that can be selected. Raises MissingError without svg2pdf-py."""
        return self._in("pdf")

    @cached_property
    def tikz(self) -> str:
        """The drawing as a LaTeX document."""
        return self._in("tex").decode()

    @cached_property
    def mermaid(self) -> str:
        """The structure for Markdown."""
        return self._in("mmd").decode()

    @cached_property
    def dot(self) -> str:
        """The structure for Graphviz."""
        return self._in("dot").decode()

    @cached_property
    def json(self) -> str:
        """All nodes and edges, with their places if the graph fits into one picture."""
        return self._in("json").decode()

    def save(
        self,
        path: str | os.PathLike[str],
        format: str | None = None,
        *,
        theme: Theme | None = None,
        scale: float | None = None,
    ) -> None:
        """Write a file, whole or not at all, in the format that its ending names. `theme` is "light", "dark" or "auto":
        HTML and SVG follow their viewer, any other is light. `scale` is 1 by default, of a PNG 2. Raises UsageError,
        FileError and what the properties raise."""
        from gradcli.render.files import ending, write_file

        target = os.fspath(path)
        chosen = format or ending(target)
        if not chosen:
            choice = ", ".join(f".{name}" for name in FORMATS)
            raise UsageError(f"the name '{target}' says no format", hint=f"end it in {choice}, or give format=")
        if theme is not None:
            check_choice("theme", theme, ("auto", "light", "dark"))
            require_coloured(chosen, "theme")
        if scale is not None:
            require_drawn(chosen, "scale")
            require_scale(scale)
        write_file(target, self._in(chosen, replace(self._export, theme=theme or "auto", scale=scale)))

    def _in(self, name: str, export: Export | None = None) -> bytes:
        written = format_of(name).write(export or self._export)
        self._notes.extend(note for note in written.notes if note not in self._notes)
        return written.content

    def __str__(self) -> str:
        verdict = f"{self.verdict}: {self.reason}" if self.verdict else "no point, no verdict"
        return f"{self.title}: {counted(self.nodes, 'node')}, {counted(self.edges, 'edge')}\n{verdict}"

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        """What is said of the picture in an IPython terminal."""
        printer.text(str(self))

    def _repr_svg_(self) -> str:
        """The picture in a notebook."""
        return self.svg


class Look(TypedDict, total=False):
    """The options that say how a picture looks.

    `direction` is "LR" or "TB", `title` replaces the function and the point. `show` names some of value, heat, tangent,
    adjoint and partial, or "none" (default: all). Of a large graph `expand` opens groups by name, and `depth` all down
    to a depth; `top` draws the nodes with the largest |adjoint|, `focus` and `radius` what is around a node.
    """

    direction: Direction
    title: str
    show: Sequence[str] | None
    expand: Sequence[str] | str
    depth: int | None
    top: int | None
    focus: str
    radius: int | None


def check_look(look: Look) -> None:
    """Raise UsageError for a direction that is none, and TypeError, as Python does, for other options."""
    for name in look:
        if name not in Look.__annotations__:
            raise TypeError(f"unexpected keyword argument {name!r}")
    check_choice("direction", look.get("direction", "LR"), get_args(Direction))


def extent_of(look: Look) -> Extent:
    """How much of a large graph to draw. Raises UsageError."""
    from gradcli.render.hierarchy.views import Extent

    names = tuple(read_names(look.get("expand") or (), "expand") or ())
    return Extent(names, look.get("depth"), look.get("top"), look.get("focus", ""), look.get("radius"))


def parts_of(look: Look) -> Collection[str]:
    """The parts to show. Raises UsageError."""
    from gradcli.render.cards import PARTS, shown_parts

    names = read_names(look.get("show"), "show")
    return PARTS if names is None else shown_parts(names, "show")


def picture_of(
    inspection: Inspection, source: str, point: Mapping[str, Nested], look: Look, notes: Sequence[str]
) -> Picture:
    """The picture of an inspected graph."""
    from gradcli.render.graph_json import graph_data
    from gradcli.render.titles import title_of

    title = look.get("title") or title_of(inspection, point)
    return assembled(inspection, inspection, title, lambda: graph_data(inspection, source, point), look, notes)


def gradient_picture_of(
    inspection: Inspection, problem: Problem, carrier: Carrier | None, source: str, look: Look, notes: Sequence[str]
) -> Picture:
    """The picture of the gradient of an inspected function; its graph is appended to the function's."""
    from gradcli.render.gradient import gradient_data, inspect_gradient, zero_notes
    from gradcli.render.graph_json import graph_data
    from gradcli.render.titles import title_of

    title = look.get("title") or f"the gradient of {title_of(inspection, problem.point)}"
    name = inspection.names[problem.output]
    drawn, found = inspect_gradient(problem, carrier, inspection.columns)

    def content() -> dict[str, Any]:
        return graph_data(inspection, source, problem.point) | gradient_data(drawn, found)

    return assembled(drawn, inspection, title, content, look, [*notes, *zero_notes(found, name)])


def assembled(
    inspection: Inspection,
    judged: Inspection,
    title: str,
    data: Callable[[], Mapping[str, Any]],
    look: Look,
    notes: Sequence[str],
) -> Picture:
    """The picture of a graph with the verdict on the function that is judged. What it leaves out is noted."""

    def whole() -> dict[str, Any]:
        return {**data(), "warnings": [*notes]}

    direction, parts, extent = look.get("direction", "LR"), parts_of(look), extent_of(look)
    export, omitted = export_of(inspection, judged, title, direction, parts, extent, whole, "expand=[name]")
    verdict = next(iter(judged.verdicts.values()), None)
    return Picture(
        title=title,
        nodes=len(inspection.rows),
        edges=sum(len(inspection.links(node)) for node in inspection.rows),
        verdict=verdict.word if verdict else None,
        reason=verdict.sentence if verdict else None,
        _notes=[*notes, *omitted],
        _export=export,
    )
