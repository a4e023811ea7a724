"""Primitives as people and JSON see them: signature, rule, domain, convention at kinks."""

from __future__ import annotations

from typing import Any

from gradcli.carriers.nodes import Node, Nodes
from gradcli.errors import ShapeError
from gradcli.graph import Graph
from gradcli.primitives.constructors import Constructor
from gradcli.primitives.declare import Differential, Elementwise, Multilinear, Primitive
from gradcli.primitives.registry import family_of
from gradcli.render.summary import nested_shape
from gradcli.shapes import Shape, format_shape
from gradcli.syntax.signatures import parameter_text
from gradcli.syntax.text import TextPrinter, expression_text


def signature(primitive: Primitive, spelling: str = "") -> str:
    """`sum(x, axis=none, keepdim=false)`; an infix or prefix operation as it is written: `x + y`."""
    notation = primitive.notation
    if notation.infix and not spelling:
        right = primitive.arguments[1] if len(primitive.arguments) > 1 else next(iter(primitive.parameters))
        return f"{primitive.arguments[0]} {notation.infix} {right}"
    if notation.prefix and not spelling:
        gap = " " if notation.prefix.isalpha() else ""
        return f"{notation.prefix}{gap}{primitive.arguments[0]}"
    arguments = (
        [f"{primitive.arguments[0]}1, {primitive.arguments[0]}2, ..."] if primitive.variadic else [*primitive.arguments]
    )
    parameters = [f"{name}={parameter_text(default)}" for name, default in primitive.parameters.items()]
    return f"{spelling or calls(primitive)[0]}({', '.join(arguments + parameters)})"


def calls(primitive: Primitive) -> tuple[str, ...]:
    """The names it may be called by."""
    return primitive.spellings or (primitive.name,)


def rule_text(primitive: Primitive) -> list[str]:
    """How it is differentiated: a local partial an argument, or in words for linear operations."""
    rule = primitive.rule
    if isinstance(rule, Elementwise):
        given = ", ".join(f"{name}={parameter_text(value)}" for name, value in primitive.parameters.items())
        tail = f"   (for {given})" if given else ""
        return [f"d/d{name} = {formula}{tail}" for name, formula in partial_formulas(primitive).items()]
    if primitive.locally_constant:
        return [f"d/d{name} = 0" for name in primitive.arguments]
    if isinstance(rule, Multilinear):
        return ["linear in each argument: the operation with that argument replaced by its tangent"]
    if isinstance(rule, Differential):
        return jvp_formulas(primitive)
    return ["linear: the same operation on the tangents"]


def partial_formulas(primitive: Primitive) -> dict[str, str]:
    """The local partial by each argument, `0` where no derivative flows. Parameters stand at their defaults."""
    graph = Graph()
    m = Nodes(graph)
    arguments = [Node(m, graph.input(name)) for name in primitive.arguments]
    out = Node(m, graph.input("out"))
    assert isinstance(primitive.rule, Elementwise)
    formulas = {}
    for name, partial in zip(primitive.arguments, primitive.rule.partials, strict=True):
        if partial is None:
            formulas[name] = "0"
        else:
            value = m.lift(partial(m, out, *arguments, *primitive.parameters.values()))
            formulas[name] = expression_text(graph, [value.id])
    return formulas


def jvp_formulas(primitive: Primitive) -> list[str]:
    """The tangent of the result for the tangent of each argument: of vectors, or shaped as in the first sample.

    A rule that counts elements, or tells arguments apart by their shapes, has no formula for a vector of any length.
    """
    assert isinstance(primitive.rule, Differential)
    parameters = tuple(primitive.parameters.values())
    count = len(primitive.arguments)
    try:
        return _jvp_formulas(primitive, [("n",)] * count, parameters)
    except ShapeError:
        pass
    sample: list[Shape] = [nested_shape(argument) for argument in primitive.samples[0][:count]]
    two: list[Shape] = [(2,)] * count
    for shapes in (two, sample):
        described = ", ".join(f"{name} {format_shape(s)}" for name, s in zip(primitive.arguments, shapes, strict=True))
        try:
            return [f"{formula}   (for {described})" for formula in _jvp_formulas(primitive, shapes, parameters)]
        except ShapeError:
            continue
    raise ShapeError(f"the rule of {primitive.name} takes neither vectors nor its first sample")


def _jvp_formulas(primitive: Primitive, shapes: list[Shape], parameters: tuple[Any, ...]) -> list[str]:
    assert isinstance(primitive.rule, Differential)
    if primitive.normalize is not None:
        parameters = primitive.normalize(shapes, *parameters)
    formulas = []
    for name, shape, jvp in zip(primitive.arguments, shapes, primitive.rule.jvps, strict=True):
        graph = Graph()
        m = Nodes(graph)
        arguments = [Node(m, graph.input(n, s)) for n, s in zip(primitive.arguments, shapes, strict=True)]
        tangent = Node(m, graph.input(f"d{name}", shape))
        out = Node(m, graph.input("out", primitive.infer_shape(shapes, parameters)))
        found = None if jvp is None else jvp(m, tangent, out, *arguments, *parameters)
        formulas.append(f"d(out) = {'0' if found is None else TextPrinter(graph, {}).write(found.id)}")
    return formulas


def constructor_data(constructor: Constructor) -> dict[str, Any]:
    """The JSON of one constructor, in the same form."""
    return {
        "name": constructor.name,
        "signature": " or ".join(constructor.signatures),
        "spellings": [constructor.name],
        "family": "constructors",
        "doc": constructor.doc,
        "rule": ["a constant: no derivative flows through it"],
        "domain": [],
        "kink": None,
        "jax": None,
    }


def primitive_data(primitive: Primitive) -> dict[str, Any]:
    """The JSON of one primitive."""
    return {
        "name": primitive.name,
        "signature": signature(primitive),
        "spellings": list(calls(primitive)),
        "family": family_of(primitive),
        "doc": primitive.doc,
        "rule": rule_text(primitive),
        "domain": [domain.text for domain in primitive.domain],
        "kink": primitive.kink.convention if primitive.kink else None,
        "jax": primitive.kink.jax or None if primitive.kink else None,
    }
