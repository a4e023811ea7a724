"""How far each method's answer is from the reference: the truth where it is known, else one of the methods."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, NamedTuple

from gradcli.carriers.base import Carrier
from gradcli.carriers.precision import ulp
from gradcli.errors import UsageError
from gradcli.methods.base import elements, numbers_of
from gradcli.methods.differences import UNIT_ROUNDOFF
from gradcli.methods.rounding import BOUND
from gradcli.problem import Derivative, Problem
from gradcli.verify.truth import ProvenGradient, error_of
from gradcli.verify.witnesses import ESTIMATE, ROUNDING

TRUTH = "certified"
REFERENCES = (TRUTH, "symbolic", "autograd", "reverse", "forward", "numerical")
"""What the methods are measured against: the first of these that answered and is not known to be wrong."""


class Gate(NamedTuple):
    """|a - b| <= absolute + relative |b|, in place of what rounding and the methods' own errors allow."""

    relative: float
    absolute: float

    @property
    def text(self) -> str:
        """The condition as it is printed."""
        return f"|a - b| <= {self.absolute:g} + {self.relative:g} |b|"


@dataclass
class Row:
    """One method's answer, its largest distance from the reference and the tolerance for that.

    `ulps` is the largest error in units in the last place of the true number, where the truth is known and is not 0.
    """

    derivative: Derivative
    difference: float | None = None
    tolerance: float = 0.0
    ulps: float | None = None
    place: int = 0

    @property
    def agrees(self) -> bool:
        """Whether the difference is within tolerance; a method without an answer contradicts nobody."""
        return self.difference is None or (self.difference <= self.tolerance and math.isfinite(self.difference))


class Reference(NamedTuple):
    """The numbers that are compared with: as floats, as balls where they are proven, what rounding may do to each, and
    the error that the method states."""

    name: str
    numbers: list[float]
    balls: list[Any] | None
    rounding: list[float]
    errors: list[float]


def read_gate(relative: float | None, absolute: float | None, options: tuple[str, str]) -> Gate | None:
    """The tolerances that were asked for; None where none was. Raises UsageError."""
    if relative is None and absolute is None:
        return None
    for option, value in zip(options, (relative, absolute), strict=True):
        if value is not None and not 0 <= value < math.inf:
            raise UsageError(f"{option} is a number from 0, not {value:g}", hint=f"{option} 1e-6")
    return Gate(relative or 0.0, absolute or 0.0)


def find_reference(
    problem: Problem, carrier: Carrier, rows: list[Row], truth: ProvenGradient | None
) -> Reference | None:
    """The truth if it is known, else the first method of REFERENCES that answered in full."""
    if truth is not None:
        floats = [float(ball) for ball in truth.gradient]
        zeros = [0.0] * len(floats)
        # The smallest floats have fewer digits than the bound of rounding counts with.
        least = [BOUND * ulp(number, carrier.dtype) for number in floats]
        rounding = list(map(max, truth.rounding, least)) if truth.rounding else least
        return Reference(TRUTH, floats, truth.gradient, rounding, zeros)
    answered = {row.derivative.method: row.derivative for row in rows if row.derivative.gradient is not None}
    name = next((name for name in REFERENCES[1:] if name in answered), "")
    if not name:
        return None
    floats = numbers_of(problem, answered[name].gradient)
    size = max((abs(t) for t in floats if math.isfinite(t)), default=0.0)
    units = ROUNDING * UNIT_ROUNDOFF[carrier.dtype] * size
    return Reference(name, floats, None, [units] * len(floats), errors(problem, answered[name]))


def measure(problem: Problem, carrier: Carrier, row: Row, reference: Reference, gate: Gate | None) -> None:
    """Fill in a row's largest distance from the reference, its tolerance there, and the error in ulps."""
    derivative = row.derivative
    if derivative.directional is not None:
        direction, slope = derivative.directional
        reference = along(reference, numbers_of(problem, direction))
        stated = derivative.error if isinstance(derivative.error, float) else 0.0
        answers, own = [slope], [stated]
    elif derivative.gradient is not None:
        answers, own = numbers_of(problem, derivative.gradient), errors(problem, derivative)
    else:
        return
    gaps = distances(answers, reference)
    trust = 1.0 if derivative.bounded else ESTIMATE
    slack = [r + trust * e + ESTIMATE * s for r, e, s in zip(reference.rounding, own, reference.errors, strict=True)]
    if gate is not None:
        slack = [gate.absolute + gate.relative * abs(t) for t in reference.numbers]
    places = range(len(gaps))
    beyond = [k for k in places if not gaps[k] <= slack[k] or math.isinf(gaps[k])]
    row.place = max(beyond or places, key=lambda k: gaps[k], default=0)
    row.difference = gaps[row.place] if beyond else max(gaps, default=0.0)
    row.tolerance = slack[row.place] if beyond else max(slack, default=0.0)
    if reference.balls is not None:
        units = [ulp(t, carrier.dtype) for t in reference.numbers]
        in_ulps = [gap / unit for gap, unit, t in zip(gaps, units, reference.numbers, strict=True) if t]
        row.ulps = max(in_ulps, default=None)


def distances(answers: list[float], reference: Reference) -> list[float]:
    """How far each answer is from the reference's."""
    if reference.balls is not None:
        return [error_of(a, ball) for a, ball in zip(answers, reference.balls, strict=True)]
    return [difference(a, t) for a, t in zip(answers, reference.numbers, strict=True)]


def along(reference: Reference, weights: list[float]) -> Reference:
    """The reference along one direction, as its only number."""
    total = math.fsum(g * w for g, w in zip(reference.numbers, weights, strict=True))
    balls: list[Any] | None = None
    if reference.balls is not None:
        ball = sum((b * w for b, w in zip(reference.balls, weights, strict=True)), start=reference.balls[0] * 0)
        balls, total = [ball], float(ball)
    rounding = math.fsum(r * abs(w) for r, w in zip(reference.rounding, weights, strict=True))
    stated = math.fsum(e * abs(w) for e, w in zip(reference.errors, weights, strict=True))
    return Reference(reference.name, [total], balls, [rounding], [stated])


def errors(problem: Problem, derivative: Derivative) -> list[float]:
    """The error of each component that a method states of itself; 0 where it states none."""
    if isinstance(derivative.error, dict):
        return numbers_of(problem, derivative.error)
    return [0.0] * elements(problem)


def difference(a: float, b: float) -> float:
    """|a - b|, 0 for equal infinities and two NaN, infinite where only one is finite."""
    if a == b or (a != a and b != b):
        return 0.0
    return abs(a - b) if math.isfinite(a) and math.isfinite(b) else math.inf
