"""Bindings as typed in --at: `x1=2, x=[1,2,3], y=pi/4`, and the constants they hold."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

from gradcli.errors import ExpressionError, GradcliError, NameProblem, Span
from gradcli.graph import Graph
from gradcli.primitives.constructors import Random
from gradcli.problem import Nested
from gradcli.shapes import Shape
from gradcli.syntax.build import build
from gradcli.syntax.operators import operators
from gradcli.syntax.parse import parse
from gradcli.syntax.program import WORDS, Program
from gradcli.syntax.tokens import Kind, tokenize

HINT = "write --at x=2, or --at x1=2,x2=5"
DECIMAL_COMMA = re.compile(r"(?<=\d),\s*$")
OPENING, CLOSING = frozenset("([⟨"), frozenset(")]⟩")
TO = ".."
"""Between the ends of an interval."""
FILE = "@"
"""Begins a value that is a file, whose columns have commas between them."""


class Binding(NamedTuple):
    """A name, where it stands, and where its value stands in the same text."""

    name: str
    span: Span
    value: Span


def split_bindings(text: str, hint: str = HINT) -> list[Binding]:
    """The bindings of a comma-separated list; commas inside brackets and strings do not separate, and behind `@` only
    one before the next `name=` does.

    The values are not looked at. Raises GradcliError, with a hint how the option is written.
    """
    found: dict[str, Binding] = {}
    for start, end in _pieces(text):
        binding = _binding(text, start, end, hint)
        if binding.name in found:
            raise NameProblem(
                f"'{binding.name}' is bound twice", span=binding.span, source=text, hint="give it one value"
            )
        found[binding.name] = binding
    return list(found.values())


def _pieces(text: str) -> Iterator[Span]:
    """What stands between the commas, without blanks around it; nothing after a last comma."""
    start = depth = position = 0
    in_string = False
    while position < len(text):
        character = text[position]
        if character == '"':
            in_string = not in_string
        elif in_string:
            pass
        elif character == FILE and text[start:position].rstrip().endswith("="):
            from gradcli.values.source import end_of_source

            position = end_of_source(text, position)
            continue
        elif character == "," and depth <= 0:
            yield stripped(text, start, position)
            start = position + 1
        else:
            depth += (character in OPENING) - (character in CLOSING)
        position += 1
    if start == 0 or text[start:].strip():
        yield stripped(text, start, len(text))


def stripped(text: str, start: int, end: int) -> Span:
    """Where a part of a text stands without the blanks around it."""
    piece = text[start:end]
    start += len(piece) - len(piece.lstrip())
    return Span(start, start + len(piece.strip()))


def interval_ends(text: str, place: Span) -> tuple[Span, Span] | None:
    """Where the ends of `low..high` stand; None where they are not two."""
    dots = text.find(TO, place.start, place.end)
    if dots < 0 or text.find(TO, dots + len(TO), place.end) >= 0:
        return None
    low, high = stripped(text, place.start, dots), stripped(text, dots + len(TO), place.end)
    return (low, high) if low.start < low.end and high.start < high.end else None


def _binding(text: str, start: int, end: int, hint: str) -> Binding:
    whole = Span(start, end)
    comma = DECIMAL_COMMA.search(text[:start])
    if comma and text[start:end].isdecimal():
        hint = f"a decimal point is a point: {text[: comma.start()]}.{text[start:]}"
    if start == end:
        raise ExpressionError("a binding is missing", span=whole, source=text, hint=hint)
    equals = text.find("=", start, end)
    left = stripped(text, start, end if equals < 0 else equals)
    written = text[left.start : left.end]
    name = name_of(written)
    if name is None:
        if equals < 0:
            raise ExpressionError("a binding is a name, '=' and a value", span=whole, source=text, hint=hint)
        raise NameProblem(f"'{written}' is no name to bind", span=left, source=text, hint=hint)
    if equals < 0:
        raise ExpressionError(f"'{name}' needs '=' and a value", span=left, source=text, hint=hint)
    value = stripped(text, equals + 1, end)
    if value.start == value.end:
        raise ExpressionError(f"'{name}' has no value", span=Span(equals, equals + 1), source=text, hint=hint)
    return Binding(name, left, value)


def name_of(written: str) -> str | None:
    """The name that a text is, in its ASCII form, or None."""
    try:
        tokens = tokenize(written)
    except ExpressionError:
        return None
    token = tokens[0]
    is_word = token.text in WORDS or token.text in operators().words
    return token.text if len(tokens) == 2 and token.kind is Kind.NAME and not is_word else None


def constant_value(
    text: str, place: Span, evaluate: Callable[[Graph, int], Nested], random: Random | None = None
) -> tuple[Nested, Shape]:
    """The value and the shape of a constant expression at a place of a text. Raises GradcliError that points into it.

    `evaluate` computes a node that depends on no input; `random` is what randn and rand draw from.
    """
    try:
        program = parse_at(text, place)
        if program.free_names:
            name = program.free_names[0]
            raise NameProblem(
                f"a value is a constant, but '{name}' is a name", span=place, source=text, hint="bind numbers: x=pi/4"
            )
        built = build(program, {}, random)
    except GradcliError as error:
        error.source = text
        raise
    if len(built.outputs) > 1:
        raise ExpressionError(
            "one value, not several, belongs to a name", span=place, source=text, hint="bindings are separated by ','"
        )
    return evaluate(built.graph, built.outputs[0]), built.graph.shapes[built.outputs[0]]


def parse_at(text: str, place: Span) -> Program:
    """The program of a part of a text, with spans that hold in the whole."""
    # Blanks in front keep every span true for the whole text.
    try:
        return parse(" " * place.start + text[place.start : place.end])
    except GradcliError as error:
        error.source = text
        raise
