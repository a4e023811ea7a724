"""Units in the last place."""

import math

from gradcli.carriers.precision import ulp


def test_ulps_are_those_of_the_dtype() -> None:
    assert ulp(1.0, "float64") == 2.0**-52
    assert ulp(-1.5, "float32") == 2.0**-23
    assert ulp(5e-324, "float64") == 5e-324
    assert ulp(1.0, "float64") == math.ulp(1.0)
    assert all(ulp(x, "float64") == math.ulp(x) for x in (0.1, 3.0, 1e300, 2.0**-1030, 1e-310))
