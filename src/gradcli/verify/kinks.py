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

from gradcli.carriers.noisy import PERTURBATION, Noisy
from gradcli.carriers.tape import Tape, evaluate, input_values
from gradcli.methods.base import by_input, elements, flatten, numbers_of, unflatten, weigh
from gradcli.methods.differences import UNIT_ROUNDOFF, Estimate
from gradcli.methods.forward import tangent_of
from gradcli.methods.numerical import Line, coordinate_directions
from gradcli.primitives.declare import Value
from gradcli.problem import Nested, Problem
from gradcli.shapes import size

NOISY_SWEEPS = 2
DIRECTIONS = 8
"""Beside the axes, along which a function of several inputs is looked at."""


class Sides(NamedTuple):
    """Left and right derivative of one component; `exist`: whether both do, and differences do not contradict them;
    `limit`: they are numerical limits of the function, and no rule gave them; `seen`: differences of floats did;
    `rounding`: what cancellation may leave of them."""

    left: float
    right: float
    exist: bool
    limit: bool = False
    seen: bool = False
    rounding: float = 0.0

    @property
    def drowned(self) -> bool:
        """Whether cancellation leaves no digit of them, which are taken for 0."""
        return self.exist and self.left == self.right == 0.0 < self.rounding

    @property
    def agree(self) -> bool:
        """Whether the function is differentiable in this direction after all."""
        return self.left == self.right

    def known(self, dtype: str) -> float:
        """The part of them, up to which they are known."""
        return SEEN if self.limit else SETTLED if self.seen else SLACK[dtype]

    def gives(self, number: float, dtype: str) -> bool:
        """Whether a number is the derivative, as far as it is known."""
        slack = self.known(dtype) * max(abs(self.left), abs(number))
        return self.agree and abs(self.left - number) <= slack + self.rounding


STEPS = (-0.618033988749895, -1e-3, 1e-3, 0.618033988749895)
"""At which it is looked whether a number moves."""
SEEN = 1e-8
"""The same of two numerical limits, of which nine digits are known."""
SETTLED = 1e-6
"""The same of two differences of floats."""
MARGIN = 64.0
"""Times the rounding that is seen in a few sweeps: the values on the way are rounded too."""
SLACK = {"float64": 1e-12, "float32": 1e-4}
"""Both sides are one number where they differ by no more than this part of it: the rounding of two sweeps."""


def close(a: float, b: float, dtype: str) -> bool:
    """Whether two derivatives are the same number, but for rounding."""
    return abs(a - b) <= SLACK[dtype] * max(abs(a), abs(b))


def one_sided_derivatives(problem: Problem, tape: Tape) -> dict[str, list[Sides]]:
    """Both sides for every component of every input, row-major, at a point on a kink.

    Those that the rules do not give are asked of balls, if they are not too many, or of differences at a jump.
    """
    from gradcli.verify.limits import behaviours

    line, kinks = Line(problem, tape.carrier), set(tape.kinks())
    directions = [along for name in problem.wrt for along in coordinate_directions(problem, name)]
    found = [_swept_sides(problem, tape, kinks, line, *along) for along in directions]
    unseen = [place for place, sides in enumerate(found) if sides is None or not sides.exist]
    in_balls = behaviours(problem, unseen)
    for place, behaviour in zip(unseen, in_balls, strict=False):
        found[place] = behaviour.sides
    if not in_balls:
        for place in unseen:
            if found[place] is None:
                found[place] = _seen_sides(line, *directions[place], tape.carrier.dtype)
    lost = [place for place, sides in enumerate(found) if sides is not None and sides.drowned]
    for place, behaviour in zip(lost, behaviours(problem, lost), strict=False):
        found[place] = behaviour.sides or found[place]
    known = iter([sides or Sides(math.nan, math.nan, False) for sides in found])
    return {name: list(islice(known, size(problem.input_shape(name)))) for name in problem.wrt}


def _swept_sides(
    problem: Problem, tape: Tape, kinks: set[int], line: Line, direction: dict[str, Nested], position: float
) -> Sides | None:
    """Both sides of one component as the rules give them, checked by differences; None at a jump."""
    left, right = (_swept(problem, tape, kinks, direction, sign) for sign in (-1, +1))
    if left is None or right is None:
        return None
    dtype = tape.carrier.dtype
    exist = _possible(left, line.side(direction, position, -1), dtype)
    exist = exist and _possible(right, line.side(direction, position, +1), dtype)
    rounding = max(_rounding(problem, tape, kinks, direction, sign, side) for sign, side in ((-1, left), (+1, right)))
    if 0.0 < max(abs(left), abs(right)) <= rounding:
        return Sides(0.0, 0.0, exist, rounding=rounding)
    agree = close(left, right, dtype) or abs(left - right) <= rounding
    return Sides(left, left if agree else right, exist, rounding=rounding if left or right else 0.0)


def _rounding(
    problem: Problem, tape: Tape, kinks: set[int], direction: dict[str, Nested], sign: int, slope: float
) -> float:
    """What rounding may leave of a swept slope: contributions that cancel (x - max(x) moves nothing in a softmax, and
    0.1|x| + 0.2|x| - 0.3|x| is 0) leave some, and that is no slope."""
    noise = PERTURBATION * UNIT_ROUNDOFF[tape.carrier.dtype]
    known = {node: tape.surfaces(node) for node in kinks}
    surfaces = {node: found[0] for node, found in known.items() if len(found) == 1}
    deviation = 0.0
    for seed in range(NOISY_SWEEPS):
        noisy = Tape(tape.graph, Noisy(tape.carrier, noise, seed), tape.nodes, tape.values, surfaces)
        found = _swept(problem, noisy, kinks, direction, sign)
        deviation = max(deviation, abs(slope - found) if found is not None else 0.0)
    return MARGIN * deviation / PERTURBATION if math.isfinite(deviation) else 0.0


def bends_elsewhere(problem: Problem, tape: Tape | None, sides: dict[str, list[Sides]]) -> bool | None:
    """Whether the derivative along some direction is not the one that the partial derivatives give; None where that is
    not seen along all of those that are tried.

    min(|x|, |y|) is 0 along both axes, and not differentiable at 0. A few directions are tried, by the rules on the
    tape, or where they give no number by limits in balls.
    """
    partials = [s.left for name in problem.wrt for s in sides[name]]
    if len(partials) < 2:
        return False
    directions = list(_oblique(problem))
    found = [_swept(problem, tape, set(tape.kinks()), d, +1) for d in directions] if tape is not None else []
    swept = tape if found and all(slope is not None and math.isfinite(slope) for slope in found) else None
    if swept is None:
        from gradcli.verify.limits import slopes_along

        found = [*(slopes_along(problem, directions) or [math.nan])]
    bends: bool | None = False
    by_rules = tape is not None and not any(s.limit for name in sides for s in sides[name])
    slack = SLACK[tape.carrier.dtype] if tape is not None and by_rules else SEEN

    def rounding(direction: dict[str, Nested], slope: float) -> float:
        return 0.0 if swept is None else _rounding(problem, swept, set(swept.kinks()), direction, +1, slope)

    for direction, slope in zip(directions, found, strict=False):
        weights = numbers_of(problem, direction)
        expected = math.fsum(w * p for w, p in zip(weights, partials, strict=True))
        largest = math.fsum(abs(w * p) for w, p in zip(weights, partials, strict=True))
        if slope is None or not math.isfinite(slope):
            bends = None
        elif abs(slope - expected) > slack * max(largest, abs(slope)) + rounding(direction, slope):
            return True
    return bends


def _oblique(problem: Problem) -> Iterator[dict[str, Nested]]:
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


def _swept(problem: Problem, tape: Tape, kinks: set[int], direction: dict[str, Nested], sign: int) -> float | None:
    """Derivative from one side; None when a primitive on its kink declares no sides (a jump)."""
    graph, m = tape.graph, tape.carrier
    tangents: list[Value | None] = [None] * len(tape.values)
    for name, unit in direction.items():
        node = graph.inputs[name]
        if node >= len(tangents):  # an input of another output
            continue
        signed = unflatten([sign * t for t in flatten(unit)], graph.shapes[node])
        tangents[node] = m.constant(signed, graph.shapes[node])
    for node in tape.nodes:
        incoming = [tangents[a] for a in graph.arguments[node]]
        if not any(t is not None for t in incoming):
            continue
        if node in kinks:
            kink = tape.primitive(node).kink
            assert kink is not None
            if kink.sides is None:
                if not _stands_still(problem, tape, node, direction, incoming):
                    return None
                tangents[node] = tangent_of(tape, node, incoming)
                continue
            values = tape.arguments(node)
            filled = tuple(m.zeros(m.shape(v)) if t is None else t for t, v in zip(incoming, values, strict=True))
            tangents[node] = kink_tangent(tape, node, filled)
        else:
            tangents[node] = tangent_of(tape, node, incoming)
    tangent = tangents[problem.output]
    if tangent is None:
        return 0.0
    return sign * float(m.nested(weigh(m, problem.cotangent, problem.output_shape, tangent)))


def _stands_still(
    problem: Problem, tape: Tape, node: int, direction: dict[str, Nested], tangents: Sequence[Value | None]
) -> bool:
    """Whether those elements of a node that are on its jump depend on nothing that a direction moves.

    Tangents of 0 are not enough: x^2 moves at 0.
    """
    m, graph, primitive = tape.carrier, tape.graph, tape.primitive(node)
    shape = graph.shapes[node]
    if not primitive.elementwise or not shape:
        return False

    def elements(value: Value) -> list[float]:
        return flatten(m.nested(m.broadcast_to(value, shape=shape)))

    surfaces = [elements(surface) for surface in tape.surfaces(node)]
    jumping = [k for k, levels in enumerate(zip(*surfaces, strict=True)) if 0.0 in levels]
    if any(elements(tangent)[k] for tangent in tangents if tangent is not None for k in jumping):
        return False
    here = input_values(graph, m, problem.point)
    steps = input_values(graph, m, direction)

    def arguments(step: float) -> list[list[float]]:
        moved = {**here, **{n: here[n] + m.lift(step) * tangent for n, tangent in steps.items()}}
        inner = evaluate(graph, list(graph.arguments[node]), m, moved)
        return [[elements(value)[k] for k in jumping] for value in inner.arguments(node)]

    return all(arguments(step) == arguments(0.0) for step in STEPS)


def kink_tangent(tape: Tape, node: int, tangents: tuple[Value, ...]) -> Value:
    """The one-sided tangent where the arguments lie on the kink, the ordinary one elsewhere."""
    m = tape.carrier
    primitive = tape.primitive(node)
    kink = primitive.kink
    assert kink is not None
    assert kink.sides is not None
    values, parameters = tape.arguments(node), tape.graph.parameters[node]
    one_sided = kink.sides(m, tangents, *values, *parameters)
    if not tape.graph.shapes[node]:
        return one_sided
    ordinary = tangent_of(tape, node, list(tangents))
    on_kink = m.lift(1.0)
    for surface in tape.surfaces(node):
        on_kink = on_kink * m.ne(surface, m.lift(0.0))
    return m.where(on_kink, ordinary, one_sided)
