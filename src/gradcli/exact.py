"""Numbers that a float64 only approximates, and that say which real number they stand for.

Everything computes with the float; the balls carrier asks for the enclosure. A decimal such as 0.1 needs no object of
its own: the shortest text that reads back as the float is what was written, unless that had more digits than a float.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

Ball = Any
"""A ball of python-flint's `arb`, at the precision that is set when it is asked for."""


class Exact(float):
    """The float nearest to a real number. `source` tells apart numbers whose floats are equal."""

    source: str
    enclose: Callable[[], Ball]

    def __new__(cls, nearest: float, source: str, enclose: Callable[[], Ball]) -> Exact:
        number = super().__new__(cls, nearest)
        number.source = source
        number.enclose = enclose
        return number

    def __neg__(self) -> Exact:
        whole = self.enclose
        return Exact(-float(self), f"-{self.source}", lambda: -whole())

    def __reduce__(self) -> tuple[Callable[..., float], tuple[float, str]]:
        """What another process can make of it: constants and decimals are themselves, any other number its float."""
        return _received, (float(self), self.source)


ROUNDTRIP = (1e-290, 1e290)
"""Between them, fifteen digits come back from the nearest float."""


def decimal(text: str) -> float:
    """The float of a decimal number; an Exact where a float's own digits do not say as much."""
    value = float(text)
    short = sum(character.isdigit() for character in text.lower().partition("e")[0]) <= 15
    if (short and ROUNDTRIP[0] < abs(value) < ROUNDTRIP[1]) or math.isinf(value):
        return value
    from decimal import Decimal

    return value if Decimal(text) == Decimal(repr(value)) else Exact(value, text, lambda: _ball(text))


def enclosure(number: float) -> Ball:
    """The ball of a number as it is written: 0.1 is a tenth."""
    import flint

    if isinstance(number, Exact):
        return number.enclose()
    if _itself(number):
        return flint.arb(number)
    return _ball(repr(number))


def less_one(number: float) -> float:
    """The number less 1, as exactly as it is known."""
    if isinstance(number, Exact):
        whole = number.enclose
        return Exact(float(number) - 1.0, f"{number.source}-1", lambda: whole() - 1)
    if _itself(number):
        return number - 1
    from decimal import Decimal, localcontext

    with localcontext() as context:
        context.prec = 400
        return decimal(str(Decimal(repr(number)) - 1))


def fraction(number: float) -> tuple[int, int] | None:
    """Numerator and denominator of a number as it is written: 0.1 is a tenth. None for pi and e."""
    from fractions import Fraction

    if isinstance(number, Exact):
        if number.source in CONSTANTS:
            return None
        try:
            return Fraction(number.source).as_integer_ratio()
        except ValueError:
            return Fraction(float(number)).as_integer_ratio()
    return Fraction(number if isinstance(number, int) else repr(number)).as_integer_ratio()


def _itself(number: float) -> bool:
    """Whether a number is what is written: 1e23 is none of the floats."""
    return isinstance(number, int) or not math.isfinite(number) or (number.is_integer() and abs(number) < 2**53)


def _received(value: float, source: str) -> float:
    if source in CONSTANTS:
        return CONSTANTS[source]
    try:
        return decimal(source)
    except ValueError:
        return value


def _ball(text: str) -> Ball:
    import flint

    return flint.arb(text)


def _pi() -> Ball:
    import flint

    return flint.arb.pi()


def _euler() -> Ball:
    import flint

    return flint.arb.const_e()


PI = Exact(math.pi, "pi", _pi)
E = Exact(math.e, "e", _euler)
CONSTANTS = {number.source: number for number in (PI, E)}
