"""Slips with the rule of one function: another rule is remembered for it.

Each line of the table is a kind, an operation and one of its arguments, and what is taken for the partial by that
argument, in the language itself and in the names of the operation's declaration. Integrals of sin and cos are left out:
they are the derivatives with the other sign, which is a slip of its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache

from gradcli.carriers.tape import evaluate
from gradcli.primitives.declare import Primitive, Value
from gradcli.problem import Nested
from gradcli.shapes import Shape
from gradcli.syntax.build import Built, build
from gradcli.syntax.parse import parse
from gradcli.syntax.text import format_node
from gradcli.verify.slips.slip import Candidate, Slip, contribution_of, numbers_of, replaced, result_text
from gradcli.verify.sweep import Edge, Sweep

POWER_RULE = "power rule on an exponential"
NOT_LOWERED = "exponent not lowered"
RAISED = "exponent raised"
FORGOTTEN_BASE = "forgotten base"
INTEGRAL = "integral for derivative"
NO_SQUARE = "missing square"
HYPERBOLIC = "hyperbolic for circular"
SINGLE = re.compile(r"[\w.]+")
NAME = re.compile(r"[a-z]\w*")

MISTAKEN: tuple[tuple[str, str, str, str], ...] = (
    (POWER_RULE, "pow", "y", "y*x^(y - 1)"),
    (POWER_RULE, "exp", "x", "x*exp(x - 1)"),
    (NOT_LOWERED, "power", "x", "exponent*x^exponent"),
    (RAISED, "power", "x", "exponent*x^(exponent + 1)"),
    (FORGOTTEN_BASE, "pow", "y", "x^y"),
    (FORGOTTEN_BASE, "log10", "x", "1/x"),
    (FORGOTTEN_BASE, "log2", "x", "1/x"),
    (INTEGRAL, "power", "x", "x^(exponent + 1)/(exponent + 1)"),
    (INTEGRAL, "div", "y", "x*ln(y)"),
    (INTEGRAL, "log", "x", "x*ln(x) - x"),
    (INTEGRAL, "sqrt", "x", "2*x*sqrt(x)/3"),
    (NO_SQUARE, "tan", "x", "1/cos(x)"),
    (NO_SQUARE, "tanh", "x", "1 - tanh(x)"),
    (NO_SQUARE, "tanh", "x", "1/cosh(x)"),
    (HYPERBOLIC, "tan", "x", "1 - tan(x)^2"),
    (HYPERBOLIC, "tanh", "x", "1 + tanh(x)^2"),
)


class MistakenRule(Slip):
    """Another rule for one function, of the kind given; its other arguments do not change with the input."""

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self.lines = [(number, *line[1:]) for number, line in enumerate(MISTAKEN) if line[0] == kind]

    def candidates(self, sweep: Sweep, decimals: int | None) -> Iterator[Candidate]:
        """Each node with such an operation, with what is taken for its partial."""
        for node, edges in sweep.into.items():
            primitive = sweep.tape.primitive(node)
            if len(edges) > 1:
                continue
            for number, name, argument, formula in self.lines:
                if primitive.name == name and primitive.arguments[edges[0].position] == argument:
                    for chain in (True, False):
                        flow = self._flow(sweep, edges[0], formula, chain)
                        if flow is not None:
                            yield Candidate(
                                self.kind, replaced(sweep, edges[0], flow), edges[0], number + 0.5 * (not chain)
                            )

    def _flow(self, sweep: Sweep, edge: Edge, formula: str, chain: bool) -> list[float] | None:
        """What flows through an edge then, with the chain rule or, as it comes with the power rule, without it."""
        if not chain and not self._without_chain(sweep, edge):
            return None
        point = _point(sweep, edge.node)
        built = _built(formula, tuple((name, sweep.carrier.shape(value)) for name, value in point.items()))
        values = {node: point[name] for name, node in built.graph.inputs.items()}
        partial: Value = evaluate(built.graph, built.outputs, sweep.carrier, values).values[built.outputs[0]]
        contribution = partial * sweep.adjoints[edge.node]
        return contribution_of(sweep, edge, contribution) if chain else numbers_of(sweep, contribution, edge.argument)

    def _without_chain(self, sweep: Sweep, edge: Edge) -> bool:
        composed = not sweep.graph.is_leaf(edge.argument) and sweep.graph.shapes[edge.argument] == sweep.shape
        return self.kind == POWER_RULE and composed

    def sentence(self, sweep: Sweep, found: Sequence[Candidate]) -> str:
        """`the derivative of f = 2^x by x is taken as x*2^(x - 1): 12`."""
        edge = found[0].edge
        assert edge is not None
        written = _written(sweep, edge.node)
        formula = MISTAKEN[int(found[0].detail)][3]
        text = NAME.sub(lambda match: written.get(match[0], match[0]), formula)
        operation = f"{sweep.node_text(edge.node)} by {sweep.names.get(edge.argument, 'its argument')}"
        without = "" if found[0].detail == int(found[0].detail) else ", and not multiplied by the inner derivative"
        return f"the derivative of {operation} is taken as {text}{without}{result_text(found[0])}"


@cache
def _built(formula: str, shapes: tuple[tuple[str, Shape], ...]) -> Built:
    """A formula on a graph, with the shapes of its names."""
    return build(parse(formula), dict(shapes))


def _point(sweep: Sweep, node: int) -> dict[str, Value]:
    """The values of the arguments and parameters of a node, by the names of the declaration."""
    primitive = sweep.tape.primitive(node)
    return {**dict(zip(primitive.arguments, sweep.tape.arguments(node), strict=False)), **_parameters(sweep, node)}


def _parameters(sweep: Sweep, node: int) -> Mapping[str, Nested]:
    primitive: Primitive = sweep.tape.primitive(node)
    pairs = zip(primitive.parameters, sweep.graph.parameters[node], strict=False)
    return {name: float(value) for name, value in pairs if isinstance(value, (int, float))}


def _written(sweep: Sweep, node: int) -> dict[str, str]:
    """The names of the declaration as they stand on screen at a node."""
    graph, primitive = sweep.graph, sweep.tape.primitive(node)
    found = {name: f"{number:.6g}" for name, number in _parameters(sweep, node).items()}
    for name, argument in zip(primitive.arguments, graph.arguments[node], strict=False):
        found[name] = sweep.names.get(argument) or format_node(graph, argument, sweep.names)
    return {name: text if SINGLE.fullmatch(text) else f"({text})" for name, text in found.items()}
