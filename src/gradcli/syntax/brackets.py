"""Brackets, fences, lists, calls and indices: what closes them and what may stand between."""

from __future__ import annotations

from gradcli.errors import Span
from gradcli.syntax.pending import Open
from gradcli.syntax.program import LONGEST_NOTED, Call, Code
from gradcli.syntax.reader import CLOSING, Reader
from gradcli.syntax.tokens import Kind, Token

FENCES = {"|": "abs", "||": "norm", "‖": "norm"}
SEVERAL = ("call", "[", "index", "⟨")
"""Brackets that may hold several operands."""


class Brackets(Reader):
    """The steps of the parser at a comma, a colon, a bar or a closing bracket."""

    def _fence(self, token: Token) -> None:
        """A bar after an operand closes the innermost fence of its kind; without one, it opens a new factor."""
        innermost = self.brackets[-1].kind if self.brackets else ""
        if token.text == "||" and innermost == "|":
            middle = token.span.start + 1
            self._close_fence(Token(Kind.SYMBOL, "|", Span(token.span.start, middle)))
            self.tokens[self.position] = Token(Kind.SYMBOL, "|", Span(middle, token.span.end))
        elif token.text == "|" and innermost == "||":
            self._split_norm()
            self._close_fence(token)
            self._advance()
        elif token.text == innermost:
            self._close_fence(token)
            self._advance()
        else:
            self._juxtapose(token)

    def _split_norm(self) -> None:
        """`||x| - 1|`: what looked like a norm were two absolute values."""
        norm = self._pop_bracket()
        start, end = norm.token.span
        outer = Open("|", Token(Kind.SYMBOL, "|", Span(start, start + 1)), norm.item_start)
        inner = Open("|", Token(Kind.SYMBOL, "|", Span(start + 1, end)), norm.item_start)
        self.pending += [outer, inner]
        self.brackets += [outer, inner]

    def _close_fence(self, token: Token) -> None:
        bracket = self._pop_bracket()
        whole = Span(bracket.token.span.start, token.span.end)
        self._emit(Code.BUILTIN, whole, (FENCES[bracket.kind], 1), whole)

    def _close(self, token: Token) -> None:
        if not self.brackets:
            raise self._closes_nothing(token)
        kind = self.brackets[-1].kind
        if kind not in CLOSING[token.text]:
            raise self._unclosed(self.brackets[-1])
        if kind == "call":
            self._close_call(token)
        elif kind == "index":
            self._reduce_all()
            self._index_boundary(token, present=True)
        else:
            bracket = self._pop_bracket()
            whole = Span(bracket.token.span.start, token.span.end)
            if kind == "(":
                self._emit(Code.GROUP, whole, None, whole)
                self._note_factor(bracket, whole)
            elif kind == "[":
                self._emit(Code.LIST, whole, bracket.count + 1, whole)
            elif bracket.count != 1:
                raise self._error("⟨ ⟩ is an inner product of two vectors", whole, "write ⟨x, w⟩ or dot(x, w)")
            else:
                self._emit(Code.BUILTIN, whole, ("dot", 2), whole)
            self._advance()

    def _note_factor(self, bracket: Open, whole: Span) -> None:
        name = bracket.name
        if name is not None and bracket.is_noted and whole.end - name.span.start <= LONGEST_NOTED:
            written = self.text[name.span.start : whole.end]
            read = f"{self.text[name.span.start : name.span.end]}*{self.text[whole.start : whole.end]}"
            self.notes.append(f"`{written}` was read as `{read}`")

    def _close_call(self, token: Token) -> None:
        bracket = self._pop_bracket()
        assert bracket.name is not None
        if not self.expects_operand:
            self._end_item(bracket)
        call = Call(bracket.name.text, bracket.count - len(bracket.keywords), tuple(bracket.keywords))
        self._emit(Code.CALL, bracket.name.span, call, Span(bracket.name.span.start, token.span.end))
        self._advance(expects_operand=False)

    def _comma_mend(self) -> str:
        before, after = self.tokens[self.position - 1], self.tokens[self.position + 1]
        if self.position and before.kind is after.kind is Kind.NUMBER:
            return f"a decimal point is a point: {before.text}.{after.text}"
        return "write [f1, f2] for a vector, f1; f2 for two"

    def _comma(self, token: Token) -> None:
        self._reduce_all()
        bracket = self.brackets[-1] if self.brackets else None
        if bracket is None:
            raise self._error("',' stands outside brackets", token.span, self._comma_mend())
        if bracket.name is not None and bracket.kind == "(":
            raise self._unknown_function(bracket.name)
        if bracket.kind not in SEVERAL:
            raise self._error(f"',' inside {bracket.token.text} makes no list", token.span, "write [a, b] for a vector")
        if bracket.kind == "index":
            self._index_boundary(token, present=True)
            return
        self._end_item(bracket)
        bracket.item_start = self.position + 1
        self._advance(expects_operand=True)

    def _end_item(self, bracket: Open) -> None:
        bracket.count += 1
        if bracket.keywords and bracket.count - bracket.first_keyword != len(bracket.keywords):
            hint = "keywords come last, as in sum(x, axis=0)"
            raise self._error("a value without a name follows one with a name", self.output[-1].span, hint)

    def _at_empty_call(self) -> bool:
        top = self.pending[-1] if self.pending else None
        return isinstance(top, Open) and top.kind == "call" and top.count == 0 and not top.keywords

    def _reduce_to_index(self) -> bool:
        if not self.brackets or self.brackets[-1].kind != "index":
            return False
        self._reduce_all()
        return True

    def _index_boundary(self, token: Token, present: bool) -> None:
        """A colon, comma or closing bracket in an index; `present`: whether an operand stands before it."""
        bracket = self.brackets[-1]
        if token.text == ":":
            bracket.parts.append(present)
            if len(bracket.parts) > 2:
                raise self._error("a slice is start:stop:step", token.span, "delete the third ':'")
            self._advance(expects_operand=True)
            return
        if bracket.parts:
            parts = [*bracket.parts, present]
            bracket.items.append(tuple(parts + [False] * (3 - len(parts))))
            bracket.parts = []
        elif present:
            bracket.items.append(None)
        else:
            raise self._missing_operand(token)
        if token.text == "]":
            self._pop_bracket()
            whole = Span(bracket.token.span.start, token.span.end)
            self._emit(Code.INDEX, whole, tuple(bracket.items))
        self._advance(expects_operand=token.text == ",")
