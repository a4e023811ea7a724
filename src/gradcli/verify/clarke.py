"""Clarke's generalised gradient by component, enclosed: one reverse sweep in which a primitive on its kink has all the
slopes between its one-sided derivatives, and every other one its partials in balls.

By the chain rule of Clarke, Optimization and Nonsmooth Analysis (1990, theorem 2.3.9) the result holds the set; it may
be wider, because the sweep forgets that two arguments are the same.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

from gradcli.carriers.intervals import Interval, Intervals
from gradcli.carriers.tape import Tape, tape_of
from gradcli.errors import Unstated
from gradcli.methods.base import flatten, unflatten, unit_vector
from gradcli.methods.enclosures import flat, too_large, working
from gradcli.methods.reverse import adjoint_of, adjoints_of, contribution_to, unbroadcast
from gradcli.primitives.declare import Value
from gradcli.problem import Problem
from gradcli.shapes import Shape, size
from gradcli.verify.side_sweep import kink_tangent

BITS = 128
MOST_SLOPES = 2048
"""Of the local Jacobian of one node; each is two one-sided derivatives."""
THIN = 1e-15
"""Relative width below which an interval is one number, as far as a float64 can tell."""

Range = tuple[float, float]


class _TooMany(Exception):
    """A node on a kink has more slopes than can be asked for."""


class Slopes(NamedTuple):
    """Lowest and highest slope of each element of a node by each of an argument (a row each), and which elements of the
    node are on the kink."""

    low: Any
    high: Any
    on: Any


def clarke_ranges(problem: Problem, tape: Tape) -> dict[str, list[Range]] | None:
    """An interval a component that holds Clarke's set, with ends rounded to float64; inputs in order, row-major.

    `tape` says which nodes are on their kinks. None where there is none: a primitive jumps there or has an infinite
    slope, balls cannot state the graph, or it is too large.
    """
    kinks = set(tape.kinks())
    if too_large(problem) or any(k is None or k.sides is None for k in (tape.primitive(n).kink for n in kinks)):
        return None

    def contribute(inner: Tape, node: int, position: int, cotangent: Value) -> Value | None:
        if node not in kinks or not tape.primitive(node).rule.depends_on(position):
            return contribution_to(inner, node, position, cotangent)
        return _spread(inner, _slopes(tape, node, position), node, position, cotangent)

    graph = problem.graph
    with working(BITS):
        m = Intervals(problem.dtype)
        try:
            inner = tape_of(problem, m)
            sources = [graph.inputs[name] for name in problem.wrt]
            adjoints = adjoints_of(problem, inner, sources, contribute)
        except (Unstated, _TooMany):
            return None
        found = {}
        for name in problem.wrt:
            adjoint = adjoint_of(adjoints, graph.inputs[name])
            elements = flat(m.zeros(problem.input_shape(name)) if adjoint is None else adjoint)
            found[name] = [_range(element) for element in elements]
    finite = all(map(math.isfinite, (end for ranges in found.values() for pair in ranges for end in pair)))
    return found if finite else None


def _slopes(tape: Tape, node: int, position: int) -> Slopes:
    """By the declared sides along each axis, in both directions."""
    import numpy

    m, primitive, out = tape.carrier, tape.primitive(node), tape.graph.shapes[node]
    arguments = tape.arguments(node)
    kink = primitive.kink
    assert kink is not None
    shape = m.shape(arguments[position])

    def sides(sign: int) -> Any:
        def side(tangent: Value) -> Value:
            tangents = [m.zeros(m.shape(v)) for v in arguments]
            tangents[position] = tangent if sign > 0 else -tangent
            return kink_tangent(tape, node, tuple(tangents))

        found = m.over_directions(side, units, size(out))
        return numpy.array([[sign * s for s in flatten(m.nested(one))] for one in found])

    count = size(shape)
    if primitive.elementwise:
        directions = [[1.0] * count]
    elif count * max(size(out), 1) > MOST_SLOPES:
        raise _TooMany
    else:
        directions = [unit_vector(count, hot) for hot in range(count)]
    units = [m.constant(unflatten(d, shape), shape) for d in directions]
    left, right = sides(-1), sides(+1)
    low, high = numpy.minimum(left, right), numpy.maximum(left, right)
    if kink.slopes is not None:
        low, high = numpy.minimum(low, kink.slopes[0]), numpy.maximum(high, kink.slopes[1])
    on = numpy.zeros(size(out), dtype=bool)
    for surface in kink.at(*arguments, *tape.graph.parameters[node]):
        zero = numpy.array(m.nested(surface)) == 0
        on |= numpy.broadcast_to(zero, tuple(int(d) for d in out)).ravel()
    return Slopes(low, high, on)


def _spread(tape: Tape, slopes: Slopes, node: int, position: int, cotangent: Value) -> Value | None:
    """The contribution of a node on its kink: its elements that are on it take all slopes, the others the rule's."""
    m, graph = tape.carrier, tape.graph
    shape = graph.shapes[graph.arguments[node][position]]
    if tape.primitive(node).elementwise:
        hulls = [_interval(m, low, high) for low, high in zip(slopes.low[0], slopes.high[0], strict=True)]
        if not slopes.on.all():
            partial = tape.partial(node, position)
            ordinary = flat(m.broadcast_to(partial, shape=graph.shapes[node]))
            hulls = [hull if on else ball for hull, ball, on in zip(hulls, ordinary, slopes.on, strict=True)]
        return unbroadcast(m, _laid_out(hulls, graph.shapes[node]) * cotangent, shape)
    weights = flat(cotangent)
    places = [k for k, on in enumerate(slopes.on) if on]
    sums = [
        sum((_interval(m, low[k], high[k]) * weights[k] for k in places), start=_interval(m, 0.0, 0.0))
        for low, high in zip(slopes.low, slopes.high, strict=True)
    ]
    found = _laid_out(sums, shape)
    if len(places) == len(weights):
        return found
    beside = [m.lift(0) if on else weight for on, weight in zip(slopes.on, weights, strict=True)]
    rest = contribution_to(tape, node, position, _laid_out(beside, graph.shapes[node]))
    return found if rest is None else found + rest


def _interval(m: Any, low: float, high: float) -> Any:
    return Interval(m.flint.arb(float(low)), m.flint.arb(float(high)))


def _laid_out(elements: list[Any], shape: Shape) -> Value:
    """Balls and intervals as a value of a shape."""
    import numpy

    if not shape:
        return elements[0]
    array = numpy.empty(len(elements), dtype=object)
    array[:] = elements
    return array.reshape([int(d) for d in shape])


def _range(element: Any) -> Range:
    """The ends as floats; one number where they are as near as rounding."""
    ends = (element.low, element.high) if isinstance(element, Interval) else (element.lower(), element.upper())
    low, high = map(float, ends)
    return (low, low) if abs(high - low) <= THIN * max(abs(low), abs(high)) else (low, high)


def wider(ranges: list[Range], ends: list[Range]) -> bool:
    """Whether a range reaches beyond the ends of the one-sided derivatives, by more than rounding."""
    return any(
        low < first - THIN * 1e3 * max(1.0, abs(first)) or high > last + THIN * 1e3 * max(1.0, abs(last))
        for (low, high), (first, last) in zip(ranges, ends, strict=True)
    )
