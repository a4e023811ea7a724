"""The truth about a gradient: our rules in balls, until the digits are proven, and the differences of the primal in
balls, which use no rule. Together they tell a wrong rule from a float64 that lost its digits.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from gradcli.carriers.balls import Balls
from gradcli.carriers.base import Carrier
from gradcli.errors import Unstated
from gradcli.methods.base import (
    BLOCK,
    by_input,
    elements,
    fixed_direction,
    flatten,
    largest_coordinate,
    numbers_of,
    unflatten,
    unit_directions,
    unit_vector,
)
from gradcli.methods.certified import Numbers, prove, proven_gradient, proven_texts
from gradcli.methods.differences import UNIT_ROUNDOFF
from gradcli.methods.enclosures import STEP_EXPONENT, TRUNCATION, BallLine, difference_bits, flat, too_large, working
from gradcli.methods.proven import nearest_float
from gradcli.methods.rounding import at_precision_of, ball_bound, tolerance
from gradcli.methods.second_order import hvp
from gradcli.problem import Nested, Problem

MOST_DIFFERENCES = 100_000
"""Scalar operations of all differences; beyond it they look along one direction."""
ONE_DIRECTION = "along one direction"
VANISHING = 1e-25
"""Both derivatives are 0 but for the difference's own error."""
DECIDED = 2.0**-40
"""At the last precision a ball is thinner than this part of the largest, unless it holds two branches."""
NOTHING = 1e-290
"""A ball thinner than this is no pair of branches, however small all of them are."""
FINER = (1, 4)
"""Times the precision and the exponent of the step: where the function is steep, or curved, a step is too large."""
RESOLVED = 1e-9
"""A difference whose own error is above this part of it sees nothing."""

Ball = Any


@dataclass
class ProvenGradient:
    """The true value and gradient (flat lists of balls, inputs in order), and what rounding may do to each number.

    `confirmed`: whether differences in balls confirm (True), contradict (False) or cannot see (None) the rules; `where`
    says that they looked along one direction only.
    """

    problem: Problem
    value: list[Ball]
    gradient: list[Ball]
    bits: int
    value_rounding: list[float] = field(default_factory=list)
    rounding: list[float] = field(default_factory=list)
    confirmed: bool | None = None
    contradiction: str = ""
    where: str = ""

    def value_text(self) -> Nested:
        """The value in proven digits, in the output's shape."""
        called = self.problem.graph.names.get(self.problem.output, "f")
        return unflatten(proven_texts(self.value, self.bits, name=called), self.problem.output_shape)

    def gradient_text(self) -> dict[str, Nested]:
        """The gradient in proven digits, by input in its shape."""
        return by_input(self.problem, proven_texts(self.gradient, self.bits))

    @property
    def fits_floats(self) -> bool:
        """Whether every number is one that a float64 can hold, and known to its last digit."""
        with working(self.bits):
            nearest = [nearest_float(ball) for ball in [*self.value, *self.gradient]]
        return all(x is not None and math.isfinite(x) for x in nearest)

    @property
    def overflows(self) -> bool:
        """Whether floats hold the value, and not the gradient, which is too large for them."""
        with working(self.bits):
            value = [nearest_float(ball) for ball in self.value]
            gradient = [nearest_float(ball) for ball in self.gradient]
        known = all(x is not None for x in gradient) and any(x is not None and math.isinf(x) for x in gradient)
        return known and all(x is not None and math.isfinite(x) for x in value)

    def text_of(self, ball: Ball, name: str = "g") -> str:
        """One of the numbers in proven digits."""
        return proven_texts([ball], self.bits, name=name)[0]


def truth_of(problem: Problem, carrier: Carrier, finite: bool = True) -> ProvenGradient | None:
    """The truth at the point; None where balls cannot state the graph, take too long or find no number.

    What rounding may do is left out where the floats are not finite.
    """
    if too_large(problem):
        return None
    try:
        value, gradient, bits = proven_gradient(problem)
        bound = ball_bound(problem, carrier.dtype) if finite else ([], {})
    except Unstated:
        return None
    balls = [ball for name in problem.wrt for ball in gradient[name]]
    if (
        bound is None
        or not all(ball.is_finite() for ball in [*value, *balls])
        or _undecided(balls)
        or _undecided(value)
    ):
        return None
    rounding = [r for name in problem.wrt for r in bound[1].get(name, [])]
    truth = ProvenGradient(problem, value, balls, bits, bound[0], rounding)
    truth.confirmed, truth.contradiction = _witnessed(problem, balls)
    truth.where = "" if _looks_everywhere(problem) else f" {ONE_DIRECTION}"
    return truth


def _undecided(numbers: list[Ball]) -> bool:
    """Whether a comparison could not be decided at any precision, so that a ball holds both branches: at a
    tie of two numbers that no float holds."""
    largest = max((abs(ball).upper() for ball in numbers), default=0)
    return any(ball.rad() > largest * DECIDED and ball.rad() > NOTHING for ball in numbers)


def _witnessed(problem: Problem, gradient: list[Ball]) -> tuple[bool | None, str]:
    """What differences of the primal in balls say of the gradient.

    A finer step has the last word where they see nothing, or a contradiction: sin(1e40 x) turns many times in a step.
    """
    confirmed: bool | None = None
    words = ""
    for finer in FINER:
        if not confirmed:
            confirmed, words = _seen_with(problem, gradient, finer)
    return confirmed, words


def _seen_with(problem: Problem, gradient: list[Ball], finer: int) -> tuple[bool | None, str]:
    confirmed: bool | None = True
    with working(difference_bits(problem) * finer, problem.dtype) as balls:
        line = BallLine(problem, balls, STEP_EXPONENT * finer)
        for label, direction, position, weights in _directions(problem):
            fine, error = seen_slope(line, direction, position)
            ours = sum((w * g for w, g in zip(weights, gradient, strict=True) if w), start=balls.lift(0))
            seen = confirms(ours, fine, error)
            if seen is False:
                return False, f"{label}: the rules give {float(ours):.9g}, differences in balls {float(fine):.9g}"
            confirmed = confirmed and seen
    return confirmed, ""


@dataclass(frozen=True)
class TrueProduct:
    """The true u' H v, what rounding may do to it in the dtype, and what second differences in balls say of it."""

    ball: Ball
    text: str
    rounding: float
    confirmed: bool | None
    seen: float


def product_truth(problem: Problem, u: Mapping[str, Nested], v: Mapping[str, Nested]) -> TrueProduct | None:
    """The truth about u' H v for directions by input; None where balls cannot state the graph or take too long."""
    if too_large(problem):
        return None

    def swept(balls: Balls) -> list[Numbers]:
        return [[swept_product(problem, balls, u, v)]]

    try:
        ((ball,),), bits = prove(swept, 0, problem.dtype)
        with at_precision_of(problem.dtype) as balls:
            rough = swept_product(problem, balls, u, v)
    except Unstated:
        return None
    if not ball.is_finite():
        return None
    unit = UNIT_ROUNDOFF[problem.dtype]
    confirmed, seen = _seen_product(problem, ball, u, v)
    rounding = tolerance(float(rough.mid()), float(rough.rad()), unit)
    return TrueProduct(ball, proven_texts([ball], bits)[0], rounding, confirmed, seen)


def swept_product(problem: Problem, balls: Balls, u: Mapping[str, Nested], v: Mapping[str, Nested]) -> Ball:
    """u' H v in balls: one sweep on dual numbers."""
    graph = problem.graph
    moving = {graph.inputs[name]: balls.point(d, problem.input_shape(name)) for name, d in v.items()}
    found = hvp(problem, balls, moving)
    terms = (
        balls.point(weight, ()) * number
        for name in problem.wrt
        for weight, number in zip(flatten(u[name]), flat(found[name]), strict=True)
        if weight
    )
    return sum(terms, start=balls.lift(0))


def _seen_product(
    problem: Problem, ours: Ball, u: Mapping[str, Nested], v: Mapping[str, Nested]
) -> tuple[bool | None, float]:
    """u' H v by polarisation, from second differences along u + v and u - v."""
    largest = largest_coordinate(problem)
    with working(difference_bits(problem), problem.dtype) as balls:
        line = BallLine(problem, balls)
        total, error = balls.lift(0), balls.lift(0)
        for sign in (1, -1):
            both = zip(numbers_of(problem, u), numbers_of(problem, v), strict=True)
            direction = by_input(problem, [a + sign * b for a, b in both])
            coarse, fine = line.curvature(direction, largest)
            total, error = total + sign * fine / 4, error + TRUNCATION * abs(coarse - fine)
        return confirms(ours, total, error), float(total)


def confirms(ours: Ball, seen: Ball, error: Ball) -> bool | None:
    """Whether a difference known to an error confirms a number (True) or contradicts it (False); None: it is blind."""
    gap = abs(ours - seen)
    if not (gap.is_finite() and error.is_finite()):
        return None
    size = abs(ours) + abs(seen)
    if error.abs_upper() > RESOLVED * size.upper():
        return True if gap < VANISHING else None
    if not gap > error + size * ours.__class__(2) ** -90:
        return True
    # Between two points of sin(1e200 x) lies anything.
    return False if resolves(seen, error) or error < VANISHING else None


def resolves(seen: Ball, error: Ball) -> bool:
    """Whether a difference is known well enough to say what the derivative is."""
    return bool(error.is_finite() and error.abs_upper() <= RESOLVED * abs(seen).upper())


def seen_slope(line: BallLine, direction: Mapping[str, Nested], position: float) -> tuple[Ball, Ball]:
    """The difference of the primal along a direction, and its error."""
    coarse, fine = line.slope(direction, position)
    return fine, TRUNCATION * abs(coarse - fine)


def _looks_everywhere(problem: Problem) -> bool:
    """Whether differences are taken by every coordinate, and not along one direction only."""
    count = elements(problem)
    return count <= BLOCK and count * len(problem.graph.ancestors([problem.output])) * 4 <= MOST_DIFFERENCES


def _directions(problem: Problem) -> list[tuple[str, dict[str, Nested], float, list[float]]]:
    """Label, direction, size of the coordinate and weights of the components: every coordinate, or one of signs."""
    count = elements(problem)
    if not _looks_everywhere(problem):
        direction = fixed_direction(problem)
        return [(ONE_DIRECTION, direction, largest_coordinate(problem), numbers_of(problem, direction))]
    found, place = [], 0
    for name in problem.wrt:
        positions = flatten(problem.point[name])
        for unit, position in zip(unit_directions(problem.input_shape(name)), positions, strict=True):
            found.append((f"by {name}", {name: unit}, float(position), unit_vector(count, place)))
            place += 1
    return found


def error_of(computed: float, true: Ball) -> float:
    """How far a computed number is from the true one; infinite if it is not finite."""
    if not math.isfinite(computed):
        return math.inf
    return float(abs(true - computed).upper())
