"""Every error that a user can see: one cause, the source with a caret, the mend and the exit status."""

from __future__ import annotations

import unicodedata
from enum import IntEnum
from typing import Any, NamedTuple, Self


class ExitStatus(IntEnum):
    """What the process says to the shell; docs/commands/README.md explains each."""

    ANSWERED = 0
    FAILED = 1
    BAD_REQUEST = 2
    UNDEFINED = 3
    MISSING = 4
    USER_CODE = 5
    TIMEOUT = 124
    INTERRUPTED = 130


class Span(NamedTuple):
    """Half-open range of character offsets in the text that the user typed."""

    start: int
    end: int


class Failure(BaseException):
    """Whatever is reported as one message; `kind` is the stable word in JSON output."""

    kind = "error"
    status = ExitStatus.BAD_REQUEST

    def __init__(
        self, message: str, *, span: Span | None = None, source: str | None = None, hint: str | None = None
    ) -> None:
        super().__init__(message)
        self.message = message
        self.span = span
        self.source = source
        self.hint = hint

    def with_source(self, source: str) -> Self:
        """Attach the text that the span points into, unless a deeper layer already did."""
        if self.source is None:
            self.source = source
        return self

    def __str__(self) -> str:
        lines = [f"error: {visible(self.message)}"]
        if self.span is not None and self.source is not None:
            lines += caret_lines(self.source, self.span)
        if self.hint:
            lines.append(f"help: {visible(self.hint)}")
        return "\n".join(lines)

    def as_json(self) -> dict[str, Any]:
        """The `error` object of interface.md."""
        span = list(self.span) if self.span is not None else None
        return {"kind": self.kind, "message": self.message, "span": span, "hint": self.hint}


class Unstated(Failure, Exception):
    """A carrier cannot state what a primitive computes; the message names it."""


class GradcliError(Failure, Exception):
    """Base of all errors of a request."""


class ExpressionError(GradcliError):
    """The text is not an expression."""

    kind = "syntax"


class NameProblem(GradcliError):
    """A name or a function is unknown, unbound or used wrongly."""

    kind = "name"


class ShapeError(GradcliError):
    """Shapes that cannot agree."""

    kind = "shape"


class UsageError(GradcliError):
    """An option or a value that the command cannot use."""

    kind = "usage"


class FileError(GradcliError):
    """A file that cannot be read or written."""

    kind = "file"


class LayoutError(GradcliError):
    """No layout engine could place the graph."""

    kind = "layout"
    status = ExitStatus.MISSING


class DomainError(GradcliError):
    """The function or its derivative does not exist at the point."""

    kind = "domain"
    status = ExitStatus.UNDEFINED


class MissingError(GradcliError):
    """A device or an optional library is absent."""

    kind = "missing"
    status = ExitStatus.MISSING


class OutOfTimeError(Failure):
    """The time limit was reached. Like Ctrl-C it is no error of what happened to run, so that no handler takes it."""

    kind = "timeout"
    status = ExitStatus.TIMEOUT


def unforeseen(error: Exception) -> GradcliError:
    """What is said of an exception that is none of ours."""
    if isinstance(error, GradcliError):
        return error
    # torch raises a RuntimeError, or on a GPU a subclass of it.
    if isinstance(error, MemoryError) or "allocate memory" in str(error) or type(error).__name__ == "OutOfMemoryError":
        return GradcliError("out of memory", hint="take smaller shapes")
    hint = "please report this; --debug shows the traceback"
    return GradcliError(f"internal error: {type(error).__name__}: {error}", hint=hint)


def visible(text: str) -> str:
    """User text with control and direction-changing characters made visible, so that a message cannot be forged."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() or c == "\n" else f"\\u{ord(c):04x}" for c in text)


def cell_width(text: str) -> int:
    """Terminal cells that a text takes: wide characters two, combining marks none."""
    if text.isascii():
        return len(text)
    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def caret_lines(source: str, span: Span, width: int = 96) -> list[str]:
    """The source line of the span and a line of carets under it, clipped around the span when the line is long."""
    start = max(0, min(span.start, len(source)))
    line_start = source.rfind("\n", 0, start) + 1
    line_end = source.find("\n", start)
    line_end = len(source) if line_end < 0 else line_end
    end = max(start + 1, min(span.end, line_end))
    left = max(line_start, min(start - width // 2, line_end - width))
    right = min(line_end, left + width)
    end = min(end, max(right, start + 1))
    before, marked, after = (visible(source[a:b]) for a, b in ((left, start), (start, min(end, right)), (end, right)))
    lead = "…" if left > line_start else ""
    tail = "…" if right < line_end else ""
    carets = "^" * max(1, cell_width(marked))
    return [f"  {lead}{before}{marked}{after}{tail}", f"  {' ' * cell_width(lead + before)}{carets}"]


def closest(word: str, candidates: list[str]) -> str | None:
    """The candidate that a mistyped word most probably meant, or None."""
    from difflib import SequenceMatcher, get_close_matches

    typed = word.lower()
    lower = {candidate.lower(): candidate for candidate in candidates}
    for found in get_close_matches(typed, list(lower), n=5, cutoff=0.6):
        if is_swapped(typed, found):
            return lower[found]
        is_near = typed[:1] == found[:1] or edit_distance(typed, found) <= 2
        if is_near and SequenceMatcher(None, found, typed).ratio() >= LEAST_SIMILARITY:
            return lower[found]
    return None


def suggestion(word: str, candidates: list[str], otherwise: str) -> str:
    """The hint for a word that is none of the candidates: the one that was probably meant, or else what there is."""
    near = closest(word, candidates)
    return f"did you mean {near} ?" if near else otherwise


LEAST_SIMILARITY = 0.7
"""Below, a suggestion is more often silly (`det`: `dot`) than right."""


def is_swapped(a: str, b: str) -> bool:
    """Whether two words differ in the order of two neighbouring letters."""
    places = [k for k, (p, q) in enumerate(zip(a, b, strict=False)) if p != q]
    return len(a) == len(b) and len(places) == 2 and places[1] == places[0] + 1 and sorted(a) == sorted(b)


def edit_distance(a: str, b: str) -> int:
    """Letters to insert, delete or replace to make one word from the other."""
    row = list(range(len(b) + 1))
    for i, p in enumerate(a, 1):
        previous, row = row, [i]
        for j, q in enumerate(b, 1):
            row.append(min(previous[j] + 1, row[-1] + 1, previous[j - 1] + (p != q)))
    return row[-1]
