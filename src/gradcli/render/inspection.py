"""A graph as it is looked at: which nodes, in which order, under which names, with which numbers.

The evaluation trace, the picture and the JSON of a graph all read this one model. Without a point it knows structure,
shapes and formulas only.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, NamedTuple

from gradcli.carriers.base import Carrier
from gradcli.carriers.tape import Tape, evaluate, input_values
from gradcli.graph import CONSTANT, INPUT, Graph, display_names, output_names
from gradcli.methods.base import unflatten
from gradcli.methods.forward import push
from gradcli.methods.reverse import contribution_to, pull
from gradcli.primitives.declare import Elementwise, Primitive, Value
from gradcli.primitives.registry import family_of
from gradcli.problem import Nested
from gradcli.render.formulas import Formula, differential_text, partial_formula
from gradcli.render.picture import plain_names
from gradcli.render.summary import Summary, summarize, trouble_in
from gradcli.shapes import Shape, size
from gradcli.syntax.text import TextPrinter
from gradcli.verify.witnesses import Verdict

FAMILY_KINDS = {
    "trigonometric": "elementary",
    "activations": "elementary",
    "logic": "piecewise",
    "reductions": "reduction",
    "softmax": "reduction",
    "losses": "reduction",
    "norms": "reduction",
    "cumulative": "reduction",
    "indexing": "structural",
    "spectral": "matrix",
    "linear_algebra": "matrix",
    "matrices": "matrix",
}
"""Kinds of card whose word is not that of the family which declares the primitive."""
LOST = "digits lost"
"""The alarm of the node at which a verdict says that digits go."""


@dataclass(frozen=True)
class Column:
    """A direction that tangents follow: what stands below the line of ∂/∂, and the tangents of inputs by name.

    `direction` says it in words where it is not that of one input element.
    """

    label: str
    tangents: Mapping[str, Nested]
    direction: str = ""


MOST_OUTPUTS = 8
"""The adjoints of so many outputs are drawn."""


class Link(NamedTuple):
    """An edge: argument number `position` of `node`. `detached`: no derivative flows through it."""

    node: int
    position: int
    argument: int
    detached: bool


@dataclass
class Inspection:
    """A graph with its names on screen, and at a point with values, tangents by column and adjoints by output."""

    graph: Graph
    outputs: tuple[int, ...]
    tape: Tape | None = None
    columns: Sequence[Column] = ()
    tangents: list[list[Value | None]] = field(default_factory=list)
    adjoints: dict[int, list[Value | None]] = field(default_factory=dict)
    weights: Mapping[int, Nested | None] = field(default_factory=dict)
    verdicts: dict[int, Verdict] = field(default_factory=dict)
    aliases: Mapping[int, Sequence[str]] = field(default_factory=dict)
    """Further names of nodes, where one is several things: the output y of x*y is the derivative by x too."""

    @cached_property
    def nodes(self) -> list[int]:
        """All that the outputs need, constants too, and every input, in creation order."""
        return self.graph.ancestors([*self.outputs, *self.graph.inputs.values()])

    @cached_property
    def names(self) -> dict[int, str]:
        """Names on screen. A constant has one only if it is an output."""
        inputs = {node: name for name, node in self.graph.inputs.items()}
        return inputs | display_names(self.graph, self.outputs) | output_names(self.graph, self.outputs)

    @cached_property
    def plain_names(self) -> frozenset[str]:
        """The names that no subscript is set in, because two of them would become one."""
        further = (alias for aliases in self.aliases.values() for alias in aliases)
        return plain_names([*self.names.values(), *further])

    @cached_property
    def rows(self) -> list[int]:
        """The named nodes: inputs, then by level and creation, the outputs last."""
        levels = self.graph.levels(self.nodes)
        outputs = list(dict.fromkeys(self.outputs))
        inputs = [node for node in self.nodes if self.graph.operations[node] is INPUT]
        between = [node for node in self.nodes if not self.graph.is_leaf(node) and node not in set(outputs)]
        between.sort(key=lambda node: (levels[node], node))
        return [*inputs, *between, *(o for o in outputs if self.graph.operations[o] is not INPUT)]

    @cached_property
    def kinks(self) -> frozenset[int]:
        """Nodes that stand on a kink or a jump of their primitive."""
        return frozenset(self.tape.kinks() if self.tape else ())

    @cached_property
    def printer(self) -> TextPrinter:
        """Writes operations on their arguments by the names on screen."""
        return TextPrinter(self.graph, self.names, compact=True)

    def shape(self, node: int) -> Shape:
        """The node's shape; dimensions may be symbols."""
        return self.graph.shapes[node]

    def is_input(self, node: int) -> bool:
        """Whether the node is an input."""
        return self.graph.operations[node] is INPUT

    def kind(self, node: int) -> str:
        """The kind of card that a node is drawn as."""
        operation = self.graph.operations[node]
        if not isinstance(operation, Primitive):
            return operation.name
        if operation.holds_value:
            return "detach"
        family = family_of(operation)
        return FAMILY_KINDS.get(family, family)

    def operation(self, node: int) -> str:
        """What computes the node, `x1*x2`; nothing for an input."""
        return "" if self.is_input(node) else self.printer.write(node, depth=1)

    def links(self, node: int) -> list[Link]:
        """The edges into a node. Constants are not linked: they stand in the operation's text."""
        graph = self.graph
        operation = graph.operations[node]
        if not isinstance(operation, Primitive):
            return []
        return [
            Link(node, position, argument, not operation.rule.depends_on(position))
            for position, argument in enumerate(graph.arguments[node])
            if graph.operations[argument] is not CONSTANT
        ]

    def formula(self, link: Link) -> Formula:
        """The local partial of an edge as text."""
        return partial_formula(self.graph, self.names, link.node, link.position)

    def differential(self, link: Link) -> str:
        """What an edge adds to the differential of its node, as text."""
        return differential_text(self.graph, self.names, link.node, link.position)

    # Numbers: only at a point

    def value(self, node: int) -> Nested:
        """The primal value; None without a point."""
        return None if self.tape is None else self.tape.carrier.nested(self.tape.values[node])

    def summary(self, node: int) -> Summary:
        """Range and norm of the value."""
        return summarize(self.value(node))

    def tangents_of(self, node: int) -> list[Nested]:
        """The tangent along each column's direction."""
        return [self.whole(tangents[node], node) for tangents in self.tangents]

    def adjoints_of(self, node: int) -> dict[int, Nested]:
        """The derivative of each output by the node; outputs that were not swept are left out."""
        return {output: self.whole(adjoints[node], node) for output, adjoints in self.adjoints.items()}

    def whole(self, value: Value | None, node: int) -> Nested:
        """Numbers of a tangent or adjoint in the shape of its node; a structural zero as zeros."""
        assert self.tape is not None
        shape = self.shape(node)
        return unflatten([0.0] * size(shape), shape) if value is None else self.tape.carrier.nested(value)

    def partial(self, link: Link) -> Nested:
        """The local partial in numbers: by element for an elementwise operation, the gradient for a scalar node.

        None for any other operation: its partial is a linear map, and of that there is only the formula.
        """
        if self.tape is None:
            return None
        node, position = link.node, link.position
        if link.detached:
            return 0.0
        carrier = self.tape.carrier
        if isinstance(self.tape.primitive(node).rule, Elementwise):
            return carrier.nested(self.tape.partial(node, position))
        if self.shape(node):
            return None
        gradient = contribution_to(self.tape, node, position, carrier.constant(1.0, ()))
        return self.whole(gradient, link.argument)

    def weighted(self, output: int) -> str:
        """What adjoints differentiate: the output's name, or its product with the cotangent."""
        name = self.names[output]
        return name if self.weights.get(output) is None else f"<cotangent, {name}>"

    def convention(self, node: int) -> str:
        """What the derivative is taken to be at a node on a kink; nothing at any other."""
        operation = self.graph.operations[node]
        if node not in self.kinks or not isinstance(operation, Primitive) or operation.kink is None:
            return ""
        return operation.kink.convention

    @cached_property
    def alarms(self) -> dict[int, str]:
        """What is wrong at each row, in words; nothing if all is well."""
        return {node: self._alarm(node) if self.tape else "" for node in self.rows}

    def _alarm(self, node: int) -> str:
        words = ["kink"] if node in self.kinks else []
        words += [LOST] if any(verdict.node == node for verdict in self.verdicts.values()) else []
        value = trouble_in(self.value(node))
        if value:
            return ", ".join([*words, value])
        for what, found in (("adjoint", [*self.adjoints_of(node).values()]), ("tangent", self.tangents_of(node))):
            trouble = next(filter(None, (trouble_in(numbers) for numbers in found)), "")
            if trouble:
                words.append(f"{trouble} {what}")
        return ", ".join(words)


def as_drawn(inspection: Inspection) -> Inspection:
    """What a picture shows of an inspection: of more than MOST_OUTPUTS outputs the adjoints of the last alone."""
    if len(inspection.adjoints) <= MOST_OUTPUTS:
        return inspection
    last = [*inspection.adjoints][-1]
    return replace(inspection, adjoints={last: inspection.adjoints[last]}, weights={last: inspection.weights[last]})


def output_note(whole: Inspection, drawn: Inspection) -> str:
    """Whose adjoints `as_drawn` left out, and how to see them; nothing where it left out none."""
    omitted = len(whole.adjoints) - len(drawn.adjoints)
    if len(whole.adjoints) <= MOST_OUTPUTS or not omitted:
        return ""
    shown = ", ".join(drawn.names[output] for output in drawn.adjoints)
    return f"adjoints are shown of {shown} alone, not of {omitted} other outputs; the output that stands last is shown"


def inspect_at(
    graph: Graph,
    outputs: Sequence[int],
    carrier: Carrier,
    point: Mapping[str, Any],
    columns: Sequence[Column] = (),
    cotangents: Mapping[int, Nested | None] | None = None,
) -> Inspection:
    """Evaluate a graph at a point, push the tangents of each column and pull the cotangent of each output given.

    A cotangent of None is 1, for a scalar output. Outputs that `cotangents` leaves out have no adjoints.
    """
    cotangents = cotangents or {}
    tape = evaluate(graph, [*outputs, *graph.inputs.values()], carrier, input_values(graph, carrier, point))
    tangents = [push(tape, input_values(graph, carrier, column.tangents)) for column in columns]
    # Not only what depends on an input: v1 = sin(2) has an adjoint too.
    held = {graph.inputs[name] for name in graph.held}
    sources = [node for node in tape.nodes if graph.operations[node] is not CONSTANT and node not in held]
    adjoints = {}
    for output, weights in cotangents.items():
        start = carrier.constant(1.0 if weights is None else weights, graph.shapes[output])
        adjoints[output] = pull(tape, {output: start}, sources)
    return Inspection(graph, tuple(outputs), tape, columns, tangents, adjoints, cotangents)
