"""Values, gradients and differences in balls: what the methods and the verdicts that need the truth are made of.

A gradient in balls proves what rounding did, with our own rules. A central difference of the primal at 400 bits with a
step of 2^-66 uses no rule: its truncation is about 1e-40 of the third derivative.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from threading import RLock
from typing import Any

from gradcli.carriers.balls import Balls
from gradcli.carriers.counting import Counting
from gradcli.carriers.tape import Tape, evaluate
from gradcli.graph import Graph
from gradcli.methods.base import weigh
from gradcli.methods.reverse import adjoint_of, output_cotangent, pull
from gradcli.primitives.declare import Primitive, Value
from gradcli.problem import Nested, Problem
from gradcli.shapes import size

MOST_OPERATIONS = 20_000
"""Scalar operations of one evaluation; beyond it balls would take seconds."""
DIFFERENCE_BITS = 400
STEP_EXPONENT = -66

Ball = Any
_PRECISION = RLock()
"""The precision of python-flint is one for all threads."""


@contextmanager
def working(bits: int) -> Iterator[Balls]:
    """The carrier, at a precision in bits."""
    import flint

    with _PRECISION, flint.ctx.workprec(bits):
        yield Balls()


def too_large(problem: Problem) -> str:
    """Why balls are not asked: the graph is too large for them. Empty if it is not."""
    graph = problem.graph
    nodes = graph.ancestors([problem.output])
    count = sum(size(graph.shapes[node]) for node in nodes)
    if count <= MOST_OPERATIONS:
        counting = Counting()
        inputs: dict[int, Value] = {n: counting.constant(None, graph.shapes[n]) for n in graph.inputs.values()}
        evaluate(graph, [problem.output], counting, inputs)
        count += counting.spent().operations.number or 0
    return f"{count} operations are more than balls take in reasonable time" if count > MOST_OPERATIONS else ""


def ball_point(problem: Problem, balls: Balls) -> dict[int, Value]:
    """The bound inputs as balls: exactly the floats that they are."""
    graph = problem.graph
    return {
        graph.inputs[name]: balls.point(value, graph.shapes[graph.inputs[name]], problem.dtype)
        for name, value in problem.point.items()
        if name in graph.inputs
    }


def ball_tape(problem: Problem, balls: Balls) -> Tape:
    """The graph at the point, in balls."""
    return evaluate(problem.graph, [problem.output], balls, ball_point(problem, balls))


def enclosed_gradient(problem: Problem, bits: int) -> tuple[list[Ball], dict[str, list[Ball]]]:
    """The value and the gradient by input as flat lists of balls: one reverse sweep. Raises Unstated."""
    graph = problem.graph
    with working(bits) as balls:
        tape = ball_tape(problem, balls)
        sources = {name: graph.inputs[name] for name in problem.wrt}
        adjoints = pull(tape, {problem.output: output_cotangent(balls, problem)}, sources.values())
        found = {}
        for name, source in sources.items():
            adjoint = adjoint_of(adjoints, source)
            found[name] = flat(balls.zeros(problem.input_shape(name)) if adjoint is None else adjoint)
        return flat(tape.values[problem.output]), found


def flat(value: Value) -> list[Ball]:
    """The balls of a value in row-major order."""
    return list(value.ravel()) if hasattr(value, "ravel") else [value]


class BallLine:
    """The weighted output in balls along lines through the point. Detached nodes are held."""

    def __init__(self, problem: Problem, balls: Balls) -> None:
        self.problem = problem
        self.balls = balls
        self.tape = ball_tape(problem, balls)
        graph = problem.graph
        self.inputs = {node: self.tape.values[node] for node in graph.inputs.values() if node < len(self.tape.values)}
        self.held = {n: self.tape.values[n] for n in self.tape.nodes if holds_value(graph, n)}

    def at(self, direction: Mapping[str, Nested], step: Ball) -> Ball:
        """Weighted output at point + step * direction."""
        problem, balls, graph = self.problem, self.balls, self.problem.graph
        moved = dict(self.inputs)
        for name, tangent in direction.items():
            node = graph.inputs[name]
            if moved.get(node) is not None:
                moved[node] = moved[node] + step * balls.constant(tangent, graph.shapes[node])
        tape = evaluate(graph, [], balls, moved, self.held, self.tape.nodes)
        return weigh(balls, problem.cotangent, problem.output_shape, tape.values[problem.output])

    def slope(self, direction: Mapping[str, Nested], position: float) -> tuple[Ball, Ball]:
        """The derivative along a direction by a central difference, and by one of half the step."""
        arb = self.balls.flint.arb
        step = abs(arb(position)) * arb(2) ** STEP_EXPONENT if position else arb(2) ** STEP_EXPONENT
        coarse, fine = ((self.at(direction, h) - self.at(direction, -h)) / (2 * h) for h in (step, step / 2))
        return coarse, fine


def holds_value(graph: Graph, node: int) -> bool:
    """Whether a node is detached."""
    operation = graph.operations[node]
    return isinstance(operation, Primitive) and operation.holds_value
