"""Where a float64 loses its digits: computed node values and adjoints beside the true ones.

The condition number of a node is the relative change of its value for a relative change of its arguments by one: the
sum of |local partial * argument| over |value| (Higham, Accuracy and Stability of Numerical Algorithms, 2002, 1.6).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from gradcli.carriers.tape import Tape, evaluate, input_values
from gradcli.graph import CONSTANT
from gradcli.methods.base import flatten
from gradcli.methods.differences import UNIT_ROUNDOFF
from gradcli.methods.enclosures import flat, working
from gradcli.methods.reverse import output_cotangent, pull
from gradcli.primitives.declare import Elementwise, Value
from gradcli.problem import Problem
from gradcli.verify.explain import expression_of

BITS = 1200
"""Precision of the true values: more than cancellation of two float64 can take."""
UNDERFLOW_BITS = 64
SMALLEST = {"float64": 2.0**-1022, "float32": 2.0**-126}
"""What has all its bits."""
LOST = 1e-8
"""Relative error above which a node has lost digits."""

Ball = Any


def losing_node(problem: Problem, tape: Tape, adjoints: Sequence[Value | None], names: dict[int, str]) -> str:
    """The node whose value or adjoint loses most digits that its arguments, or users, still had; empty if none does."""
    graph = problem.graph
    with working(BITS, problem.dtype) as balls:
        true = evaluate(graph, [problem.output], balls, input_values(graph, balls, problem.point))
        pulled = pull(true, {problem.output: output_cotangent(balls, problem)}, graph.inputs.values())
        errors = {node: relative_error(tape, tape.values[node], true.values[node]) for node in tape.nodes}
        node = _largest_jump(tape, errors)
        if node is not None:
            number = condition_number(true, node)
            about = f" (condition number {number:.0e})" if number is not None else ""
            return f"{_called(tape, node, names)}{about}"
        for node in reversed(tape.nodes):
            adjoint, exact = adjoints[node], pulled[node]
            if adjoint is not None and exact is not None and relative_error(tape, adjoint, exact) > LOST:
                return f"the adjoint of {_called(tape, node, names)}: its contributions cancel"
    return ""


def underflows(problem: Problem) -> bool:
    """Whether a value or an adjoint on the way is too small for the dtype, which no bound of rounding counts."""
    graph = problem.graph
    with working(UNDERFLOW_BITS, problem.dtype) as balls:
        tape = evaluate(graph, [problem.output], balls, input_values(graph, balls, problem.point))
        adjoints = pull(tape, {problem.output: output_cotangent(balls, problem)}, graph.inputs.values())
        values = [tape.values[node] for node in tape.nodes] + [adjoints[node] for node in tape.nodes]
        found = (ball for value in values if value is not None for ball in flat(value))
        return any(not ball.contains(0) and abs(ball) < SMALLEST[problem.dtype] for ball in found)


def relative_error(tape: Tape, computed: Value, true: Value) -> float:
    """The largest error of a node's elements, relative to the largest element; of a true zero, the absolute one."""
    pairs = list(zip(flatten(tape.carrier.nested(computed)), flat(true), strict=True))
    size = max((float(abs(t).upper()) for _, t in pairs if t.is_finite()), default=0.0)
    gap = max((float(abs(t - c).upper()) if math.isfinite(c) else math.inf for c, t in pairs), default=0.0)
    return gap / size if size else gap


def _largest_jump(tape: Tape, errors: dict[int, float]) -> int | None:
    """The node whose relative error is largest beside that of its arguments."""
    floor = UNIT_ROUNDOFF[tape.carrier.dtype]
    best, worst = None, LOST / floor / 100
    for node in tape.nodes:
        if tape.graph.is_leaf(node) or not errors[node] > LOST:
            continue
        before = max((errors[a] for a in tape.graph.arguments[node]), default=0.0)
        jump = errors[node] / max(before, floor)
        if jump > worst:
            best, worst = node, jump
    return best


def condition_number(tape: Tape, node: int) -> float | None:
    """Of an elementwise node on a tape of balls: the largest of its elements. None where it is not finite."""
    rule = tape.primitive(node).rule
    if not isinstance(rule, Elementwise):
        return None
    total: Any = 0
    for position, argument in enumerate(tape.graph.arguments[node]):
        partial = tape.partial(node, position)
        if partial is not None and tape.graph.operations[argument] is not CONSTANT:
            total = total + abs(tape.carrier.lift(partial) * tape.values[argument])
    numbers = [float((t / abs(v)).mid()) for t, v in zip(flat(total), flat(tape.values[node]), strict=False) if v != 0]
    return max(numbers, default=None) if all(map(math.isfinite, numbers)) else None


def _called(tape: Tape, node: int, names: dict[int, str]) -> str:
    text = expression_of(tape, node, names)
    name = names.get(node)
    return text if name is None or name == text else f"{name} = {text}"
