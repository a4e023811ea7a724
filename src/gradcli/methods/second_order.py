"""Hessians: forward over reverse, on values and on the graph of the gradient."""

from __future__ import annotations

from collections.abc import Mapping

from gradcli.carriers.base import Carrier
from gradcli.carriers.duals import Dual, Duals
from gradcli.carriers.tape import evaluate, input_values, tape_of_nodes
from gradcli.methods.jacobian import FORWARD, jacobian
from gradcli.methods.reverse import adjoint_of, output_cotangent, pull
from gradcli.primitives.declare import Value
from gradcli.problem import Problem
from gradcli.shapes import size

Hessian = dict[str, dict[str, Value]]
"""Its block by two inputs, in the shape of the first followed by that of the second."""


def hvp(problem: Problem, carrier: Carrier, tangent: Mapping[int, Value]) -> dict[str, Value]:
    """H v in the inputs' shapes, for tangents of input nodes: one reverse sweep on dual numbers."""
    graph = problem.graph
    m = Duals(carrier)
    point = input_values(graph, carrier, problem.point)
    duals = {node: Dual(m, value, tangent.get(node)) for node, value in point.items()}
    tape = evaluate(graph, [problem.output], m, duals)
    cotangent = Dual(m, output_cotangent(carrier, problem))
    adjoints = pull(tape, {problem.output: cotangent}, [graph.inputs[name] for name in problem.wrt])
    found = {}
    for name in problem.wrt:
        adjoint = adjoint_of(adjoints, graph.inputs[name])
        moved = None if adjoint is None else adjoint.tangent
        found[name] = carrier.zeros(problem.input_shape(name)) if moved is None else moved
    return found


def hessian_on_values(problem: Problem, carrier: Carrier) -> Hessian:
    """One product with the Hessian for each unit direction of each input, in blocks."""
    found: Hessian = {name: {} for name in problem.wrt}
    for by in problem.wrt:
        for name, block in _block_columns(problem, carrier, by).items():
            found[name][by] = block
    return found


def _block_columns(problem: Problem, carrier: Carrier, by: str) -> dict[str, Value]:
    """The Hessian's blocks by one input."""
    node, shape = problem.graph.inputs[by], problem.input_shape(by)
    if not shape:
        return hvp(problem, carrier, {node: carrier.lift(1.0)})
    needed = problem.graph.ancestors([problem.output])
    if node not in needed:
        return {name: carrier.zeros((*problem.input_shape(name), *shape)) for name in problem.wrt}
    import torch

    from gradcli.carriers.tensors import BLOCK_ELEMENTS

    def products(direction: Value) -> tuple[Value, ...]:
        found = hvp(problem, carrier, {node: direction})
        return tuple(found[name] for name in problem.wrt)

    count = size(shape)
    units = carrier.reshape(
        torch.eye(count, dtype=getattr(torch, carrier.dtype), device=carrier.device), shape=(count, *shape)
    )
    graph = problem.graph
    largest = max(size(graph.shapes[n]) for n in needed if n == node or not graph.is_leaf(n))
    columns = torch.vmap(products, chunk_size=max(1, BLOCK_ELEMENTS // max(1, largest)))(units)
    return {
        name: carrier.reshape(column.movedim(0, -1), shape=(*problem.input_shape(name), *shape))
        for name, column in zip(problem.wrt, columns, strict=True)
    }


def gradient_graph(problem: Problem) -> dict[str, int | None]:
    """The gradient as nodes appended to the problem's graph; None where it is zero everywhere."""
    graph = problem.graph
    tape = tape_of_nodes(graph, [problem.output])
    one = tape.carrier.lift(1.0)
    adjoints = pull(tape, {problem.output: one}, [graph.inputs[name] for name in problem.wrt])
    found = {name: adjoint_of(adjoints, graph.inputs[name]) for name in problem.wrt}
    return {name: None if adjoint is None else adjoint.id for name, adjoint in found.items()}


def hessian_on_graph(problem: Problem, carrier: Carrier) -> Hessian:
    """The Jacobian of the gradient's graph, by forward sweeps."""
    nodes = gradient_graph(problem)
    outputs = [node for node in nodes.values() if node is not None]
    graph = problem.graph
    tape = evaluate(graph, outputs, carrier, input_values(graph, carrier, problem.point))
    sources = [graph.inputs[name] for name in problem.wrt]
    blocks = jacobian(tape, outputs, sources, FORWARD)
    found: Hessian = {}
    for name, node in nodes.items():
        found[name] = {}
        for by in problem.wrt:
            block = None if node is None else blocks[node, graph.inputs[by]]
            zeros = (*problem.input_shape(name), *problem.input_shape(by))
            found[name][by] = carrier.zeros(zeros) if block is None else block
    return found
