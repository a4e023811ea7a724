"""Verdicts on Hessians and on products with them.

Forward over reverse is taken on values and on the gradient's graph, which share their rules. The witness is the second
difference of the primal along lines; where it cannot resolve the point, torch's autograd, differentiated twice.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

from gradcli.carriers.base import Carrier
from gradcli.carriers.floats import Floats
from gradcli.carriers.noisy import PERTURBATION, Noisy
from gradcli.carriers.running import Rounded, Running
from gradcli.carriers.tape import input_values, tape_of
from gradcli.errors import Unstated
from gradcli.methods.autograd import coarsest, hessian_product
from gradcli.methods.base import by_input, elements, flatten, numbers_of, unit_vector
from gradcli.methods.differences import UNIT_ROUNDOFF, Estimate
from gradcli.methods.enclosures import operations, too_large, working
from gradcli.methods.numerical import Line
from gradcli.methods.reverse import vjp
from gradcli.methods.rounding import SAFETY, at_precision_of, tolerance
from gradcli.methods.second_order import Hessian, gradient_graph, hessian_on_graph, hessian_on_values, hvp
from gradcli.problem import Nested, Problem
from gradcli.shapes import index_text, size
from gradcli.verify.certainty import JudgedNumber, underflow_sentence
from gradcli.verify.conditioning import UNDERFLOW_BITS, out_of_range
from gradcli.verify.directions import EVERY_ENTRY, Direction, Question, pairs, probes, product
from gradcli.verify.proof import MOST_CORRECTED, Proof, corrected, corrected_at_kink, prove_hessian, prove_hvp
from gradcli.verify.rows import require_size, value_is_doubtful
from gradcli.verify.second_limits import judge_by_limits
from gradcli.verify.thresholds import ALL_DIGITS, is_seen, keeps_digits
from gradcli.verify.ties import ties_as_written
from gradcli.verify.truth import TrueProduct, product_truth, swept_product
from gradcli.verify.verdict import check_gradient
from gradcli.verify.witnesses import (
    ESTIMATE,
    NO_NUMBER_AS_WRITTEN,
    ROUNDING,
    Verdict,
    any_tiny,
    is_exact,
    may_underflow,
    shared_digits,
    worst,
)

NOISY_SWEEPS = 4
JUMP = 1e-3
"""The least part by which both sides of a second derivative differ to be called a jump."""

SKEW = 1e-6
"""Two sides of a symmetric matrix may differ by such a part of its largest entry, and by what rounding does."""


@dataclass
class CheckedHessian:
    """Value, gradient and Hessian (nested lists; a block by two inputs in their shapes) with the verdict."""

    value: Nested
    gradient: dict[str, Nested]
    blocks: dict[str, dict[str, Nested]]
    verdict: Verdict


def check_hessian(problem: Problem, carrier: Carrier) -> CheckedHessian:
    """The Hessian of a scalar output, compared with that of the gradient's graph and with witnesses."""
    count = elements(problem)
    require_size(count * count, "Hessian", "hvp gives its product with one direction")
    value, adjoints = vjp(problem, carrier)
    gradient = {name: carrier.nested(adjoint) for name, adjoint in adjoints.items()}
    blocks = nested(carrier, hessian_on_values(problem, carrier))
    found = CheckedHessian(carrier.nested(value), gradient, blocks, Verdict("unverified", "there is no input"))
    if count:
        other = nested(carrier, hessian_on_graph(problem, carrier))
        verdict = judge_hessian(problem, carrier, blocks, other)
        proving = (problem, "hessian", 2 * count, partial(prove_hessian, problem, 0), Proof.by_pairs)
        if verdict.differentiable:
            found.verdict = verdict
        elif on_a_kink_as_written(problem, carrier):
            shown = [n for row in blocks.values() for block in row.values() for n in flatten(block)]
            found.verdict = corrected_at_kink(verdict, [*flatten(found.value), *shown], *proving)
        else:
            found.verdict = corrected(verdict, *proving)
    return found


def nested(carrier: Carrier, blocks: Hessian) -> dict[str, dict[str, Nested]]:
    """The blocks as nested lists."""
    return {name: {by: carrier.nested(block) for by, block in row.items()} for name, row in blocks.items()}


def judge_hessian(
    problem: Problem,
    carrier: Carrier,
    blocks: Mapping[str, Mapping[str, Nested]],
    other: Mapping[str, Mapping[str, Nested]],
) -> Verdict:
    """Kinks, then whether it is symmetric, then both ways and the witnesses on products u' H v."""
    ours, others = matrix(problem, blocks), matrix(problem, other)
    kink = second_kink(problem, carrier, ours)
    if not all(map(math.isfinite, ours)):
        words = "the Hessian is not finite there; gradcli grad names the node of a gradient"
        known = _beyond_floats(problem, carrier, ours) if kink is None else None
        return known or judge_by_limits(problem, ours) or kink or Verdict("undefined", words)
    if kink is not None:
        return kink
    # Where a branch that is not taken is not finite, the graph has NaN and the values have none.
    compared = all(map(math.isfinite, others))
    count, largest = elements(problem), max(map(abs, ours))
    questions = [
        Question(u, v, product(u, ours, v), product(u, others, v) if compared else None) for u, v in pairs(count)
    ]
    skew = max((abs(ours[i * count + j] - ours[j * count + i]) for i in range(count) for j in range(i)), default=0.0)
    if not skew <= SKEW * largest + (0.0 if skew == 0.0 else rounding_of_product(problem, carrier, questions[-1])):
        return Verdict("wrong", f"the Hessian is not symmetric: two entries differ by {skew:.0e}")
    verdict = witness(problem, carrier, questions, largest)
    if count <= EVERY_ENTRY or verdict.word != "verified" or not may_underflow(problem):
        return verdict
    return _underflowed_entry(problem, carrier, ours) or verdict


def _underflowed_entry(problem: Problem, carrier: Carrier, entries: Sequence[float]) -> Verdict | None:
    """The verdict where an entry that no product shows alone is 0 by underflow, in Hessians that balls take quickly."""
    count = elements(problem)
    if count * count * operations(problem) > MOST_CORRECTED:
        return None
    units = [unit_vector(count, hot) for hot in range(count)]
    zeros = ((i, j) for i in range(count) for j in range(i, count) if entries[i * count + j] == 0)
    for question in (Question(units[i], units[j], 0.0) for i, j in zeros):
        if _underflows(problem, question):
            truth = product_truth(problem, by_input(problem, question.u), by_input(problem, question.v))
            return None if truth is None else _by_truth(truth, problem, carrier, question)
    return None


def second_kink(problem: Problem, carrier: Carrier, numbers: Sequence[float]) -> Verdict | None:
    """The verdict at a kink of the function: there may be no second derivative, even where there is a first one.
    `numbers` are what the rules give for it."""
    computed = tape_of(problem, carrier)
    tape = ties_as_written(problem, computed).tape
    names = ", ".join(dict.fromkeys(tape.primitive(node).name for node in tape.kinks()))
    if not names:
        return None
    missed = f", which {carrier.dtype} misses by rounding" if set(tape.kinks()) - set(computed.kinks()) else ""
    where = f"the point is on a kink of {names}{missed}"
    if not all(map(math.isfinite, numbers)):
        return Verdict("undefined", f"the rules give no second derivative there: {where}")
    first = check_gradient(problem, carrier).verdict
    if first.word == "undefined":
        return Verdict("undefined", f"there is no first derivative: {first.sentence}")
    return Verdict("kink", f"{where}: there may be no second derivative; shown is what the rules give")


def on_a_kink_as_written(problem: Problem, carrier: Carrier) -> bool:
    """Whether the point is on a kink, and floats see all of it: balls then take the same branches as the rules did."""
    computed = tape_of(problem, carrier)
    kinks = set(computed.kinks())
    return bool(kinks) and set(ties_as_written(problem, computed).tape.kinks()) == kinks


def _beside_kinks(problem: Problem, carrier: Carrier) -> Verdict | None:
    """The verdict where floats alone are on a kink; None elsewhere."""
    computed = tape_of(problem, carrier)
    if not computed.kinks() or ties_as_written(problem, computed).tape.kinks():
        return None
    names = ", ".join(dict.fromkeys(computed.primitive(node).name for node in computed.kinks()))
    words = f"{carrier.dtype} is on a kink of {names} by rounding; as it is written, the point is beside it"
    return Verdict("ill-conditioned", words)


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


def witness(problem: Problem, carrier: Carrier, questions: Sequence[Question], largest: float) -> Verdict:
    """Second differences along lines; where they cannot tell, what rounding may do, and autograd."""
    walker = Line(problem, carrier)
    unit = ROUNDING * UNIT_ROUNDOFF[carrier.dtype] * largest
    digits, confirming = ALL_DIGITS[carrier.dtype], set[str]()
    doubts, tiny = list[tuple[str, Verdict]](), list[tuple[str, Verdict]]()
    for question in questions:
        jump = jump_of(problem, walker, question)
        if jump is not None:
            return _beside_kinks(problem, carrier) or jump
        seen = seen_by_differences(problem, walker, question)
        ours, other = question.ours, question.ours if question.other is None else question.other
        rounding = unit * math.fsum(map(abs, question.u)) * math.fsum(map(abs, question.v))
        tolerance = ESTIMATE * seen.error + rounding
        scale = max(abs(ours), largest) or 1.0
        known = is_seen(scale, tolerance, carrier.dtype)
        agree = known and abs(ours - seen.value) <= tolerance and abs(ours - other) <= rounding
        if agree and not _underflows(problem, question):
            lost = None if _keeps_digits(problem, carrier, question) else _lost_digits(problem, carrier, question)
            if lost is None:
                digits = min(digits, shared_digits(ours, seen.value) if abs(ours) > rounding else 16)
            else:
                tiny.append(("", lost))
            continue
        verdict = _second_opinion(problem, carrier, question, seen, rounding)
        if not isinstance(verdict, Verdict):
            confirming.add(verdict)
        elif verdict.word == "wrong":
            return verdict
        else:
            (tiny if agree else doubts).append(("", verdict))
    if doubts or tiny:
        # What is wrong is told before what is only too small.
        return worst([*doubts, *tiny])
    if value_is_doubtful(walker) or (any_tiny([walker.here()]) and may_underflow(problem)):
        gradient = check_gradient(problem, carrier).verdict
        if gradient.word == "ill-conditioned":
            return replace(gradient, true=None)
    both = questions[0].other is not None if questions else False
    ways = "forward over reverse on values" + (" = on the gradient's graph" if both else "")
    where = f" along {len(questions)} pairs of directions" if elements(problem) > EVERY_ENTRY else ""
    if confirming:
        others = " and ".join(sorted(confirming))
        return Verdict("verified", f"{ways} = {others}{where}; second differences cannot resolve this point")
    return Verdict("verified", f"{ways}, second differences agree to {digits} digits{where}", digits=digits)


def _underflows(problem: Problem, question: Question) -> bool:
    """Whether a product that is 0, or nearly, may be another number that is too small for floats."""
    if not any_tiny([question.ours]) or too_large(problem):
        return False
    try:
        with working(UNDERFLOW_BITS, problem.dtype) as balls:
            found = swept_product(problem, balls, by_input(problem, question.u), by_input(problem, question.v))
    except Unstated:
        return False
    return bool(found.is_finite() and not found.is_zero())


def _keeps_digits(problem: Problem, carrier: Carrier, question: Question) -> bool:
    """Whether rounding leaves a product its digits, as far as its bound can say: differences only say that it is
    small beside the largest entry."""
    if operations(problem) * elements(problem) > MOST_CORRECTED or too_large(problem):
        return True
    if isinstance(carrier, Floats) and question.ours:
        # Of first order: it says nothing of a square that is 0.
        return keeps_digits(question.ours, _running_error(problem, question), problem.dtype)
    try:
        with at_precision_of(problem.dtype) as balls:
            rough = swept_product(problem, balls, by_input(problem, question.u), by_input(problem, question.v))
    except Unstated:
        return True
    rounding = tolerance(float(rough.mid()), float(rough.rad()), UNIT_ROUNDOFF[problem.dtype])
    return keeps_digits(question.ours, rounding, problem.dtype)


def _running_error(problem: Problem, question: Question) -> float:
    """What rounding may do to u' H v of scalars, without loading balls."""
    m = Running()
    found = hvp(problem, m, input_values(problem.graph, m, by_input(problem, question.v)))
    # An array is an input that the output does not need.
    weights = {name: u for name, u in by_input(problem, question.u).items() if isinstance(found[name], Rounded)}
    return math.fsum(abs(u) * tolerance(found[name].value, found[name].error) for name, u in weights.items())


def _lost_digits(problem: Problem, carrier: Carrier, question: Question) -> Verdict | None:
    """The verdict where a product that differences do not contradict has lost its digits; None if it has not."""
    truth = product_truth(problem, by_input(problem, question.u), by_input(problem, question.v))
    if truth is None or not truth.confirmed:
        return None
    name = _called(problem, question)
    number = JudgedNumber(name, question.ours, truth.ball, truth.rounding, carrier.dtype, derivative=True)
    if not number.lost(carrier.dtype):
        return None
    return Verdict("ill-conditioned", f"{name} is {question.ours!r} in {carrier.dtype}, truly {truth.text}")


def _second_opinion(
    problem: Problem, carrier: Carrier, question: Question, seen: Estimate, rounding: float
) -> Verdict | str:
    """Where differences have not confirmed a product: who confirms it, balls or, where they cannot, autograd."""
    ours = question.ours
    truth = product_truth(problem, by_input(problem, question.u), by_input(problem, question.v))
    if truth is not None and truth.confirmed is not None:
        return _by_truth(truth, problem, carrier, question) or "the products proven in balls"
    if is_exact(problem):
        from gradcli.verify.sharp import judge_pole

        at_pole = judge_pole(problem)
        return replace(at_pole, true=None) if at_pole else Verdict("inconclusive", NO_NUMBER_AS_WRITTEN)
    noise = rounding_of_product(problem, carrier, question)
    theirs = hessian_product(problem, carrier, by_input(problem, question.v), by_input(problem, question.u))
    known = ESTIMATE * coarsest(problem) * max(abs(ours), abs(theirs), rounding / UNIT_ROUNDOFF[carrier.dtype])
    slack = rounding + noise
    numbers = f"u' H v is {ours!r}, torch's autograd gives {theirs!r}, second differences {seen.value!r}"
    numbers += f" ± {seen.error:.0e}"
    if question.other is not None and not abs(ours - question.other) <= slack:
        return Verdict("wrong", f"forward over reverse gives {ours!r} on values, {question.other!r} on the graph")
    doubtful = not is_seen(max(abs(ours), abs(seen.value)), noise, carrier.dtype)
    contradicted = abs(ours - seen.value) > rounding * bool(ours) + ESTIMATE * seen.error
    if doubtful and (contradicted or not abs(ours - theirs) <= slack + known):
        return Verdict("ill-conditioned", f"rounding alone may change {ours:.6g} by {noise:.0e}; {numbers}")
    if abs(ours - theirs) <= slack + known:
        return "torch's autograd"
    if not math.isfinite(theirs):
        return Verdict("inconclusive", f"{numbers}: autograd has no number")
    if all(abs(value - seen.value) <= ESTIMATE * seen.error + slack for value in (ours, theirs)):
        return Verdict("inconclusive", f"{numbers}, which cannot tell which is right")
    return Verdict("wrong", numbers)


def _called(problem: Problem, question: Question) -> str:
    """The second derivative that a product is, where both directions are unit ones; else the product."""
    names = [
        name + (index_text(place, problem.input_shape(name)) if problem.input_shape(name) else "")
        for name in problem.wrt
        for place in range(size(problem.input_shape(name)))
    ]
    hot = [[k for k, x in enumerate(direction) if x] for direction in (question.u, question.v)]
    if any(len(places) != 1 or max(d) != 1.0 for places, d in zip(hot, (question.u, question.v), strict=True)):
        return "u' H v"
    (one,), (other,) = hot
    return f"the second derivative by {names[one]}" + (f" and {names[other]}" if one != other else "")


def _beyond_floats(problem: Problem, carrier: Carrier, entries: Sequence[float]) -> Verdict | None:
    """Where floats find no number for an entry of the Hessian, and balls prove one."""
    count = elements(problem)
    row, column = divmod(next(k for k, entry in enumerate(entries) if not math.isfinite(entry)), count)
    u, v = unit_vector(count, row), unit_vector(count, column)
    question = Question(u, v, entries[row * count + column])
    truth = product_truth(problem, by_input(problem, u), by_input(problem, v))
    if truth is None or not truth.confirmed:
        return None
    lost = _lost(truth, problem, carrier, question, question.ours)
    tape = tape_of(problem, carrier)
    if lost is None and not math.isfinite(float(carrier.nested(tape.values[problem.output]))):
        words = f"{_called(problem, question)} is {question.ours!r} in {carrier.dtype}, truly {truth.text}"
        return Verdict("ill-conditioned", words)
    return lost


def _lost(truth: TrueProduct, problem: Problem, carrier: Carrier, question: Question, found: float) -> Verdict | None:
    """What overflows or underflows on the way to a product that is not the true one; None if nothing does."""
    for name, node in gradient_graph(problem).items():
        if node is None:
            continue
        weights = by_input(problem, question.u)[name]
        second = replace(problem, output=node, cotangent=weights)
        place = out_of_range(second)
        if place:
            called = _called(problem, question)
            words = f"{called} is {found!r} in {carrier.dtype}, truly {truth.text}; {place}"
            return Verdict("ill-conditioned", words)
    return None


def _by_truth(truth: TrueProduct, problem: Problem, carrier: Carrier, question: Question) -> Verdict | None:
    """The verdict where the true product is known; None if ours is it."""
    name = _called(problem, question)
    if not truth.confirmed:
        return Verdict("wrong", f"the rules give {name} as {truth.text}, second differences in balls {truth.seen!r}")
    for found in (question.ours, question.other):
        if found is None:
            continue
        number = JudgedNumber(name, found, truth.ball, truth.rounding, carrier.dtype, derivative=True)
        if number.underflowed:
            return Verdict("ill-conditioned", underflow_sentence(number, carrier.dtype, truth.text))
        if number.beyond:
            words = f"{name} is {found!r}, truly {truth.text}: more than rounding can do"
            return _lost(truth, problem, carrier, question, found) or Verdict("wrong", words)
        if number.lost(carrier.dtype):
            return Verdict("ill-conditioned", f"{name} is {found!r} in {carrier.dtype}, truly {truth.text}")
    return None


def rounding_of_product(problem: Problem, carrier: Carrier, question: Question) -> float:
    """What rounding may do to u' H v, seen in sweeps whose every result is off by a little more than rounding."""
    tangent = input_values(problem.graph, carrier, by_input(problem, question.v))

    def swept(m: Carrier) -> float:
        moved = hvp(problem, m, tangent)
        flat = numbers_of(problem, {name: carrier.nested(product) for name, product in moved.items()})
        return math.fsum(a * b for a, b in zip(question.u, flat, strict=True))

    size_of_noise = PERTURBATION * UNIT_ROUNDOFF[carrier.dtype]
    exact = swept(carrier)
    found = [abs(swept(Noisy(carrier, size_of_noise, seed)) - exact) for seed in range(NOISY_SWEEPS)]
    return SAFETY * max(found) / PERTURBATION if all(map(math.isfinite, found)) else math.inf


def jump_of(problem: Problem, walker: Line, question: Question) -> Verdict | None:
    """The verdict where the second derivative along a line is one from the left and another from the right."""
    for line, _ in question.lines():
        direction, position = by_input(problem, line), position_of(problem, line)
        left, right = (walker.curvature_side(direction, position, sign) for sign in (-1, +1))
        gap, size = abs(left.value - right.value), max(abs(left.value), abs(right.value))
        if gap > 2 * ESTIMATE * (left.error + right.error) + JUMP * size:
            words = f"it is {left.value:.6g} from the left and {right.value:.6g} from the right along a line"
            return Verdict("kink", f"the second derivative jumps: {words}; shown is what the rules give")
    return None


def position_of(problem: Problem, line: list[float]) -> float:
    """The size of the largest coordinate that moves along a line."""
    coordinates = zip(numbers_of(problem, problem.point), line, strict=True)
    return max((abs(x) for x, moves in coordinates if moves), default=0.0)


def seen_by_differences(problem: Problem, walker: Line, question: Question) -> Estimate:
    """The same sum by second differences, with its error."""
    value = error = 0.0
    for line, weight in question.lines():
        seen = walker.curvature(by_input(problem, line), position_of(problem, line))
        value += weight * seen.value
        error += abs(weight) * seen.error
    return Estimate(value, error)


def check_hvp(
    problem: Problem, carrier: Carrier, tangent: Mapping[str, Nested]
) -> tuple[Nested, dict[str, Nested], Verdict]:
    """The value, H v by input, and its verdict, from products u' H v."""
    values = input_values(problem.graph, carrier, tangent)
    products = {name: carrier.nested(p) for name, p in hvp(problem, carrier, values).items()}
    value = carrier.nested(vjp(problem, carrier)[0])
    flat = numbers_of(problem, products)
    kink = second_kink(problem, carrier, flat)
    proving = (problem, "hvp", 2, partial(prove_hvp, problem, tangent, 0), Proof.by_input)
    if kink is not None:
        if on_a_kink_as_written(problem, carrier):
            kink = corrected_at_kink(kink, [*flatten(value), *flat], *proving)
        return value, products, kink
    if not all(map(math.isfinite, flat)):
        return value, products, Verdict("undefined", "the product is not finite there")
    still = by_input(problem, [0.0] * elements(problem))
    v: Direction = numbers_of(problem, {**still, **tangent})
    questions = [Question(u, v, math.fsum(a * b for a, b in zip(u, flat, strict=True))) for u in probes(len(v))]
    verdict = corrected(witness(problem, carrier, questions, max(map(abs, flat), default=0.0)), *proving)
    return value, products, verdict
