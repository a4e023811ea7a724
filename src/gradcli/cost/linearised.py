"""The linearised graph of a function: a vertex an element of every value, a weight an edge.

Griewank and Walther, Evaluating Derivatives (2008), chapter 9: the derivative of an output by an input is the sum over
all paths between them of the products of the weights. A weight is the number 1 or -1, or another, where an operation is
linear (an index, a sum, a mean), else NaN for "some number", which is what products and sums with it then are.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from gradcli.carriers.tape import Tape
from gradcli.cost.operations import Function, counted_tape, counting, unit_direction
from gradcli.methods.forward import tangent_of
from gradcli.methods.reverse import contribution_to
from gradcli.polynomials import elements
from gradcli.primitives.declare import NOTHING, Cost, Differential, Elementwise, Linear, Multilinear
from gradcli.shapes import Shape, size

MOST_VERTICES = 2000
MOST_EDGES = 200_000
SOME_NUMBER = math.nan

Entries = Iterable[tuple[int, int, float]]
"""Element of the result, element of the argument, weight."""


class TooLargeError(Exception):
    """The graph of single elements is not built; the message says why."""


@dataclass
class Linearised:
    """Weights by vertex and predecessor. Vertices are numbered in topological order; inputs and outputs are kept."""

    weights: list[dict[int, float]] = field(default_factory=list)
    inputs: list[int] = field(default_factory=list)
    outputs: list[int] = field(default_factory=list)

    def add_vertex(self) -> int:
        """A vertex without edges."""
        self.weights.append({})
        return len(self.weights) - 1

    def add(self, source: int, target: int, weight: float) -> None:
        """An edge; parallel edges are one with the sum of their weights."""
        row = self.weights[target]
        row[source] = row[source] + weight if source in row else weight


def linearise(function: Function, entries: Callable[[int, int], Entries]) -> Linearised:
    """The elements of every node that depends on the inputs, with the edges that `entries(node, position)` gives.

    Raises TooLargeError.
    """
    graph = function.graph
    active = active_nodes(function)
    require_small(function, active)
    found = Linearised()
    first: dict[int, int] = {}
    for node in active:
        first[node] = len(found.weights)
        vertices = [found.add_vertex() for _ in range(size(graph.shapes[node]))]
        if node in function.sources:
            found.inputs += vertices
            continue
        for position, argument in enumerate(graph.arguments[node]):
            if argument in first and carries(function, node, position):
                for target, source, weight in entries(node, position):
                    found.add(first[argument] + source, first[node] + target, weight)
    used = {source for row in found.weights for source in row}
    for output in function.outputs:
        for k in range(size(graph.shapes[output]) if output in first else 0):
            vertex = first[output] + k
            if vertex in used or vertex in found.inputs:
                # It leads on, or is an input: the output is a copy of it, which stays when it is eliminated.
                copy = found.add_vertex()
                found.add(vertex, copy, 1.0)
                vertex = copy
            found.outputs.append(vertex)
    return found


def active_nodes(function: Function) -> list[int]:
    """The nodes through which a derivative flows from an input to an output, in topological order."""
    graph = function.graph
    nodes = graph.ancestors(function.outputs)
    moving = set(function.sources)
    for node in nodes:
        arguments = enumerate(graph.arguments[node])
        if any(a in moving and carries(function, node, k) for k, a in arguments):
            moving.add(node)
    leading = set(function.outputs)
    for node in reversed(nodes):
        if node in leading:
            leading.update(a for k, a in enumerate(graph.arguments[node]) if carries(function, node, k))
    return [node for node in nodes if node in moving and (node in leading or node in function.sources)]


def carries(function: Function, node: int, position: int) -> bool:
    """Whether a derivative flows from this argument to the node."""
    operation: Any = function.graph.operations[node]
    return bool(operation.rule.depends_on(position))


def require_small(function: Function, active: Sequence[int]) -> None:
    """Raise TooLargeError for sizes that are not known, or too large."""
    shapes = [function.graph.shapes[node] for node in active]
    symbols = sorted({symbol for shape in shapes for symbol in elements(shape).symbols})
    if symbols:
        raise TooLargeError(f"needs numbers for {', '.join(symbols)}")
    vertices = sum(map(size, shapes))
    if vertices > MOST_VERTICES:
        raise TooLargeError(f"{vertices} elements, more than {MOST_VERTICES}")


class CountedEntries:
    """The entries of local Jacobians as weights, and what finding them costs.

    An elementwise operation costs its partials; each counts as a factor, even the 1 of a sum, as in the sweeps. The
    entries of a linear operation are constants and those of a product its other factor: they cost nothing. Those of any
    other operation take sweeps over it alone, forward or back, whichever is cheaper.
    """

    def __init__(self, function: Function) -> None:
        self.graph = function.graph
        self.tape = counted_tape(function)
        self.value = counting(self.tape).spent()
        self.cost = NOTHING
        self.edges = 0
        self._probe: Tape | None = None

    def __call__(self, node: int, position: int) -> Entries:
        """The entries of a node's Jacobian by one argument."""
        primitive = self.tape.primitive(node)
        rule = primitive.rule
        out, argument = self.graph.shapes[node], self.graph.shapes[self.graph.arguments[node][position]]
        if primitive.elementwise:
            # A choice passes on what it takes; an elementwise operation multiplies, if only with the 1 of a sum.
            weight = SOME_NUMBER if isinstance(rule, Elementwise) else 1.0
            self.cost += self._partial_cost(node, position)
            entries = [(target, source, weight) for target, source in enumerate(aligned(argument, out))]
        else:
            if not isinstance(rule, Linear):
                self.cost += self._local_cost(node, position)
            is_constant = isinstance(rule, Linear) and not isinstance(rule, Multilinear)
            entries = self._probed(node, position, is_constant)
        self.edges += len(entries)
        if self.edges > MOST_EDGES:
            raise TooLargeError(f"more than {MOST_EDGES} local partials")
        return entries

    def _partial_cost(self, node: int, position: int) -> Cost:
        m = counting(self.tape)
        m.spent()
        if isinstance(self.tape.primitive(node).rule, Elementwise):
            self.tape.partial(node, position)
        return m.spent()

    def _local_cost(self, node: int, position: int) -> Cost:
        """The cheaper of the sweeps over this node alone, an element of the argument or of the result each."""
        graph, m = self.graph, counting(self.tape)
        out, arguments = graph.shapes[node], graph.arguments[node]
        shape = graph.shapes[arguments[position]]
        m.spent()
        tangent_of(
            self.tape, node, [unit_direction(m, shape) if k == position else None for k in range(len(arguments))]
        )
        ahead = m.spent() * elements(shape)
        assert isinstance(self.tape.primitive(node).rule, Differential)
        contribution_to(self.tape, node, position, unit_direction(m, out))
        back = m.spent() * elements(out)
        return min(ahead, back, key=lambda cost: cost.operations.number or 0)

    def _probed(self, node: int, position: int, is_constant: bool) -> list[tuple[int, int, float]]:
        """The entries that are not 0 everywhere, found by unit tangents where the arguments are random numbers."""
        import torch

        tape = self._random_tape()
        shape = self.graph.shapes[self.graph.arguments[node][position]]
        places = range(len(self.graph.arguments[node]))
        inputs, outputs = size(shape), size(self.graph.shapes[node])
        if not inputs or not outputs:
            return []

        def moved(tangent: Any) -> Any:
            return tangent_of(tape, node, [tangent if k == position else None for k in places])

        units = torch.eye(inputs, dtype=torch.float64).reshape(inputs, *map(int, shape))
        columns = torch.vmap(moved)(units).reshape(inputs, outputs)
        found = [(t, s) for s, t in (columns != 0).nonzero().tolist()]
        return [(t, s, float(columns[s, t]) if is_constant else SOME_NUMBER) for t, s in found]

    def _random_tape(self) -> Tape:
        """Random numbers for the values of all nodes. They fit their shapes, not each other."""
        if self._probe is None:
            import torch

            from gradcli.carriers.tensors import Tensors

            generator = torch.Generator().manual_seed(9)
            values: list[Any] = [None] * len(self.tape.values)
            for node in self.tape.nodes:
                shape = [int(d) for d in self.graph.shapes[node]]
                values[node] = 0.5 + torch.rand(shape, generator=generator, dtype=torch.float64)
            self._probe = Tape(self.graph, Tensors("cpu"), self.tape.nodes, values)
        return self._probe


def aligned(shape: Shape, out: Shape) -> list[int]:
    """For each element of a broadcast result the element of the argument that it is made of."""
    lead = len(out) - len(shape)
    found = [0]
    for axis, dimension in enumerate(out):
        own = axis >= lead and shape[axis - lead] != 1
        stride = size(shape[axis - lead + 1 :]) if own else 0
        found = [start + k * stride for start in found for k in range(int(dimension))]
    return found
