"""What a function and its slope do beside a point where one of them does not exist.

Only the function is evaluated, in balls, at steps of 2^-20, 2^-40, 2^-80, 2^-160 and 2^-320 to both sides; no
derivative rule is used. A limit is claimed where these numbers settle, an infinite one where each outgrows the one
before.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Any, NamedTuple

from gradcli.carriers.balls import BallsOfFloats
from gradcli.errors import Unstated
from gradcli.methods.base import elements
from gradcli.methods.enclosures import BallLine, too_large, working
from gradcli.methods.numerical import coordinate_directions
from gradcli.problem import Nested, Problem
from gradcli.verify.kinks import Sides

EXPONENTS = (20, 40, 80, 160, 320)
MANTISSAS = (0.731058578630005, 0.618033988749895, 0.841470984807897, 0.577215664901533, 0.915965594177219)
"""Powers of two alone would see a function that repeats itself at them, such as sin(pi/x), as constant."""
"""Of the steps. They double, so that a logarithm doubles too."""
BITS = 2000
MOST_DIRECTIONS = 8
"""Components that are looked at."""
SETTLED = 1e-11
"""The last two numbers differ by no more than this part of them, or of 1."""
GROWTH = 1.5
"""At each of the steps."""
APPROACH = 3
"""At each of the steps, the distance to the value at the point shrinks by as much, where it is the limit."""
DIGITS = 9

Ball = Any


class Side(NamedTuple):
    """The limits from one side: of the value, and of the slope. A number, an infinity, NaN (none is seen), or None: the
    function is not defined there."""

    value: float | None
    slope: float | None

    @property
    def defined(self) -> bool:
        """Whether there is a function on this side."""
        return self.value is not None


class Behaviour(NamedTuple):
    """What is seen along one coordinate: the value at the point (None: it has none), and both sides."""

    name: str
    at_point: float | None
    left: Side
    right: Side

    @property
    def continuous(self) -> bool:
        """Whether the value is the limit from both sides."""
        return self.at_point is not None and all(_same(self.at_point, s.value) for s in (self.left, self.right))

    @property
    def sides(self) -> Sides | None:
        """The one-sided derivatives, if both exist."""
        left, right = self.left.slope, self.right.slope
        if not self.continuous or left is None or right is None:
            return None
        return Sides(left, right, True) if math.isfinite(left) and math.isfinite(right) else None


def behaviours(problem: Problem) -> list[Behaviour]:
    """Along each coordinate; none where balls cannot state the graph, or there are too many."""
    scalar = not problem.output_shape or problem.cotangent is not None
    if not scalar or not 0 < elements(problem) <= MOST_DIRECTIONS or too_large(problem):
        return []
    try:
        with working(BITS):
            # A constant is the float that the kink was found with: |x - 0.1| at 0.1 has its kink there.
            line = BallLine(replace(problem, dtype="float64"), BallsOfFloats(problem.dtype))
            return [
                _behaviour(line, name, direction)
                for name in problem.wrt
                for direction, _ in coordinate_directions(problem, name)
            ]
    except Unstated:
        return []


def _behaviour(line: BallLine, name: str, direction: dict[str, Nested]) -> Behaviour:
    arb = line.balls.flint.arb
    here = line.at(direction, arb(0))
    defined = math.isfinite(float(here))
    left, right = (_side(line, direction, sign, here if defined else None) for sign in (-1, +1))
    return Behaviour(name, float(here) if defined else None, left, right)


def _side(line: BallLine, direction: dict[str, Nested], sign: int, here: Ball | None) -> Side:
    arb = line.balls.flint.arb
    steps = [sign * arb(mantissa) * arb(2) ** -e for mantissa, e in zip(MANTISSAS, EXPONENTS, strict=True)]
    values = [line.at(direction, h) for h in steps]
    if not all(v.is_finite() for v in values):
        return Side(None, None)
    value = float(here) if here is not None and _approached(here, values) else _limit(values)
    base = here if here is not None and _same(float(here), value) else None

    def slope(h: Ball, at_h: Ball) -> Ball:
        if base is not None:
            return (at_h - base) / h
        # No value to take differences from: the slope beside the point.
        small = abs(h) * arb(2) ** -EXPONENTS[-1]
        return (line.at(direction, h + small) - line.at(direction, h - small)) / (2 * small)

    return Side(value, _limit([slope(h, v) for h, v in zip(steps, values, strict=True)]))


def _limit(balls: Sequence[Ball]) -> float:
    """What a sequence tends to: a number of nine digits, an infinity, or NaN if that is not seen."""
    if not all(ball.is_finite() and ball.rad() <= (1 + abs(ball)) * SETTLED for ball in balls):
        return math.nan
    last, before = balls[-1], balls[-2]
    if abs(last - before) <= SETTLED * (1 + abs(last)):
        rounded = float(f"{float(last):.{DIGITS}g}")
        if math.isinf(rounded):
            # It settles at a number that no float holds.
            return math.nan
        return 0.0 if abs(rounded) < SETTLED else rounded
    sizes = [abs(ball) for ball in balls]
    same_sign = all(ball > 0 for ball in balls) or all(ball < 0 for ball in balls)
    if same_sign and all(later > GROWTH * earlier for earlier, later in pairwise(sizes)):
        return math.inf if last > 0 else -math.inf
    return math.nan


def _approached(here: Ball, values: Sequence[Ball]) -> bool:
    """Whether the values come nearer and nearer to the one at the point."""
    gaps = [abs(v - here) for v in values]
    return all(g <= SETTLED for g in gaps) or all(APPROACH * later < earlier for earlier, later in pairwise(gaps))


def _same(number: float, limit: float | None) -> bool:
    return limit is not None and abs(number - limit) <= 10.0**-DIGITS * 10 * max(1.0, abs(number))


def sentence_of(seen: Behaviour) -> str:
    """What is seen, in words; empty where nothing is."""
    left, right = seen.left, seen.right
    if not left.defined and not right.defined:
        return ""
    parts = []
    if not seen.continuous or not (left.defined and right.defined):
        parts.append(_value_words(seen))
    parts.append(_slope_words(seen))
    parts += [
        f"{where} of the point there is no function value"
        for where, s in (("left", left), ("right", right))
        if not s.defined
    ]
    return "; ".join(part for part in parts if part)


def _value_words(seen: Behaviour) -> str:
    left, right = seen.left.value, seen.right.value
    if left is not None and right is not None:
        if math.isfinite(left) and math.isfinite(right) and left != right:
            return f"the value jumps from {_number(left)} to {_number(right)}"
        if seen.at_point is not None and left == right and math.isfinite(left):
            return f"the value is {_number(seen.at_point)} at the point and tends to {_number(left)} beside it"
    return _both("the value", left, right)


def _slope_words(seen: Behaviour) -> str:
    left, right = seen.left.slope, seen.right.slope
    values = [s.value for s in (seen.left, seen.right) if s.value is not None]
    if not all(math.isfinite(v) for v in values) or len(set(values)) > 1:
        return ""
    vertical = seen.at_point is not None and any(s is not None and math.isinf(s) for s in (left, right))
    return ("a vertical tangent: " if vertical else "") + _both("the slope", left, right)


def _both(what: str, left: float | None, right: float | None) -> str:
    """`the slope tends to -infinity from the left and to +infinity from the right`."""
    seen = [
        (where, number)
        for where, number in (("left", left), ("right", right))
        if number is not None and not math.isnan(number)
    ]
    if len(seen) == 2 and seen[0][1] == seen[1][1]:
        return f"{what} tends to {_number(seen[0][1])} from both sides"
    clauses = [f"to {_number(number)} from the {where}" for where, number in seen]
    return f"{what} tends {' and '.join(clauses)}" if clauses else ""


def _number(number: float) -> str:
    return f"{'+' if number > 0 else '-'}infinity" if math.isinf(number) else f"{number:.{DIGITS}g}"


def limits_sentence(seen: Sequence[Behaviour]) -> str:
    """What is seen along all coordinates that have no derivative; empty where nothing is."""
    words = [(b.name, sentence_of(b)) for b in seen if b.sides is None]
    told = [(name, text) for name, text in words if text]
    if len(seen) == 1:
        return told[0][1] if told else ""
    return "; ".join(f"along {name}: {text}" for name, text in told)


def sides_of(problem: Problem, seen: Sequence[Behaviour]) -> dict[str, list[Sides]]:
    """The one-sided derivatives by input, where they exist along all coordinates."""
    found: dict[str, list[Sides]] = {name: [] for name in problem.wrt}
    for behaviour in seen:
        assert behaviour.sides is not None
        found[behaviour.name].append(behaviour.sides)
    return found
