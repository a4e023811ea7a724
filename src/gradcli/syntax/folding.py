"""Constant scalar subexpressions as numbers that know what they stand for: exponents and parameters."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from gradcli.carriers.tape import evaluate
from gradcli.errors import Unstated
from gradcli.exact import Exact, ratio, rational
from gradcli.graph import CONSTANT, INPUT, Graph
from gradcli.primitives.declare import Primitive
from gradcli.primitives.registry import resolve
from gradcli.syntax.operators import POWER, operators

if TYPE_CHECKING:
    from fractions import Fraction

Number = int | float

LARGEST_FOLDED_EXPONENT = 1e15
"""Larger constant exponents, as in 10^10^20, are left for evaluation."""
LONGEST_SOURCE = 1000
"""Characters of a constant that is no fraction: shared subexpressions make the text exponentially long."""
MOST_BITS = 4096
"""Of a fraction's numerator or denominator."""
BITS = (128, 1024)
"""Precisions at which the nearest float of a constant is looked for."""


class Folding:
    """Values of constant scalar subexpressions, found when asked for, each once and without recursion."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self._known: dict[int, Number | None] = {}

    def value(self, node: int) -> Number | None:
        """The number that a node stands for which depends on no input, else None. Whole ones are integers."""
        known = self._known
        stack = [node]
        while stack:
            current = stack[-1]
            if current not in known:
                missing = [a for a in self._graph.arguments[current] if a not in known]
                if missing and not self._varies(current):
                    stack += missing
                    continue
                known[current] = self._computed(current)
            stack.pop()
        return known[node]

    def exponent(self, node: int) -> Number | None:
        """The value of a constant expression that is small enough to be an exponent, else None."""
        value = self.value(node)
        return value if value is not None and abs(value) < LARGEST_FOLDED_EXPONENT else None

    def _varies(self, node: int) -> bool:
        """Whether an argument is known to have no constant value, so that the others need not be looked at."""
        known = self._known
        return any(a in known and known[a] is None for a in self._graph.arguments[node])

    def _computed(self, node: int) -> Number | None:
        graph = self._graph
        operation = graph.operations[node]
        if operation is INPUT or graph.shapes[node]:
            return None
        if operation is CONSTANT:
            value: Number = graph.parameters[node][0]
            return value
        if not isinstance(operation, Primitive) or not operation.math:
            return None
        parameters = graph.parameters[node]
        if parameters and not operation.notation.infix:
            # Such as polygamma, whose cost grows with its parameter; a power's does not.
            return None
        numbers = [n for a in graph.arguments[node] if (n := self._known.get(a)) is not None]
        if len(numbers) < len(graph.arguments[node]):
            return None
        exactly = _fraction(operation, [*numbers, *parameters])
        if exactly is not None:
            return rational(exactly)
        return self._by_balls(node, operation, numbers)

    def _by_balls(self, node: int, operation: Primitive, numbers: Sequence[Number]) -> Number | None:
        """A number that is no fraction, or not by the four operations. None for one that floats take for a whole number
        although nothing says that it is one: it is left for evaluation."""
        parameters = self._graph.parameters[node]
        floating = float(resolve(operation.math)(*map(float, numbers), *parameters))
        if not math.isfinite(floating):
            return floating
        source = _source(operation, numbers, parameters)
        if len(source) > LONGEST_SOURCE:
            return None
        try:
            found = self._nearest(node)
        except Unstated:
            return None
        if found is None:
            return None
        if hasattr(found, "rad"):
            whole = float(found).is_integer()
            return None if whole else Exact(float(found), source, lambda: self._ball(node))
        from fractions import Fraction

        return rational(Fraction(int(found.p), int(found.q)))

    def _ball(self, node: int) -> Any:
        from gradcli.carriers.balls import Balls

        return evaluate(self._graph, [node], Balls(), {}).values[node]

    def _nearest(self, node: int) -> Any:
        """A fraction, or a ball with one nearest float; None where no precision tells which that is."""
        import flint

        from gradcli.carriers.rationals import Rationals

        for bits in BITS:
            with flint.ctx.workprec(bits):
                found = evaluate(self._graph, [node], Rationals(), {}).values[node]
                if not isinstance(found, flint.arb) or found.rel_accuracy_bits() > 64:
                    return found
        return None


def _fraction(operation: Primitive, numbers: Sequence[Number]) -> Fraction | None:
    """What the four operations and whole powers make of fractions."""
    is_power = operation in operators().infix[POWER]
    if not is_power and not operation.fraction.startswith("operator."):
        return None
    parts = [ratio(n) for n in numbers]
    fractions = [p for p in parts if p is not None]
    if len(fractions) < len(parts):
        return None
    if not is_power:
        try:
            found: Fraction = resolve(operation.fraction)(*fractions)
        except ZeroDivisionError:
            return None
        return found if _bits(found) <= MOST_BITS else None
    base, exponent = fractions
    if exponent.denominator != 1 or _bits(base) * abs(exponent) > MOST_BITS or (base == 0 and exponent < 0):
        return None
    return base ** int(exponent)


def _bits(exactly: Fraction) -> int:
    return max(exactly.numerator.bit_length(), exactly.denominator.bit_length())


def _source(operation: Primitive, numbers: Sequence[Number], parameters: Sequence[Number]) -> str:
    """The number as text that reads as the same operation on the same numbers."""
    texts = [_written(number) for number in (*numbers, *parameters)]
    infix, prefix = operation.notation.infix, operation.notation.prefix
    if infix:
        return f"({(f' {infix} ' if infix.isalpha() else infix).join(texts)})"
    if prefix:
        return f"({prefix}{' ' if prefix.isalpha() else ''}{texts[0]})"
    spelling = operation.spellings[0] if operation.spellings else operation.name
    return f"{spelling}({', '.join(texts)})"


def _written(number: Number) -> str:
    text = number.source if isinstance(number, Exact) else repr(number)
    return f"({text})" if number < 0 or "/" in text else text
