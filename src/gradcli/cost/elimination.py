"""Vertex elimination: the Jacobian by removing the intermediate vertices of the linearised graph one after another.

Eliminating vertex j adds the product of weights c_kj c_ji to the edge from each predecessor i to each successor k
(Griewank and Walther, Evaluating Derivatives, 2008, chapter 9). What is left is the Jacobian, whatever the order; the
number of products is not. In forward or reverse order it does what the sweeps do; Markowitz order takes the vertex with
the smallest product of numbers of predecessors and successors (Griewank and Reese, On the calculation of Jacobian
matrices by the Markowitz rule, 1991; Griewank and Walther, chapter 10). A best order is hard to find in general.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator

from gradcli.cost.linearised import CountedEntries, Linearised, TooLargeError, linearise
from gradcli.cost.operations import Function, Row
from gradcli.polynomials import Polynomial
from gradcli.primitives.declare import Cost

MOST_PRODUCTS = 2_000_000
ORDERS = ("forward", "reverse", "Markowitz")
NAMES = {order: f"{order} elimination" for order in ORDERS}
UNITS = (1.0, -1.0)


class Elimination:
    """A linearised graph while its vertices are eliminated."""

    def __init__(self, linearised: Linearised) -> None:
        self.into = [dict(row) for row in linearised.weights]
        self.out_of: list[set[int]] = [set() for _ in self.into]
        for target, row in enumerate(self.into):
            for source in row:
                self.out_of[source].add(target)
        ends = {*linearised.inputs, *linearised.outputs}
        self.intermediate = [vertex for vertex in range(len(self.into)) if vertex not in ends]
        self.multiplications = 0
        self.products = 0
        self.kept = sum(_stored(weight) for row in self.into for weight in row.values())
        self.most_kept = self.kept

    def degree(self, vertex: int) -> int:
        """The Markowitz degree: predecessors times successors."""
        return len(self.into[vertex]) * len(self.out_of[vertex])

    def eliminate(self, vertex: int) -> None:
        """Join each predecessor to each successor. A product with 1 or -1 is no multiplication."""
        before = self.into[vertex]
        after = self.out_of[vertex]
        self.products += len(before) * len(after)
        if self.products > MOST_PRODUCTS:
            raise TooLargeError(f"more than {MOST_PRODUCTS} products")
        factors = sum(_stored(weight) for weight in before.values())
        for target in after:
            row = self.into[target]
            weight = row.pop(vertex)
            is_factor = _stored(weight)
            self.multiplications += factors * is_factor
            self.kept -= is_factor
            for source, first in before.items():
                known = row.get(source)
                self.kept -= known is not None and _stored(known)
                row[source] = weight * first if known is None else known + weight * first
                self.kept += _stored(row[source])
                self.out_of[source].add(target)
        # The new edges are made while the old ones into the vertex are still there.
        self.most_kept = max(self.most_kept, self.kept)
        for source in before:
            self.out_of[source].discard(vertex)
        self.kept -= factors
        self.into[vertex] = {}
        self.out_of[vertex] = set()

    def run(self, order: str) -> None:
        """Eliminate all intermediate vertices in the order of that name. Raises TooLargeError."""
        if order == "Markowitz":
            for vertex in self._by_degree():
                self.eliminate(vertex)
        else:
            for vertex in self.intermediate if order == "forward" else reversed(self.intermediate):
                self.eliminate(vertex)

    def _by_degree(self) -> Iterator[int]:
        """The vertex of least degree, again and again; of several the one created first."""
        waiting = set(self.intermediate)
        queue = [(self.degree(vertex), vertex) for vertex in self.intermediate]
        heapq.heapify(queue)
        while queue:
            degree, vertex = heapq.heappop(queue)
            if vertex not in waiting or degree != self.degree(vertex):
                continue
            waiting.remove(vertex)
            touched = {*self.into[vertex], *self.out_of[vertex]} & waiting
            yield vertex
            for neighbour in touched:
                heapq.heappush(queue, (self.degree(neighbour), neighbour))


def _stored(weight: float) -> bool:
    """Whether a weight is a number to be stored and multiplied with, not the constant 1 or -1."""
    return weight not in UNITS


def elimination_rows(function: Function) -> list[Row]:
    """A row an order: operations, and the most weights that are held at a time. `reason` where there are no counts."""
    entries = CountedEntries(function)
    try:
        linearised = linearise(function, entries)
        return [_row(order, linearised, entries.value + entries.cost) for order in ORDERS]
    except TooLargeError as error:
        return [Row(NAMES[order], reason=str(error)) for order in ORDERS]


def _row(order: str, linearised: Linearised, before: Cost) -> Row:
    elimination = Elimination(linearised)
    elimination.run(order)
    products = Cost(multiplications=Polynomial({(): elimination.multiplications}))
    return Row(NAMES[order], before + products, kept=Polynomial({(): elimination.most_kept}))
