"""Expressions at points, as problems."""

from gradcli.carriers.select import select_carrier
from gradcli.problem import Nested, Problem, nested_shape
from gradcli.syntax.build import build
from gradcli.syntax.parse import parse
from gradcli.verify.verdict import Checked, check_gradient


def problem(text: str, **point: Nested) -> Problem:
    """The last output of an expression, by all inputs."""
    built = build(parse(text), {name: nested_shape(name, value) for name, value in point.items()})
    return Problem(built.graph, built.outputs[-1], tuple(built.graph.inputs), point)


def check(text: str, **point: Nested) -> Checked:
    """The gradient with its verdict, on the carrier that the command would choose."""
    asked = problem(text, **point)
    return check_gradient(asked, select_carrier(asked.graph, asked.graph.ancestors([asked.output])))
