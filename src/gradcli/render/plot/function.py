"""The output of a graph as a function of one or two scalar inputs, the others held at the point."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace

from gradcli.carriers.base import Carrier
from gradcli.carriers.tape import Tape, evaluate, input_values
from gradcli.errors import ShapeError, UsageError
from gradcli.methods.base import flatten
from gradcli.methods.numerical import held_nodes
from gradcli.methods.reverse import adjoint_of, adjoints_of
from gradcli.problem import Problem
from gradcli.shapes import format_shape
from gradcli.verify.explain import has_value
from gradcli.verify.kinks import Sides, one_sided_derivatives
from gradcli.verify.ties import ties_as_written

MOST_VARIABLES = 2


class Function:
    """A scalar function of the inputs that a problem differentiates by. Detached nodes stand still, as everywhere."""

    def __init__(self, problem: Problem, carrier: Carrier) -> None:
        graph = problem.graph
        self.problem = problem
        self.carrier = carrier
        self.here = tuple(float(problem.point[name]) for name in problem.wrt)
        self._inputs = input_values(graph, carrier, problem.point)
        self._moved = [graph.inputs[name] for name in problem.wrt]
        tape = evaluate(graph, [problem.output], carrier, self._inputs)
        self.nodes = tape.nodes
        self._held = {node: tape.values[node] for node in {*held_nodes(graph, tape), *self._still_nodes()}}

    def _still_nodes(self) -> list[int]:
        """What is the same at every point, and need be computed only once."""
        graph = self.problem.graph
        moving = set(self._moved)
        for node in self.nodes:
            if not moving.isdisjoint(graph.arguments[node]):
                moving.add(node)
        return [node for node in self.nodes if node not in moving]

    def tape(self, *at: float) -> Tape:
        """The evaluated graph."""
        lift = self.carrier.constant
        inputs = self._inputs | {node: lift(x, ()) for node, x in zip(self._moved, at, strict=True)}
        return evaluate(self.problem.graph, [], self.carrier, inputs, self._held, self.nodes)

    def value(self, *at: float) -> float:
        """The function."""
        return self._value_of(self.tape(*at))

    def _value_of(self, tape: Tape) -> float:
        """The output; NaN where it needs a NaN that it does not show."""
        value = float(self.carrier.nested(tape.values[self.problem.output]))
        return value if not math.isfinite(value) or has_value(tape, self.problem.output) else math.nan

    def gradient(self, *at: float) -> tuple[float, tuple[float, ...]]:
        """The function and its partial derivatives by one reverse sweep; NaN where the function is not finite: a rule
        may well give a number outside the domain."""
        return self._gradient_of(self.tape(*at))

    def slope(self, at: float) -> tuple[float, float]:
        """A function of one variable and its derivative: on a kink of the graph on which both sides agree, theirs."""
        tape = self.tape(at)
        value, (slope,) = self._gradient_of(tape)
        sides = self._sides_of(tape, at) if math.isfinite(value) else None
        return value, sides.left if sides is not None and sides.agree else slope

    def _gradient_of(self, tape: Tape) -> tuple[float, tuple[float, ...]]:
        value = self._value_of(tape)
        if not math.isfinite(value):
            return value, (math.nan,) * len(self._moved)
        adjoints = adjoints_of(self.problem, tape, self._moved)
        found = [adjoint_of(adjoints, node) for node in self._moved]
        return value, tuple(0.0 if adjoint is None else float(self.carrier.nested(adjoint)) for adjoint in found)

    def surfaces(self, *at: float) -> list[float]:
        """Numbers that are 0 on the declared kinks and jumps of the graph, or change suddenly there."""
        return list(surfaces_of(self.tape(*at)))

    def sides(self, at: float) -> Sides | None:
        """Left and right derivative of a function of one variable at a point that lies on a kink; None elsewhere."""
        return self._sides_of(self.tape(at), at)

    def _sides_of(self, tape: Tape, at: float) -> Sides | None:
        problem = replace(self.problem, point={**self.problem.point, self.problem.wrt[0]: at})
        certain = False
        if at == self.here[0]:
            # Elsewhere detached nodes keep the values that they have here.
            tape, certain = ties_as_written(problem, tape)
        if not tape.kinks():
            return None
        ((found,),) = one_sided_derivatives(problem, tape, certain).values()
        return found if found.exist else None

    def largest(self, *at: float) -> float:
        """The largest intermediate value in size, which grows without bound at a pole."""
        tape = self.tape(*at)
        return max(
            (abs(v) for node in tape.nodes for v in flatten(self.carrier.nested(tape.values[node]))), default=0.0
        )


def surfaces_of(tape: Tape) -> Iterator[float]:
    """The values of every primitive's kink surfaces."""
    for node in tape.nodes:
        if tape.graph.is_leaf(node):
            continue
        kink = tape.primitive(node).kink
        if kink is not None:
            for surface in kink.at(*tape.arguments(node), *tape.graph.parameters[node]):
                yield from (float(v) for v in flatten(tape.carrier.nested(surface)))


def require_plottable(problem: Problem, option: str) -> None:
    """Raise ShapeError or UsageError where there is no function of one or two numbers; `option` names the variables."""
    graph, wrt = problem.graph, problem.wrt
    if problem.output_shape:
        cause = f"the output has shape {format_shape(problem.output_shape)}: a plot needs a scalar"
        raise ShapeError(cause, hint="sum(...), or one element of it")
    if not wrt:
        raise UsageError("a plot needs a variable, and the expression has none", hint="write one: x^2")
    tensors = [name for name in wrt if graph.shapes[graph.inputs[name]]]
    scalars = [name for name in wrt if name not in tensors]
    if tensors:
        name = tensors[0]
        rest = (
            f"{option} {','.join(scalars[:MOST_VARIABLES])}" if scalars else "write its elements as names: x1^2 + x2^2"
        )
        shape = format_shape(graph.shapes[graph.inputs[name]])
        raise ShapeError(f"{name} has shape {shape}: a plot runs along one or two scalars", hint=rest)
    if len(wrt) > MOST_VARIABLES:
        cause = f"{len(wrt)} variables, {', '.join(wrt)}: a plot has one or two"
        raise UsageError(
            cause, hint=f"{option} {','.join(wrt[:MOST_VARIABLES])}; the others keep their values of the point"
        )
