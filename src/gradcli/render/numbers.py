"""Numbers as text, the same everywhere: shortest text that reads back as the same float, and no '.0'."""

from __future__ import annotations

import math
from typing import Any

from gradcli.problem import Nested


def counted(number: int, noun: str) -> str:
    """`1 node`, `3 nodes`."""
    return f"{number} {noun}{'s' * (number != 1)}"


def with_minus(text: str) -> str:
    """Numbers as they are drawn: the minus sign is as wide as a plus, a hyphen is not."""
    return text.replace("-", "−")


def format_number(value: float | str) -> str:
    """A float in full: 5.5, 10, -1e-20, nan, inf. Proven digits are text already."""
    if isinstance(value, str):
        return value
    if not math.isfinite(value):
        return "nan" if value != value else "inf" if value > 0 else "-inf"
    if value == 0:
        return "0"
    if value == int(value) and abs(value) < 1e16:
        return str(int(value))
    return repr(float(value))


def format_certain(value: float, error: float) -> str:
    """A number without the digits that its error makes meaningless, and that error: 5.50000000000 ± 3e-12."""
    if not math.isfinite(value) or not math.isfinite(error):
        return format_number(value)
    if error == 0:
        return format_number(value)
    if error >= abs(value):
        return f"0 ± {error + abs(value):.0e}"
    decimals = -math.floor(math.log10(error))
    if 0 <= decimals <= 20:
        return f"{value:.{decimals}f} ± {error:.0e}"
    # The error is the smaller of both, so that there is a digit before the point.
    leading = int(f"{value:.17e}".partition("e")[2])
    return f"{value:.{max(0, leading + decimals)}e} ± {error:.0e}"


def format_bounded(value: float, bound: float) -> str:
    """A number with a bound of its error that holds for the digits that are shown: 5.50000000006 (error ≤ 6e-11)."""
    if not math.isfinite(value) or not math.isfinite(bound) or bound == 0:
        return format_number(value)
    from fractions import Fraction

    if bound >= abs(value):
        return f"0 (error ≤ {_rounded_up(Fraction(bound) + abs(Fraction(value)))})"
    decimals = 1 - math.floor(math.log10(bound))
    text = f"{value:.{decimals}f}" if 0 <= decimals <= 20 else repr(value)
    text = min(text, format_number(value), key=len)
    total = Fraction(bound) + abs(Fraction(text) - Fraction(value))
    return f"{text} (error ≤ {_rounded_up(total)})"


def _rounded_up(number: Any) -> str:
    """A positive rational in one digit, not below it."""
    exponent = math.floor(math.log10(number))
    leading = math.ceil(number / _power_of_ten(exponent))
    return f"{leading}e{exponent}" if leading < 10 else f"1e{exponent + 1}"


def _power_of_ten(exponent: int) -> Any:
    from fractions import Fraction

    return Fraction(10) ** exponent


def format_short(value: float, digits: int = 4) -> str:
    """A float in few digits, for cards and labels."""
    if not math.isfinite(value) or value == 0:
        return format_number(value)
    text = f"{value:.{digits}g}"
    mantissa, mark, exponent = text.partition("e")
    if "." in mantissa:
        mantissa = mantissa.rstrip("0").rstrip(".")
    return f"{mantissa}e{int(exponent)}" if mark else mantissa


def format_nested(value: Nested, formatter: Any = format_number) -> str:
    """Nested lists as text; a matrix takes one line."""
    if not isinstance(value, (list, tuple)):
        return str(formatter(value))
    return "[" + ", ".join(format_nested(v, formatter) for v in value) + "]"
