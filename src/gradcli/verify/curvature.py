"""Verdicts on Hessians and on products with them.

Forward over reverse is taken on values and on the gradient's graph, which share their rules. The witness is the second
difference of the primal along lines; where it cannot resolve the point, torch's autograd, differentiated twice.
"""

from __future__ import annotations

import math
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from gradcli.carriers.base import Carrier
from gradcli.carriers.tape import evaluate, input_values
from gradcli.methods.autograd import coarsest, directional_hessian
from gradcli.methods.base import elements, flatten, unflatten
from gradcli.methods.differences import UNIT_ROUNDOFF, Estimate
from gradcli.methods.numerical import Line
from gradcli.methods.reverse import vjp
from gradcli.methods.second_order import Hessian, hessian_on_graph, hessian_on_values, hvp
from gradcli.problem import Nested, Problem
from gradcli.shapes import size
from gradcli.verify.explain import finite
from gradcli.verify.rows import require_size
from gradcli.verify.witnesses import CERTAIN, ESTIMATE, ROUNDING, Verdict, shared_digits

EVERY_ENTRY = 6
"""With so many input elements the second differences look at every entry of the Hessian, else along a few lines."""
LINES = 3
JUMP = 1e-3
"""The least part by which both sides of a second derivative differ to be called a jump."""
AUTOGRAD_ROUNDING = 64
"""Reverse taken twice rounds more often than forward over reverse."""


@dataclass
class CheckedHessian:
    """Value, gradient and Hessian (nested lists; a block by two inputs in their shapes) with the verdict."""

    value: Nested
    gradient: dict[str, Nested]
    blocks: dict[str, dict[str, Nested]]
    verdict: Verdict


def check_hessian(problem: Problem, carrier: Carrier) -> CheckedHessian:
    """The Hessian of a scalar output on the gradient's graph, compared with that on values and with witnesses."""
    count = elements(problem)
    require_size(count * count, "Hessian", "hvp gives its product with one direction")
    value, adjoints = vjp(problem, carrier)
    gradient = {name: carrier.nested(adjoint) for name, adjoint in adjoints.items()}
    blocks = nested(carrier, hessian_on_graph(problem, carrier))
    found = CheckedHessian(carrier.nested(value), gradient, blocks, Verdict("unverified", "there is no input"))
    if elements(problem):
        found.verdict = judge_hessian(problem, carrier, found, nested(carrier, hessian_on_values(problem, carrier)))
    return found


def nested(carrier: Carrier, blocks: Hessian) -> dict[str, dict[str, Nested]]:
    """The blocks as nested lists."""
    return {name: {by: carrier.nested(block) for by, block in row.items()} for name, row in blocks.items()}


def judge_hessian(
    problem: Problem, carrier: Carrier, found: CheckedHessian, other: dict[str, dict[str, Nested]]
) -> Verdict:
    """Kinks, then whether both ways agree, then the witnesses."""
    kink = second_kink(problem, carrier)
    if kink is not None:
        return kink
    ours, others = matrix(problem, found.blocks), matrix(problem, other)
    if not all(map(math.isfinite, ours)):
        return Verdict("undefined", "the Hessian is not finite there; gradcli grad names the node of a gradient")
    largest = max(map(abs, ours))
    slack = ROUNDING * UNIT_ROUNDOFF[carrier.dtype] * largest
    gap = max(abs(a - b) for a, b in zip(ours, others, strict=True))
    if not gap <= slack:
        words = f"forward over reverse on values and on the gradient's graph differ by {gap:.0e}"
        return Verdict("wrong" if not gap <= 1e-6 * largest else "ill-conditioned", words)
    questions = [Question(quadratic(ours, line), ((line, 1.0),)) for line in lines_of(problem)]
    return witness(problem, carrier, questions, largest)


def second_kink(problem: Problem, carrier: Carrier) -> Verdict | None:
    """The verdict at a kink of the function: there may be no second derivative, even where there is a first one."""
    graph = problem.graph
    tape = evaluate(graph, [problem.output], carrier, input_values(graph, carrier, problem.point))
    names = ", ".join(dict.fromkeys(tape.primitive(node).name for node in tape.kinks()))
    if not names:
        return None
    words = f"the point is on a kink of {names}: there may be no second derivative; shown is what the rules give"
    return Verdict("kink", words)


def matrix(problem: Problem, blocks: Mapping[str, Mapping[str, Nested]]) -> list[float]:
    """The Hessian as one square matrix over all elements of all inputs, row-major."""
    flat: list[float] = []
    for name in problem.wrt:
        columns = [flatten(blocks[name][by]) for by in problem.wrt]
        widths = [size(problem.input_shape(by)) for by in problem.wrt]
        for row in range(size(problem.input_shape(name))):
            for column, width in zip(columns, widths, strict=True):
                flat += column[row * width : (row + 1) * width]
    return flat


def lines_of(problem: Problem) -> Iterator[list[float]]:
    """Directions whose second derivatives determine every entry where there are few, else a few of signs."""
    count = elements(problem)
    if count > EVERY_ENTRY:
        signs = random.Random(22)
        yield from ([signs.choice((-1.0, 1.0)) for _ in range(count)] for _ in range(LINES))
        return
    for i in range(count):
        for j in range(i, count):
            yield [1.0 if k in (i, j) else 0.0 for k in range(count)]


def quadratic(entries: list[float], line: list[float]) -> float:
    """v' H v."""
    count = len(line)
    moving = [k for k in range(count) if line[k]]
    return math.fsum(line[i] * entries[i * count + j] * line[j] for i in moving for j in moving)


def by_input(problem: Problem, line: list[float]) -> dict[str, Nested]:
    """A direction over all elements as tangents by input."""
    found, start = {}, 0
    for name in problem.wrt:
        shape = problem.input_shape(name)
        found[name] = unflatten(line[start : start + size(shape)], shape)
        start += size(shape)
    return found


@dataclass(frozen=True)
class Question:
    """A number that ours should be: a weighted sum of second derivatives along lines."""

    ours: float
    lines: tuple[tuple[list[float], float], ...]


def witness(problem: Problem, carrier: Carrier, questions: Sequence[Question], largest: float) -> Verdict:
    """Second differences along the lines; where they cannot tell, autograd along the same."""
    walker = Line(problem, carrier)
    unit = ROUNDING * UNIT_ROUNDOFF[carrier.dtype] * (largest or 1.0)
    digits, resolved = 16, True
    for question in questions:
        jump = jump_of(problem, walker, question)
        if jump is not None:
            return jump
        seen = seen_by_differences(problem, walker, question)
        rounding = unit * sum(abs(weight) * math.fsum(map(abs, line)) ** 2 for line, weight in question.lines)
        tolerance = ESTIMATE * seen.error + rounding
        ours = question.ours
        if abs(ours - seen.value) <= tolerance <= CERTAIN[carrier.dtype] * max(abs(ours), largest or 1.0):
            digits = min(digits, shared_digits(ours, seen.value) if abs(ours) > rounding else 16)
            continue
        resolved = False
        lines = [(by_input(problem, line), weight) for line, weight in question.lines]
        theirs = math.fsum(weight * directional_hessian(problem, carrier, line) for line, weight in lines)
        known = ESTIMATE * coarsest(problem) * (largest or 1.0) * max(1.0, rounding / unit)
        if not abs(ours - theirs) <= AUTOGRAD_ROUNDING * rounding + known:
            words = f"u' H v is {ours!r}, torch's autograd gives {theirs!r}, second differences {seen.value!r}"
            return Verdict("wrong", f"{words} ± {seen.error:.0e}")
    ways = "forward over reverse on values = on the gradient's graph"
    if not resolved:
        return Verdict("verified", f"{ways} = torch's autograd; second differences cannot resolve this point")
    return Verdict("verified", f"{ways}, second differences agree to {digits} digits", digits=digits)


def jump_of(problem: Problem, walker: Line, question: Question) -> Verdict | None:
    """The verdict where the second derivative along a line is one from the left and another from the right."""
    for line, _ in question.lines:
        direction, position = by_input(problem, line), position_of(problem, line)
        left, right = (walker.curvature_side(direction, position, sign) for sign in (-1, +1))
        gap, size = abs(left.value - right.value), max(abs(left.value), abs(right.value))
        if gap > 2 * ESTIMATE * (left.error + right.error) + JUMP * size:
            words = f"it is {left.value:.6g} from the left and {right.value:.6g} from the right along a line"
            return Verdict("kink", f"the second derivative jumps: {words}; shown is what the rules give")
    return None


def position_of(problem: Problem, line: list[float]) -> float:
    """The size of the largest coordinate that moves along a line."""
    point = [abs(x) for name in problem.wrt for x in flatten(problem.point[name])]
    return max((x for x, moves in zip(point, line, strict=True) if moves), default=0.0)


def seen_by_differences(problem: Problem, walker: Line, question: Question) -> Estimate:
    """The same sum by second differences, with its error."""
    value = error = 0.0
    for line, weight in question.lines:
        seen = walker.curvature(by_input(problem, line), position_of(problem, line))
        value += weight * seen.value
        error += abs(weight) * seen.error
    return Estimate(value, error)


def check_hvp(problem: Problem, carrier: Carrier, tangent: Mapping[str, Nested]) -> tuple[dict[str, Nested], Verdict]:
    """H v by input, and its verdict: u' H v is a quarter of the second derivatives along u + v less that along u - v
    (polarisation)."""
    values = input_values(problem.graph, carrier, tangent)
    products = {name: carrier.nested(p) for name, p in hvp(problem, carrier, values).items()}
    kink = second_kink(problem, carrier)
    if kink is not None:
        return products, kink
    if not all(finite(p) for p in products.values()):
        return products, Verdict("undefined", "the product is not finite there")
    product = [x for name in problem.wrt for x in flatten(products[name])]
    shapes = {name: problem.input_shape(name) for name in problem.wrt}
    still = {name: unflatten([0.0] * size(shape), shape) for name, shape in shapes.items()}
    v: list[float] = [x for name in problem.wrt for x in flatten({**still, **tangent}[name])]
    questions = [polarised(u, v, math.fsum(a * b for a, b in zip(u, product, strict=True))) for u in probes(len(v))]
    return products, witness(problem, carrier, questions, max(map(abs, product), default=0.0))


def probes(count: int) -> Iterator[list[float]]:
    """Directions u that tell every component of a product where there are few, else a few of signs."""
    if count <= EVERY_ENTRY:
        yield from ([1.0 if k == hot else 0.0 for k in range(count)] for hot in range(count))
        return
    signs = random.Random(23)
    yield from ([signs.choice((-1.0, 1.0)) for _ in range(count)] for _ in range(LINES))


def polarised(u: list[float], v: list[float], ours: float) -> Question:
    """u' H v as second derivatives along lines."""
    both = [a + b for a, b in zip(u, v, strict=True)]
    apart = [a - b for a, b in zip(u, v, strict=True)]
    return Question(ours, ((both, 0.25), (apart, -0.25)))
