"""What independent witnesses say of a gradient's numbers.

The first witness is the central difference of the primal, which shares no rule with the sweeps. Its tolerance is its
own error estimate plus a bound of the rounding of the sweeps. Where it cannot resolve the point, or disagrees, the
truth is found in balls (`certainty`). A graph that is too large for balls has a second opinion, torch's autograd,
before anything is called wrong; what rounding alone can do is ill-conditioned.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from gradcli.carriers.base import Carrier
from gradcli.carriers.floats import Floats
from gradcli.carriers.precision import SMALLEST
from gradcli.errors import ExitStatus, Unstated
from gradcli.exact import Exact
from gradcli.methods.base import flatten, methods, numbers_of
from gradcli.methods.differences import UNIT_ROUNDOFF
from gradcli.methods.rounding import Bound, rounding_bound, rounding_seen
from gradcli.problem import Derivative, Nested, Problem
from gradcli.verify.kinks import Sides
from gradcli.verify.thresholds import ALL_DIGITS, TINY, digits_of, is_seen, keeps_digits

ROUNDING = 512
"""Sweeps may differ by so many units of roundoff of a component; where they differ by more, rounding is measured."""
ESTIMATE = 10
"""Richardson's estimate is no bound: it was seen to be off tenfold."""
MOST_FOR_SYMPY = 2000
"""Scalar operations of a graph that SymPy is asked about."""
SEVERITY = ("wrong", "undefined", "kink", "ill-conditioned", "inconclusive", "unverified", "verified")
"""The verdicts from worst to best."""
STATUS = {"wrong": ExitStatus.FAILED, "undefined": ExitStatus.UNDEFINED}


NO_NUMBER_AS_WRITTEN = "floats compute at the point near the one that is written, where balls find no number"


class TrueNumbers(NamedTuple):
    """The value (None: it is what is shown) and the derivative, nested, as texts of known digits. `kind` is what JSON
    calls the derivative: a gradient, vjp, hvp or Jacobian is by input, a Hessian by two, a jvp is in the output's
    shape (None: not known)."""

    value: Nested | None
    derivative: Any
    kind: str = "gradient"


class Convention(NamedTuple):
    """What a primitive returns at its kink: here, which is PyTorch's value where it has the function, and in JAX (empty
    where that is not known)."""

    name: str
    torch: str
    jax: str


@dataclass
class Verdict:
    """One word of interface.md and the sentence behind it.

    `sides` holds the one-sided derivatives at a kink, `clarke` intervals around the generalised gradient, `conventions`
    what is returned there, `differentiable` whether there is a derivative nonetheless. `digits` are the decimal digits
    that an independent witness confirms, `true` value and gradient where float64 lost them. Where the word is
    undefined, `defined` says of which components a derivative is seen; `true` has those that are not shown. `node` is
    where digits go.
    """

    word: str
    sentence: str
    sides: dict[str, list[Sides]] | None = None
    digits: int | None = None
    true: TrueNumbers | None = None
    clarke: dict[str, list[tuple[float, float]]] | None = None
    conventions: tuple[Convention, ...] = ()
    differentiable: bool = False
    defined: dict[str, list[bool]] | None = None
    node: int | None = None

    @property
    def set_valued(self) -> bool:
        """Whether there is a set of slopes, or one that the rules do not give."""
        return self.word == "kink"

    @property
    def evidence(self) -> str:
        """What the one-sided derivatives are known by."""
        limits = any(s.limit for sides in (self.sides or {}).values() for s in sides)
        return "numerical limit" if limits else "rules and differences"

    @property
    def convention(self) -> str:
        """What the rules return at the kinks, in words."""
        return "; ".join(f"{c.name}: {c.torch}" for c in self.conventions) or "the rules give no number"

    @property
    def status(self) -> ExitStatus:
        """The exit status that goes with the word."""
        return STATUS.get(self.word, ExitStatus.ANSWERED)


def verdict_details(verdict: Verdict) -> dict[str, Any]:
    """What a verdict knows besides its word, as JSON: the one-sided derivatives at a kink, as intervals and as left and
    right; Clarke's intervals; the conventions; the true numbers where float64 lost them."""
    found: dict[str, Any] = {}
    if verdict.sides is not None:
        found["interval"] = {n: [[min(s[:2]), max(s[:2])] for s in sides] for n, sides in verdict.sides.items()}
        found["sides"] = {n: [list(s[:2]) for s in sides] for n, sides in verdict.sides.items()}
        found["evidence"] = verdict.evidence
    if verdict.clarke is not None:
        found["clarke"] = {n: [list(ends) for ends in ranges] for n, ranges in verdict.clarke.items()}
    if verdict.set_valued:
        found["differentiable"] = verdict.differentiable
    if verdict.defined is not None:
        found["defined"] = verdict.defined
    if verdict.conventions:
        found["conventions"] = [c._asdict() for c in verdict.conventions]
    if verdict.true is not None:
        value = {} if verdict.true.value is None else {"value": verdict.true.value}
        derivative = {} if verdict.true.derivative is None else {verdict.true.kind: verdict.true.derivative}
        found["true"] = value | derivative
    return found


def worst(verdicts: Sequence[tuple[str, Verdict]]) -> Verdict:
    """The verdict on a whole from labelled verdicts on its parts: the worst, and of equal ones the least certain."""
    label, verdict = min(verdicts, key=lambda pair: (SEVERITY.index(pair[1].word), pair[1].digits or 0))
    if verdict.word == "verified" or not label:
        return verdict
    return Verdict(verdict.word, f"{label}: {verdict.sentence}", verdict.sides)


@dataclass(frozen=True)
class Component:
    """One number of the gradient, or the derivative along one direction, as each method sees it.

    `error` is the difference's own estimate, `rounding` what the sweeps may differ by, `largest` the size of the
    largest component, to which one that vanishes is compared.
    """

    reverse: float
    forward: float
    seen: float
    error: float
    rounding: float
    largest: float

    def sees(self, value: float) -> bool:
        """Whether the difference does not contradict a value."""
        return abs(value - self.seen) <= ESTIMATE * self.error + self.rounding

    def unknown(self, dtype: str) -> bool:
        """Whether rounding may take its digits, and the difference does not see them."""
        beside = abs(self.reverse - self.seen) + ESTIMATE * self.error
        # What the truth does not tell a difference may, as well as it sees the largest.
        seen = is_seen(max(abs(self.reverse), self.largest), beside, dtype)
        return self.rounding > TINY and not seen and not is_seen(self.reverse, self.rounding, dtype)

    def confirmed(self, dtype: str) -> bool:
        """Whether forward is reverse, and the difference agrees and is certain enough to mean something. NaN is not."""
        tolerance = ESTIMATE * self.error + self.rounding
        # A difference of zeros has no size of its own. That rounding makes no digit of a 0 is asked before.
        size = max(abs(self.reverse), abs(self.seen)) if self.reverse else self.largest or 1.0
        agree = abs(self.reverse - self.forward) <= self.rounding and abs(self.reverse - self.seen) <= tolerance
        return agree and is_seen(size, tolerance, dtype)


def judge_by_witnesses(
    problem: Problem, carrier: Carrier, found: dict[str, Derivative], missed: bool = False
) -> Verdict:
    """The verdict on a finite reverse gradient from forward mode and differences, and if need be from the truth in
    balls, or from autograd where balls take too long. `missed`: rounding takes floats onto a kink, or off one, so that
    sweeps and differences of floats are not of the function as it is written."""
    bound = rounding_bound(problem, carrier)
    components = components_of(problem, carrier, found, bound[1] if bound else None)
    where = " along one direction" if found["numerical"].directional is not None else ""
    values = flatten(found["reverse"].value)
    exact = is_exact(problem)
    limits = bound[0] if bound is not None else [0.0] * len(values)
    confirmed = not exact and not missed and all(c.confirmed(carrier.dtype) for c in components)
    bounded = [] if bound is None else roundings_of(problem, found["reverse"], bound)
    kept = all(keeps_digits(n, r, carrier.dtype) for n, r in bounded)
    if confirmed and kept:
        underflow = _underflow(problem, carrier, found)
        if underflow is not None:
            return underflow
        return _agreed(components, where, ALL_DIGITS[carrier.dtype])
    if bound is not None:
        from gradcli.verify.certainty import judge_by_truth

        certainty = judge_by_truth(problem, carrier, found)
        if certainty is not None:
            return certainty
        if exact:
            return Verdict("inconclusive", NO_NUMBER_AS_WRITTEN)
        lost = (r for v, r in zip(values, limits, strict=True) if r > TINY and not is_seen(v, r, carrier.dtype))
        reach = next(lost, 0.0)
        if reach and (isinstance(carrier, Floats) or math.isfinite(reach)):
            far = "to the other side of a jump" if math.isinf(reach) else f"by {reach:.0e}"
            return Verdict("inconclusive", f"rounding may move the value {far}, and the true one is not known")
        doubtful = next((c for c in components if c.unknown(carrier.dtype)), None)
        if doubtful is not None:
            words = f"rounding may change {doubtful.reverse!r} by {doubtful.rounding:.0e}"
            return Verdict("inconclusive", f"{words}, and the true number is not known{where}")
        if confirmed:
            left = [digits_of(r / abs(n)) for n, r in bounded if n]
            return _agreed(components, where, min([*left, ALL_DIGITS[carrier.dtype]]))
    return _second_opinion(problem, carrier, components, where)


def roundings_of(problem: Problem, found: Derivative, bound: Bound) -> list[tuple[float, float]]:
    """Every number that is shown, value and gradient, with what rounding may do to it."""
    numbers = [*flatten(found.value), *numbers_of(problem, found.gradient)]
    roundings = [*bound[0], *(r for name in problem.wrt for r in bound[1][name])]
    return list(zip(numbers, roundings, strict=True))


def _agreed(components: Sequence[Component], where: str, kept: int) -> Verdict:
    """Verified by differences, to the digits that they show, of those that rounding leaves."""
    shown = [shared_digits(c.reverse, c.seen) for c in components if abs(c.reverse) > c.rounding]
    digits = min([*shown, kept])
    return Verdict("verified", f"reverse = forward, differences agree to {digits} digits{where}", digits=digits)


def _underflow(problem: Problem, carrier: Carrier, found: dict[str, Derivative]) -> Verdict | None:
    """The verdict where a number that is shown is 0, or nearly, because floats cannot hold what it is; else None."""
    gradient = found["reverse"].gradient
    assert gradient is not None
    shown = [*flatten(found["reverse"].value), *numbers_of(problem, gradient)]
    if not (any_tiny(shown) and may_underflow(problem)):
        return None
    from gradcli.verify.certainty import judge_by_truth

    return judge_by_truth(problem, carrier, found)


def any_tiny(numbers: Iterable[float]) -> bool:
    """Whether one is 0, or too small to have all its digits."""
    return any(abs(x) < SMALLEST["float64"] for x in numbers)


def may_underflow(problem: Problem) -> bool:
    """Whether something on the way to the derivative is too small for floats, as far as balls can say."""
    from gradcli.methods.enclosures import too_large
    from gradcli.verify.conditioning import underflows

    try:
        return not too_large(problem) and underflows(problem)
    except Unstated:
        return False


def is_exact(problem: Problem) -> bool:
    """Whether a number of the point is one that a float only approximates."""
    return any(isinstance(x, Exact) for name in problem.point for x in flatten(problem.point[name]))


def components_of(
    problem: Problem, carrier: Carrier, found: dict[str, Derivative], bound: Mapping[str, list[float]] | None
) -> list[Component]:
    """The gradient's numbers as the methods see them; one, along the fixed direction, where there are too many.

    `bound` is what rounding may do to each; None: not known, and the sweeps may differ by some units of roundoff only.
    """
    reverse, forward, numerical = found["reverse"].gradient, found["forward"], found["numerical"]
    assert reverse is not None
    unit = ROUNDING * UNIT_ROUNDOFF[carrier.dtype]
    bounds = [b for name in problem.wrt for b in bound[name]] if bound is not None else None
    if forward.directional is not None and numerical.directional is not None:
        direction, slope = forward.directional
        numbers, weights = numbers_of(problem, reverse), numbers_of(problem, direction)
        size = math.fsum(abs(n * w) for n, w in zip(numbers, weights, strict=True))
        along = math.fsum(n * w for n, w in zip(numbers, weights, strict=True))
        error = numerical.error if isinstance(numerical.error, float) else math.inf
        rounding = unit * size if bounds is None else math.fsum(bounds)
        return [Component(along, slope, numerical.directional[1], error, rounding, size)]
    columns = [reverse, forward.gradient, numerical.gradient, numerical.error]
    rows = list(zip(*(numbers_of(problem, column) for column in columns), strict=True))
    size = max((abs(row[0]) for row in rows), default=0.0)
    roundings = [unit * (abs(row[0]) or size) for row in rows] if bounds is None else bounds
    return [Component(r, f, s, e, rounding, size) for (r, f, s, e), rounding in zip(rows, roundings, strict=True)]


def _second_opinion(problem: Problem, carrier: Carrier, components: list[Component], where: str) -> Verdict:
    """Differences have not confirmed the gradient: ask autograd, and see what rounding may do."""
    roundings = _roundings(problem, carrier, where)
    witnessed = _autograd(problem, carrier, where)
    for c, rounding, (witness, error) in zip(components, roundings, witnessed, strict=True):
        slack = c.rounding + rounding
        if not abs(c.reverse - witness) <= slack + ESTIMATE * error:
            seen = f"{c.seen!r} ± {c.error:.0e}"
            if not math.isfinite(witness):
                words = f"the sweeps give {c.reverse!r}, torch's autograd no number"
                return Verdict("inconclusive", f"{words}; differences {seen}{where}")
            if c.sees(c.reverse) and c.sees(witness):
                if not where and _symbolic_confirms(problem, carrier, components, roundings):
                    return Verdict("verified", "reverse = forward = SymPy's derivative; torch's autograd cancels there")
                words = f"the sweeps give {c.reverse!r}, torch's autograd {witness!r}"
                return Verdict("inconclusive", f"{words}; differences ({seen}) cannot tell which is right{where}")
            return Verdict("wrong", f"the sweeps give {c.reverse!r}, autograd {witness!r}, differences {seen}{where}")
        if not math.isfinite(c.forward):
            return Verdict("inconclusive", f"forward mode overflows on the way{where}; reverse = torch's autograd")
        if not abs(c.reverse - c.forward) <= slack:
            return Verdict("wrong", f"reverse gives {c.reverse!r}, forward {c.forward!r}{where}")
    for c, rounding in zip(components, roundings, strict=True):
        doubtful = not is_seen(max(abs(c.reverse), abs(c.seen)), rounding, carrier.dtype)
        contradicted = abs(c.reverse - c.seen) > c.rounding + (0.0 if c.reverse else ESTIMATE * c.error)
        if doubtful and contradicted:
            seen = f"; differences give {c.seen:.6g} ± {c.error:.0e}" if c.error < rounding else ""
            return Verdict(
                "ill-conditioned", f"rounding alone may change {c.reverse:.6g} by {rounding:.0e}{seen}{where}"
            )
    return Verdict("verified", f"reverse = forward = torch's autograd{where}; differences cannot resolve this point")


def _roundings(problem: Problem, carrier: Carrier, along: str) -> list[float]:
    """What rounding may do to each component, or to the derivative along the fixed direction of signs."""
    by_input = rounding_seen(problem, carrier)
    numbers = [number for name in problem.wrt for number in by_input[name]]
    return [math.fsum(numbers)] if along else numbers


def _autograd(problem: Problem, carrier: Carrier, along: str) -> list[tuple[float, float]]:
    """torch's own gradient, or its derivative along the fixed direction, each number with the error known of it."""
    from gradcli.methods.base import fixed_direction

    found = methods()["autograd"].differentiate(problem, carrier)
    assert found.gradient is not None
    numbers = numbers_of(problem, found.gradient)
    errors = numbers_of(problem, found.error) if found.error is not None else [0.0] * len(numbers)
    if not along:
        return list(zip(numbers, errors, strict=True))
    weights = numbers_of(problem, fixed_direction(problem))
    return [(math.fsum(n * w for n, w in zip(numbers, weights, strict=True)), math.fsum(errors))]


def _symbolic_confirms(
    problem: Problem, carrier: Carrier, components: Sequence[Component], roundings: Sequence[float]
) -> bool:
    """Whether SymPy has a derivative, and it is that of both sweeps. Large graphs would take it many seconds."""
    from gradcli.methods.enclosures import operations

    if operations(problem) > MOST_FOR_SYMPY:
        return False
    found = methods()["symbolic"].differentiate(problem, carrier).gradient
    if found is None:
        return False
    return all(
        abs(answer - number) <= c.rounding + rounding
        for c, rounding, number in zip(components, roundings, numbers_of(problem, found), strict=True)
        for answer in (c.reverse, c.forward)
    )


def shared_digits(a: float, b: float) -> int:
    """Significant decimal digits that two numbers share, 16 at most."""
    return 16 if a == b else digits_of(abs(a - b) / max(abs(a), abs(b)))
