"""The Taylor remainder test: |f(x + h v) - f(x) - h g'v| falls like h^2 if g is the gradient, like h if it is not.

Evaluated in balls, so that no rounding hides the rate. It uses the primal and the gradient's numbers, and no rule.
"""

from __future__ import annotations

import math
from typing import NamedTuple

from gradcli.errors import Unstated
from gradcli.methods.base import flatten, unflatten
from gradcli.methods.differences import UNIT_ROUNDOFF
from gradcli.methods.enclosures import DIFFERENCE_BITS, BallLine, too_large, working
from gradcli.problem import Derivative, Nested, Problem

EXPONENTS = (-11, -12)
"""Of two, in steps: small enough for the second-order term to lead, large beside the rounding of g."""
ROUNDED = 32
"""Units of roundoff that g may be off by without being a wrong gradient."""


class Remainder(NamedTuple):
    """The rate at which the remainder falls; infinite where none is left beside the rounding of g."""

    rate: float

    @property
    def sentence(self) -> str:
        """The rate and what it should be."""
        if math.isinf(self.rate):
            return "Taylor remainder: none, as for a linear function and its right gradient"
        return f"Taylor remainder rate {self.rate:.2f} (a right gradient has 2 or more, a wrong one 1)"


def remainder_rate(problem: Problem, derivative: Derivative) -> Remainder | None:
    """The rate for a method's gradient; None where it has none, balls cannot say, or the remainder has no rate."""
    if derivative.gradient is None or too_large(problem):
        return None
    if not all(math.isfinite(n) for g in derivative.gradient.values() for n in flatten(g)):
        return None
    direction = scaled_direction(problem)
    try:
        with working(DIFFERENCE_BITS, problem.dtype) as balls:
            line = BallLine(problem, balls)
            arb = balls.flint.arb
            terms = [
                arb(g) * arb(v)
                for name in problem.wrt
                for g, v in zip(flatten(derivative.gradient[name]), flatten(direction[name]), strict=True)
            ]
            slope, size = sum(terms, start=arb(0)), sum(map(abs, terms), start=arb(0))
            here = line.at(direction, balls.lift(0))
            steps = [arb(2) ** k for k in EXPONENTS]
            remainders = [abs(line.at(direction, h) - here - h * slope) for h in steps]
            if not all(r.is_finite() for r in remainders):
                return None
            slack = ROUNDED * UNIT_ROUNDOFF[problem.dtype] * size
            left = [bool(r > h * slack) for h, r in zip(steps, remainders, strict=True)]
            if not all(left):
                return None if any(left) else Remainder(math.inf)
            logs = [float(r.log()) / math.log(2.0) for r in remainders]
            return Remainder(logs[-2] - logs[-1])
    except Unstated:
        return None


def scaled_direction(problem: Problem) -> dict[str, Nested]:
    """The size of each coordinate, at most 1 and 1 at 0: a step stays on the side of 0 that the point is on."""
    found = {}
    for name in problem.wrt:
        sizes = [float(abs(x)) or 1.0 for x in flatten(problem.point[name])]
        found[name] = unflatten([min(s, 1.0) for s in sizes], problem.input_shape(name))
    return found
