"""The Rich console and table style that every command shares."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

PIPE_WIDTH = 10_000
"""Where no terminal limits the width, nothing may be folded or cut."""


class Appearance(Protocol):
    """The options that decide how text looks."""

    @property
    def plain(self) -> bool:
        """ASCII only, no colour."""

    @property
    def color(self) -> str:
        """auto, always or never."""


def wants_color(appearance: Appearance) -> bool:
    """`--color`, then NO_COLOR, TERM=dumb and whether a terminal reads."""
    if appearance.plain or appearance.color == "never":
        return False
    if appearance.color == "always":
        return True
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def open_console(appearance: Appearance) -> Console:
    """A console on standard output."""
    from rich.console import Console

    class PipeConsole(Console):
        def on_broken_pipe(self) -> None:
            """Leave it to the application, for which a reader that has left is no failure."""
            raise BrokenPipeError

    colored = wants_color(appearance)
    return PipeConsole(
        force_terminal=colored,
        no_color=not colored,
        width=None if sys.stdout.isatty() else PIPE_WIDTH,
        highlight=False,
        markup=False,
        emoji=False,
        legacy_windows=False,
    )


def table_text(table: Table) -> str:
    """A table as text, with no colour, nothing folded, and no blanks around it."""
    from io import StringIO

    from rich.console import Console

    written = StringIO()
    Console(
        file=written,
        force_terminal=False,
        force_jupyter=False,
        no_color=True,
        width=PIPE_WIDTH,
        highlight=False,
        markup=False,
        emoji=False,
        legacy_windows=False,
    ).print(table)
    lines = [line.rstrip() for line in written.getvalue().splitlines()]
    return "\n".join(lines).strip("\n")


@dataclass(frozen=True)
class Plain:
    """How text looks where there is no option to say so."""

    plain: bool = False
    color: str = "never"


def new_table(appearance: Appearance, title: str = "") -> Table:
    """An empty table with a rule under its head."""
    from rich import box
    from rich.table import Table

    style = box.ASCII if appearance.plain else box.SIMPLE_HEAD
    return Table(title=title or None, title_justify="left", box=style, pad_edge=False, header_style="bold")
