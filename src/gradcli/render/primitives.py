"""Primitives as people and JSON see them: signature, rule, domain, convention at kinks."""

from __future__ import annotations

from typing import Any

from gradcli.carriers.nodes import Node, Nodes
from gradcli.graph import Graph
from gradcli.primitives.constructors import Constructor
from gradcli.primitives.declare import Differential, Elementwise, Multilinear, Primitive
from gradcli.primitives.registry import family_of
from gradcli.syntax.text import expression_text


def signature(primitive: Primitive, spelling: str = "") -> str:
    """`sum(x, axis=none, keepdim=false)`; an infix or prefix operation as it is written: `x + y`."""
    notation = primitive.notation
    if notation.infix and not spelling:
        right = primitive.arguments[1] if len(primitive.arguments) > 1 else next(iter(primitive.parameters))
        return f"{primitive.arguments[0]} {notation.infix} {right}"
    if notation.prefix and not spelling:
        return f"{notation.prefix}{primitive.arguments[0]}"
    arguments = (
        [f"{primitive.arguments[0]}1, {primitive.arguments[0]}2, ..."] if primitive.variadic else [*primitive.arguments]
    )
    parameters = [f"{name}={literal(default)}" for name, default in primitive.parameters.items()]
    return f"{spelling or calls(primitive)[0]}({', '.join(arguments + parameters)})"


def calls(primitive: Primitive) -> tuple[str, ...]:
    """The names it may be called by."""
    return primitive.spellings or (primitive.name,)


def literal(value: Any) -> str:
    """A parameter's default as it is typed in an expression."""
    if value is None or isinstance(value, bool):
        return str(value).lower()
    return str(list(value)) if isinstance(value, tuple) else str(value)


def rule_text(primitive: Primitive) -> list[str]:
    """How it is differentiated: a local partial an argument, or in words for linear operations."""
    rule = primitive.rule
    if isinstance(rule, Elementwise):
        given = ", ".join(f"{name}={literal(value)}" for name, value in primitive.parameters.items())
        tail = f"   (for {given})" if given else ""
        return [f"d/d{name} = {formula}{tail}" for name, formula in partial_formulas(primitive).items()]
    if isinstance(rule, Multilinear):
        return ["linear in each argument: the operation with that argument replaced by its tangent"]
    if isinstance(rule, Differential):
        return [jvp_formula(primitive)]
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


def jvp_formula(primitive: Primitive) -> str:
    """The tangent of the result for a vector x with tangent dx."""
    assert isinstance(primitive.rule, Differential)
    shape = ("n",)
    parameters = tuple(primitive.parameters.values())
    if primitive.normalize is not None:
        parameters = primitive.normalize([shape], *parameters)
    graph = Graph()
    m = Nodes(graph)
    x, tangent = Node(m, graph.input("x", shape)), Node(m, graph.input("dx", shape))
    out = Node(m, graph.input("out", primitive.infer_shape([shape], parameters)))
    jvp = primitive.rule.jvps[0]
    assert jvp is not None
    return f"d(out) = {expression_text(graph, [jvp(m, tangent, out, x, *parameters).id])}"


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
    }
