"""The verdict where the truth is known: proven digits, a rule-free witness, and a bound of what rounding may do.

A component is wrong if it is further from the truth than rounding can take it, ill-conditioned if rounding may take its
digits and has, and verified otherwise.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from gradcli.carriers.base import Carrier
from gradcli.carriers.precision import SMALLEST, UNDERFLOW
from gradcli.carriers.tape import tape_of
from gradcli.graph import display_names
from gradcli.methods.base import flatten, numbers_of
from gradcli.methods.differences import UNIT_ROUNDOFF
from gradcli.methods.enclosures import working
from gradcli.methods.reverse import adjoints_of
from gradcli.methods.rounding import forward_bound, forward_slopes
from gradcli.problem import Derivative, Nested, Problem
from gradcli.shapes import index_of, size
from gradcli.verify.conditioning import Swept, losing_node, place_of, swept_in_balls, threshold
from gradcli.verify.needed import needs_nan
from gradcli.verify.thresholds import TINY, digits_of, keeps_digits
from gradcli.verify.truth import ONE_DIRECTION, ProvenGradient, error_of, truth_of
from gradcli.verify.witnesses import TrueNumbers, Verdict

CLOSE = 8
"""Units of roundoff within which a number is right whatever rounding might have done."""

Ball = Any


@dataclass(frozen=True)
class JudgedNumber:
    """A computed number beside its true one: `error` is their distance, `rounding` how large rounding may make it."""

    label: str
    computed: float
    true: Ball
    rounding: float
    dtype: str
    derivative: bool = False

    @property
    def unit(self) -> float:
        """Half a unit in the last place of 1."""
        return UNIT_ROUNDOFF[self.dtype]

    @property
    def error(self) -> float:
        """How far it is from the truth."""
        return error_of(self.computed, self.true)

    @property
    def underflowed(self) -> bool:
        """Whether it is 0 because floats cannot hold what it truly is."""
        return self.computed == 0 and not self.true.contains(0) and bool(abs(self.true) < SMALLEST[self.dtype])

    @property
    def right(self) -> bool:
        """Whether it is the truth but for the last digits. Of a truth that balls cannot tell from 0, that is 0."""
        if self.true.contains(0):
            return self.error <= TINY
        return (
            not self.underflowed
            and math.isfinite(self.computed)
            and self.error <= CLOSE * self.unit * abs(self.computed)
        )

    @property
    def beyond(self) -> bool:
        """Whether it is further from the truth than rounding can take it."""
        return not self.right and not self.error <= self.rounding

    def lost(self, dtype: str) -> bool:
        """Whether rounding took its digits."""
        return self.underflowed or (not self.right and not keeps_digits(self.size, self.error, dtype))

    @property
    def size(self) -> float:
        """Of the truth; 0 where that cannot be told from 0."""
        return 0.0 if self.true.contains(0) else float(abs(self.true).lower())

    @property
    def relative(self) -> float:
        """How far it is from the truth beside its size."""
        return self.error / self.size if self.size else math.inf

    @property
    def digits(self) -> int:
        """Significant decimal digits that are the true ones, at most those of the dtype: 16, or 7."""
        most = round(-math.log10(self.unit))
        if self.underflowed:
            return 0
        if 0 < abs(self.computed) < SMALLEST[self.dtype]:
            return int(math.log10(abs(self.computed) / UNDERFLOW[self.dtype]))
        if not self.size:
            return most if self.right else 0
        return most if self.error <= self.unit * abs(self.computed) else min(most, digits_of(self.relative))


def judge_by_truth(problem: Problem, carrier: Carrier, found: dict[str, Derivative]) -> Verdict | None:
    """The verdict on value, reverse and forward gradient; None where balls cannot say what is true."""
    truth = truth_of(problem, carrier)
    return None if truth is None else judge_against(truth, problem, carrier, found)


def judge_against(
    truth: ProvenGradient, problem: Problem, carrier: Carrier, found: dict[str, Derivative]
) -> Verdict | None:
    """The same for a truth that is known already."""
    if truth.confirmed is False:
        return _wrong_rule(problem, carrier, truth)
    shown = judged(carrier, found, truth)
    if truth.confirmed is None:
        return _unseen(truth, carrier, shown)
    forward = _forward(carrier, found, truth)
    numbers = [n for n in (*shown, *forward) if math.isfinite(n.computed)]
    overflows = len(numbers) < len(shown) + len(forward)
    beyond = next((n for n in numbers if n.beyond), None)
    if beyond is not None and beyond not in shown and not _forward_is_right(truth, forward):
        sentence = f"{beyond.label} is {beyond.computed!r} in {carrier.dtype}, truly {truth.text_of(beyond.true)}"
        return Verdict("wrong", f"{sentence}: more than rounding can do", true=true_numbers(truth))
    lost = next((n for n in shown if n.beyond or n.lost(carrier.dtype)), None)
    if lost is not None:
        sentence, node = _lost_sentence(truth, carrier, lost)
        return Verdict("ill-conditioned", sentence, true=true_numbers(truth), node=node)
    digits = min((n.digits for n in shown if math.isfinite(n.computed)), default=16)
    worse = any(n.lost(carrier.dtype) for n in forward if math.isfinite(n.computed))
    directed = found["forward"].gradient is None and bool(forward)
    swept = "reverse" if overflows or worse or directed else "reverse = forward"
    seen = f"{'forward mode and ' if directed else ''}differences in balls agree{truth.where}"
    counted = "1 digit" if digits == 1 else f"{digits} digits"
    sentence = f"{swept} = the derivative proven in balls to {counted}, and {seen}"
    if overflows:
        sentence += "; forward mode overflows on the way"
    elif worse:
        sentence += "; forward mode loses digits on the way"
    return Verdict("verified", sentence, digits=digits)


def _unseen(truth: ProvenGradient, carrier: Carrier, numbers: list[JudgedNumber]) -> Verdict | None:
    """The verdict where differences in balls see nothing: that floats lost digits is certain all the same."""
    lost = next((n for n in numbers if math.isfinite(n.computed) and n.lost(carrier.dtype)), None)
    if lost is None:
        return None
    sentence, node = _lost_sentence(truth, carrier, lost)
    sentence += "; differences cannot confirm the true derivative"
    return Verdict("ill-conditioned", sentence, true=true_numbers(truth), node=node)


def beyond_floats(problem: Problem, carrier: Carrier, cause: str) -> Verdict | None:
    """The verdict where floats give no number, and balls prove one: that floats could hold, or of which they hold the
    value alone; else None."""
    truth = truth_of(problem, carrier, finite=False)
    if truth is None or not truth.confirmed or not _has_value(problem, truth.bits):
        return None
    if truth.fits_floats:
        return Verdict("ill-conditioned", f"{cause}; the true numbers are finite", true=true_numbers(truth))
    if not truth.overflows:
        return None
    words = f"a derivative is larger than {carrier.dtype} can hold; the true numbers are finite"
    return Verdict("ill-conditioned", words, true=true_numbers(truth))


def _has_value(problem: Problem, bits: int) -> bool:
    """Whether everything that the output needs is a number in balls: ln(-1)^0 is 1 there, too."""
    with working(bits, problem.dtype) as balls:
        return not needs_nan(tape_of(problem, balls), problem.output)


def true_numbers(truth: ProvenGradient) -> TrueNumbers:
    """The proven value and gradient as texts."""
    return TrueNumbers(truth.value_text(), truth.gradient_text())


def judged(carrier: Carrier, found: dict[str, Derivative], truth: ProvenGradient) -> list[JudgedNumber]:
    """Every number that is shown, value and gradient, beside the true one."""
    gradient = found["reverse"].gradient
    assert gradient is not None
    values = judge_value(found["reverse"].value, truth, carrier.dtype)
    return [*values, *judge_gradient(numbers_of(truth.problem, gradient), truth, carrier.dtype)]


def _forward(carrier: Carrier, found: dict[str, Derivative], truth: ProvenGradient) -> list[JudgedNumber]:
    """Forward mode's gradient beside the true one, with a bound of its own where reverse mode's is too narrow."""
    gradient, directional = found["forward"].gradient, found["forward"].directional
    if gradient is not None:
        rows = judge_gradient(numbers_of(truth.problem, gradient), truth, carrier.dtype, "forward mode's derivative")
    elif directional is not None:
        rows = [_along(truth, carrier.dtype, *directional)]
    else:
        return []
    if not any(row.beyond and math.isfinite(row.computed) for row in rows):
        return rows
    bounds = zip(rows, forward_bound(truth.problem, carrier), strict=True)
    return [replace(row, rounding=max(row.rounding, bound)) for row, bound in bounds]


def _forward_is_right(truth: ProvenGradient, rows: Sequence[JudgedNumber]) -> bool:
    """Whether forward mode in balls finds the true numbers: then what it finds in floats has only left their range."""
    problem = truth.problem
    with working(truth.bits, problem.dtype) as balls:
        pairs = zip(forward_slopes(problem, balls), rows, strict=True)
        return all(s.is_finite() and not abs(s - row.true) > abs(row.true) * CLOSE * row.unit for s, row in pairs)


def _along(truth: ProvenGradient, dtype: str, direction: Mapping[str, Nested], slope: float) -> JudgedNumber:
    """Forward mode's derivative along the one direction that it looks along, beside the true one."""
    weights = numbers_of(truth.problem, direction)
    with working(truth.bits):
        terms = [g * w for g, w in zip(truth.gradient, weights, strict=True)]
        true = sum(terms, start=terms[0] * 0)
    rounding = math.fsum(abs(w) * r for w, r in zip(weights, truth.rounding, strict=True))
    label = f"forward mode's derivative {ONE_DIRECTION}"
    return JudgedNumber(label, slope, true, rounding, dtype, True)


def judge_value(value: Nested, truth: ProvenGradient, dtype: str) -> list[JudgedNumber]:
    """The elements of the value beside the true ones."""
    shape = truth.problem.output_shape
    triples = zip(flatten(value), truth.value, truth.value_rounding, strict=True)
    return [
        JudgedNumber(f"the value at {index_of(k, shape)}" if shape else "the value", found, true, r, dtype)
        for k, (found, true, r) in enumerate(triples)
    ]


def judge_gradient(
    numbers: Sequence[float], truth: ProvenGradient, dtype: str, called: str = "the derivative"
) -> list[JudgedNumber]:
    """A gradient, flat with its inputs in order, beside the true one."""
    problem = truth.problem
    names = [name for name in problem.wrt for _ in range(size(problem.input_shape(name)))]
    columns = zip(names, numbers, truth.gradient, truth.rounding, strict=True)
    return [JudgedNumber(f"{called} by {n}", c, t, r, dtype, True) for n, c, t, r in columns]


def _wrong_rule(problem: Problem, carrier: Carrier, truth: ProvenGradient) -> Verdict:
    from gradcli.verify.blame import wrong_rules

    names = wrong_rules(problem, carrier)
    which = f"; the rule of {', '.join(names)} contradicts differences of it" if names else ""
    return Verdict("wrong", truth.contradiction + which)


def _lost_sentence(truth: ProvenGradient, carrier: Carrier, lost: JudgedNumber) -> tuple[str, int | None]:
    """Which number lost its digits, and at which node they go; the node where one is found."""
    problem = truth.problem
    if lost.underflowed:
        true_text = truth.text_of(lost.true, "g" if lost.derivative else "f")
        return underflow_sentence(lost, carrier.dtype, true_text), None
    graph = problem.graph
    tape = tape_of(problem, carrier)
    adjoints = adjoints_of(problem, tape, graph.inputs.values())
    computed = Swept(tape, adjoints)
    with working(truth.bits, problem.dtype) as balls:
        true = swept_in_balls(problem, balls)
        loss = losing_node(computed, true, threshold(lost.relative, carrier.dtype), lost.derivative)
        place = "" if loss is None else place_of(loss, true, computed, display_names(graph, [problem.output]))
    kept = {0: "no digit is right", 1: "1 digit is right"}.get(lost.digits, f"{lost.digits} digits are right")
    true_text = truth.text_of(lost.true, "g" if lost.derivative else "f")
    sentence = f"{lost.label} is {lost.computed!r} in {carrier.dtype}, truly {true_text}: {kept}"
    return sentence + (f"; they go at {place}" if place else ""), loss.node if loss is not None else None


def underflow_sentence(lost: JudgedNumber, dtype: str, true_text: str) -> str:
    """That a number is 0 because the dtype cannot hold what it is."""
    return f"{lost.label} underflows to 0 in {dtype}, truly {true_text}"
