"""The digits of a ball that are proven: those on which all of its numbers agree when they are rounded.

Call these at the precision of the ball (`enclosures.working`): its ends are rounded to the precision that is set.
"""

from __future__ import annotations

import math
from typing import Any

DIGITS = 17
"""Decimal digits that tell any two float64 apart."""
SHORT = 6
"""Decimal digits of a number in a sentence."""
WRITTEN_OUT = 10**18
"""Exponents of a bound from here on are powers of ten themselves."""
LARGEST_EXPONENT = 4_000_000
"""In bits. Numbers beyond are bounded, not written in digits."""
POSITIONAL = -5
"""Decimal exponents from here on are written without an e."""
LOG10_2 = math.log10(2.0)

NO_BOUND = "no bound"
"""What is known of a number that is none, such as a vertical slope."""

Ball = Any


def nearest_float(ball: Ball) -> float | None:
    """The float64 that is nearest to every number of the ball; None if there are several."""
    if not ball.is_finite():
        return None
    low, high = float(ball.lower()), float(ball.upper())
    return low if low == high else None


def decimal_digits(ball: Ball, digits: int) -> str | None:
    """The number in so many significant decimal digits, to which every number of the ball rounds; None if there is
    none. A number that these digits state exactly is not padded with zeros."""
    if ball == 0:
        return "0"
    parts = _agreed(ball, digits)
    if parts is None:
        return None
    sign, whole, exponent = parts
    text = str(whole)
    if ball.is_exact() and _is_stated(ball, digits):
        return sign + _placed(text.rstrip("0"), exponent)
    return sign + _placed(text, exponent, digits)


def _is_stated(number: Ball, digits: int) -> bool:
    """Whether so many significant digits are all that an exact number has."""
    odd, twos = (abs(int(part)) if k == 0 else int(part) for k, part in enumerate(number.mid().man_exp()))
    if twos < 0:
        # odd * 5^k over 10^k: the last digit is not 0, and each 5 adds more than half a digit.
        return -twos <= 2 * digits and odd * 5**-twos < 10**digits
    zeros = 0
    while zeros < twos and odd % 5 == 0:
        odd, zeros = odd // 5, zeros + 1
    return twos - zeros <= 4 * digits and odd << (twos - zeros) < 10**digits


def proven_text(ball: Ball, digits: int = 0) -> str | None:
    """What may be printed: the float64 nearest to the ball, or (`digits`) so many decimal digits; None if not proven.

    A number that no float64 can hold is written in decimal digits.
    """
    if digits:
        return decimal_digits(ball, digits)
    value = nearest_float(ball)
    if value is None or math.isinf(value) or abs(value) < 2.3e-308:
        return decimal_digits(ball, DIGITS)
    return str(int(value)) if value == int(value) and abs(value) < 1e16 else repr(value)


def short_text(ball: Ball) -> str:
    """A few digits for a sentence, as `:.6g` writes a float: rounded, without zeros at the end. Where they are not
    proven, what is known."""
    parts = None if ball == 0 else _agreed(ball, SHORT)
    if parts is not None:
        sign, whole, exponent = parts
        return sign + _placed(str(whole).rstrip("0"), exponent, SHORT)
    if ball == 0:
        return "0"
    if ball.is_finite() and ball.contains(0):
        return f"0 to within {_power_above(ball)}"
    known = bound_text(ball)
    return f"about {_power_above(ball)} in size" if known.startswith("|") else known


def bound_text(ball: Ball, name: str = "g") -> str:
    """What is known of a number whose digits are not proven: `|g| < 2^-k`, or the digits that are."""
    if not ball.is_finite():
        return NO_BOUND
    if not ball.contains(0):
        for digits in range(DIGITS - 1, 0, -1):
            known = decimal_digits(ball, digits)
            if known is not None:
                return f"{known}..., {digits} digits proven"
    return f"|{name}| < {_power_above(ball)}"


def is_number(text: str) -> bool:
    """Whether a text of proven digits is all of a number, and not only a bound."""
    return text.lstrip("-")[:1].isdigit() and "proven" not in text


def is_tiny(text: str, bits: int) -> bool:
    """Whether a bound is so small that the number is as good as 0 at this precision."""
    exponent = text.partition("< 2^")[2]
    return bool(exponent) and float(exponent) < -bits / 2


def _power_above(ball: Ball) -> str:
    """A power of two that the size of no number of the ball exceeds. Beyond 2^-1e18 its exponent is a power of ten: the
    hundreds of digits of a larger one tell nobody more."""
    mantissa, exponent = ball.abs_upper().upper().man_exp()
    power = int(exponent) + int(mantissa).bit_length()
    digits = len(str(-power)) - 1
    return f"2^{power}" if power > -WRITTEN_OUT else f"2^-1e{digits}"


def _agreed(ball: Ball, digits: int) -> tuple[str, Any, int] | None:
    """Sign, digits and exponent to which every number of the ball rounds; None if there is none."""
    if not ball.is_finite():
        return None
    low, high = (_rounded(end, digits) for end in (ball.lower(), ball.upper()))
    return low if low == high else None


def _rounded(end: Ball, digits: int) -> tuple[str, Any, int] | None:
    """Sign, whole number of so many digits and decimal exponent of its first digit; None if it is too large or zero."""
    import flint

    mantissa, exponent = end.man_exp()
    exponent = int(exponent)
    if mantissa == 0 or abs(exponent) > LARGEST_EXPONENT:
        return None
    # Python's own integers refuse to be written in more than 4300 digits.
    size, ten, two = abs(mantissa), flint.fmpz(10), flint.fmpz(2)
    first = math.floor((size.bit_length() + exponent - 1) * LOG10_2)
    for _ in range(3):
        shift = digits - 1 - first
        above = size * ten ** max(shift, 0) * two ** max(exponent, 0)
        below = ten ** max(-shift, 0) * two ** max(-exponent, 0)
        whole, rest = divmod(2 * above + below, 2 * below)
        if rest == 0 and whole % 2:
            whole -= 1
        if ten ** (digits - 1) <= whole < ten**digits:
            return "-" if mantissa < 0 else "", whole, first
        first += 1 if whole >= ten**digits else -1
    return None


def _placed(digits: str, exponent: int, whole_digits: int = 16) -> str:
    """Significant digits with the point where it belongs, or with an exponent: beyond so many places before it."""
    if POSITIONAL <= exponent < 0:
        return "0." + "0" * (-exponent - 1) + digits
    if 0 <= exponent < max(len(digits), whole_digits):
        digits = digits.ljust(exponent + 1, "0")
        whole, part = digits[: exponent + 1], digits[exponent + 1 :]
        return f"{whole}.{part}" if part else whole
    return digits[0] + (f".{digits[1:]}" if len(digits) > 1 else "") + f"e{exponent}"
