"""Central differences with a bound of their error: it holds, and it is given where the function is smooth."""

import math
import random

import pytest

from gradcli.carriers.tensors import Tensors
from gradcli.methods.base import flatten, methods
from gradcli.methods.bounded import best_step, bounded_differences
from gradcli.methods.certified import proven_gradient
from gradcli.methods.enclosures import working
from gradcli.verify.explain import finite
from tests.methods.graphs import random_problem
from tests.verify.problems import problem

TORCH = Tensors("cpu")


def test_no_true_error_exceeds_its_bound_on_random_graphs(request: pytest.FixtureRequest) -> None:
    """2000 scalar graphs with --full; the truth is the gradient in balls."""
    count = 2000 if request.config.getoption("--full") else 200
    asked = bounded = 0
    for seed in range(count):
        rng = random.Random(seed)
        graph = random_problem(rng.choice, lambda r=rng: r.uniform(-2, 2), False, rng.randint(2, 9))
        if not finite(methods()["reverse"].differentiate(graph, TORCH).value):
            continue
        asked += 1
        found = bounded_differences(graph, TORCH)
        if found is None:
            continue
        bounded += 1
        _, gradient, bits = proven_gradient(graph)
        with working(max(bits, 200)):
            for name in graph.wrt:
                answers = zip(flatten(found.gradient[name]), flatten(found.error[name]), gradient[name], strict=True)
                for slope, bound, true in answers:
                    assert not abs(true - slope).lower() > bound, (seed, name, slope, bound)
    # The others stand on a kink or near one.
    assert bounded > 0.7 * asked


@pytest.mark.parametrize(
    ("text", "point", "gradient"),
    [
        ("exp(x)", {"x": 1.0}, {"x": math.e}),
        ("sin(x)*y", {"x": 0.5, "y": 2.0}, {"x": 2 * math.cos(0.5), "y": math.sin(0.5)}),
        ("sum(x^3)", {"x": [1.0, 2.0]}, {"x": [3.0, 12.0]}),
        ("relu(x)*x", {"x": 1e-3}, {"x": 2e-3}),
        ("floor(x) + x^2", {"x": 1.5}, {"x": 3.0}),
        ("where(x > 0, sin(x), x)", {"x": 0.3}, {"x": math.cos(0.3)}),
        ("detach(x)*x^2", {"x": 0.7}, {"x": 2 * 0.49}),
    ],
)
def test_the_bound_is_narrow_and_holds(text: str, point: dict, gradient: dict) -> None:
    found = bounded_differences(problem(text, **point), TORCH)
    assert found is not None
    assert found.bounded
    for name, true in gradient.items():
        for a, b, e in zip(*map(flatten, (found.gradient[name], true, found.error[name])), strict=True):
            assert abs(a - b) <= e + 4e-16 * abs(b)
            assert e <= 1e-9


@pytest.mark.parametrize(
    ("text", "point"),
    [
        ("relu(x)", {"x": 0.0}),
        ("abs(x) + x", {"x": 0.0}),
        ("floor(x)", {"x": 2.0}),
        ("sqrt(x)", {"x": 0.0}),
        ("x^1.5", {"x": 0.0}),
        ("maximum(x, y)", {"x": 1.0, "y": 1.0}),
    ],
)
def test_no_bound_at_a_kink_or_a_singular_point(text: str, point: dict) -> None:
    assert bounded_differences(problem(text, **point), TORCH) is None


def test_a_step_keeps_off_a_kink_nearby() -> None:
    """The best step would reach over the kink at 1e-7; a bound from there would be false."""
    found = bounded_differences(problem("abs(x)*exp(x)", x=1e-7), TORCH)
    assert found is not None
    assert abs(found.gradient["x"] - (1 + 1e-7) * math.exp(1e-7)) <= found.error["x"] + 4e-16


def test_the_best_step_balances_rounding_and_truncation() -> None:
    """h = (3 r / |f'''|)^(1/3), rounded down to a power of two."""
    assert best_step(1e-16, 1.0, 1.0) == 2.0 ** math.floor(math.log2(3e-16 ** (1 / 3)))
    assert best_step(1e-16, 0.0, 0.125) == 0.125
    assert best_step(0.0, 1.0, 0.125) == 0.125


@pytest.mark.parametrize(
    ("text", "x", "slope"),
    [("tanh(2/(x-1))", 1e-200, -2 / math.cosh(2) ** 2), ("(0.1*x-0.3)+(x-1)", 1e-200, 1.1), ("atan(x)", 1e-200, 1.0)],
)
def test_no_false_bound_where_floats_do_not_see_the_step(text: str, x: float, slope: float) -> None:
    found = bounded_differences(problem(text, x=x), TORCH)
    assert found is None or abs(found.gradient["x"] - slope) <= found.error["x"] + 1e-15
