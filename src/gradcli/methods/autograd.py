"""torch's own reverse mode on the same primal: a witness that shares no rule with gradcli's sweeps."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from gradcli.carriers.base import Carrier
from gradcli.carriers.tape import evaluate, input_values
from gradcli.methods.base import weigh
from gradcli.problem import Derivative, Problem


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
        return Derivative(self.name, value=tensors.nested(value), gradient=gradient, sweeps="1 reverse (torch)")


METHOD = Autograd()
