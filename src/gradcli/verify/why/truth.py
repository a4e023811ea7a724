"""What a value and a derivative truly are at the point, whatever floats make of them.

The value is the primal in mpmath at rising precision. The derivative that is stated is the central difference of that
primal, in which no rule takes part; adjoints by our rules at that precision say only where digits were lost.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cached_property
from time import perf_counter
from typing import Any

from gradcli.carriers.base import Carrier
from gradcli.carriers.precise import Precise
from gradcli.carriers.tape import Tape, evaluate, input_values
from gradcli.graph import CONSTANT
from gradcli.methods.base import flatten, unflatten, weigh
from gradcli.methods.reverse import output_cotangent, pull
from gradcli.primitives.declare import Primitive, Value
from gradcli.problem import Nested, Problem
from gradcli.shapes import size

PRECISIONS = (60, 240, 960, 1600)
"""Decimal digits. tanh(800) differs from 1 in the 695th."""
MOST_ELEMENTS = 60_000
"""Of all nodes together: some seconds. A higher precision is for graphs of a tenth as many."""
PATIENCE = 0.02
"""Seconds a hundred elements that one precision may take for the next to be tried: for gamma and its kin that takes a
thousand times as long."""
TURN = threading.RLock()
"""mpmath has one precision for all threads."""

Number = Any
"""An mpmath number."""


@contextmanager
def digits(count: int) -> Iterator[Any]:
    """mpmath at so many decimal digits."""
    import mpmath

    with TURN, mpmath.workdps(count):
        yield mpmath


class Truth:
    """A problem at high precision. The point is taken as the dtype holds it: exactly those numbers."""

    def __init__(self, problem: Problem, carrier: Carrier) -> None:
        self.problem = problem
        self.carrier = carrier
        self.point = {name: held(value, carrier.dtype) for name, value in problem.point.items()}
        self._last = PRECISIONS[0]
        self._reached = PRECISIONS[0]
        self.nodes = problem.graph.ancestors([problem.output])

    @cached_property
    def refusal(self) -> str:
        """Why nothing is known; empty if it is."""
        graph = self.problem.graph
        for node in self.nodes:
            operation = graph.operations[node]
            if isinstance(operation, Primitive) and not (
                (operation.sympy if operation.elementwise else operation.array) or operation.definition
            ):
                return f"{operation.name} has no high-precision form"
        if self.count > MOST_ELEMENTS:
            return f"the graph has {self.count} elements, at most {MOST_ELEMENTS} are computed with high precision"
        return ""

    @cached_property
    def count(self) -> int:
        """Elements of all nodes together."""
        return sum(int(size(self.problem.graph.shapes[node])) for node in self.nodes)

    @cached_property
    def precisions(self) -> tuple[int, ...]:
        """Decimal digits that the size of the graph allows."""
        if self.refusal:
            return PRECISIONS[:2]
        steps = sum(self.count * 10**k <= MOST_ELEMENTS for k in range(1, len(PRECISIONS) - 1))
        return PRECISIONS[: 2 + steps]

    @cached_property
    def _depth(self) -> int:
        """The precision of a whole tape: that at which the value settles."""
        return self._reached if self.value is not None else PRECISIONS[0]

    @cached_property
    def value(self) -> Number | None:
        """The weighted output; None where it is not known."""
        found = self._settled(lambda: self._weighted(self.point))
        self._reached = self._last
        return found

    @cached_property
    def tape(self) -> Tape | None:
        """All values, at one precision."""
        if self.refusal:
            return None
        with digits(self._depth):
            return self._tape(self.point)

    @cached_property
    def adjoints(self) -> list[Value | None] | None:
        """Adjoints by our rules, of every node but the constants."""
        tape = self.tape
        if tape is None:
            return None
        graph = self.problem.graph
        with digits(self._depth):
            sources = [node for node in self.nodes if graph.operations[node] is not CONSTANT]
            return pull(tape, {self.problem.output: output_cotangent(tape.carrier, self.problem)}, sources)

    def derivative(self, name: str, element: int) -> Number | None:
        """The derivative by one element of an input: the central difference of the primal. None where it is not known,
        as at a kink."""

        def difference() -> Number:
            import mpmath

            numbers = flatten(self.point[name])
            step = (abs(mpmath.mpf(numbers[element])) or 1) * mpmath.mpf(10) ** -(mpmath.mp.dps // 4)
            sides = [self._weighted({**self.point, name: self._moved(name, element, s * step)}) for s in (1, -1)]
            return (sides[0] - sides[1]) / (2 * step)

        return self._settled(difference)

    def outputs(self, point: Mapping[str, Nested]) -> Value:
        """The output at any point, at the precision that is set."""
        return self._tape(point).values[self.problem.output]

    def _moved(self, name: str, element: int, step: Number) -> Nested:
        import mpmath

        numbers = [mpmath.mpf(number) for number in flatten(self.point[name])]
        numbers[element] += step
        return unflatten(numbers, self.problem.input_shape(name))

    def _settled(self, compute: Any) -> Number | None:
        """What two precisions agree on to 15 digits; 0 where it vanishes at the highest; else None."""
        if self.refusal:
            return None
        known: Any = None
        for count in self.precisions:
            self._last = count
            start = perf_counter()
            with digits(count) as mpmath:
                found = compute()
                slow = perf_counter() - start > PATIENCE * max(1, self.count / 100)
                if not mpmath.isfinite(found):
                    # 1 - sigmoid(800) is 0 at too low a precision, and has no logarithm.
                    known = None
                    continue
                if known is not None and found and abs(found - known) <= abs(found) * mpmath.mpf(10) ** -15:
                    return found
                if count == self.precisions[-1]:
                    vanishes = abs(found) <= mpmath.mpf(10) ** -(count // 2)
                    return mpmath.mpf(0) if vanishes else None
                if slow and count != PRECISIONS[0]:
                    self.precisions = self.precisions[: self.precisions.index(count) + 1]
                    return None
                known = found
        return None

    def _weighted(self, point: Mapping[str, Nested]) -> Number:
        tape = self._tape(point)
        m, problem = tape.carrier, self.problem
        return weigh(m, problem.cotangent, problem.output_shape, tape.values[problem.output])

    def _tape(self, point: Mapping[str, Nested]) -> Tape:
        """The graph on mpmath numbers. What is held (detach) keeps its value at the point."""
        graph, m = self.problem.graph, Precise()
        held_nodes = self._held(m) if point is not self.point else {}
        return evaluate(graph, [self.problem.output], m, input_values(graph, m, point), held_nodes, self.nodes)

    def _held(self, m: Precise) -> dict[int, Value]:
        graph = self.problem.graph
        detached = [n for n in self.nodes if isinstance(o := graph.operations[n], Primitive) and o.holds_value]
        if not detached:
            return {}
        tape = evaluate(graph, detached, m, input_values(graph, m, self.point))
        return {node: tape.values[node] for node in detached}


def held(value: Nested, dtype: str) -> Nested:
    """A point as a dtype holds it."""
    if dtype == "float64":
        return value
    import numpy

    return numpy.asarray(value, dtype=dtype).astype("float64").tolist()


def written(number: Number) -> str:
    """An mpmath number in a few digits: 4.24835425529159e-18, 3.7e-348."""
    import mpmath

    return str(mpmath.nstr(number, 6, min_fixed=-4, max_fixed=7)).removesuffix(".0").replace(".0e", "e")
