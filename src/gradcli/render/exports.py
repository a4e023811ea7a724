"""The formats of `gradcli graph`, by the ending of the file. A new one is a function and a line of the table."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from gradcli.errors import UsageError
from gradcli.render.picture import Direction, Picture, Theme
from gradcli.render.view import View

if TYPE_CHECKING:
    from gradcli.render.hierarchy.views import Extent
    from gradcli.render.inspection import Inspection
    from gradcli.render.shapes import Drawing

LAYOUT_SECONDS = 20.0
"""How long a layout may take where no time limit is set."""


@dataclass(frozen=True)
class Export:
    """What is written: an inspected graph, its picture, the picture that has every node where there is one, the views
    that its groups open to (the picture is the first), and the data of the JSON answer; the last three are made only
    where they are asked for.

    `judged` is what verdicts are about: the function, where the graph is that of its gradient. `timeout` limits the
    layout, in seconds. `scale` is that of the drawing; None is the format's own.
    """

    inspection: Inspection
    judged: Inspection
    picture: Picture
    whole: Callable[[], Picture | None]
    views: Callable[[], Sequence[View]]
    data: Callable[[], Mapping[str, Any]]
    timeout: float
    theme: Theme = "auto"
    scale: float | None = None

    def drawing(self) -> Drawing:
        """The picture with its places. Raises LayoutError and OutOfTimeError."""
        from gradcli.render.drawing import draw

        return draw(self.picture, timeout=self.timeout)


def export_of(
    inspection: Inspection,
    judged: Inspection,
    title: str,
    direction: Direction,
    show: Collection[str],
    extent: Extent,
    data: Callable[[], Mapping[str, Any]],
    expand: str,
) -> tuple[Export, list[str]]:
    """What is written of an inspected graph, and what its picture leaves out, in words. `expand`: how the user asks for
    an open group. Raises UsageError for an extent that there is not."""
    from gradcli.render.hierarchy.views import shown, views, whole_picture
    from gradcli.render.inspection import as_drawn, output_note

    part = as_drawn(inspection)
    drawn = shown(part, title, direction, show, extent)
    omitted = output_note(inspection, part)
    notes = [omitted] if omitted else []
    if drawn.sentence:
        notes.append(f"the picture shows {drawn.sentence}" + (f"; {expand} opens a group" if drawn.closed else ""))

    def pages() -> Sequence[View]:
        return views(part, title, direction, show, extent)

    def whole() -> Picture | None:
        return whole_picture(part, title, direction, show)

    return Export(part, judged, drawn.picture, whole, pages, data, LAYOUT_SECONDS), notes


@dataclass(frozen=True)
class Written:
    """The content of a file, and what has to be said of it."""

    content: bytes
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Format:
    """How a format is written. `coloured`: it has themes; `drawn`: it has a size too; `binary`: no terminal can show
    it; `whole`: it has the data, not the picture."""

    write: Callable[[Export], Written]
    coloured: bool = False
    drawn: bool = False
    binary: bool = False
    whole: bool = False


def as_svg(export: Export) -> Written:
    """A picture for browsers and documents."""
    from gradcli.render.svg import to_svg

    return Written(to_svg(export.drawing(), export.theme, export.scale or 1.0).encode())


def as_png(export: Export) -> Written:
    """A picture of pixels."""
    from gradcli.render.png import to_png
    from gradcli.render.sizes import PNG

    drawing = export.drawing()
    return Written(to_png(drawing, export.theme, export.scale), PNG.notes(drawing, export.scale))


def as_pdf(export: Export) -> Written:
    """A picture for print, whose text can be selected."""
    from gradcli.render.pdf import to_pdf
    from gradcli.render.sizes import PDF

    drawing = export.drawing()
    return Written(to_pdf(drawing, export.theme, export.scale), PDF.notes(drawing, export.scale))


def as_html(export: Export) -> Written:
    """The inspector: a page that steps through the sweeps."""
    from gradcli.render.inspector.page import to_html

    return Written(to_html(export.inspection, export.judged, export.views(), export.theme, export.timeout).encode())


def as_tikz(export: Export) -> Written:
    """A LaTeX document that draws the picture."""
    from gradcli.render.sizes import TEX
    from gradcli.render.tikz import to_tikz

    drawing = export.drawing()
    return Written(to_tikz(drawing, export.theme, export.scale).encode(), TEX.notes(drawing, export.scale))


def as_mermaid(export: Export) -> Written:
    """The picture's structure for Markdown, and whether Mermaid draws so much."""
    from gradcli.render.mermaid import limits_note, to_mermaid

    text = to_mermaid(export.picture)
    note = limits_note(text, export.picture)
    return Written(text.encode(), (note,) if note else ())


def as_dot(export: Export) -> Written:
    """The picture's structure for Graphviz."""
    from gradcli.render.dot import to_dot

    return Written(to_dot(export.picture).encode())


def as_json(export: Export) -> Written:
    """The graph as data, whole however large; where it fits into one picture, with the places in it.

    Groups are for eyes: a graph that is only too wide for them has its places too."""
    from gradcli.errors import LayoutError
    from gradcli.render.json import dumps
    from gradcli.render.positions import drawing_data, without_card

    data = dict(export.data())
    picture, reason = export.whole() or export.picture, ""
    if missing := without_card(picture, data):
        reason = f"nodes without a card of their own in the picture: {missing}"
    else:
        try:
            data["drawing"] = drawing_data(picture, replace(export, picture=picture).drawing())
        except LayoutError as error:  # the data are whole without it
            reason = error.message
    notes = (f"no positions: {reason}",) if reason else ()
    if notes:
        data |= {"drawing": None, "warnings": [*data["warnings"], *notes]}
    return Written((dumps(data) + "\n").encode(), notes)


FORMATS: dict[str, Format] = {
    "html": Format(as_html, coloured=True),
    "svg": Format(as_svg, coloured=True, drawn=True),
    "png": Format(as_png, coloured=True, drawn=True, binary=True),
    "pdf": Format(as_pdf, coloured=True, drawn=True, binary=True),
    "tex": Format(as_tikz, coloured=True, drawn=True),
    "mmd": Format(as_mermaid),
    "dot": Format(as_dot),
    "json": Format(as_json, whole=True),
}


def format_of(name: str) -> Format:
    """A format by its name. Raises UsageError with the list of formats."""
    if name.lower() not in FORMATS:
        raise UsageError(f"no picture can be written as '{name}'", hint=f"the formats are {', '.join(FORMATS)}")
    return FORMATS[name.lower()]


def require_coloured(name: str, option: str) -> None:
    """Raise UsageError for an option on colours if the format has none."""
    if not format_of(name).coloured:
        coloured = ", ".join(other for other, found in FORMATS.items() if found.coloured)
        raise UsageError(f"{option} says which colours are used, and {name} has none", hint=f"it is for {coloured}")


def require_drawn(name: str, option: str) -> None:
    """Raise UsageError for an option on size if the format has none."""
    if not format_of(name).drawn:
        drawn = ", ".join(other for other, found in FORMATS.items() if found.drawn)
        raise UsageError(
            f"{option} says how large a picture is drawn, and {name} is not drawn", hint=f"it is for {drawn}"
        )


def require_scale(scale: Any) -> None:
    """Raise UsageError for a scale that is no size."""
    if not isinstance(scale, int | float) or not 0.01 <= scale <= 100:
        raise UsageError(f"a scale of {scale!r} is not between 0.01 and 100", hint="1 is the usual size")
