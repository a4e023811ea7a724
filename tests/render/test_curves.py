"""Chains of cubic curves."""

import math

import pytest

from gradcli.render.curves import Curve, samples, shortened

BENT: Curve = ((0.0, 0.0), (40.0, 0.0), (60.0, 80.0), (100.0, 80.0), (130.0, 80.0), (110.0, 20.0), (150.0, 20.0))


@pytest.mark.parametrize("distance", [1.0, 6.0, 20.0])
def test_a_shortened_curve_is_a_part_of_the_whole(distance: float) -> None:
    short = shortened(BENT, distance)
    assert short[:4] == BENT[:4]
    assert math.dist(short[-1], BENT[-1]) == pytest.approx(distance, abs=1e-3)
    whole = samples(BENT, 2000)
    for point in [*samples(short), short[-1]]:
        assert min(math.dist(point, other) for other in whole) < 0.1


def test_a_curve_shorter_than_that_ends_where_its_last_cubic_begins() -> None:
    assert shortened(BENT, 1000.0)[-1] == pytest.approx(BENT[3], abs=1e-3)
