"""A graph as a program that a page runs: what each node computes, from what, and which derivatives are asked for.

The text of its functions is made of the registry's rules and of numbers; names that a user gave do not enter it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import or_
from pathlib import Path
from typing import Any

from gradcli.carriers.javascript import JavaScript, library
from gradcli.carriers.nodes import Node, Nodes
from gradcli.carriers.tape import Tape
from gradcli.carriers.tensors import as_floats
from gradcli.errors import Unstated
from gradcli.graph import CONSTANT, INPUT, Graph, Parameters
from gradcli.methods.base import flatten
from gradcli.primitives.declare import Differential, Elementwise, Linear, Multilinear, Primitive, RuleFunction
from gradcli.render.inspection import Column, Inspection
from gradcli.render.inspector.data import screen
from gradcli.render.inspector.matrix import MOST_ELEMENTS, argument_shapes, entries, products
from gradcli.render.json import encodable
from gradcli.shapes import Shape, size
from gradcli.verify.explain import rename

MOST_NUMBERS = 50_000
"""Of all nodes together: with more, a page would not answer while one types."""

MOST_IN_PIECE = 200
"""Operations that an operation is made of."""

MOST_FIELDS = 24
"""Numbers that can be typed: each has a field and a slider."""


@dataclass(frozen=True)
class Program:
    """What `recompute` of recompute.js takes: its functions as the text of an array, and its data for JSON."""

    functions: str
    data: dict[str, Any]


def scripts(functions: str, pieces: bool) -> str:
    """The JavaScript that runs programs of these functions, with or without pieces: it defines `recompute`, and
    `floating` if they call it."""
    called = library() if "floating." in functions else ""
    files = ["pieces.js", "recompute.js"] if pieces else ["recompute.js"]
    return called + "".join((Path(__file__).parent / name).read_text(encoding="utf-8") for name in files)


def program_of(inspection: Inspection) -> Program | str:
    """The program of a graph at a point, or why there is none."""
    reason = refusal(inspection)
    if reason:
        return reason
    try:
        return Writer(inspection).program()
    except Unstated as error:
        return error.message


def refusal(inspection: Inspection) -> str:
    """Why a graph is not computed in the page; nothing where it can be."""
    graph, nodes = inspection.graph, inspection.nodes
    if inspection.tape is None:
        return "the graph has no point"
    if inspection.tape.carrier.dtype != "float64":
        return f"the page computes in float64, and this graph in {inspection.tape.carrier.dtype}"
    sizes = [size(graph.shapes[node]) for node in nodes]
    if sum(sizes) > MOST_NUMBERS:
        return f"the graph has {sum(sizes)} numbers; the page computes up to {MOST_NUMBERS}"
    if max(sizes) > MOST_ELEMENTS:
        return f"an array has {max(sizes)} elements; the page computes up to {MOST_ELEMENTS}"
    given = sum(size(graph.shapes[node]) for node in graph.inputs.values())
    if given > MOST_FIELDS:
        return f"they are {given} numbers; the page has fields for up to {MOST_FIELDS}"
    return ""


class Writer:
    """Writes one program."""

    def __init__(self, inspection: Inspection) -> None:
        assert inspection.tape is not None
        self.inspection = inspection
        self.tape = inspection.tape
        self.graph = inspection.graph
        self.moving = self.tape.moving()
        self.inputs: list[int] = []
        self.functions: dict[tuple[Primitive, Parameters], int] = {}
        self.pieces: dict[tuple[Primitive, Parameters, tuple[Shape, ...]], int] = {}
        self.written_pieces: list[dict[str, Any]] = []

    def program(self) -> Program:
        """All nodes in creation order."""
        inspection = self.inspection
        nodes = [self.node(node) for node in inspection.nodes]
        data = {
            "nodes": nodes,
            "functions": [function_words(primitive) for primitive, _ in self.functions],
            "inputs": [self.input(node) for node in self.inputs],
            "outputs": [
                {"id": output, "weights": None if weights is None else self.numbers(weights)}
                for output, weights in inspection.weights.items()
            ],
            "directions": [self.direction(column) for column in inspection.columns],
            "skipsMasked": self.tape.carrier.name == "floats",
        }
        if self.written_pieces:
            data["pieces"] = self.written_pieces
        return Program(function_texts(self.functions), encodable(data))

    def node(self, node: int) -> dict[str, Any]:
        """A node of the graph: an input may be held, an operation may have a domain and kinks."""
        graph, operation = self.graph, self.graph.operations[node]
        if operation is INPUT:
            self.inputs.append(node)
        written = self.node_of(self.tape, node, len(self.inputs) - 1)
        if operation is INPUT and graph.parameters[node][0] in graph.held:
            written["held"] = True
        if isinstance(operation, Primitive):
            written |= self.needs(operation, node)
            if self.crosses_kinks(operation, node):
                written["crosses"] = True
            if operation.kink and "piece" in written:
                written["convention"] = operation.kink.convention
        return written

    def node_of(self, tape: Tape, node: int, place: int) -> dict[str, Any]:
        """A leaf is a constant or the input of a place; an elementwise node has a function, a linear one the entries of
        its matrix, a bilinear one its products, any other a piece that is made of such nodes."""
        graph = tape.graph
        operation, parameters = graph.operations[node], graph.parameters[node]
        written: dict[str, Any] = {"id": node}
        if graph.shapes[node]:
            written["shape"] = list(graph.shapes[node])
        if operation is INPUT:
            return written | {"input": place}
        if operation is CONSTANT:
            return written | {"constant": self.numbers(as_floats(parameters[0]))}
        assert isinstance(operation, Primitive)
        written["arguments"] = list(graph.arguments[node])
        if operation.elementwise:
            return written | {"function": self.functions.setdefault((operation, parameters), len(self.functions))}
        if type(operation.rule) is Linear:
            return written | {"entries": entries(tape, node)}
        if type(operation.rule) is Multilinear:
            return written | {"products": products(tape, node)}
        return written | {"piece": self.piece(operation, parameters, tuple(argument_shapes(tape, node)))}

    def piece(self, primitive: Primitive, parameters: Parameters, shapes: tuple[Shape, ...]) -> int:
        """The place of a piece: a program for the value, one an argument for its rule, one for its kink."""
        key = (primitive, parameters, shapes)
        if key not in self.pieces:
            composition, rule = primitive.composition, primitive.rule
            if composition is None or not isinstance(rule, Differential):
                raise Unstated(f"{primitive.name} is neither elementwise nor linear")
            if 0 in map(size, shapes):
                raise Unstated(f"{primitive.name} is given an array without elements")
            result = primitive.infer_shape(shapes, parameters)
            written: dict[str, Any] = {
                "value": self.recorded(composition.value, shapes, parameters),
                "rules": [
                    self.recorded(jvp, (shape, result, *shapes), parameters) if jvp else None
                    for jvp, shape in zip(rule.jvps, shapes, strict=True)
                ],
            }
            if composition.kink is not None:
                written["kink"] = self.recorded(composition.kink, (result, *shapes), parameters)
            self.pieces[key] = len(self.written_pieces)
            self.written_pieces.append(written)
        return self.pieces[key]

    def recorded(self, rule: RuleFunction, shapes: Sequence[Shape], parameters: Parameters) -> dict[str, Any]:
        """What a rule does with arrays of some shapes, as a program. Raises Unstated."""
        graph = Graph()
        m = Nodes(graph)
        inputs = [graph.input(f"x{place}", shape) for place, shape in enumerate(shapes)]
        result = m.lift(rule(m, *(Node(m, node) for node in inputs), *parameters)).id
        nodes = graph.ancestors([result, *inputs])
        if len(nodes) > MOST_IN_PIECE:
            raise Unstated(
                f"{len(nodes)} operations would take the place of one; the page has room for {MOST_IN_PIECE}"
            )
        tape = Tape(graph, self.tape.carrier, nodes, [])
        places = {node: place for place, node in enumerate(inputs)}
        return {"nodes": [self.node_of(tape, node, places.get(node, -1)) for node in nodes], "output": {"id": result}}

    def input(self, node: int) -> dict[str, Any]:
        """An input with its value at the point."""
        value = self.numbers(self.inspection.value(node))
        return {"id": node, "name": self.inspection.names[node], "shape": list(self.graph.shapes[node]), "value": value}

    def needs(self, primitive: Primitive, node: int) -> dict[str, Any]:
        """The conditions of a node's domain, in the names of its arguments."""
        names = self.inspection.names
        texts = [
            screen(rename(condition.text, self.tape, node, names), self.inspection) for condition in primitive.domain
        ]
        return {"needs": texts} if texts else {}

    def crosses_kinks(self, primitive: Primitive, node: int) -> bool:
        """Whether an argument moves that can carry the node over a kink."""
        if primitive.kink is None:
            return False
        arguments, crossing = self.graph.arguments[node], primitive.kink.arguments
        return not self.moving.isdisjoint(arguments if crossing is None else [arguments[k] for k in crossing])

    def direction(self, column: Column) -> dict[str, Any]:
        """The tangents that a column follows, by input."""
        inputs = self.graph.inputs
        tangents = {inputs[name]: self.numbers(t) for name, t in column.tangents.items() if name in inputs}
        return {"tangents": tangents}

    @staticmethod
    def numbers(nested: Any) -> list[float]:
        """Numbers in row-major order."""
        return [float(number) for number in flatten(nested)]


def function_texts(functions: Mapping[tuple[Primitive, Parameters], int]) -> str:
    """The text of an array of functions."""
    return "[\n" + ",\n".join(function_text(*function) for function in functions) + "\n]"


def function_words(primitive: Primitive) -> dict[str, Any]:
    """A primitive's name, and what is said of it on its kink."""
    return {"name": primitive.name} | ({"convention": primitive.kink.convention} if primitive.kink else {})


def function_text(primitive: Primitive, parameters: Parameters) -> str:
    """One primitive with its parameters: value, local partial by each argument (null where no derivative flows),
    conditions of its domain, and whether it stands on a kink. Raises Unstated."""
    m = JavaScript()
    names = [f"x{k}" for k in range(len(primitive.arguments))]
    arguments = tuple(map(m.variable, names))
    given = (*arguments, *parameters)

    def function(expression: Any, *more: str) -> str:
        return f"({', '.join([*more, *names])}) => {m.lift(expression).text}"

    value = m.apply(primitive, arguments, parameters)
    partials = [
        "null" if rule is None else function(rule(m, m.variable("out"), *given), "out")
        for rule in partial_rules(primitive)
    ]
    domain = [function(condition.holds(*given)) for condition in primitive.domain]
    parts = [
        f"value: {function(value)}",
        f"partials: [{', '.join(partials)}]",
        f"domain: [{', '.join(domain)}]",
        f"kink: {function(on_kink(m, primitive, given))}",
    ]
    return "  { " + ", ".join(parts) + " }"


def on_kink(m: JavaScript, primitive: Primitive, given: tuple[Any, ...]) -> Any:
    """Whether a surface of the primitive's kink is met."""
    met = [m.operator("===", surface, 0.0) for surface in (primitive.kink.at(*given) if primitive.kink else ())]
    return reduce(or_, met) if met else m.variable("false")


def partial_rules(primitive: Primitive) -> list[RuleFunction | None]:
    """The local partials of an elementwise primitive; of one that is linear, its transposes of 1."""
    rule = primitive.rule
    if isinstance(rule, Elementwise):
        return list(rule.partials)
    assert isinstance(rule, Linear)
    return [transpose and of_one(transpose) for transpose in rule.transposes]


def of_one(transpose: RuleFunction) -> RuleFunction:
    """What a transpose makes of the cotangent 1, as a local partial."""
    return lambda m, out, *arguments_and_parameters: transpose(m, m.lift(1.0), *arguments_and_parameters)
