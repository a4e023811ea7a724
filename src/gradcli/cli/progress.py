"""A line on standard error that tells a terminal how far the work is."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import monotonic

from gradcli.cli.options import Settings

SECONDS = 0.1
"""Between two lines."""
WIDTH = 40


@contextmanager
def progress(total: int, settings: Settings) -> Iterator[Callable[[int, str], None]]:
    """A function of a number up to the total and of what is counted. The line is wiped at the end."""
    shown = sys.stderr.isatty() and not settings.quiet
    last = monotonic()

    def tell(number: int, what: str) -> None:
        nonlocal last
        if shown and monotonic() - last > SECONDS:
            last = monotonic()
            print("\r" + f"{number}/{total} {what}".ljust(WIDTH), end="", file=sys.stderr, flush=True)

    try:
        yield tell
    finally:
        if shown:
            print("\r" + " " * WIDTH + "\r", end="", file=sys.stderr, flush=True)
