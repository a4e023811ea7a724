"""Single slips: which numbers come out of the sweep when exactly one thing is done wrong.

A kind of slip is one class here, listed in `SLIPS` from the most to the least common. No operation is known by its
name: what counts is the kind of rule, the arguments, and what the declaration says of angles and neutral elements.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar

from gradcli.carriers.mistaken import DEGREE, Degrees, Truncating
from gradcli.methods.base import flatten, permuted
from gradcli.methods.reverse import unbroadcast
from gradcli.primitives.declare import Elementwise, Multilinear, Value
from gradcli.verify.digits import MOST_DECIMALS
from gradcli.verify.sweep import Edge, Sweep, constant_factor, finite, is_product, is_quotient

MOST_PLACES = 2
"""Places that one line names where the slip would have the same effect at each."""


@dataclass(frozen=True)
class Candidate:
    """The numbers that a slip leads to, in row-major order, and where it is: `edge` None is the whole."""

    kind: str
    numbers: tuple[float, ...]
    edge: Edge | None = None
    detail: float = 0.0


class Slip(ABC):
    """A kind of slip."""

    kind: ClassVar[str]

    @abstractmethod
    def candidates(self, sweep: Sweep, decimals: int | None) -> Iterator[Candidate]:
        """All slips of this kind. `decimals` are those of the claim, None where it is exact."""

    @abstractmethod
    def sentence(self, sweep: Sweep, found: Sequence[Candidate]) -> str:
        """What happened, in one line, for candidates of the same numbers."""


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
            return f"the sign of the whole derivative is flipped{result_text(found[0])}"
        flow = sweep.flows[edges[0]]
        sums = f": {sum_text(sweep.right, flow, -1)}" if len(flow) == 1 else ""
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
        return f"the path through {sweep.node_text(edge.node)} is left out{without_text(sweep, found[0])}"


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
        factor, rest = (1.0, False) if found is None else constant_factor(*found)
        return factor if rest and factor not in (0.0, 1.0, -1.0) else 0.0

    def sentence(self, sweep: Sweep, found: Sequence[Candidate]) -> str:
        """`the factor 2 of ∂v1/∂x is missing (v1 = x^2)`."""
        edge = found[0].edge
        assert edge is not None
        place = f"{sweep.edge_text(edge)} is missing ({sweep.node_text(edge.node)})"
        return f"the factor {found[0].detail:.6g} of {place}{result_text(found[0])}"


class DegreesForRadians(Slip):
    """A calculator that is set to degrees: everywhere, or for one derivative; with and without the factor pi/180."""

    kind = "degrees for radians"

    def candidates(self, sweep: Sweep, decimals: int | None) -> Iterator[Candidate]:
        """All angles in degrees, then the local partial of each function of an angle."""
        angles = [node for node in sweep.tape.nodes if getattr(sweep.graph.operations[node], "angle", "")]
        if not angles:
            return
        on_calculator = sweep.swept_on(Degrees(sweep.carrier))
        if finite(on_calculator):
            yield Candidate(self.kind, tuple(on_calculator))
        for node in angles:
            for edge in sweep.into.get(node, ()):
                for factor in (1.0, DEGREE if sweep.tape.primitive(node).angle == "argument" else 1.0 / DEGREE):
                    flow = self._flow(sweep, edge, factor)
                    if flow is not None:
                        yield Candidate(self.kind, replaced(sweep, edge, flow), edge)

    @staticmethod
    def _flow(sweep: Sweep, edge: Edge, factor: float) -> list[float] | None:
        tape, node = sweep.tape, edge.node
        rule = tape.primitive(node).rule
        assert isinstance(rule, Elementwise)
        function = rule.partials[edge.position]
        assert function is not None
        m = Degrees(sweep.carrier)
        partial = function(m, tape.values[node], *tape.arguments(node), *tape.graph.parameters[node])
        return contribution_of(sweep, edge, partial * sweep.adjoints[node] * factor)

    def sentence(self, sweep: Sweep, found: Sequence[Candidate]) -> str:
        """`the angle of v3 = sin(x2) is taken in degrees, not radians`."""
        edges = [c.edge for c in found if c.edge is not None]
        what = f"the angle of {sweep.node_text(edges[0].node)} is" if edges else "all angles are"
        return f"{what} taken in degrees, not radians{result_text(found[0])}"


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


class Truncated(Slip):
    """Every step cut after the decimals of the claim."""

    kind = "truncated for rounded"

    def candidates(self, sweep: Sweep, decimals: int | None) -> Iterator[Candidate]:
        """The result of such arithmetic."""
        if decimals is not None and 0 <= decimals < MOST_DECIMALS:
            numbers = sweep.swept_on(Truncating(sweep.carrier, decimals))
            if finite(numbers):
                yield Candidate(self.kind, tuple(numbers), detail=decimals)

    def sentence(self, sweep: Sweep, found: Sequence[Candidate]) -> str:
        """`every step is cut to 3 decimals, not rounded`."""
        return f"every step is cut to {found[0].detail:.0f} decimals, not rounded{result_text(found[0])}"


SLIPS: tuple[Slip, ...] = (
    FlippedSign(),
    HalfProduct(),
    DroppedPath(),
    MissingChainFactor(),
    MissingFactor(),
    DegreesForRadians(),
    Transposed(),
    Truncated(),
)


def transposed_order(side: int) -> list[int]:
    """Row-major positions of a square matrix, transposed."""
    places = [[float(row * side + column) for column in range(side)] for row in range(side)]
    return [int(k) for row in permuted(places, (side, side), (1, 0)) for k in row]


def is_half(sweep: Sweep, node: int, edges: Sequence[Edge]) -> bool:
    """Whether the edges are the terms of a product or quotient rule, and not two equal ones."""
    primitive = sweep.tape.primitive(node)
    multiplies = is_product(primitive) or is_quotient(primitive) or isinstance(primitive.rule, Multilinear)
    return multiplies and len(edges) == 2 and not is_square(sweep, edges)


def is_square(sweep: Sweep, edges: Sequence[Edge]) -> bool:
    """Whether two edges come from the same argument and carry the same, as in x*x."""
    if len(edges) != 2 or edges[0].argument != edges[1].argument:
        return False
    return sweep.flows[edges[0]] == sweep.flows[edges[1]]


def difference(right: Sequence[float], flow: Sequence[float], times: float = 1.0) -> tuple[float, ...]:
    """The numbers less what flows through an edge."""
    return tuple(n - times * f for n, f in zip(right, flow, strict=True))


def replaced(sweep: Sweep, edge: Edge, flow: Sequence[float]) -> tuple[float, ...]:
    """The numbers with another flow through an edge."""
    return tuple(n - f + g for n, f, g in zip(sweep.right, sweep.flows[edge], flow, strict=True))


def rounded(numbers: Sequence[float]) -> tuple[str, ...]:
    """What numbers share that are the same up to rounding."""
    return tuple([f"{n:.9g}" for n in numbers])


def contribution_of(sweep: Sweep, edge: Edge, contribution: Value) -> list[float] | None:
    """What another contribution to an edge's argument adds to the input."""
    return sweep.through(edge.argument, unbroadcast(sweep.carrier, contribution, sweep.graph.shapes[edge.argument]))


def numbers_of(sweep: Sweep, contribution: Value, argument: int) -> list[float] | None:
    """A contribution itself as the numbers of the input, which has the same shape."""
    numbers = flatten(sweep.carrier.nested(unbroadcast(sweep.carrier, contribution, sweep.graph.shapes[argument])))
    return numbers if finite(numbers) else None


def places_text(sweep: Sweep, edges: Sequence[Edge]) -> str:
    """`∂v3/∂x2 or ∂f/∂v3`."""
    texts = list(dict.fromkeys(map(sweep.edge_text, edges)))
    more = " or another on the way" if len(texts) > MOST_PLACES else ""
    return " or ".join(texts[:MOST_PLACES]) + more


def sum_text(right: Sequence[float], flow: Sequence[float], sign: int) -> str:
    """`2 - (-0.283662) = 2.28366`: what else there is, and the flow with a sign."""
    rest = right[0] - flow[0]
    number = factor_text(flow[0])
    total = rest + sign * flow[0]
    if abs(rest) <= 1e-12 * abs(flow[0]):
        return f"-{number} = {total:.6g}"
    return f"{rest:.6g} {'-' if sign < 0 else '+'} {number} = {total:.6g}"


def without_text(sweep: Sweep, candidate: Candidate) -> str:
    """`: 1.71634 - (-0.283662) = 2`, for scalars."""
    if len(candidate.numbers) > 1 or candidate.edge is None:
        return ""
    return f": {sweep.right[0]:.6g} - {factor_text(sweep.flows[candidate.edge][0])} = {candidate.numbers[0]:.6g}"


def factor_text(number: float) -> str:
    """A number behind a sign: in parentheses if it is negative."""
    return f"({number:.6g})" if number < 0 else f"{number:.6g}"


def result_text(candidate: Candidate) -> str:
    """`: 2.28366`, for scalars."""
    return f": {candidate.numbers[0]:.6g}" if len(candidate.numbers) == 1 else ""
