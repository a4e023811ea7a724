"""A comparison at many points of a region: the worst error of each method, and what is said of the points."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from gradcli.carriers.base import Carrier
from gradcli.errors import DomainError, ExitStatus
from gradcli.methods.base import unflatten
from gradcli.problem import Nested, Problem
from gradcli.shapes import size
from gradcli.verify.comparison import Comparison, compare
from gradcli.verify.reference import Gate, Row
from gradcli.verify.verdict import require_number
from gradcli.verify.witnesses import SEVERITY, Verdict

OUTSIDE = "outside the domain"


class Interval(NamedTuple):
    """Where every element of an input is drawn from, all numbers alike."""

    low: float
    high: float


@dataclass
class Worst:
    """A method over all points: its largest error with the point it is at, how often it answered and was off."""

    method: str
    row: Row | None = None
    point: Mapping[str, Nested] = field(default_factory=dict)
    answered: int = 0
    off: int = 0
    seconds: float = 0.0


@dataclass
class Survey:
    """The comparison over a region. `counts` holds the verdicts by word, and the points outside the domain. `first` is
    the worst verdict with its point: of equal ones the first."""

    problem: Problem
    points: int
    methods: list[Worst]
    counts: Counter[str]
    first: tuple[Mapping[str, Nested], Verdict]
    measured: bool
    gate: Gate | None

    @property
    def word(self) -> str:
        """The worst verdict that says something of the methods; a point without a derivative says nothing."""
        met = [word for word in SEVERITY if self.counts[word]]
        telling = [word for word in met if word not in ("undefined", "kink")]
        return (telling or met)[0]

    @property
    def status(self) -> ExitStatus:
        """1 if a comparison failed, 3 if no point has a derivative, else 0."""
        words = {"wrong": ExitStatus.FAILED, "undefined": ExitStatus.UNDEFINED}
        return words.get(self.word, ExitStatus.ANSWERED)


def survey(
    problem: Problem,
    carrier: Carrier,
    names: Sequence[str],
    region: Mapping[str, Interval],
    points: int,
    seed: int,
    gate: Gate | None,
    progress: Callable[[int], None],
) -> Survey:
    """Compare at random points of the region. Raises DomainError if none of them is in the domain."""
    worst = {name: Worst(name) for name in names}
    counts: Counter[str] = Counter()
    first: tuple[Mapping[str, Nested], Verdict] | None = None
    refused: DomainError | None = None
    measured = False
    for number, point in enumerate(draw(problem, region, points, seed)):
        progress(number)
        here = replace(problem, point=point)
        try:
            require_number(here, carrier, "")
        except DomainError as error:
            counts[OUTSIDE] += 1
            refused = refused or error
            continue
        found = compare(here, carrier, names, gate, calls=1)
        counts[found.verdict.word] += 1
        measured = measured or found.truth is not None
        drawn = {name: point[name] for name in region}
        if first is None or SEVERITY.index(found.verdict.word) < SEVERITY.index(first[1].word):
            first = drawn, found.verdict
        keep_worst(worst, found, drawn)
    if first is None:
        raise outside(region, points, refused)
    return Survey(problem, points, list(worst.values()), counts, first, measured, gate)


def draw(problem: Problem, region: Mapping[str, Interval], points: int, seed: int) -> Iterator[dict[str, Nested]]:
    """Random points: the inputs of the region uniform in their interval, the others as they are bound."""
    source = random.Random(seed)
    for _ in range(points):
        point = dict(problem.point)
        for name, interval in region.items():
            shape = problem.input_shape(name)
            point[name] = unflatten([source.uniform(*interval) for _ in range(size(shape))], shape)
        yield point


def keep_worst(worst: Mapping[str, Worst], found: Comparison, point: Mapping[str, Nested]) -> None:
    """Note what each method did at a point. Where there is no derivative, nothing is measured."""
    for row in found.rows:
        total = worst[row.derivative.method]
        total.seconds += row.derivative.seconds
        if not row.derivative.answered or found.verdict.word in ("kink", "undefined"):
            continue
        total.answered += 1
        total.off += not row.agrees
        if total.row is None or badness(row) > badness(total.row):
            total.row, total.point = row, point


def badness(row: Row) -> tuple[bool, float, float]:
    """Rows off their tolerance first, then by ulps, then by difference."""
    return not row.agrees, row.ulps or 0.0, row.difference or 0.0


def outside(region: Mapping[str, Interval], points: int, refused: DomainError | None) -> DomainError:
    """The error for a region that no drawn point of is in the domain."""
    text = region_text(region)
    because = f": {refused.message}" if refused is not None else ""
    many = f"none of the {points} points drawn from" if points > 1 else "the point drawn from"
    lies = "lies" if points > 1 else "does not lie"
    return DomainError(f"{many} {text} {lies} in the domain{because}", hint="choose another --region")


def region_text(region: Mapping[str, Interval]) -> str:
    """As it is typed."""
    return ",".join(f"{name}={low:g}..{high:g}" for name, (low, high) in region.items())
