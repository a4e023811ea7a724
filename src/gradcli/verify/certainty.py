"""The verdict where the truth is known: proven digits, a rule-free witness, and a bound of what rounding may do.

A component is wrong if it is further from the truth than rounding can take it, ill-conditioned if rounding may take its
digits and has, and verified otherwise.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from gradcli.carriers.base import Carrier
from gradcli.carriers.tape import evaluate, input_values
from gradcli.graph import display_names
from gradcli.methods.base import flatten
from gradcli.methods.differences import UNIT_ROUNDOFF
from gradcli.methods.reverse import output_cotangent, pull
from gradcli.methods.rounding import forward_bound
from gradcli.problem import Derivative, Nested, Problem
from gradcli.shapes import index_of
from gradcli.verify.conditioning import losing_node, underflows
from gradcli.verify.truth import Truth, error_of, truth_of
from gradcli.verify.witnesses import CERTAIN, TrueNumbers, Verdict, numbers_of

CLOSE = 512
"""Units of roundoff within which a number is right whatever rounding might have done: functions of libraries, too, are
off by some, and the verdict says how many digits are right."""

Ball = Any


@dataclass(frozen=True)
class Judged:
    """A computed number beside its true one: `error` is their distance, `rounding` how large rounding may make it."""

    label: str
    computed: float
    true: Ball
    rounding: float
    size: float
    unit: float

    @property
    def error(self) -> float:
        """How far it is from the truth."""
        return error_of(self.computed, self.true)

    @property
    def right(self) -> bool:
        """Whether it is the truth but for the last digits."""
        return math.isfinite(self.computed) and self.error <= CLOSE * self.unit * abs(self.computed)

    @property
    def beyond(self) -> bool:
        """Whether it is further from the truth than rounding can take it."""
        return not self.right and not self.error <= self.rounding

    def lost(self, certain: float) -> bool:
        """Whether rounding may take its digits, and took some."""
        return not self.right and self.rounding > certain * self.size

    @property
    def digits(self) -> int:
        """Significant decimal digits that are the true ones, 16 at most."""
        if self.error <= self.unit * abs(self.computed) or not self.size:
            return 16
        return max(0, min(16, int(-math.log10(self.error / self.size))))


def judge_by_truth(problem: Problem, carrier: Carrier, found: dict[str, Derivative]) -> Verdict | None:
    """The verdict on value, reverse and forward gradient; None where balls cannot say what is true."""
    truth = truth_of(problem, carrier)
    return None if truth is None else judge_against(truth, problem, carrier, found)


def judge_against(truth: Truth, problem: Problem, carrier: Carrier, found: dict[str, Derivative]) -> Verdict | None:
    """The same for a truth that is known already."""
    if truth.confirmed is None:
        return None
    if truth.confirmed is False:
        return _wrong_rule(problem, carrier, truth)
    numbers = judged(problem, carrier, found, truth)
    finite = [n for n in numbers if math.isfinite(n.computed)]
    overflows = len(finite) < len(numbers)
    numbers = finite
    beyond = next((n for n in numbers if n.beyond), None)
    if beyond is not None and not underflows(problem):
        sentence = f"{beyond.label} is {beyond.computed!r} in {carrier.dtype}, truly {truth.text_of(beyond.true)}"
        return Verdict("wrong", f"{sentence}: more than rounding can do", true=true_numbers(truth))
    lost = beyond or next((n for n in numbers if n.lost(CERTAIN[carrier.dtype])), None)
    if lost is not None:
        return Verdict("ill-conditioned", _lost_sentence(truth, carrier, lost), true=true_numbers(truth))
    digits = min((n.digits for n in numbers if not n.true.contains(0)), default=16)
    swept = "reverse" if overflows else "reverse = forward"
    sentence = f"{swept} = the derivative proven in balls to {digits} digits, and differences in balls agree"
    if overflows:
        sentence += "; forward mode overflows on the way"
    return Verdict("verified", sentence, digits=digits)


def beyond_floats(problem: Problem, carrier: Carrier, cause: str) -> Verdict | None:
    """The verdict where float64 gives no number but could hold the true one, which balls prove; else None."""
    truth = truth_of(problem, carrier, finite=False)
    if truth is None or not truth.confirmed or not truth.fits_floats:
        return None
    return Verdict("ill-conditioned", f"{cause}; the true numbers are finite", true=true_numbers(truth))


def true_numbers(truth: Truth) -> TrueNumbers:
    """The proven value and gradient as texts."""
    return TrueNumbers(truth.value_text(), truth.gradient_text())


def judged(problem: Problem, carrier: Carrier, found: dict[str, Derivative], truth: Truth) -> list[Judged]:
    """Every number that is shown, beside the true one."""
    unit = UNIT_ROUNDOFF[carrier.dtype]
    value, gradient, forward = found["reverse"].value, found["reverse"].gradient, found["forward"].gradient
    assert gradient is not None
    largest = max((float(abs(ball).upper()) for ball in truth.gradient), default=0.0)

    def size_of(ball: Ball, others: float) -> float:
        return others if ball.contains(0) else float(abs(ball).lower())

    shape = problem.output_shape
    rows = [
        Judged(f"the value at {index_of(k, shape)}" if shape else "the value", v, t, r, size_of(t, r), unit)
        for k, (v, t, r) in enumerate(zip(flatten(value), truth.value, truth.value_rounding, strict=True))
    ]
    names = [name for name in problem.wrt for _ in flatten(gradient[name])]

    def by_name(by: str, numbers: dict[str, Nested], roundings: list[float]) -> list[Judged]:
        columns = zip(names, numbers_of(problem, numbers), truth.gradient, roundings, strict=True)
        return [Judged(f"{by} by {n}", c, t, r, size_of(t, largest or r), unit) for n, c, t, r in columns]

    rows += by_name("the derivative", gradient, truth.rounding)
    if forward is not None:
        pushed = by_name("forward mode's derivative", forward, truth.rounding)
        if any(n.beyond for n in pushed):
            # It adds in another order, and has a bound of its own.
            pushed = by_name("forward mode's derivative", forward, forward_bound(problem, carrier))
        rows += pushed
    return rows


def _wrong_rule(problem: Problem, carrier: Carrier, truth: Truth) -> Verdict:
    from gradcli.verify.blame import wrong_rules

    names = wrong_rules(problem, carrier)
    which = f"; the rule of {', '.join(names)} contradicts differences of it" if names else ""
    return Verdict("wrong", truth.contradiction + which)


def _lost_sentence(truth: Truth, carrier: Carrier, lost: Judged) -> str:
    """Which number lost its digits, and at which node they go."""
    problem = truth.problem
    graph = problem.graph
    tape = evaluate(graph, [problem.output], carrier, input_values(graph, carrier, problem.point))
    adjoints = pull(tape, {problem.output: output_cotangent(carrier, problem)}, graph.inputs.values())
    place = losing_node(problem, tape, adjoints, display_names(graph, [problem.output]))
    kept = f"{lost.digits} digits are right" if lost.digits else "no digit is right"
    sentence = f"{lost.label} is {lost.computed!r} in {carrier.dtype}, truly {truth.text_of(lost.true)}: {kept}"
    return sentence + (f"; they go at {place}" if place else "")
