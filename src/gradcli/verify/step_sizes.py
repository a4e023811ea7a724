"""How the error of difference quotients depends on the step: truncation at large steps, rounding at small ones.

A forward difference errs by h/2 |f''| + (2r + s)/h and a central one by h^2/6 |f'''| + (r + s)/h, where r is the
rounding of f (Press et al., Numerical Recipes, section 5.7) and s = u |x f'| that of x + h. The derivatives of f in it
are differences in balls: the whole study uses no rule but that of the true derivative it measures against.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from gradcli.carriers.base import Carrier
from gradcli.carriers.precision import SMALLEST
from gradcli.errors import DomainError, UsageError
from gradcli.methods.base import flatten, unflatten
from gradcli.methods.enclosures import BallLine, difference_bits, too_large, working
from gradcli.methods.numerical import Line
from gradcli.problem import Nested, Problem
from gradcli.shapes import size
from gradcli.verify.truth import ProvenGradient, error_of, truth_of
from gradcli.verify.witnesses import Verdict

DECADES = 16
A_DECADE = 4
"""Steps of the curve in each decade; the table has one."""
LEAST_POINTS = 3
"""Of a branch, for its slope to be fitted."""
BENT = 0.1
"""The part by which the truncation of a difference may be off its first term, to be called by its power."""
ALIKE = 32
"""Times that rounding beside the point may be larger or smaller than at it, seen as it is in a few evaluations."""
BESIDE = 3
"""Decades that are shown to either side of the steps that theory calls best."""
VANISHED = 1e-60
"""A derivative below this part of the function's scale is 0: what is seen is the truncation of its own difference."""

Ball = Any


@dataclass(frozen=True)
class Branch:
    """One end of the V: `power` of the step that theory says, `factor` of that power, and the slope that is seen."""

    name: str
    power: int
    factor: float
    seen: float | None

    def at(self, step: float) -> float:
        """The error that theory says."""
        return self.factor * step**self.power


@dataclass(frozen=True)
class Curve:
    """The errors of one kind of difference at all steps; NaN where the step leaves the domain. `best` is the index of
    the smallest; `theory` the best step that theory says, None where there is no truncation or no rounding.

    `unmet` is the step that theory would call best although what it adds up is not there; then it has no branches.
    """

    name: str
    errors: list[float]
    best: int | None
    theory: float | None
    truncation: Branch | None
    rounding: Branch | None
    hidden: bool = False
    unmet: float | None = None


@dataclass(frozen=True)
class StepStudy:
    """Differences along one direction. `direction` says which in words, `true` the derivative in proven digits."""

    name: str
    direction: str
    true: str
    steps: list[float]
    forward: Curve
    central: Curve

    @property
    def curves(self) -> tuple[Curve, Curve]:
        """Both kinds."""
        return self.forward, self.central

    def rows(self) -> list[tuple[float, float, float]]:
        """Step, forward and central error, one row a decade."""
        found = zip(self.steps, self.forward.errors, self.central.errors, strict=True)
        return [row for k, row in enumerate(found) if k % A_DECADE == 0]


def study_steps(problem: Problem, carrier: Carrier, at_kink: Verdict | None) -> list[StepStudy]:
    """One study an input: along its unit direction, or for an array along ones. Raises DomainError and UsageError."""
    if at_kink is not None:
        cause = f"--step-sizes measures errors of the derivative, and there is none: {at_kink.sentence}"
        raise DomainError(cause, hint="choose a point beside it")
    if too_large(problem):
        raise UsageError(f"--step-sizes needs the true derivative: {too_large(problem)}", hint="take smaller shapes")
    truth = truth_of(problem, carrier)
    if truth is None:
        raise UsageError("--step-sizes needs the true derivative, and balls cannot state it", hint="gradcli compare")
    if truth.confirmed is False:
        raise UsageError(f"--step-sizes needs the true derivative, and the rules are wrong: {truth.contradiction}")
    line = Line(problem, carrier)
    found, place = [], 0
    for name in problem.wrt:
        count = size(problem.input_shape(name))
        found.append(_study(line, truth, name, truth.gradient[place : place + count]))
        place += count
    return found


def _study(line: Line, truth: ProvenGradient, name: str, gradient: list[Ball]) -> StepStudy:
    problem = line.problem
    shape = problem.input_shape(name)
    direction = {name: unflatten([1.0] * size(shape), shape)}
    rounding = line.noise.of(line.here())
    with working(difference_bits(problem), problem.dtype) as balls:
        true = sum(gradient, start=balls.lift(0))
        if true != 0 and abs(true) < SMALLEST[problem.dtype]:
            small = f"the derivative {truth.text_of(true)} is too small for {problem.dtype}"
            mend = "gradcli grad --precision 20 proves its digits"
            raise UsageError(f"--step-sizes measures floats, and {small}", hint=mend)
        exact = BallLine(problem, balls)
        positions = flatten(problem.point[name])
        second, third = _derivatives(exact, direction, positions)
        curved, bent = _bends(exact, direction, positions)
        hidden = ((curved or bent) and not (second or third), bent and not third)
        moved = line.roundoff * sum(abs(float(g) * x) for g, x in zip(gradient, positions, strict=True))
        rounded = (2 * rounding + moved, rounding + moved)
        laws = ((1, second / 2) if second else (2, third / 6), (2, third / 6))
        bests = [_best_step(law, r) for law, r in zip(laws, rounded, strict=True)]
        steps = _steps([best for best in bests if best])
        truncated = _truncations(exact, direction, steps, max(map(abs, flatten(problem.point[name])), default=0.0))
    reaches = [_reach(steps, errors, law, best) for errors, law, best in zip(truncated, laws, bests, strict=True)]
    applies = [_applies(line, name, best, reach, rounding) for best, reach in zip(bests, reaches, strict=True)]
    here, values = line.here(), line.at(direction, steps + [-h for h in steps])
    ahead, behind = values[: len(steps)], values[len(steps) :]
    forward = [(a - here) / h for h, a in zip(steps, ahead, strict=True)]
    central = [(a - b) / (2 * h) for h, a, b in zip(steps, ahead, behind, strict=True)]
    return StepStudy(
        name,
        f"along ones of {name}" if shape else f"by {name}",
        truth.text_of(true),
        steps,
        _curve("forward", steps, forward, true, laws[0], rounded[0], reaches[0], hidden[0], applies[0]),
        _curve("central", steps, central, true, laws[1], rounded[1], reaches[1], hidden[1], applies[1]),
    )


def _applies(line: Line, name: str, best: float | None, reach: float, rounding: float) -> bool:
    """Whether what theory adds up is there at its best step: truncation as its first term, and the point's rounding.

    (1 - cos x)/x^2 at 1e-8 has no digit, and many of them beside it.
    """
    if best is None:
        return True
    beside = [_rounding_at(line, name, step) for step in (best, -best)]
    return reach > 0 and all(rounding / ALIKE <= r <= rounding * ALIKE for r in beside)


def _rounding_at(line: Line, name: str, step: float) -> float:
    """The rounding of the function a step beside the point; NaN outside its domain."""
    problem = line.problem
    moved = [x + step for x in flatten(problem.point[name])]
    point = {**problem.point, name: unflatten(moved, problem.input_shape(name))}
    there = Line(replace(problem, point=point), line.carrier)
    return there.noise.of(there.here())


def _best_step(law: tuple[int, float], rounded: float) -> float | None:
    """Where truncation and rounding are least together; None where there is but one of them."""
    power, factor = law
    # By logarithms: at 1e-200 the quotient underflows.
    return math.exp((math.log(rounded) - math.log(power * factor)) / (power + 1)) if factor and rounded else None


def _steps(bests: list[float]) -> list[float]:
    """From a tenth down, or where the best steps lie beside that: a decade is a decade of the function's own scale."""
    first = -1
    if bests:
        first = max(first, math.ceil(math.log10(max(bests))) + BESIDE)
        first = min(first, math.floor(math.log10(min(bests))) - BESIDE + DECADES - 1)
    return [10.0 ** (first - k / A_DECADE) for k in range((DECADES - 1) * A_DECADE + 1)]


def _truncations(
    line: BallLine, direction: Mapping[str, Nested], steps: list[float], position: float
) -> tuple[list[float], list[float]]:
    """The errors of forward and central differences without rounding; NaN where a step leaves the domain."""
    here, true = line.at(direction, line.balls.lift(0)), line.slope(direction, position)[1]
    pairs = [(line.at(direction, line.balls.lift(h)), line.at(direction, line.balls.lift(-h))) for h in steps]
    forward = [abs((ahead - here) / h - true) for h, (ahead, _) in zip(steps, pairs, strict=True)]
    central = [abs((ahead - behind) / (2 * h) - true) for h, (ahead, behind) in zip(steps, pairs, strict=True)]
    return tuple([float(e.mid()) if e.is_finite() else math.nan for e in errors] for errors in (forward, central))  # type: ignore[return-value]


def _reach(steps: list[float], errors: list[float], law: tuple[int, float], best: float | None) -> float:
    """The largest step up to which, from the best one on, truncation is its first term."""
    power, factor = law
    found = 0.0
    for h, error in zip(reversed(steps), reversed(errors), strict=True):
        if h < (best or 0.0):
            continue
        if not abs(error - factor * h**power) <= BENT * error:
            break
        found = h
    return found


def _derivatives(line: BallLine, direction: Mapping[str, Nested], positions: list[float]) -> tuple[float, float]:
    """|f''| and |f'''| along a direction, by differences in balls; 0 where they vanish."""
    arb = line.balls.flint.arb
    scale = min((abs(float(x)) for x in positions if x), default=1.0)
    h = arb(min(scale, 1.0)) * arb(2) ** -40
    far, near, here = ([line.at(direction, k * h), line.at(direction, -k * h)] for k in (2, 1, 0))
    second = abs(near[0] - 2 * here[0] + near[1]) / h**2
    third = abs(far[0] - 2 * near[0] + 2 * near[1] - far[1]) / (2 * h**3)
    size = float(abs(here[0]).upper()) + float(abs(near[0] - near[1]).upper())
    return tuple(0.0 if not d.is_finite() or d < VANISHED * size else float(d.mid()) for d in (second, third))  # type: ignore[return-value]


def _bends(line: BallLine, direction: Mapping[str, Nested], positions: list[float]) -> tuple[bool, bool]:
    """Whether the second and the third difference certainly are not 0 at steps beside a large point's own size, at
    which those at steps of 1 may be too small to tell."""
    arb = line.balls.flint.arb
    h = arb(max((abs(float(x)) for x in positions), default=0.0)) * arb(2) ** -20
    if not h > 1:
        return False, False
    far, near, here = ([line.at(direction, k * h), line.at(direction, -k * h)] for k in (2, 1, 0))
    second = near[0] - 2 * here[0] + near[1]
    third = far[0] - 2 * near[0] + 2 * near[1] - far[1]
    return tuple(bool(d.is_finite() and not d.contains(0)) for d in (second, third))  # type: ignore[return-value]


def _curve(
    name: str,
    steps: list[float],
    quotients: list[float],
    true: Ball,
    truncated: tuple[int, float],
    rounded: float,
    reach: float,
    hidden: bool,
    applies: bool,
) -> Curve:
    """The errors of some quotients, with the branches that theory says."""
    errors = [error_of(q, true) if math.isfinite(q) else math.nan for q in quotients]
    known = [k for k, e in enumerate(errors) if math.isfinite(e)]
    best = min(known, key=lambda k: errors[k], default=None)
    power, factor = truncated
    theory = _best_step(truncated, rounded)
    if not applies:
        return Curve(name, errors, best, None, None, None, hidden, theory)
    turn = theory or (steps[best] if best is not None else 0.0)
    truncation = rounding = None
    if factor:
        truncation = Branch("truncation", power, factor, _slope(steps, errors, lambda h: 4 * turn < h <= reach))
    if rounded:
        rounding = Branch("rounding", -1, rounded, _slope(steps, errors, lambda h: h < turn / 4))
    return Curve(name, errors, best, theory, truncation, rounding, hidden)


def _slope(steps: list[float], errors: list[float], chosen: Any) -> float | None:
    """The slope of a line through log error against log step; None where there are too few points."""
    points = [
        (math.log10(h), math.log10(e)) for h, e in zip(steps, errors, strict=True) if chosen(h) and 0 < e < math.inf
    ]
    if len(points) < LEAST_POINTS:
        return None
    middle, height = (math.fsum(p[k] for p in points) / len(points) for k in (0, 1))
    across = math.fsum((x - middle) ** 2 for x, _ in points)
    return math.fsum((x - middle) * (y - height) for x, y in points) / across
