"""What a value and a derivative truly are at the point, whatever floats make of them: balls, or nothing.

Values and adjoints are those of a sweep in balls at the first precision that proves value and gradient. A derivative
that is stated was also seen by differences of the primal in balls, in which no rule takes part.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any

from gradcli.carriers.base import Carrier
from gradcli.carriers.tape import evaluate, input_values
from gradcli.errors import Unstated
from gradcli.methods.base import flatten, unflatten, unit_vector, weigh
from gradcli.methods.certified import MOST_BITS, Numbers, prove
from gradcli.methods.enclosures import (
    STEP_EXPONENT,
    BallLine,
    difference_bits,
    flat,
    operations,
    too_large,
    working,
)
from gradcli.methods.proven import DIGITS, nearest_float, short_text
from gradcli.methods.reverse import adjoint_of
from gradcli.methods.rounding import rounding_bound
from gradcli.problem import Nested, Problem
from gradcli.shapes import size
from gradcli.verify.certainty import CLOSE, JudgedNumber, judge_gradient, judge_value
from gradcli.verify.conditioning import Swept, error, half_of_digits, swept_in_balls
from gradcli.verify.needed import needs_nan
from gradcli.verify.truth import FINER, ProvenGradient, confirms, resolves, seen_slope

MOST_WORK = 5_120_000
LEAST_CAP = 1280
"""Bits times operations: large graphs are computed with fewer bits, but these."""
TEXT_BITS = 128
COMPARED = 480
"""Bits of the values of two expressions that are compared."""

Ball = Any


class ProblemInBalls:
    """A problem in balls. The point is taken as the dtype holds it: exactly those numbers."""

    def __init__(self, problem: Problem, carrier: Carrier) -> None:
        self.problem = problem
        self.carrier = carrier
        self._lines: dict[int, BallLine] = {}

    @cached_property
    def _found(self) -> tuple[Swept, int] | str:
        """The sweep and its precision in bits, or why there is none."""
        problem = self.problem
        swept: list[Swept] = []
        refused = too_large(problem)
        if refused:
            return refused

        def compute(balls: Any) -> list[Numbers]:
            swept[:] = [swept_in_balls(problem, balls)]
            return [[self._weighted(swept[0])], *self._gradient(swept[0]).values()]

        try:
            _, bits = prove(compute, DIGITS, problem.dtype, min(MOST_BITS, max(LEAST_CAP, MOST_WORK // self.count)))
        except Unstated as failure:
            return failure.message
        return swept[0], bits

    @cached_property
    def count(self) -> int:
        """Scalar operations of one evaluation, about."""
        return max(1, operations(self.problem))

    @property
    def refusal(self) -> str:
        """Why nothing is known; empty if it is."""
        return self._found if isinstance(self._found, str) else ""

    @property
    def swept(self) -> Swept | None:
        """All values and adjoints; None where nothing is known."""
        return None if isinstance(self._found, str) else self._found[0]

    @property
    def bits(self) -> int:
        """Their precision. Compute with them at it."""
        return 0 if isinstance(self._found, str) else self._found[1]

    @cached_property
    def value(self) -> Ball | None:
        """The weighted output; None where it is not known, or is no number."""
        swept = self.swept
        if swept is None:
            return None
        with working(self.bits):
            found = self._weighted(swept)
            exists = found.is_finite() and not needs_nan(swept.tape, self.problem.output)
        return found if exists else None

    @cached_property
    def fits_floats(self) -> bool:
        """Whether value and gradient are known, and numbers that the dtype can hold."""
        numbers = self._numbers()
        with working(self.bits):
            return bool(numbers) and all(b.is_finite() and not overflows(b, self.carrier.dtype) for b in numbers)

    @cached_property
    def provable(self) -> bool:
        """Whether balls know digits of each of them, and not only that it is next to 0."""
        with working(self.bits):
            return self.fits_floats and not any(b.contains(0) and not b.is_zero() for b in self._numbers())

    def _numbers(self) -> list[Ball]:
        """Value and gradient; none where they are not known."""
        if self.swept is None or self.value is None:
            return []
        with working(self.bits):
            return [self.value, *(ball for part in self._gradient(self.swept).values() for ball in part)]

    @cached_property
    def _known(self) -> ProvenGradient | None:
        """What the verdicts know; None where they know nothing."""
        swept = self.swept
        bound = None if swept is None else rounding_bound(self.problem, self.carrier)
        if swept is None or bound is None:
            return None
        with working(self.bits):
            gradient = self._gradient(swept)
            value = flat(swept.tape.values[self.problem.output])
        numbers = [ball for name in self.problem.wrt for ball in gradient[name]]
        rounding = [r for name in self.problem.wrt for r in bound[1].get(name, [])]
        return ProvenGradient(self.problem, value, numbers, self.bits, bound[0], rounding)

    def lost_value(self, value: Nested) -> JudgedNumber | None:
        """The value, if it has lost digits."""
        known = self._known
        rows = [] if known is None else judge_value(value, known, self.carrier.dtype)
        return next((row for row in rows if is_lost(row, self.carrier.dtype)), None)

    def lost_components(self, gradient: Mapping[str, list[float]]) -> dict[str, dict[int, JudgedNumber]]:
        """By input, the components that have lost digits."""
        known = self._known
        numbers = [number for name in self.problem.wrt for number in gradient[name]]
        rows = [] if known is None else judge_gradient(numbers, known, self.carrier.dtype)
        found: dict[str, dict[int, JudgedNumber]] = {name: {} for name in self.problem.wrt}
        for (name, k), row in zip(self._places(), rows, strict=False):
            if is_lost(row, self.carrier.dtype):
                found[name][k] = row
        return found

    def derivative(self, name: str, element: int) -> Ball | None:
        """The derivative by one element of an input, as differences of the primal see it too. None where they see
        nothing. Ask for none at a kink."""
        swept = self.swept
        if swept is None:
            return None
        with working(self.bits):
            ours = self._gradient(swept)[name][element]
        position = float(flatten(self.problem.point[name])[element])
        shape = self.problem.input_shape(name)
        unit = {name: unflatten(unit_vector(size(shape), element), shape)}
        for finer in FINER:
            bits = difference_bits(self.problem) * finer
            with working(bits, self.problem.dtype) as balls:
                line = self._lines.get(finer) or BallLine(self.problem, balls, STEP_EXPONENT * finer)
                self._lines[finer] = line
                seen, error = seen_slope(line, unit, position)
                if ours.is_finite() and confirms(ours, seen, error):
                    return ours
                enclosed = (seen - error).union(seen + error)
        return enclosed if resolves(seen, error) else None

    def outputs(self, point: Mapping[str, Nested], direction: Mapping[str, Nested] | None = None) -> list[Ball]:
        """The elements of the output at any point, moved along a direction, at `COMPARED` bits."""
        problem = self.problem
        with working(COMPARED, problem.dtype) as balls:
            moved = input_values(problem.graph, balls, point)
            for name, step in (direction or {}).items():
                node = problem.graph.inputs[name]
                moved[node] = moved[node] + balls.constant(step, problem.graph.shapes[node])
            return flat(evaluate(problem.graph, [problem.output], balls, moved).values[problem.output])

    def _weighted(self, swept: Swept) -> Ball:
        problem, tape = self.problem, swept.tape
        return weigh(tape.carrier, problem.cotangent, problem.output_shape, tape.values[problem.output])

    def _gradient(self, swept: Swept) -> dict[str, Numbers]:
        found = {}
        for name in self.problem.wrt:
            node, shape = self.problem.graph.inputs[name], self.problem.input_shape(name)
            adjoint = adjoint_of(swept.adjoints, node)
            found[name] = flat(swept.tape.carrier.zeros(shape) if adjoint is None else adjoint)
        return found

    def _places(self) -> list[tuple[str, int]]:
        shapes = {name: self.problem.input_shape(name) for name in self.problem.wrt}
        return [(name, k) for name, shape in shapes.items() for k in range(size(shape))]


def is_lost(row: JudgedNumber, dtype: str) -> bool:
    """Whether a number has lost digits as the verdict sees it, for certain: an undecided ball says nothing, and of a
    number that is too small for the dtype 0 is the nearest."""
    if row.underflowed:
        return False
    certain = error(row.computed, row.true)
    return certain > CLOSE * row.unit and (row.lost(dtype) or (row.beyond and certain > half_of_digits(dtype)))


def nearest(true: Ball, dtype: str) -> float | None:
    """The number of a dtype that is nearest to the true one; None if that is not known."""
    import numpy

    with working(TEXT_BITS):
        found = nearest_float(true)
    return None if found is None else float(numpy.dtype(dtype).type(found))


def overflows(true: Ball, dtype: str) -> bool:
    """Whether a number is certainly larger than a dtype can hold."""
    import numpy

    return bool(true.is_finite()) and float(numpy.dtype(dtype).type(float(true.abs_lower()))) == float("inf")


def written(true: Ball) -> str:
    """A number in a few proven digits: 4.24835e-18."""
    with working(TEXT_BITS):
        return short_text(true)
