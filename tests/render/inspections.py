"""Inspections of expressions, for the tests of this folder."""

from typing import Any

from gradcli.carriers.select import select_carrier
from gradcli.problem import Problem
from gradcli.render.examine import examine, tangent_columns
from gradcli.render.inspection import Inspection
from gradcli.shapes import Shape
from gradcli.syntax.build import Built, build
from gradcli.syntax.parse import parse

ROW_1 = "ln(x1)+x1*x2-sin(x2)"
ROW_1_POINT = {"x1": 2.0, "x2": 5.0}
ROW_5 = "a = dot(x,w); b = a - y; z = b^2"
ROW_5_POINT = {"x": [1.0, 2.0, 3.0], "w": [0.5, -1.0, 2.0], "y": 1.5}


def built(text: str, shapes: dict[str, Shape]) -> Built:
    return build(parse(text), shapes)


def inspect(text: str, point: dict[str, Any], cotangent: Any = None) -> Inspection:
    """Both sweeps at a point."""
    found = built(text, {name: shape_of(value) for name, value in point.items()})
    graph = found.graph
    carrier = select_carrier(graph, graph.ancestors(found.outputs))
    wrt = tuple(graph.inputs)
    problems = [Problem(graph, output, wrt, point, cotangent) for output in dict.fromkeys(found.outputs)]
    return examine(graph, problems, carrier, tangent_columns(graph, wrt))


def structure(text: str, shapes: dict[str, Shape]) -> Inspection:
    """Without a point."""
    found = built(text, shapes)
    return Inspection(found.graph, found.outputs)


def shape_of(value: Any) -> Shape:
    shape = []
    while isinstance(value, list):
        shape.append(len(value))
        value = value[0]
    return tuple(shape)


def node_named(inspection: Inspection, name: str) -> int:
    return next(node for node, found in inspection.names.items() if found == name)
