"""What all parts of the parser share: where it stands, what waits, what is written, and its errors."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from gradcli.errors import ExpressionError, GradcliError, NameProblem, Span
from gradcli.primitives.registry import function_names
from gradcli.syntax import mends
from gradcli.syntax.operators import COMPARISONS, PRODUCT, operators
from gradcli.syntax.pending import Open, Waiting
from gradcli.syntax.program import Code, Instruction
from gradcli.syntax.tokens import Kind, Token

CLOSING = {")": ("(", "call"), "]": ("[", "index"), "⟩": ("⟨",)}


class Reader:
    """The state of the parser: `pending` are the brackets and operators that wait, `brackets` the former alone."""

    def __init__(self, text: str, tokens: list[Token]) -> None:
        self.text = text
        self.tokens = tokens
        self.position = 0
        self.operators = operators()
        self.functions = function_names()
        self.output: list[Instruction] = []
        self.pending: list[Open | Waiting] = []
        self.brackets: list[Open] = []
        self.target: Token | None = None
        self.expects_operand = True
        self.used: dict[str, Span] = {}
        self.assigned: dict[str, Span] = {}
        self.notes: list[str] = []
        self.mends: dict[str, str] = {}
        self.variables: frozenset[str] | None = None

    def _reduce(self, precedence: int, right_associative: bool, token: Token) -> None:
        """Emit the operators that bind their right operand tighter than the next operator does."""
        while self.pending and isinstance(top := self.pending[-1], Waiting):
            if top.precedence < precedence or (top.precedence == precedence and right_associative):
                return
            if token.text in COMPARISONS and top.instruction.value in COMPARISONS:
                hint = mends.two_comparisons(self.tokens, top.instruction.span, self.position, self.text)
                raise self._error("comparisons do not chain", token.span, hint)
            self.output.append(top.instruction)
            self.pending.pop()

    def _reduce_all(self) -> None:
        """Emit the operators down to the innermost bracket."""
        while self.pending and isinstance(top := self.pending[-1], Waiting):
            self.output.append(top.instruction)
            self.pending.pop()

    def _juxtapose(self, token: Token) -> None:
        precedence = self.operators.precedence[PRODUCT]
        self._reduce(precedence, False, token)
        self.pending.append(Waiting(Instruction(Code.JUXTAPOSE, token.span, self._touches(token)), precedence))
        self.expects_operand = True

    def _open(self, bracket: Open) -> None:
        self.pending.append(bracket)
        self.brackets.append(bracket)
        self._advance(expects_operand=True)

    def _pop_bracket(self) -> Open:
        self._reduce_all()
        self.pending.pop()
        return self.brackets.pop()

    # Small steps

    def _emit(self, code: Code, span: Span, value: Any = None, extent: Span | None = None) -> None:
        self.output.append(Instruction(code, span, value, extent))

    def _advance(self, expects_operand: bool | None = None) -> None:
        self.position += 1
        if expects_operand is not None:
            self.expects_operand = expects_operand

    def _touches(self, token: Token) -> bool:
        return self.tokens[self.position - 1].span.end == token.span.start

    def _is_variable(self, name: str) -> bool:
        """Whether a name stands somewhere without a bracket that it touches."""
        if self.variables is None:
            self.variables = frozenset(
                token.text
                for token, after in pairwise(self.tokens)
                if token.kind is Kind.NAME and not (after.text == "(" and after.span.start == token.span.end)
            )
        return name in self.variables

    # Errors

    def _error(self, message: str, span: Span, hint: str) -> ExpressionError:
        return ExpressionError(message, span=span, source=self.text, hint=hint)

    def _unknown_function(self, token: Token) -> NameProblem:
        known = self._is_variable(token.text)
        return mends.unknown_function(token.text, sorted(self.functions), known, token.span, self.text)

    def _unclosed(self, bracket: Open) -> ExpressionError:
        token = self.tokens[self.position]
        return mends.unclosed(bracket.kind, bracket.token.span, token, self.text)

    def _closes_nothing(self, token: Token) -> ExpressionError:
        return self._error(f"'{token.text}' closes nothing", token.span, "delete it, or open a bracket before it")

    def _missing_operator(self, token: Token) -> ExpressionError:
        before = self.tokens[self.position - 1]
        return mends.missing_operator(before, token, self.text)

    def _missing_operand(self, token: Token) -> GradcliError:
        if self.brackets and (token.kind is Kind.END or token.text == ";"):
            return self._unclosed(self.brackets[-1])
        if token.text in CLOSING and not self.brackets:
            return self._closes_nothing(token)
        top = self.pending[-1] if self.pending else None
        if token.text == ")" and isinstance(top, Open) and top.kind == "(" and top.name is not None:
            return self._unknown_function(top.name)
        if token.text == "]" and self._at_index():
            return self._error("an index is missing", token.span, "write one, as in x[0]")
        before = self.position - 1
        while before >= 0 and self.tokens[before].kind is Kind.NEWLINE:
            before -= 1
        return mends.missing_operand(self.tokens[before] if before >= 0 else None, token, self.text)

    def _at_index(self) -> bool:
        """Whether nothing of the current index was written yet."""
        top = self.pending[-1] if self.pending else None
        return isinstance(top, Open) and top.kind == "index"
