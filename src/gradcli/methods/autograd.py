"""torch's own reverse mode on the same primal: a witness that shares no rule with gradcli's sweeps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from gradcli.carriers.base import Carrier
from gradcli.carriers.tape import evaluate, input_values
from gradcli.methods.base import flatten, unflatten, weigh
from gradcli.primitives.declare import Primitive
from gradcli.problem import Derivative, Nested, Problem
from gradcli.shapes import Shape, size


class Autograd:
    """torch.autograd.grad of the weighted output."""

    name = "autograd"
    independent = True

    def differentiate(self, problem: Problem, carrier: Carrier) -> Derivative:
        """The gradient that PyTorch computes."""
        import torch

        from gradcli.carriers.tensors import Tensors

        tensors = carrier if isinstance(carrier, Tensors) else Tensors("cpu", problem.dtype)
        graph = problem.graph
        inputs = input_values(graph, tensors, problem.point)
        leaves = [inputs[graph.inputs[name]].requires_grad_() for name in problem.wrt]
        value = evaluate(graph, [problem.output], tensors, inputs).values[problem.output]
        weighted = weigh(tensors, problem.cotangent, problem.output_shape, value)
        found: Sequence[Any] = [None] * len(leaves)
        if weighted.requires_grad:
            found = torch.autograd.grad(weighted, leaves, allow_unused=True)
        gradient = {
            name: tensors.nested(torch.zeros_like(leaf) if g is None else g)
            for name, leaf, g in zip(problem.wrt, leaves, found, strict=True)
        }
        answer = Derivative(self.name, value=tensors.nested(value), gradient=gradient, sweeps="1 reverse (torch)")
        imprecise = coarsest(problem)
        if imprecise:
            largest = max(abs(number) for name in problem.wrt for number in flatten(gradient[name]))
            answer.error = {name: every(problem.input_shape(name), imprecise * largest) for name in problem.wrt}
        return answer


def hessian_product(
    problem: Problem, carrier: Carrier, tangent: Mapping[str, Nested], cotangent: Mapping[str, Nested]
) -> float:
    """u' H v by torch's own reverse mode, taken twice, for a tangent v and a cotangent u by input."""
    import torch

    from gradcli.carriers.tensors import Tensors

    tensors = carrier if isinstance(carrier, Tensors) else Tensors("cpu", problem.dtype)
    graph = problem.graph
    inputs = input_values(graph, tensors, problem.point)
    leaves = [inputs[graph.inputs[name]].requires_grad_() for name in problem.wrt]
    value = evaluate(graph, [problem.output], tensors, inputs).values[problem.output]
    if not value.requires_grad:
        return 0.0
    v, u = ([tensors.constant(d[n], problem.input_shape(n)) for n in problem.wrt] for d in (tangent, cotangent))
    slope = _along(torch.autograd.grad(value, leaves, create_graph=True, allow_unused=True), v)
    if slope is None or not slope.requires_grad:
        return 0.0
    curvature = _along(torch.autograd.grad(slope, leaves, allow_unused=True), u)
    return 0.0 if curvature is None else float(curvature)


def _along(gradient: Sequence[Any], directions: Sequence[Any]) -> Any:
    """The inner product of a gradient, parts of which may be None, with a direction; None if all parts are."""
    parts = [(g * d).sum() for g, d in zip(gradient, directions, strict=True) if g is not None]
    return sum(parts[1:], start=parts[0]) if parts else None


def coarsest(problem: Problem) -> float:
    """The largest relative error that is known of torch's derivatives of the operations on the way."""
    operations = {problem.graph.operations[node] for node in problem.graph.ancestors([problem.output])}
    return max((o.autograd_error for o in operations if isinstance(o, Primitive)), default=0.0)


def every(shape: Shape, number: float) -> Nested:
    """Nested lists of one number."""
    return unflatten([number] * size(shape), shape)


METHOD = Autograd()
