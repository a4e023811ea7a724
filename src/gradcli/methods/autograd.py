"""torch's own reverse mode on the same primal: a witness that shares no rule with gradcli's sweeps."""

from __future__ import annotations

from collections.abc import Sequence
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


def coarsest(problem: Problem) -> float:
    """The largest relative error that is known of torch's derivatives of the operations on the way."""
    operations = {problem.graph.operations[node] for node in problem.graph.ancestors([problem.output])}
    return max((o.autograd_error for o in operations if isinstance(o, Primitive)), default=0.0)


def every(shape: Shape, number: float) -> Nested:
    """Nested lists of one number."""
    return unflatten([number] * size(shape), shape)


METHOD = Autograd()
