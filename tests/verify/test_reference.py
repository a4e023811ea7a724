"""Tolerances that were asked for."""

import math

import pytest

from gradcli.errors import UsageError
from gradcli.verify.reference import read_gate


@pytest.mark.parametrize("value", [-1.0, math.inf, math.nan])
def test_a_tolerance_is_a_number_from_0(value: float) -> None:
    with pytest.raises(UsageError):
        read_gate(value, None, ("--rtol", "--atol"))
