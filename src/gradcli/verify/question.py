"""A formula made ready to be compared with the derivative, or the value, that it is claimed to be."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from gradcli.carriers.base import Carrier
from gradcli.carriers.nodes import Node, Nodes
from gradcli.carriers.select import select_carrier
from gradcli.carriers.tape import Tape, evaluate, input_values
from gradcli.errors import ExpressionError, GradcliError, NameProblem, ShapeError, Unstated
from gradcli.graph import Graph, display_names
from gradcli.layouts import LAYOUTS, Layout, layout_shape
from gradcli.methods.base import flatten
from gradcli.methods.certified import prove, proven_gradient
from gradcli.methods.differences import UNIT_ROUNDOFF
from gradcli.methods.enclosures import flat, too_large, working
from gradcli.methods.proven import nearest_float
from gradcli.methods.reverse import adjoint_of, adjoints_of
from gradcli.methods.rounding import rounding_of_gradient, rounding_of_value
from gradcli.primitives.declare import Primitive
from gradcli.problem import Nested, Problem
from gradcli.shapes import Shape, format_shape, size
from gradcli.syntax.build import Built, build
from gradcli.syntax.claims import Claim
from gradcli.syntax.faults import name_mend
from gradcli.syntax.text import format_node
from gradcli.verify.claims import (
    JACOBIAN_HINT,
    in_torch_order,
)
from gradcli.verify.explain import finite
from gradcli.verify.points import Points, required_properties
from gradcli.verify.setting import Setting
from gradcli.verify.sweep import Sweep
from gradcli.verify.thresholds import is_seen
from gradcli.verify.verdict import check_gradient
from gradcli.verify.witnesses import ROUNDING, Verdict, worst

if TYPE_CHECKING:
    from gradcli.carriers.balls import Balls

SHAPE_HINT = "a formula has the shape of what it is of; a number everywhere is 2*ones_like(x)"

LAST_DIGIT = 2.0**-51
"""Numbers that are rounded to floats from many digits are the same up to this part."""


@dataclass(frozen=True)
class Compared:
    """A formula and what is right at one point; numbers row-major. `given`: the point is the user's."""

    point: dict[str, Nested]
    claimed: list[float]
    right: list[float]
    agrees: bool
    given: bool
    irregular: bool


class Question:
    """A formula for a derivative or a value, made ready to be evaluated with the expression that it is about."""

    def __init__(self, claim: Claim, setting: Setting) -> None:
        self.claim = claim
        self.setting = setting
        self.graph = setting.problem.graph
        self.of_value = setting.of_value(claim)
        self.node = setting.nodes[claim.name] if self.of_value else self.graph.inputs[claim.name]
        self.built = self._build()
        self.joined, self.output = self._joined()
        self.carrier = self._carrier()
        self.layout, self.fits = self._layout()
        inputs = {name: self.graph.shapes[node] for name, node in self.graph.inputs.items()}
        assumed = {**required_properties(self.graph), **setting.assumptions}
        self.points = Points(inputs, setting.problem.point, assumed, self.carrier.dtype)

    @property
    def outer(self) -> Shape:
        """The output's part of the shape, where a Jacobian is asked for."""
        return () if self.of_value else self.setting.outer

    @property
    def shape(self) -> Shape:
        """Shape of what is asked, in layout torch."""
        return (*self.outer, *self.graph.shapes[self.node])

    def compare(self, point: Mapping[str, Nested], given: bool, irregular: bool) -> Compared | None:
        """The formula beside what is right at a point; None outside the domain, on a kink, or lost in rounding."""
        problem = replace(self.setting.problem, point=point)
        main = self.setting.carrier
        tape = evaluate(self.graph, [problem.output, self.node], main, input_values(self.graph, main, point))
        if tape.outside_domain() or tape.kinks() or not finite(main.nested(tape.values[problem.output])):
            return None
        right = self._right(tape, problem)
        if right is None:
            return None
        found = evaluate(self.joined, [self.output], self.carrier, input_values(self.joined, self.carrier, point))
        claimed = flatten(self.carrier.nested(found.values[self.output]))
        proven = None if finite(claimed) else self._proven(self.joined, self.output, point)
        claimed = self._in_torch_order(proven or claimed)
        agrees = self._agree(claimed, right, problem, exact=proven is not None)
        if agrees is None and given:
            return self._compared_in_balls(problem, irregular)
        return None if agrees is None else Compared(dict(point), claimed, right, agrees, given, irregular)

    def _compared_in_balls(self, problem: Problem, irregular: bool) -> Compared | None:
        """The same at the user's point where rounding hides the answer: both sides to all digits of a float."""
        point = problem.point
        claimed, right = self._proven(self.joined, self.output, point), self._proven_right(problem)
        if claimed is None or right is None:
            return None
        claimed = self._in_torch_order(claimed)
        agrees = all(c == r or abs(c - r) <= LAST_DIGIT * abs(r) for c, r in zip(claimed, right, strict=True))
        return Compared(dict(point), claimed, right, agrees, True, irregular)

    def _in_torch_order(self, numbers: list[float]) -> list[float]:
        if self.of_value:
            return numbers
        return in_torch_order(numbers, self.graph.shapes[self.node], self.layout, self.outer)

    def sweeps(self, point: Mapping[str, Nested]) -> list[Sweep]:
        """The sweeps behind what is right at a point: one, or of a Jacobian one a row."""
        problem = replace(self.setting.problem, point=point)
        if self.of_value:
            return [Sweep(problem, self.setting.carrier, None, self.node)]
        return [Sweep(row, self.setting.carrier, self.claim.name) for row in self._rows(problem)]

    def _rows(self, problem: Problem) -> list[Problem]:
        """A problem, or of a Jacobian those of its rows."""
        if self.of_value:
            return [problem]
        return [replace(problem, cotangent=row.problem.cotangent) for row in self.setting.rows]

    def verdict(self, point: Mapping[str, Nested]) -> Verdict | None:
        """What witnesses say of the right derivative at a point."""
        if self.of_value:
            return None
        problem = replace(self.setting.problem, point=point, wrt=(self.claim.name,))
        verdicts = [check_gradient(row, self.setting.carrier).verdict for row in self._rows(problem)]
        verdict = worst([("", found) for found in verdicts])
        where = "" if point == self.setting.problem.point else ", at one of the points"
        return replace(verdict, sentence=verdict.sentence + where)

    def _right(self, tape: Tape, problem: Problem) -> list[float] | None:
        main = self.setting.carrier
        if self.of_value:
            numbers = flatten(main.nested(tape.values[self.node]))
        else:
            numbers = []
            for row in self._rows(problem):
                adjoints = adjoints_of(row, tape, [self.node])
                adjoint = adjoint_of(adjoints, self.node)
                zeros = [0.0] * size(self.graph.shapes[self.node])
                numbers += zeros if adjoint is None else flatten(main.nested(adjoint))
        return numbers if finite(numbers) else None

    def _joined(self) -> tuple[Graph, int]:
        """The formula with the steps of the expression that it names on one graph: what rounding does to them is a part
        of what it does to the formula."""
        written, joined = self.built.graph, Nodes(Graph())
        steps = {name: self.setting.nodes[name] for name in written.inputs if name in self.setting.nodes}
        inputs = {
            node: Node(joined, joined.graph.input(name, self.graph.shapes[node]))
            for name, node in self.graph.inputs.items()
        }
        values = evaluate(self.graph, list(steps.values()), joined, inputs).values
        known = {
            node: values[steps[name]] if name in steps else inputs[self.graph.inputs[name]]
            for name, node in written.inputs.items()
        }
        (output,) = self.built.outputs
        found: Node = evaluate(written, [output], joined, known).values[output]
        return joined.graph, found.id

    def _proven_right(self, problem: Problem) -> list[float] | None:
        """What is right, each number the float nearest to it; None where balls cannot say."""
        if self.of_value:
            return self._proven(self.graph, self.node, problem.point)
        numbers: list[float | None] = []
        for row in self._rows(replace(problem, wrt=(self.claim.name,))):
            if too_large(row):
                return None
            try:
                _, gradient, bits = proven_gradient(row)
            except Unstated:
                return None
            with working(bits):
                numbers += [nearest_float(ball) for ball in gradient[self.claim.name]]
        found = [number for number in numbers if number is not None]
        return found if len(found) == len(numbers) else None

    def _proven(self, graph: Graph, node: int, point: Mapping[str, Nested]) -> list[float] | None:
        """The numbers of a node, each the float nearest to it; None where balls cannot say."""
        asked = Problem(graph, node, (), point, None, self.carrier.dtype)
        if too_large(asked):
            return None

        def computed(balls: Balls) -> list[list[Any]]:
            inputs = input_values(graph, balls, point)
            return [flat(evaluate(graph, [node], balls, inputs).values[node])]

        try:
            (numbers,), bits = prove(computed, 0, asked.dtype)
        except Unstated:
            return None
        with working(bits):
            found = [nearest_float(ball) for ball in numbers]
        return [number for number in found if number is not None] if None not in found else None

    def _agree(self, claimed: list[float], right: list[float], problem: Problem, exact: bool) -> bool | None:
        """Whether the numbers differ by no more than rounding; None where rounding is too large to tell. `exact`: the
        claimed ones are proven."""
        main = self.setting.carrier
        unit = ROUNDING * UNIT_ROUNDOFF[main.dtype]
        if all(abs(c - r) <= unit * abs(r) for c, r in zip(claimed, right, strict=True)):
            return True
        if not finite(claimed):
            return False
        if self.of_value:
            ours = rounding_of_value(self.graph, self.node, main, problem.point)
        else:
            rows = [replace(row, wrt=(self.claim.name,)) for row in self._rows(problem)]
            ours = [r for row in rows for r in rounding_of_gradient(row, main)[self.claim.name]]
        theirs = 0.0
        if not exact:
            theirs = max(rounding_of_value(self.joined, self.output, self.carrier, problem.point), default=0.0)
        if any(abs(c - r) > o + theirs for c, r, o in zip(claimed, right, ours, strict=True)):
            return False
        size = max(map(abs, [*claimed, *right]))
        return is_seen(size, max(ours) + theirs, main.dtype) or None

    def _build(self) -> Built:
        program, claim = self.claim.formula, self.claim
        assert program is not None
        shapes = {name: self.graph.shapes[node] for name, node in self.graph.inputs.items()}
        shapes |= {name: self.graph.shapes[node] for name, node in self.setting.nodes.items()}
        source = claim.source or program.source
        unknown = [name for name in program.free_names if name not in shapes]
        if unknown:
            known = f"known are {', '.join(self.graph.inputs) or 'no names'}"
            mend = program.mends.get(unknown[0])
            hint = name_mend(unknown[0], list(shapes), program.free_names, mend) or known
            place = next((i.span for i in program.instructions if i.value == unknown[0]), None)
            cause = f"the formula for {claim.name} uses {unknown[0]}, which the expression does not have"
            raise NameProblem(cause, span=place, source=source, hint=hint)
        try:
            built = build(program, {name: shapes[name] for name in program.names if name in shapes})
        except GradcliError as error:
            error.source = source
            raise
        if len(built.outputs) > 1:
            cause = f"one formula, not {len(built.outputs)}, is claimed for {claim.name}"
            raise ExpressionError(cause, span=claim.span, source=source, hint="claim them one by one")
        return built

    def _carrier(self) -> Carrier:
        main, graph = self.setting.carrier, self.joined
        device = main.device if main.name == "tensors" else None
        return select_carrier(graph, graph.ancestors([self.output]), device, main.dtype)

    def _outer_product(self, needed: Shape) -> str:
        """The mend of `x y'` for vectors, which is their inner product; empty where it is not that."""
        graph, output = self.built.graph, self.built.outputs[0]
        operation = graph.operations[output]
        factors = graph.arguments[output]
        lengths = tuple(length for node in factors for length in graph.shapes[node])
        if not isinstance(operation, Primitive) or len(factors) != 2 or graph.shapes[output] or lengths != needed:
            return ""
        names = display_names(graph, [output]) | {node: name for name, node in graph.inputs.items()}
        first, second = (
            names[node] if graph.is_leaf(node) else format_node(graph, node, names).removesuffix("'")
            for node in factors
        )
        return f"of vectors this is the inner product; the matrix is outer({first}, {second})"

    def _layout(self) -> tuple[Layout, bool]:
        """The layout that the formula's shape is that of, and whether it is the one asked for. Raises ShapeError."""
        given = self.joined.shapes[self.output]
        if self.of_value:
            if given == self.shape:
                return "torch", True
            needed = self.shape
        else:
            wanted, own = self.setting.layout, self.graph.shapes[self.node]
            for layout in (wanted, *LAYOUTS):
                if layout_shape(self.outer, own, layout) == given:
                    return layout, layout == wanted
            needed = layout_shape(self.outer, own, wanted)
        cause = f"the formula for {self.claim.name} has shape {format_shape(given)}, needed is {format_shape(needed)}"
        hint = JACOBIAN_HINT if self.outer else self._outer_product(needed) or SHAPE_HINT
        raise ShapeError(cause, span=self.claim.span, source=self.claim.source, hint=hint)
