"""The running error bound: it covers what rounding did, and not much more; and it knows jumps and underflow."""

from __future__ import annotations

import math
import random
from typing import Any

import pytest

from gradcli.carriers.floats import Floats
from gradcli.carriers.precision import UNDERFLOW
from gradcli.carriers.running import ROUNDOFF, Running
from gradcli.carriers.tensors import Tensors
from gradcli.exact import PI
from gradcli.methods.base import flatten
from gradcli.methods.certified import proven_gradient
from gradcli.methods.enclosures import working
from gradcli.methods.reverse import METHOD as REVERSE
from gradcli.methods.rounding import forward_bound, rounding_bound, tolerance
from gradcli.problem import Problem
from tests.conftest import Count
from tests.methods.graphs import carrier_for, drawn_problem, stands_on_kink
from tests.verify.problems import problem


@pytest.fixture
def m() -> Running:
    return Running()


def rounded(m: Running, value: float, error: float) -> Any:
    found = m.point(value, ())
    found.error = error
    return found


def test_errors_add_up_by_the_local_partials(m: Running) -> None:
    x, y = rounded(m, 3.0, 1e-10), rounded(m, -4.0, 1e-9)
    assert (x + y).error == pytest.approx(1.1e-9, rel=1e-5)
    assert (x * y).error == pytest.approx(4e-10 + 3e-9, rel=1e-5)
    assert m.sin(x).error == pytest.approx(abs(math.cos(3.0)) * 1e-10, rel=1e-4)
    assert m.div(x, y).error == pytest.approx(1e-10 / 4 + 3 / 16 * 1e-9, rel=1e-4)


def test_each_operation_adds_its_own_rounding(m: Running) -> None:
    x = m.point(0.3, ())
    assert x.error == 0.0
    assert m.exp(x).error == ROUNDOFF * math.exp(0.3)
    assert m.constant(0.1, ()).error == ROUNDOFF * 0.1
    assert m.constant(3, ()).error == 0.0
    assert m.point(PI, ()).error > 0.0


def test_underflow_is_an_absolute_error_unless_an_argument_is_0(m: Running) -> None:
    small = m.point(1e-200, ())
    assert (small * small).value == 0.0
    assert (small * small).error == UNDERFLOW["float64"]
    assert (small * m.point(0.0, ())).error == 0.0


@pytest.mark.parametrize(
    ("name", "values", "errors", "jump"),
    [
        ("floor", (3.0,), (1e-9,), 1.0),
        ("floor", (3.5,), (1e-9,), 0.0),
        ("round", (2.5,), (1e-9,), 1.0),
        ("gt", (1.0, 1.0 + 1e-12), (1e-9, 0.0), 1.0),
        ("gt", (1.0, 2.0), (1e-9, 0.0), 0.0),
        ("eq", (1.0, 1.0 + 1e-12), (1e-9, 0.0), 1.0),
        ("eq", (1.0, 2.0), (1e-9, 0.0), 0.0),
        ("sign", (1e-12,), (1e-9,), 2.0),
        ("remainder", (4.0, 2.0), (1e-9, 0.0), 2.0),
        ("remainder", (5.0, 2.0), (0.0, 0.0), 0.0),
    ],
)
def test_a_jump_within_the_error_is_part_of_it(
    m: Running, name: str, values: tuple[float, ...], errors: tuple[float, ...], jump: float
) -> None:
    arguments = [rounded(m, v, e) for v, e in zip(values, errors, strict=True)]
    assert getattr(m, name)(*arguments).error == pytest.approx(jump, abs=1e-8)


def test_a_choice_that_rounding_may_have_made_is_as_uncertain_as_its_branches(m: Running) -> None:
    condition = m.gt(rounded(m, 1.0, 1e-9), m.point(1.0 + 1e-12, ()))
    assert m.where(condition, m.point(5.0, ()), m.point(2.0, ())).error >= 3.0
    assert m.masked(condition, m.point(7.0, ())).error >= 7.0
    decided = m.gt(m.point(2.0, ()), m.point(1.0, ()))
    assert m.where(decided, m.point(5.0, ()), m.point(2.0, ())).error < 1e-14
    assert m.masked(decided, m.point(7.0, ())).error == 0.0
    assert m.masked(m.gt(m.point(0.0, ()), m.point(1.0, ())), m.point(7.0, ())) is None


def test_the_chosen_one_is_itself(m: Running) -> None:
    x, far, near = m.point(1.0, ()), rounded(m, 0.0, 1e-9), rounded(m, 1.0 - 1e-12, 1e-9)
    assert m.maximum(x, far) is x
    assert m.gt(x, m.maximum(x, far)).error == 0.0
    assert m.maximum(x, near).error > 0.0


def covered(asked: Problem) -> None:
    """Value and gradient on floats lie within their bounds of what is proven in balls."""
    carrier = carrier_for(asked)
    bound = rounding_bound(asked, carrier)
    assert bound is not None
    _, gradient, bits = proven_gradient(asked)
    found = REVERSE.differentiate(asked, carrier).gradient
    assert found is not None
    with working(bits):
        for name in asked.wrt:
            for ball, number, allowed in zip(gradient[name], flatten(found[name]), bound[1][name], strict=True):
                assert abs(ball - number) <= allowed


def test_random_graphs_lie_within_the_bound(rng: random.Random, count: Count) -> None:
    seen = 0
    while seen < count(sample=40, full=2_000):
        asked = drawn_problem(rng)
        if isinstance(carrier_for(asked), Floats) and not stands_on_kink(asked):
            seen += 1
            covered(asked)


def test_the_bound_is_narrow_on_ordinary_graphs() -> None:
    asked = problem("ln(x1)+x1*x2-sin(x2)", x1=2.0, x2=5.0)
    bound = rounding_bound(asked, Floats())
    assert bound is not None
    assert all(r < 1e-13 for (r,) in bound[1].values())
    assert all(r < 1e-13 for r in forward_bound(asked, Floats()))


def test_the_bound_is_wide_where_digits_cancel() -> None:
    bound = rounding_bound(problem("(1 - cos(x))/x^2", x=1e-7), Floats())
    assert bound is not None
    assert bound[0][0] > 1e-3
    assert bound[1]["x"][0] > 1e3


def test_the_tolerance_is_four_radii_and_a_unit() -> None:
    assert tolerance(1.0, 1e-10) == 4 * (1e-10 + 2.0**-52)
    assert tolerance(8.0, 0.0, 2.0**-24) == 4 * 8 * 2.0**-23
    assert math.isinf(tolerance(math.nan, 1.0))
    assert math.isinf(tolerance(1.0, math.nan))


def test_bounds_of_tensors_and_float32() -> None:
    asked = problem("sum(exp(x)*x)", x=[0.5, -1.0])
    wide = rounding_bound(asked, Tensors("cpu", "float32"))
    narrow = rounding_bound(asked, Tensors("cpu"))
    assert wide is not None
    assert narrow is not None
    for a, b in zip(wide[1]["x"], narrow[1]["x"], strict=True):
        assert 2.0**26 < a / b < 2.0**32


@pytest.mark.parametrize(("number", "held"), [(3, True), (1e22, True), (1e23, False), (10**23, False), (2**80, True)])
def test_a_whole_number_that_no_float_holds_is_rounded(m: Running, number: float, held: bool) -> None:
    """10^22 is 5^22 2^22, and 5^22 is the last power of 5 below 2^53."""
    assert (m.constant(number, ()).error == 0.0) is held
