"""Directions u and v for which u' H v is asked: every entry of a small Hessian, a few products of a large one."""

from __future__ import annotations

import math
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from gradcli.methods.base import unit_vector

EVERY_ENTRY = 6
"""With so many input elements the second differences look at every entry of the Hessian, else at a few products."""
PAIRS = 3

Direction = list[float]
"""Over all elements of all inputs, in order, row-major."""


@dataclass(frozen=True)
class Question:
    """u' H v as ours says it, and as the other way does if there is one."""

    u: Direction
    v: Direction
    ours: float
    other: float | None = None

    def lines(self) -> tuple[tuple[Direction, float], ...]:
        """Lines whose weighted second derivatives are u' H v (polarisation)."""
        if self.u == self.v:
            return ((self.u, 1.0),)
        both = [a + b for a, b in zip(self.u, self.v, strict=True)]
        apart = [a - b for a, b in zip(self.u, self.v, strict=True)]
        return ((both, 0.25), (apart, -0.25))


def pairs(count: int) -> Iterator[tuple[Direction, Direction]]:
    """Directions u, v that tell every entry where there are few, else a few of signs, u and v independent."""
    if count > EVERY_ENTRY:
        signs = random.Random(22)
        for _ in range(PAIRS):
            yield ([signs.choice((-1.0, 1.0)) for _ in range(count)], [signs.choice((-1.0, 1.0)) for _ in range(count)])
        return
    units = [unit_vector(count, hot) for hot in range(count)]
    yield from ((units[i], units[j]) for i in range(count) for j in range(i, count))


def product(u: Direction, entries: Sequence[float], v: Direction) -> float:
    """u' H v."""
    count = len(u)
    rows, columns = ([k for k in range(count) if direction[k]] for direction in (u, v))
    return math.fsum(u[i] * entries[i * count + j] * v[j] for i in rows for j in columns)


def probes(count: int) -> Iterator[Direction]:
    """Directions u that tell every component of a product where there are few, else a few of signs."""
    if count <= EVERY_ENTRY:
        yield from (unit_vector(count, hot) for hot in range(count))
        return
    signs = random.Random(23)
    yield from ([signs.choice((-1.0, 1.0)) for _ in range(count)] for _ in range(PAIRS))
