"""Which single slip explains a wrong number, if any does and chance does not.

Every slip gives a number, so a claim with few digits fits one of them by accident. How probable that is for a random
number of this size and precision is counted, kind of slip by kind of slip from the most common on, and only kinds are
offered with which that chance stays small.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import floor

from gradcli.syntax.claims import Digits
from gradcli.verify.digits import admits
from gradcli.verify.explain import finite
from gradcli.verify.slips.catalogue import SLIPS
from gradcli.verify.slips.slip import Candidate, Slip, rounded
from gradcli.verify.sweep import Edge, Sweep

MOST_CHANCE = 0.02
"""Of all random wrong numbers at most this part may be explained."""
FLOAT_DIGITS = Fraction(1, 10**9)
"""An exact claim is compared to this part of its size: slips are computed in floats, without a bound of their own."""
LEAST_COMPONENTS = 3
"""Numbers that must all be the same multiple of the right ones for that to be more than chance."""
MOST_TIMES = 100
TOO_LARGE = "the graph is too large for single slips to be tried"
BY_CHANCE = "so few digits tell no slip from chance: claim more of them"


Place = tuple[str, Edge | None, float]
"""What tells a slip from all others on the same graph."""


def place_of(candidate: Candidate) -> Place:
    """Where and what kind of slip it is."""
    return candidate.kind, candidate.edge, candidate.detail


@dataclass(frozen=True)
class Explanation:
    """A slip that leads to the claimed number: its kind, one line about it, and where it would be."""

    kind: str
    text: str
    places: frozenset[Place] = frozenset()


@dataclass(frozen=True)
class Explained:
    """All explanations (several kinds are ambiguous), or a note why none is given though there may be one."""

    found: tuple[Explanation, ...] = ()
    note: str = ""


def explain(
    sweep: Sweep, claimed: Sequence[Digits], component: int | None = None, among: Collection[Place] | None = None
) -> Explained:
    """The slips that lead to all claimed numbers, or to that of one component; only those at some places, if given."""
    if sweep.too_large:
        return Explained(note=TOO_LARGE)
    places = range(len(claimed)) if component is None else [component]
    numbers = [claimed[k] for k in places]
    right = [sweep.right[k] for k in places]
    decimals = [n.decimals for n in numbers]
    most = None if any(d is None for d in decimals) else max((d for d in decimals if d is not None), default=None)
    chance = 0.0
    counted: set[tuple[str, ...]] = set()
    offered: list[Explanation] = []
    others: list[Explanation] = []
    for slip in SLIPS:
        found = [c for c in slip.candidates(sweep, most) if finite(c.numbers)]
        parts = [tuple(c.numbers[k] for k in places) for c in found]
        matching = [c for c, part in zip(found, parts, strict=True) if _fits(numbers, part, right)]
        matching = [c for c in matching if among is None or place_of(c) in among]
        distinct = {key: part for key, part in _distinct(parts, right).items() if key not in counted}
        counted.update(distinct)
        chance += sum(_chance(numbers, part, right) for part in distinct.values())
        told = _told(slip, sweep, matching)
        (offered if chance <= MOST_CHANCE else others).extend(told)
    if offered:
        return Explained((*offered, *others))
    return Explained(note=BY_CHANCE) if others else Explained()


def multiple(claimed: Sequence[Digits], right: Sequence[float]) -> Fraction | None:
    """The simple number that all components of a claim are the right ones times, where there are enough to tell."""
    largest = max(range(len(right)), key=lambda k: abs(right[k]), default=0)
    if sum(map(bool, right)) < LEAST_COMPONENTS or not finite(right):
        return None
    ratio = (claimed[largest].value / Fraction(right[largest])).limit_denominator(MOST_TIMES)
    times = float(ratio)
    by_chance = _chance(claimed, [n * times for n in right], right) * MOST_TIMES**2
    if ratio in (0, 1) or abs(times) > MOST_TIMES or by_chance > MOST_CHANCE:
        return None
    fits = all(
        admits(digits, n * times, n * times, float(FLOAT_DIGITS) * abs(n * times))
        for digits, n in zip(claimed, right, strict=True)
    )
    return ratio if fits else None


def _told(slip: Slip, sweep: Sweep, matching: Sequence[Candidate]) -> list[Explanation]:
    """One explanation for each group of candidates with the same numbers."""
    groups: dict[tuple[str, ...], list[Candidate]] = {}
    for candidate in matching:
        groups.setdefault(rounded(candidate.numbers), []).append(candidate)
    return [
        Explanation(slip.kind, slip.sentence(sweep, group), frozenset(map(place_of, group)))
        for group in groups.values()
    ]


def _fits(claimed: Sequence[Digits], numbers: Sequence[float], right: Sequence[float]) -> bool:
    """Whether the claim is what a slip leads to, and that is not right."""
    if all(_same(a, b) for a, b in zip(numbers, right, strict=True)):
        return False
    return all(
        admits(digits, n, n, float(FLOAT_DIGITS) * max(abs(n), abs(r)))
        for digits, n, r in zip(claimed, numbers, right, strict=True)
    )


def _same(a: float, b: float) -> bool:
    return abs(a - b) <= float(FLOAT_DIGITS) * max(abs(a), abs(b))


def _distinct(parts: Sequence[tuple[float, ...]], right: Sequence[float]) -> dict[tuple[str, ...], tuple[float, ...]]:
    """The different results of slips, by what they share up to rounding, without those that change nothing."""
    found = {rounded(part): part for part in parts}
    return {key: part for key, part in found.items() if not all(map(_same, part, right))}


def _chance(claimed: Sequence[Digits], numbers: Sequence[float], right: Sequence[float]) -> float:
    """How probable it is that random numbers of the size and the precision of the claim fit the numbers of a slip."""
    chance = 1.0
    for digits, number, answer in zip(claimed, numbers, right, strict=True):
        size = max(abs(digits.value), abs(Fraction(answer)))
        unit = digits.unit or size * FLOAT_DIGITS
        if not unit:
            continue
        if abs(number) > size + unit:
            return 0.0
        steps = Fraction(number) / unit
        fitting = 1 if abs(steps - round(steps)) <= FLOAT_DIGITS * (1 + abs(steps)) else 2
        chance *= min(1.0, float(Fraction(fitting) / (2 * floor(size / unit) + 1)))
    return chance
