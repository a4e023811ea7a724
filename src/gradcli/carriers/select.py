"""Which carrier serves a graph."""

from __future__ import annotations

from collections.abc import Sequence

from gradcli.carriers.base import Carrier
from gradcli.graph import Graph
from gradcli.primitives.declare import Primitive


def select_carrier(graph: Graph, nodes: Sequence[int], device: str | None = None, dtype: str = "float64") -> Carrier:
    """Python floats for a float64 scalar graph, torch for tensors, float32 and wherever a device was typed.

    Raises UsageError for an unknown device and MissingError for an absent one.
    """
    if device is None and dtype == "float64" and serves_floats(graph, nodes):
        from gradcli.carriers.floats import Floats

        return Floats()
    from gradcli.carriers.tensors import Tensors

    return Tensors(device or "auto", dtype)


def serves_floats(graph: Graph, nodes: Sequence[int]) -> bool:
    """Whether every node is a scalar that Python's floats can compute."""
    if any(graph.shapes[node] for node in nodes):
        return False
    operations = {graph.operations[node] for node in nodes}
    return all(not isinstance(o, Primitive) or o.math or o.elementwise for o in operations)
