"""From what the user typed to a problem: bindings, shapes, the graph, what to differentiate by."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from gradcli.assumptions import WRITE, Assumptions, read_properties, require_properties, require_square
from gradcli.carriers.base import Carrier
from gradcli.carriers.select import select_carrier
from gradcli.carriers.tensors import Tensors, use_threads_for
from gradcli.cli.options import Settings
from gradcli.cli.point import point_of, rounded_names, typed_values
from gradcli.errors import NameProblem, ShapeError, Span, UsageError, closest
from gradcli.graph import Graph, output_names
from gradcli.primitives.constructors import Random
from gradcli.problem import Nested, Problem, separate, wanted_inputs
from gradcli.render.json import head
from gradcli.shapes import Shape, format_shape, size
from gradcli.syntax import faults
from gradcli.syntax.bindings import split_bindings
from gradcli.syntax.build import Built, build
from gradcli.syntax.parse import parse
from gradcli.syntax.program import Program


@dataclass(frozen=True)
class Query:
    """One request: an expression, its bindings as typed (and, from JSON, as values) and the shared options."""

    text: str
    at: tuple[str, ...]
    settings: Settings
    values: Mapping[str, Nested] = field(default_factory=dict)

    @cached_property
    def program(self) -> Program:
        """The expression, parsed."""
        return parse(self.text)

    @cached_property
    def random(self) -> Random:
        """What all calls of randn and rand in this request draw from, one after another."""
        return Random(self.settings.seed)


@dataclass
class Bound:
    """A request made ready: graph, point, and the notes that arose."""

    query: Query
    built: Built
    point: dict[str, Nested]
    notes: list[str]
    unused: tuple[str, ...] = ()
    """Names that are bound, and not used by the expression."""
    assumptions: Assumptions = field(default_factory=dict)

    @property
    def graph(self) -> Graph:
        """The graph of all statements."""
        return self.built.graph

    @property
    def outputs(self) -> tuple[int, ...]:
        """The output nodes."""
        return tuple(self.built.outputs)

    def output_name(self, output: int) -> str:
        """What an output is called on screen."""
        return output_names(self.graph, self.outputs)[output]

    def head(self, command: str, carrier: Carrier) -> dict[str, Any]:
        """What the JSON of a command says before its results."""
        return head(command, self.query.text, self.point, carrier)

    def carrier(self) -> Carrier:
        """The carrier that serves this graph under the settings."""
        nodes = self.graph.ancestors(self.outputs)
        carrier = select_carrier(self.graph, nodes, self.query.settings.device, self.query.settings.dtype)
        if isinstance(carrier, Tensors):
            use_threads_for(max((size(self.graph.shapes[node]) for node in nodes), default=0))
        return carrier


def bind(query: Query) -> Bound:
    """Parse, bind and build a request that needs numbers: every free name must have a value."""
    program = query.program
    point: dict[str, Nested] = {}
    shapes: dict[str, Shape] = {}
    values, remarks = point_of(query)
    for name, (value, shape) in values.items():
        point[name], shapes[name] = value, shape
    missing = [name for name in program.free_names if name not in point]
    if missing:
        raise unbound(program, missing, point)
    names = set(program.names)
    used = {name: shapes[name] for name in shapes if name in names}
    assumptions = assumptions_of(query, {*program.free_names, *point})
    require_square(assumptions, shapes)
    require_properties(assumptions, point, query.settings.dtype)
    built = build(program, used, query.random, assumptions)
    unused = tuple(name for name in point if name not in names)
    point = {name: point[name] for name in used}
    remarks += precision_notes(query.settings, point)
    return Bound(query, built, point, [*remarks, *built.notes, *unused_notes(unused)], unused, assumptions)


def precision_notes(settings: Settings, point: Mapping[str, Nested]) -> list[str]:
    """Which reading of the point the digits belong to: what is written, or the floats near it."""
    if settings.exact:
        return [f"--exact: the point is what is written, not the {settings.dtype} near it"]
    names = rounded_names(point, settings.dtype) if settings.precision else []
    if not names:
        return []
    verb = "are" if len(names) > 1 else "is"
    held = f"{', '.join(names)} {verb} the {settings.dtype} nearest to what is written"
    return [f"{held}; --exact reads the decimals themselves"]


def assumptions_of(query: Query, inputs: Collection[str]) -> Assumptions:
    """What --assume says of the inputs. Raises GradcliError."""
    words: dict[str, list[str]] = {}
    for text in query.settings.assume:
        for part in filter(str.strip, text.split(",")):
            name, equals, word = map(str.strip, part.partition("="))
            if not (name and equals and word):
                raise UsageError(f"--assume {text} is no list of properties", hint=WRITE)
            words.setdefault(name, []).append(word)
    return {name: read_properties(name, found, sorted(inputs)) for name, found in words.items()}


def unused_notes(names: Iterable[str]) -> list[str]:
    """What to say of bindings that no expression uses."""
    return [f"--at binds {name}, which the expression does not use" for name in names]


def bind_all(queries: Sequence[Query]) -> tuple[list[Bound], list[str]]:
    """Several requests with the same bindings, and the notes on all of them: a binding has to serve only one."""
    found = [bind(query) for query in queries]
    for bound in found:
        # Gradients that are added up must be by the same inputs.
        bound.graph.held.update(*(other.graph.held & set(bound.graph.inputs) for other in found))
    own = [note for bound in found for note in bound.notes if note not in unused_notes(bound.unused)]
    idle = [name for name in found[0].unused if all(name in bound.unused for bound in found)]
    return found, list(dict.fromkeys([*own, *unused_notes(idle)]))


def unbound(program: Program, missing: list[str], point: Mapping[str, Nested]) -> NameProblem:
    """The error for names without a value, pointing at the first; an almost equal binding is offered."""
    names = set(program.names)
    near = closest(missing[0], [name for name in point if name not in names])
    if near and not faults.split_name(missing[0], list(point)):
        hint: str | None = f"--at binds {near}: did you mean {missing[0]} there ?"
    else:
        hint = faults.unbound(missing[0], list(point), program.free_names, program.mends.get(missing[0])).hint
    return faults.without_value(program, missing, hint)


def inputs_of(bound: Bound, wrt: str) -> tuple[str, ...]:
    """The inputs to differentiate by: those named, else all."""
    return wanted_inputs(bound.graph, separate(wrt) if wrt else None, "--wrt")


def parse_direction(typed: str, shape: Shape, option: str, query: Query) -> Nested:
    """A tangent or cotangent: `ones`, `e(k)` (the k-th unit direction, counted from 0) or a value as in --at."""
    from gradcli.methods.base import direction_in_words

    worded = direction_in_words(typed, shape, option)
    if worded is not None:
        return worded
    typed = typed.strip()
    values, _ = typed_values({option: (typed, Span(0, len(typed)))}, query.settings, query.random)
    value, found = values[option]
    if found != shape:
        raise ShapeError(
            f"{option} has shape {format_shape(found)}, needed is {format_shape(shape)}", hint=f"{option} ones"
        )
    return value


def parse_tangents(bound: Bound, wrt: Sequence[str], typed: Sequence[str]) -> Mapping[str, Nested] | None:
    """The direction that --tangent gives, by input; None if it was not given. Inputs that it leaves out stand still."""
    shapes = {name: bound.graph.shapes[bound.graph.inputs[name]] for name in wrt}
    found: dict[str, Nested] = {}
    for text in typed:
        if text.strip() == "ones":
            found |= {name: parse_direction("ones", shape, "--tangent", bound.query) for name, shape in shapes.items()}
            continue
        for binding in split_bindings(text, tangent_hint(wrt)):
            if binding.name not in shapes:
                hint = f"the inputs differentiated by are {', '.join(shapes) or 'none'}"
                raise NameProblem(
                    f"--tangent names {binding.name}, which is none of them", span=binding.span, source=text, hint=hint
                )
            value = text[binding.value.start : binding.value.end]
            found[binding.name] = parse_direction(
                value, shapes[binding.name], f"--tangent {binding.name} =", bound.query
            )
    return found or None


def required_tangents(bound: Bound, wrt: Sequence[str], typed: Sequence[str]) -> Mapping[str, Nested]:
    """The direction that --tangent gives. Raises UsageError where it was not given."""
    found = parse_tangents(bound, wrt, typed)
    if found is None:
        raise UsageError(
            "a tangent is needed: the direction to differentiate along",
            hint=tangent_hint(wrt),
        )
    return found


def tangent_hint(wrt: Sequence[str]) -> str:
    """How a tangent is written."""
    return f"--tangent ones, or --tangent {wrt[0] if wrt else 'x'}=..."


def problem_of(bound: Bound, output: int, wrt: str, cotangent: str = "") -> Problem:
    """The gradient problem of one output. A non-scalar output needs a cotangent."""
    shape = bound.graph.shapes[output]
    weights = parse_direction(cotangent, shape, "--cotangent", bound.query) if cotangent else None
    if shape and weights is None:
        raise ShapeError(
            f"the output {bound.output_name(output)} has shape {format_shape(shape)}: a gradient needs a scalar",
            hint="--cotangent ones (or other weights), or sum(...), or gradcli jacobian for all of it",
        )
    return Problem(bound.graph, output, inputs_of(bound, wrt), bound.point, weights, bound.query.settings.dtype)
