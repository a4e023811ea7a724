"""Slips with matrices: one that stands transposed, or is taken as symmetric or diagonal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from gradcli.methods.base import permuted, unit_directions
from gradcli.methods.reverse import contribution_to
from gradcli.primitives.declare import Differential, Multilinear, Value
from gradcli.shapes import size
from gradcli.verify.slips.slip import Candidate, Slip, contribution_of, is_half, replaced
from gradcli.verify.sweep import Edge, Sweep

MOST_ELEMENTS = 64
"""Of an array whose Jacobian is looked at: a sweep each."""


class Transposed(Slip):
    """The result transposed, a square matrix in the rule of a matrix product, or a matrix taken as symmetric."""

    kind = "transposed matrix"

    def candidates(self, sweep: Sweep, decimals: int | None) -> Iterator[Candidate]:
        """The transposed result, then each square matrix in each product."""
        shape = sweep.shape
        if len(shape) == 2 and shape[0] == shape[1] and sweep.edges:
            order = transposed_order(int(shape[0]))
            yield Candidate(self.kind, tuple(sweep.right[k] for k in order))
        for edge in sweep.flows:
            flow = self._flow(sweep, edge)
            if flow is not None:
                yield Candidate(self.kind, replaced(sweep, edge, flow), edge)
        for node, edges in sweep.into.items():
            if is_half(sweep, node, edges) and isinstance(sweep.tape.primitive(node).rule, Multilinear):
                for edge, other in (edges, edges[::-1]):
                    yield Candidate(self.kind, replaced(sweep, edge, sweep.flows[other]), edge, detail=1.0)

    @staticmethod
    def _flow(sweep: Sweep, edge: Edge) -> list[float] | None:
        tape, node, m = sweep.tape, edge.node, sweep.carrier
        rule = tape.primitive(node).rule
        arguments = list(tape.arguments(node))
        shapes = [sweep.graph.shapes[a] for a in sweep.graph.arguments[node]]
        turned = [k for k, s in enumerate(shapes) if k != edge.position and len(s) == 2 and s[0] == s[1]]
        if not isinstance(rule, Multilinear) or not turned:
            return None
        for k in turned:
            arguments[k] = m.transpose(arguments[k])
        contribution = rule.transpose(m, sweep.adjoints[node], edge.position, arguments, sweep.graph.parameters[node])
        return contribution_of(sweep, edge, contribution)

    def sentence(self, sweep: Sweep, found: Sequence[Candidate]) -> str:
        """`the matrix is transposed`."""
        edges = [c.edge for c in found if c.edge is not None]
        if len(edges) < len(found):
            return "rows and columns of the result are exchanged"
        if found[0].detail:
            place = sweep.node_text(edges[0].node)
            return f"both terms of the product rule at {place} are taken as equal, as for a symmetric matrix"
        return f"the matrix in {sweep.node_text(edges[0].node)} stands transposed in its derivative"


class DiagonalJacobian(Slip):
    """A function of a whole array differentiated as if each element of it depended on its own argument alone."""

    kind = "Jacobian taken as diagonal"

    def candidates(self, sweep: Sweep, decimals: int | None) -> Iterator[Candidate]:
        """Each node that is no linear function, and not one by elements, with an argument of its own shape."""
        for node, edges in sweep.into.items():
            shape = sweep.graph.shapes[node]
            alike = len(edges) == 1 and sweep.graph.shapes[edges[0].argument] == shape
            if alike and 1 < size(shape) <= MOST_ELEMENTS and isinstance(sweep.tape.primitive(node).rule, Differential):
                flow = contribution_of(sweep, edges[0], self._diagonal(sweep, edges[0]) * sweep.adjoints[node])
                if flow is not None:
                    yield Candidate(self.kind, replaced(sweep, edges[0], flow), edges[0])

    @staticmethod
    def _diagonal(sweep: Sweep, edge: Edge) -> Value:
        shape, m = sweep.graph.shapes[edge.node], sweep.carrier
        total = m.zeros(shape)
        for direction in unit_directions(shape):
            unit = m.constant(direction, shape)
            row = contribution_to(sweep.tape, edge.node, edge.position, unit)
            if row is not None:
                total = total + row * unit
        return total

    def sentence(self, sweep: Sweep, found: Sequence[Candidate]) -> str:
        """`the Jacobian of p = softmax(z) is taken as diagonal`."""
        edge = found[0].edge
        assert edge is not None
        return f"the Jacobian of {sweep.node_text(edge.node)} is taken as diagonal: its other entries are left out"


def transposed_order(side: int) -> list[int]:
    """Row-major positions of a square matrix, transposed."""
    places = [[float(row * side + column) for column in range(side)] for row in range(side)]
    return [int(k) for row in permuted(places, (side, side), (1, 0)) for k in row]
