"""Random graphs: forward = reverse = autograd = derivative graph, within measured rounding; differences are honest."""

from __future__ import annotations

import math
import random

import pytest
from hypothesis import assume, given

from gradcli.carriers.nodes import Node
from gradcli.carriers.tape import evaluate, input_values, tape_of_nodes
from gradcli.carriers.tensors import Tensors
from gradcli.methods.base import methods
from gradcli.methods.reverse import output_cotangent, pull
from gradcli.problem import Problem
from tests.conftest import Count
from tests.methods.graphs import (
    carrier_for,
    drawn_problem,
    error_of_torch_tanh,
    flat_gradient,
    is_far_from_underflow,
    is_tame,
    problems,
    rounding_of,
    rounding_of_both,
    stands_on_kink,
)
from tests.sampling import examples


def gradient_by(name: str, problem: Problem) -> list[float]:
    found = methods()[name].differentiate(problem, carrier_for(problem))
    assert found.gradient is not None, found.reason
    return flat_gradient(found.gradient, problem)


def assert_near(found: list[float], wanted: list[float], tolerances: list[float], what: str) -> None:
    """A NaN (the rule of hypot at (0, 0)) is near to a NaN only."""
    for k, (f, w, t) in enumerate(zip(found, wanted, tolerances, strict=True)):
        near = math.isnan(f) if math.isnan(w) else abs(f - w) <= t
        assert near, f"{what}: component {k} is {f!r}, not {w!r} (tolerance {t:.1g})"


@examples(sample=60, full=10_000)
@given(problems())
def test_forward_reverse_and_autograd_agree(problem: Problem) -> None:
    assume(is_tame(problem))
    tolerances = rounding_of(problem)
    reverse = gradient_by("reverse", problem)
    assert all(map(math.isfinite, reverse)) or stands_on_kink(problem)
    assert_near(gradient_by("forward", problem), reverse, rounding_of_both(problem), "forward")
    if is_far_from_underflow(problem):
        witness = methods()["autograd"].differentiate(problem, carrier_for(problem))
        stated = [0.0] * len(reverse) if witness.error is None else flat_gradient(witness.error, problem)
        tolerances = [sum(parts) for parts in zip(tolerances, stated, error_of_torch_tanh(problem), strict=True)]
        assert_near(flat_gradient(witness.gradient, problem), reverse, tolerances, "autograd")
    assert reverse[problem.wrt.index("unused")] == 0.0


@examples(sample=25, full=2_000)
@given(problems())
def test_derivative_graph_gives_the_same_numbers(problem: Problem) -> None:
    assume(is_tame(problem))
    tolerances = rounding_of(problem)
    wanted = gradient_by("reverse", problem)
    graph = problem.graph
    tape = tape_of_nodes(graph, [problem.output])
    u = graph.input("u", problem.output_shape)
    sources = [graph.inputs[name] for name in problem.wrt]
    adjoints = pull(tape, {problem.output: Node(tape.carrier, u)}, sources)
    ids = [adjoints[s].id if s < len(adjoints) and adjoints[s] is not None else None for s in sources]
    carrier = Tensors("cpu")
    values = {**input_values(graph, carrier, problem.point), u: output_cotangent(carrier, problem)}
    found = evaluate(graph, [i for i in ids if i is not None], carrier, values)
    gradient = {
        name: carrier.nested(carrier.zeros(graph.shapes[source]) if i is None else found.values[i])
        for name, source, i in zip(problem.wrt, sources, ids, strict=True)
    }
    assert_near(flat_gradient(gradient, problem), wanted, tolerances, "derivative graph")


@examples(sample=8, full=300)
@given(problems())
def test_sympy_agrees(problem: Problem) -> None:
    assume(is_tame(problem) and not stands_on_kink(problem))
    found = methods()["symbolic"].differentiate(problem, carrier_for(problem))
    if found.gradient is None:
        assert found.reason
        return
    assert_near(flat_gradient(found.gradient, problem), gradient_by("reverse", problem), rounding_of(problem), "sympy")


def test_error_estimate_of_differences_is_honest(
    rng: random.Random, count: Count, capsys: pytest.CaptureFixture[str]
) -> None:
    """|difference - truth| <= 4 * estimate + rounding for at least 99 % of the components that claim to converge."""
    wanted = count(sample=300, full=20_000)
    seen = honest = vague = 0
    while seen < wanted:
        problem = drawn_problem(rng)
        if not is_tame(problem) or stands_on_kink(problem):
            continue
        found = methods()["numerical"].differentiate(problem, carrier_for(problem))
        assert found.gradient is not None
        assert isinstance(found.error, dict)
        truths = gradient_by("reverse", problem)
        largest = max(map(abs, truths))
        for estimate, error, truth, rounding in zip(
            flat_gradient(found.gradient, problem),
            flat_gradient(found.error, problem),
            truths,
            rounding_of(problem),
            strict=True,
        ):
            if truth == 0.0 or math.isinf(error):
                continue
            seen += 1
            honest += abs(estimate - truth) <= 4 * error + rounding
            vague += error > 1e-6 * largest
    with capsys.disabled():
        print(f"\ndifferences: {honest}/{seen} honest ({honest / seen:.2%}), {vague / seen:.2%} vaguer than 1e-6")
    assert honest >= 0.99 * seen
