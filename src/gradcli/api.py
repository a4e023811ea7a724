"""The Python interface: parse an expression once, evaluate and differentiate it at points."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from gradcli.carriers.select import select_carrier
from gradcli.carriers.tape import evaluate, input_values
from gradcli.errors import GradcliError, NameProblem, ShapeError, closest
from gradcli.problem import Nested, Problem, nested_shape
from gradcli.shapes import format_shape
from gradcli.syntax.build import Built, build
from gradcli.syntax.parse import parse as parse_program
from gradcli.syntax.program import Program
from gradcli.syntax.text import expression_text


@dataclass(frozen=True)
class Gradient:
    """Value and gradient of a scalar output. `gradient` maps each input to lists in its shape; `verdict` is the word
    of the verdict ("verified", "kink", ...) and `reason` its sentence."""

    value: Nested
    gradient: dict[str, Nested]
    verdict: str
    reason: str

    def __str__(self) -> str:
        rows = "\n".join(f"d/d{name} = {value}" for name, value in self.gradient.items())
        return f"value = {self.value}\n{rows}\n{self.verdict}: {self.reason}"


class Function:
    """A parsed expression. Shapes are those of the values given."""

    def __init__(self, program: Program) -> None:
        self._program = program

    @property
    def inputs(self) -> tuple[str, ...]:
        """Names that need a value."""
        return self._program.free_names

    def __call__(self, /, **point: Nested) -> Nested:
        """The value of the last output at a point, as a float or nested lists. Raises GradcliError."""
        from gradcli.verify.explain import domain_error, finite

        with _source(self._program):
            built, values = self._bind(point)
            output = built.outputs[-1]
            carrier = select_carrier(built.graph, built.graph.ancestors([output]))
            tape = evaluate(built.graph, [output], carrier, input_values(built.graph, carrier, values))
            value = carrier.nested(tape.values[output])
            if not finite(value):
                raise domain_error(tape, output, self._program.source)
            return value

    def grad(self, /, **point: Nested) -> Gradient:
        """Value and gradient of the last output, which must be a scalar, with a verdict. Raises GradcliError."""
        from gradcli.verify.explain import require_finite
        from gradcli.verify.verdict import check_gradient

        with _source(self._program):
            built, values = self._bind(point)
            graph, output = built.graph, built.outputs[-1]
            if graph.shapes[output]:
                shape = format_shape(graph.shapes[output])
                raise ShapeError(f"the output has shape {shape}: a gradient needs a scalar", hint="sum(...)")
            problem = Problem(graph, output, tuple(graph.inputs), values)
            carrier = select_carrier(graph, graph.ancestors([output]))
            require_finite(problem, carrier, self._program.source)
            checked = check_gradient(problem, carrier)
        verdict = checked.verdict
        return Gradient(checked.derivatives["reverse"].value, checked.gradient, verdict.word, verdict.sentence)

    def __repr__(self) -> str:
        return f"gradcli.parse({self._program.source!r})"

    def __str__(self) -> str:
        """The expression as gradcli prints it, with every input taken as a scalar where no shape is known."""
        from gradcli.syntax.guess import default_shapes

        with _source(self._program):
            built = build(self._program, default_shapes(self._program, {}))
            return expression_text(built.graph, built.outputs)

    def _bind(self, point: Mapping[str, Nested]) -> tuple[Built, dict[str, Nested]]:
        names = set(self._program.names)
        for name in point:
            if name not in names:
                near = closest(name, list(self.inputs))
                hint = f"did you mean {near} ?" if near else f"the inputs are {', '.join(self.inputs) or 'none'}"
                raise NameProblem(f"'{name}' is no input", hint=hint)
        missing = [name for name in self.inputs if name not in point]
        if missing:
            raise NameProblem(f"no value for {', '.join(missing)}")
        values = {name: _plain(value) for name, value in point.items()}
        return build(self._program, {name: nested_shape(name, value) for name, value in values.items()}), values


def parse(text: str) -> Function:
    """Parse an expression or several statements. Raises GradcliError with the place of the fault."""
    return Function(parse_program(text))


@contextmanager
def _source(program: Program) -> Iterator[None]:
    """Errors that point into the expression carry it."""
    try:
        yield
    except GradcliError as error:
        raise error.with_source(program.source) from None


def _plain(value: Any) -> Nested:
    """NumPy arrays and torch tensors as lists; the rest as it is."""
    return value.tolist() if hasattr(value, "tolist") else value
