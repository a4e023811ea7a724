"""Interval arithmetic: the sets of all results, ends in full precision."""

import flint
import pytest

from gradcli.carriers.intervals import Interval


def interval(low: float, high: float) -> Interval:
    return Interval(flint.arb(low), flint.arb(high))


def ends(found: Interval) -> tuple[float, float]:
    return float(found.low), float(found.high)


@pytest.mark.parametrize(
    ("found", "wanted"),
    [
        (interval(1, -2), (-2, 1)),
        (interval(-1, 2) + flint.arb(3), (2, 5)),
        (flint.arb(3) + interval(-1, 2), (2, 5)),
        (interval(-1, 2) + interval(0, 4), (-1, 6)),
        (interval(-1, 2) - interval(0, 4), (-5, 2)),
        (flint.arb(1) - interval(-1, 2), (-1, 2)),
        (-interval(-1, 2), (-2, 1)),
        (interval(-1, 2) * flint.arb(-3), (-6, 3)),
        (flint.arb(-3) * interval(-1, 2), (-6, 3)),
        (interval(-1, 2) * interval(-3, 1), (-6, 3)),
        (interval(-1, 2) / flint.arb(4), (-0.25, 0.5)),
        (interval(-1, 2).union(flint.arb(7)), (-1, 7)),
        (0 + interval(0.01, 1), (0.01, 1)),
    ],
)
def test_arithmetic(found: Interval, wanted: tuple[float, float]) -> None:
    assert ends(found) == wanted


def test_what_is_not_a_number_stays_so() -> None:
    found = interval(0, 1) * flint.arb("inf")
    assert not (found.low.is_finite() and found.high.is_finite())


def test_a_ball_is_enclosed() -> None:
    found = interval(0, 1) * (flint.arb(1) / 3)
    assert found.low == 0
    assert found.high.is_exact()
    with flint.ctx.workprec(200):
        assert found.high * 3 >= 1
