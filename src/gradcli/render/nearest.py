"""What is drawn of a graph that is too large for one picture: the nodes nearest to the outputs, and the inputs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from gradcli.graph import CONSTANT
from gradcli.render.inspection import Inspection, Link

LARGEST = 500
"""Boxes that a layout engine places in a time one waits for, and that an eye can follow."""
KEPT = 250
"""Of a larger graph, so many nodes and at most as many inputs are drawn."""


@dataclass(frozen=True)
class Selection:
    """The nodes drawn, in the order of the trace, and what joins them to the `omitted` ones."""

    nodes: Sequence[int]
    omitted: int = 0
    into_omitted: Sequence[int] = ()
    out_of_omitted: Sequence[int] = ()

    def links(self, inspection: Inspection) -> list[Link]:
        """The edges between nodes that are drawn."""
        drawn = set(self.nodes)
        return [link for node in self.nodes for link in inspection.links(node) if link.argument in drawn]

    @property
    def sentence(self) -> str:
        """What is drawn and what is not."""
        total = len(self.nodes) + self.omitted
        return f"{len(self.nodes)} of {total} nodes: those nearest to the output, and inputs"


def select(inspection: Inspection) -> Selection:
    """All rows of a graph of up to LARGEST nodes, else the KEPT nearest and inputs."""
    rows = inspection.rows
    if len(rows) <= LARGEST:
        return Selection(rows)
    inputs = [node for node in rows if inspection.is_input(node)][:KEPT]
    drawn = set(nearest(inspection)) | set(inputs)
    beyond = [node for node in rows if node not in drawn]
    sources = {argument for node in beyond for argument in inspection.graph.arguments[node]}
    lost = set(beyond)
    return Selection(
        [node for node in rows if node in drawn],
        len(beyond),
        [node for node in inputs if node in sources],
        [node for node in rows if node in drawn and not lost.isdisjoint(inspection.graph.arguments[node])],
    )


def nearest(inspection: Inspection) -> list[int]:
    """The nodes fewest edges away from an output, as many as are kept."""
    graph = inspection.graph
    found = list(dict.fromkeys(inspection.outputs))
    seen = set(found)
    for node in found:  # the list grows while it is walked: breadth first
        if len(found) >= KEPT:
            break
        for argument in graph.arguments[node]:
            if argument not in seen and graph.operations[argument] is not CONSTANT:
                seen.add(argument)
                found.append(argument)
    return found[:KEPT]
