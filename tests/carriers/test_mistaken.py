"""A calculator in degrees, and arithmetic that cuts digits."""

import math

import pytest

from gradcli.carriers.floats import Floats
from gradcli.carriers.mistaken import Degrees, Truncating, truncate
from gradcli.carriers.tensors import Tensors
from gradcli.primitives.registry import by_name


@pytest.mark.parametrize("inner", [Floats(), Tensors("cpu")], ids=["floats", "tensors"])
def test_degrees(inner) -> None:
    m = Degrees(inner)
    assert m.nested(m.sin(m.lift(30.0))) == pytest.approx(0.5, rel=1e-15)
    assert m.nested(m.sec(m.lift(60.0))) == pytest.approx(2.0, rel=1e-14)
    assert m.nested(m.atan(m.lift(1.0))) == pytest.approx(45.0, rel=1e-15)
    assert m.nested(m.atan2(m.lift(-1.0), m.lift(0.0))) == pytest.approx(-90.0, rel=1e-15)
    assert m.nested(m.exp(m.lift(1.0))) == pytest.approx(math.e, rel=1e-15)


def test_every_function_whose_description_is_of_radians_declares_its_angle() -> None:
    of_angles = {p.name for p in by_name().values() if "in radians" in p.doc}
    assert of_angles == {p.name for p in by_name().values() if p.angle}
    assert {p.name for p in by_name().values() if p.angle == "result"} == {n for n in of_angles if n.startswith("a")}


@pytest.mark.parametrize(
    ("number", "decimals", "cut"),
    [(0.29, 2, 0.29), (-0.9589, 3, -0.958), (1.999, 0, 1.0), (1e300, 3, 1e300), (1e-300, 3, 0.0), (2.5, 15, 2.5)],
)
def test_truncation_is_decimal(number: float, decimals: int, cut: float) -> None:
    assert truncate(number, decimals) == cut


def test_what_is_not_finite_stays() -> None:
    assert math.isnan(truncate(math.nan, 2))
    assert truncate(-math.inf, 2) == -math.inf


@pytest.mark.parametrize("inner", [Floats(), Tensors("cpu")], ids=["floats", "tensors"])
def test_every_result_is_cut(inner) -> None:
    m = Truncating(inner, 2)
    assert m.nested(m.div(m.lift(1.0), m.lift(7.0))) == 0.14
    assert m.nested(m.sin(m.lift(5.0))) == -0.95


def test_arrays_are_cut() -> None:
    m = Truncating(Tensors("cpu"), 1)
    assert m.nested(m.exp(m.constant([[0.0, 1.0]], (1, 2)))) == [[1.0, 2.7]]
