"""Claims as typed: `x2=2.283`, `w=[6, 12, 18]`, `x2: x1 - cos(x2)`. The digits of a number are part of what is claimed.

A number counts as precise as it is written: 5.5 has one decimal. An expression of constants, 2/3 or pi/4, is exact.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import partial
from typing import Any

from gradcli.errors import ExpressionError, GradcliError, NameProblem, ShapeError, Span, UsageError
from gradcli.graph import Graph
from gradcli.problem import Nested, nested_shape
from gradcli.shapes import MAX_RANK, Shape
from gradcli.syntax.bindings import Binding, constant_value, name_of, parse_at, split_bindings, stripped
from gradcli.syntax.program import Program

Evaluate = Callable[[Graph, int], Nested]
DERIVATIVE = re.compile(r"\s*[d∂]\w*\s*/\s*[d∂](\w+)\s*([:=].*)", re.DOTALL)
NUMBER = re.compile(r"([+-]?)\s*((?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:e[+-]?[0-9]+)?)(?:\.\.\.|…)?", re.IGNORECASE)
"""A decimal number, perhaps with dots behind it for the digits that are not written."""
SIGNS = str.maketrans("−–", "--")
NOT_FINITE = re.compile(r"[+-]?(nan|inf(inity)?|∞)", re.IGNORECASE)
MOST_DIGITS = 400
"""Digits and powers of ten: a float has no more before or behind the point."""


def how_to_claim(name: str) -> str:
    """How claims are written, of an input of this name."""
    return f'write --claim {name}=NUMBER, --claim "{name}: FORMULA" or --claim @answers.json'


@dataclass(frozen=True)
class Digits:
    """A number as written: its value, and how many digits stand behind the point (negative for a multiple of ten; None
    for an expression, which is exact)."""

    value: Fraction
    decimals: int | None = None

    @property
    def unit(self) -> Fraction:
        """The unit of the last digit; 0 for an exact number."""
        return Fraction(0) if self.decimals is None else Fraction(10) ** -self.decimals


@dataclass(frozen=True)
class Claim:
    """What somebody says of a derivative (by the name of an input) or of a value (by the name of a node).

    Either `numbers`, row-major in `shape`, or a `formula`. `text` is what was typed for them; errors point into
    `source` at `span`, where the name stands.
    """

    name: str
    text: str
    numbers: tuple[Digits, ...] = ()
    shape: Shape = ()
    formula: Program | None = None
    source: str | None = None
    span: Span | None = None


@dataclass(frozen=True)
class Refused:
    """A claim that cannot be judged, as typed, and why. `name` is empty where none was read."""

    name: str
    text: str
    error: GradcliError


def read_claims(text: str, evaluate: Evaluate, example: str = "NAME") -> list[Claim | Refused]:
    """The claims in one text: a comma-separated list of `name=value`, or one `name: formula`.

    `evaluate` computes a node that depends on no input. The error of a refused claim points into the text, and tells
    how one of `example` is written.
    """
    colon, equals = text.find(":"), text.find("=")
    if colon >= 0 and not 0 <= equals < colon:
        return [attempt(text[:colon].strip(), text[colon + 1 :], lambda: _formula(text, colon, example))]
    try:
        bindings = split_bindings(text, _mend(text, example))
    except GradcliError as error:
        return [Refused("", text, error)]
    return [_attempted(binding, text, evaluate) for binding in bindings]


def _mend(text: str, example: str) -> str:
    """`df/dx = 6` and `∂f/∂x: 2x` are claims of x."""
    found = DERIVATIVE.match(text)
    if found:
        return f"a claim of a derivative has the name of the input alone: {found[1]}{found[2]}"
    return how_to_claim(example)


def attempt(name: str, typed: Any, read: Callable[[], Claim]) -> Claim | Refused:
    """A claim, or the error that reading it raises."""
    try:
        return read()
    except GradcliError as error:
        return Refused(name, " ".join(str(typed).split()), error)


def _attempted(binding: Binding, text: str, evaluate: Evaluate) -> Claim | Refused:
    typed = text[binding.value.start : binding.value.end]
    return attempt(binding.name, typed, lambda: _numbers(binding, text, evaluate))


def _formula(text: str, colon: int, example: str) -> Claim:
    place, behind = stripped(text, 0, colon), stripped(text, colon + 1, len(text))
    written = text[place.start : place.end]
    name = name_of(written)
    if name is None:
        raise NameProblem(
            f"'{written}' is no name to claim anything of", span=place, source=text, hint=_mend(text, example)
        )
    if behind.start == behind.end:
        raise ExpressionError(f"the formula for '{name}' is missing", span=place, source=text, hint=how_to_claim(name))
    try:
        program = parse_at(text, behind)
    except GradcliError as error:
        if ":" in text[behind.start :]:
            error.hint = "each formula is a claim of its own: --claim x:... --claim y:..."
        raise
    return Claim(name, text[behind.start : behind.end], formula=program, source=text, span=place)


def _numbers(binding: Binding, text: str, evaluate: Evaluate) -> Claim:
    typed = text[binding.value.start : binding.value.end]
    try:
        numbers, shape = read_numbers(binding.name, text, binding.value, evaluate)
    except GradcliError as error:
        if error.span is None and error.source is None:
            error.span = binding.value
        raise error.with_source(text) from None
    return Claim(binding.name, typed, numbers, shape, source=text, span=binding.span)


def claim_of(name: str, value: Any, evaluate: Evaluate) -> Claim:
    """The claim that a value from JSON or Python is: a number as its text, lists of them, text as typed.

    Text that is no constant is a formula. Raises GradcliError.
    """
    if isinstance(value, str):
        whole = Span(0, len(value))
        if not value.strip():
            raise UsageError(f"the claim of {name} is empty", hint="give a number or a formula")
        if _is_formula(value):
            return Claim(name, value.strip(), formula=parse_at(value, whole))
        numbers, shape = read_numbers(name, value, whole, evaluate)
        return Claim(name, value.strip(), numbers, shape)
    leaves: list[str] = []
    shape = nested_shape(f"the claim of {name}", _numbered(value, leaves, name))
    found: list[Digits] = []
    for leaf in leaves:
        one, axes = read_numbers(name, leaf, Span(0, len(leaf)), evaluate)
        if axes:
            raise ShapeError(f"'{leaf}' in the claim of {name} is no number", hint="give lists of numbers")
        found += one
    return Claim(name, listed(leaves, shape), tuple(found), shape)


def claims_of(answers: Mapping[str, Any], evaluate: Evaluate) -> list[Claim | Refused]:
    """The claims that values from JSON or Python are, by name."""
    return [attempt(name, value, partial(claim_of, name, value, evaluate)) for name, value in answers.items()]


def _is_formula(text: str) -> bool:
    if NUMBER.fullmatch(text.strip().translate(SIGNS)) or NOT_FINITE.fullmatch(text.strip()):
        return False
    return bool(parse_at(text, Span(0, len(text))).free_names)


def _numbered(value: Any, leaves: list[str], name: str, depth: int = 0) -> Any:
    """Nested lists with the leaves, as texts, replaced by their numbers in order."""
    if isinstance(value, (list, tuple)):
        if depth > MAX_RANK:
            raise ShapeError(f"the claim of {name} is a list nested more than {MAX_RANK} deep")
        return [_numbered(item, leaves, name, depth + 1) for item in value]
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        written = json.dumps(value, default=repr)
        raise UsageError(f"the claim of {name} holds {written}, which is no number", hint="give numbers or lists")
    leaves.append(value if isinstance(value, str) else repr(value))
    return len(leaves)


def listed(leaves: list[str], shape: Shape) -> str:
    """Texts of numbers as nested lists of the shape."""
    items = list(leaves)
    for dimension in reversed(shape):
        count = int(dimension)
        items = [f"[{', '.join(items[k : k + count])}]" for k in range(0, len(items), count)] if count else ["[]"]
    return items[0] if items else "[]"


def read_numbers(name: str, text: str, place: Span, evaluate: Evaluate) -> tuple[tuple[Digits, ...], Shape]:
    """The numbers at a place of a text, row-major, and their shape. Raises GradcliError."""
    nested, leaves = _literal(text, place)
    numbers: list[Digits] = []
    for leaf in leaves:
        written = text[leaf.start : leaf.end]
        found = _digits(name, written)
        if found is not None:
            numbers.append(found)
            continue
        try:
            value, shape = constant_value(text, leaf, evaluate)
        except NameProblem as error:
            error.hint = f'a claim of numbers has digits; a formula follows a colon: "{name}: {written}"'
            raise
        if shape and len(leaves) > 1:
            raise ShapeError(f"'{written}' in the claim of {name} is no number", span=leaf, source=text)
        if shape:
            return tuple([_exact(name, written, v) for v in _row_major(value)]), shape
        numbers.append(_exact(name, written, value))
    return tuple(numbers), nested_shape(f"the claim of {name}", nested)


def _row_major(value: Nested) -> list[float]:
    flat = [value]
    while flat and isinstance(flat[0], (list, tuple)):
        flat = [item for part in flat for item in part]
    return flat


def _literal(text: str, place: Span) -> tuple[Any, list[Span]]:
    """Nested lists of the leaves' numbers, and where each leaf stands; one leaf where the text is no plain list."""
    whole = (0, [place])
    if not text.startswith("[", place.start):
        return whole
    stack: list[list[Any]] = [[]]
    leaves: list[Span] = []
    start, depth, before = place.start, 0, ","
    for position in range(place.start, place.end):
        sign = text[position]
        depth += (sign in "(⟨") - (sign in ")⟩")
        if depth or sign not in "[],":
            continue
        piece = stripped(text, start, position)
        start = position + 1
        if piece.start != piece.end:
            stack[-1].append(len(leaves))
            leaves.append(piece)
            before = "a number" if before in ("[", ",") else "a fault"
        if before not in FOLLOWS[sign] or (sign == "]" and len(stack) == 1):
            return whole
        before = sign
        if sign == "[":
            stack.append([])
        elif sign == "]":
            inner = stack.pop()
            stack[-1].append(inner)
    if len(stack) != 1 or len(stack[0]) != 1 or start != place.end or not leaves:
        return whole
    return stack[0][0], leaves


FOLLOWS = {"[": ("[", ","), ",": ("]", "a number"), "]": ("]", "a number")}
"""What may stand before each sign of a list."""


def _digits(name: str, written: str) -> Digits | None:
    """A decimal number as written; None for anything else that may be an expression."""
    plain = written.strip().translate(SIGNS)
    if NOT_FINITE.fullmatch(plain):
        raise UsageError(f"the claim of {name} is {plain}, which is no finite number", hint="claim a number")
    match = NUMBER.fullmatch(plain)
    if match is None:
        return None
    if len(plain) > MOST_DIGITS:
        raise UsageError(f"the claim of {name} has {len(plain)} characters", hint=f"at most {MOST_DIGITS} are read")
    sign, exponent = (
        (-1 if match[1] == "-" else 1),
        int(re.split("[eE]", match[2])[1]) if "e" in match[2].lower() else 0,
    )
    if abs(exponent) > MOST_DIGITS:
        raise UsageError(f"the claim {plain} of {name} is outside what a float64 can hold", hint="from 1e-308 to 1e308")
    number = Decimal(match[2])
    power = number.as_tuple().exponent
    assert isinstance(power, int)
    value = sign * Fraction(number)
    _require_float(name, plain, value)
    return Digits(value, -power)


def _exact(name: str, written: str, value: float) -> Digits:
    if not math.isfinite(value):
        raise UsageError(f"the claim {written} of {name} is {value}, which is no finite number", hint="claim a number")
    return Digits(Fraction(value))


def _require_float(name: str, written: str, value: Fraction) -> None:
    """Raise UsageError for a number that is too large for a float64."""
    try:
        float(value)
    except OverflowError:
        cause = f"the claim {written} of {name} is larger than a float64 can hold (1.8e308)"
        raise UsageError(cause, hint="claim a smaller number") from None
