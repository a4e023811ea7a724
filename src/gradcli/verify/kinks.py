"""One-sided derivatives at kinks.

A forward sweep along +d, in which every primitive that stands on a kink uses its declared one-sided directional
derivative, gives the derivative from the right; along -d the one from the left (Griewank and Walther, Evaluating
Derivatives, 2008, section 14.2).
"""

from __future__ import annotations

import math
import random
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import NamedTuple

from gradcli.carriers.tape import Tape
from gradcli.methods.base import by_input, elements, numbers_of
from gradcli.methods.differences import Estimate
from gradcli.methods.numerical import Line, coordinate_directions
from gradcli.problem import Nested, Problem
from gradcli.shapes import size
from gradcli.verify.side_balls import LinearForm, slopes_in_balls
from gradcli.verify.side_sweep import slope_along

DIRECTIONS = 8
"""Beside the axes, along which a function of several inputs is looked at."""


class Sides(NamedTuple):
    """Left and right derivative of one component; `exist`: whether both do, and differences do not contradict them;
    `limit`: they are numerical limits of the function, and no rule gave them; `seen`: differences of floats did;
    `apart`: balls tell them apart, and floats may not."""

    left: float
    right: float
    exist: bool
    limit: bool = False
    seen: bool = False
    apart: bool = False

    @property
    def agree(self) -> bool:
        """Whether the function is differentiable in this direction after all."""
        return self.left == self.right and not self.apart

    def known(self, dtype: str) -> float:
        """The part of them, up to which they are known."""
        return SEEN if self.limit else SETTLED if self.seen else SLACK[dtype]

    def gives(self, number: float, dtype: str) -> bool:
        """Whether a number is the derivative, as far as it is known."""
        slack = self.known(dtype) * max(abs(self.left), abs(number))
        return self.agree and abs(self.left - number) <= slack


SLACK = {"float64": 1e-12, "float32": 1e-4}
"""Both sides are one number where they differ by no more than this part of it: the rounding of two sweeps."""
SEEN = 1e-8
"""The same of two numerical limits, of which nine digits are known."""
SETTLED = 1e-6
"""The same of two differences of floats."""


def close(a: float, b: float, dtype: str) -> bool:
    """Whether two derivatives are the same number, but for rounding."""
    return abs(a - b) <= SLACK[dtype] * max(abs(a), abs(b))


def one_sided_derivatives(problem: Problem, tape: Tape, certain: bool) -> dict[str, list[Sides]]:
    """Both sides for every component of every input, row-major, at a point on a kink; `certain`: that it is on it.

    Those that the rules do not give are asked of balls, if they are not too many, or of differences at a jump.
    """
    from gradcli.verify.limits import behaviours

    line, kinks = Line(problem, tape.carrier), set(tape.kinks())
    directions = [along for name in problem.wrt for along in coordinate_directions(problem, name)]
    found = [_swept_sides(problem, tape, kinks, line, *along) for along in directions]
    if certain:
        found = _as_written(problem, kinks, [direction for direction, _ in directions], found)
    unseen = [place for place, sides in enumerate(found) if sides is None or not sides.exist]
    in_balls = behaviours(problem, unseen)
    for place, behaviour in zip(unseen, in_balls, strict=False):
        found[place] = behaviour.sides
    if not in_balls:
        for place in unseen:
            if found[place] is None:
                found[place] = _seen_sides(line, *directions[place], tape.carrier.dtype)
    known = iter([sides or Sides(math.nan, math.nan, False) for sides in found])
    return {name: list(islice(known, size(problem.input_shape(name)))) for name in problem.wrt}


def _swept_sides(
    problem: Problem, tape: Tape, kinks: set[int], line: Line, direction: dict[str, Nested], position: float
) -> Sides | None:
    """Both sides of one component as the rules give them, checked by differences; None at a jump."""
    left, right = (slope_along(problem, tape, kinks, direction, sign) for sign in (-1, +1))
    if left is None or right is None:
        return None
    dtype = tape.carrier.dtype
    exist = _possible(left, line.side(direction, position, -1), dtype)
    exist = exist and _possible(right, line.side(direction, position, +1), dtype)
    return Sides(left, left if close(left, right, dtype) else right, exist)


def _as_written(
    problem: Problem, kinks: set[int], directions: Sequence[dict[str, Nested]], found: list[Sides | None]
) -> list[Sides | None]:
    """The sides of the function as it is written, where rounding decides whether they differ: floats make two numbers
    of 0.1|x| + 0.2|x| - 0.3|x|, and one of |x| e^-1000."""
    known = [(k, sides) for k, sides in enumerate(found) if sides is not None and sides.exist]
    moves = [(directions[k], sign) for k, _ in known for sign in (-1, +1)]
    # What moves forward and what moves backward cancel where both sides are one number.
    forms = [LinearForm({2 * n: 1.0, 2 * n + 1: 1.0}, max(map(abs, s[:2]))) for n, (_, s) in enumerate(known)]
    asked = slopes_in_balls(problem, kinks, moves, forms)
    told = [*found]
    if asked is None:
        return told
    for n, (k, sides) in enumerate(known):
        backward, forward = asked.slopes[2 * n : 2 * n + 2]
        if asked.differ[n]:
            told[k] = Sides(-backward, forward, True, apart=True)
        elif asked.differ[n] is False and sides.left != sides.right:
            told[k] = Sides(forward, forward, True)
    return told


def bends_elsewhere(problem: Problem, tape: Tape | None, sides: dict[str, list[Sides]], certain: bool) -> bool | None:
    """Whether the derivative along some direction is not the one that the partial derivatives give; None where that is
    not seen along all of those that are tried.

    min(|x|, |y|) is 0 along both axes, and not differentiable at 0. A few directions are tried, by the rules on the
    tape, or where they give no number by limits in balls. `certain`: that the point is on the kink, so that the rules
    in balls decide.
    """
    partials = [s.left for name in problem.wrt for s in sides[name]]
    if len(partials) < 2:
        return False
    directions = list(oblique(problem))
    found = [slope_along(problem, tape, set(tape.kinks()), d, +1) for d in directions] if tape is not None else []
    if not found or not all(slope is not None and math.isfinite(slope) for slope in found):
        from gradcli.verify.limits import slopes_along

        found = [*(slopes_along(problem, directions) or [math.nan] * len(directions))]
    by_rules = tape is not None and not any(s.limit for name in sides for s in sides[name])
    slack = SLACK[tape.carrier.dtype] if tape is not None and by_rules else SEEN
    bends = [_differs(problem, d, slope, partials, slack) for d, slope in zip(directions, found, strict=True)]
    if tape is not None and by_rules and certain:
        largest = [max(map(abs, (slope or 0.0, *partials))) for slope in found]
        written = _bends_as_written(problem, set(tape.kinks()), directions, largest)
        bends = [seen if told is None else told for seen, told in zip(bends, written, strict=True)]
    return True if True in bends else None if None in bends else False


def _differs(
    problem: Problem, direction: dict[str, Nested], slope: float | None, partials: Sequence[float], slack: float
) -> bool | None:
    """Whether the slope along a direction is not what the partial derivatives give; None where there is none."""
    if slope is None or not math.isfinite(slope):
        return None
    weighted = [w * p for w, p in zip(numbers_of(problem, direction), partials, strict=True)]
    largest = math.fsum(map(abs, weighted))
    return abs(slope - math.fsum(weighted)) > slack * max(largest, abs(slope))


def _bends_as_written(
    problem: Problem, kinks: set[int], directions: Sequence[dict[str, Nested]], largest: Sequence[float]
) -> list[bool | None]:
    """The same of the function as it is written; None where balls do not know: softmax(x - max(x)) is smooth, and
    rounding alone leaves something of what cancels in it; of min(|x|, |y|) e^-1000 it leaves nothing."""
    units = [unit for name in problem.wrt for unit, _ in coordinate_directions(problem, name)]
    moves = [(along, +1) for along in (*units, *directions)]
    forms = [
        LinearForm({len(units) + n: -1.0, **dict(enumerate(numbers_of(problem, direction)))}, largest[n])
        for n, direction in enumerate(directions)
    ]
    asked = slopes_in_balls(problem, kinks, moves, forms)
    return [None] * len(directions) if asked is None else asked.differ


def oblique(problem: Problem) -> Iterator[dict[str, Nested]]:
    """Directions beside the axes, and their opposites."""
    draw = random.Random(22)
    count = elements(problem)
    for trial in range(DIRECTIONS):
        weights = [draw.uniform(0.5, 1.5) * draw.choice((-1.0, 1.0)) if trial else 1.0 for _ in range(count)]
        for sign in (+1.0, -1.0):
            yield by_input(problem, [sign * w for w in weights])


def _possible(value: float, seen: Estimate, dtype: str) -> bool:
    """Whether a swept side is finite and not contradicted; a difference drowned in noise contradicts nothing."""
    return math.isfinite(value) and abs(value - seen.value) <= 10 * seen.error + SLACK[dtype] * abs(value)


def _seen_sides(line: Line, direction: dict[str, Nested], position: float, dtype: str) -> Sides:
    """What differences show where a primitive declares no sides, because it jumps by itself."""
    left, right = (line.side(direction, position, sign) for sign in (-1, +1))
    continuous = not any(line.jumps(direction, position, sign) for sign in (-1, +1))
    settled = all(e.error <= SETTLED * max(1.0, abs(e.value)) for e in (left, right))
    low, high = _cleaned(left), _cleaned(right)
    return Sides(low, low if close(low, high, dtype) else high, continuous and settled)


def _cleaned(seen: Estimate) -> float:
    """A difference without the digits that it cannot stand behind."""
    return float(f"{seen.value:.8g}") if seen.error < abs(seen.value) else 0.0
