"""Reverse accumulation in balls, at a precision that rises until every printed digit is proven.

The rules are gradcli's own, so it proves what rounding did and no more.
"""

from __future__ import annotations

from typing import Any

from gradcli.carriers.balls import Unstated
from gradcli.carriers.base import Carrier
from gradcli.methods.base import unflatten
from gradcli.methods.enclosures import enclosed_gradient, too_large, working
from gradcli.methods.proven import bound_text, proven_text
from gradcli.problem import Derivative, Problem

FIRST_BITS = 80
MOST_BITS = 5120
"""The precision doubles from the first, or from what the wanted digits need, up to the last and that much more."""
BITS_A_DIGIT = 3.33

Ball = Any


class Certified:
    """Sweeps in balls until each component has one nearest float64, or the wanted decimal digits."""

    name = "certified"
    independent = False

    def differentiate(self, problem: Problem, carrier: Carrier) -> Derivative:
        """The gradient with every digit proven, or the bound that was reached."""
        answer = Derivative(self.name)
        answer.reason = too_large(problem)
        if answer.reason:
            return answer
        try:
            value, gradient, bits = proven_gradient(problem)
        except Unstated as error:
            answer.reason = error.message
            return answer
        shapes = {name: problem.input_shape(name) for name in problem.wrt}
        answer.value = unflatten([float(ball) for ball in value], problem.output_shape)
        answer.gradient = {n: unflatten([float(ball) for ball in gradient[n]], s) for n, s in shapes.items()}
        answer.error = {n: unflatten([float(ball.rad()) for ball in gradient[n]], s) for n, s in shapes.items()}
        answer.bounded = True
        with working(bits):
            answer.digits = {
                n: unflatten([proven_text(ball, problem.precision) or bound_text(ball) for ball in gradient[n]], s)
                for n, s in shapes.items()
            }
        answer.sweeps = f"1 reverse, {bits} bits"
        return answer


def proven_gradient(problem: Problem) -> tuple[list[Ball], dict[str, list[Ball]], int]:
    """Value and gradient by input in balls, at the first precision that proves all digits, and that precision in bits.

    Where the cap is reached first, the balls are those of the cap. Raises Unstated.
    """
    wanted = int(problem.precision * BITS_A_DIGIT)
    bits = FIRST_BITS + wanted
    while True:
        with working(bits):
            value, gradient = enclosed_gradient(problem, bits)
            balls = [*value, *(ball for group in gradient.values() for ball in group)]
            done = all(proven_text(ball, problem.precision) is not None for ball in balls)
        if done or bits >= MOST_BITS + wanted:
            return value, gradient, bits
        bits = min(2 * bits, MOST_BITS + wanted)


METHOD = Certified()
