"""What the floats of a dtype can hold (IEEE 754, binary64 and binary32)."""

from __future__ import annotations

import math

MANTISSA = {"float64": 53, "float32": 24}
"""Bits of a float's significand."""
UNDERFLOW = {"float64": 2.0**-1074, "float32": 2.0**-149}
"""The smallest float above 0."""
SMALLEST = {"float64": 2.0**-1022, "float32": 2.0**-126}
"""The smallest float that has all its bits."""
LARGEST = {"float64": (2 - 2.0**-52) * 2.0**1023, "float32": (2 - 2.0**-23) * 2.0**127}


def ulp(number: float, dtype: str) -> float:
    """The unit in the last place of a finite number in the dtype."""
    return max(math.ldexp(1.0, math.frexp(number)[1] - MANTISSA[dtype]), UNDERFLOW[dtype])
