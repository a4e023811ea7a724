"""The digits of a ball that are proven: those on which all of its numbers agree when they are rounded.

Call these at the precision of the ball (`enclosures.working`): its ends are rounded to the precision that is set.
"""

from __future__ import annotations

import math
from typing import Any

DIGITS = 17
"""Decimal digits that tell any two float64 apart."""
LARGEST_EXPONENT = 4_000_000
"""In bits. Numbers beyond are bounded, not written in digits."""
POSITIONAL = -5
"""Decimal exponents from here on are written without an e."""
LOG10_2 = math.log10(2.0)

Ball = Any


def nearest_float(ball: Ball) -> float | None:
    """The float64 that is nearest to every number of the ball; None if there are several."""
    if not ball.is_finite():
        return None
    low, high = float(ball.lower()), float(ball.upper())
    return low if low == high else None


def decimal_digits(ball: Ball, digits: int) -> str | None:
    """The number in so many significant decimal digits, to which every number of the ball rounds; None if there is
    none. A number that is known exactly is not padded with zeros."""
    if not ball.is_finite():
        return None
    if ball == 0:
        return "0"
    ends = [_rounded(end, digits) for end in (ball.lower(), ball.upper())]
    if ends[0] is None or ends[0] != ends[1]:
        return None
    sign, whole, exponent = ends[0]
    text = str(whole)
    return sign + _placed(text.rstrip("0") if ball.is_exact() else text, exponent)


def proven_text(ball: Ball, digits: int = 0) -> str | None:
    """What may be printed: the float64 nearest to the ball, or (`digits`) so many decimal digits; None if not proven.

    A number that no float64 can hold is written in decimal digits.
    """
    if digits:
        return decimal_digits(ball, digits)
    value = nearest_float(ball)
    if value is None or math.isinf(value) or (abs(value) < 2.3e-308 and ball != 0):
        return decimal_digits(ball, DIGITS)
    return "0" if value == 0 else str(int(value)) if value == int(value) and abs(value) < 1e16 else repr(value)


def bound_text(ball: Ball) -> str:
    """What is known of a number whose digits are not proven: `|g| < 2^-k`, or the digits that are."""
    if not ball.is_finite():
        return "no bound"
    if not ball.contains(0):
        for digits in range(DIGITS - 1, 0, -1):
            known = decimal_digits(ball, digits)
            if known is not None:
                return f"{known}..., {digits} digits proven"
    mantissa, exponent = ball.abs_upper().upper().man_exp()
    return f"|g| < 2^{int(exponent) + int(mantissa).bit_length()}"


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


def _placed(digits: str, exponent: int) -> str:
    """Significant digits with the point where it belongs, or with an exponent."""
    if POSITIONAL <= exponent < 0:
        return "0." + "0" * (-exponent - 1) + digits
    if 0 <= exponent < max(len(digits), 16):
        digits = digits.ljust(exponent + 1, "0")
        whole, part = digits[: exponent + 1], digits[exponent + 1 :]
        return f"{whole}.{part}" if part else whole
    return digits[0] + (f".{digits[1:]}" if len(digits) > 1 else "") + f"e{exponent}"
