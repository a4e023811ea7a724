"""Reverse accumulation: adjoints against the graph (Griewank, Walther, Evaluating Derivatives, 2008, section 3.2)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from gradcli.carriers.base import Carrier
from gradcli.carriers.tape import Tape, tape_of
from gradcli.methods.transposition import transposed
from gradcli.primitives.declare import Elementwise, Linear, Value
from gradcli.problem import Derivative, Problem
from gradcli.shapes import Shape, unbroadcast_axes

Contribution = Callable[[Tape, int, int, Value], Value | None]
"""What a node's adjoint adds to the adjoint of one argument."""


def pull(
    tape: Tape, cotangents: Mapping[int, Value], sources: Iterable[int], contribute: Contribution | None = None
) -> list[Value | None]:
    """Adjoint of every node between the sources and the given cotangents; None is a structural zero.

    `contribute` stands in for the derivative rules (`contribution_to`).
    """
    contribute = contribute or contribution_to
    found: list[Value | None] = [None] * len(tape.values)
    for node, cotangent in cotangents.items():
        found[node] = cotangent
    active = tape.graph.dependents(sources, tape.nodes)
    accumulate = tape.carrier.accumulate
    for node in reversed(tape.nodes):
        cotangent = found[node]
        if cotangent is None or tape.graph.is_leaf(node):
            continue
        for position, argument in enumerate(tape.graph.arguments[node]):
            if argument in active:
                contribution = contribute(tape, node, position, cotangent)
                if contribution is not None:
                    known = found[argument]
                    found[argument] = contribution if known is None else accumulate(known, contribution)
    return found


def contribution_to(tape: Tape, node: int, position: int, cotangent: Value) -> Value | None:
    """What a node's adjoint adds to the adjoint of one argument, in that argument's shape; None for nothing."""
    rule = tape.primitive(node).rule
    m = tape.carrier
    if not rule.depends_on(position):
        return None
    if isinstance(rule, Elementwise):
        partial = tape.partial(node, position)
        contribution = None if partial is None else partial * cotangent
    elif isinstance(rule, Linear):
        contribution = rule.transpose(m, cotangent, position, tape.arguments(node), tape.graph.parameters[node])
    else:
        contribution = transposed(tape, node, position, cotangent)
    if contribution is None:
        return None
    return unbroadcast(m, contribution, tape.graph.shapes[tape.graph.arguments[node][position]])


def unbroadcast(m: Carrier, cotangent: Value, shape: Shape) -> Value:
    """A cotangent summed over the axes along which its argument was repeated."""
    given = m.shape(cotangent)
    if given == shape:
        return cotangent
    axes = unbroadcast_axes(given, shape)
    summed = m.sum(cotangent, axis=axes, keepdim=False) if axes else cotangent
    return summed if m.shape(summed) == shape else m.reshape(summed, shape=shape)


def vjp(problem: Problem, carrier: Carrier) -> tuple[Value, dict[str, Value]]:
    """The value, and u' J in the inputs' shapes for the problem's cotangent u: one reverse sweep."""
    graph = problem.graph
    tape = tape_of(problem, carrier)
    adjoints = adjoints_of(problem, tape, [graph.inputs[name] for name in problem.wrt])
    return tape.values[problem.output], input_adjoints(problem, carrier, adjoints)


def input_adjoints(problem: Problem, carrier: Carrier, adjoints: Sequence[Value | None]) -> dict[str, Value]:
    """The adjoints of the inputs to differentiate by, zeros where the output does not depend on one."""
    found = ((name, adjoint_of(adjoints, problem.graph.inputs[name])) for name in problem.wrt)
    return {name: carrier.zeros(problem.input_shape(name)) if a is None else a for name, a in found}


def adjoints_of(
    problem: Problem, tape: Tape, sources: Iterable[int], contribute: Contribution | None = None
) -> list[Value | None]:
    """`pull` from the output of a problem, which its cotangent weighs."""
    return pull(tape, {problem.output: output_cotangent(tape.carrier, problem)}, sources, contribute)


def adjoint_of(adjoints: Sequence[Value | None], node: int) -> Value | None:
    """A node's adjoint; None where the output does not depend on it."""
    return adjoints[node] if node < len(adjoints) else None


class Reverse:
    """One evaluation that keeps every intermediate, one sweep back."""

    name = "reverse"
    independent = False

    def differentiate(self, problem: Problem, carrier: Carrier) -> Derivative:
        """The adjoints of the inputs."""
        tape = tape_of(problem, carrier)
        sources = [problem.graph.inputs[name] for name in problem.wrt]
        return self.swept(problem, tape, adjoints_of(problem, tape, sources))

    def swept(self, problem: Problem, tape: Tape, adjoints: Sequence[Value | None]) -> Derivative:
        """The derivative where both sweeps are done."""
        carrier = tape.carrier
        gradient = {name: carrier.nested(a) for name, a in input_adjoints(problem, carrier, adjoints).items()}
        value = carrier.nested(tape.values[problem.output])
        return Derivative(self.name, value=value, gradient=gradient, sweeps="1 reverse")


def output_cotangent(carrier: Carrier, problem: Problem) -> Value:
    """The cotangent that the reverse sweep begins with: 1 for a scalar output."""
    return carrier.constant(1.0 if problem.cotangent is None else problem.cotangent, problem.output_shape)


METHOD = Reverse()
