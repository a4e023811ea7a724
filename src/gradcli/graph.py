"""The computation graph: an append-only arena of interned nodes.

A node is an integer; what it is lives in parallel lists. A node's arguments always have smaller numbers, so creation
order is topological and nothing here sorts or recurses.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from gradcli.errors import GradcliError, Span
from gradcli.exact import Exact
from gradcli.shapes import Shape

Parameters = tuple[Any, ...]


class Operation:
    """What a node computes. `Primitive` adds all that can be computed with; inputs and constants need no more."""

    name: str

    def __init__(self, name: str) -> None:
        self.name = name

    def infer_shape(self, shapes: Sequence[Shape], parameters: Parameters) -> Shape:
        """The shape of the result, from the shapes of the arguments."""
        raise GradcliError(f"'{self.name}' is a leaf and takes no arguments")


INPUT = Operation("input")
CONSTANT = Operation("constant")


class Graph:
    """Nodes with operation, arguments, parameters and shape; interned on the first three, exactly as written."""

    def __init__(self) -> None:
        self.operations: list[Operation] = []
        self.arguments: list[tuple[int, ...]] = []
        self.parameters: list[Parameters] = []
        self.shapes: list[Shape] = []
        self.names: dict[int, str] = {}
        self.spans: dict[int, Span] = {}
        self.inputs: dict[str, int] = {}
        self.held: set[str] = set()
        """Inputs that are not differentiated by: what the graph computes holds at their values only."""
        self.labels: dict[int, str] = {}
        """Names on screen where they are not counted: those that the nodes have in another graph."""
        self.stand_ins: dict[int, str] = {}
        """Nodes that are written as inputs are, by these names, whatever they compute."""
        self._interned: dict[Any, int] = {}

    def __len__(self) -> int:
        return len(self.operations)

    def input(self, name: str, shape: Shape = ()) -> int:
        """The node of an input, created at first use."""
        node = self.inputs.get(name)
        if node is None:
            node = self._append(INPUT, (), (name,), shape)
            self.inputs[name] = node
            self.names[node] = name
        return node

    def constant(self, value: Any, shape: Shape = ()) -> int:
        """The node of a number, or of nested tuples of numbers of the given shape.

        1 and 1.0 stay apart (an integer is exact), and so do 0.0 and -0.0.
        """
        key = (CONSTANT, _exactly(value), shape)
        node = self._interned.get(key)
        if node is None:
            node = self._interned[key] = self._append(CONSTANT, (), (value,), shape)
        return node

    def apply(self, operation: Operation, arguments: tuple[int, ...], parameters: Parameters = ()) -> int:
        """The node of an operation on nodes; an existing one when it was applied before."""
        key = (operation, arguments, exactly_written(parameters) if parameters else parameters)
        node = self._interned.get(key)
        if node is None:
            shapes = self.shapes
            shape = operation.infer_shape([shapes[a] for a in arguments], parameters)
            node = self._interned[key] = self._append(operation, arguments, parameters, shape)
        return node

    def _append(self, operation: Operation, arguments: tuple[int, ...], parameters: Parameters, shape: Shape) -> int:
        self.operations.append(operation)
        self.arguments.append(arguments)
        self.parameters.append(parameters)
        self.shapes.append(shape)
        return len(self.operations) - 1

    def is_leaf(self, node: int) -> bool:
        """Whether the node is an input or a constant."""
        operation = self.operations[node]
        return operation is INPUT or operation is CONSTANT

    def ancestors(self, outputs: Iterable[int]) -> list[int]:
        """The nodes that the outputs need, in creation order."""
        needed = bytearray(len(self))
        top = -1
        for output in outputs:
            needed[output] = 1
            top = max(top, output)
        for node in range(top, -1, -1):
            if needed[node]:
                for argument in self.arguments[node]:
                    needed[argument] = 1
        return [node for node in range(top + 1) if needed[node]]

    def dependents(self, sources: Iterable[int], among: Sequence[int]) -> set[int]:
        """Those nodes of `among` (in creation order) that depend on a source."""
        reached = set(sources)
        for node in among:
            if not reached.isdisjoint(self.arguments[node]):
                reached.add(node)
        return reached

    def levels(self, nodes: Sequence[int]) -> dict[int, int]:
        """Longest distance from a leaf, for nodes given in creation order with all their ancestors."""
        levels: dict[int, int] = {}
        for node in nodes:
            levels[node] = 1 + max((levels[a] for a in self.arguments[node]), default=-1)
        return levels


def exactly_written(parameters: Parameters) -> Parameters:
    """Parameters as a key: 2 and 2.0 are one, sqrt(2) and the float next to it are two."""
    return tuple([(Exact, p.source) if isinstance(p, Exact) else p for p in parameters])


def _exactly(value: Any) -> Any:
    """A key that numbers share only when they are written alike; nested as deep as a shape is long."""
    if isinstance(value, tuple):
        return tuple(map(_exactly, value))
    if isinstance(value, Exact):
        return (Exact, value.source)
    return (type(value), repr(value) if value == 0 else value)


def display_names(graph: Graph, outputs: Sequence[int]) -> dict[int, str]:
    """Names on screen: the user's own, `f` for an unnamed output, v1, v2, ... by level then creation for the rest.

    Constants are not named. The numbering is that of the evaluation trace in Griewank and Walther, Evaluating
    Derivatives (2008), section 2.2, as the course notes print it.
    """
    nodes = graph.ancestors(outputs)
    levels = graph.levels(nodes)
    names = _given_names(graph, nodes)
    called = output_names(graph, outputs)
    names |= {node: name for node, name in called.items() if graph.operations[node] is not CONSTANT}
    taken = set(names.values()) | set(called.values()) | set(graph.inputs)
    count = 0
    for node in sorted(nodes, key=lambda n: (levels[n], n)):
        if node in names or graph.operations[node] is CONSTANT:
            continue
        count += 1
        while f"v{count}" in taken:
            count += 1
        names[node] = f"v{count}"
    return names


def output_names(graph: Graph, outputs: Sequence[int]) -> dict[int, str]:
    """What outputs are called: the user's own name, `f` for an unnamed one, `f1`, `f2`, ... for several; each its own,
    of constants too."""
    names = _given_names(graph, graph.ancestors(outputs))
    taken = set(names.values()) | set(graph.inputs)
    unnamed = [output for output in dict.fromkeys(outputs) if output not in names]
    for k, output in enumerate(unnamed, 1):
        names[output] = _free_name("f" if len(unnamed) == 1 else f"f{k}", taken)
    return {output: names[output] for output in outputs}


def _given_names(graph: Graph, nodes: Sequence[int]) -> dict[int, str]:
    """The names that the user, a label or a stand-in gave to some nodes."""
    names = {node: graph.names[node] for node in nodes if node in graph.names}
    return names | {node: name for given in (graph.labels, graph.stand_ins) for node, name in given.items()}


def _free_name(wanted: str, taken: set[str]) -> str:
    name = wanted
    while name in taken:
        name += "_"
    taken.add(name)
    return name
