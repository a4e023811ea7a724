"""Methods side by side: how far each is from the reference, and the digits on which all agree."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from time import perf_counter

from gradcli.carriers.base import Carrier
from gradcli.carriers.tape import evaluate, input_values
from gradcli.errors import NameProblem, closest
from gradcli.methods.base import elements, flatten, methods
from gradcli.methods.differences import UNIT_ROUNDOFF
from gradcli.methods.reverse import METHOD as REVERSE
from gradcli.problem import Derivative, Problem
from gradcli.verify.explain import finite
from gradcli.verify.verdict import judge_kink
from gradcli.verify.witnesses import ESTIMATE, ROUNDING, Verdict

REFERENCES = ("symbolic", "autograd", "reverse", "forward", "numerical")
"""The method that the others are measured against: the first of these that answered."""
REPEAT_BELOW = 3.0
"""A method faster than so many seconds is timed a second time: the first call also loads and warms up libraries."""
ALL_DIGITS = {"float64": 16, "float32": 7}


@dataclass
class Row:
    """One method's answer, its largest difference to the reference and the tolerance for it."""

    derivative: Derivative
    difference: float | None = None
    tolerance: float = 0.0

    @property
    def agrees(self) -> bool:
        """Whether the difference is within tolerance; a method without an answer contradicts nobody."""
        return self.difference is None or self.difference <= self.tolerance


@dataclass
class Comparison:
    """All methods on one problem. `digits`: significant decimal digits on which all that answered agree."""

    problem: Problem
    rows: list[Row]
    reference: str
    digits: int
    verdict: Verdict


def select_methods(wanted: Sequence[str], option: str) -> list[str]:
    """The methods of those names; none or `all`: every one. `option` is what the user calls the list. Raises
    NameProblem."""
    known = list(methods())
    if not wanted or list(wanted) == ["all"]:
        return known
    for name in wanted:
        if name not in known:
            near = closest(name, known)
            hint = f"did you mean {near} ?" if near else f"the methods are {', '.join(known)}"
            raise NameProblem(f"{option} names '{name}', which is no method", hint=hint)
    return list(dict.fromkeys(wanted))


def compare(problem: Problem, carrier: Carrier, names: Sequence[str]) -> Comparison:
    """Run the methods and judge them. The value must be finite at the point."""
    rows = [Row(timed(name, problem, carrier)) for name in names]
    answered = {row.derivative.method: row.derivative for row in rows if row.derivative.gradient is not None}
    reference = next((name for name in REFERENCES if name in answered), "")
    if reference:
        measure(problem, carrier, rows, answered[reference])
    return Comparison(problem, rows, reference, agreeing_digits(problem, rows, carrier), judge(problem, carrier, rows))


def timed(name: str, problem: Problem, carrier: Carrier) -> Derivative:
    """The method's answer with its time in seconds."""
    best = math.inf
    for _ in range(2):
        start = perf_counter()
        answer = methods()[name].differentiate(problem, carrier)
        best = min(best, perf_counter() - start)
        if best > REPEAT_BELOW:
            break
    answer.seconds = answer.seconds or best
    return answer


def numbers(problem: Problem, gradient: dict[str, object]) -> list[float]:
    """A gradient's components, inputs in order, row-major."""
    return [g for name in problem.wrt for g in flatten(gradient[name])]


def measure(problem: Problem, carrier: Carrier, rows: list[Row], reference: Derivative) -> None:
    """Fill in each row's largest difference to the reference, and its tolerance there."""
    assert reference.gradient is not None
    truth = numbers(problem, reference.gradient)
    size = max((abs(t) for t in truth if math.isfinite(t)), default=0.0)
    rounding = ROUNDING * UNIT_ROUNDOFF[carrier.dtype] * size
    for row in rows:
        derivative = row.derivative
        if derivative.directional is not None:
            direction, slope = derivative.directional
            along = math.fsum(g * d for g, d in zip(truth, numbers(problem, direction), strict=True))
            row.difference = abs(slope - along)
            row.tolerance = rounding * math.sqrt(len(truth)) + ESTIMATE * (
                derivative.error if isinstance(derivative.error, float) else 0.0
            )
            continue
        if derivative.gradient is None:
            continue
        answers = numbers(problem, derivative.gradient)
        gaps = [difference(a, t) for a, t in zip(answers, truth, strict=True)]
        row.difference = max(gaps, default=0.0)
        both = zip(errors(problem, derivative), errors(problem, reference), strict=True)
        slack = [rounding + ESTIMATE * (own + other) for own, other in both]
        row.tolerance = next((s for gap, s in zip(gaps, slack, strict=True) if gap > s), max(slack, default=rounding))


def errors(problem: Problem, derivative: Derivative) -> list[float]:
    """The error of each component that a method states of itself; 0 where it states none."""
    if isinstance(derivative.error, dict):
        return numbers(problem, derivative.error)
    return [0.0] * elements(problem)


def difference(a: float, b: float) -> float:
    """|a - b|, 0 for equal infinities and two NaN, infinite where only one is finite."""
    if a == b or (a != a and b != b):
        return 0.0
    return abs(a - b) if math.isfinite(a) and math.isfinite(b) else math.inf


def agreeing_digits(problem: Problem, rows: list[Row], carrier: Carrier) -> int:
    """Significant digits that all methods share in every component. Two zeros share all."""
    answers = [numbers(problem, r.derivative.gradient) for r in rows if r.derivative.gradient is not None]
    digits = float(ALL_DIGITS[carrier.dtype])
    for component in zip(*answers, strict=True):
        spread = max(component) - min(component)
        size = max(map(abs, component))
        if spread != spread or math.isinf(size):
            return 0
        if spread > 0:
            digits = min(digits, max(0.0, -math.log10(spread / size)))
    return int(digits)


def judge(problem: Problem, carrier: Carrier, rows: list[Row]) -> Verdict:
    """The verdict on all rows. Agreement of methods that share rules is not verification."""
    graph = problem.graph
    gradient = REVERSE.differentiate(problem, carrier).gradient
    assert gradient is not None
    tape = evaluate(graph, [problem.output], carrier, input_values(graph, carrier, problem.point))
    at_kink = judge_kink(problem, tape, gradient)
    if at_kink is not None:
        return at_kink
    if not all(finite(g) for g in gradient.values()):
        return Verdict("undefined", "the gradient is not finite; gradcli grad names the node")
    wrong = [row.derivative.method for row in rows if not row.agrees]
    if wrong and explained_by_rounding(problem, carrier, rows):
        return Verdict("ill-conditioned", "the methods differ no more than rounding alone may change them")
    others = [row for row in rows if row.derivative.answered and row.derivative.method != "numerical"]
    if wrong == ["numerical"] and any(methods()[row.derivative.method].independent for row in others):
        return Verdict("verified", "all others agree; the differences cannot resolve this point")
    if wrong:
        return Verdict("wrong", f"{' and '.join(wrong)} differ{'s' if len(wrong) == 1 else ''} beyond tolerance")
    seen = [row for row in rows if row.derivative.answered]
    if len(seen) < 2:
        return Verdict("unverified", "fewer than two methods answered")
    if not any(methods()[row.derivative.method].independent for row in seen):
        return Verdict("unverified", "the methods agree, but share their rules: add symbolic, numerical or autograd")
    if all(methods()[row.derivative.method].independent for row in seen):
        return Verdict("verified", "independent methods agree")
    return Verdict("verified", "the sweeps agree with a method that shares no rule with them")


def explained_by_rounding(problem: Problem, carrier: Carrier, rows: list[Row]) -> bool:
    """Whether rounding may change the gradient by as much as the methods differ."""
    from gradcli.methods.rounding import rounding_of_gradient

    may_change = max((r for numbers in rounding_of_gradient(problem, carrier).values() for r in numbers), default=0.0)
    return all(row.difference is None or row.difference <= row.tolerance + may_change for row in rows)
