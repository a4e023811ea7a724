"""A parsed expression as a function of its free names."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache, lru_cache
from inspect import signature
from typing import Any, Literal, Unpack

from gradcli.api.checks import Check
from gradcli.api.diagnosis import Diagnosis
from gradcli.api.picture import Look, Picture, check_look, picture_of
from gradcli.api.plan import Plan
from gradcli.api.plot import Plot
from gradcli.api.point import Point
from gradcli.api.results import Gradient, Hessian, Hvp, Jacobian, Jvp, Vjp
from gradcli.api.tables import Comparison, Trace
from gradcli.api.values import SHAPES, check_choice, check_seed, check_text, read_assumptions, read_shapes, read_value
from gradcli.assumptions import Assumptions, require_properties, require_square
from gradcli.carriers.select import select_carrier
from gradcli.errors import GradcliError, NameProblem, ShapeError, suggestion
from gradcli.graph import display_names
from gradcli.primitives.constructors import Random
from gradcli.problem import Nested
from gradcli.shapes import Shape, format_shape
from gradcli.syntax import faults
from gradcli.syntax.build import build
from gradcli.syntax.parse import parse as parse_program
from gradcli.syntax.program import Program

DTYPES = ("float64", "float32")
KEPT = 32
"""Graphs that a function keeps: one for each combination of shapes that its inputs had."""


class Function:
    """A parsed expression. Of several statements the last is the output; shapes are those of the values given.

    Inputs are given as keywords, and every method here takes nothing else by keyword: any name can be an input. With
    options, ask a point: `f.at(x=[1, 2]).jacobian(layout="numerator")`. All methods raise GradcliError.
    """

    def __init__(
        self,
        program: Program,
        device: str | None = None,
        dtype: str = "float64",
        seed: int = 0,
        assumptions: Assumptions | None = None,
    ) -> None:
        self._program = program
        self._assumptions = dict(assumptions or {})
        self._device = device
        self._dtype = dtype
        self._seed = seed
        self._plan = lru_cache(maxsize=KEPT)(self._planned)

    @property
    def inputs(self) -> tuple[str, ...]:
        """Names that need a value."""
        return self._program.free_names

    @property
    def source(self) -> str:
        """The text that was parsed."""
        return self._program.source

    def at(self, /, **inputs: Any) -> Point:
        """The function at a point. Values are numbers, nested lists, NumPy arrays or torch tensors."""
        self._check_names(inputs)
        values: dict[str, Nested] = {}
        shapes: dict[str, Shape] = {}
        for name, value in inputs.items():
            values[name], shapes[name] = read_value(name, value)
        require_square(self._assumptions, shapes)
        require_properties(self._assumptions, values, self._dtype)
        try:
            return Point(self._plan(tuple(sorted(shapes.items()))), values)
        except GradcliError as error:
            raise error.with_source(self.source) from None

    def __call__(self, /, **inputs: Any) -> Nested:
        """The value at a point, as a float or nested lists."""
        return self.at(**inputs).value

    def grad(self, /, **inputs: Any) -> Gradient:
        """Value and gradient of the output, which must be a scalar."""
        return self.at(**inputs).grad()

    def jacobian(self, /, **inputs: Any) -> Jacobian:
        """All derivatives of all elements of the output, in layout torch."""
        return self.at(**inputs).jacobian()

    def hessian(self, /, **inputs: Any) -> Hessian:
        """The second derivatives of the output, which must be a scalar."""
        return self.at(**inputs).hessian()

    def jvp(self, tangent: Any, /, **inputs: Any) -> Jvp:
        """J v for a tangent, "ones" or a mapping from inputs to directions: `f.jvp({"x": [1, 0]}, x=[1, 2])`."""
        return self.at(**inputs).jvp(tangent)

    def vjp(self, cotangent: Any, /, **inputs: Any) -> Vjp:
        """u'J for a cotangent of the output: `f.vjp([1, 0], x=[1, 2])`."""
        return self.at(**inputs).vjp(cotangent)

    def hvp(self, tangent: Any, /, **inputs: Any) -> Hvp:
        """H v for a tangent: `f.hvp({"x": [1, 0]}, x=[1, 2])`."""
        return self.at(**inputs).hvp(tangent)

    def trace(self, /, **inputs: Any) -> Trace:
        """The evaluation trace: value, tangents and adjoint of every node."""
        return self.at(**inputs).trace()

    def graph(self, /, **inputs: Any) -> Picture:
        """The picture of the graph; without any value, its structure with formulas."""
        if not inputs and self.inputs:
            return self.structure()
        return self.at(**inputs).graph()

    def gradient_graph(self, /, **inputs: Any) -> Picture:
        """The picture of the graph that computes the gradient."""
        return self.at(**inputs).gradient_graph()

    def plot(self, /, **inputs: Any) -> Plot:
        """The curve with its tangent line, or the contours with the gradient, around the point."""
        return self.at(**inputs).plot()

    def compare(self, /, **inputs: Any) -> Comparison:
        """All methods side by side."""
        return self.at(**inputs).compare()

    def check(self, claims: Mapping[str, Any], /, **inputs: Any) -> Check:
        """Claimed derivatives and values judged: `f.check({"x2": 2.283}, x1=2, x2=5)`."""
        return self.at(**inputs).check(claims)

    def why(self, /, **inputs: Any) -> Diagnosis:
        """Why a derivative is zero, undefined, NaN or infinite, with a checked mend."""
        return self.at(**inputs).why()

    def structure(
        self,
        shapes: Mapping[str, Shape] | None = None,
        **look: Unpack[Look],
    ) -> Picture:
        """The picture without a point: shapes and local partials as formulas. A dimension in `shapes` is a number or a
        letter, `{"A": ("m", 3)}`; names left out are scalars, vectors or (in capitals) matrices, as they are used. The
        other options are those of `Point.graph`."""
        from gradcli.render.inspection import Inspection
        from gradcli.syntax.guess import default_shapes

        check_look(look)
        given = read_shapes(shapes or {})
        self._check_known(given)
        require_square(self._assumptions, given)
        all_shapes = default_shapes(self._program, given, self._assumptions)
        try:
            built = build(self._program, all_shapes, Random(self._seed), self._assumptions)
        except ShapeError as error:
            error.hint = f"give the shapes: {SHAPES}"
            raise error.with_source(self.source) from None
        guessed = {name: shape for name, shape in all_shapes.items() if shape and name not in given}
        taken = ", ".join(f"{name} as {format_shape(shape)}" for name, shape in guessed.items())
        notes = [*built.notes, *([f"without a point, {taken}"] if taken else [])]
        return picture_of(Inspection(built.graph, built.outputs[-1:]), self.source, {}, look, notes)

    def __repr__(self) -> str:
        return f"gradcli.parse({self.source!r})"

    def __str__(self) -> str:
        """The expression as gradcli prints it, with every input taken as a scalar where no shape is known."""
        from gradcli.syntax.guess import default_shapes
        from gradcli.syntax.text import expression_text

        try:
            shapes = default_shapes(self._program, {}, self._assumptions)
            built = build(self._program, shapes, Random(self._seed))
        except GradcliError as error:
            raise error.with_source(self.source) from None
        return expression_text(built.graph, built.outputs)

    def __reduce__(self) -> tuple[Any, ...]:
        """Copies and pickles parse the text again."""
        return parse, (self.source, self._device, self._dtype, self._seed, self._assumptions)

    def _planned(self, shapes: tuple[tuple[str, Shape], ...]) -> Plan:
        """The graph for inputs of some shapes."""
        built = build(self._program, dict(shapes), Random(self._seed), self._assumptions)
        output = built.outputs[-1]
        carrier = select_carrier(built.graph, built.graph.ancestors([output]), self._device, self._dtype)
        name = display_names(built.graph, [output]).get(output, "f")
        return Plan(
            self._program, dict(shapes), built, output, name, carrier, self._device, self._seed, self._assumptions
        )

    def _check_names(self, given: Mapping[str, Any]) -> None:
        """Raise NameProblem unless every input has a value and nothing else has one."""
        self._check_known(given)
        missing = [name for name in self.inputs if name not in given]
        if missing:
            program = self._program
            hint = faults.name_mend(missing[0], list(given), self.inputs, program.mends.get(missing[0]))
            hint = hint or f"give values: {', '.join(f'{name}=...' for name in missing[: faults.MOST_LISTED])}"
            raise faults.without_value(program, missing, hint)

    def _check_known(self, given: Mapping[str, Any]) -> None:
        for name in given:
            if name not in self._program.names:
                otherwise = f"the inputs are {', '.join(self.inputs) or 'none'}"
                if name in options():
                    otherwise += f"; options are given at a point: f.at(...).method({name}=...)"
                hint = suggestion(name, list(self.inputs), otherwise)
                raise NameProblem(f"'{name}' is no input", hint=hint)


@cache
def options() -> frozenset[str]:
    """The names of all options that the methods of a point take."""
    methods = filter(callable, vars(Point).values())
    named = (p.name for m in methods for p in signature(m).parameters.values() if p.kind is p.KEYWORD_ONLY)
    return frozenset(named) | frozenset(Look.__annotations__)


def parse(
    text: str,
    device: str | None = None,
    dtype: Literal["float64", "float32"] = "float64",
    seed: int = 0,
    assume: Mapping[str, str | Iterable[str]] | None = None,
) -> Function:
    """Parse an expression or several statements. Raises GradcliError with the place of the fault.

    Without a device, float64 scalars are computed on Python floats and the rest on torch (a GPU if there is one); with
    one ("auto", "cpu", "cuda", any torch device) everything is computed there. The seed is that of randn and rand in
    the text: they are constants, the same at every point. `assume` says what matrices are, {"A": "symmetric"}: skew,
    orthogonal, permutation, or several; it is checked at each point.
    """
    check_choice("dtype", dtype, DTYPES)
    check_text("an expression", text)
    if device is not None:
        check_text("a device", device)
    check_seed(seed)
    program = parse_program(text)
    return Function(program, device, dtype, seed, read_assumptions(assume or {}, program.free_names))
