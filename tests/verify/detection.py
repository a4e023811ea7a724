"""Whether a wrong rule is called wrong, and by its name: at sample points, inside a small expression."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any, NamedTuple

from gradcli.carriers.base import Carrier
from gradcli.carriers.nodes import Node, Nodes
from gradcli.carriers.select import select_carrier
from gradcli.carriers.tape import evaluate, input_values
from gradcli.graph import Graph
from gradcli.methods.base import unflatten
from gradcli.methods.rounding import rounding_of_gradient
from gradcli.primitives.declare import Primitive
from gradcli.problem import Problem
from gradcli.shapes import Shape, size
from gradcli.verify.explain import written
from gradcli.verify.verdict import Checked, check_gradient
from gradcli.verify.witnesses import ESTIMATE, components_of
from tests.methods.graphs import flat_gradient
from tests.primitives import checks
from tests.primitives.test_mutations import broken
from tests.verify.mutations import Mutation


class Outcome(NamedTuple):
    """`detected`, `unnamed` (wrong, but the sentence does not name the primitive), `missed`, or `no change` where the
    mutation does not change the derivative there."""

    word: str
    sentence: str


def outcomes(mutation: Mutation) -> Iterator[Outcome]:
    """What becomes of a mutation at each sample point of its primitive."""
    for problem, node in problems_of(mutation.primitive):
        yield outcome(mutation, problem, node)


def problems_of(primitive: Primitive) -> Iterator[tuple[Problem, int]]:
    """Each sample, and for elementwise operations one of them as vectors: weights . sin(0.3 f(...)) + 0.1 sum(x).

    Also the node of the application.
    """
    for number in range(checks.sample_count(primitive)):
        arguments, parameters = checks.sample(primitive, number)
        yield small_expression(primitive, arguments, parameters)
    if primitive.elementwise:
        arguments, parameters = checks.sample(primitive, 0)
        yield small_expression(primitive, tuple(checks.spread(a, (3,)) for a in arguments), parameters)


def small_expression(primitive: Primitive, arguments: tuple[Any, ...], parameters: Any) -> tuple[Problem, int]:
    graph = Graph()
    m = Nodes(graph)
    operands = [Node(m, graph.input(f"a{k}", a.shape)) for k, a in enumerate(arguments)]
    applied = m.apply(primitive, tuple(operands), parameters)
    output = m.sin(0.3 * applied) + 0.1 * (operands[-1] if not m.shape(operands[-1]) else m.sum(operands[-1]))
    point = {f"a{k}": checks.nested(a) for k, a in enumerate(arguments)}
    shape = graph.shapes[output.id]
    return Problem(graph, output.id, tuple(point), point, weights(shape) if shape else None), applied.id


def weights(shape: Shape) -> Any:
    draw = random.Random(31)
    return unflatten([draw.choice((-1.0, 1.0)) * draw.uniform(0.5, 1.5) for _ in range(size(shape))], shape)


def tolerances(problem: Problem, carrier: Carrier, right: Checked) -> list[float]:
    """What the witnesses leave open of each component: the error of the differences, and rounding."""
    bound = rounding_of_gradient(problem, carrier)
    components = components_of(problem, carrier, right.derivatives, bound)
    return [ESTIMATE * c.error + c.rounding for c in components]


def outcome(mutation: Mutation, problem: Problem, node: int) -> Outcome:
    carrier = select_carrier(problem.graph, problem.graph.ancestors([problem.output]))
    right = check_gradient(problem, carrier)
    allowed = tolerances(problem, carrier, right)
    with broken(mutation.primitive, mutation.rule):
        checked = check_gradient(problem, carrier)
        verdict = checked.verdict
    if right.verdict.word != "verified":
        return Outcome("no change", f"the point is {right.verdict.word}")
    pairs = zip(flat_gradient(checked.gradient, problem), flat_gradient(right.gradient, problem), strict=True)
    if all(abs(a - b) <= r for (a, b), r in zip(pairs, allowed, strict=True)):
        return Outcome("no change", "")
    if verdict.word != "wrong":
        return Outcome("missed", f"{verdict.word}: {verdict.sentence}")
    tape = evaluate(problem.graph, [node], carrier, input_values(problem.graph, carrier, problem.point))
    if f"rule of {written(tape, node)}" not in verdict.sentence:
        return Outcome("unnamed", verdict.sentence)
    return Outcome("detected", verdict.sentence)
