"""Emits JavaScript: rules run on the text of expressions, so that a page computes with the rules of the registry.

Nothing but the registry's own words and numbers gets into the text: no name that a user gave.
"""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

from gradcli.carriers.base import Arithmetic, Carrier
from gradcli.errors import Unstated
from gradcli.graph import Parameters
from gradcli.primitives import backings
from gradcli.primitives.declare import Primitive, Value
from gradcli.shapes import Shape


class Expression(Arithmetic):
    """The text of an expression, bracketed so that it can stand anywhere.

    Domains and kinks are written with Python's operators, so these too are spelled out.
    """

    __slots__ = ("carrier", "text")
    __hash__ = None  # type: ignore[assignment]

    def __init__(self, carrier: JavaScript, text: str) -> None:
        self.carrier = carrier
        self.text = text

    def __gt__(self, other: Value) -> Value:
        return self.carrier.operator(">", self, other)

    def __lt__(self, other: Value) -> Value:
        return self.carrier.operator("<", self, other)

    def __ge__(self, other: Value) -> Value:
        return self.carrier.operator(">=", self, other)

    def __le__(self, other: Value) -> Value:
        return self.carrier.operator("<=", self, other)

    def __eq__(self, other: object) -> Value:
        return self.carrier.operator("===", self, other)

    def __ne__(self, other: object) -> Value:
        return self.carrier.operator("!==", self, other)

    def __and__(self, other: Value) -> Value:
        return self.carrier.operator("&&", self, other)

    def __or__(self, other: Value) -> Value:
        return self.carrier.operator("||", self, other)

    def __mod__(self, other: Value) -> Value:
        return self.carrier.remainder(self, other)

    def __floordiv__(self, other: Value) -> Value:
        return self.carrier.floor_divide(self, other)

    def __abs__(self) -> Value:
        return self.carrier.abs(self)


class JavaScript(Carrier):
    """Scalar expressions; an elementwise rule is run on the elements."""

    name = "javascript"

    def constant(self, value: Any, shape: Shape) -> Value:
        """The nearest float64, written so that it reads back."""
        return Expression(self, number_text(value))

    def variable(self, name: str) -> Value:
        """An argument of the function that is emitted."""
        return Expression(self, name)

    def lift(self, value: Value) -> Value:
        """Python numbers become constants."""
        return value if isinstance(value, Expression) else self.constant(value, ())

    def apply(self, primitive: Primitive, arguments: tuple[Value, ...], parameters: Parameters) -> Value:
        """The function or operator that the primitive declares, else its definition. Raises Unstated."""
        word = primitive.javascript
        if not word:
            if primitive.definition is None:
                raise Unstated(f"{primitive.name} has no JavaScript")
            return self.lift(primitive.definition(self, *arguments, *parameters))
        if word[0].isalpha():
            operands = [*(argument.text for argument in arguments), *map(parameter_text, parameters)]
            return Expression(self, f"{word}({', '.join(operands)})")
        return (
            self.operator(word, *arguments) if len(arguments) == 2 else Expression(self, f"({word}{arguments[0].text})")
        )

    def operator(self, sign: str, left: Value, right: Value) -> Value:
        """Two expressions or numbers with a sign between them."""
        return Expression(self, f"({self.lift(left).text} {sign} {self.lift(right).text})")

    def masked(self, condition: Value, value: Value) -> Value:
        """null for the branch that is not taken: no number, but a structural zero."""
        return Expression(self, f"({condition.text} !== 0 ? {self.lift(value).text} : null)")


def number_text(value: Any) -> str:
    """A number as JavaScript; integers too large for a float64 are infinite."""
    try:
        nearest = float(value)
    except OverflowError:
        nearest = math.inf if value > 0 else -math.inf
    if not math.isfinite(nearest):
        return "NaN" if nearest != nearest else "Infinity" if nearest > 0 else "(-Infinity)"
    return f"({nearest!r})" if math.copysign(1.0, nearest) < 0 else repr(nearest)


def parameter_text(parameter: Any) -> str:
    """A parameter: a number, or a word, which cannot end a text or a script. Raises Unstated for any other."""
    if not isinstance(parameter, str):
        return number_text(parameter)
    if not parameter.isidentifier():
        raise Unstated("a parameter that is no word has no JavaScript")
    return f'"{parameter}"'


def library() -> str:
    """The JavaScript that defines what expressions call beyond `Math`."""
    return (Path(backings.__file__).parent / "floating.js").read_text(encoding="utf-8")
