"""Ticks and frames at any scale."""

import math
import random
from itertools import pairwise

import pytest

from gradcli.render.plot.axes import Axis, cut, height


@pytest.mark.parametrize(
    ("low", "high", "labels"),
    [
        (0.0, 1.0, ["0", "0.2", "0.4", "0.6", "0.8", "1"]),
        (-3.0, 7.0, ["-2", "0", "2", "4", "6"]),
        (0.05, 0.72, ["0.2", "0.4", "0.6"]),
        (0.0, 2e200, ["0", "5e199", "1e200", "1.5e200", "2e200"]),
        (1.0, 1.0 + 4e-12, ["1", "1.000000000001", "1.000000000002", "1.000000000003", "1.000000000004"]),
        (12345678.0, 12345682.0, ["12345678", "12345679", "12345680", "12345681", "12345682"]),
    ],
)
def test_ticks_are_round_numbers(low: float, high: float, labels: list[str]) -> None:
    found = Axis(low, high).ticks(5)
    assert [text for _, text in found] == labels
    assert [value for value, _ in found] == [float(text) for text in labels]


def test_ticks_at_any_scale(rng: random.Random) -> None:
    for _ in range(500):
        low = rng.choice((-1, 1)) * 10 ** rng.uniform(-300, 300)
        axis = Axis(low, low + 10 ** rng.uniform(-300, 307))
        if not axis.low < axis.at(0.5) < axis.high or axis.high - axis.low < 1e-12 * abs(low):
            continue
        ticks = axis.ticks(6)
        assert 1 <= len(ticks) <= 20
        assert all(float(text) == value for value, text in ticks)
        assert all(-1e-6 <= axis.part(value) <= 1 + 1e-6 for value, _ in ticks)
        assert all(a < b for (a, _), (b, _) in pairwise(ticks))


def test_widest_axis() -> None:
    axis = Axis(-1.7e308, 1.7e308)
    assert axis.part(0.0) == 0.5
    assert axis.part(axis.at(0.25)) == pytest.approx(0.25)


def test_far_values_do_not_flatten_what_is_near() -> None:
    near = [math.sin(k / 10) for k in range(60)]
    axis = height(near, [*near, 1e6, -3.0])
    assert axis.high < 3
    assert axis.low > -4
    assert height([2.0], [2.0]).holds(2.0)


def test_lines_are_cut_outside_of_the_frame() -> None:
    assert cut((0.0, 0.5), (1.0, 0.7)) == ((0.0, 0.5), (1.0, 0.7))
    start, end = cut((0.0, 0.5), (1.0, 100.5))
    assert (start, end) == ((0.0, 0.5), (pytest.approx(0.01), 1.5))
    assert cut((0.0, 5.0), (1.0, 4.0)) is None
    assert cut((0.0, 0.5), (1.0, math.inf)) is None
