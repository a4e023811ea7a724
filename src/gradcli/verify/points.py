"""Points at which two formulas are compared: round ones first, so that a counterexample is simple, then random ones.

They meet the assumptions about matrices, and are near the given point by turns, if there is one.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice

from gradcli.assumptions import Assumptions, meeting
from gradcli.graph import Graph
from gradcli.methods.base import flatten, unflatten
from gradcli.primitives.declare import Primitive
from gradcli.problem import Nested
from gradcli.shapes import Shape, size

Point = dict[str, Nested]

ROUND_NUMBERS = (1.0, 2.0, 3.0, -1.0, 0.5, -2.0, 4.0, 5.0, -0.5, 10.0)
"""Values of the simplest points, simplest first."""
SCALES = (1.0, 3.0, 0.3, 10.0, 100.0, 1000.0)
TRIES = 400
"""Random points that are tried at most."""


class Points:
    """The points of some inputs."""

    def __init__(self, shapes: Mapping[str, Shape], given: Mapping[str, Nested], assumed: Assumptions, dtype: str):
        self.shapes = shapes
        self.given = given
        self.assumed = {name: found for name, found in assumed.items() if name in shapes}
        self.dtype = dtype

    def round(self) -> Iterator[Point]:
        """Points of round numbers: the same for all elements, then in turn."""
        elements = sum(size(shape) for shape in self.shapes.values())
        for start in range(len(ROUND_NUMBERS)):
            for step in (0, 1) if elements > 1 else (0,):
                numbers = [ROUND_NUMBERS[(start + step * k) % len(ROUND_NUMBERS)] for k in range(elements)]
                yield from self._meeting(self._point_of(numbers))

    def random(self, seed: int = 17) -> Iterator[Point]:
        """Points without round numbers on several scales; always the same ones. Every fourth keeps some inputs as they
        are given: one may stand for a class, or a count."""
        draw = random.Random(seed)
        for number in range(TRIES):
            scale = SCALES[number % len(SCALES)]
            low = 0.0 if draw.random() < 0.5 else -scale
            point = {}
            for name, shape in self.shapes.items():
                if self.given and number % 4 == 3 and draw.random() < 0.5:
                    near = flatten(self.given[name])
                elif self.given and number % 2:
                    near = [n + draw.gauss(0.0, 0.1) * (abs(n) or 1.0) for n in flatten(self.given[name])]
                else:
                    near = [draw.uniform(low, scale) for _ in range(size(shape))]
                point[name] = unflatten(near, shape)
            yield from self._meeting(point)

    def _meeting(self, point: Point) -> Iterator[Point]:
        """The point, or one near it that meets the assumptions; none where none was found."""
        found = meeting(self.assumed, point, self.dtype) if self.assumed else point
        if found is not None:
            yield found

    def _point_of(self, numbers: Sequence[float]) -> Point:
        """A point from the numbers of all its elements."""
        left = iter(numbers)
        return {name: unflatten(list(islice(left, size(shape))), shape) for name, shape in self.shapes.items()}


def required_properties(graph: Graph) -> Assumptions:
    """What the operations of a graph ask of its inputs, as an eigenvalue of a symmetric matrix does."""
    found: dict[str, tuple[str, ...]] = {}
    named = {node: name for name, node in graph.inputs.items()}
    for node, operation in enumerate(graph.operations):
        if isinstance(operation, Primitive) and graph.arguments[node][:1] and graph.arguments[node][0] in named:
            words = tuple(premise.property for premise in operation.premises if premise.property)
            name = named[graph.arguments[node][0]]
            if words:
                found[name] = tuple(dict.fromkeys((*found.get(name, ()), *words)))
    return found
