"""Rewritings matched on the graph. A pattern is a graph of its own, whose inputs stand for any node."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import product

from gradcli.carriers.nodes import Node, Nodes
from gradcli.errors import GradcliError
from gradcli.graph import CONSTANT, INPUT, Graph
from gradcli.primitives.declare import Primitive
from gradcli.shapes import Shape
from gradcli.syntax.build import Built, build
from gradcli.syntax.parse import parse
from gradcli.verify.why.rewritings import EXACT_AGREEMENT, REWRITINGS, SERIES, SERIES_AGREEMENT

VECTOR = "v"
LEVELS = 8
"""Of operations between a node and the root of a pattern that it may be part of."""
MOST_ROOTS = 200


@dataclass(frozen=True)
class Rewriting:
    """A pattern in all orders of its commutative operations, and what may stand instead."""

    pattern: str
    replacement: str
    orders: tuple[tuple[Graph, int], ...]
    instead: Built
    agreement: int


@dataclass(frozen=True)
class Match:
    """A pattern found at a root: the nodes that its names stand for, and all nodes that it covers."""

    rewriting: Rewriting
    root: int
    bound: Mapping[str, int]
    covered: frozenset[int]


@cache
def rewritings() -> tuple[Rewriting, ...]:
    """All rewritings, parsed."""
    exact = (compiled(pattern, replacement) for pattern, replacement in REWRITINGS)
    return (*exact, *(compiled(pattern, replacement, SERIES_AGREEMENT) for pattern, replacement in SERIES))


def compiled(pattern: str, replacement: str, agreement: int = EXACT_AGREEMENT) -> Rewriting:
    """A pair of texts as graphs, which are equal to so many digits."""
    before, after = (build(parse(text), shapes_of(text)) for text in (pattern, replacement))
    return Rewriting(pattern, replacement, tuple(orders(before.graph, before.outputs[-1])), after, agreement)


def shapes_of(text: str) -> dict[str, Shape]:
    """What the names of a pattern stand for: capitals for matrices, v for a vector, others for anything."""
    names = parse(text).free_names
    return {n: ("n", "m") if n.isupper() else ("n",) if n == VECTOR else () for n in names}


def orders(graph: Graph, root: int) -> Iterator[tuple[Graph, int]]:
    """The graph with the arguments of each commutative operation in either order."""
    nodes = graph.ancestors([root])
    free = [n for n in nodes if isinstance(o := graph.operations[n], Primitive) and o.commutative]
    for chosen in product((False, True), repeat=len(free)):
        swapped = {node for node, swap in zip(free, chosen, strict=True) if swap}
        found = Graph()
        place: dict[int, int] = {}
        for node in nodes:
            operation = graph.operations[node]
            if operation is INPUT:
                place[node] = found.input(graph.parameters[node][0], graph.shapes[node])
            elif operation is CONSTANT:
                place[node] = found.constant(graph.parameters[node][0], graph.shapes[node])
            else:
                arguments = tuple(place[a] for a in graph.arguments[node])
                arguments = arguments[::-1] if node in swapped else arguments
                place[node] = found.apply(operation, arguments, graph.parameters[node])
        yield found, place[root]


def matches_around(graph: Graph, nodes: list[int], guilty: int) -> Iterator[Match]:
    """Rewritings whose pattern covers a node, in the order of the list; for each, roots nearest to the output first."""
    roots = roots_above(graph, nodes, guilty)
    for rewriting in rewritings():
        for root in roots:
            for pattern, top in rewriting.orders:
                found = match(graph, root, pattern, top)
                if found is not None and guilty in found[1]:
                    yield Match(rewriting, root, found[0], frozenset(found[1]))
                    break


def roots_above(graph: Graph, nodes: Iterable[int], guilty: int) -> list[int]:
    """The node itself and what uses it a few levels up, last first."""
    level = {guilty: 0}
    for node in nodes:
        near = [level[a] for a in graph.arguments[node] if a in level]
        if near and min(near) < LEVELS and node not in level:
            level[node] = min(near) + 1
            if len(level) > MOST_ROOTS:
                break
    return sorted(level, reverse=True)


def match(graph: Graph, root: int, pattern: Graph, top: int) -> tuple[dict[str, int], set[int]] | None:
    """The nodes that a pattern's names stand for where it has this root, and those of its operations."""
    bound: dict[str, int] = {}
    covered: set[int] = set()
    stack = [(top, root)]
    while stack:
        wanted, node = stack.pop()
        operation = pattern.operations[wanted]
        if operation is INPUT:
            name = pattern.parameters[wanted][0]
            rank = len(pattern.shapes[wanted])
            if bound.setdefault(name, node) != node or (rank and rank != len(graph.shapes[node])):
                return None
        elif operation is CONSTANT:
            if graph.operations[node] is not CONSTANT or graph.shapes[node]:
                return None
            if graph.parameters[node][0] != pattern.parameters[wanted][0]:
                return None
        else:
            if graph.operations[node] is not operation or graph.parameters[node] != pattern.parameters[wanted]:
                return None
            covered.add(node)
            stack += zip(pattern.arguments[wanted], graph.arguments[node], strict=True)
    return bound, covered


def rewritten(graph: Graph, output: int, found: Match) -> tuple[Graph, int, int] | None:
    """A copy of the graph with the replacement at the root of a match, the output there, and the replacement's node;
    None where the shapes forbid it."""
    instead = found.rewriting.instead

    def replacement(m: Nodes, place: Mapping[int, int]) -> int:
        part = {instead.graph.inputs[name]: place[found.bound[name]] for name in instead.graph.inputs}
        for node in instead.graph.ancestors(instead.outputs):
            if node not in part:
                part[node] = copied(m, instead.graph, node, part)
        return part[instead.outputs[-1]]

    return replaced(graph, output, {found.root: replacement})


def replaced(graph: Graph, output: int, instead: Mapping[int, object]) -> tuple[Graph, int, int] | None:
    """A copy of a graph in which functions of (carrier, places of the nodes before) give some of the nodes."""
    fresh = Graph()
    m = Nodes(fresh)
    place: dict[int, int] = {}
    last = -1
    inputs = set(graph.inputs.values())
    try:
        for node in sorted({*graph.ancestors([output]), *inputs}):
            function = instead.get(node)
            if node in inputs:
                place[node] = fresh.input(graph.parameters[node][0], graph.shapes[node])
            elif callable(function):
                place[node] = last = function(m, place)
                if fresh.shapes[last] != graph.shapes[node]:
                    return None
            else:
                place[node] = copied(m, graph, node, place)
            name = graph.names.get(node)
            if name is not None and not fresh.is_leaf(place[node]):
                fresh.names.setdefault(place[node], name)
    except GradcliError:
        return None
    return fresh, place[output], last


def copied(m: Nodes, graph: Graph, node: int, place: Mapping[int, int]) -> int:
    """One node of a graph, appended to another."""
    operation = graph.operations[node]
    if operation is CONSTANT:
        return m.graph.constant(graph.parameters[node][0], graph.shapes[node])
    assert isinstance(operation, Primitive)
    arguments = tuple(Node(m, place[a]) for a in graph.arguments[node])
    found: Node = m.apply(operation, arguments, graph.parameters[node])
    return found.id
