"""One-sided derivatives at kinks.

A forward sweep along +d, in which every primitive that stands on a kink uses its declared one-sided directional
derivative, gives the derivative from the right; along -d the one from the left (Griewank and Walther, Evaluating
Derivatives, 2008, section 14.2).
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import Any, NamedTuple, TypeVar

from gradcli.carriers.tape import Tape, evaluate, input_values, tape_of
from gradcli.errors import Unstated
from gradcli.graph import Operation
from gradcli.methods.base import by_input, elements, flatten, numbers_of, unflatten, weigh
from gradcli.methods.differences import Estimate
from gradcli.methods.forward import tangent_of
from gradcli.methods.numerical import Line, coordinate_directions
from gradcli.primitives.declare import Primitive, Value
from gradcli.problem import Nested, Problem
from gradcli.shapes import size

BITS = 256
"""At which balls tell the sides apart, or find them equal."""
ONE_NUMBER = 2.0**-64
"""The part of two numbers, below which their gap in balls is none."""
MOST_IN_BALLS = 50_000
"""Scalar operations of all directions."""
DIRECTIONS = 8
"""Beside the axes, along which a function of several inputs is looked at."""

Slope = Callable[[dict[str, Nested], int], Any]
"""The derivative along a direction (+1) or its opposite (-1) in balls; None at a jump."""
Answer = TypeVar("Answer")


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


STEPS = (-0.618033988749895, -1e-3, 1e-3, 0.618033988749895)
"""At which it is looked whether a number moves."""
SEEN = 1e-8
"""The same of two numerical limits, of which nine digits are known."""
SETTLED = 1e-6
"""The same of two differences of floats."""
SLACK = {"float64": 1e-12, "float32": 1e-4}
"""Both sides are one number where they differ by no more than this part of it: the rounding of two sweeps."""


def close(a: float, b: float, dtype: str) -> bool:
    """Whether two derivatives are the same number, but for rounding."""
    return abs(a - b) <= SLACK[dtype] * max(abs(a), abs(b))


def one_sided_derivatives(problem: Problem, tape: Tape, certain: bool = True) -> dict[str, list[Sides]]:
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
    left, right = (_swept(problem, tape, kinks, direction, sign) for sign in (-1, +1))
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

    def told(slope: Slope) -> list[Sides | None]:
        return [
            _told(sides, slope(direction, -1), slope(direction, +1)) if sides is not None and sides.exist else sides
            for sides, direction in zip(found, directions, strict=True)
        ]

    return _in_balls(problem, kinks, len(found), told) or found


def _in_balls(problem: Problem, kinks: set[int], count: int, ask: Callable[[Slope], Answer]) -> Answer | None:
    """What is asked of slopes along so many directions in balls; None where balls cannot state them."""
    from gradcli.methods.enclosures import operations, working

    if not all(_is_stated(problem.graph.operations[node]) for node in kinks):
        return None
    if operations(problem) * count > MOST_IN_BALLS:
        return None
    with working(BITS, problem.dtype) as balls:
        try:
            exact = tape_of(problem, balls)
            return ask(lambda direction, sign: _tangent(problem, exact, kinks, direction, sign))
        except Unstated:
            return None


def _is_stated(operation: Operation) -> bool:
    """Whether balls can take the one-sided derivatives of an operation. Those of eigenvalues are found in tensors."""
    if not isinstance(operation, Primitive) or operation.kink is None or operation.kink.sides is None:
        return False
    return operation.elementwise or operation.definition is not None


def _told(sides: Sides, backward: Any, forward: Any) -> Sides:
    """Sides in floats beside the derivatives along a direction and its opposite in balls."""
    if backward is None or forward is None:
        return sides
    gap, size = abs(forward + backward), abs(forward) + abs(backward)
    if gap > 0:
        return Sides(float(-backward), float(forward), True, apart=True)
    largest = max(abs(sides.left), abs(sides.right))
    if sides.left == sides.right or not gap < largest * ONE_NUMBER:
        return sides
    one = 0.0 if size.contains(0) else float(forward)
    return Sides(one, one, True)


def bends_elsewhere(
    problem: Problem, tape: Tape | None, sides: dict[str, list[Sides]], certain: bool = True
) -> bool | None:
    """Whether the derivative along some direction is not the one that the partial derivatives give; None where that is
    not seen along all of those that are tried.

    min(|x|, |y|) is 0 along both axes, and not differentiable at 0. A few directions are tried, by the rules on the
    tape, or where they give no number by limits in balls. `certain`: that the point is on the kink.
    """
    partials = [s.left for name in problem.wrt for s in sides[name]]
    if len(partials) < 2:
        return False
    directions = list(oblique(problem))
    found = [_swept(problem, tape, set(tape.kinks()), d, +1) for d in directions] if tape is not None else []
    if not found or not all(slope is not None and math.isfinite(slope) for slope in found):
        from gradcli.verify.limits import slopes_along

        found = [*(slopes_along(problem, directions) or [math.nan])]
    bends: bool | None = False
    by_rules = tape is not None and not any(s.limit for name in sides for s in sides[name])
    slack = SLACK[tape.carrier.dtype] if tape is not None and by_rules else SEEN
    for direction, slope in zip(directions, found, strict=False):
        weights = numbers_of(problem, direction)
        expected = math.fsum(w * p for w, p in zip(weights, partials, strict=True))
        largest = math.fsum(abs(w * p) for w, p in zip(weights, partials, strict=True))
        if slope is None or not math.isfinite(slope):
            bends = None
        elif abs(slope - expected) > slack * max(largest, abs(slope)):
            by_rounding = tape is not None and certain and _is_linear(problem, set(tape.kinks()), direction, slope)
            if not by_rounding:
                return True
    return bends


def _is_linear(problem: Problem, kinks: set[int], direction: dict[str, Nested], slope: float) -> bool:
    """Whether the slope along a direction is, in balls, what the partial derivatives give: softmax(x - max(x)) is
    smooth, and rounding alone leaves something of what cancels in it."""
    weights = numbers_of(problem, direction)
    units = [unit for name in problem.wrt for unit, _ in coordinate_directions(problem, name)]

    def gap_vanishes(slope_in_balls: Slope) -> bool:
        found = [slope_in_balls(along, +1) for along in (direction, *units)]
        if any(s is None for s in found):
            return False
        along, *partials = found
        gap = abs(along - sum((w * p for w, p in zip(weights, partials, strict=True)), start=0 * along))
        largest = max(abs(slope), *(abs(float(w * p)) for w, p in zip(weights, partials, strict=True)))
        return bool(gap < largest * ONE_NUMBER)

    return bool(_in_balls(problem, kinks, len(units) + 1, gap_vanishes))


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


def _swept(problem: Problem, tape: Tape, kinks: set[int], direction: dict[str, Nested], sign: int) -> float | None:
    """Derivative from one side; None when a primitive on its kink declares no sides (a jump)."""
    tangent = _tangent(problem, tape, kinks, direction, sign)
    return None if tangent is None else sign * float(tape.carrier.nested(tangent))


def _tangent(problem: Problem, tape: Tape, kinks: set[int], direction: dict[str, Nested], sign: int) -> Value | None:
    """The derivative along a direction or its opposite, on the tape's carrier; None at a jump."""
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
        return m.lift(0.0)
    return weigh(m, problem.cotangent, problem.output_shape, tangent)


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
