"""torch's own reverse mode on the same primal: a witness that shares no rule with gradcli's sweeps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from gradcli.carriers.base import Carrier
from gradcli.carriers.tape import evaluate, input_values, tape_of
from gradcli.methods.base import weigh
from gradcli.methods.reverse import adjoint_of, adjoints_of, contribution_to, pull
from gradcli.primitives.declare import Primitive
from gradcli.problem import Derivative, Nested, Problem


class Autograd:
    """torch.autograd.grad of the weighted output."""

    name = "autograd"
    independent = True

    def differentiate(self, problem: Problem, carrier: Carrier) -> Derivative:
        """The gradient that PyTorch computes."""
        import torch

        tensors, leaves, value = _recorded(problem, carrier)
        weighted = weigh(tensors, problem.cotangent, problem.output_shape, value)
        found: Sequence[Any] = [None] * len(leaves)
        if weighted.requires_grad:
            found = torch.autograd.grad(weighted, leaves, allow_unused=True)
        gradient = {
            name: tensors.nested(torch.zeros_like(leaf) if g is None else g)
            for name, leaf, g in zip(problem.wrt, leaves, found, strict=True)
        }
        answer = Derivative(self.name, value=tensors.nested(value), gradient=gradient, sweeps="1 reverse (torch)")
        answer.error = stated_errors(problem, tensors)
        return answer


def _recorded(problem: Problem, carrier: Carrier) -> tuple[Carrier, list[Any], Any]:
    """The carrier of tensors, the inputs to differentiate by, and the value that torch has recorded."""
    from gradcli.carriers.tensors import Tensors

    tensors = carrier if isinstance(carrier, Tensors) else Tensors("cpu", problem.dtype)
    graph = problem.graph
    inputs = input_values(graph, tensors, problem.point)
    leaves = [inputs[graph.inputs[name]].requires_grad_() for name in problem.wrt]
    return tensors, leaves, evaluate(graph, [problem.output], tensors, inputs).values[problem.output]


def hessian_product(
    problem: Problem, carrier: Carrier, tangent: Mapping[str, Nested], cotangent: Mapping[str, Nested]
) -> float:
    """u' H v by torch's own reverse mode, taken twice, for a tangent v and a cotangent u by input."""
    import torch

    tensors, leaves, value = _recorded(problem, carrier)
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


def stated_errors(problem: Problem, tensors: Carrier) -> dict[str, Nested] | None:
    """What is known of the errors of torch's derivatives of single operations, carried back to the inputs; None for
    nothing."""
    if not coarsest(problem):
        return None
    graph = problem.graph
    sources = {name: graph.inputs[name] for name in problem.wrt}
    tape = tape_of(problem, tensors)
    adjoints = adjoints_of(problem, tape, sources.values())
    total = {name: tensors.zeros(problem.input_shape(name)) for name in problem.wrt}
    for node in tape.nodes:
        operation, adjoint = graph.operations[node], adjoints[node]
        if not isinstance(operation, Primitive) or not operation.autograd_error or adjoint is None:
            continue
        for position, argument in enumerate(graph.arguments[node]):
            contribution = contribution_to(tape, node, position, adjoint)
            if contribution is not None:
                effects = pull(tape, {argument: operation.autograd_error * contribution}, sources.values())
                for name, source in sources.items():
                    effect = adjoint_of(effects, source)
                    total[name] = total[name] if effect is None else total[name] + tensors.abs(effect)
    return {name: tensors.nested(error) for name, error in total.items()}


METHOD = Autograd()
