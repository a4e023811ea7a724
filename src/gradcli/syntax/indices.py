"""What stands in the brackets of `x[...]` and is no number: a list of indices, or a mask, of constants."""

from __future__ import annotations

from typing import Any

from gradcli.errors import ShapeError
from gradcli.graph import INPUT, Graph
from gradcli.primitives.declare import Primitive
from gradcli.syntax.operators import COMPARISONS


def whole_numbers(value: Any) -> Any:
    """Nested tuples, or lists, of numbers as tuples; whole floats are integers."""
    if isinstance(value, tuple | list):
        return tuple(map(whole_numbers, value))
    return int(value) if isinstance(value, float) and value.is_integer() else value


def refuse_inputs(graph: Graph, node: int, written: str, base: str) -> None:
    """Raise ShapeError where an index depends on an input. `written` and `base` are the texts of it and of its base."""
    nodes = graph.ancestors([node])
    names = [graph.names[n] for n in nodes if graph.operations[n] is INPUT]
    if names:
        is_mask = any(compares(graph, n) for n in nodes)
        raise ShapeError(
            f"which elements [{written}] takes depends on {names[0]}, but a graph has the same shapes for all values",
            hint=f"where({written}, {base}, 0) keeps the shape" if is_mask else "write the numbers: x[[0, 2]]",
        )


def constant_indices(graph: Graph, node: int) -> Any:
    """The value of a constant node with axes as nested tuples: a mask if comparisons made it, else numbers."""
    # Only here is something evaluated while a graph is built.
    from gradcli.carriers.tape import evaluate
    from gradcli.carriers.tensors import Tensors

    carrier = Tensors("cpu")
    value = whole_numbers(carrier.nested(evaluate(graph, [node], carrier, {}).values[node]))
    return _truth_values(value) if any(compares(graph, n) for n in graph.ancestors([node])) else value


def compares(graph: Graph, node: int) -> bool:
    """Whether a node is a comparison."""
    operation = graph.operations[node]
    return isinstance(operation, Primitive) and operation.notation.infix in COMPARISONS


def _truth_values(value: Any) -> Any:
    if isinstance(value, tuple):
        return tuple(map(_truth_values, value))
    if value not in (0, 1):
        raise ShapeError(f"a mask holds truth values (0 or 1), not {value}")
    return bool(value)
