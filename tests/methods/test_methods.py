"""Each method at the edges of what it is asked: unused inputs, cotangents, detach, many elements, refusals."""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from typing import Any

import pytest

from gradcli.carriers.base import Carrier
from gradcli.carriers.floats import Floats
from gradcli.carriers.nodes import Node, Nodes
from gradcli.carriers.tensors import Tensors
from gradcli.graph import Graph
from gradcli.methods import symbolic
from gradcli.methods.base import BLOCK, MOST_SWEPT, fixed_direction, flatten, methods
from gradcli.methods.differences import NOTHING, Estimate, best_of, extrapolate, step_schedules
from gradcli.methods.rounding import rounding_of_gradient
from gradcli.problem import Derivative, Problem, nested_shape

ALL = ("forward", "reverse", "symbolic", "numerical", "autograd", "certified")
WIDE_ENOUGH = ("forward", "reverse", "numerical", "autograd")


def problem_of(
    build: Callable[..., Node], point: dict[str, Any], cotangent: Any = None, dtype: str = "float64"
) -> Problem:
    """The function of the point's inputs, by all of them."""
    graph = Graph()
    m = Nodes(graph)
    inputs = [Node(m, graph.input(name, nested_shape(name, value))) for name, value in point.items()]
    return Problem(graph, build(m, *inputs).id, tuple(point), point, cotangent, dtype)


def carrier_of(problem: Problem) -> Carrier:
    scalar = not any(problem.graph.shapes) and problem.dtype == "float64"
    return Floats() if scalar else Tensors("cpu", problem.dtype)


def differentiate(name: str, problem: Problem) -> Derivative:
    return methods()[name].differentiate(problem, carrier_of(problem))


def test_all_methods_are_found_in_their_order() -> None:
    assert tuple(methods()) == ALL
    assert [name for name, method in methods().items() if method.independent] == ["symbolic", "numerical", "autograd"]


@pytest.mark.parametrize("name", ALL)
def test_worked_example(name: str) -> None:
    """Row 1 of the course notes: ln(x1) + x1*x2 - sin(x2) at (2, 5)."""
    problem = problem_of(lambda m, x, y: m.log(x) + x * y - m.sin(y), {"x1": 2.0, "x2": 5.0})
    found = differentiate(name, problem)
    assert found.value == pytest.approx(11.652071455223084, rel=1e-15)
    assert found.gradient == {
        "x1": pytest.approx(5.5, rel=1e-11),
        "x2": pytest.approx(1.7163378145367738, rel=1e-11),
    }


@pytest.mark.parametrize("name", ALL)
def test_least_squares_of_the_notes(name: str) -> None:
    """Row 5: z = ||X w - y||^2, with every derivative whole numbers."""
    point = {"X": [[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]], "w": [1.0, -1.0], "y": [0.5, 1.0, 2.0]}
    problem = problem_of(lambda m, X, w, y: m.power(m.norm(m.matmul(X, w) - y), exponent=2), point)
    found = differentiate(name, problem)
    assert found.value == pytest.approx(15.25)
    assert found.gradient is not None
    wanted = {"X": [-3, 3, -4, 4, -6, 6], "w": [-45, -58], "y": [3, 4, 6]}
    for key, numbers in wanted.items():
        assert flatten(found.gradient[key]) == pytest.approx(numbers, rel=1e-9)


@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize("unused", [3.0, [1.0, 2.0], [[1.0, 2.0, 3.0]]], ids=str)
def test_unused_input_has_gradient_zero(name: str, unused: Any) -> None:
    """In its own shape, and whether or not the rest of the problem is scalar."""
    for x in (0.5, [0.5, 1.5]):
        problem = problem_of(
            lambda m, x, unused: m.sum(m.sin(x)) if m.shape(x) else m.sin(x), {"x": x, "unused": unused}
        )
        found = methods()[name].differentiate(problem, Floats() if x == 0.5 else Tensors("cpu"))
        assert found.gradient is not None, found.reason
        assert nested_shape("gradient", found.gradient["unused"]) == nested_shape("unused", unused)
        assert all(g == 0 for g in flatten(found.gradient["unused"]))
        assert flatten(found.gradient["x"]) == pytest.approx([math.cos(v) for v in flatten(x)])


@pytest.mark.parametrize("name", ALL)
def test_output_that_depends_on_nothing(name: str) -> None:
    found = differentiate(name, problem_of(lambda m, x: m.lift(3.0) + 1.0, {"x": 2.0}))
    assert found.gradient == {"x": 0.0}


@pytest.mark.parametrize("name", ALL)
def test_output_that_is_an_input(name: str) -> None:
    found = differentiate(name, problem_of(lambda m, x: x, {"x": 2.0}))
    assert found.gradient == {"x": pytest.approx(1.0)}


@pytest.mark.parametrize("name", ALL)
def test_cotangent_weighs_the_output(name: str) -> None:
    """Row 8: y = x*x with cotangent ones gives 2x; another cotangent weighs it."""
    point = {"x": [0.0, 1.0, 2.0, 3.0]}
    for cotangent in ([1.0] * 4, [2.0, -1.0, 0.5, 0.0]):
        found = differentiate(name, problem_of(lambda m, x: x * x, point, cotangent))
        assert found.gradient is not None
        wanted = [2 * x * u for x, u in zip(point["x"], cotangent, strict=True)]
        assert found.gradient["x"] == pytest.approx(wanted, abs=1e-12)


@pytest.mark.parametrize("name", ALL)
def test_detach_is_held(name: str) -> None:
    """Row 8: u = detach(x*x); the gradient of sum(u*x) is u, not 3x^2."""
    point = {"x": [0.0, 1.0, 2.0, 3.0]}
    found = differentiate(name, problem_of(lambda m, x: m.sum(m.detach(x * x) * x), point))
    assert found.gradient is not None
    assert found.gradient["x"] == pytest.approx([0.0, 1.0, 4.0, 9.0], abs=1e-10)
    scalar = differentiate(name, problem_of(lambda m, x: m.detach(x * x) * x, {"x": 3.0}))
    assert scalar.gradient == {"x": pytest.approx(9.0)}


@pytest.mark.parametrize("name", ALL)
def test_nothing_to_differentiate_by(name: str) -> None:
    """A vector of no elements has a gradient of no elements."""
    found = differentiate(name, problem_of(lambda m, x, y: m.sum(x) + y, {"x": [], "y": 2.0}))
    assert found.gradient == {"x": [], "y": pytest.approx(1.0)}


@pytest.mark.parametrize("name", ["forward", "numerical"])
def test_many_elements_are_looked_at_along_one_direction(name: str) -> None:
    numbers = random.Random(1)
    x = [numbers.uniform(-1, 1) for _ in range(BLOCK + 1)]
    problem = problem_of(lambda m, x: m.sum(m.sin(x) * x), {"x": x})
    found = differentiate(name, problem)
    assert found.gradient is None
    assert found.directional is not None
    direction, slope = found.directional
    assert direction == fixed_direction(problem)
    assert set(direction["x"]) == {-1.0, 1.0}
    wanted = sum(d * (math.cos(v) * v + math.sin(v)) for d, v in zip(direction["x"], x, strict=True))
    assert slope == pytest.approx(wanted, rel=1e-9)


@pytest.mark.parametrize("name", ["forward", "numerical"])
def test_a_large_graph_is_looked_at_along_one_direction(name: str) -> None:
    """Few inputs, but two thousand nodes for each; a sum of s sin(x_k) has the slope s cos(x_k)."""
    x = {f"x{k}": 0.1 * k for k in range(BLOCK)}

    def repeated(m: Any, *inputs: Node) -> Node:
        total = m.sin(inputs[0])
        for k in range(1, MOST_SWEPT // BLOCK):
            total = total + m.sin(inputs[k % BLOCK])
        return total

    problem = problem_of(repeated, x)
    found = differentiate(name, problem)
    assert found.gradient is None
    assert found.directional is not None
    direction, slope = found.directional
    times = [len(range(k, MOST_SWEPT // BLOCK, BLOCK)) for k in range(BLOCK)]
    wanted = sum(n * direction[f"x{k}"] * math.cos(x[f"x{k}"]) for k, n in enumerate(times))
    assert slope == pytest.approx(wanted, rel=1e-9)


@pytest.mark.parametrize("name", ["forward", "numerical"])
def test_up_to_the_block_every_component_is_found(name: str) -> None:
    x = [k / 10 for k in range(BLOCK)]
    found = differentiate(name, problem_of(lambda m, x: m.sum(x * x), {"x": x}))
    assert found.gradient is not None
    assert found.gradient["x"] == pytest.approx([2 * v for v in x], abs=1e-11)


@pytest.mark.parametrize("name", WIDE_ENOUGH)
def test_float32(name: str) -> None:
    found = differentiate(name, problem_of(lambda m, x: m.sin(x) * x, {"x": 1.5}, dtype="float32"))
    assert found.gradient == {"x": pytest.approx(math.sin(1.5) + 1.5 * math.cos(1.5), rel=1e-5)}


# Differences


@pytest.mark.parametrize(
    ("build", "x", "dtype", "truth"),
    [
        (lambda m, x: x * x - 1.0, 1.0, "float64", 2.0),
        (lambda m, x: x * x - 1.0, 1.0, "float32", 2.0),
        (lambda m, x: m.sin(x), math.pi, "float64", -1.0),
        (lambda m, x: m.sin(x), math.pi, "float32", -1.0),
        (lambda m, x: 1.0 - m.cos(x), 1e-9, "float64", 1e-9),
        (lambda m, x: m.div(1.0 - m.cos(x), x * x), 1e-5, "float64", -1e-5 / 12),
        (lambda m, x: m.div(m.log(1.0 + x), x), 1e-9, "float64", -0.5),
        (lambda m, x: (1e8 + x) - 1e8, 0.3, "float64", 1.0),
        (lambda m, x: m.exp(50.0 * x), 1.0, "float64", 50 * math.exp(50)),
        (lambda m, x: m.div(1.0, x), 1e-5, "float64", -1e10),
        (lambda m, x: m.div(1.0, x), 1e-5, "float32", -1e10),
        (lambda m, x: m.sin(m.div(1.0, x)), 1e-3, "float64", -1e6 * math.cos(1e3)),
        (lambda m, x: m.sin(m.div(1.0, x)), 1e-3, "float32", -1e6 * math.cos(1e3)),
        (lambda m, x: m.floor(x) + x, 0.9999, "float64", 1.0),
        (lambda m, x: m.abs(x), 1e-6, "float64", 1.0),
        (lambda m, x: m.log(x), 1e-300, "float64", 1e300),
        (lambda m, x: m.sqrt(x), 1e-12, "float64", 5e5),
        (lambda m, x: m.tanh(x), 20.0, "float64", 4 * math.exp(-40)),
        (lambda m, x: x * x, 1e150, "float64", 2e150),
    ],
)
def test_differences_know_their_error(build: Any, x: float, dtype: str, truth: float) -> None:
    """Zeros of the function, cancellation inside, poles and waves that coarse steps leap over, kinks nearby."""
    found = differentiate("numerical", problem_of(build, {"x": x}, dtype=dtype))
    assert found.gradient is not None
    assert isinstance(found.error, dict)
    slack = {"float64": 2.0**-50, "float32": 1e-4}[dtype]  # float32: the point itself is rounded
    assert abs(found.gradient["x"] - truth) <= 4 * found.error["x"] + slack * abs(truth)


def test_differences_outside_the_domain_claim_nothing() -> None:
    found = differentiate("numerical", problem_of(lambda m, x: m.log(x), {"x": -1.0}))
    assert found.error == {"x": math.inf}


def test_a_finer_entry_that_contradicts_wins() -> None:
    bogus, right = Estimate(1.0, 1e-6), Estimate(2.0, 1e-3)
    assert best_of([bogus, right]) == right
    assert best_of([Estimate(2.0001, 1e-6), right]) == Estimate(2.0001, 1e-6)
    assert best_of([]) == NOTHING
    assert extrapolate([math.nan, 1.0, math.inf, 1.0], [0.0] * 4, 4.0) == NOTHING


@pytest.mark.parametrize("roundoff", [2.0**-53, 2.0**-24])
@pytest.mark.parametrize("position", [0.0, 1e-300, 1e-9, 0.5, math.pi, 1e6, 1e200])
def test_steps_are_powers_of_two_that_move_the_point(position: float, roundoff: float) -> None:
    for schedule in step_schedules(position, roundoff):
        assert len(schedule) >= 5
        assert all(math.frexp(h)[0] == 0.5 for h in schedule)
        assert all(h >= 64 * roundoff * abs(position) for h in schedule)


# Rounding


def test_rounding_is_seen_where_digits_are_lost() -> None:
    """(1 - cos x)/x^2 near 0: the sweeps lose everything, and say so; x^2 loses nothing."""
    lost = problem_of(lambda m, x: m.div(1.0 - m.cos(x), x * x), {"x": 1e-5})
    found = differentiate("reverse", lost).gradient
    assert found is not None
    allowed = rounding_of_gradient(lost, Floats())["x"][0]
    assert abs(found["x"] + 1e-5 / 12) <= allowed <= 100.0
    kept = problem_of(lambda m, x: x * x, {"x": 3.0})
    assert rounding_of_gradient(kept, Floats())["x"][0] <= 6 * 1000 * 2.0**-53


# SymPy


def reason(problem: Problem) -> str:
    found = differentiate("symbolic", problem)
    assert found.gradient is None
    return found.reason


def test_sympy_is_not_asked_at_a_kink() -> None:
    assert "kink" in reason(problem_of(lambda m, x: m.abs(x), {"x": 0.0}))
    assert differentiate("symbolic", problem_of(lambda m, x: m.abs(x), {"x": -2.0})).gradient == {"x": -1.0}


def test_sympy_is_not_asked_for_many_elements() -> None:
    assert "64 input elements" in reason(problem_of(lambda m, x: m.sum(x), {"x": [1.0] * 65}))


def test_sympy_is_not_asked_for_what_is_large_written_out() -> None:
    def doubled(m: Nodes, x: Node) -> Node:
        for _ in range(40):
            x = m.sin(x) * m.cos(x)
        return x

    assert "terms" in reason(problem_of(doubled, {"x": 0.5}))


def test_sympy_is_not_asked_for_what_is_deep() -> None:
    def nested(m: Nodes, x: Node) -> Node:
        for _ in range(400):
            x = m.sin(x)
        return x

    assert "deep" in reason(problem_of(nested, {"x": 0.5}))


def test_sympy_is_not_asked_for_a_huge_power() -> None:
    assert "exponent" in reason(problem_of(lambda m, x: m.power(x, exponent=10**9), {"x": 1.0}))
    assert "constant" in reason(problem_of(lambda m, x: x + 1e301, {"x": 1.0}))


def test_ordinary_constants_are_not_huge() -> None:
    found = differentiate("symbolic", problem_of(lambda m, x: m.power(x - 127500.0, exponent=2), {"x": 2.0}))
    assert found.gradient == {"x": -254996.0}


def test_sympy_is_killed_at_the_time_limit_and_works_again(monkeypatch: pytest.MonkeyPatch) -> None:
    problem = problem_of(lambda m, x: m.sin(x), {"x": 0.5})
    method = symbolic.Symbolic()
    monkeypatch.setattr(symbolic, "TIME_LIMIT", 0.001)
    found = method.differentiate(problem, Floats())
    assert found.gradient is None
    assert found.reason == "SymPy did not answer within 0.001 s"
    monkeypatch.setattr(symbolic, "TIME_LIMIT", 60.0)
    assert method.differentiate(problem, Floats()).gradient == {"x": pytest.approx(math.cos(0.5))}
    assert method._worker is not None
    method._worker.close()


def test_sympy_that_fails_gives_a_reason() -> None:
    assert "SymPy" in reason(problem_of(lambda m, x: m.sqrt(x), {"x": 0.0}))


def test_inputs_whose_names_look_alike_stay_apart() -> None:
    """The element of a vector `a` and a scalar `a_0` were once the same symbol."""
    problem = problem_of(lambda m, a, b: m.sum(a) * b, {"a": [2.0, 3.0], "a_0": 5.0})
    assert differentiate("symbolic", problem).gradient == {"a": [5.0, 5.0], "a_0": 5.0}
