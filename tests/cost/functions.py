"""Expressions as functions whose cost is counted."""

from collections.abc import Sequence

from gradcli.cost.operations import Function, function_of
from gradcli.shapes import Shape
from gradcli.syntax.build import build
from gradcli.syntax.parse import parse


def function(text: str, wrt: Sequence[str] = (), **shapes: Shape) -> Function:
    """All outputs of an expression by the inputs named, or all; names without a shape are scalars."""
    program = parse(text)
    built = build(program, {name: shapes.get(name, ()) for name in program.free_names})
    return function_of(built.graph, built.outputs, wrt or tuple(built.graph.inputs))
