"""The Taylor remainder test: |f(x + h v) - f(x) - h g'v| falls like h^2 if g is the gradient, like h if it is not.

Evaluated in balls, so that no rounding hides the rate. It uses the primal and the gradient's numbers, and no rule. The
rounding of g is itself a wrong gradient that is seen at small steps, and at large ones the function turns: the rate is
taken at the smallest step at which the remainder is far above what the rounding of g leaves.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

from gradcli.errors import Unstated
from gradcli.methods.base import by_input, numbers_of
from gradcli.methods.differences import UNIT_ROUNDOFF
from gradcli.methods.enclosures import STEP_EXPONENT, BallLine, difference_bits, reach, too_large, working
from gradcli.methods.rounding import ball_bound
from gradcli.problem import Derivative, Nested, Problem

LARGEST = -11
"""Of two, the largest step: a function that has no second-order term beside the rounding of g there is linear."""
ROUNDED = 32
"""Units of roundoff that g may be off by without being a wrong gradient."""
ABOVE = 256
"""Times that, what is left of the rounding of g does not bend the rate."""
STEADY = 0.05
"""By how much the rates at two steps may differ, to be one."""

Ball = Any


class Remainder(NamedTuple):
    """The rate at which the remainder falls; infinite where none is left beside the rounding of g, NaN where none can
    be observed."""

    rate: float

    @property
    def sentence(self) -> str:
        """The rate and what it should be."""
        if math.isnan(self.rate):
            return "Taylor remainder: no rate can be observed; rounding of the gradient, or a bend nearby, hides it"
        if math.isinf(self.rate):
            return "Taylor remainder: none, as for a linear function and its right gradient"
        return f"Taylor remainder rate {self.rate:.2f} (a right gradient has 2 or more, a wrong one 1)"


class Fall(NamedTuple):
    """|f(x + h v) - f(x) - h slope| along a direction. `least` is what a few units of roundoff of the slope leave of
    it, divided by h, and `slack` what rounding may leave."""

    line: BallLine
    direction: dict[str, Nested]
    here: Ball
    slope: Ball
    least: Ball
    slack: Ball

    def at(self, exponent: float) -> Ball:
        """The remainder at a step, a power of two."""
        step = self.line.balls.flint.arb(2) ** exponent
        return abs(self.line.at(self.direction, step) - self.here - step * self.slope)

    def rises_above(self, exponent: int, times: int) -> bool:
        """Whether the remainder is certainly above so many times the slack."""
        found = self.at(exponent)
        return bool(found.is_finite() and found > times * self.slack * self.line.balls.flint.arb(2) ** exponent)

    def rate(self, exponent: int) -> float:
        """The rate from one step to its half; NaN where the next halving has another."""
        sizes = [self.at(exponent - k) for k in range(3)]
        if not all(r.is_finite() and r > 0 for r in sizes):
            return math.nan
        logs = [float(r.log()) / math.log(2.0) for r in sizes]
        rate, next_rate = logs[0] - logs[1], logs[1] - logs[2]
        return rate if abs(rate - next_rate) <= STEADY else math.nan


def remainder_rate(problem: Problem, derivative: Derivative) -> Remainder | None:
    """The rate for a method's gradient; None where it has none, or balls cannot say."""
    if derivative.gradient is None or too_large(problem):
        return None
    if not all(map(math.isfinite, numbers_of(problem, derivative.gradient))):
        return None
    direction = scaled_direction(problem)
    try:
        with working(difference_bits(problem), problem.dtype) as balls:
            line = BallLine(problem, balls)
            arb = balls.flint.arb
            weights = [arb(v) for v in numbers_of(problem, direction)]
            numbers = [arb(g) for g in numbers_of(problem, derivative.gradient)]
            terms = [g * v for g, v in zip(numbers, weights, strict=True)]
            least = ROUNDED * UNIT_ROUNDOFF[problem.dtype] * sum(map(abs, terms), start=arb(0))
            slack = sum((v * arb(e) for e, v in zip(_errors(problem, derivative), weights, strict=True)), start=least)
            here = line.at(direction, balls.lift(0))
            return _observed(Fall(line, direction, here, sum(terms, start=arb(0)), least, slack))
    except Unstated:
        return None


def _errors(problem: Problem, derivative: Derivative) -> list[float]:
    """What rounding may do to each number of a gradient; or, if it is more, the error that the method states."""
    bound = ball_bound(problem, problem.dtype)
    if bound is None:
        raise Unstated("what rounding may do is not known")
    rounding = [r for name in problem.wrt for r in bound[1][name]]
    if not isinstance(derivative.error, dict):
        return rounding
    stated = list(map(float, numbers_of(problem, derivative.error)))
    return [max(r, e) for r, e in zip(rounding, stated, strict=True)]


def _observed(fall: Fall) -> Remainder | None:
    """The rate at the smallest step at which the remainder stands out, which lies between the smallest and the largest
    of all: at the smallest nothing but a wrong gradient does."""
    smallest = STEP_EXPONENT - 2 * reach(fall.line.tape)
    if fall.rises_above(smallest, ABOVE):
        return Remainder(fall.rate(smallest))
    largest = LARGEST
    if not fall.rises_above(largest, ABOVE):
        if not fall.at(largest).is_finite():
            return None
        if fall.rises_above(largest, 1):
            return Remainder(fall.rate(largest))
        return Remainder(math.inf if fall.slack <= ABOVE * fall.least else math.nan)
    while largest - smallest > 1:
        middle = (smallest + largest) // 2
        if fall.rises_above(middle, ABOVE):
            largest = middle
        else:
            smallest = middle
    # Where nothing is left one step below, the function is linear up to a bend.
    return Remainder(fall.rate(largest + 2) if fall.rises_above(smallest, 1) else math.inf)


def scaled_direction(problem: Problem) -> dict[str, Nested]:
    """The size of each coordinate, at most 1 and 1 at 0: a step stays on the side of 0 that the point is on."""
    return by_input(problem, [min(float(abs(x)) or 1.0, 1.0) for x in numbers_of(problem, problem.point)])
