"""Numbers with an error: no digit is printed that the error makes meaningless (witness: decimal arithmetic)."""

import math
from decimal import Decimal

from hypothesis import example, given
from hypothesis import strategies as st

from gradcli.render.numbers import format_certain


@given(st.floats(-1e300, 1e300).filter(bool), st.floats(1e-16, 0.999))
@example(16.8, 10 / 16.8)
@example(1.5e-30, 1e-3)
@example(99999.0, 0.2)
@example(math.nextafter(1e-32, 0), 1 - 2**-53)
def test_the_last_digit_is_of_the_size_of_the_error(value: float, part: float) -> None:
    error = abs(value) * part
    if not 0 < error < abs(value):
        return
    number, _, told = format_certain(value, error).partition(" ± ")
    last = Decimal(number).as_tuple().exponent
    assert isinstance(last, int)
    assert last >= math.floor(math.log10(error))
    assert abs(Decimal(number) - Decimal(value)) <= Decimal(10) ** last
    assert float(told) > 0


def test_a_number_below_its_error_is_0() -> None:
    assert format_certain(3.0, 10.0) == "0 ± 1e+01"
    assert format_certain(16.8, 10.0) == "2e+01 ± 1e+01"
