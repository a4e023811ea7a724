"""Slopes to one side in balls, where rounding of floats hides that two of them differ, or makes them differ."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from gradcli.carriers.tape import tape_of
from gradcli.errors import Unstated
from gradcli.graph import Graph
from gradcli.primitives.declare import Primitive
from gradcli.problem import Nested, Problem
from gradcli.verify.side_sweep import tangent_from

BITS = (256, 6000)
"""The second where the first leaves it open whether something is 0."""
MOST_BITS = 60_000_000
"""Bits times scalar operations times directions: a second or two."""
NOTHING = 2.0**-64
"""The part of what is compared, below which an open difference is none."""

Ball = Any


class LinearForm(NamedTuple):
    """A sum of slopes, each by its place and with its weight, that may be 0; `largest`: of those that are compared."""

    weights: Mapping[int, float]
    largest: float


class Slopes(NamedTuple):
    """Slopes as floats, 0 where balls do not tell them from it, and which of the forms are not 0 (None: not known)."""

    slopes: list[float]
    differ: list[bool | None]


def slopes_in_balls(
    problem: Problem,
    kinks: set[int],
    moves: Sequence[tuple[Mapping[str, Nested], int]],
    forms: Sequence[LinearForm],
) -> Slopes | None:
    """The slopes along directions (+1) or their opposites (-1) of the function as it is written, with as many bits as
    decide the forms; None where balls do not state them, or it would take long."""
    from gradcli.methods.enclosures import operations

    if not moves or not all(_is_stated(problem.graph, node) for node in kinks):
        return None
    found = None
    work = operations(problem) * len(moves)
    for bits in BITS:
        if work * bits > MOST_BITS:
            break
        try:
            found, settled = _slopes_at(problem, kinks, moves, forms, bits)
        except Unstated:
            break
        if settled:
            break
    return found


def _slopes_at(
    problem: Problem,
    kinks: set[int],
    moves: Sequence[tuple[Mapping[str, Nested], int]],
    forms: Sequence[LinearForm],
    bits: int,
) -> tuple[Slopes, bool]:
    """The same at some bits, and whether more of them would decide nothing."""
    from gradcli.methods.enclosures import working

    with working(bits, problem.dtype) as balls:
        tape = tape_of(problem, balls)
        slopes = [tangent_from(problem, tape, kinks, direction, sign) for direction, sign in moves]
        gaps = [_sum(slopes, form) for form in forms]
        differ = [None if gap is None else _is_not_zero(gap, form) for gap, form in zip(gaps, forms, strict=True)]
        settled = all(gap is None or gap > 0 or gap.is_zero() for gap in gaps)
        floats = [0.0 if s is None or s.contains(0) else float(s) for s in slopes]
    return Slopes(floats, differ), settled


def _sum(slopes: Sequence[Ball | None], form: LinearForm) -> Ball | None:
    """The size of a form in balls; None at a jump."""
    total: Ball = 0
    for place, weight in form.weights.items():
        slope = slopes[place]
        if slope is None:
            return None
        total = total + weight * slope
    return abs(total)


def _is_not_zero(gap: Ball, form: LinearForm) -> bool | None:
    if gap > 0:
        return True
    return False if gap.is_zero() or gap < form.largest * NOTHING else None


def _is_stated(graph: Graph, node: int) -> bool:
    """Whether balls can take the one-sided derivatives of a node. Those of eigenvalues are found in tensors, and so is
    which elements of a reduction along an axis are tied."""
    operation = graph.operations[node]
    if not isinstance(operation, Primitive) or operation.kink is None or operation.kink.sides is None:
        return False
    return operation.elementwise or (operation.definition is not None and not graph.shapes[node])
