"""A graph as JSON data: nodes with their numbers, edges with their local partials."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gradcli.graph import CONSTANT
from gradcli.primitives.declare import Primitive
from gradcli.render.examine import verdict_data
from gradcli.render.inspection import Inspection
from gradcli.render.json import SCHEMA, head


def trace_data(inspection: Inspection, expression: str, point: Mapping[str, Any], mode: str) -> dict[str, Any]:
    """The JSON of an evaluation trace."""
    data = request("trace", inspection, expression, point) | verdict_data(inspection) | {"mode": mode}
    return data | {"directions": direction_data(inspection), "nodes": node_list(inspection)}


def graph_data(inspection: Inspection, expression: str, point: Mapping[str, Any]) -> dict[str, Any]:
    """The JSON of a graph; numbers are there only at a point."""
    data = request("graph", inspection, expression, point)
    if inspection.tape is not None:
        data |= verdict_data(inspection) | {"directions": direction_data(inspection)}
    return data | {"nodes": node_list(inspection), "edges": edge_list(inspection)}


def request(command: str, inspection: Inspection, expression: str, point: Mapping[str, Any]) -> dict[str, Any]:
    """What the JSON of both begins with, at a point or without one."""
    if inspection.tape is None:
        return {"schema": SCHEMA, "command": command, "expression": expression}
    return head(command, expression, point, inspection.tape.carrier)


def node_list(inspection: Inspection) -> list[dict[str, Any]]:
    """Every node, constants too, in creation order. Numbers are there only at a point.

    With one output a node has an `adjoint`, with several `adjoints` by the output's name.
    """
    return [node_data(inspection, node) for node in inspection.nodes]


def node_data(inspection: Inspection, node: int) -> dict[str, Any]:
    """One node."""
    graph, names = inspection.graph, inspection.names
    operation = graph.operations[node]
    data: dict[str, Any] = {
        "id": node,
        "name": names.get(node),
        "operation": operation.name,
        "text": inspection.operation(node) or names[node],
        "arguments": list(graph.arguments[node]),
        "parameters": parameters(operation, graph.parameters[node]),
        "shape": list(graph.shapes[node]),
    }
    if operation is CONSTANT:
        return data | {"value": graph.parameters[node][0]}
    if inspection.tape is None:
        return data
    data["value"] = inspection.value(node)
    if inspection.tangents:
        labels = [column.label for column in inspection.columns]
        data["tangents"] = dict(zip(labels, inspection.tangents_of(node), strict=True))
    adjoints = {names[output]: adjoint for output, adjoint in inspection.adjoints_of(node).items()}
    if len(inspection.outputs) > 1 and adjoints:
        data["adjoints"] = adjoints
    elif adjoints:
        data["adjoint"] = next(iter(adjoints.values()))
    alarm = inspection.alarms[node]
    return data | {"alarm": alarm} if alarm else data


def parameters(operation: Any, values: tuple[Any, ...]) -> Mapping[str, Any]:
    """Parameters by name. Slices of an index are lists of start, stop and step."""
    return dict(zip(operation.parameters, values, strict=True)) if isinstance(operation, Primitive) else {}


def edge_list(inspection: Inspection) -> list[dict[str, Any]]:
    """Every edge between named nodes: which argument of which node, the local partial as text and in numbers.

    `differential` says that the formula is the linear map on the argument's differential and not a factor.
    """
    edges = []
    for node in inspection.nodes:
        for link in inspection.links(node):
            formula = inspection.formula(link)
            data = {
                "source": link.argument,
                "target": node,
                "position": link.position,
                "formula": formula.text,
                "differential": formula.differential,
                "detached": link.detached,
            }
            if inspection.tape is not None:
                data["partial"] = inspection.partial(link)
            edges.append(data)
    return edges


def direction_data(inspection: Inspection) -> dict[str, Any]:
    """The tangents of the inputs along which each column goes, by the column's label."""
    return {column.label: dict(column.tangents) for column in inspection.columns}
