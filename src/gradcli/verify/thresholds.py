"""How many digits a number has to keep, and how well a witness has to see it: parts of the number itself, so that no
verdict depends on the size of another number."""

from __future__ import annotations

import math

KEPT = {"float64": 1e-10, "float32": 1e-4}
"""A number that is off by more than this part of itself has lost its digits: of ten digits (four) one can be sure."""
SEEN = {"float64": 1e-6, "float32": 1e-2}
"""A witness that is known up to more than this part of a number says nothing of the rules. Rounding that takes more is
told where the true number cannot be found."""
ALL_DIGITS = {"float64": 16, "float32": 7}
"""Decimal digits that a number of the dtype has."""
TINY = 2.0**-1022
"""An error of less than this is underflow: floats of such a size have not all their digits."""


def keeps_digits(number: float, error: float, dtype: str) -> bool:
    """Whether a number keeps its digits where it is off by so much; 0 keeps them where it is exact. NaN keeps none."""
    return error <= max(KEPT[dtype] * abs(number), TINY)


def is_seen(number: float, error: float, dtype: str) -> bool:
    """Whether a number is known well enough for a witness to mean something. NaN is not."""
    return error <= SEEN[dtype] * abs(number)


def digits_of(relative: float) -> int:
    """Decimal digits that are right where a number is off by such a part of itself, 16 at most."""
    return max(0, min(16, int(-math.log10(relative)))) if 0 < relative < 1 else 16 * (relative == 0)
