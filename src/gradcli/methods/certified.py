"""Reverse accumulation in balls, at a precision that rises until every printed digit is proven.

The rules are gradcli's own, so it proves what rounding did and no more.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from gradcli.carriers.balls import Balls
from gradcli.carriers.base import Carrier
from gradcli.errors import Unstated
from gradcli.methods.base import unflatten
from gradcli.methods.enclosures import enclosed_gradient, too_large, working
from gradcli.methods.proven import bound_text, proven_text
from gradcli.problem import Derivative, Problem

FIRST_BITS = 80
MOST_BITS = 5120
"""The precision doubles from the first, or from what the wanted digits need, up to the last and that much more."""
BITS_A_DIGIT = 3.33
MOST_DIGITS = 100_000

Ball = Any
Numbers = list[Ball]


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
        answer.digits = {n: unflatten(proven_texts(gradient[n], bits), s) for n, s in shapes.items()}
        answer.sweeps = f"1 reverse, {bits} bits"
        return answer


def proven_gradient(problem: Problem) -> tuple[Numbers, dict[str, Numbers], int]:
    """Value and gradient by input in balls, at the first precision that proves all digits of a float64, and that
    precision in bits. Raises Unstated."""

    def swept(balls: Balls) -> list[Numbers]:
        value, gradient = enclosed_gradient(problem, balls)
        return [value, *gradient.values()]

    (value, *parts), bits = prove(swept, 0, problem.dtype)
    return value, dict(zip(problem.wrt, parts, strict=True)), bits


def prove(
    compute: Callable[[Balls], list[Numbers]], digits: int, dtype: str, most_bits: int = MOST_BITS
) -> tuple[list[Numbers], int]:
    """What `compute` gives at the first precision at which all its numbers are proven, and that precision in bits.

    `digits`: decimal ones; 0: those of a float64. Where the cap is reached first, the numbers are those of the cap.
    """
    wanted = int(digits * BITS_A_DIGIT)
    bits = FIRST_BITS + wanted
    while True:
        with working(bits, dtype) as balls:
            found = compute(balls)
            done = all(proven_text(ball, digits) is not None for numbers in found for ball in numbers)
        if done or bits >= most_bits + wanted:
            return found, bits
        bits = min(2 * bits, most_bits + wanted)


def proven_texts(numbers: Numbers, bits: int, digits: int = 0, name: str = "g") -> list[str]:
    """Numbers in proven digits, or what is known of those whose digits are not proven, by a name for each."""
    with working(bits):
        return [proven_text(ball, digits) or _known(ball, bits, name) for ball in numbers]


def _known(ball: Ball, bits: int, name: str) -> str:
    """A bound. One that is wide at its precision is of several branches: of the number it says little."""
    text = bound_text(ball, name)
    wide = text.startswith("|") and ball.abs_upper() >= ball.__class__(2) ** (-bits // 2)
    return f"not known: {text}" if wide else text


METHOD = Certified()
