"""Errors of the parser: what is wrong and what would mend it."""

from __future__ import annotations

import re

from gradcli.errors import ExpressionError, NameProblem, Span, closest
from gradcli.primitives.registry import function_names
from gradcli.syntax.elsewhere import EXPRESSIONS, SEVERAL
from gradcli.syntax.tokens import Kind, Token

OPENING = ("(", "[", "⟨", "|", "||", "‖")
FACTOR = re.compile(r"[^\W\d_]_?\d*")
"""An unknown name of a letter and digits is a factor of the bracket that it touches, others are misspelt functions."""

LETTERS = {"σ": "sigmoid", "Σ": "sum", "Γ": "gamma"}
"""Letters that mathematics uses for functions."""
CONDITIONAL = {"if", "else"}
LONGEST_COMPARISON = 60
BETWEEN = (",", ";", ":", "=", "and", "or", "not", "<", ">", "<=", ">=", "==", "!=")
"""What ends an operand of a comparison where no bracket is open."""
CLOSED_BY = {"(": ")", "call": ")", "[": "]", "index": "]", "⟨": "⟩"}


def unknown_function(name: str, functions: list[str], is_variable: bool, span: Span, source: str) -> NameProblem:
    """`name(` where no function has the name."""
    similar = None if is_variable else closest(name, functions)
    if name in LETTERS:
        hint = f"write {LETTERS[name]}(x), or {name}*(...) to multiply"
    elif name in SEVERAL:
        hint = SEVERAL[name]
    elif name in EXPRESSIONS and not is_variable:
        hint = f"write {EXPRESSIONS[name]}"
    elif is_variable or FACTOR.fullmatch(name):
        hint = f"write {name}*(...) to multiply"
    else:
        hint = f"did you mean {similar} ?" if similar else "`gradcli ops` lists the functions"
    cause = f"'{name}' is not a function" if is_variable else f"unknown function '{name}'"
    return NameProblem(cause, span=span, source=source, hint=hint)


def multiplies(name: str) -> bool:
    """Whether a name that is used nowhere else multiplies the bracket that it touches."""
    return FACTOR.fullmatch(name) is not None and name not in LETTERS


def call_of(name: str, tokens: list[Token], position: int, source: str) -> str | None:
    """The call that was meant by a function's name at a position where no bracket follows, if an operand does."""
    function = LETTERS.get(name, name)
    place = position + 1
    power = ""
    if tokens[place].kind is Kind.SUPERSCRIPT:
        power = source[tokens[place].span.start : tokens[place].span.end]
        place += 1
    elif tokens[place].text == "^" and tokens[place + 1].kind is Kind.NUMBER:
        power = "^" + tokens[place + 1].text
        place += 2
    elif [t.text for t in tokens[place : place + 3]] == ["^", "-", "1"]:
        power = "⁻¹"
        place += 3
    if power == "⁻¹" and f"a{function}" in function_names():
        return f"a{function}(x) for the inverse function, {function}(x)^-1 for 1/{function}(x)"
    token = tokens[place]
    if token.kind in (Kind.NAME, Kind.NUMBER):
        return f"{function}({source[token.span.start : token.span.end]}){power}"
    if token.text in ("|", "||", "‖", "√", "⟨", "["):
        bars = {"|": "|x|", "||": "||x||", "‖": "‖x‖", "√": "√x", "⟨": "⟨x, y⟩", "[": "[x, y]"}
        return f"{function}({bars[token.text]}){power}"
    return f"{function}(x){power}" if power and token.text == "(" else None


def function_definition(name: str, span: Span, source: str) -> ExpressionError:
    """`f(x) = ...`."""
    return ExpressionError(
        "functions are not defined with their arguments", span=span, source=source, hint=f"write {name} = ..."
    )


def two_comparisons(tokens: list[Token], first: Span, second: int, source: str) -> str:
    """`0 < x < 1` joined by `and`; `first` is the span of the one sign, `second` the position of the other's token."""
    place = second
    while tokens[place].span != first:
        place -= 1
    start = _last_token(tokens, place, -1).span.start
    end = _last_token(tokens, second, +1).span.end
    middle = source[first.end : tokens[second].span.start].strip()
    joined = (
        f"{source[start : tokens[second].span.start].rstrip()} and {middle} {source[tokens[second].span.start : end]}"
    )
    return f"write {joined}" if len(joined) <= LONGEST_COMPARISON and "\n" not in joined else "write a < b and b < c"


def _last_token(tokens: list[Token], place: int, step: int) -> Token:
    """The outermost token of the operand that begins beside a comparison sign and goes in the direction of `step`."""
    depth = 0
    while 0 <= place + step < len(tokens):
        token = tokens[place + step]
        depth += step * ((token.text in CLOSED_BY) - (token.text in CLOSED_BY.values()))
        if depth < 0 or token.kind in (Kind.END, Kind.NEWLINE) or (depth == 0 and token.text in BETWEEN):
            break
        place += step
    return tokens[place]


def unclosed(kind: str, span: Span, token: Token, source: str) -> ExpressionError:
    """A bracket still open where the text or the statement ends, or another bracket closes."""
    opening = source[span.start : span.end]
    closing = CLOSED_BY.get(kind, opening)
    hint = f"close it with {closing}"
    if token.text == ";":
        hint += "; the rows of a matrix are written [[1, 2], [3, 4]]" if kind == "[" else " before ;"
    elif token.kind is not Kind.END:
        hint += f" before {token.text}"
    return ExpressionError(f"'{opening}' is not closed", span=span, source=source, hint=hint)


def missing_operator(before: Token, token: Token, source: str) -> ExpressionError:
    """Two operands side by side that do not multiply."""
    left = source[before.span.start : before.span.end]
    right = source[token.span.start : token.span.end]
    if {before.text, token.text} & CONDITIONAL:
        hint = "a choice is written where(x > 0, a, b)"
    elif before.kind is token.kind is Kind.NUMBER:
        hint = f"elements are separated by commas: [{left}, {right}]; {left}*{right} multiplies"
    elif token.kind is Kind.NUMBER:
        hint = f"write {left}*{right} to multiply, {left}^{right} for a power"
    else:
        hint = "write one between them"
    return ExpressionError(
        f"an operator is missing between '{left}' and '{right}'", span=token.span, source=source, hint=hint
    )


def missing_operand(before: Token | None, token: Token, source: str) -> ExpressionError:
    """Something that ends or joins operands stands where one should begin."""
    here = source[token.span.start : token.span.end]
    if before is None or before.text == ";":
        return ExpressionError(
            f"nothing stands left of '{here}'", span=token.span, source=source, hint=f"delete '{here}' or write a value"
        )
    earlier = source[before.span.start : before.span.end]
    both = Span(before.span.start, token.span.end)
    if before.text == "[" and token.text == "]":
        cause, hint = "an empty list has no elements to differentiate by", "write numbers between [ and ]"
        return ExpressionError(cause, span=both, source=source, hint=hint)
    if before.text == "=" and token.text in ("", ";"):
        return ExpressionError("nothing is assigned", span=before.span, source=source, hint="write a value after '='")
    if token.text in ("", ";"):
        return ExpressionError(
            f"nothing stands right of '{earlier}'", span=before.span, source=source, hint="write a value after it"
        )
    if before.text in OPENING and token.text in (")", "]", "⟩"):
        return ExpressionError(
            f"nothing stands between '{earlier}' and '{here}'", span=both, source=source, hint="write a value there"
        )
    if before.text in OPENING or before.text in (",", ":", "="):
        return ExpressionError(
            f"a value is missing before '{here}'", span=token.span, source=source, hint="write a value there"
        )
    if token.text in (")", "]", "⟩", ",", ":"):
        return ExpressionError(
            f"nothing stands right of '{earlier}'", span=before.span, source=source, hint="write a value after it"
        )
    return ExpressionError(
        f"two operators in a row: '{earlier}' and '{here}'", span=both, source=source, hint="delete one of them"
    )
