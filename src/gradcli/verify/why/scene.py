"""A problem at its point, as everything that looks for a reason sees it: values, adjoints, names, and the truth."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import Any

from gradcli.carriers.base import Carrier
from gradcli.carriers.tape import tape_of
from gradcli.graph import CONSTANT, display_names
from gradcli.methods.base import flatten
from gradcli.methods.enclosures import working
from gradcli.methods.reverse import adjoint_of, adjoints_of
from gradcli.primitives.declare import Value
from gradcli.problem import Nested, Problem
from gradcli.shapes import index_text, size
from gradcli.verify.conditioning import Loss, Swept, half_of_digits, losing_node, losing_value, threshold
from gradcli.verify.explain import arguments_text, expression_of
from gradcli.verify.ties import Ties, ties_as_written
from gradcli.verify.why.truth import ProblemInBalls

Array = Any
"""A NumPy array of floats."""


class Scene:
    """`outputs` are all outputs of the expression, after which the nodes are named as in the trace. `notes` collects
    what was not looked at."""

    def __init__(self, problem: Problem, carrier: Carrier, outputs: Sequence[int] = ()) -> None:
        self.problem = problem
        self.graph = problem.graph
        self.carrier = carrier
        self.tape = tape_of(problem, carrier)
        self.sources = {name: self.graph.inputs[name] for name in problem.wrt}
        self.adjoints = adjoints_of(problem, self.tape, self.sources.values())
        self.outputs = tuple(outputs) or (problem.output,)
        self.truth = ProblemInBalls(problem, carrier)
        self.notes: list[str] = []

    @cached_property
    def ties(self) -> Ties:
        """The tape on the kinks of the expression as it is written, which floats may miss or invent."""
        return ties_as_written(self.problem, self.tape)

    @cached_property
    def kinks(self) -> list[int]:
        """The nodes that stand on their kinks as they are written."""
        return self.ties.tape.kinks()

    @property
    def least(self) -> float:
        """A relative error from which on half of the digits are lost."""
        return half_of_digits(self.carrier.dtype)

    def loss(self, relative: float, derivative: bool) -> Loss | None:
        """The node at which digits go, where a number (a derivative, or the value) has so large an error."""
        true = self.truth.swept
        if true is None:
            return None
        with working(self.truth.bits):
            least = threshold(relative, self.carrier.dtype)
            return losing_node(Swept(self.tape, self.adjoints), true, least, derivative)

    def lost_before(self, node: int) -> int | None:
        """The node, before another, whose value has lost digits that are missing there."""
        true = self.truth.swept
        if true is None or self.graph.is_leaf(node):
            return None
        with working(self.truth.bits):
            before = set(self.graph.ancestors(self.graph.arguments[node]))
            return losing_value(Swept(self.tape, self.adjoints), true, self.least, before)

    @cached_property
    def names(self) -> dict[int, str]:
        """Names on screen, those of the trace."""
        return display_names(self.graph, self.outputs)

    @cached_property
    def value(self) -> Nested:
        """The value in floats."""
        return self.carrier.nested(self.tape.values[self.problem.output])

    @cached_property
    def gradient(self) -> dict[str, list[float]]:
        """The derivative by each input in floats, row-major."""
        return {name: self._flat(name) for name in self.problem.wrt}

    def _flat(self, name: str) -> list[float]:
        adjoint = adjoint_of(self.adjoints, self.sources[name])
        if adjoint is None:
            return [0.0] * size(self.problem.input_shape(name))
        return flatten(self.carrier.nested(adjoint))

    def array(self, value: Value) -> Array:
        """A value of the carrier as an array."""
        import numpy

        if hasattr(value, "detach"):
            value = value.detach().cpu().numpy()
        return numpy.asarray(value, dtype=float)

    def value_of(self, node: int) -> Array:
        """A node's value as an array."""
        return self.array(self.tape.values[node]).reshape(self.sizes(node))

    def sizes(self, node: int) -> tuple[int, ...]:
        """A node's shape."""
        return tuple(int(d) for d in self.graph.shapes[node])

    def reaches(self, node: int) -> bool:
        """Whether the node is on a way from an input that is differentiated by to the output."""
        return adjoint_of(self.adjoints, node) is not None

    def positions(self, node: int) -> Iterator[tuple[int, int]]:
        """Positions and nodes of the arguments that are on such a way."""
        for position, argument in enumerate(self.graph.arguments[node]):
            if self.reaches(argument):
                yield position, argument

    def is_constant(self, node: int) -> bool:
        """Whether the node is a constant."""
        return self.graph.operations[node] is CONSTANT

    # Words

    def name(self, node: int) -> str:
        """The node's name in the trace."""
        return self.names.get(node, self.text(node))

    def text(self, node: int) -> str:
        """The node as written, where that is short."""
        return expression_of(self.tape, node, self.names)

    def element_of(self, node: int, element: int) -> str:
        """The text of one element of a node: x, x[1], (x*y)[0,1]."""
        text = self.text(node)
        shape = self.sizes(node)
        if not shape:
            return text
        return f"{text if text.isidentifier() else f'({text})'}{index_text(element, shape)}"

    def place(self, node: int, element: int | None) -> str:
        """` at x[1] = -3`: the arguments' values for one element of an elementwise node, else their ranges."""
        if element is None or not self.tape.primitive(node).elementwise:
            return arguments_text(self.tape, node, self.names)
        import numpy

        parts = []
        for argument in dict.fromkeys(self.graph.arguments[node]):
            if self.is_constant(argument):
                continue
            numbers = numpy.arange(size(self.graph.shapes[argument])).reshape(self.sizes(argument))
            own = int(numpy.broadcast_to(numbers, self.sizes(node)).ravel()[element])
            value = self.value_of(argument).ravel()[own] + 0.0
            parts.append(f"{self.element_of(argument, own)} = {value:.6g}")
        return " at " + ", ".join(parts) if parts else ""
