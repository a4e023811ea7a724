"""The graph of a gradient, made ready for a picture: what the reverse sweep computes, as nodes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from gradcli.carriers.base import Carrier
from gradcli.errors import UsageError
from gradcli.graph import INPUT, Graph, display_names
from gradcli.methods.second_order import gradient_graph
from gradcli.problem import Problem
from gradcli.render.graph_json import edge_list, node_list
from gradcli.render.inspection import Column, Inspection, inspect_at

Gradient = Mapping[str, int | None]
"""The node of each input's derivative; None where it is zero everywhere."""


def inspect_gradient(
    problem: Problem, carrier: Carrier | None, columns: Sequence[Column] = (), d: str = "∂"
) -> tuple[Inspection, Gradient]:
    """Append a scalar's gradient to its graph and inspect it: on a carrier at the problem's point, else its structure.

    The tangents of its outputs are then second derivatives. The outputs are named `∂f/∂x`; inputs and what has a name
    keep theirs beside that. Raises UsageError where the gradient is zero everywhere.
    """
    graph, output = problem.graph, problem.output
    name = display_names(graph, [output]).get(output, "f")
    found = gradient_graph(problem)
    outputs = tuple(dict.fromkeys(node for node in found.values() if node is not None))
    if not outputs:
        raise UsageError(f"the gradient of {name} is zero everywhere, which is no graph", hint="leave the option out")
    if output in graph.ancestors(outputs) and not graph.is_leaf(output):
        graph.names.setdefault(output, name)
    aliases: dict[int, list[str]] = {}
    for wrt, node in found.items():
        if node is None:
            continue
        label = f"{d}{name}/{d}{wrt}"
        if graph.operations[node] is INPUT or node in graph.names:
            aliases.setdefault(node, []).append(label)
        else:
            graph.names[node] = label
    inspection = at_point(graph, outputs, problem, carrier, columns)
    inspection.aliases = aliases
    return inspection, found


def at_point(
    graph: Graph, outputs: tuple[int, ...], problem: Problem, carrier: Carrier | None, columns: Sequence[Column]
) -> Inspection:
    """The graph with its numbers, if there is a carrier for them."""
    if carrier is None:
        return Inspection(graph, outputs)
    return inspect_at(graph, outputs, carrier, problem.point, columns)


def gradient_data(inspection: Inspection, found: Gradient) -> dict[str, Any]:
    """What the JSON of the gradient's graph has instead of the function's: its nodes and edges, and which node is the
    derivative by which input (null: zero everywhere)."""
    return {"gradient": dict(found), "nodes": node_list(inspection), "edges": edge_list(inspection)}


def zero_notes(found: Gradient, name: str, d: str = "∂") -> list[str]:
    """What is said of inputs whose derivative has no node."""
    return [f"{d}{name}/{d}{wrt} is zero everywhere" for wrt, node in found.items() if node is None]
