"""Why a value or a derivative is not finite: the node, its arguments and the rule."""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from gradcli.carriers.base import Carrier
from gradcli.carriers.tape import Tape, tape_of
from gradcli.errors import DomainError, Span
from gradcli.graph import CONSTANT, display_names
from gradcli.methods.base import flatten
from gradcli.methods.reverse import contribution_to
from gradcli.primitives.declare import Elementwise, Primitive, Value
from gradcli.problem import Nested, Problem
from gradcli.shapes import index_text
from gradcli.syntax.text import format_node
from gradcli.verify.needed import are_outside, array_of, needed_elements, without_value

MOST_ELEMENTS = 3
"""So many elements of an array are named; of more the range of all is told."""


WORD = re.compile(r"[A-Za-z]+")


class NoNumber(DomainError):
    """The value is not finite."""


class Cause(NamedTuple):
    """The node where a non-finite number arises, and a sentence about it."""

    node: int
    sentence: str
    span: Span | None
    hint: str


def finite(nested: Any) -> bool:
    """Whether every number of nested lists is finite."""
    return all(math.isfinite(v) for v in flatten(nested))


def has_value(tape: Tape, output: int, inputs: Collection[int] = ()) -> bool:
    """Whether the output is finite, and needs nothing that has no value at the point."""
    return finite(tape.carrier.nested(tape.values[output])) and value_cause(tape, output, inputs) is None


def differentiated(problem: Problem) -> list[int]:
    """The nodes of the inputs that are differentiated by."""
    return [problem.graph.inputs[name] for name in problem.wrt]


def value_cause(tape: Tape, output: int, inputs: Collection[int] = ()) -> Cause | None:
    """The first node that is outside its domain or overflows although its arguments are finite, if any. A pole that no
    comparison meets counts where it depends on one of the inputs."""
    strange = non_finite_nodes(tape, output, inputs)
    names = display_names(tape.graph, [output]) if strange else {}
    for node, elements in strange.items():
        if tape.graph.is_leaf(node) or not all(finite(tape.carrier.nested(v)) for v in tape.arguments(node)):
            continue
        condition = tape.violated(node) if are_outside(tape, node, elements) else None
        operation = expression_of(tape, node, names)
        place = arguments_text(tape, node, names, elements)
        if condition is not None:
            sentence = (
                f"{operation} is undefined{place}: {written(tape, node)} needs {rename(condition, tape, node, names)}"
            )
            return Cause(node, sentence, tape.graph.spans.get(node), "choose a point inside the domain")
        if has_nan(tape, node):
            sentence = f"{operation} is not a number{place}"
            return Cause(node, sentence, tape.graph.spans.get(node), "choose a point inside the domain")
        limit = "1.8e308" if tape.carrier.dtype == "float64" else "3.4e38"
        sentence = f"{operation} overflows{place}: it is larger than {tape.carrier.dtype} can hold ({limit})"
        return Cause(node, sentence, tape.graph.spans.get(node), "rescale the expression, or take its logarithm")
    return None


def non_finite_nodes(tape: Tape, output: int, inputs: Collection[int] = ()) -> dict[int, list[int]]:
    """The nodes that make the output no number, with those of their elements, in creation order: what is not finite and
    reaches it through others that are not. Of an output that is finite, what reaches an element that is no value and
    that it needs."""
    has_number = finite(tape.carrier.nested(tape.values[output]))
    lost = without_value(tape, inputs) if has_number else {}
    if has_number and not lost:
        return {}
    import numpy

    needed = needed_elements(tape, output)
    strange: dict[int, list[int]] = {}

    def add(nodes: Iterable[int]) -> None:
        for node in nodes:
            if node in needed and node not in strange:
                odd = lost[node] if node in lost else ~numpy.isfinite(array_of(tape, tape.values[node]))
                places = numpy.flatnonzero(odd & needed[node])
                if places.size:
                    strange[node] = places.tolist()

    add(lost if has_number else [output])
    for node in reversed(tape.nodes):
        if node in strange:
            add(tape.graph.arguments[node])
    return dict(sorted(strange.items()))


def domain_error(cause: Cause | None, source: str) -> DomainError:
    """The error for a value that does not exist at the point, with its cause."""
    if cause is None:
        return NoNumber("the point itself is not finite", hint="bind every input to a finite number")
    return NoNumber(cause.sentence, span=cause.span, source=source, hint=cause.hint)


def premise_cause(tape: Tape, output: int) -> Cause | None:
    """The first node on the way to an output that is not what its name says at the point, if any."""
    graph = tape.graph
    guarded = {o for o in set(graph.operations) if isinstance(o, Primitive) and o.premises}
    for node in graph.ancestors([output]) if guarded else ():
        premise = tape.unmet_premise(node) if graph.operations[node] in guarded else None
        if premise is not None:
            names = display_names(graph, [output])
            operation, needed = expression_of(tape, node, names), rename(premise.text, tape, node, names)
            sentence = f"{operation} is undefined there: {written(tape, node)} needs {needed}"
            return Cause(node, sentence, graph.spans.get(node), rename(premise.hint, tape, node, names))
    return None


def require_finite(problem: Problem, carrier: Carrier, source: str) -> Nested:
    """The value at the point. Raises DomainError, naming the node, when it does not exist there, or is not what the
    name of an operation says."""
    tape = tape_of(problem, carrier)
    value: Nested = carrier.nested(tape.values[problem.output])
    cause = value_cause(tape, problem.output, differentiated(problem))
    if cause is not None or not finite(value):
        error = domain_error(cause, source)
        from gradcli.verify.limits import behaviours, limits_sentence

        beside = limits_sentence(behaviours(problem))
        if beside:
            error.hint = f"{error.hint}; near this one {beside}"
        raise error
    cause = premise_cause(tape, problem.output)
    if cause is not None:
        raise DomainError(cause.sentence, span=cause.span, source=source, hint=cause.hint)
    return value


def derivative_cause(tape: Tape, output: int, adjoints: list[Value | None]) -> Cause | None:
    """The node whose finite adjoint becomes a non-finite contribution, nearest to the output."""
    names = display_names(tape.graph, [output])
    for node, position, contribution in non_finite_edges(tape, adjoints):
        operation = expression_of(tape, node, names)
        alike = tape.graph.shapes[tape.graph.arguments[node][position]] == tape.graph.shapes[node]
        place = arguments_text(tape, node, names, strange_elements(tape, contribution) if alike else ())
        by = expression_of(tape, tape.graph.arguments[node][position], names)
        sentence = f"the derivative of {operation} by {by} is {_size(tape, node, position)}{place}"
        return Cause(node, sentence, tape.graph.spans.get(node), "choose another point")
    return None


def non_finite_edges(tape: Tape, adjoints: list[Value | None]) -> Iterator[tuple[int, int, Value]]:
    """Where a finite adjoint becomes a non-finite contribution: the node, the argument's position and the contribution,
    nearest to the output first."""
    for node in reversed(tape.nodes):
        adjoint = adjoints[node]
        if adjoint is None or tape.graph.is_leaf(node) or not finite(tape.carrier.nested(adjoint)):
            continue
        for position, argument in enumerate(tape.graph.arguments[node]):
            if adjoints[argument] is not None:
                contribution = contribution_to(tape, node, position, adjoint)
                if contribution is not None and not finite(tape.carrier.nested(contribution)):
                    yield node, position, contribution


def _size(tape: Tape, node: int, position: int) -> str:
    if isinstance(tape.primitive(node).rule, Elementwise):
        numbers = flatten(tape.carrier.nested(tape.partial(node, position)))
        if any(math.isinf(n) for n in numbers):
            return "infinite"
    return "not finite"


def has_nan(tape: Tape, node: int) -> bool:
    """Whether a node's value holds a NaN."""
    return any(v != v for v in flatten(tape.carrier.nested(tape.values[node])))


def expression_of(tape: Tape, node: int, names: dict[int, str]) -> str:
    """A node as the user wrote it where that is short, else by its name on screen."""
    if node in tape.graph.names:
        return tape.graph.names[node]
    for depth in (3, 1):
        text = format_node(tape.graph, node, names, depth)
        if len(text) <= 40:
            return text
    return names.get(node, text)


def written(tape: Tape, node: int) -> str:
    """What the operation is called: its sign, or the name of the function."""
    primitive = tape.primitive(node)
    sign = primitive.notation.infix or primitive.notation.prefix
    return f"'{sign}'" if sign else primitive.spellings[0] if primitive.spellings else primitive.name


def strange_elements(tape: Tape, value: Value) -> list[int]:
    """The elements that are not finite, counted in row-major order."""
    return [place for place, number in enumerate(flatten(tape.carrier.nested(value))) if not math.isfinite(number)]


def arguments_text(tape: Tape, node: int, names: dict[int, str], elements: Sequence[int] = ()) -> str:
    """` at x1 = -1` for the scalar arguments of a node; of tensors ` at x[0] = -1` for some elements of an elementwise
    node, else the range of values. Constants are left out."""
    operation = tape.graph.operations[node]
    by_element = isinstance(operation, Primitive) and operation.elementwise and 0 < len(elements) <= MOST_ELEMENTS
    parts = []
    for argument in dict.fromkeys(tape.graph.arguments[node]):
        if tape.graph.operations[argument] is CONSTANT:
            continue
        numbers = flatten(tape.carrier.nested(tape.values[argument]))
        label = expression_of(tape, argument, names)
        if not tape.graph.shapes[argument]:
            parts.append(f"{label} = {short(numbers[0])}")
        elif by_element and tape.graph.shapes[argument] == tape.graph.shapes[node]:
            called = label if label.isidentifier() else f"({label})"
            shape = tape.graph.shapes[argument]
            parts += [f"{called}{index_text(place, shape)} = {short(numbers[place])}" for place in elements]
        elif numbers:
            low, high = min(numbers), max(numbers)
            parts.append(f"{label} = {short(low)}" if low == high else f"{label} from {short(low)} to {short(high)}")
    return " at " + ", ".join(parts) if parts else ""


def short(number: float) -> str:
    """Six digits, and as many more as a number needs that is not whole to look so: 1.0000001 is no 1."""
    texts = (f"{number:.{digits}g}" for digits in range(6, 18))
    return next(t for t in texts if float(t) == number or not abs(number) < 1e6 or not float(t).is_integer())


def rename(condition: str, tape: Tape, node: int, names: dict[int, str]) -> str:
    """A domain condition with the declared names replaced by what stands in their place. One about constants alone
    keeps its names where nobody takes them for inputs of the expression."""
    graph, primitive = tape.graph, tape.primitive(node)
    words = {
        word: argument
        for word, argument in zip(primitive.arguments, graph.arguments[node], strict=False)
        if word in WORD.findall(condition)
    }
    told = words.keys() & graph.inputs.keys() or any(graph.operations[a] is not CONSTANT for a in words.values())
    texts = {word: expression_of(tape, argument, names) for word, argument in words.items() if told}
    texts |= {w: str(value) for w, value in zip(primitive.parameters, graph.parameters[node], strict=True)}
    return WORD.sub(lambda match: texts.get(match[0], match[0]), condition)
