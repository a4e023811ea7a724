"""Where floats lose their digits: computed node values and adjoints beside the true ones in balls.

The condition number of a node is the relative change of its value for a relative change of its arguments by one: the
sum of |local partial * argument| over |value| (Higham, Accuracy and Stability of Numerical Algorithms, 2002, 1.6).
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from gradcli.carriers.balls import Balls
from gradcli.carriers.precision import LARGEST, SMALLEST
from gradcli.carriers.tape import Tape, tape_of
from gradcli.graph import CONSTANT, display_names
from gradcli.methods.differences import UNIT_ROUNDOFF
from gradcli.methods.enclosures import flat, working
from gradcli.methods.reverse import adjoint_of, adjoints_of, contribution_to
from gradcli.primitives.declare import Elementwise, Value
from gradcli.problem import Problem
from gradcli.syntax.text import format_node
from gradcli.verify.explain import expression_of

Array = Any
"""A NumPy array."""
UNDERFLOW_BITS = 64
LONGEST_NAME = 40

Ball = Any


@dataclass(frozen=True)
class Swept:
    """The values of a graph and its adjoints, on one carrier."""

    tape: Tape
    adjoints: Sequence[Value | None]

    def array(self, value: Value) -> Array:
        """A value as an array: of balls on balls, else of floats."""
        import numpy

        carrier = self.tape.carrier
        if isinstance(carrier, Balls):
            return numpy.asarray(value, dtype=object)
        return numpy.asarray(carrier.nested(value), dtype=float)


@dataclass(frozen=True)
class Loss:
    """The node at which digits go. `adjoint`: its value keeps them, and the derivative by it loses them."""

    node: int
    adjoint: bool


def swept_in_balls(problem: Problem, balls: Balls) -> Swept:
    """Values and adjoints of every node but the constants. Raises Unstated."""
    graph = problem.graph
    tape = tape_of(problem, balls)
    sources = [node for node in tape.nodes if graph.operations[node] is not CONSTANT]
    return Swept(tape, adjoints_of(problem, tape, sources))


def half_of_digits(dtype: str) -> float:
    """The relative error at which half of the digits are lost."""
    return float(UNIT_ROUNDOFF[dtype] ** 0.5)


def underflows(problem: Problem) -> bool:
    """Whether a value or an adjoint on the way may be too small for the dtype, which no bound of rounding counts. What
    cancels to a ball around 0 may be."""
    return any(
        not ball.is_zero() and bool(abs(ball) < SMALLEST[problem.dtype])
        for what, _, ball in _on_the_way(problem)
        if what in ("value", "adjoint")
    )


def out_of_range(problem: Problem) -> str:
    """The first value, local partial or adjoint that is too small or too large for the dtype, in words; empty if none
    is."""
    graph = problem.graph
    for what, node, ball in _on_the_way(problem):
        side = _size_of(ball, problem.dtype)
        if side:
            text = format_node(graph, node, display_names(graph, [problem.output]), 3)
            called = text if len(text) <= LONGEST_NAME else f"a {graph.operations[node].name}"
            lead = "" if what == "value" else f"{'an' if what == 'adjoint' else 'a'} {what} of "
            which = "underflows: it is smaller" if side < 0 else "overflows: it is larger"
            return f"{lead}{called} {which} than {problem.dtype} can hold"
    return ""


def _on_the_way(problem: Problem) -> Iterator[tuple[str, int, Ball]]:
    """Every element of every value, local partial and adjoint, as a rough ball."""
    graph = problem.graph
    with working(UNDERFLOW_BITS, problem.dtype) as balls:
        tape = tape_of(problem, balls)
        adjoints = adjoints_of(problem, tape, graph.inputs.values())
        found = [("value", node, tape.values[node]) for node in tape.nodes]
        for node in tape.nodes:
            if adjoints[node] is None or graph.is_leaf(node) or not isinstance(tape.primitive(node).rule, Elementwise):
                continue
            partials = [tape.partial(node, k) for k in range(len(graph.arguments[node]))]
            found += [("partial", node, balls.lift(p)) for p in partials if p is not None]
        found += [("adjoint", node, adjoints[node]) for node in tape.nodes if adjoints[node] is not None]
        for what, node, value in found:
            yield from ((what, node, ball) for ball in flat(value))


def _size_of(ball: Ball, dtype: str) -> int:
    """-1: smaller than floats of full precision; 1: larger than any float."""
    if ball.contains(0):
        return 0
    return -1 if abs(ball) < SMALLEST[dtype] else 1 if abs(ball) > LARGEST[dtype] else 0


def threshold(relative: float, dtype: str) -> float:
    """The relative error from which on a node has lost digits, where a number computed from it has lost so many."""
    return min(half_of_digits(dtype), relative / 4)


def losing_node(computed: Swept, true: Swept, least: float, derivative: bool) -> Loss | None:
    """Where the value, or a derivative, loses digits that were still there: where an error above `least` begins.

    Call it at the precision of the balls.
    """
    if not derivative:
        node = losing_value(computed, true, least, true.tape.nodes)
        return None if node is None else Loss(node, False)
    node = losing_adjoint(computed, true, least)
    if node is None:
        return None
    graph = true.tape.graph
    wrong = [user for user in true.tape.nodes if _passes_an_error(computed, true, least, user, node)]
    value = losing_value(computed, true, least, set(graph.ancestors(wrong))) if wrong else None
    return Loss(node, True) if value is None else Loss(value, False)


def losing_value(computed: Swept, true: Swept, least: float, within: Collection[int]) -> int | None:
    """The node that loses digits which its arguments have; of several, the one that changes the output most."""
    tape = computed.tape
    bad: dict[int, Array] = {}
    effects: dict[int, float] = {}
    for node in tape.nodes:
        if tape.graph.is_leaf(node) or node not in within:
            continue
        found, exact = computed.array(tape.values[node]), true.array(true.tape.values[node])
        mask = errors(found, exact) > least
        if mask.any():
            bad[node] = mask
            own = _own(tape, node, bad)
            adjoint = true.adjoints[node]
            if own.any() and adjoint is not None:
                effects[node] = _effect(found, exact, true.array(adjoint), own)
    return max(effects, key=lambda node: effects[node], default=None)


def losing_adjoint(computed: Swept, true: Swept, least: float) -> int | None:
    """The node nearest to the output whose adjoint is wrong although those of all its users are right."""
    for node in reversed(computed.tape.nodes):
        adjoint, exact = adjoint_of(computed.adjoints, node), adjoint_of(true.adjoints, node)
        if adjoint is None or exact is None:
            continue
        if (errors(computed.array(adjoint), true.array(exact)) > least).any():
            return node
    return None


def errors(found: Array, true: Array) -> Array:
    """The relative error of each element, at least. One that is zero in truth is seen beside the largest."""
    import numpy

    sizes = [float(ball.abs_upper()) for ball in true.ravel() if ball.is_finite() and not ball.contains(0)]
    largest = max(sizes, default=0.0)

    def one(number: float, ball: Ball) -> float:
        return error(number, ball, largest if ball.contains(0) else 0.0)

    return numpy.asarray(numpy.frompyfunc(one, 2, 1)(found.astype(object), true), dtype=float)


def error(found: float, true: Ball, size: float = 0.0) -> float:
    """The relative error of a float, at least: of the number (or `size`); 0 where the truth is not known."""
    if not true.is_finite():
        return 0.0
    if not math.isfinite(found):
        return math.inf
    gap, own = abs(true - found).abs_lower(), true.abs_upper()
    if gap == 0:
        return 0.0
    least = own if not own < size else own.__class__(size)
    return float((gap / least).lower()) if least > 0 else math.inf


def condition_number(tape: Tape, node: int) -> float | None:
    """Of an elementwise node on a tape of balls: the largest of its elements. None where it is not finite."""
    rule = tape.primitive(node).rule
    if not isinstance(rule, Elementwise):
        return None
    import numpy

    total: Any = 0
    for position, argument in enumerate(tape.graph.arguments[node]):
        partial = tape.partial(node, position)
        if partial is not None and tape.graph.operations[argument] is not CONSTANT:
            total = total + abs(tape.carrier.lift(partial) * tape.values[argument])
    pairs = numpy.broadcast_arrays(numpy.asarray(total, dtype=object), numpy.asarray(tape.values[node], dtype=object))
    numbers = [float((t / abs(v)).mid()) for t, v in zip(*(p.ravel() for p in pairs), strict=True) if not v.contains(0)]
    return max(numbers, default=None) if all(map(math.isfinite, numbers)) else None


def place_of(loss: Loss, true: Swept, computed: Swept, names: dict[int, str]) -> str:
    """The node in words, with its condition number."""
    text = expression_of(computed.tape, loss.node, names)
    name = names.get(loss.node)
    called = text if name is None or name == text else f"{name} = {text}"
    if loss.adjoint:
        return f"the adjoint of {called}: its contributions cancel"
    number = condition_number(true.tape, loss.node)
    return called if number is None else f"{called} (condition number {number:.0e})"


def _own(tape: Tape, node: int, bad: dict[int, Array]) -> Array:
    """The elements that are wrong although what they are computed from is right."""
    own = bad[node]
    for argument in tape.graph.arguments[node]:
        known = bad.get(argument)
        if known is not None:
            own = own & ~(known if tape.primitive(node).elementwise else known.any())
    return own


def _effect(found: Array, true: Array, adjoint: Array, own: Array) -> float:
    """What the errors of some elements do to the output, to first order."""
    import numpy

    change = numpy.asarray(abs((true - found.astype(object)) * adjoint), dtype=object)
    sizes = [float(c.abs_upper()) for c in numpy.broadcast_to(change, own.shape)[own]]
    return sum(size for size in sizes if not math.isnan(size))


def _passes_an_error(computed: Swept, true: Swept, least: float, user: int, node: int) -> bool:
    """Whether what a node's user contributes to its adjoint is wrong, and not only the sum."""
    graph = true.tape.graph
    adjoints = adjoint_of(computed.adjoints, user), adjoint_of(true.adjoints, user)
    if graph.is_leaf(user) or node not in graph.arguments[user] or any(adjoint is None for adjoint in adjoints):
        return False
    for position, argument in enumerate(graph.arguments[user]):
        if argument == node:
            found, exact = (
                contribution_to(swept.tape, user, position, adjoint)
                for swept, adjoint in zip((computed, true), adjoints, strict=True)
            )
            if found is None or exact is None:
                continue
            if (errors(computed.array(found), true.array(exact)) > least).any():
                return True
    return False
