"""What `gradcli graph` shows without a file: the drawing, and what it leaves out."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gradcli.errors import UsageError
from gradcli.render.cards import picture_of
from gradcli.render.inspection import Inspection
from gradcli.render.terminal.canvas import Run
from gradcli.render.terminal.layered import MOST_CARDS, layered
from gradcli.render.terminal.tree import tree_of

if TYPE_CHECKING:
    from rich.text import Text

    from gradcli.render.hierarchy.select import Selection
    from gradcli.render.hierarchy.views import Shown

WIDTH = 100
"""Columns where there is no terminal."""
STYLES = {
    "name": "bold",
    "muted": "dim",
    "border": "dim",
    "line": "cyan",
    "partial": "",
    "positive": "bold color(33)",
    "negative": "bold color(208)",
    "alarm": "bold magenta",
}
"""Colour repeats what is written: the sign, and the word of an alarm."""


@dataclass(frozen=True)
class TerminalDrawing:
    """Lines, and whether they show a card a node."""

    lines: list[list[Run]]
    layered: bool


def graph_drawing(
    inspection: Inspection, room: int, plain: bool, show: Collection[str], selection: Selection | None = None
) -> TerminalDrawing:
    """The graph, or the nodes that are asked for, in so many columns, with a line that says how to read it and what is
    left out."""
    if selection is None and len(inspection.rows) <= MOST_CARDS:
        canvas = layered(picture_of(inspection, "", show=show), room, plain)
        if canvas is not None:
            return TerminalDrawing(
                [*canvas.rows(), *note(reading(inspection, plain, show, "beside an arrow"), room)], True
            )
    tree = tree_of(inspection, room, plain, show, selection.nodes if selection is not None else None)
    lines = [*tree.lines, *note(reading(inspection, plain, show, "in brackets"), room)]
    if tree.dropped:
        lines += note(f"no room for {', '.join(tree.dropped)}: gradcli trace has every column", room)
    if selection is not None:
        lines += note(selection.sentence, room)
    elif tree.omitted:
        count = f"{tree.shown} of {tree.shown + tree.omitted} nodes: those nearest to the output"
        ways = "--depth 1 shows all as groups, --focus NODE what is around one, --top K the largest |adjoint|"
        lines += note(f"{count}; {tree.omitted} are not shown: {ways}; --json and gradcli trace have all", room)
    return TerminalDrawing(lines, False)


def groups_drawing(shown: Shown, room: int, plain: bool) -> TerminalDrawing:
    """Groups and nodes, as far as groups are opened, with a line that says what they stand for. Raises UsageError where
    there is no room for them."""
    canvas = layered(shown.picture, room, plain)
    if canvas is None:
        boxes = len(shown.picture.cards)
        raise UsageError(
            f"{boxes} boxes and their lines find no room in {room} columns of a terminal",
            hint="-o g.svg draws them; a smaller --depth or fewer groups may fit",
        )
    return TerminalDrawing([*canvas.rows(), *note(shown.sentence, room)], False)


def note(text: str, room: int) -> list[list[Run]]:
    """A remark in as many lines as it takes."""
    from textwrap import wrap

    return [[(line, "muted")] for line in wrap(text, room)]


def reading(inspection: Inspection, plain: bool, show: Collection[str], where: str) -> str:
    """How to read the drawing, as far as it has what is explained."""
    joined = any(inspection.links(node) for node in inspection.rows)
    parts = [f"{where}: local partial"] if joined and "partial" in show else []
    if inspection.tape is not None:
        parts += ["->: tangent" if plain else "→ tangent"] if "tangent" in show and inspection.columns else []
        parts += ["<-: adjoint" if plain else "← adjoint"] if "adjoint" in show and inspection.adjoints else []
    return "; ".join(parts)


def texts(lines: Sequence[Sequence[Run]], plain: bool) -> list[Text]:
    """Lines for a Rich console, which drops the colours where there are none."""
    from rich.text import Text

    return [Text.assemble(*((text, "" if plain else STYLES.get(style, "")) for text, style in line)) for line in lines]
