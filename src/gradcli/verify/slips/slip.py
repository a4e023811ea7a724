"""What a kind of slip is: a class that lists the numbers it leads to, and a sentence about it.

No operation is known by its name: what counts is the kind of rule, the arguments, and what the declaration says of
angles and neutral elements.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from gradcli.methods.base import flatten
from gradcli.methods.reverse import unbroadcast
from gradcli.primitives.declare import Multilinear, Value
from gradcli.verify.explain import finite
from gradcli.verify.sweep import Edge, Sweep, is_product, is_quotient

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

    kind: str

    @abstractmethod
    def candidates(self, sweep: Sweep, decimals: int | None) -> Iterator[Candidate]:
        """All slips of this kind. `decimals` are those of the claim, None where it is exact."""

    @abstractmethod
    def sentence(self, sweep: Sweep, found: Sequence[Candidate]) -> str:
        """What happened, in one line, for candidates of the same numbers."""


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


def flipped_text(right: Sequence[float], flow: Sequence[float]) -> str:
    """`2 - (-0.283662) = 2.28366`: what else there is, less the flow."""
    rest = right[0] - flow[0]
    total = rest - flow[0]
    if abs(rest) <= 1e-12 * abs(flow[0]):
        return f"{total:.6g}, not {right[0]:.6g}"
    return f"{rest:.6g} - {factor_text(flow[0])} = {total:.6g}"


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
