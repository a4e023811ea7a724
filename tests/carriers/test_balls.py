"""Balls enclose: at the edges where arb has no function, several branches, or no number."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from typing import Any

import mpmath
import pytest

from gradcli.carriers.balls import Balls
from gradcli.errors import Failure, Unstated
from gradcli.exact import PI, Exact
from gradcli.methods.enclosures import working
from gradcli.primitives.backings import balls as backing
from gradcli.primitives.registry import by_name

Ball = Any


@pytest.fixture
def m() -> Iterator[Balls]:
    with working(120) as carrier:
        yield carrier


@pytest.fixture
def ball(m: Balls) -> Callable[..., Ball]:
    """`ball(1.5)` or `ball(0, 0.5)`: middle and radius."""
    return m.flint.arb


def between(low: float, high: float) -> Any:
    """The ends of a ball, whose radius has thirty bits."""
    return pytest.approx((low, high), abs=1e-8)


def ends(found: Ball) -> tuple[float, float]:
    return float(found.lower()), float(found.upper())


@pytest.mark.parametrize("name", ["gt", "lt", "ge", "le", "eq", "ne"])
def test_a_comparison_that_is_not_decided_is_both(name: str, ball: Callable[..., Ball]) -> None:
    compare = getattr(backing, name)
    assert ends(compare(ball(0, 1), ball(0.5))) == between(0.0, 1.0)
    decided = {"gt": 1, "ge": 1, "ne": 1}.get(name, 0)
    assert compare(ball(2, 0.5), ball(1, 0.25)) == decided
    assert compare(ball(1), ball(1)) == (1 if name in ("ge", "le", "eq") else 0)


@pytest.mark.parametrize(("name", "holds"), [("eq", 1), ("ge", 1), ("le", 1), ("gt", 0), ("lt", 0), ("ne", 0)])
def test_a_ball_is_equal_to_itself_however_wide(name: str, holds: int, ball: Callable[..., Ball]) -> None:
    wide = ball(0.3, 0.2)
    assert getattr(backing, name)(wide, wide) == holds
    again = ball(0.3, 0.2)
    assert ends(getattr(backing, name)(wide, again)) == between(0.0, 1.0)


def test_where_encloses_both_branches_if_the_condition_may_be_either(ball: Callable[..., Ball]) -> None:
    either, one, other = ball(0.5, 0.5), ball(3), ball(-2)
    assert ends(backing.where(either, one, other)) == between(-2.0, 3.0)
    assert backing.where(ball(1, 0.5), one, other) is one
    assert backing.where(ball(0), one, other) is other


def test_a_nan_in_the_branch_that_is_not_taken_does_no_harm(ball: Callable[..., Ball]) -> None:
    assert backing.where(ball(1), ball(2), ball("nan")) == 2
    assert not backing.where(ball(0.5, 0.5), ball(2), ball("nan")).is_finite()


@pytest.mark.parametrize(("middle", "radius"), [(0.0, 0.5), (0.125, 0.5), (-0.125, 0.5), (0.0, 1e-30), (2.0, 0.5)])
@pytest.mark.parametrize("exponent", [0, 1, 2, 3, 4, 7])
def test_whole_powers_of_balls_around_0(exponent: int, middle: float, radius: float, ball: Callable[..., Ball]) -> None:
    x = ball(middle, radius)
    found = backing.power(x, exponent)
    assert found.is_finite()
    for part in (-1.0, -0.5, 0.0, 0.25, 1.0):
        inside = middle + part * radius
        assert found.contains(ball(inside) ** exponent if inside else ball(0**exponent))
    assert abs(found).upper() <= 1.0001 * (abs(middle) + radius) ** exponent + ball("1e-30")


@pytest.mark.parametrize(
    ("x", "y", "expected"),
    [(-2.0, 3.0, -8.0), (-2.0, -2.0, 0.25), (0.0, 1.5, 0.0), (0.0, 0.0, 1.0), (0.0, 2.0, 0.0), (-1.0, 1001.0, -1.0)],
)
def test_powers_of_bases_that_are_not_above_0(x: float, y: float, expected: float, ball: Callable[..., Ball]) -> None:
    assert backing.pow(ball(x), ball(y)) == expected


@pytest.mark.parametrize(("x", "y"), [(-2.0, 0.5), (-2.0, 1.5), (0.0, -0.5), (0.0, -1.0), (-1e-300, 1e-3)])
def test_powers_that_are_no_real_number(x: float, y: float, ball: Callable[..., Ball]) -> None:
    assert not backing.pow(ball(x), ball(y)).is_finite()
    assert not backing.power(ball(x), y).is_finite()


def test_the_cube_root_around_0_is_monotone(ball: Callable[..., Ball]) -> None:
    low, high = ends(backing.cbrt(ball(0, 8)))
    assert (low, high) == pytest.approx((-2.0, 2.0))
    assert ends(backing.cbrt(ball(3.5, 4.5))) == pytest.approx((-1.0, 2.0))
    assert backing.cbrt(ball(0)) == 0
    assert backing.cbrt(ball(-27)).contains(-3)
    assert not backing.cbrt(ball("nan")).is_finite()


@pytest.mark.parametrize("x", [-0.5, -1.5, -2.25, -10.5, 0.25, 30.0])
def test_gamma_and_its_logarithm_below_0(x: float, m: Balls) -> None:
    with mpmath.workdps(50):
        gamma = mpmath.gamma(x)
        expected = {"gamma": gamma, "lgamma": mpmath.log(abs(gamma)), "digamma": mpmath.digamma(x)}
        for name, wanted in expected.items():
            found = m.apply(by_name()[name], (m.point(x, ()),), ())
            assert abs(mpmath.mpf(found.mid().str(45, radius=False)) - wanted) <= abs(wanted) * mpmath.mpf(10) ** -30


@pytest.mark.parametrize("name", ["gamma", "lgamma", "digamma"])
def test_gamma_has_poles(name: str, m: Balls) -> None:
    for pole in (0.0, -1.0, -7.0):
        assert not m.apply(by_name()[name], (m.point(pole, ()),), ()).is_finite()


@pytest.mark.parametrize(
    ("x", "expected"),
    [
        (0.5, 0),
        (1.5, 2),
        (2.5, 2),
        (-0.5, 0),
        (-1.5, -2),
        (-2.5, -2),
        (0.49999999999999994, 0),
        (2.0**60 + 256, 2**60 + 256),
    ],
)
def test_halves_are_rounded_to_even(x: float, expected: int, ball: Callable[..., Ball]) -> None:
    assert backing.round(ball(x)) == expected == round(x)


def test_a_ball_around_a_half_rounds_both_ways(ball: Callable[..., Ball]) -> None:
    found = backing.round(ball(1.5, 1e-9))
    assert found.contains(1)
    assert found.contains(2)
    floor = backing.floor(ball(3, 1e-9))
    assert floor.contains(2)
    assert floor.contains(3)


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("log", (-1.0,)),
        ("sqrt", (-1.0,)),
        ("asin", (1.5,)),
        ("acosh", (0.5,)),
        ("atanh", (1.5,)),
        ("log1p", (-2.0,)),
        ("div", (1.0, 0.0)),
        ("log2", (0.0,)),
        ("remainder", (1.0, 0.0)),
    ],
)
def test_outside_the_domain_there_is_no_number(name: str, arguments: tuple[float, ...], m: Balls) -> None:
    found = m.apply(by_name()[name], tuple(m.point(a, ()) for a in arguments), ())
    assert not found.is_finite()


@pytest.mark.parametrize("name", ["maximum", "minimum"])
def test_the_chosen_one_is_the_same_object(name: str, ball: Callable[..., Ball]) -> None:
    choose = getattr(backing, name)
    small, large = ball(1, 0.25), ball(2, 0.25)
    assert choose(small, large) is (large if name == "maximum" else small)
    assert choose(large, small) is (large if name == "maximum" else small)
    assert choose(small, small) is small
    found = choose(ball(1, 0.5), ball(1.25, 0.5))
    assert all(found.contains(x) for x in ((1.0, 1.5, 1.75) if name == "maximum" else (0.75, 1.0, 1.5)))


def test_the_largest_size_is_recognised_among_the_sizes(m: Balls) -> None:
    """max(|x|) is one of the |x|, although a third is a ball that is wide."""
    x = m.div(m.point((1.0, -2.0, 0.5), (3,)), 3.0)
    sizes, largest = m.abs(x), m.norm(x, p=float("inf"))
    assert [float(v) for v in m.eq(m.abs(x), largest)] == [0.0, 1.0, 0.0]
    assert sizes is not m.abs(x)
    m.forget()
    assert [float(v.rad()) > 0 for v in m.eq(m.abs(x), largest)] == [False, True, False]


@pytest.mark.parametrize("side", [2, 3, 4])
def test_equal_eigenvalues_are_no_numbers_with_rounded_entries(side: int, m: Balls) -> None:
    third = m.div(1.0, 3.0)
    matrix = m.numpy.array([[third if i == j else m.lift(0) for j in range(side)] for i in range(side)], dtype=object)
    assert not any(v.is_finite() for v in backing.eigenvalues(matrix))
    assert not any(v.is_finite() for v in backing.eigenvectors(matrix).ravel())


def test_eigenvalues_of_random_matrices_are_enclosed(m: Balls, rng: random.Random) -> None:
    for _ in range(5):
        entries = [[rng.uniform(-2, 2) for _ in range(3)] for _ in range(3)]
        with mpmath.workdps(60):
            a = mpmath.matrix(entries)
            values, _ = mpmath.eigsy((a + a.T) / 2)
            found = backing.eigenvalues(m.point(entries, (3, 3)))
            for ball, value in zip(found, sorted(values), strict=True):
                assert abs(mpmath.mpf(ball.mid().str(50, radius=False)) - value) < mpmath.mpf(10) ** -25
                assert ball.rad() < 1e-25


def test_a_singular_matrix_has_no_inverse_and_determinant_0(m: Balls) -> None:
    singular = m.point([[1.0, 2.0], [2.0, 4.0]], (2, 2))
    assert not any(v.is_finite() for v in backing.inv(singular).ravel())
    assert backing.det(singular) == 0


def test_a_constant_is_what_is_written_and_a_point_what_it_is(m: Balls) -> None:
    tenth = m.flint.arb(1) / 10
    assert m.constant(0.1, ()).overlaps(tenth)
    assert not m.point(0.1, ()).overlaps(tenth)
    assert m.point(0.1, ()) == m.flint.arb(0.1)
    assert m.point(Exact(0.1, "1/10", lambda: tenth), ()) is tenth
    assert m.constant(PI, ()).overlaps(m.flint.arb.pi())
    assert m.constant(PI, ()).rad() < 1e-35
    assert Balls("float32").point(0.1, ()) == m.flint.arb(0.10000000149011612)


def test_an_operation_without_a_statement_is_named(m: Balls) -> None:
    unstated = [p for p in by_name().values() if not m.declared(p) and p.definition is None]
    for primitive in unstated:
        with pytest.raises(Unstated, match=primitive.name):
            m.apply(primitive, (m.lift(1.0),) * len(primitive.arguments), ())
    assert issubclass(Unstated, Failure)
