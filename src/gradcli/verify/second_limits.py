"""Second derivatives where the rules give none: limits of second differences beside the point.

Where the second derivative tends to one number from both sides and the first is continuous, that number is the second
derivative at the point (the mean value theorem). That says nothing off the axes, on which |xy| is 0: the curvature
along oblique directions is compared with d'Hd. Only the function is evaluated, as in `limits`.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from itertools import islice
from typing import Any

from gradcli.errors import Unstated
from gradcli.methods.base import by_input, elements, flatten, numbers_of, unflatten, unit_vector
from gradcli.methods.enclosures import operations, working
from gradcli.methods.numerical import coordinate_direction
from gradcli.problem import Nested, Problem
from gradcli.shapes import size
from gradcli.verify.kinks import SEEN, oblique
from gradcli.verify.limits import BITS, DIGITS, MOST_OPERATIONS, ExactLine, behaviours, limit
from gradcli.verify.sharp import BY_LIMITS
from gradcli.verify.truth import product_truth
from gradcli.verify.witnesses import TrueNumbers, Verdict

EVALUATIONS = 84
"""Of one entry."""
OBLIQUE = 4
"""Directions off the axes. They take 224 evaluations, fewer than the entries of two inputs."""


def judge_by_limits(problem: Problem, numbers: Sequence[float]) -> Verdict | None:
    """The verdict where the rules give no second derivative, in balls either, and the function has one, as the third
    root of a 0 that does not move; None where that is not seen, or contradicts one of the numbers that they give."""
    entries = None if _has_number(problem, numbers) else second_derivatives(problem)
    if entries is None:
        return None
    seen = [float(text) for row in entries for text in row]
    if any(abs(number - near) > SEEN * abs(number) for number, near in zip(numbers, seen, strict=True)):
        return None
    words = f"there is a second derivative after all; the rules give no number ({BY_LIMITS})"
    return Verdict("kink", words, true=TrueNumbers(None, _blocks(problem, entries), "hessian"), differentiable=True)


def _has_number(problem: Problem, numbers: Sequence[float]) -> bool:
    """Whether the rules in balls give a number for the first entry of the Hessian of which floats have none."""
    count = elements(problem)
    row, column = divmod(next(k for k, number in enumerate(numbers) if not math.isfinite(number)), count)
    u, v = (by_input(problem, unit_vector(count, hot)) for hot in (row, column))
    return product_truth(problem, u, v) is not None


def _blocks(problem: Problem, entries: Sequence[Sequence[str]]) -> dict[str, dict[str, Nested]]:
    """A square matrix over all elements of all inputs as its blocks by two inputs."""
    found: dict[str, dict[str, Nested]] = {}
    rows = iter([by_input(problem, row) for row in entries])
    for name in problem.wrt:
        own = list(islice(rows, size(problem.input_shape(name))))
        for by in problem.wrt:
            numbers = [number for row in own for number in flatten(row[by])]
            found.setdefault(name, {})[by] = unflatten(numbers, (*problem.input_shape(name), *problem.input_shape(by)))
    return found


def second_derivatives(problem: Problem) -> list[list[str]] | None:
    """The Hessian by limits, in as many digits as are known; None where one of its entries is not seen."""
    count = elements(problem)
    if operations(problem) * count * count * EVALUATIONS > MOST_OPERATIONS:
        return None
    seen = behaviours(problem)
    if not seen or any(b.sides is None or not b.sides.agree for b in seen):
        return None
    slopes = [b.right.slope for b in seen]
    found = [[math.nan] * count for _ in range(count)]
    try:
        with working(BITS):
            line = ExactLine(problem)
            along = [coordinate_direction(problem, place) for place in range(count)]
            for i, (_, direction, position) in enumerate(along):
                for j, (_, other, _) in enumerate(along):
                    found[i][j] = _entry(line, direction, position, other, slopes[j])
            texts = [[f"{number + 0.0:.{DIGITS}g}" for number in row] for row in found]
            finite = all(math.isfinite(number) for row in found for number in row)
            if not finite or texts != [list(row) for row in zip(*texts, strict=True)]:
                return None
            nearest = min((abs(position) for *_, position in along if position), default=0.0)
            return texts if count == 1 or _is_quadratic_form(line, found, nearest) else None
    except Unstated:
        return None


def _entry(
    line: ExactLine, direction: Mapping[str, Nested], position: float, along: Mapping[str, Nested], slope: Any
) -> float:
    """The second derivative along two directions, approached along the first; NaN where it is not seen."""
    left, right = (line.steps(position, sign) for sign in (-1, +1))
    ends = [limit([line.curvature_beside(direction, h, along) for h in steps]) for steps in (left, right)]
    slopes = [limit([line.slope_beside(direction, h, along) for h in steps]) for steps in (left, right)]
    continuous = all(abs(end - slope) <= SEEN * abs(slope) for end in slopes)
    return ends[0] if ends[0] == ends[1] and continuous else math.nan


def _is_quadratic_form(line: ExactLine, hessian: Sequence[Sequence[float]], nearest: float) -> bool:
    """Whether the curvature along oblique directions d tends to d'Hd from both sides: that of |xy|, or of the root of
    x^4 + y^4, is no such form, although there are limits along both axes. Steps are parts of the coordinate that is
    nearest to 0, but for 0 itself."""
    for direction in islice(oblique(line.problem), 0, 2 * OBLIQUE, 2):  # the next one is its opposite
        weights = numbers_of(line.problem, direction)
        terms = [
            one * other * entry
            for one, row in zip(weights, hessian, strict=True)
            for other, entry in zip(weights, row, strict=True)
        ]
        expected, known = math.fsum(terms), SEEN * math.fsum(map(abs, terms))
        for sign in (-1, +1):
            beside = [line.curvature_beside(direction, step, direction) for step in line.steps(nearest, sign)]
            # Terms that cancel leave balls around 0, of which no limit is known.
            near = all(abs(ball - expected) <= known for ball in beside[-2:])
            if not near and limit(beside) != expected:
                return False
    return True
