"""What the tests of the language share: reading a text, comparing two graphs, drawing random graphs."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Any

from gradcli.errors import GradcliError
from gradcli.graph import CONSTANT, INPUT, Graph
from gradcli.primitives.declare import Primitive
from gradcli.primitives.registry import by_name
from gradcli.syntax.build import Built, build
from gradcli.syntax.guess import default_shapes
from gradcli.syntax.parse import parse

SHAPES: dict[str, Any] = {
    "x": (), "y": (), "z": (), "x1": (), "x2": (), "u": (3,), "v": (3,), "w": (2,), "A": (3, 2), "B": (2, 3),
    "S": (3, 3),
}  # fmt: skip


def read(text: str) -> Built:
    """The graph of a text; names get the shapes above, others guesses."""
    program = parse(text)
    given = {name: shape for name, shape in SHAPES.items() if name in program.names}
    return build(program, default_shapes(program, given))


def same_graph(a: Graph, a_outputs: Sequence[int], b: Graph, b_outputs: Sequence[int]) -> bool:
    """Whether two graphs are equal up to the numbers and names of their nodes."""
    if len(a_outputs) != len(b_outputs):
        return False
    partner: dict[int, int] = {}
    stack = list(zip(a_outputs, b_outputs, strict=True))
    while stack:
        p, q = stack.pop()
        if p in partner:
            if partner[p] != q:
                return False
            continue
        partner[p] = q
        # repr tells 1 from 1.0 and 0.0 from -0.0.
        alike = (
            a.operations[p] is b.operations[q]
            and repr(a.parameters[p]) == repr(b.parameters[q])
            and a.shapes[p] == b.shapes[q]
            and len(a.arguments[p]) == len(b.arguments[q])
        )
        if not alike:
            return False
        stack += zip(a.arguments[p], b.arguments[q], strict=True)
    return len(set(partner.values())) == len(partner)


NUMBERS = (0, 1, 2, -1, -3, 10, 0.5, -0.25, 1e-5, 1e300, -0.0, 0.1, 10**20)


def random_graph(rng: random.Random, size: int, primitives: Sequence[str] | None = None) -> tuple[Graph, list[int]]:
    """A graph of random primitives on random nodes, and one to three outputs."""
    graph = Graph()
    inputs = [graph.input(name, shape) for name, shape in SHAPES.items()]
    chosen = [by_name()[name] for name in primitives or by_name()]
    pool = list(inputs)
    for _ in range(size):
        if rng.random() < 0.25:
            pool.append(_random_constant(rng, graph))
        primitive = rng.choice(chosen)
        count = rng.randint(1, 3) if primitive.variadic else len(primitive.arguments)
        arguments = tuple(rng.choice(pool if rng.random() < 0.5 else pool[-6:]) for _ in range(count))
        parameters = _random_parameters(rng, primitive)
        try:
            if primitive.normalize is not None:
                parameters = primitive.normalize([graph.shapes[a] for a in arguments], *parameters)
            pool.append(graph.apply(primitive, arguments, parameters))
        except (GradcliError, TypeError, ValueError, IndexError):
            continue
    candidates = [node for node in pool if 0 not in graph.shapes[node]]
    outputs = [rng.choice(candidates[-5:]) for _ in range(rng.choice((1, 1, 2, 3)))]
    for node in graph.ancestors(outputs):
        is_leaf = graph.operations[node] is INPUT or (graph.operations[node] is CONSTANT and not graph.shapes[node])
        if not is_leaf and rng.random() < 0.1:
            graph.names[node] = f"named{node}"
    return graph, outputs


def _random_constant(rng: random.Random, graph: Graph) -> int:
    if rng.random() < 0.7:
        return graph.constant(rng.choice(NUMBERS))
    if rng.random() < 0.5:
        return graph.constant(tuple(float(rng.choice(NUMBERS)) for _ in range(3)), (3,))
    return graph.constant(tuple(tuple(float(rng.choice(NUMBERS)) for _ in range(2)) for _ in range(3)), (3, 2))


def _random_parameters(rng: random.Random, primitive: Primitive) -> tuple[Any, ...]:
    samples = [sample[len(primitive.arguments) :] for sample in primitive.samples if not primitive.variadic]
    given = rng.choice(samples) if samples and rng.random() < 0.8 else ()
    names = list(primitive.parameters)
    return primitive.bind_parameters(dict(zip(names, given, strict=False)))
