"""Where a sequence repeats itself: the same operations many times, as an unrolled loop or a long sum has them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass

WINDOW = 8
"""So many signs in a row are compared to find candidates for a period."""
CANDIDATES = 3
"""So many periods are tried in one sequence."""
LEAST_REPEATS = 3
LEAST_LENGTH = 12
"""A shorter repetition is drawn as it is."""


@dataclass(frozen=True, slots=True)
class Repetition:
    """`count` times the same `period` signs, from `start` on."""

    start: int
    period: int
    count: int

    @property
    def end(self) -> int:
        return self.start + self.period * self.count


def repetitions(signs: Sequence[Hashable], cost: Callable[[int], int]) -> list[Repetition]:
    """The parts of a sequence that repeat themselves, in order and disjoint.

    A repetition may be said to begin at any sign of its period: it begins where `cost` of the position is least.
    """
    found: list[Repetition] = []
    for period in candidates(signs):
        taken = sorted((one.start, one.end) for one in found)
        for start, end in gaps(taken, len(signs)):
            found += runs(signs, start, end, period, cost)
    return sorted(found, key=lambda one: one.start)


def candidates(signs: Sequence[Hashable]) -> list[int]:
    """The most frequent distances of a window of signs from its last occurrence."""
    width = max(1, min(WINDOW, len(signs) // LEAST_REPEATS))
    last: dict[int, int] = {}
    distances: Counter[int] = Counter()
    for start in range(len(signs) - width + 1):
        window = hash(tuple(signs[start : start + width]))
        if window in last:
            distances[start - last[window]] += 1
        last[window] = start
    return [period for period, _ in distances.most_common(CANDIDATES)]


def gaps(taken: Sequence[tuple[int, int]], length: int) -> Iterator[tuple[int, int]]:
    """What ranges leave free of 0 .. length."""
    at = 0
    for start, end in (*taken, (length, length)):
        if start > at:
            yield at, start
        at = end


def runs(
    signs: Sequence[Hashable], start: int, end: int, period: int, cost: Callable[[int], int]
) -> Iterator[Repetition]:
    """The repetitions with a period between two positions."""
    at = start
    while at + period < end:
        if signs[at] != signs[at + period]:
            at += 1
            continue
        stop = at
        while stop + period < end and signs[stop] == signs[stop + period]:
            stop += 1
        length = stop + period - at
        if length >= max(LEAST_REPEATS * period, LEAST_LENGTH):
            spare = length % period if length < (LEAST_REPEATS + 1) * period else period - 1
            begin = min(range(at, at + spare + 1), key=lambda place: (cost(place), place))
            yield Repetition(begin, period, (at + length - begin) // period)
        at = stop + period
