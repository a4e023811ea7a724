"""A file as a value, as typed: `@data.npy`, `@arrays.npz:name`, `@house.csv:NumRooms,Age`, `@"a, b.csv":"c, d"`."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass

from gradcli.errors import ExpressionError, Span

MARK = "@"
QUOTED = r'"(?:[^"]|"")*"'
NEXT_BINDING = re.compile(r'\s*$|[^,"=]*=')
"""What follows a comma that ends a file's columns: nothing, or `name=`."""
PART = re.compile(rf"\s*(?:(?P<quoted>{QUOTED})|(?P<bare>[^,\"]*?))\s*(?P<end>,|$)")
PATH = re.compile(rf"\s*(?:(?P<quoted>{QUOTED})|(?P<bare>[^:\"]*?))\s*(?P<end>:|$)")
QUOTES = 'quote what has a comma, a colon or a quote in it: @"a, b.csv":"Price, EUR"'


@dataclass(frozen=True)
class Source:
    """A file, the names asked for in it, and where both stand in what was typed."""

    path: str
    names: tuple[str, ...]
    text: str
    span: Span


def end_of_source(text: str, start: int) -> int:
    """Where the file value that begins at `start` ends in a list of bindings: at a comma before the next `name=`."""
    position, in_quotes = start, False
    while position < len(text):
        if text[position] == '"':
            in_quotes = not in_quotes
        elif text[position] == "," and not in_quotes and NEXT_BINDING.match(text, position + 1):
            return position
        position += 1
    return position


def parse_source(text: str, place: Span) -> Source:
    """The file value at a place of a text. Raises ExpressionError that points into it."""
    written = text[place.start + len(MARK) : place.end]
    found = PATH.match(written)
    if found is None:
        raise _fault("the file's name is not understood", text, place, QUOTES)
    path = os.path.expanduser(_plain(found))
    if not path:
        raise _fault("the name of a file is missing after '@'", text, place, "write @data.csv")
    if "," in path and not found["quoted"]:
        hint = f"columns follow a colon: @data.csv:a,b; the next value follows 'name='; {QUOTES}"
        raise _fault("a comma stands in the file's name", text, place, hint)
    names: list[str] = []
    position = found.end()
    while found["end"]:
        found = PART.match(written, position)
        if found is None:
            raise _fault("the names after ':' are not understood", text, place, QUOTES)
        if not found["bare"] and not found["quoted"]:
            raise _fault("a name is missing after ':' or ','", text, place, "write @data.csv:a,b, or @data.csv for all")
        names.append(_plain(found))
        position = found.end()
    return Source(path, tuple(names), text, place)


def _plain(found: re.Match[str]) -> str:
    quoted = found["quoted"]
    return quoted[1:-1].replace('""', '"') if quoted else str(found["bare"])


def _fault(cause: str, text: str, place: Span, hint: str) -> ExpressionError:
    return ExpressionError(cause, span=place, source=text, hint=hint)
