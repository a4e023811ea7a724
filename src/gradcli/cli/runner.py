"""Runs a command on one request, or on every line of standard input."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from gradcli.cli.options import Settings
from gradcli.cli.query import Query
from gradcli.errors import ExitStatus, FileError, GradcliError, OutOfTimeError, UsageError, unforeseen
from gradcli.methods.base import flatten, unflatten
from gradcli.problem import nested_shape
from gradcli.render.json import dumps, error_object


@dataclass
class Report:
    """A command's answer: JSON data, a function that prints it for people, and the exit status."""

    data: dict[str, Any]
    show: Callable[[], None]
    status: ExitStatus = ExitStatus.ANSWERED
    notes: list[str] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        """The data with the notes; a value that is not the float it is nearest to is also spelt out."""
        exact = {
            name: unflatten(texts, nested_shape(name, value))
            for name, value in self.data.get("inputs", {}).items()
            if any(texts := [getattr(x, "source", "") for x in flatten(value)])
        }
        return {**self.data, **({"exact": exact} if exact else {}), "warnings": self.notes}


def one_or_all(results: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """The JSON of several outputs: that of the only one, or a list."""
    return results[0] if len(results) == 1 else {"results": list(results)}


def first_status(statuses: Iterable[ExitStatus]) -> ExitStatus:
    """The first status that is not 0."""
    return next(filter(None, statuses), ExitStatus.ANSWERED)


def run(expression: str, at: list[str], settings: Settings, answer: Callable[[Query], Report]) -> int:
    """Answer the request that was typed, that a file holds, or each that standard input holds."""
    with time_limit(settings.timeout):
        if expression == "-":
            return answer_stream(at, settings, answer)
        return present(answer(Query(read_expression(expression), tuple(at), settings)), settings)


def run_all(expressions: list[str], at: list[str], settings: Settings, answer: Callable[[list[Query]], Report]) -> int:
    """As `run`, for a command that answers several expressions at once."""
    if len(expressions) == 1:
        return run(expressions[0], at, settings, lambda query: answer([query]))
    if "-" in expressions:
        raise UsageError("- answers requests one by one", hint="leave the other expressions out")
    with time_limit(settings.timeout):
        queries = [Query(read_expression(expression), tuple(at), settings) for expression in expressions]
        return present(answer(queries), settings)


def present(report: Report, settings: Settings) -> int:
    """Print a report as JSON or for people; notes go to standard error."""
    if settings.json:
        print(dumps(report.as_json()))
    else:
        if not settings.quiet:
            for note in report.notes:
                print(f"note: {note}", file=sys.stderr)
            sys.stderr.flush()
        report.show()
    return report.status


def read_expression(typed: str) -> str:
    """The expression itself, or the text of the file that `@file` names."""
    if not typed.startswith("@"):
        return typed
    path = typed[1:]
    try:
        with open(path, encoding="utf-8") as file:
            return file.read()
    except OSError as error:
        raise FileError(f"cannot read '{path}': {(error.strerror or str(error)).lower()}") from error
    except UnicodeDecodeError as error:
        raise FileError(f"'{path}' is not UTF-8 text", hint="an expression file is plain text") from error


def answer_stream(at: list[str], settings: Settings, answer: Callable[[Query], Report]) -> int:
    """One request a line, one JSON answer a line; the status is the first that is not 0."""
    import gc

    gc.enable()
    status = 0
    for line in sys.stdin:
        if not line.strip():
            continue
        try:
            report = answer(request_of_line(line, tuple(at), settings))
            text, outcome = dumps(report.as_json()), report.status
        except Exception as error:
            if settings.debug and not isinstance(error, GradcliError):
                raise
            found = unforeseen(error)
            text, outcome = dumps(error_object(found)), found.status
        print(text, flush=True)
        status = status or outcome
    return status


def request_of_line(line: str, at: tuple[str, ...], settings: Settings) -> Query:
    """A line is an expression, or a JSON object with `expr` and `at` (an object of values, or text as in --at)."""
    text = line.strip()
    if not text.startswith("{"):
        return Query(text, at, settings)
    try:
        request = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise UsageError(f"the line is no JSON object: {error}", hint='{"expr": "x^2", "at": {"x": 3}}') from error
    unknown = sorted(set(request) - {"expr", "at"})
    if unknown or not isinstance(request.get("expr"), str):
        cause = f"unknown key '{unknown[0]}'" if unknown else "the key 'expr' is missing or no text"
        raise UsageError(f'a request needs "expr" and may have "at": {cause}', hint='{"expr": "x^2", "at": {"x": 3}}')
    values = request.get("at", {})
    if isinstance(values, str):
        return Query(request["expr"], (*at, values), settings)
    if not isinstance(values, dict):
        raise UsageError('"at" is an object of values', hint='{"expr": "x^2", "at": {"x": 3}}')
    return Query(request["expr"], at, settings, values)


@contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """Raise OutOfTimeError in the running code after so many seconds (0: never)."""
    import signal

    if seconds <= 0:
        yield
        return

    def expire(*_: object) -> None:
        raise OutOfTimeError(f"no answer within {seconds:g} s", hint="raise --timeout, or ask for less")

    signal.signal(signal.SIGALRM, expire)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
