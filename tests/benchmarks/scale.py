"""Time against size: a chain of `sin`, through the Python API, must cost the same a node at any length.

The time is the processor's own (user) time: what the system spends on finding memory is not ours, and varies tenfold.
The reference is the chain that has just outgrown the processor's caches; a shorter one is faster for that reason alone.
"""

import resource
from itertools import pairwise

from gradcli.carriers.floats import Floats
from gradcli.graph import Graph
from gradcli.methods.base import methods
from gradcli.primitives.registry import by_name
from gradcli.problem import Problem
from tests.benchmarks.harness import Row

REFERENCE = 100_000
SIZES = (10_000, REFERENCE, 1_000_000)
STEPS = ("build", "forward", "reverse")
RUNS = 3  # a million nodes take many seconds, whatever was asked for the short programs
AT_MOST = 2.0


def chain(length: int) -> Problem:
    """sin(sin(...sin(x))) at x = 0.5."""
    graph, sin = Graph(), by_name()["sin"]
    node = graph.input("x")
    for _ in range(length):
        node = graph.apply(sin, (node,))
    return Problem(graph, node, ("x",), {"x": 0.5})


def seconds_a_node(length: int) -> dict[str, float]:
    """Processor seconds a node of building such a chain and of each sweep over it."""
    marks = [_user_time()]
    problem = chain(length)
    marks.append(_user_time())
    for mode in STEPS[1:]:
        methods()[mode].differentiate(problem, Floats())
        marks.append(_user_time())
    return {step: (end - start) / length for step, (start, end) in zip(STEPS, pairwise(marks), strict=True)}


def measure(_runs: int) -> list[Row]:
    """A row a step and size, beside the same step on the reference."""
    found: dict[int, list[dict[str, float]]] = {size: [] for size in SIZES}
    for _ in range(RUNS):
        for size in SIZES:
            found[size].append(seconds_a_node(size))

    def times(step: str, size: int) -> list[float]:
        return [run[step] for run in found[size]]

    return [
        Row(f"{step}, {size:,}", times(step, size), f"{REFERENCE:,}", times(step, REFERENCE), AT_MOST)
        for step in STEPS
        for size in SIZES
        if size != REFERENCE
    ]


def _user_time() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_utime
