"""How a text was read, where that is not what is written: notes for whoever wrote it."""

from __future__ import annotations

from collections.abc import Sequence

from gradcli.carriers.nodes import Node, Nodes
from gradcli.errors import Span
from gradcli.graph import Graph
from gradcli.primitives.constructors import Random
from gradcli.primitives.declare import Primitive, RuleFunction
from gradcli.shapes import Shape
from gradcli.syntax import faults
from gradcli.syntax.operands import Operand
from gradcli.syntax.operators import DIVISIONS, MATRIX_PRODUCT, POWER
from gradcli.syntax.program import LONGEST_NOTED
from gradcli.syntax.text import expression_text

SQUARES = "squares each element"
UNSIGNED = "a product without a sign"
SUPERSCRIPT_DIGITS = "⁰¹²³⁴⁵⁶⁷⁸⁹"


class Readings:
    """Collects the notes while a program is built: each once, in the order of the text."""

    def __init__(self, source: str, notes: Sequence[str]) -> None:
        self._source = source
        self._notes: dict[str, None] = dict.fromkeys(notes)
        self._products: dict[int, str] = {}

    def matrix_power(self, left: Operand, right: Operand, shape: Shape, exponent: int | float, sign: Span) -> None:
        """A power of a matrix is one of each element; said once for squares, and not where `.^` says it."""
        text, base = self._source[left.span.start : right.span.end], self._text(left)
        if exponent == -1 and len(shape) > 1:
            self._notes[f"`{text}` is the reciprocal of each element; inv({base}) is the inverse"] = None
        elif exponent == 2 and len(shape) == 2 and shape[0] == shape[1] and base.isidentifier():
            is_explicit = self._source.startswith(".", sign.start)
            if not is_explicit and not any(SQUARES in note for note in self._notes):
                self._notes[f"`{base}^2` {SQUARES}; {base} {MATRIX_PRODUCT} {base} is the matrix product"] = None

    def matrix_product(self, left: Operand, right: Operand, span: Span) -> None:
        """A matrix product without a sign; one that goes on replaces its beginning."""
        if span.end - span.start <= LONGEST_NOTED:
            before = self._products.get(left.span.start, self._text(left)) if left.symbol else self._text(left)
            self._products[left.span.start] = f"{before} {MATRIX_PRODUCT} {self._text(right)}"

    def product(self, left: Operand, right: Operand, span: Span, touches: bool) -> None:
        """A product without a sign whose right factor a reader may take for a part of the left one: `1/2 x`, `e^2x`."""
        if span.end - span.start <= LONGEST_NOTED and self._surprises(left, touches):
            shown = self._source[span.start : span.end]
            self._notes[f"`{shown}` was read as `({self._text(left)})*{self._text(right)}`"] = None

    def assumption(self, primitive: Primitive, name: str, shape: Shape, property: str) -> None:
        """What an operation on an input of that property was read as."""
        scratch = Graph()
        source = scratch.input(name, shape)
        outputs = (scratch.apply(primitive, (source,), primitive.bind_parameters({})),)
        read = expression_text(scratch, outputs)
        meant = expression_text(scratch, (applied(primitive.under[property], scratch, source),))
        note = f"{name} is {property}: `{read}` was read as `{meant}`, and {name} is held, not differentiated by"
        self._notes[note] = None

    def notes(self, unused: Sequence[str], random: Random) -> tuple[str, ...]:
        """All notes, at last on the names that are never used and on the random numbers that were drawn."""
        products = [f"{UNSIGNED} was read as `{product}`" for product in self._products.values()]
        drawn = [f"random numbers are those of seed {random.seed}; --seed gives others"] if random.used else []
        return tuple(dict.fromkeys([*self._notes, *products, *faults.unused_notes(unused), *drawn]))

    def _text(self, operand: Operand) -> str:
        return self._source[operand.span.start : operand.span.end]

    def _surprises(self, left: Operand, touches: bool) -> bool:
        """x² leaves no doubt about what follows it."""
        raised = self._source[left.span.end - 1] in SUPERSCRIPT_DIGITS
        return left.symbol in DIVISIONS or (left.symbol == POWER and touches and not raised)


def applied(rule: RuleFunction, graph: Graph, node: int) -> int:
    """The node of what a rule makes of a node."""
    m = Nodes(graph)
    found: int = rule(m, Node(m, node)).id
    return found
