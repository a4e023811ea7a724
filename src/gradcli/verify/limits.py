"""What a function and its slope do beside a point where one of them does not exist.

Only the function is evaluated, in balls, at steps from 2^-20 to 2^-1280 of the coordinate (or of 1) to both sides; no
derivative rule is used. A limit is claimed where these numbers settle to eleven digits, or vanish as a power of the
step does; an infinite one where each outgrows the one before, by ever more. This is numerical evidence, and no proof.
The smallest step is beyond all floats, so that little that floats can tell hides behind it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from typing import Any, NamedTuple, TypeVar

from gradcli.carriers.rationals import Rationals
from gradcli.carriers.tape import evaluate, input_values
from gradcli.errors import Unstated
from gradcli.methods.base import elements, flatten, weigh
from gradcli.methods.enclosures import operations, working
from gradcli.methods.numerical import coordinate_direction, held_nodes
from gradcli.problem import Nested, Problem
from gradcli.shapes import index_text
from gradcli.verify.kinks import Sides
from gradcli.verify.needed import needs_nan

EXPONENTS = (20, 40, 80, 160, 320, 640, 1280)
"""Of the steps. They double, so that a logarithm doubles too."""
MANTISSAS = (
    0.731058578630005,
    0.618033988749895,
    0.841470984807897,
    0.577215664901533,
    0.915965594177219,
    0.567143290409784,
    0.661707182267176,
)
"""Powers of two alone would see a function that repeats itself at them, such as sin(pi/x), as constant."""
BITS = 6000
MOST_DIRECTIONS = 8
"""Components that are looked at."""
MOST_OPERATIONS = 50_000
"""Scalar operations of all evaluations together, which at this precision take seconds."""
EVALUATIONS = 60
"""Of one direction, about."""
FINER = -100
"""The part of a step, as a power of two, that central differences beside the point take."""
FINEST = -1500
"""The same of second differences: x^3 sin(1/x) turns in less than that part of x otherwise, and would look still."""
KNOWN = 2.0**-60
"""The part of a number, below which its ball's radius must be."""
NOTHING = -1100
"""A power of two, to which the nearest float is 0."""
SETTLED = 1e-11
"""The last two numbers differ by no more than this part of them."""
POWER = 0.05
"""The last two local exponents differ by no more than this part of them, where a number vanishes as a power."""
SMALL = 1e-30
"""What is said to vanish has come so far down from the first step."""
LARGEST = 10**300
"""Of binary exponents."""
LEAST = 4
"""Numbers that tell a limit."""
GROWTH = 1.5
"""At each of the steps."""
UNBROKEN = 0.9
"""What grows without end does not grow by less at later steps, which are further apart."""
STEADY = 0.7
"""The least part that a ratio of growth is of the one before. Where the last steps alone see how a function turns, it
falls: numbers that are no limit yet may double for a while."""
DIGITS = 9
ALL_DIGITS = 17

Ball = Any
Seen = TypeVar("Seen")


class Side(NamedTuple):
    """The limits from one side: of the value, and of the slope. A number, an infinity, NaN (none is seen), or None: the
    function is not defined there. `beside` is the limit of the derivative at points beside this one, `gap` that of the
    value less the value at the point, which is not 0 where the function jumps, however large both values are."""

    value: float | None
    slope: float | None
    beside: float | None = None
    gap: float | None = None

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
    place: str = ""
    """The element of an array, as `[0,1]`."""

    @property
    def continuous(self) -> bool:
        """Whether the value is the limit from both sides."""
        return self.left.gap == self.right.gap == 0.0

    @property
    def is_pole(self) -> bool:
        """Whether there is no value, and it grows without end from one side."""
        ends = (self.left.value, self.right.value)
        return self.at_point is None and any(value is not None and math.isinf(value) for value in ends)

    @property
    def sides(self) -> Sides | None:
        """The one-sided derivatives, if both exist."""
        left, right = self.left.slope, self.right.slope
        if not self.continuous or left is None or right is None:
            return None
        return Sides(left, right, True, True) if math.isfinite(left) and math.isfinite(right) else None


def slope_from(seen: Behaviour, where: str) -> float | None:
    """The one-sided derivative from the left or the right; None where the value is not the limit from there."""
    side = seen.left if where == "left" else seen.right
    return side.slope if side.gap == 0.0 else None


def behaviours(problem: Problem, places: Sequence[int] | None = None) -> list[Behaviour]:
    """Along each coordinate, or those at some places in order; none where balls cannot state the graph, or there are
    too many."""
    places = range(elements(problem)) if places is None else places
    if len(places) > MOST_DIRECTIONS:
        return []
    along = [coordinate_direction(problem, place) for place in places]
    return _seen(problem, len(along), lambda line: [_behaviour(line, *one) for one in along])


def slopes_along(problem: Problem, directions: Sequence[Mapping[str, Nested]]) -> list[float] | None:
    """The one-sided derivative along each direction, NaN where none is seen; None where balls are not asked."""
    seen = _seen(problem, len(directions), lambda line: [_slope_along(line, direction) for direction in directions])
    return seen or None


def _slope_along(line: ExactLine, direction: Mapping[str, Nested]) -> float:
    here = line.at()
    if not math.isfinite(float(here)):
        return math.nan
    steps = line.steps(0.0, +1)
    values = [line.at((direction, h)) for h in steps]
    gap = math.nan if any(v.is_nan() for v in values[-3:]) else _limit_beside(here, values)[1]
    return _quotients(line, here, values, steps) if gap == 0.0 else math.nan


def _seen(problem: Problem, count: int, look: Callable[[ExactLine], list[Seen]]) -> list[Seen]:
    """What is seen along so many directions; nothing where balls cannot state the graph, or it is too large."""
    scalar = not problem.output_shape or problem.cotangent is not None
    if not scalar or operations(problem) * count * EVALUATIONS > MOST_OPERATIONS:
        return []
    try:
        with working(BITS):
            return look(ExactLine(problem)) if count else []
    except Unstated:
        return []


class ExactLine:
    """The weighted output along lines through the point, in fractions where it is rational: what stands on a kink
    without moving stays there. Detached nodes are held."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.carrier = m = Rationals(problem.dtype)
        graph = problem.graph
        self.inputs = input_values(graph, m, problem.point)
        tape = evaluate(graph, [problem.output], m, self.inputs)
        self.nodes = tape.nodes
        self.held = {n: tape.values[n] for n in held_nodes(graph, tape)}

    def at(self, *moves: tuple[Mapping[str, Nested], Any]) -> Ball:
        """At the point moved along directions, along each by a step that is a fraction."""
        problem, m, graph = self.problem, self.carrier, self.problem.graph
        m.forget()
        moved = dict(self.inputs)
        for direction, step in moves:
            for name, tangent in direction.items():
                node = graph.inputs[name]
                moved[node] = moved[node] + step * m.point(tangent, graph.shapes[node])
        tape = evaluate(graph, [], m, moved, self.held, self.nodes)
        value = m.flint.arb(weigh(m, problem.cotangent, problem.output_shape, tape.values[problem.output]))
        return m.flint.arb.nan() if value.is_finite() and needs_nan(tape, problem.output) else value

    def steps(self, position: float, sign: int) -> list[Any]:
        """Ever smaller steps to one side of a coordinate."""
        fraction = self.carrier.flint.fmpq
        scale = fraction(*abs(position).as_integer_ratio()) if 0 < abs(position) < 1 else fraction(1)
        return [
            sign * scale * fraction(*mantissa.as_integer_ratio()) * fraction(2) ** -e
            for mantissa, e in zip(MANTISSAS, EXPONENTS, strict=True)
        ]

    def slope_beside(self, direction: Mapping[str, Nested], step: Any, along: Mapping[str, Nested]) -> Ball:
        """The derivative along a direction at a point beside this one, by a difference that is far smaller."""
        small = abs(step) * self.carrier.flint.fmpq(2) ** FINER
        values = [self.at((direction, step), (along, sign * small)) for sign in (+1, -1)]
        return (values[0] - values[1]) / self.carrier.flint.arb(2 * small)

    def curvature_beside(self, direction: Mapping[str, Nested], step: Any, along: Mapping[str, Nested]) -> Ball:
        """The same of the second derivative, once along each of both directions."""
        small = abs(step) * self.carrier.flint.fmpq(2) ** FINEST
        corners = [(one, other) for one in (+1, -1) for other in (+1, -1)]
        values = [
            one * other * self.at((direction, step), (direction, one * small), (along, other * small))
            for one, other in corners
        ]
        return sum(values, start=values[0] * 0) / self.carrier.flint.arb(4 * small * small)


def _behaviour(line: ExactLine, name: str, direction: Mapping[str, Nested], position: float) -> Behaviour:
    here = line.at()
    defined = math.isfinite(float(here))
    left, right = (_side(line, direction, line.steps(position, sign), here if defined else None) for sign in (-1, +1))
    moving = flatten(direction[name]) if name in direction else []
    hot = [k for k, number in enumerate(moving) if number]
    place = index_text(hot[0], line.problem.input_shape(name)) if len(hot) == 1 else ""
    return Behaviour(name, float(here) if defined else None, left, right, place)


def _side(line: ExactLine, direction: Mapping[str, Nested], steps: Sequence[Any], here: Ball | None) -> Side:
    values = [line.at((direction, h)) for h in steps]
    if any(v.is_nan() for v in values[-3:]):
        return Side(None, None)
    value, gap = (limit(values), None) if here is None else _limit_beside(here, values)
    near = limit([line.slope_beside(direction, h, direction) for h in steps])
    if here is None or gap != 0.0:
        # No value to take differences from, or one that is not the limit: across a jump they grow without end.
        return Side(value, near, near, gap)
    return Side(value, _quotients(line, here, values, steps), near, gap)


def _quotients(line: ExactLine, here: Ball, values: Sequence[Ball], steps: Sequence[Any]) -> float:
    """What the quotients of differences tend to."""
    arb = line.carrier.flint.arb
    return limit([(value - here) / arb(step) for value, step in zip(values, steps, strict=True)])


def _limit_beside(here: Ball, values: Sequence[Ball]) -> tuple[float, float]:
    """What values beside a point tend to, that at the point itself where it is that, and how far from it it is."""
    gaps = [v - here for v in values]
    if _tends_to_zero(gaps):
        return float(here), 0.0
    # The gap of a jump is told from 0 where large values that differ by it round to the same digits.
    jump = limit(gaps)
    if math.isfinite(jump):
        return float(here + here.__class__(jump)), jump
    value = limit(values)
    if abs(float(here) - value) <= 10.0**-DIGITS * 10 * abs(float(here)):
        return float(here), 0.0
    return value, value - float(here)


def limit(balls: Sequence[Ball]) -> float:
    """What a sequence tends to: a number of nine digits, an infinity, or NaN if that is not seen."""
    if _tends_to_zero(balls):
        return 0.0
    # The largest steps may have left the domain, and the smallest overflow any exponent.
    overflows = not balls[-1].is_finite()
    balls = [ball for ball in balls if not ball.is_nan() and ball.is_finite()][-5:]
    if len(balls) < LEAST or not all(_known(ball) for ball in balls):
        return math.nan
    last, before = balls[-1], balls[-2]
    if not overflows and abs(last - before) <= SETTLED * abs(last):
        rounded = float(f"{float(last):.{DIGITS}g}")
        # It may settle at a number that no float holds.
        return math.nan if math.isinf(rounded) or rounded == 0 else rounded
    same_sign = all(ball > 0 for ball in balls) or all(ball < 0 for ball in balls)
    growth = [b - a for a, b in pairwise(map(_log2, balls))]
    if same_sign and min(growth) > math.log2(GROWTH) and _is_unbroken(growth):
        return math.inf if last > 0 else -math.inf
    return math.nan


def _is_unbroken(growth: Sequence[float]) -> bool:
    """Whether growth goes on in one way: as a logarithm by equal amounts, as a power by doubling ones, or faster."""
    ratios = [later / earlier for earlier, later in pairwise(growth)]
    return min(ratios) > UNBROKEN and all(later > STEADY * earlier for earlier, later in pairwise(ratios))


def _known(ball: Ball) -> bool:
    return ball.is_finite() and not ball.contains(0) and ball.rad() <= abs(ball) * KNOWN


def _tends_to_zero(balls: Sequence[Ball]) -> bool:
    """Whether numbers are as good as 0 at the last steps, or vanish as a power of the step does."""
    if all(ball.is_finite() and ball.abs_upper() < ball.__class__(2) ** NOTHING for ball in balls[-2:]):
        return True
    if not all(_known(ball) for ball in balls[-4:]):
        return False
    sizes = [_log2(ball) for ball in balls[-4:]]
    exponents = [(b - a) / (s - r) for (a, b), (r, s) in zip(pairwise(sizes), pairwise(STEP_SIZES), strict=True)]
    steady = all(abs(b - a) <= POWER * abs(b) for a, b in pairwise(exponents))
    return steady and exponents[-1] > 0 and sizes[-1] - sizes[0] < math.log2(SMALL)


def _log2(ball: Ball) -> float:
    mantissa, exponent = (int(part) for part in abs(ball).mid().man_exp())
    spare = max(mantissa.bit_length() - 64, 0)
    whole = exponent + spare
    return math.log2(mantissa >> spare) + float(max(-LARGEST, min(LARGEST, whole)))


STEP_SIZES = [math.log2(m) - e for m, e in zip(MANTISSAS, EXPONENTS, strict=True)][-4:]
"""The last steps, as powers of two."""


def sentence_of(seen: Behaviour) -> str:
    """What is seen, in words; empty where nothing is."""
    left, right = seen.left, seen.right
    if not left.defined and not right.defined:
        return "" if seen.at_point is None else "on both sides of the point there is no function value"
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
    gaps = seen.left.gap, seen.right.gap
    if all(gap is not None and not abs(gap) > 0 for gap in gaps):
        # Continuous, as far as it is seen.
        return ""
    if left is not None and right is not None:
        if left == right and gaps[0] is not None and gaps[1] is not None and gaps[0] != gaps[1]:
            return f"the value jumps by {abs(gaps[1] - gaps[0]):.{DIGITS}g}, which no float near {left:.3g} shows"
        if math.isfinite(left) and math.isfinite(right) and left != right:
            digits = DIGITS if _number(left) != _number(right) else ALL_DIGITS
            return f"the value jumps from {left:.{digits}g} to {right:.{digits}g}"
        if seen.at_point is not None and left == right and math.isfinite(left):
            return f"the value is {_number(seen.at_point)} at the point and tends to {_number(left)} beside it"
    return _both("the value", left, right)


def _slope_words(seen: Behaviour) -> str:
    left, right = seen.left.slope, seen.right.slope
    slopes = [slope for slope in (left, right) if slope is not None]
    if seen.continuous and any(map(math.isnan, slopes)) and not any(map(math.isinf, slopes)):
        # The slope that is not seen may be the other.
        return ""
    ends = {(s.value, s.gap) for s in (seen.left, seen.right) if s.value is not None}
    if not all(math.isfinite(value) for value, _ in ends) or len(ends) > 1:
        return ""
    jumps = seen.left.gap or seen.right.gap
    vertical = seen.at_point is not None and not jumps and any(map(math.isinf, slopes))
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
    words = [(b.name + b.place, sentence_of(b)) for b in seen if b.sides is None]
    told: dict[str, list[str]] = {}
    for name, text in words:
        if text:
            told.setdefault(text, []).append(name)
    if len(seen) == 1:
        return next(iter(told), "")
    return "; ".join(f"along {', '.join(names)}: {text}" for text, names in told.items())


def sides_of(problem: Problem, seen: Sequence[Behaviour]) -> dict[str, list[Sides]]:
    """The one-sided derivatives by input, where they exist along all coordinates."""
    found: dict[str, list[Sides]] = {name: [] for name in problem.wrt}
    for behaviour in seen:
        assert behaviour.sides is not None
        found[behaviour.name].append(behaviour.sides)
    return found


def slopes_beside(problem: Problem, seen: Sequence[Behaviour]) -> dict[str, list[tuple[float, float]]] | None:
    """Clarke's set of a function of one number: the hull of the limits of its derivative beside the point. None where
    these limits are not seen, and for more inputs, where limits along the axes do not tell it."""
    if len(seen) != 1:
        return None
    ends = seen[0].left.beside, seen[0].right.beside
    if any(end is None or not math.isfinite(end) for end in ends):
        return None
    low, high = sorted(end for end in ends if end is not None)
    return {name: [(low, high)] for name in problem.wrt}
