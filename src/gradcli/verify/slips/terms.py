"""Slips with a term of the sum over all paths: its sign, or that it is there at all."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial

from gradcli.carriers.nodes import Nodes
from gradcli.graph import Graph
from gradcli.methods.base import flatten
from gradcli.methods.reverse import contribution_to
from gradcli.primitives.declare import Primitive
from gradcli.syntax.text import format_node
from gradcli.verify.slips.slip import (
    Candidate,
    Slip,
    difference,
    flipped_text,
    is_half,
    is_square,
    places_text,
    result_text,
    rounded,
    without_text,
)
from gradcli.verify.sweep import Edge, Sweep, is_quotient, is_sum
from gradcli.verify.why.patterns import replaced as replaced_nodes

LEAST_ELEMENTS = 3
PLACES = ("first", "second")


class FlippedSign(Slip):
    """The sign of a local partial, or of the result."""

    kind = "flipped sign"

    def candidates(self, sweep: Sweep, decimals: int | None) -> Iterator[Candidate]:
        """Each edge counted with the opposite sign."""
        for edge, flow in sweep.flows.items():
            yield Candidate(self.kind, difference(sweep.right, flow, 2.0), edge)
        if sweep.edges:
            yield Candidate(self.kind, tuple(-n for n in sweep.right))

    def sentence(self, sweep: Sweep, found: Sequence[Candidate]) -> str:
        """`the sign of ∂v3/∂x2 is flipped (v3 = sin(x2)): 2 - (-0.283662) = 2.28366`."""
        edges = [c.edge for c in found if c.edge is not None]
        if not edges:
            exchanged = ""
            if is_quotient(sweep.tape.primitive(sweep.target)) and len(sweep.into.get(sweep.target, ())) == 2:
                exchanged = ", as by u v' - u' v in the quotient rule"
            return f"the sign of the whole derivative is flipped{exchanged}{result_text(found[0])}"
        flow = sweep.flows[edges[0]]
        sums = f": {flipped_text(sweep.right, flow)}" if len(flow) == 1 else ""
        return f"the sign of {places_text(sweep, edges)} is flipped ({sweep.node_text(edges[0].node)}){sums}"


class HalfProduct(Slip):
    """One term of a product or quotient rule, where both have a derivative."""

    kind = "half of a product rule"

    def candidates(self, sweep: Sweep, decimals: int | None) -> Iterator[Candidate]:
        """Each such term left out."""
        for node, edges in sweep.into.items():
            if is_half(sweep, node, edges):
                for edge in edges:
                    yield Candidate(self.kind, difference(sweep.right, sweep.flows[edge]), edge)

    def sentence(self, sweep: Sweep, found: Sequence[Candidate]) -> str:
        """`half of the product rule is missing at v2 = x*v1: the term with ∂v2/∂x`."""
        edge = found[0].edge
        assert edge is not None
        rule = "quotient" if is_quotient(sweep.tape.primitive(edge.node)) else "product"
        left_out = f"the term with {sweep.edge_text(edge)}"
        sums = without_text(sweep, found[0])
        return f"half of the {rule} rule is missing at {sweep.node_text(edge.node)}: {left_out}{sums}"


class DroppedPath(Slip):
    """A path from the input to the output that was not counted."""

    kind = "dropped path"

    def candidates(self, sweep: Sweep, decimals: int | None) -> Iterator[Candidate]:
        """Each edge left out that carries more or less than a term of a product rule."""
        halves = [edges for node, edges in sweep.into.items() if is_half(sweep, node, edges)]
        terms = {rounded(sweep.flows[edge]) for edges in halves for edge in edges}
        for edges in sweep.into.values():
            if not is_square(sweep, edges):
                for edge in edges:
                    if rounded(sweep.flows[edge]) not in terms:
                        yield Candidate(self.kind, difference(sweep.right, sweep.flows[edge]), edge)

    def sentence(self, sweep: Sweep, found: Sequence[Candidate]) -> str:
        """`the path through v3 = sin(x2) is left out: 1.71634 - (-0.283662) = 2`."""
        edge = found[0].edge
        assert edge is not None
        arguments = sweep.graph.arguments[edge.node]
        twice = arguments.count(edge.argument) > 1
        which = f"the {PLACES[edge.position]} argument of " if twice and edge.position < len(PLACES) else ""
        return f"the path through {which}{sweep.node_text(edge.node)} is left out{without_text(sweep, found[0])}"


class DroppedConstant(Slip):
    """What the derivative holds of a constant or another input as it is: softmax(z) for softmax(z) - y."""

    kind = "dropped constant"

    def candidates(self, sweep: Sweep, decimals: int | None) -> Iterator[Candidate]:
        """The result without each array of its shape, added or subtracted. A single number would fit by chance."""
        if sweep.name is None or len(sweep.right) < LEAST_ELEMENTS:
            return
        source = sweep.graph.inputs[sweep.name]
        for node in sweep.tape.nodes:
            if sweep.graph.is_leaf(node) and node != source and sweep.graph.shapes[node] == sweep.shape:
                numbers = flatten(sweep.carrier.nested(sweep.tape.values[node]))
                for sign in (1.0, -1.0):
                    edge = Edge(sweep.target, 0, node)
                    yield Candidate(self.kind, difference(sweep.right, numbers, sign), edge, sign)

    def sentence(self, sweep: Sweep, found: Sequence[Candidate]) -> str:
        """`the term -y is left out`."""
        edge = found[0].edge
        assert edge is not None
        sign = "-" if found[0].detail < 0 else ""
        return f"the term {sign}{format_node(sweep.graph, edge.argument, sweep.names)} is left out"


class KeptConstant(Slip):
    """A constant term that stands in the derivative as it is: 20x^3 - 3 + 7 for 5x^4 - 3x + 7."""

    kind = "constant kept"

    def candidates(self, sweep: Sweep, decimals: int | None) -> Iterator[Candidate]:
        """Each number that does not move, and enters a sum with one that does, times the adjoint of that sum."""
        if sweep.name is None or sweep.shape:
            return
        for node in sweep.into:
            if sweep.graph.shapes[node] or not is_sum(sweep.tape.primitive(node)):
                continue
            moving = {edge.argument for edge in sweep.into[node]}
            for position, argument in enumerate(sweep.graph.arguments[node]):
                if argument in moving or not sweep.graph.is_leaf(argument):
                    continue
                kept = contribution_to(sweep.tape, node, position, sweep.adjoints[node])
                if kept is not None:
                    number = sweep.inner(kept, sweep.tape.values[argument])
                    yield Candidate(self.kind, (sweep.right[0] + number,), Edge(node, position, argument))

    def sentence(self, sweep: Sweep, found: Sequence[Candidate]) -> str:
        """`the constant 7 in f = v2 + 7 is kept, its derivative is 0: 27`."""
        edge = found[0].edge
        assert edge is not None
        constant = format_node(sweep.graph, edge.argument, sweep.names)
        place = sweep.node_text(edge.node)
        return f"the constant {constant} in {place} is kept, though its derivative is 0{result_text(found[0])}"


class CountedDetached(Slip):
    """A value that is detached, differentiated as if it were not."""

    kind = "detached path counted"

    def candidates(self, sweep: Sweep, decimals: int | None) -> Iterator[Candidate]:
        """Each detached value on the way from the input."""
        if sweep.name is None:
            return
        for node in sweep.tape.nodes:
            operation = sweep.graph.operations[node]
            if isinstance(operation, Primitive) and operation.holds_value:
                found = replaced_nodes(sweep.graph, sweep.problem.output, {node: partial(_argument, sweep.graph, node)})
                if found is not None:
                    graph, output, _ = found
                    attached = replace(sweep.problem, graph=graph, output=output)
                    numbers = Sweep(attached, sweep.carrier, sweep.name).right
                    yield Candidate(self.kind, tuple(numbers), Edge(node, 0, sweep.graph.arguments[node][0]))

    def sentence(self, sweep: Sweep, found: Sequence[Candidate]) -> str:
        """`u = detach(v1) is differentiated as if it were not detached`."""
        edge = found[0].edge
        assert edge is not None
        return f"{sweep.node_text(edge.node)} is differentiated as if it were not detached{result_text(found[0])}"


def _argument(graph: Graph, node: int, m: Nodes, place: Mapping[int, int]) -> int:
    """The copy of what is detached at a node."""
    return place[graph.arguments[node][0]]
