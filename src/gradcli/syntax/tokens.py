"""Text to tokens. Mathematical writing becomes the ASCII symbol of the same meaning; every token keeps its span.

The input is never normalised (NFKC turns x² into x2), and the superscripts and subscripts that Python counts as letters
or digits are kept out of names.
"""

from __future__ import annotations

import math
import re
import unicodedata
from enum import IntEnum, auto
from functools import cache
from typing import Any, NamedTuple

from gradcli.errors import ExpressionError, Span
from gradcli.exact import decimal
from gradcli.syntax.operators import operators
from gradcli.syntax.strays import hint


class Kind(IntEnum):
    """Kinds of tokens."""

    NUMBER = auto()
    NAME = auto()
    STRING = auto()
    SYMBOL = auto()
    SUPERSCRIPT = auto()
    NEWLINE = auto()
    END = auto()


class Token(NamedTuple):
    """A piece of the text: `text` in its ASCII form, `value` of a number, string or superscript."""

    kind: Kind
    text: str
    span: Span
    value: Any = None


PUNCTUATION = ("(", ")", "[", "]", ",", ":", ";", "=", "|", "||", "‖", "'", "⟨", "⟩", "√", "+", "-")
ALIASES = {
    "**": "^", ".*": "*", "./": "/", ".^": "^", ".'": "'",
    "·": "*", "⋅": "*", "∙": "*", "×": "*", "∗": "*", "⊙": "*", "÷": "/", "∕": "/", "−": "-", "–": "-",
    "≤": "<=", "≥": ">=", "≠": "!=", "∧": "and", "∨": "or", "¬": "not",
    "ᵀ": "'", "⊤": "'", "⊺": "'", "′": "'", "’": "'",
    "\u2329": "⟨", "\u232a": "⟩", "\u3008": "⟨", "\u3009": "⟩", "∥": "‖", "∣": "|",
}  # fmt: skip
NAME_ALIASES = {"π": "pi"}
SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺", "0123456789-+")
SUBSCRIPTS = str.maketrans("₀₁₂₃₄₅₆₇₈₉", "0123456789")
NAME_SIGNS = frozenset("_0123456789₀₁₂₃₄₅₆₇₈₉")
# Superscript and subscript letters, which str.isalpha() and \w accept.
MODIFIERS = "ªº\u02b0-\u02b8\u02e0-\u02e4\u1d2c-\u1d6a\u1d78\u1d9b-\u1dbf\u2070-\u209c\u2c7c\u2c7d"
LETTER = rf"[^\W\d{MODIFIERS}²³¹]"
# `2.*x` is the number 2 and the operator .* as in other calculators.
NUMBER = r"(?:[0-9]+(?:\.(?![*/^'])[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?"
MAX_DIGITS = 4000
"""Python refuses to read and print integers of more than 4300 digits."""

MAX_NAME = 100
"""Longer ones could not be shown in a message, a table or a picture."""


@cache
def _pattern() -> re.Pattern[str]:
    symbols = sorted({*PUNCTUATION, *ALIASES, *operators().symbols}, key=len, reverse=True)
    return re.compile(
        r"(?P<space>(?:[^\S\n]|\#[^\n]*)+)|(?P<newline>\n)"
        rf"|(?P<number>{NUMBER})"
        rf"|(?P<name>{LETTER}(?:{LETTER}|[0-9\u0300-\u036f₀-₉])*)"
        r'|(?P<string>"[^"\n]*")'
        r"|(?P<superscript>[⁺⁻]?[⁰¹²³⁴-⁹]+)"
        r"|(?P<transpose>\.T(?![A-Za-z0-9_]))"
        rf"|(?P<symbol>{'|'.join(map(re.escape, symbols))})"
    )


def tokenize(text: str) -> list[Token]:
    """The tokens of a text, with one of kind END at the end. Raises ExpressionError at a stray character."""
    match_at = _pattern().match
    tokens: list[Token] = []
    position = 0
    length = len(text)
    while position < length:
        match = match_at(text, position)
        if match is None:
            raise _stray(text, position)
        group = match.lastgroup
        span = Span(position, match.end())
        position = span.end
        if group == "space":
            continue
        tokens.append(_token(group, match.group(), span, text))
    tokens.append(Token(Kind.END, "", Span(length, length)))
    return tokens


def _token(group: str | None, written: str, span: Span, source: str) -> Token:
    if group == "symbol":
        return Token(Kind.SYMBOL, ALIASES.get(written, written), span)
    if group == "name":
        return Token(Kind.NAME, _plain_name(written, span, source), span)
    if group == "number":
        return Token(Kind.NUMBER, written, span, _number(written, span, source))
    if group == "superscript":
        return Token(Kind.SUPERSCRIPT, written, span, _superscript(written, span, source))
    if group == "string":
        return Token(Kind.STRING, written, span, written[1:-1])
    if group == "transpose":
        return Token(Kind.SYMBOL, "'", span)
    return Token(Kind.NEWLINE, written, span)


def _plain_name(written: str, span: Span, source: str) -> str:
    if len(written) > MAX_NAME:
        raise ExpressionError(
            f"the name is longer than {MAX_NAME} characters", span=span, source=source, hint="is an operator missing?"
        )
    if written.isascii():
        return written
    # A number sign such as ½ or Ⅷ is a word character to Python, but no letter.
    for offset, character in enumerate(written):
        if not (character.isalpha() or character in NAME_SIGNS or unicodedata.combining(character)):
            raise _stray(source, span.start + offset)
    name = unicodedata.normalize("NFC", written.translate(SUBSCRIPTS))
    return NAME_ALIASES.get(name, name)


def _number(written: str, span: Span, source: str) -> int | float:
    """Digits alone are an exact integer, anything else a float."""
    value = decimal(written)
    if math.isinf(value):
        raise ExpressionError(
            "the number is larger than any float64 (1.8e308)", span=span, source=source, hint="rescale the expression"
        )
    return int(written) if written.isdecimal() and len(written) <= MAX_DIGITS else value


def _superscript(written: str, span: Span, source: str) -> int | float:
    digits = written.translate(SUPERSCRIPTS)
    value = _number(digits.lstrip("+-"), span, source)
    return -value if digits.startswith("-") else value


def _stray(text: str, position: int) -> ExpressionError:
    character = text[position]
    span = Span(position, position + 1)
    if character == '"':
        return ExpressionError("the string is not closed", span=span, source=text, hint='close it with "')
    cause = f"'{character}' does not belong into an expression"
    return ExpressionError(cause, span=span, source=text, hint=hint(text, position))
