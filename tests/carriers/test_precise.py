"""mpmath numbers on the graph, against mpmath's own functions and against floats."""

import mpmath
import pytest

from gradcli.carriers.precise import Precise
from gradcli.primitives.registry import by_name, resolve

ELEMENTWISE = [p for p in by_name().values() if p.elementwise and p.math]


@pytest.mark.parametrize("primitive", ELEMENTWISE, ids=lambda p: p.name)
def test_floats_are_roundings_of_it(primitive) -> None:
    m, count = Precise(), len(primitive.arguments)
    for sample in primitive.samples:
        parameters = tuple(sample[count:]) or primitive.bind_parameters({})
        with mpmath.workdps(50):
            found = m.apply(primitive, tuple(m.constant(float(v), ()) for v in sample[:count]), parameters)
        expected = resolve(primitive.math)(*map(float, sample[:count]), *parameters)
        assert float(found) == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize("name", ["sin", "exp", "log", "tanh", "erf", "sqrt", "gamma"])
def test_digits_beyond_floats(name: str) -> None:
    m = Precise()
    with mpmath.workdps(80):
        found = m.apply(by_name()[name], (m.constant(0.7, ()),), ())
        assert abs(found - getattr(mpmath, name)(mpmath.mpf(0.7))) < mpmath.mpf(10) ** -75


def test_no_real_number_is_nan() -> None:
    m = Precise()
    for name, x in (("log", -1.0), ("sqrt", -1.0), ("acosh", 0.5), ("exp", 1e30)):
        assert mpmath.isnan(m.apply(by_name()[name], (m.constant(x, ()),), ()))
    assert mpmath.isnan(m.apply(by_name()["div"], (m.constant(1.0, ()), m.constant(0.0, ())), ()))


def test_a_singular_matrix_has_no_inverse() -> None:
    m = Precise()
    found = m.apply(by_name()["inv"], (m.constant(((1.0, 2.0), (2.0, 4.0)), (2, 2)),), ())
    assert all(mpmath.isnan(number) for number in found.flat)
