"""Slips with a factor on a path: one of the chain rule, or a constant one in a local partial."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from gradcli.methods.base import flatten, unflatten
from gradcli.methods.reverse import unbroadcast
from gradcli.primitives.declare import Elementwise, Linear, Multilinear, Value
from gradcli.shapes import size
from gradcli.verify.slips.slip import Candidate, Slip, difference, is_square, numbers_of, replaced, result_text, rounded
from gradcli.verify.sweep import Edge, Sweep, constant_factor


class MissingChainFactor(Slip):
    """A factor of the chain rule: one local partial, or the whole inner derivative, taken as 1."""

    kind = "missing chain factor"

    def candidates(self, sweep: Sweep, decimals: int | None) -> Iterator[Candidate]:
        """Each elementwise node on a path, once with its partial as 1, once with its argument's derivative as 1."""
        for edges in sweep.into.values():
            (edge, *others) = edges
            if others or not isinstance(sweep.tape.primitive(edge.node).rule, Elementwise):
                continue
            adjoint = sweep.adjoints[edge.node]
            taken_as_one = unbroadcast(sweep.carrier, adjoint, sweep.graph.shapes[edge.argument])
            flow = sweep.through(edge.argument, taken_as_one)
            # Without a factor of -1 it is the sign that is wrong.
            opposite = rounded([-n for n in sweep.flows[edge]])
            for detail, found in enumerate((flow, self._without_inner(sweep, edge))):
                if found is not None and rounded(found) != opposite:
                    yield Candidate(self.kind, replaced(sweep, edge, found), edge, float(detail))

    @staticmethod
    def _without_inner(sweep: Sweep, edge: Edge) -> list[float] | None:
        """f'(g) without g', where f is not linear and g not the input."""
        found = sweep.partial(edge)
        if found is None or sweep.graph.is_leaf(edge.argument) or not constant_factor(*found)[1]:
            return None
        if sweep.graph.shapes[edge.argument] != sweep.shape:
            return None
        partial: Value = sweep.tape.partial(edge.node, edge.position)
        return numbers_of(sweep, partial * sweep.adjoints[edge.node], edge.argument)

    def sentence(self, sweep: Sweep, found: Sequence[Candidate]) -> str:
        """`the chain factor ∂v1/∂x = 2.6 is missing (v1 = x^2)`."""
        edge, name = found[0].edge, sweep.name
        assert edge is not None
        end = result_text(found[0])
        if found[0].detail:
            inner = edge.argument
            return f"the inner derivative ∂{sweep.names[inner]}/∂{name} is missing ({sweep.node_text(inner)}){end}"
        partial = sweep.carrier.nested(sweep.tape.partial(edge.node, edge.position))
        number = "" if isinstance(partial, list) else f" = {partial:.6g}"
        return f"the chain factor {sweep.edge_text(edge)}{number} is missing ({sweep.node_text(edge.node)}){end}"


class MissingFactor(Slip):
    """The constant factor of a local partial, as the 2 of 2x; also one of the two equal terms of x*x."""

    kind = "missing factor"

    def candidates(self, sweep: Sweep, decimals: int | None) -> Iterator[Candidate]:
        """Each edge with its flow divided by the factor."""
        for edges in sweep.into.values():
            if is_square(sweep, edges):
                yield Candidate(self.kind, difference(sweep.right, sweep.flows[edges[0]]), edges[0], 2.0)
                continue
            for edge in edges:
                factor = self._factor(sweep, edge)
                if factor:
                    flow = [n / factor for n in sweep.flows[edge]]
                    yield Candidate(self.kind, replaced(sweep, edge, flow), edge, factor)

    @staticmethod
    def _factor(sweep: Sweep, edge: Edge) -> float:
        """0 where there is none to forget: ±1, or the whole partial, which is a factor of the chain rule."""
        found = sweep.partial(edge)
        factor, rest = _weight(sweep, edge) if found is None else constant_factor(*found)
        return factor if rest and factor not in (0.0, 1.0, -1.0) else 0.0

    def sentence(self, sweep: Sweep, found: Sequence[Candidate]) -> str:
        """`the factor 2 of ∂v1/∂x is missing (v1 = x^2)`."""
        edge = found[0].edge
        assert edge is not None
        place = f"{sweep.edge_text(edge)} is missing ({sweep.node_text(edge.node)})"
        return f"the factor {found[0].detail:.6g} of {place}{result_text(found[0])}"


def _weight(sweep: Sweep, edge: Edge) -> tuple[float, bool]:
    """The number that every element is weighted with on the way, as 1/n in a mean; 1 where they differ."""
    node = edge.node
    rule, shape = sweep.tape.primitive(node).rule, sweep.graph.shapes[node]
    if not isinstance(rule, Linear) or isinstance(rule, Multilinear) or sweep.graph.shapes[edge.argument] == shape:
        return 1.0, False
    m, arguments, parameters = sweep.carrier, sweep.tape.arguments(node), sweep.graph.parameters[node]
    ones = m.constant(unflatten([1.0] * size(shape), shape), shape)
    pulled = unbroadcast(
        m, rule.transpose(m, ones, edge.position, arguments, parameters), sweep.graph.shapes[edge.argument]
    )
    weights = set(flatten(m.nested(pulled)))
    return (weights.pop(), True) if len(weights) == 1 else (1.0, False)
