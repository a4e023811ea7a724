"""What a certified gradient costs: each built-in example in balls."""

import json
import statistics
import time

import gradcli
from gradcli.api.values import read_direction
from gradcli.methods.certified import METHOD
from gradcli.problem import Problem
from gradcli.syntax.bindings import split_bindings
from gradcli.verify.examples import EXAMPLES, Example
from tests.benchmarks.harness import Row

EACH = 0.020
"""Seconds that the certified gradient of a built-in example may take beyond start-up."""


def problem_of(example: Example) -> tuple[Problem, object]:
    """An example as a problem, and the carrier that serves it."""
    bindings = {b.name: json.loads(example.at[slice(*b.value)]) for b in split_bindings(example.at)}
    point = gradcli.parse(example.expression).at(**bindings)
    plan = point._plan
    shape = plan.graph.shapes[plan.output]
    weights = read_direction(example.cotangent, shape, "cotangent") if example.cotangent else None
    inputs = tuple(plan.graph.inputs)
    return Problem(plan.graph, plan.output, inputs, point.inputs, weights), plan.carrier


def measure(runs: int) -> list[Row]:
    """The slowest example against what each may take."""
    slowest = [0.0]
    for example in EXAMPLES:
        problem, carrier = problem_of(example)
        found = []
        for turn in range(runs + 1):
            start = time.perf_counter()
            answer = METHOD.differentiate(problem, carrier)
            if turn:
                found.append(time.perf_counter() - start)
        assert answer.gradient is not None, example.title
        slowest = max(slowest, found, key=statistics.median)
    return [Row("certified gradient of each built-in example, the slowest", slowest, "20 ms", [EACH], 1.0)]
