"""Methods side by side: how far each is from the truth, and the digits on which all agree.

The truth is the derivative proven in balls, unless the differences in balls contradict its rules. Where there is none
(a kink, a graph that is too large for balls) the methods are measured against one of themselves.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from time import perf_counter
from typing import Any

from gradcli.carriers.base import Carrier
from gradcli.carriers.tape import tape_of
from gradcli.errors import NameProblem, suggestion
from gradcli.methods.base import flatten, methods, numbers_of
from gradcli.methods.bounded import bounded_differences
from gradcli.methods.certified import prove, proven_texts
from gradcli.methods.enclosures import enclosed_gradient
from gradcli.methods.proven import is_number
from gradcli.methods.reverse import METHOD as REVERSE
from gradcli.methods.symbolic import AT_KINK
from gradcli.problem import Derivative, Problem
from gradcli.verify.certainty import beyond_floats, judge_against
from gradcli.verify.explain import differentiated, finite, has_value
from gradcli.verify.reference import TRUTH, Gate, Row, find_reference, measure
from gradcli.verify.remainder import Remainder, remainder_rate
from gradcli.verify.thresholds import ALL_DIGITS, is_seen
from gradcli.verify.truth import ProvenGradient, truth_of
from gradcli.verify.verdict import judge_kink_as_written
from gradcli.verify.witnesses import Verdict

PROVEN = "all are within their errors of the proven derivative"
NOT_FINITE = {
    TRUTH: "balls find no bound at this point",
    "numerical": "the differences leave the domain, or overflow",
}
"""Why these methods have no answer where theirs is not finite."""
REPEAT_BELOW = 3.0
"""A method faster than so many seconds is timed a second time: the first call also loads and warms up libraries."""
UNSETTLED = "differences settle on no number"
NO_DIGIT = 0.1
"""A number with an error of this part of it has no digit."""
MORE_DIGITS = (20, 40, 80, 160, 320)
"""Of two numbers that are the same in a float's digits."""


@dataclass
class Comparison:
    """All methods on one problem. `digits`: significant decimal digits on which all that answered agree. `truth`: the
    true gradient, where it is known and is what the rows were measured against."""

    problem: Problem
    rows: list[Row]
    reference: str
    digits: int
    verdict: Verdict
    truth: ProvenGradient | None = None
    gate: Gate | None = None

    @cached_property
    def remainder(self) -> Remainder | None:
        """The Taylor remainder test of the first gradient in the table; None at a kink and where balls cannot say."""
        answered = (row.derivative for row in self.rows if row.derivative.gradient is not None)
        first = next(answered, None)
        if first is None or self.verdict.word in ("kink", "undefined"):
            return None
        return remainder_rate(self.problem, first)


def select_methods(wanted: Sequence[str], option: str) -> list[str]:
    """The methods of those names; none or `all`: every one. `option` is what the user calls the list. Raises
    NameProblem."""
    known = list(methods())
    if not wanted or list(wanted) == ["all"]:
        return known
    for name in wanted:
        if name not in known:
            hint = suggestion(name, known, f"the methods are {', '.join(known)}")
            raise NameProblem(f"{option} names '{name}', which is no method", hint=hint)
    return list(dict.fromkeys(wanted))


def compare(
    problem: Problem, carrier: Carrier, names: Sequence[str], gate: Gate | None = None, calls: int = 2
) -> Comparison:
    """Run the methods, each up to `calls` times for its time, and judge them. The value must be finite at the point."""
    rows = [Row(timed(name, problem, carrier, calls)) for name in names]
    verdict, truth = undecidable(problem, carrier), None
    if verdict is not None and verdict.conventions:
        # Floats may miss the kink, by which SymPy is asked.
        rows = [Row(Derivative("symbolic", reason=AT_KINK)) if symbolic(row) else row for row in rows]
    if verdict is not None and verdict.word == "undefined":
        rows = [Row(without_number(row.derivative)) if unsettled(row.derivative) else row for row in rows]
    if verdict is None or verdict.word == "ill-conditioned":
        truth = truth_of(problem, carrier, finite=verdict is None)
    reference = find_reference(problem, carrier, rows, truth if truth and truth.confirmed is not False else None)
    if reference is not None:
        for row in rows:
            measure(problem, carrier, row, reference, gate)
    return Comparison(
        problem,
        rows,
        reference.name if reference else "",
        agreeing_digits(problem, rows, carrier, truth is not None),
        verdict or judge(problem, carrier, rows, truth, gate),
        truth if reference and reference.balls else None,
        gate,
    )


def symbolic(row: Row) -> bool:
    """Whether a row is SymPy's answer."""
    return row.derivative.method == "symbolic" and row.derivative.answered


def unsettled(derivative: Derivative) -> bool:
    """Whether it comes with an error that leaves some component no digit, as differences across a jump do."""
    if derivative.gradient is None or not isinstance(derivative.error, dict):
        return False
    return any(
        abs(error) >= NO_DIGIT * abs(number)
        for name, errors in derivative.error.items()
        for number, error in zip(flatten(derivative.gradient[name]), flatten(errors), strict=True)
        if number
    )


def without_number(derivative: Derivative) -> Derivative:
    """Differences that say no more than that there is nothing to say."""
    return Derivative(derivative.method, seconds=derivative.seconds, reason=UNSETTLED)


def timed(name: str, problem: Problem, carrier: Carrier, calls: int = 2) -> Derivative:
    """The method's answer with its time in seconds."""
    best = math.inf
    for _ in range(calls):
        start = perf_counter()
        answer = answer_of(name, problem, carrier)
        best = min(best, perf_counter() - start)
        if best > REPEAT_BELOW:
            break
    answer.seconds = answer.seconds or best
    return answer


def answer_of(name: str, problem: Problem, carrier: Carrier) -> Derivative:
    """The method's answer. Differences come with a bound of their error where there is one."""
    bounded = bounded_differences(problem, carrier) if name == "numerical" else None
    answer = bounded or methods()[name].differentiate(problem, carrier)
    if name in NOT_FINITE and answer.gradient is not None and not all(map(finite, answer.gradient.values())):
        return Derivative(name, seconds=answer.seconds, reason=NOT_FINITE[name])
    return answer


def undecidable(problem: Problem, carrier: Carrier) -> Verdict | None:
    """The verdict where floats have no derivative to agree on: at a kink, and where value or gradient is not finite."""
    if not problem.wrt:
        return Verdict("unverified", "there is no input to differentiate by")
    gradient = REVERSE.differentiate(problem, carrier).gradient
    assert gradient is not None
    tape = tape_of(problem, carrier)
    if not has_value(tape, problem.output, differentiated(problem)):
        words = "the value is not finite in floats"
        return beyond_floats(problem, carrier, words) or Verdict("undefined", words)
    at_kink = judge_kink_as_written(problem, tape, gradient)
    if at_kink is not None:
        return at_kink
    if not all(finite(g) for g in gradient.values()):
        words = "the gradient is not finite; gradcli why names the node"
        return beyond_floats(problem, carrier, words) or Verdict("undefined", words)
    from gradcli.verify.sharp import judge_edge

    return judge_edge(problem, methods()["numerical"].differentiate(problem, carrier), gradient)


def agreeing_digits(problem: Problem, rows: list[Row], carrier: Carrier, by_component: bool) -> int:
    """Significant digits that all methods share in every component, or beside the largest one where components are not
    judged one by one. Two zeros share all."""
    answers = [numbers_of(problem, r.derivative.gradient) for r in rows if r.derivative.gradient is not None]
    digits = float(ALL_DIGITS[carrier.dtype])
    largest = max((abs(a) for answer in answers for a in answer), default=0.0)
    for component in zip(*answers, strict=True):
        spread = max(component) - min(component)
        size = max(map(abs, component)) if by_component else largest
        if spread != spread or math.isinf(size):
            return 0
        if spread > 0:
            digits = min(digits, max(0.0, -math.log10(spread / size)))
    return int(digits)


def judge(
    problem: Problem, carrier: Carrier, rows: list[Row], truth: ProvenGradient | None, gate: Gate | None
) -> Verdict:
    """The verdict on all rows where there is a derivative. Agreement of methods that share rules is no verification."""
    certainty = _certainty(problem, carrier, rows, truth)
    if certainty is not None and certainty.word == "wrong":
        return certainty
    off = [row for row in rows if not row.agrees]
    if gate is not None:
        return _gated(problem, rows, off, truth, gate)
    if certainty is not None and certainty.word == "ill-conditioned":
        return certainty
    if off and truth is None and explained_by_rounding(problem, carrier, rows):
        return Verdict("ill-conditioned", "the methods differ no more than rounding alone may change them")
    resolved = [row for row in off if row.derivative.method != "numerical" or row.derivative.bounded]
    if resolved or (off and not witnesses(carrier, rows, truth)):
        return Verdict("wrong", off_sentence(problem, resolved or off, truth))
    return agreement(carrier, rows, truth, unresolved=bool(off))


def _certainty(problem: Problem, carrier: Carrier, rows: list[Row], truth: ProvenGradient | None) -> Verdict | None:
    """What the truth says of our own sweeps, in the words of `grad`."""
    if truth is None:
        return None
    found = {"reverse": REVERSE.differentiate(problem, carrier)}
    given = {row.derivative.method: row.derivative for row in rows if row.derivative.answered}
    return judge_against(truth, problem, carrier, {**found, "forward": given.get("forward", found["reverse"])})


def _gated(problem: Problem, rows: list[Row], off: list[Row], truth: ProvenGradient | None, gate: Gate) -> Verdict:
    if off:
        return Verdict("wrong", f"{off_sentence(problem, off, truth)} (asked: {gate.text})")
    seen = [row.derivative.method for row in rows if row.derivative.answered]
    if truth is None and (len(seen) < 2 or not any(methods()[name].independent for name in seen)):
        return Verdict("unverified", f"no method that shares no rule with the others looked ({gate.text} holds)")
    return Verdict("verified", f"all are within {gate.text} of the {'truth' if truth else 'reference'}")


def witnesses(carrier: Carrier, rows: list[Row], truth: ProvenGradient | None) -> list[str]:
    """What agrees and shares no rule with our sweeps: methods with a tight tolerance, and the differences in balls."""
    found = ["differences in balls"] if truth is not None and truth.confirmed else []
    for row in rows:
        derivative = row.derivative
        if methods()[derivative.method].independent and derivative.answered and row.agrees:
            largest = max((abs(t) for t in _answers(derivative)), default=0.0)
            if is_seen(largest or 1.0, row.tolerance, carrier.dtype):
                found.append(derivative.method)
    return found


def _answers(derivative: Derivative) -> list[float]:
    if derivative.directional is not None:
        return [derivative.directional[1]]
    return [n for g in (derivative.gradient or {}).values() for n in flatten(g)]


def agreement(carrier: Carrier, rows: list[Row], truth: ProvenGradient | None, unresolved: bool) -> Verdict:
    """The verdict where no answer is off: what it rests on."""
    tail = "; the differences cannot resolve this point" if unresolved else ""
    seen = [row for row in rows if row.derivative.answered and row.agrees]
    looked = witnesses(carrier, rows, truth)
    if truth is not None and truth.confirmed:
        return Verdict("verified", f"{PROVEN}, and differences in balls confirm it{truth.where}{tail}")
    if len(seen) < 2 and truth is None:
        return Verdict("unverified", "fewer than two methods answered")
    if not looked:
        return Verdict("unverified", "the methods agree, but share their rules: add symbolic, numerical or autograd")
    if truth is not None:
        return Verdict("verified", f"{PROVEN}, also {' and '.join(looked)}{tail}")
    if len(looked) == len(seen):
        return Verdict("verified", f"independent methods agree{tail}")
    return Verdict("verified", f"the sweeps agree with a method that shares no rule with them{tail}")


def off_sentence(problem: Problem, off: list[Row], truth: ProvenGradient | None) -> str:
    """Which methods are off, and by how much the first of them."""
    names = " and ".join(row.derivative.method for row in off)
    derivative = off[0].derivative
    if truth is None or derivative.gradient is None:
        return f"{names} differ{'s' if len(off) == 1 else ''} beyond tolerance"
    place = off[0].place
    by = [name for name in problem.wrt for _ in flatten(derivative.gradient[name])][place]
    answer = numbers_of(problem, derivative.gradient)[place]
    first = f"{names} {'is' if len(off) == 1 else 'are'} off by {by}: "
    lead = f"{derivative.method} gives " if len(off) > 1 else ""
    given, true = told_apart(answer, truth, place)
    return f"{first}{lead}{given}, truly {true}"


def told_apart(answer: float, truth: ProvenGradient, place: int) -> tuple[str, str]:
    """An answer and the component of the truth that it misses, in so many digits that they are two numbers."""
    given, true = repr(answer), truth.text_of(truth.gradient[place])
    for digits in MORE_DIGITS:
        if not (is_number(true) and math.isfinite(answer)) or Decimal(given) != Decimal(true):
            break
        given, true = _in_digits(answer, truth.problem, place, digits)
    return given, true


def _in_digits(answer: float, problem: Problem, place: int, digits: int) -> tuple[str, str]:
    def computed(balls: Any) -> list[list[Any]]:
        gradient = enclosed_gradient(problem, balls)[1]
        true = [ball for name in problem.wrt for ball in gradient[name]][place]
        return [[balls.flint.arb(answer), true]]

    ((given, true),), bits = prove(computed, digits, problem.dtype)
    first, second = proven_texts([given, true], bits, digits)
    return first, second


def explained_by_rounding(problem: Problem, carrier: Carrier, rows: list[Row]) -> bool:
    """Whether rounding may change the gradient by as much as the methods differ."""
    from gradcli.methods.rounding import rounding_of_gradient

    may_change = max((r for group in rounding_of_gradient(problem, carrier).values() for r in group), default=0.0)
    return all(row.difference is None or row.difference <= row.tolerance + may_change for row in rows)
