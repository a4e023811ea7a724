"""What both sweeps cost: they run on a carrier that counts instead of computing, so that nothing is stated twice.

Forward: all directions move along with one evaluation, and the values, partials and tangents of a node are dropped
after their last use; nothing is kept. Reverse: one evaluation keeps the values that the sweeps back read. Griewank and
Walther, Evaluating Derivatives (2008), sections 3.1 and 3.2 for the sweeps, chapter 4 for their cost.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from gradcli.carriers.counting import Counting, Sized
from gradcli.carriers.tape import Tape, evaluate
from gradcli.errors import ShapeError
from gradcli.graph import CONSTANT, Graph
from gradcli.methods.forward import push
from gradcli.methods.reverse import pull
from gradcli.polynomials import ZERO, Polynomial, elements
from gradcli.primitives.declare import NOTHING, Cost
from gradcli.shapes import Shape


@dataclass(frozen=True)
class Function:
    """All outputs of a graph as one function of the inputs that they need: `n` input and `m` output elements."""

    graph: Graph
    outputs: tuple[int, ...]
    sources: tuple[int, ...]

    @property
    def n(self) -> Polynomial:
        """The number of input elements: of sweeps forward."""
        return count(self.graph, self.sources)

    @property
    def m(self) -> Polynomial:
        """The number of output elements: of sweeps back."""
        return count(self.graph, self.outputs)


@dataclass(frozen=True)
class Row:
    """The cost of the Jacobian by one method, evaluation of the function included.

    `sweeps` is None for a method that makes none; `kept` counts values. `reason` says why a row has no counts.
    """

    method: str
    cost: Cost = NOTHING
    sweeps: Polynomial | None = None
    kept: Polynomial = ZERO
    reason: str = ""

    @property
    def operations(self) -> Polynomial:
        """What methods are compared by: multiplications and function calls together."""
        return self.cost.operations

    def at(self, symbol: str, size: int) -> Row:
        """The row for one size of a symbol."""
        cost = Cost(self.cost.multiplications.at(symbol, size), self.cost.calls.at(symbol, size))
        sweeps = None if self.sweeps is None else self.sweeps.at(symbol, size)
        return Row(self.method, cost, sweeps, self.kept.at(symbol, size), self.reason)


def function_of(graph: Graph, outputs: Sequence[int], wrt: Sequence[str]) -> Function:
    """The function of those inputs that the outputs need: the derivatives by the others are zero without a sweep."""
    needed = set(graph.ancestors(outputs))
    sources = tuple(graph.inputs[name] for name in wrt if graph.inputs[name] in needed)
    return Function(graph, tuple(dict.fromkeys(outputs)), sources)


def count(graph: Graph, nodes: Sequence[int]) -> Polynomial:
    """The number of elements of some nodes."""
    found = ZERO
    for node in nodes:
        found += elements(graph.shapes[node])
    return found


def intermediates(function: Function) -> Polynomial:
    """The number of values that are neither input nor constant: what a tape that keeps all of them holds."""
    graph = function.graph
    return count(graph, [node for node in graph.ancestors(function.outputs) if not graph.is_leaf(node)])


def counted_tape(function: Function) -> Tape:
    """The function evaluated on the counting carrier."""
    graph, m = function.graph, Counting()
    inputs = {node: Sized(m, graph.shapes[node]) for node in graph.inputs.values()}
    return evaluate(graph, function.outputs, m, inputs)


def both_sweeps(function: Function) -> tuple[Cost, Row, Row]:
    """The cost of the value alone, and of the Jacobian by forward and by reverse sweeps.

    Raises ShapeError where an operation has to know the size that a symbol stands for.
    """
    try:
        return counting(counted_tape(function)).spent(), forward(function), reverse(function)
    except ShapeError as error:
        cause = f"this cannot be counted with a symbol for a size: {error.message}"
        raise ShapeError(cause, hint="give numbers: --shape x=3,A=2,3") from None


def forward(function: Function) -> Row:
    """One sweep an input element. A sweep along one input touches only what depends on it."""
    tape = counted_tape(function)
    m = counting(tape)
    cost = m.spent()
    for source in function.sources:
        start = unit_direction(m, function.graph.shapes[source])
        push(tape, {source: start})
        first = m.spent()
        # The tape has the local partials now, and the second sweep shows what every further one takes.
        push(tape, {source: start})
        later = m.spent()
        cost += first - later + later * elements(start.shape)
    return Row("forward", cost, function.n)


def reverse(function: Function) -> Row:
    """One sweep an output element, back to what depends on the inputs."""
    tape = counted_tape(function)
    m = counting(tape)
    cost = m.spent()
    m.read.clear()
    for output in function.outputs:
        start = unit_direction(m, function.graph.shapes[output])
        pull(tape, {output: start}, function.sources)
        first = m.spent()
        pull(tape, {output: start}, function.sources)
        later = m.spent()
        cost += first - later + later * elements(start.shape)
    return Row("reverse", cost, function.m, kept_values(tape))


def unit_direction(m: Counting, shape: Shape) -> Sized:
    """What a sweep begins with: for a scalar the constant 1. Of a tensor no element is singled out."""
    return Sized(m, shape, unit=not shape)


def kept_values(tape: Tape) -> Polynomial:
    """The number of values, inputs included and constants not, that were operands since the evaluation."""
    graph, read = tape.graph, counting(tape).read
    return count(graph, [n for n in tape.nodes if tape.values[n] in read and graph.operations[n] is not CONSTANT])


def counting(tape: Tape) -> Counting:
    """The carrier of a counted tape."""
    assert isinstance(tape.carrier, Counting)
    return tape.carrier
