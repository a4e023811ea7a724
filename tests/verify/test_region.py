"""Comparisons over a region: counts, worst errors, what lies outside."""

import math

import pytest

from gradcli.carriers.tensors import Tensors
from gradcli.errors import DomainError
from gradcli.verify.reference import Gate
from gradcli.verify.region import Interval, Survey, draw, survey
from tests.verify.problems import problem

TORCH = Tensors("cpu")
METHODS = ["forward", "reverse", "numerical", "autograd"]


def over(text: str, region: dict, points: int = 20, gate: Gate | None = None, **point: object) -> Survey:
    middles = {name: sum(interval) / 2 for name, interval in region.items() if name not in point}
    return survey(problem(text, **middles, **point), TORCH, METHODS, region, points, 0, gate, lambda number: None)


def test_a_right_function_is_verified_everywhere() -> None:
    found = over("sin(x)*y", {"x": Interval(0.0, 1.0)}, y=2.0)
    assert found.counts == {"verified": 20}
    assert (found.word, found.status) == ("verified", 0)
    assert all(worst.answered == 20 and worst.off == 0 for worst in found.methods)
    assert all(worst.row.ulps < 4 for worst in found.methods if worst.method != "numerical")
    assert all(0 <= worst.point["x"] <= 1 for worst in found.methods)


def test_points_outside_the_domain_are_counted() -> None:
    found = over("ln(x)", {"x": Interval(-1.0, 1.0)}, 40)
    assert 0 < found.counts["outside the domain"] < 40
    assert found.counts["verified"] + found.counts["outside the domain"] == 40
    with pytest.raises(DomainError, match=r"none of the 5 points drawn from x=-2\.\.-1 lies in the domain"):
        over("ln(x)", {"x": Interval(-2.0, -1.0)}, 5)


def test_lost_digits_are_told_from_failures() -> None:
    found = over("(1 - cos(x))/x^2", {"x": Interval(1e-9, 1e-7)}, 5)
    assert found.counts == {"ill-conditioned": 5}
    assert found.status == 0


def test_a_gate_counts_what_is_off() -> None:
    found = over("exp(x)", {"x": Interval(0.0, 1.0)}, 10, Gate(1e-15, 0.0))
    by_name = {worst.method: worst for worst in found.methods}
    assert by_name["numerical"].off > 0
    assert by_name["reverse"].off == 0
    assert (found.word, found.status) == ("wrong", 1)
    assert math.isfinite(found.first[0]["x"])


def test_the_same_seed_draws_the_same_points() -> None:
    asked = problem("sum(x)*y", x=[0.0, 0.0], y=1.0)
    first, again, other = (
        list(draw(asked, {"x": Interval(-2.0, 2.0)}, 3, seed)) for seed in (1, 1, 2)
    )  # fmt: skip
    assert first == again != other
    assert all(len(point["x"]) == 2 and point["y"] == 1.0 for point in first)
    assert all(-2 <= x <= 2 for point in first for x in point["x"])
