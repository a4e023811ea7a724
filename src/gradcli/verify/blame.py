"""Which primitive's rule is wrong: each rule on the way is held against differences of its own primal in balls."""

from __future__ import annotations

import random
from collections.abc import Container, Sequence
from typing import Any

from gradcli.carriers.balls import Balls
from gradcli.carriers.base import Carrier
from gradcli.carriers.tangents import contributions, total
from gradcli.carriers.tape import Tape, tape_of
from gradcli.errors import Unstated
from gradcli.methods.enclosures import STEP_EXPONENT, TRUNCATION, difference_bits, flat, reach, working
from gradcli.methods.reverse import contribution_to
from gradcli.primitives.declare import Elementwise, Value
from gradcli.problem import Problem
from gradcli.verify.explain import written

AGREE = 2.0**-60
"""Relative difference to which a rule and differences of its primal agree, beside the differences' own error."""


def wrong_rules(problem: Problem, carrier: Carrier) -> list[str]:
    """Names of the primitives on the way whose rule contradicts their primal at the point, or its own transpose. Where
    one stands on its kink, differences say nothing of its rule."""
    graph = problem.graph
    tape = tape_of(problem, carrier)
    kinks = set(tape.kinks())
    moving = graph.dependents([graph.inputs[name] for name in problem.wrt], tape.nodes)
    found: dict[str, None] = {}
    with working(difference_bits(problem), problem.dtype) as balls:
        tape = tape_of(problem, balls)
        furthest = reach(tape)
        for node in tape.nodes:
            asked = node in moving and not graph.is_leaf(node) and node not in kinks
            if asked and not _right(tape, balls, node, moving, furthest):
                found[written(tape, node)] = None
    return list(found)


def _right(tape: Tape, balls: Balls, node: int, moving: Container[int], furthest: int) -> bool:
    if tape.primitive(node).holds_value:
        return True
    # Also by arguments that the rule leaves out: the primal must not vary with them.
    positions = [k for k, argument in enumerate(tape.graph.arguments[node]) if argument in moving]
    try:
        return all(_right_by(tape, balls, node, position, furthest) for position in positions)
    except Unstated:
        return True


def _right_by(tape: Tape, balls: Balls, node: int, position: int, furthest: int) -> bool:
    """Whether the tangent by one argument is the slope of the primal, and the transpose of it the cotangent."""
    primitive, arguments = tape.primitive(node), tape.arguments(node)
    parameters = tape.graph.parameters[node]
    tangent = _random_like(balls, arguments[position])
    incoming: list[Value | None] = [tangent if k == position else None for k in range(len(arguments))]
    swept = total(
        balls,
        contributions(
            balls, primitive, tape.values[node], arguments, parameters, incoming, lambda k: tape.partial(node, k)
        ),
    )

    def slopes(step: Any) -> list[Any]:
        def moved(by: Any) -> Value:
            values = [a + by * tangent if k == position else a for k, a in enumerate(arguments)]
            return balls.apply(primitive, tuple(values), parameters)

        return flat((moved(step) - moved(-step)) * (1 / (2 * step)))

    step = balls.flint.arb(2) ** (STEP_EXPONENT - 2 * furthest) * _least(arguments[position])
    fine = slopes(step / 2)
    errors = [TRUNCATION * abs(one - other) for one, other in zip(slopes(step), fine, strict=True)]
    ours = [balls.lift(0)] * len(fine) if swept is None else flat(swept)
    if not _agree(ours, fine, errors):
        return False
    if isinstance(primitive.rule, Elementwise):
        return True
    cotangent = _random_like(balls, tape.values[node])
    back = contribution_to(tape, node, position, cotangent)
    one = _product(balls, flat(cotangent), fine)
    other = balls.lift(0) if back is None else _product(balls, flat(back), flat(tangent))
    return _agree([other], [one], [_product(balls, [abs(c) for c in flat(cotangent)], errors)])


def _agree(ours: Sequence[Any], theirs: Sequence[Any], errors: Sequence[Any]) -> bool:
    scale = max((float(abs(t).upper()) for t in theirs if t.is_finite()), default=0.0)
    for one, other, error in zip(ours, theirs, errors, strict=True):
        gap = abs(one - other)
        if gap.is_finite() and gap > error + AGREE * max(scale, 1e-300):
            return False
    return True


def _least(value: Value) -> Any:
    """A step's scale: the smallest size of a coordinate that is not 0."""
    sizes = [abs(ball) for ball in flat(value) if ball != 0 and ball.is_finite()]
    least = min(sizes, key=float, default=None)
    return 1 if least is None else least.mid() if float(least) < 1 else 1


def _random_like(balls: Balls, value: Value) -> Value:
    draw = random.Random(24)
    numbers = [balls.lift(draw.choice((-1.0, 1.0)) * draw.uniform(0.5, 1.5)) for _ in flat(value)]
    shape = balls.shape(value)
    if not shape:
        return numbers[0]
    return balls.numpy.array(numbers, dtype=object).reshape(value.shape)


def _product(balls: Balls, u: Sequence[Any], v: Sequence[Any]) -> Any:
    return sum((a * b for a, b in zip(u, v, strict=True)), start=balls.lift(0))
