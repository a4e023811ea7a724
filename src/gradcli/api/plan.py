"""What all points of a function share whose values have the same shapes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from gradcli.assumptions import Assumptions
from gradcli.carriers.base import Carrier
from gradcli.graph import Graph
from gradcli.primitives.constructors import Random
from gradcli.shapes import Shape
from gradcli.syntax.build import Built, build
from gradcli.syntax.program import Program


@dataclass(frozen=True)
class Plan:
    """What all points share whose values have the same shapes: the graph, its last output, and the carrier."""

    program: Program
    shapes: Mapping[str, Shape]
    built: Built
    output: int
    name: str
    carrier: Carrier
    device: str | None
    seed: int
    assumptions: Assumptions

    @property
    def graph(self) -> Graph:
        """The graph. Nobody may append to it: other points use it, perhaps in other threads."""
        return self.built.graph

    def graph_of_its_own(self) -> tuple[Graph, int]:
        """The same graph built again, and its output, for what appends to it."""
        built = build(self.program, self.shapes, Random(self.seed), self.assumptions)
        return built.graph, built.outputs[-1]
