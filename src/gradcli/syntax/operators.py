"""The operator tables, taken from the notation that each primitive declares."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from gradcli.graph import Parameters
from gradcli.primitives.declare import Primitive
from gradcli.primitives.registry import by_name

PRODUCT = "*"
"""Juxtaposition has the precedence of this operator."""
MATRIX_PRODUCT = "@"
"""Juxtaposition is this operator where neither side is scalar."""
POWER = "^"
DIVISIONS = frozenset({"/", "//", "%"})
"""What stands right of one may be taken for a part of the divisor: `1/2x`."""
MINUS = "-"
COMPARISONS = frozenset({"<", ">", "<=", ">=", "==", "!="})
"""They do not chain: `0 < x < 1` would silently compare a truth value with 1."""


@dataclass(frozen=True)
class Operators:
    """Primitives by the symbol that writes them; where several share one, a constant right operand decides."""

    infix: dict[str, tuple[Primitive, ...]]
    prefix: dict[str, Primitive]
    precedence: dict[str, int]
    """How tightly an infix symbol binds."""
    right_associative: frozenset[str]
    """Infix symbols for which `a . b . c` is `a . (b . c)`."""

    @property
    def words(self) -> frozenset[str]:
        """Operators that are words, which nothing else can be called."""
        return frozenset(s for s in (*self.infix, *self.prefix) if s.isalpha())

    @property
    def symbols(self) -> tuple[str, ...]:
        """All symbols that are not words."""
        return tuple(s for s in (*self.infix, *self.prefix) if not s.isalpha())


def own_power(primitive: Primitive, parameters: Parameters, exponent: float) -> tuple[Primitive, Parameters] | None:
    """The primitive, with its parameters, that computes a power of an application better than a power does.

    It takes over the parameters that it has too; the others must stand at their defaults (the p of a norm at 2).
    """
    if exponent not in primitive.powers:
        return None
    own = by_name()[primitive.powers[int(exponent)]]
    given = dict(zip(primitive.parameters, parameters, strict=True))
    if any(given[name] != default for name, default in primitive.parameters.items() if name not in own.parameters):
        return None
    return own, own.bind_parameters(given)


@cache
def operators() -> Operators:
    """The tables of all registered primitives."""
    infix: dict[str, tuple[Primitive, ...]] = {}
    prefix: dict[str, Primitive] = {}
    for primitive in by_name().values():
        notation = primitive.notation
        if notation.infix:
            others = infix.get(notation.infix, ())
            # One argument: the right operand is a parameter, which is tried first.
            infix[notation.infix] = tuple(sorted((*others, primitive), key=lambda p: len(p.arguments)))
        if notation.prefix:
            prefix[notation.prefix] = primitive
    precedence = {symbol: group[0].notation.precedence for symbol, group in infix.items()}
    right = frozenset(symbol for symbol, group in infix.items() if group[0].notation.right_associative)
    return Operators(infix, prefix, precedence, right)
