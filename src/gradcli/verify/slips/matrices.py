"""Slips with matrices: one that stands transposed, or is taken as symmetric."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from gradcli.methods.base import permuted
from gradcli.primitives.declare import Multilinear
from gradcli.verify.slips.slip import Candidate, Slip, contribution_of, is_half, replaced
from gradcli.verify.sweep import Edge, Sweep


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


def transposed_order(side: int) -> list[int]:
    """Row-major positions of a square matrix, transposed."""
    places = [[float(row * side + column) for column in range(side)] for row in range(side)]
    return [int(k) for row in permuted(places, (side, side), (1, 0)) for k in row]
