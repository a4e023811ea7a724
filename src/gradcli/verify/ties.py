"""Which nodes stand on their kinks, decided on the numbers as they are written, not on floats.

In floats 0.1*3 - 0.3 is not 0, and 1 - 1.00000000000000000001 is. Where floats come near a kink, the graph is evaluated
in fractions and balls, and every number that a kink depends on is rounded once: equal numbers to one float, different
ones to different floats.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from functools import cmp_to_key
from itertools import product
from typing import Any, NamedTuple

from gradcli.carriers.floats import Floats
from gradcli.carriers.running import Running
from gradcli.carriers.tape import Tape, tape_of
from gradcli.errors import Unstated
from gradcli.methods.base import flatten, unflatten
from gradcli.methods.rounding import BOUND
from gradcli.problem import Problem

PRECISIONS = (256, 2048)
"""In bits. What balls of the last cannot tell apart is taken for equal."""
WHOLE = 2.0**50
"""Below it, halves and whole numbers are not all floats."""
LARGEST = 2**1023

Number = Any
"""An `fmpq` or an `arb`."""


class Ties(NamedTuple):
    """A tape whose floats are on a kink where the numbers as written are. `certain`: whether all ties are proven, and
    not only balls that cannot be told apart."""

    tape: Tape
    certain: bool = True


def ties_as_written(problem: Problem, tape: Tape) -> Ties:
    """The tape as it is where nothing is near a kink, or where balls cannot state the graph."""
    if not near_a_kink(problem, tape):
        return Ties(tape)
    from gradcli.methods.enclosures import too_large

    if too_large(problem):
        return Ties(tape)
    try:
        return _rounded_once(problem, tape)
    except Unstated:
        return Ties(tape)


def near_a_kink(problem: Problem, tape: Tape) -> bool:
    """Whether a node is on its kink, or may be but for rounding. Loads nothing for a graph of scalars."""
    nodes = tape.with_kinks()
    if not nodes or tape.kinks():
        return bool(nodes)
    if not isinstance(tape.carrier, Floats):
        return True
    m = Running()
    bounds = tape_of(problem, m)
    return any(_may_touch(bounds, node) for node in nodes)


def _may_touch(bounds: Tape, node: int) -> bool:
    """Whether a kink is between the ends of what the arguments may be."""
    primitive, parameters = bounds.primitive(node), bounds.graph.parameters[node]
    kink = primitive.kink
    assert kink is not None
    pairs = [(a.value, BOUND * a.error) for a in bounds.arguments(node)]
    corners = list(product(*(dict.fromkeys((v - error, v, v + error)) for v, error in pairs)))
    if len(corners) == 1 or not all(math.isfinite(x) for corner in corners for x in corner):
        return len(corners) > 1
    if kink.quotient is not None:
        quotients = [kink.quotient(*corner, *parameters) for corner in corners]
        whole = [math.floor(q) if math.isfinite(q) else q for q in quotients]
        return len(set(whole)) > 1 or any(q == w for q, w in zip(quotients, whole, strict=True))
    if kink.sides is None:
        inner = Floats()
        if primitive.locally_constant and len({inner.apply(primitive, c, parameters) for c in corners}) > 1:
            return True
    levels = zip(*(kink.at(*corner, *parameters) for corner in corners), strict=True)
    return any(min(numbers) <= 0.0 <= max(numbers) for numbers in levels)


def _rounded_once(problem: Problem, tape: Tape) -> Ties:
    """Raises Unstated."""
    from gradcli.carriers.rationals import Rationals
    from gradcli.methods.enclosures import working

    graph = problem.graph
    for bits in PRECISIONS:
        with working(bits):
            m = Rationals(problem.dtype)
            exact = tape_of(problem, m)
            order = _Order(tape.carrier.dtype)
            values = _values(tape, exact, order)
            surfaces = _surfaces(tape, exact, order)
            known = order.certain and all(map(_narrow, _flat(exact.values[problem.output])))
            if known or bits == PRECISIONS[-1]:
                return Ties(Tape(graph, tape.carrier, tape.nodes, values, surfaces), order.certain)
    raise AssertionError


class _Order:
    """Numbers in order, with a float for each: the nearest one that is no other's."""

    def __init__(self, dtype: str) -> None:
        import numpy

        self.dtype: Any = numpy.dtype(dtype)
        self.certain = True

    def compare(self, a: Number, b: Number) -> int:
        """-1, 0 or 1; 0 also where the balls overlap, which is then not certain."""
        if a is b or a == b:
            return 0
        if a < b:
            return -1
        if a > b:
            return 1
        self.certain = False
        return 0

    def floats(self, numbers: Sequence[Number], fixed: Sequence[float]) -> list[float]:
        """The float of each number. Those of `fixed`, which are floats, are their own."""
        import flint

        places: list[tuple[Number, int]] = [(flint.arb(x), -1) for x in fixed]
        places += [(number, k) for k, number in enumerate(numbers)]
        ascending = cmp_to_key(self.compare)
        places.sort(key=lambda pair: ascending(pair[0]))
        held: list[tuple[float, bool]] = []
        members: list[list[int]] = []
        for place, (number, k) in enumerate(places):
            if not place or self.compare(places[place - 1][0], number):
                held.append((self._nearest(number), False))
                members.append([])
            if k >= 0:
                members[-1].append(k)
            else:
                held[-1] = (float(number), True)
        found = [math.nan] * len(numbers)
        for x, group in zip(self._parted(held), members, strict=True):
            for k in group:
                found[k] = x
        return found

    def _nearest(self, number: Number) -> float:
        return float(self.dtype.type(float(number)))

    def _parted(self, held: Sequence[tuple[float, bool]]) -> list[float]:
        """Ascending floats without two that are equal: those that are not fixed give way."""
        apart = [x for x, _ in held]
        for k in range(1, len(held)):
            if held[k][1]:
                for below in range(k - 1, -1, -1):
                    if apart[below] < apart[below + 1]:
                        break
                    apart[below] = self._beside(apart[below + 1], -math.inf)
            elif apart[k] <= apart[k - 1]:
                apart[k] = self._beside(apart[k - 1], math.inf)
        return apart

    def _beside(self, x: float, towards: float) -> float:
        import numpy

        return float(numpy.nextafter(self.dtype.type(x), self.dtype.type(towards)))


def _values(tape: Tape, exact: Tape, order: _Order) -> list[Any]:
    """The tape's values, each the float nearest to the true one; where kinks depend on them, parted."""
    graph = tape.graph
    nodes = tape.with_kinks()
    compared = dict.fromkeys(a for node in nodes for a in graph.arguments[node])
    numbers = {node: _flat(exact.values[node]) for node in tape.nodes}
    known = [(node, k) for node in compared for k, number in enumerate(numbers[node]) if _narrow(number)]
    chosen = [numbers[node][k] for node, k in known]
    fixed = [0.0]
    if any(_jumps(tape, node) for node in nodes):
        fixed = sorted({0.0, *(x for number in chosen for x in _halves(float(number)))})
    apart = dict(zip(known, order.floats(chosen, fixed), strict=True))
    values = list(tape.values)
    for node in tape.nodes:
        floats = flatten(tape.carrier.nested(tape.values[node]))
        rounded = [
            apart[node, k] if (node, k) in apart else float(number) if _narrow(number) else x
            for k, (number, x) in enumerate(zip(numbers[node], floats, strict=True))
        ]
        if rounded != floats:
            shape = graph.shapes[node]
            values[node] = tape.carrier.constant(unflatten(rounded, shape), shape)
    return values


def _surfaces(tape: Tape, exact: Tape, order: _Order) -> dict[int, Any]:
    """Of the nodes whose arguments, once rounded, do not decide whether they are on a jump: 0 on it, 1 beside it."""
    found = {}
    for node in tape.with_kinks():
        kink, shape = tape.primitive(node).kink, tape.graph.shapes[node]
        if kink is not None and kink.quotient is not None:
            quotients = _flat(kink.quotient(*exact.arguments(node), *tape.graph.parameters[node]))
            beside = [_beside_jump(q, order) for q in quotients]
            found[node] = tape.carrier.constant(unflatten(beside, shape), shape)
    return found


def _beside_jump(quotient: Number, order: _Order) -> float:
    if hasattr(quotient, "q"):
        return float(quotient.q != 1)
    whole = bool(quotient.contains_integer())
    if whole and not quotient.is_exact():
        order.certain = False
    return float(not whole)


def _jumps(tape: Tape, node: int) -> bool:
    kink = tape.primitive(node).kink
    return kink is not None and kink.sides is None


def _halves(x: float) -> Iterator[float]:
    """The multiple of a half that is nearest to a number, where floats are finer."""
    if abs(x) < WHOLE:
        yield round(2 * x) / 2


def _narrow(number: Number) -> bool:
    """Whether one number is meant, as far as a float can tell: not the hull of two branches, nor none."""
    if not abs(number) < LARGEST:
        return False
    return not hasattr(number, "rad") or number.rad() <= abs(number).upper() * 2.0**-80 + 2.0**-200


def _flat(value: Any) -> list[Number]:
    return list(value.ravel()) if hasattr(value, "ravel") else [value]
