"""Numbers with the digits that they are written with, compared to numbers that are known up to an uncertainty."""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction

from gradcli.carriers.mistaken import truncate
from gradcli.syntax.claims import Digits

MOST_DECIMALS = 15
"""Claims with more say as much as a float does: nothing is rounded in them."""


def admits(claimed: Digits, low: float, high: float, uncertainty: float = 0.0, nothing: float = 0.0) -> bool:
    """Whether a claim is right where every number from `low` to `high` is, each known up to `uncertainty`.

    It may be off by one unit of its last digit, to either side. Where the number itself has no more digits than the
    claim there is nothing to round, and the claim must be that number; where it is less than a unit, so that no digit
    of it is left, the claim must be that number rounded or truncated. A bare 0 is right up to `nothing`.
    """
    if not math.isfinite(uncertainty):
        return True
    slack = Fraction(uncertainty)
    if claimed.value == 0 and claimed.unit >= 1:
        # A bare 0 says that there is nothing, not that it is less than 1.
        return low - uncertainty <= nothing and high + uncertainty >= -nothing
    below, above = (_allowed(claimed.unit, Fraction(end), slack) for end in (low, high))
    return below[0] <= claimed.value <= above[1]


def _allowed(unit: Fraction, number: Fraction, slack: Fraction) -> tuple[Fraction, Fraction]:
    """The least and the largest claim with this unit that is right for the number."""
    if unit and slack < unit / 2:
        nearest = round(number / unit) * unit
        if abs(nearest - number) <= slack:
            return nearest, nearest
        if abs(number) < unit:
            return min(nearest, Fraction(0)), max(nearest, Fraction(0))
    return number - unit - slack, number + unit + slack


def note_on_digits(claimed: Sequence[Digits], right: Sequence[float]) -> str:
    """How right claims differ from the rounded right numbers; nothing where they do not."""
    if len(claimed) > 1:
        cut = sum(is_cut(digits, number) for digits, number in zip(claimed, right, strict=True))
        return f"{cut} of {len(claimed)} truncated, not rounded" if cut else ""
    (digits,), (number,) = claimed, right
    if is_cut(digits, number):
        return f"truncated, not rounded: {rounded_text(digits, number)}"
    if _says_digits(digits) and abs(float(digits.value) - _rounded(digits, number)) > float(digits.unit) / 2:
        return f"within one unit of its last digit: rounded it is {rounded_text(digits, number)}"
    return ""


def is_cut(digits: Digits, right: float) -> bool:
    """Whether a claim is the right number cut after its last digit, and rounding would give another."""
    if not _says_digits(digits) or digits.decimals is None or digits.decimals < 0:
        return False
    return float(digits.value) == truncate(right, digits.decimals) != _rounded(digits, right)


def rounded_text(digits: Digits, right: float) -> str:
    """The right number rounded to the digits of a claim."""
    return f"{right:.{max(0, digits.decimals or 0)}f}"


def off_by_one(digits: Digits, right: float) -> bool:
    """Whether the last digit of a claim is at most one off that of the rounded right number."""
    return abs(digits.value - Fraction(_rounded(digits, right))) <= digits.unit * Fraction(1000001, 1000000)


def _says_digits(digits: Digits) -> bool:
    return digits.decimals is not None and digits.decimals < MOST_DECIMALS


def _rounded(digits: Digits, right: float) -> float:
    return round(right, digits.decimals or 0)
