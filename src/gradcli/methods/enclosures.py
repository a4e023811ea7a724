"""Values, gradients and differences in balls: what the methods and the verdicts that need the truth are made of.

A gradient in balls proves what rounding did, with our own rules. A central difference of the primal at 400 bits with a
step of 2^-66, or less where values on the way are large, uses no rule: its truncation is about 1e-40 of the third
derivative.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from threading import RLock
from typing import Any

from gradcli.carriers.balls import Balls
from gradcli.carriers.counting import Counting
from gradcli.carriers.tape import Tape, evaluate, input_values, tape_of
from gradcli.methods.base import flatten, weigh
from gradcli.methods.numerical import held_nodes
from gradcli.methods.reverse import vjp
from gradcli.primitives.declare import Value
from gradcli.problem import Nested, Problem
from gradcli.shapes import size

MOST_OPERATIONS = 20_000
"""Scalar operations of one evaluation; beyond it balls would take seconds."""
DIFFERENCE_BITS = 400
STEP_EXPONENT = -66
FIRST_LOOK = 64
"""Bits that tell how large the values are."""
FURTHEST = 5000
"""More than any float64 reaches, even squared."""
TRUNCATION = 4
"""The error of the finer difference is a third of its distance to the coarser one."""

Ball = Any
_PRECISION = RLock()
"""The precision of python-flint is one for all threads."""


def difference_bits(problem: Problem) -> int:
    """The precision of differences: more where coordinates, or values on the way, are far larger or smaller than 1."""
    sizes = [abs(math.frexp(x)[1]) for name in problem.wrt for x in map(float, flatten(problem.point[name]))]
    with working(FIRST_LOOK, problem.dtype) as balls:
        tape = tape_of(problem, balls)
        return DIFFERENCE_BITS + 3 * max(sizes, default=0) + 5 * reach(tape)


def reach(tape: Tape) -> int:
    """How far the values on the way are from 1, in powers of two. A step that is smaller by twice as much, for the
    quotient of two of them, crosses no further jump, and no period of a sine."""
    exponents = [0]
    for node in tape.nodes:
        for ball in flat(tape.values[node]):
            if ball.is_finite() and not ball.contains(0):
                mantissa, exponent = ball.mid().man_exp()
                exponents.append(abs(int(exponent) + int(mantissa).bit_length()))
    return min(max(exponents), FURTHEST)


@contextmanager
def working(bits: int, dtype: str = "float64") -> Iterator[Balls]:
    """The carrier, at a precision in bits."""
    import flint

    with _PRECISION, flint.ctx.workprec(bits):
        yield Balls(dtype)


def too_large(problem: Problem) -> str:
    """Why balls are not asked: the graph is too large for them. Empty if it is not."""
    count = operations(problem)
    return f"{count} operations are more than balls take in reasonable time" if count > MOST_OPERATIONS else ""


def operations(problem: Problem) -> int:
    """Scalar operations of one evaluation, and the elements of all nodes; where these are too many, they alone."""
    graph = problem.graph
    count = sum(size(graph.shapes[node]) for node in graph.ancestors([problem.output]))
    if count <= MOST_OPERATIONS:
        counting = Counting()
        inputs: dict[int, Value] = {n: counting.constant(None, graph.shapes[n]) for n in graph.inputs.values()}
        evaluate(graph, [problem.output], counting, inputs)
        count += counting.spent().operations.number or 0
    return count


def enclosed_gradient(problem: Problem, balls: Balls) -> tuple[list[Ball], dict[str, list[Ball]]]:
    """The value and the gradient by input as flat lists of balls: one reverse sweep. Raises Unstated."""
    value, gradient = vjp(problem, balls)
    return flat(value), {name: flat(adjoint) for name, adjoint in gradient.items()}


def flat(value: Value) -> list[Ball]:
    """The balls of a value in row-major order."""
    return list(value.ravel()) if hasattr(value, "ravel") else [value]


class BallLine:
    """The weighted output in balls along lines through the point. Detached nodes are held."""

    def __init__(self, problem: Problem, balls: Balls, step_exponent: int = STEP_EXPONENT) -> None:
        self.problem = problem
        self.balls = balls
        graph = problem.graph
        self.inputs = input_values(graph, balls, problem.point)
        self.tape = evaluate(graph, [problem.output], balls, self.inputs)
        self.finest = balls.flint.arb(2) ** (step_exponent - 2 * reach(self.tape))
        self.held = {n: self.tape.values[n] for n in held_nodes(graph, self.tape)}

    def at(self, direction: Mapping[str, Nested], step: Ball) -> Ball:
        """Weighted output at point + step * direction."""
        problem, balls, graph = self.problem, self.balls, self.problem.graph
        balls.forget()
        moved = dict(self.inputs)
        for name, tangent in direction.items():
            node = graph.inputs[name]
            moved[node] = moved[node] + step * balls.point(tangent, graph.shapes[node])
        tape = evaluate(graph, [], balls, moved, self.held, self.tape.nodes)
        return weigh(balls, problem.cotangent, problem.output_shape, tape.values[problem.output])

    def curvature(self, direction: Mapping[str, Nested], position: float) -> tuple[Ball, Ball]:
        """The second derivative along a direction by a central difference, and by one of half the step."""
        here = self.at(direction, self.balls.lift(0))
        step = self._step(position)
        coarse, fine = ((self.at(direction, h) - 2 * here + self.at(direction, -h)) / (h * h) for h in (step, step / 2))
        return coarse, fine

    def _step(self, position: float) -> Ball:
        """The finest step, or that part of a coordinate below 1: more says nothing of how fast the function varies."""
        return self.finest * (abs(position) if 0 < abs(position) < 1 else 1)

    def slope(self, direction: Mapping[str, Nested], position: float) -> tuple[Ball, Ball]:
        """The derivative along a direction by a central difference, and by one of half the step."""
        step = self._step(position)
        coarse, fine = ((self.at(direction, h) - self.at(direction, -h)) / (2 * h) for h in (step, step / 2))
        return coarse, fine
