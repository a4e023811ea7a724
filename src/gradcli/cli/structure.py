"""A request without a point: the graph of inputs that have a shape and no value."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence

from gradcli.assumptions import Assumptions, require_square
from gradcli.cli.query import Bound, Query, assumptions_of, bind, unbound
from gradcli.errors import ShapeError, UsageError
from gradcli.primitives.registry import function_names
from gradcli.shapes import Shape, format_shape
from gradcli.syntax.build import build
from gradcli.syntax.guess import default_shapes
from gradcli.syntax.program import Program

DIMENSION = r"(?:\d+|[^\W\d]\w*)(?!\w)"
SHAPE = re.compile(rf"\s*([^\W\d]\w*)\s*=\s*({DIMENSION}(?:\s*,\s*{DIMENSION}(?!\s*=))*)?\s*(?:,|$)")
"""One `A=m,n` of a list of shapes."""


def bind_loosely(query: Query, shapes: Sequence[str]) -> Bound:
    """As for numbers if anything is bound; else inputs with the shapes given, or guessed, and no value."""
    program = query.program
    if query.at or query.values or not program.free_names:
        if shapes:
            raise UsageError("--shape is for a graph without a point", hint="leave out --shape, or --at")
        return bind(query)
    given = parse_shapes(shapes)
    assumptions, shapes_of = shapes_without_point(query, program, given)
    guessed = {name: shape for name, shape in shapes_of.items() if shape and name not in given}
    try:
        built = build(program, shapes_of, query.random, assumptions)
    except ShapeError as error:
        error.hint = "give the shapes: --shape x=n,A=m,n"
        raise
    notes = unused_shapes(program, given)
    if guessed:
        taken = ", ".join(f"{name} as {format_shape(shape)}" for name, shape in guessed.items())
        notes.append(f"without a point, {taken}; --shape {next(iter(guessed))}=... gives another shape")
    return Bound(query, built, {}, [*built.notes, *notes])


def bind_sizes(query: Query, shapes: Sequence[str]) -> Bound:
    """A request without a point whose inputs have the shapes given, or guessed, with numbers for their symbols."""
    program = query.program
    given = parse_shapes(shapes)
    uncalled = [name for name in program.free_names if name in program.mends and _is_only_a_function(name)]
    if uncalled and uncalled[0] not in given:
        raise unbound(program, uncalled[:1], {})
    assumptions, shapes_of = shapes_without_point(query, program, given)
    symbols = dict.fromkeys(d for shape in shapes_of.values() for d in shape if isinstance(d, str))
    sizes = {symbol: SIZES[k % len(SIZES)] for k, symbol in enumerate(symbols)}
    fixed = {name: tuple(sizes.get(str(d), d) for d in shape) for name, shape in shapes_of.items()}
    try:
        built = build(program, fixed, query.random, assumptions)
    except ShapeError as error:
        error.hint = "give the shapes: --shape x=3,A=2,3"
        raise
    taken = ", ".join(f"{name} as {format_shape(shape)}" for name, shape in fixed.items() if shape)
    notes = unused_shapes(program, given)
    notes += [f"without a point, {taken}"] if taken else []
    return Bound(query, built, {}, [*built.notes, *notes], assumptions=assumptions)


def _is_only_a_function(name: str) -> bool:
    """Whether a name is that of a function, and not of a Greek letter too: sin^2(x) is no product with a variable."""
    try:
        unicodedata.lookup(f"GREEK SMALL LETTER {name}")
    except KeyError:
        return name in function_names()
    return False


def shapes_without_point(
    query: Query, program: Program, given: Mapping[str, Shape]
) -> tuple[Assumptions, dict[str, Shape]]:
    """What --assume says, and the shapes of all inputs: those given, else guessed. Raises GradcliError."""
    assumptions = assumptions_of(query, program.free_names)
    require_square(assumptions, given)
    return assumptions, default_shapes(program, given, assumptions)


def unused_shapes(program: Program, given: Mapping[str, Shape]) -> list[str]:
    """What to say of shapes that the expression does not use."""
    return [f"--shape names {name}, which the expression does not use" for name in given if name not in program.names]


SIZES = (3, 2, 4, 5)
"""What symbols of dimensions are, one after another."""


def parse_shapes(typed: Sequence[str]) -> dict[str, Shape]:
    """`x=n,A=m,3` as shapes by name; a dimension is a number or a symbol, none is a scalar."""
    found: dict[str, Shape] = {}
    for text in typed:
        at = 0
        while at < len(text):
            match = SHAPE.match(text, at)
            if match is None:
                raise UsageError(f"--shape {text} is no list of shapes", hint="--shape x=n,A=m,n")
            dimensions = [d.strip() for d in (match[2] or "").split(",") if d.strip()]
            found[match[1]] = tuple(int(d) if d.isdecimal() else d for d in dimensions)
            at = match.end()
    return found
