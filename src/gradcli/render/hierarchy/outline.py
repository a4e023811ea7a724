"""What the division of a graph looks at: its nodes in creation order, who uses them, and how many values pass a cut."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import cached_property
from itertools import accumulate

from gradcli.graph import CONSTANT
from gradcli.render.inspection import Inspection
from gradcli.render.summary import summarize


class Outline:
    """The nodes of an inspection but its inputs, in creation order. An interval of it never needs what comes after, so
    that groups which are intervals depend on each other in one direction only."""

    def __init__(self, inspection: Inspection) -> None:
        self.inspection = inspection
        shown = inspection.rows
        self.inputs: list[int] = [node for node in shown if inspection.is_input(node)]
        self.order: list[int] = sorted(node for node in shown if not inspection.is_input(node))
        self.place: dict[int, int] = {node: place for place, node in enumerate(self.order)}
        self.outputs = frozenset(inspection.outputs)

    def arguments(self, node: int) -> list[int]:
        """What a node uses, constants left out."""
        operations = self.inspection.graph.operations
        return [a for a in self.inspection.graph.arguments[node] if operations[a] is not CONSTANT]

    @cached_property
    def users(self) -> dict[int, list[int]]:
        """The nodes that use each node, in creation order."""
        users: dict[int, list[int]] = {node: [] for node in (*self.inputs, *self.order)}
        for node in self.order:
            for argument in dict.fromkeys(self.arguments(node)):
                users[argument].append(node)
        return users

    @cached_property
    def live(self) -> list[int]:
        """How many values pass each cut: those computed before a place and used at or after it."""
        change = [0] * (len(self.order) + 2)
        for place, node in enumerate(self.order):
            users = self.users[node]
            if users:
                change[place + 1] += 1
                change[self.place[users[-1]] + 1] -= 1
        return list(accumulate(change))

    @cached_property
    def signs(self) -> list[int]:
        """A number for the operation at each place, the same for the same operation."""
        numbers: dict[str, int] = {}
        operations = self.inspection.graph.operations
        return [numbers.setdefault(operations[node].name, len(numbers)) for node in self.order]

    @cached_property
    def statement_ends(self) -> list[int]:
        """The places after each node that the user has named."""
        named = self.inspection.graph.names
        return [place + 1 for place, node in enumerate(self.order) if node in named]

    @cached_property
    def peaks(self) -> dict[int, tuple[float, int]]:
        """The adjoint of each node that is largest in magnitude (NaN if there is one), and the output it is of."""
        return {node: peak for node in (*self.inputs, *self.order) if (peak := self._peak(node)) is not None}

    def _peak(self, node: int) -> tuple[float, int] | None:
        found = []
        for output, adjoint in self.inspection.adjoints_of(node).items():
            found.append((adjoint if isinstance(adjoint, float) else summarize(adjoint).peak, output))
        return max(found, key=lambda one: magnitude(one[0]), default=None)

    def largest(self, nodes: Sequence[int]) -> int | None:
        """The node with the largest adjoint, the first of equals; NaN counts as larger than any number."""
        swept = [node for node in nodes if node in self.peaks]
        return max(swept, key=lambda node: magnitude(self.peaks[node][0]), default=None)


def magnitude(number: float) -> float:
    """|x| to sort by; NaN comes last."""
    return math.inf if math.isnan(number) else abs(number)
