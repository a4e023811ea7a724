"""Central differences whose error is proven: what rounding did is measured in balls, truncation is bounded there.

|D - f'(x)| <= |D - (f(x+h) - f(x-h))/2h| + h^2/6 sup |f'''| (Taylor with a remainder). The difference D is computed in
the dtype, and uses no rule. The first term is seen, because balls know f at both points. The supremum over [x-h, x+h]
comes from gradcli's own rules, so the bound rests on them: the number does not. The step balances the two terms,
h = (3 r / |f'''|)^(1/3), where r is the rounding of f.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from gradcli.carriers.balls import Balls
from gradcli.carriers.base import Carrier
from gradcli.carriers.duals import Dual, Duals
from gradcli.carriers.tape import Tape, evaluate, input_values
from gradcli.errors import Unstated
from gradcli.methods.base import BLOCK, elements, unflatten, weigh
from gradcli.methods.differences import Estimate
from gradcli.methods.enclosures import DIFFERENCE_BITS, BallLine, flat, too_large, working
from gradcli.methods.numerical import Line, coordinate_directions
from gradcli.primitives.declare import Primitive, Value
from gradcli.problem import Derivative, Nested, Problem
from gradcli.shapes import size

MOST_ELEMENTS = 2000
"""Of all values on the way, times the components of the gradient; beyond it, balls of third derivatives take long."""
TRIES = 4
"""Steps that are tried, each a quarter of the last: a large one may reach a kink or a pole."""
COARSEST = 0.125
"""Of the coordinate's size."""
FINEST = 256
"""In units of roundoff of the coordinate: the point moves by just the step divided by."""
ORDER = 3

Ball = Any


def bounded_differences(problem: Problem, carrier: Carrier) -> Derivative | None:
    """The gradient by central differences, each component with a bound of its error; None where one has no bound."""
    graph = problem.graph
    count = sum(size(graph.shapes[node]) for node in graph.ancestors([problem.output]))
    if elements(problem) > BLOCK or count * elements(problem) > MOST_ELEMENTS or too_large(problem):
        return None
    line = Line(problem, carrier)
    answer = Derivative("numerical", value=carrier.nested(line.tape.values[problem.output]), gradient={}, error={})
    for name in problem.wrt:
        found = [
            bounded_slope(line, direction, position) for direction, position in coordinate_directions(problem, name)
        ]
        settled = [estimate for estimate in found if estimate is not None]
        if len(settled) < len(found):
            return None
        shape = problem.input_shape(name)
        assert answer.gradient is not None
        assert isinstance(answer.error, dict)
        answer.gradient[name] = unflatten([e.value for e in settled], shape)
        answer.error[name] = unflatten([e.error for e in settled], shape)
    answer.bounded = True
    answer.sweeps = f"{elements(problem)} differences"
    return answer


def bounded_slope(line: Line, direction: Mapping[str, Nested], position: float) -> Estimate | None:
    """The derivative along a coordinate with a bound of its error; None where there is none."""
    problem = line.problem
    largest = 2.0 ** math.floor(math.log2(COARSEST * (abs(position) or 1.0)))
    try:
        with working(DIFFERENCE_BITS, problem.dtype) as balls:
            curved = third_derivative(problem, balls, direction, 0.0)
            if curved is None:
                return None
            step = best_step(line.noise.of(line.here()), float(abs(curved).upper()), largest)
            finest = FINEST * line.roundoff * abs(position)
            steps = [step / 4**k for k in range(TRIES) if step / 4**k >= finest]
            for h in steps:
                bounded = _bounded_at(line, balls, direction, h)
                if bounded is not None:
                    return bounded
    except Unstated:
        return None
    return None


def best_step(rounding: float, curved: float, largest: float) -> float:
    """The power of two below (3 r / |f'''|)^(1/3), and no larger than a given one."""
    step = math.cbrt(3 * rounding / curved) if curved and rounding else largest
    return min(2.0 ** math.floor(math.log2(step)), largest) if 0 < step < math.inf else largest


def _bounded_at(line: Line, balls: Balls, direction: Mapping[str, Nested], h: float) -> Estimate | None:
    """The difference of one step with its bound; None where the function is not smooth so far, where the point does not
    move by just the step, and where the value does not move at all in floats."""
    problem = line.problem
    if not _moves_exactly(line, direction, h):
        return None
    ahead, behind = line.at(dict(direction), [h, -h])
    slope = (ahead - behind) / (2 * h)
    curved = third_derivative(problem, balls, direction, h)
    if curved is None or not math.isfinite(slope):
        return None
    ball_line = BallLine(problem, balls)
    arb = balls.flint.arb
    true = (ball_line.at(direction, arb(h)) - ball_line.at(direction, arb(-h))) / (2 * arb(h))
    bound = abs(true - slope) + arb(h) ** 2 / 6 * abs(curved).upper()
    if not bound.is_finite():
        return None
    # A ball that holds 0 and more is neither equal to 0 nor certainly not.
    error = 0.0 if bound == 0 else math.nextafter(float(bound.upper()), math.inf)
    unseen = ahead == behind == line.here()
    return None if unseen and error > line.roundoff * abs(ahead) else Estimate(slope, error)


def _moves_exactly(line: Line, direction: Mapping[str, Nested], h: float) -> bool:
    """Whether the point, as the dtype holds it, moves by the step and not by a rounded one."""
    carrier, graph = line.carrier, line.problem.graph
    for node, tangent in input_values(graph, carrier, direction).items():
        here = line.inputs[node]
        for step in (h, -h):
            moved = here + carrier.lift(step) * tangent
            if not _all_equal(carrier, moved - here, carrier.lift(step) * tangent):
                return False
            if not _all_equal(carrier, moved - carrier.lift(step) * tangent, here):
                return False
    return True


def _all_equal(carrier: Carrier, a: Value, b: Value) -> bool:
    one, other = carrier.nested(a), carrier.nested(b)
    return bool(one == other)


def third_derivative(problem: Problem, balls: Balls, direction: Mapping[str, Nested], reach: float) -> Ball | None:
    """A ball of the third derivatives along a coordinate over all points within reach of it; None where the function
    may not be smooth there. Tangents of tangents of tangents, by gradcli's rules."""
    graph = problem.graph
    wide = balls.flint.arb(0, reach)
    carriers: list[Any] = [balls]
    for _ in range(ORDER):
        carriers.append(Duals(carriers[-1]))
    inputs = input_values(graph, balls, problem.point)
    lifted: dict[int, Value] = {}
    for node, value in inputs.items():
        tangent = direction.get(graph.parameters[node][0])
        unit = None if tangent is None else balls.point(tangent, graph.shapes[node])
        lifted[node] = _moving(carriers, value if unit is None else value + wide * unit, unit)
    if reach and not _smooth(evaluate(graph, [problem.output], balls, {n: _primal(v) for n, v in lifted.items()})):
        return None
    tape = evaluate(graph, [problem.output], carriers[-1], lifted)
    value = weigh(carriers[-1], problem.cotangent, problem.output_shape, tape.values[problem.output])
    for _ in range(ORDER):
        if value.tangent is None:
            return balls.lift(0)
        value = value.tangent
    return value if value.is_finite() else None


def _moving(carriers: list[Any], value: Value, unit: Value | None) -> Value:
    """A value as a dual number of dual numbers, which moves by the same unit on every level."""
    for depth, m in enumerate(carriers[1:]):
        tangent = unit
        for inner in carriers[1 : depth + 1]:
            tangent = None if tangent is None else Dual(inner, tangent)
        value = Dual(m, value, tangent)
    return value


def _primal(value: Value) -> Value:
    while isinstance(value, Dual):
        value = value.primal
    return value


def _smooth(tape: Tape) -> bool:
    """Whether no node of a tape of wide balls may stand on a kink or a jump."""
    moving = tape.moving()
    for node in tape.nodes:
        operation = tape.graph.operations[node]
        if not isinstance(operation, Primitive) or operation.kink is None:
            continue
        arguments, crossing = tape.graph.arguments[node], operation.kink.arguments
        touched = arguments if crossing is None else [arguments[k] for k in crossing]
        if not operation.locally_constant and moving.isdisjoint(touched):
            continue
        if operation.locally_constant:
            # One number all over the balls: no jump is among them.
            if not all(ball.is_exact() for ball in flat(tape.values[node])):
                return False
            continue
        try:
            surfaces = operation.kink.at(*tape.arguments(node), *tape.graph.parameters[node])
        except (TypeError, AttributeError, ValueError):
            # A surface that is stated for tensors only.
            return False
        if any(ball.contains(0) or not ball.is_finite() for surface in surfaces for ball in flat(surface)):
            return False
    return True
