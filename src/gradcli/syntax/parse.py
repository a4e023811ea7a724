"""Operator precedence parsing, by hand and without recursion: tokens to a postfix program."""

from __future__ import annotations

from gradcli.errors import ExpressionError, Span
from gradcli.syntax import mends
from gradcli.syntax.brackets import FENCES, Brackets
from gradcli.syntax.operators import DIVISIONS, MINUS, POWER
from gradcli.syntax.pending import Open, Waiting
from gradcli.syntax.program import CONSTANTS, WORDS, Code, Instruction, Program
from gradcli.syntax.reader import CLOSING
from gradcli.syntax.tokens import Kind, Token, tokenize


def parse(text: str) -> Program:
    """The program of one or more statements. Raises ExpressionError or NameProblem with the span of the fault."""
    return _Parser(text, tokenize(text)).run()


class _Parser(Brackets):
    def run(self) -> Program:
        """Read all tokens."""
        while (token := self.tokens[self.position]).kind is not Kind.END:
            if self.expects_operand:
                self._operand(token)
            else:
                self._operator(token)
        self._end_statement(token)
        if not self.output:
            raise ExpressionError("the expression is empty", hint='write one, such as "x^2"')
        names = tuple(name for name in self.used if name not in self.assigned)
        return Program(self.text, tuple(self.output), names, tuple(self.assigned), tuple(self.notes), self.mends)

    # Where an operand is expected

    def _operand(self, token: Token) -> None:
        kind = token.kind
        if kind is Kind.NAME:
            self._name(token)
        elif kind is Kind.NUMBER:
            self._emit(Code.NUMBER, token.span, token.value)
            self._advance(expects_operand=False)
        elif kind is Kind.STRING:
            self._emit(Code.WORD, token.span, token.value)
            self._advance(expects_operand=False)
        elif kind is Kind.NEWLINE:
            self._advance()
        elif token.text in ("(", "[", "⟨", *FENCES):
            self._open(Open(token.text, token, self.position + 1))
        elif token.text in self.operators.prefix:
            self._prefix(token)
        elif token.text == "+":
            self._advance()
        elif token.text == "√":
            # Like a prefix operator at the level of powers: √x² is √(x²), √2x is (√2)x.
            root = Instruction(Code.BUILTIN, token.span, ("sqrt", 1))
            self.pending.append(Waiting(root, self.operators.precedence[POWER]))
            self._advance()
        elif token.text == ";" and not self.pending and self.target is None:
            self._advance()
        elif token.text in (",", ":", "]") and self._at_index():
            self._index_boundary(token, present=False)
        elif token.text == ")" and self._at_empty_call():
            self._close_call(token)
        else:
            raise self._missing_operand(token)

    def _name(self, token: Token) -> None:
        following = self.tokens[self.position + 1]
        name = token.text
        if following.text == "=" and following.kind is Kind.SYMBOL and self._takes_equals(token):
            self.position += 2
        elif name in self.operators.prefix:
            self._prefix(token)
        elif name in self.operators.infix:
            raise self._missing_operand(token)
        elif name in WORDS:
            self._emit(Code.WORD, token.span, WORDS[name])
            self._advance(expects_operand=False)
        elif following.text == "(" and name in self.functions:
            self.position += 1
            self._open(Open("call", following, self.position + 1, name=token))
        elif following.text == "(" and following.span.start == token.span.end:
            if self._begins_definition():
                raise mends.function_definition(name, token.span, self.text)
            if not (mends.multiplies(name) or name in CONSTANTS or self._is_variable(name)):
                raise self._unknown_function(token)
            self._variable(token)
            self._multiply_bracket(token, following)
        else:
            self._note_long_name(token)
            self._note_uncalled(token)
            self._variable(token)

    def _variable(self, token: Token) -> None:
        self.used.setdefault(token.text, token.span)
        self._emit(Code.NAME, token.span, token.text)
        self._advance(expects_operand=False)

    def _multiply_bracket(self, name: Token, bracket: Token) -> None:
        """`x(x+1)`, with a note unless the builder has one because of what stands before, as in `1/x(x+1)`."""
        self._juxtapose(bracket)
        last = self.output[-1]
        is_noted = last.code is not Code.INFIX or last.value not in {*DIVISIONS, POWER}
        self._open(Open("(", bracket, self.position + 1, name=name, is_noted=is_noted))

    def _begins_definition(self) -> bool:
        """Whether the statement begins as `f(x, y) =`."""
        place = self.position + 2
        while self.tokens[place].kind is Kind.NAME or self.tokens[place].text == ",":
            place += 1
        return not self.pending and self.tokens[place].text == ")" and self.tokens[place + 1].text == "="

    def _takes_equals(self, token: Token) -> bool:
        """Whether `name =` begins a keyword of a call or an assignment; if so it is recorded."""
        bracket = self.brackets[-1] if self.brackets else None
        if bracket is not None:
            if bracket.kind == "call" and bracket.item_start == self.position:
                if not bracket.keywords:
                    bracket.first_keyword = bracket.count
                bracket.keywords.append((token.text, token.span))
                return True
            return False
        if self.pending or self.target is not None:
            return False
        name = token.text
        if name in WORDS or name in self.operators.words:
            raise self._error(f"'{name}' is a word of the language and cannot be assigned", token.span, "rename it")
        if name in self.assigned:
            raise self._error(f"'{name}' is assigned twice", token.span, "use another name for the second value")
        if name in self.used:
            raise self._error(
                f"'{name}' is assigned after it was used", token.span, "assign it first, or use another name"
            )
        self.target = token
        return True

    def _prefix(self, token: Token) -> None:
        precedence = self.operators.prefix[token.text].notation.precedence
        number = self.tokens[self.position + 1]
        if token.text == MINUS and number.kind is Kind.NUMBER and not self._binds_tighter(precedence):
            self._emit(Code.NUMBER, Span(token.span.start, number.span.end), -number.value)
            self.position += 2
            self.expects_operand = False
            return
        self.pending.append(Waiting(Instruction(Code.PREFIX, token.span, token.text), precedence))
        self._advance()

    def _binds_tighter(self, precedence: int) -> bool:
        """Whether what follows the number after a minus takes the number first: -2^2 is -(2^2)."""
        token = self.tokens[self.position + 2]
        if token.kind is Kind.SUPERSCRIPT or token.text == "'":
            return True
        return token.text in self.operators.infix and self.operators.precedence[token.text] > precedence

    def _note_long_name(self, token: Token) -> None:
        before = self.tokens[self.position - 1] if self.position else token
        if len(token.text) == 2 and token.text.isalpha() and before.text == "'" and before.span.end == token.span.start:
            self.notes.append(f"`{token.text}` after ' is one name; a product is written `{' '.join(token.text)}`")

    def _note_uncalled(self, token: Token) -> None:
        """`sin x`: what to write is an error's hint if sin has no value, a note if it has one."""
        name = token.text
        if name in self.assigned or not (name in self.functions or name in mends.LETTERS):
            return
        call = mends.call_of(name, self.tokens, self.position, self.text)
        if call is not None and name not in self.mends:
            self.mends[name] = call
            if name in self.functions:
                self.notes.append(f"`{name}` was read as a variable; the function is written {call}")

    # Where an operator is expected

    def _operator(self, token: Token) -> None:
        text = token.text
        if text in self.operators.infix:
            self._infix(token)
        elif token.kind is Kind.NAME:
            if text in self.operators.prefix or text in WORDS:
                raise self._missing_operator(token)
            self._juxtapose(token)
        elif token.kind in (Kind.NUMBER, Kind.STRING):
            raise self._missing_operator(token)
        elif token.kind is Kind.NEWLINE:
            if self.brackets:
                self._advance()
            else:
                self._end_statement(token)
        elif token.kind is Kind.SUPERSCRIPT:
            self._emit(Code.NUMBER, token.span, token.value)
            self._emit(Code.INFIX, token.span, POWER)
            self._advance(expects_operand=False)
        elif text == "'":
            self._emit(Code.BUILTIN, token.span, ("transpose", 1))
            self._advance(expects_operand=False)
        elif text == "[" and self._touches(token) and self.tokens[self.position - 1].kind is not Kind.NUMBER:
            self._open(Open("index", token, self.position + 1))
        elif text in FENCES:
            self._fence(token)
        elif text in ("(", "[", "⟨", "√"):
            self._juxtapose(token)
        elif text in CLOSING:
            self._close(token)
        elif text == ",":
            self._comma(token)
        elif text == ":" and self._reduce_to_index():
            self._index_boundary(token, present=True)
        elif text == ";":
            self._end_statement(token)
        elif text == "=":
            hint = "write name = expression to name a value, == to compare"
            raise self._error("only a name can stand left of '='", token.span, hint)
        elif text == ":":
            raise self._error("':' belongs into an index, as in A[0, 1:3]", token.span, "delete it")
        else:
            raise self._missing_operator(token)

    def _infix(self, token: Token) -> None:
        precedence = self.operators.precedence[token.text]
        exponent = self.tokens[self.position + 1]
        if token.text == POWER and exponent.text == "T" and exponent.kind is Kind.NAME:
            before = self.tokens[self.position - 1]
            base = before.text if before.kind is Kind.NAME else "A"
            self.mends.setdefault("T", f"{base}' or {base}.T to transpose")
        self._reduce(precedence, token.text in self.operators.right_associative, token)
        self.pending.append(Waiting(Instruction(Code.INFIX, token.span, token.text), precedence))
        self._advance(expects_operand=True)

    # Statements

    def _end_statement(self, token: Token) -> None:
        if self.brackets:
            raise self._unclosed(self.brackets[-1])
        if self.expects_operand:
            if self.pending or self.target is not None:
                raise self._missing_operand(token)
            return
        self._reduce_all()
        if self.target is None:
            self._emit(Code.RESULT, token.span)
        else:
            self._emit(Code.ASSIGN, self.target.span, self.target.text)
            self.assigned[self.target.text] = self.target.span
            self.target = None
        self.expects_operand = True
        if token.kind is not Kind.END:
            self.position += 1
