"""Difference quotients of a function of one real number, extrapolated to step 0, with an error estimate.

Richardson extrapolation in a Neville tableau (Ridders, "Accurate computation of F'(x) and F'(x)F''(x)", Advances in
Engineering Software 4, 1982; Press et al., Numerical Recipes, section 5.7), where the rounding of each quotient counts.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

from gradcli.carriers.precision import MANTISSA

RATIO = 4.0
STEPS = 16
COLUMNS = 6
UNIT_ROUNDOFF = {dtype: 2.0**-bits for dtype, bits in MANTISSA.items()}


class Estimate(NamedTuple):
    """A derivative and the estimated absolute error of it; infinite when nothing converged."""

    value: float
    error: float


NOTHING = Estimate(math.nan, math.inf)


class Noise(NamedTuple):
    """The error of a computed value: the unit roundoff, and what rounding inside was seen to do at the point."""

    roundoff: float
    seen: float

    def of(self, *values: float) -> float:
        """Of the worst of some values."""
        return max(self.seen, self.roundoff * max(map(abs, values)))


def step_schedules(position: float, roundoff: float) -> list[list[float]]:
    """Steps from coarse to fine around a coordinate; around a tiny one also at its own scale, where ln and 1/x live.

    Powers of two, none near the spacing of numbers there, so that the point moves by just the step divided by.
    """
    scale = max(abs(position), 1.0)
    starts = [_power_of_two(scale / 8)]
    if 0 < abs(position) < 0.01:
        starts.append(_power_of_two(abs(position) / 4))
    schedules = []
    for start in starts:
        steps = [start * RATIO**-k for k in range(STEPS)]
        finest = 256 * roundoff * (scale if start > abs(position) else abs(position))
        schedules.append([h for h in steps if h >= finest and h > 0])
    return schedules


def _power_of_two(size: float) -> float:
    """The largest power of two not above a size."""
    return math.ldexp(1.0, math.frexp(size)[1] - 1)


def central(schedule: Sequence[float], ahead: Sequence[float], behind: Sequence[float], noise: Noise) -> Estimate:
    """Central differences: the error is a series in even powers of the step."""
    quotients = [(a - b) / (2 * h) for h, a, b in zip(schedule, ahead, behind, strict=True)]
    errors = [2 * noise.of(a, b) / h for h, a, b in zip(schedule, ahead, behind, strict=True)]
    return extrapolate(quotients, errors, RATIO**2)


def second(
    schedule: Sequence[float], ahead: Sequence[float], behind: Sequence[float], here: float, noise: Noise
) -> Estimate:
    """Second central differences, for the second derivative: a series in even powers of the step."""
    # Dividing twice: the square of a tiny step is 0.
    quotients = [(a - 2 * here + b) / h / h for h, a, b in zip(schedule, ahead, behind, strict=True)]
    errors = [4 * noise.of(a, b, here) / h / h for h, a, b in zip(schedule, ahead, behind, strict=True)]
    return extrapolate(quotients, errors, RATIO**2)


def second_one_sided(
    schedule: Sequence[float], once: Sequence[float], twice: Sequence[float], here: float, noise: Noise
) -> Estimate:
    """Second differences towards one side, from values at one and two steps: a series in all powers of the step."""
    quotients = [(here - 2 * a + b) / h / h for h, a, b in zip(schedule, once, twice, strict=True)]
    errors = [4 * noise.of(here, a, b) / h / h for h, a, b in zip(schedule, once, twice, strict=True)]
    return extrapolate(quotients, errors, RATIO)


def one_sided(schedule: Sequence[float], values: Sequence[float], here: float, noise: Noise) -> Estimate:
    """Forward differences towards one side: a series in all powers of the step. Steps carry the side's sign."""
    quotients = [(v - here) / h for h, v in zip(schedule, values, strict=True)]
    errors = [2 * noise.of(v, here) / abs(h) for h, v in zip(schedule, values, strict=True)]
    return extrapolate(quotients, errors, RATIO)


def extrapolate(quotients: Sequence[float], noise: Sequence[float], ratio: float) -> Estimate:
    """The entry of the tableau that is most certain. Non-finite quotients (steps out of the domain) start it anew.

    From steps that leap over a pole or a wave a tableau can converge to what is not the derivative; so an entry from
    finer steps that contradicts the best so far replaces it.
    """
    best = NOTHING
    previous: list[float] = []
    for quotient, rounding in zip(quotients, noise, strict=True):
        if not math.isfinite(quotient):
            previous = []
            continue
        row = [quotient]
        for k, coarse in enumerate(previous[: COLUMNS - 1]):
            weight = ratio ** (k + 1)
            refined = (weight * row[k] - coarse) / (weight - 1)
            spread = max(abs(refined - row[k]), abs(refined - coarse))
            row.append(refined)
            entry = Estimate(refined, spread + rounding)
            if entry.error < best.error or contradict(best, entry):
                best = entry
        previous = row
    return best


def best_of(estimates: Sequence[Estimate]) -> Estimate:
    """The most certain of estimates from coarse to fine scales, with the same distrust of coarse ones."""
    best = NOTHING
    for estimate in estimates:
        if estimate.error < best.error or contradict(best, estimate):
            best = estimate
    return best


def contradict(coarse: Estimate, fine: Estimate) -> bool:
    """Whether two estimates cannot both be right, even if each error is off tenfold."""
    return abs(coarse.value - fine.value) > 10 * (coarse.error + fine.error)
