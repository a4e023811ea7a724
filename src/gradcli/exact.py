"""Numbers that a float64 only approximates, and that say which real number they stand for.

Everything computes with the float; the balls carrier asks for the enclosure. A decimal such as 0.1 needs no object of
its own: the shortest text that reads back as the float is what was written, unless that had more digits than a float.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from fractions import Fraction

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
        negative = self.source.startswith("-") and spelt_out(self.source)
        return Exact(-float(self), self.source[1:] if negative else f"-{self.source}", lambda: -whole())

    def __reduce__(self) -> tuple[Callable[..., float], tuple[float, str]]:
        """What another process can make of it: constants and decimals are themselves, any other number its float."""
        return _received, (float(self), self.source)


LARGEST_WHOLE = 2**53
MOST_PLACES = 4096
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


def whole(number: float) -> bool:
    """Whether a float holds the whole number that is written: 3 and 1e22, not 1e23."""
    if isinstance(number, Exact) or not math.isfinite(number) or number != math.floor(number):
        return False
    return abs(number) < LARGEST_WHOLE or ratio(number) == float(number)


def less_one(number: float) -> float:
    """The number less 1, as exactly as it is known."""
    if isinstance(number, Exact):
        whole = number.enclose
        exactly = ratio(number)
        if exactly is not None:
            return rational(exactly - 1)
        return Exact(float(number) - 1.0, f"({number.source}-1)", lambda: whole() - 1)
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


def ratio(number: float) -> Fraction | None:
    """The fraction that a number is; None where it is no rational number, or one with too many places."""
    from fractions import Fraction

    if not (spelt_out(number.source) if isinstance(number, Exact) else math.isfinite(number)):
        return None
    return Fraction(*fraction(number) or ())


def rational(exactly: Fraction) -> int | float:
    """A fraction as a number that stands for it as it is written: an integer, a float, or else an Exact."""
    if exactly.denominator == 1 and abs(exactly) < LARGEST_WHOLE:
        return int(exactly)
    number = fractional(exactly)
    nearest = float(number)
    return nearest if ratio(nearest) == exactly else number


def fractional(exactly: Fraction) -> float:
    """A fraction as the float that it is, or an Exact."""
    try:
        nearest = float(exactly)
    except OverflowError:
        nearest = math.inf if exactly > 0 else -math.inf
    if math.isfinite(nearest) and nearest == exactly:
        return nearest
    top, bottom = exactly.as_integer_ratio()

    def enclose() -> Ball:
        import flint

        return flint.arb(flint.fmpq(top, bottom))

    return Exact(nearest, str(exactly), enclose)


def as_float(number: float) -> float:
    """A number as a float; an Exact stays what it is."""
    return number if isinstance(number, Exact) else float(number)


def spelt_out(text: str) -> bool:
    """Whether a text is a decimal or a fraction of so few places that it may be spelt out."""
    number, _, exponent = text.lower().partition("e")
    digits = exponent.lstrip("+-0")
    if len(text) >= MOST_PLACES or (digits and not (digits.isdecimal() and len(digits) < 4)):
        return False
    return all(part.lstrip("-").replace(".", "", 1).isdecimal() for part in number.split("/"))


def _itself(number: float) -> bool:
    """Whether a number is what is written: 1e23 is none of the floats."""
    return isinstance(number, int) or not math.isfinite(number) or (number.is_integer() and abs(number) < 2**53)


def _received(value: float, source: str) -> float:
    if source in CONSTANTS:
        return CONSTANTS[source]
    if not spelt_out(source):
        return value
    from fractions import Fraction

    return rational(Fraction(source))


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
