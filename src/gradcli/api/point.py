"""An expression at a point: everything that can be asked there, with options."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any, Literal, Unpack

from gradcli.api.checks import Check
from gradcli.api.derivatives import gradient_of, hessian_of, hvp_of, jacobian_of, jvp_of, vjp_of
from gradcli.api.diagnosis import Diagnosis, diagnosis_of
from gradcli.api.located import located
from gradcli.api.picture import Look, Picture, check_look, gradient_picture_of, picture_of
from gradcli.api.plan import Plan
from gradcli.api.plot import Plot, plot_of
from gradcli.api.results import Gradient, Hessian, Hvp, Jacobian, Jvp, Vjp
from gradcli.api.tables import Comparison, Trace, comparison_of, trace_of
from gradcli.api.values import check_choice, check_precision, read_direction, read_names, read_ranges, read_tangents
from gradcli.errors import ShapeError, UsageError
from gradcli.graph import display_names
from gradcli.layouts import LAYOUTS, Layout
from gradcli.methods.jacobian import FORWARD, REVERSE, Mode
from gradcli.problem import Nested, Problem, wanted_inputs
from gradcli.shapes import format_shape
from gradcli.verify.at_kink import AT_KINK, AtKink
from gradcli.verify.explain import require_finite

Names = str | Iterable[str] | None
"""Names of inputs: a list, or text with commas. None stands for all."""
SCALAR_WAYS = 'cotangent="ones" (or other weights), or sum(...), or jacobian() for all of it'


class Point:
    """A function at a point. Its methods take the options that the commands have; all raise GradcliError.

    `wrt` names the inputs to differentiate by (default: all). A cotangent weighs a non-scalar output; it and a tangent
    of an input are "ones", "e(k)" for the k-th unit direction counted from 0, or numbers of the same shape. `precision`
    asks for so many decimal digits, each proven: the text shows them, and `proven` holds them.
    """

    def __init__(self, plan: Plan, inputs: dict[str, Nested]) -> None:
        self._plan = plan
        self._inputs = inputs

    @property
    def source(self) -> str:
        """The text of the expression."""
        return self._plan.program.source

    @property
    def inputs(self) -> dict[str, Nested]:
        """The values of the inputs, as numbers and nested lists."""
        return dict(self._inputs)

    @property
    def notes(self) -> tuple[str, ...]:
        """How the expression was read, where that is not what is written."""
        return self._plan.built.notes

    @property
    def value(self) -> Nested:
        """The value of the output: a float or nested lists. Raises DomainError where there is none."""
        return self._value()

    @located
    def _value(self) -> Nested:
        plan = self._plan
        return require_finite(self._problem(None), plan.carrier, self.source)

    @located
    def grad(
        self,
        *,
        wrt: Names = None,
        cotangent: Any = None,
        layout: Layout = "torch",
        at_kink: AtKink = "torch",
        precision: int | None = None,
    ) -> Gradient:
        """Value and gradient of a scalar output, or of <cotangent, output>. `at_kink` says what the gradient holds
        where the one-sided derivatives differ: "torch" (PyTorch's value), "left", "right", "mid" or "error"."""
        check_choice("layout", layout, LAYOUTS)
        check_choice("at_kink", at_kink, AT_KINK)
        problem = self._scalar_problem(wrt, cotangent)
        return gradient_of(self._plan, problem, layout, at_kink, check_precision(precision))

    @located
    def jacobian(
        self, *, wrt: Names = None, mode: Mode | None = None, layout: Layout = "torch", precision: int | None = None
    ) -> Jacobian:
        """All derivatives of all elements of the output, by the mode that needs fewer sweeps or the one asked for."""
        check_choice("layout", layout, LAYOUTS)
        if mode is not None:
            check_choice("mode", mode, (FORWARD, REVERSE))
        return jacobian_of(self._plan, self._finite_problem(wrt), mode, layout, check_precision(precision))

    @located
    def hessian(self, *, wrt: Names = None, layout: Layout = "torch", precision: int | None = None) -> Hessian:
        """The second derivatives of a scalar output, a block for every two inputs, by forward over reverse."""
        check_choice("layout", layout, LAYOUTS)
        problem = self._finite_problem(wrt)
        self._require_scalar(problem, "a Hessian", "sum(...), or jacobian() for the first derivatives")
        return hessian_of(self._plan, problem, layout, check_precision(precision))

    @located
    def jvp(self, tangent: Any, *, wrt: Names = None, precision: int | None = None) -> Jvp:
        """J v: how the output changes along a tangent, "ones" or a mapping from some inputs to theirs."""
        problem = self._finite_problem(wrt)
        return jvp_of(self._plan, problem, self._tangents(problem, tangent), check_precision(precision))

    @located
    def vjp(
        self,
        cotangent: Any = None,
        *,
        wrt: Names = None,
        at_kink: AtKink = "torch",
        precision: int | None = None,
    ) -> Vjp:
        """u'J: what a cotangent of the output is to the inputs; 1 for a scalar output where none is given. `at_kink` as
        for `grad`."""
        check_choice("at_kink", at_kink, AT_KINK)
        problem = self._finite_problem(wrt)
        shape = problem.output_shape
        if shape and cotangent is None:
            cause = f"vjp needs a cotangent of the output's shape {format_shape(shape)}"
            raise UsageError(cause, hint='"ones", "e(0)", or numbers')
        weights = read_direction("ones" if cotangent is None else cotangent, shape, "cotangent")
        return vjp_of(self._plan, problem, weights, at_kink, check_precision(precision))

    @located
    def hvp(self, tangent: Any, *, wrt: Names = None, precision: int | None = None) -> Hvp:
        """H v: how the gradient of a scalar output changes along a tangent."""
        problem = self._finite_problem(wrt)
        self._require_scalar(problem, "a Hessian", "sum(...), or jvp() for the first derivative")
        return hvp_of(self._plan, problem, self._tangents(problem, tangent), check_precision(precision))

    @located
    def trace(
        self,
        *,
        mode: Literal["forward", "reverse", "both"] = "both",
        wrt: Names = None,
        cotangent: Any = None,
        tangent: Any = None,
        explain: bool = False,
        full: bool = False,
    ) -> Trace:
        """The evaluation trace: value, tangents and adjoint of every node; `explain` adds the arithmetic of the sweeps,
        `full` prints vectors and matrices whole."""
        from gradcli.render.examine import examine, tangent_columns

        check_choice("mode", mode, ("forward", "reverse", "both"))
        plan = self._plan
        by_reverse = mode != "forward" or cotangent is not None
        problem = self._scalar_problem(wrt, cotangent) if by_reverse else self._problem(wrt)
        direction = None if tangent is None else self._tangents(problem, tangent)
        columns = [] if mode == "reverse" else tangent_columns(plan.graph, problem.wrt, direction)
        inspection = examine(plan.graph, [problem], plan.carrier, columns, adjoints=mode != "forward")
        return trace_of(inspection, mode, explain, full, self.notes)

    @located
    def graph(
        self,
        *,
        wrt: Names = None,
        cotangent: Any = None,
        tangent: Any = None,
        **look: Unpack[Look],
    ) -> Picture:
        """The picture of the graph. How it looks is said by the options of `gradcli.Look`: direction, title, show, and
        of a large graph expand, depth, top, focus and radius."""
        from gradcli.render.examine import examine, lacks_cotangent, tangent_columns

        check_look(look)
        plan, problem = self._plan, self._problem(wrt, cotangent)
        notes = list(self.notes)
        if lacks_cotangent(problem):
            notes.append(f'no adjoints of {plan.name}, which is not scalar; cotangent="ones" gives some')
        along = None if tangent is None else self._tangents(problem, tangent)
        columns = tangent_columns(plan.graph, problem.wrt, along)
        inspection = examine(plan.graph, [problem], plan.carrier, columns)
        return picture_of(inspection, self.source, self._inputs, look, notes)

    @located
    def gradient_graph(
        self,
        *,
        wrt: Names = None,
        **look: Unpack[Look],
    ) -> Picture:
        """The picture of the graph that computes the gradient of a scalar; tangents there are second derivatives. The
        options are those of `graph`."""
        from gradcli.render.examine import examine, tangent_columns

        check_look(look)
        plan, problem = self._plan, self._problem(wrt)
        self._require_scalar(problem, "a gradient's graph", "sum(...)")
        graph, output = plan.graph_of_its_own()
        problem = replace(problem, graph=graph, output=output)
        inspection = examine(graph, [problem], plan.carrier, tangent_columns(graph, problem.wrt))
        return gradient_picture_of(inspection, problem, plan.carrier, self.source, look, self.notes)

    @located
    def plot(
        self,
        *,
        wrt: Names = None,
        ranges: Mapping[str, tuple[float, float]] | None = None,
        title: str = "",
        theme: Literal["light", "dark"] = "light",
    ) -> Plot:
        """Function, derivative and tangent line of one variable, contours and the gradient of two. `ranges` says what
        is shown, {"x": (-2, 4)}; by default what is around the point, as wide as the function's scale."""
        from gradcli.render.plot.answer import plot_answer
        from gradcli.render.plot.function import require_plottable

        check_choice("theme", theme, ("light", "dark"))
        plan, problem = self._plan, self._problem(wrt)
        require_plottable(problem, "wrt")
        shown = read_ranges(ranges or {}, problem.wrt)
        answer = plot_answer(problem, plan.carrier, self.source, plan.name, shown)
        return plot_of(answer, self.source, self._inputs, title, theme, self.notes)

    @located
    def compare(
        self,
        *,
        modes: Names = None,
        wrt: Names = None,
        cotangent: Any = None,
        rtol: float | None = None,
        atol: float | None = None,
    ) -> Comparison:
        """Methods side by side (default: all), on torch, and the digits on which they agree. With `rtol` or `atol` they
        agree if |a - b| <= atol + rtol |b|."""
        from gradcli.carriers.tensors import Tensors
        from gradcli.verify.comparison import compare, select_methods
        from gradcli.verify.reference import read_gate
        from gradcli.verify.verdict import require_number

        plan = self._plan
        names = select_methods(read_names(modes, "modes") or [], "modes")
        gate = read_gate(rtol, atol, ("rtol", "atol"))
        problem = self._scalar_problem(wrt, cotangent)
        carrier = Tensors(plan.device or "cpu", plan.carrier.dtype)
        require_number(problem, carrier, self.source)
        return comparison_of(compare(problem, carrier, names, gate), plan.name, carrier, self.notes)

    @located
    def check(self, claims: Mapping[str, Any], *, cotangent: Any = None, layout: Layout = "torch") -> Check:
        """Claims judged: numbers by name of an input (the derivative by it) or of a value, or formulas as text. A float
        counts with the digits that Python prints; text is as on the command line, "2.283", "pi/4" or "x1 - cos(x2)"."""
        from gradcli.api.checks import check_of, read_claims
        from gradcli.verify.setting import Setting

        check_choice("layout", layout, LAYOUTS)
        plan, problem = self._plan, self._problem(None, cotangent)
        found = read_claims(claims)
        names = {plan.output: plan.name} | display_names(plan.graph, [plan.output])
        setting = Setting(problem, plan.carrier, names, layout, plan.assumptions)
        setting.require_number(self.source)
        return check_of(found, setting, self.notes)

    @located
    def why(self, *, wrt: Names = None, cotangent: Any = None) -> Diagnosis:
        """Why a derivative is zero, undefined, NaN or infinite, or has lost its digits: the node, the reason, and a
        mend that was checked."""
        from gradcli.verify.why.diagnosis import diagnose

        plan = self._plan
        problem = self._scalar_problem(wrt, cotangent)
        return diagnosis_of(diagnose(problem, plan.carrier, plan.built.outputs[-1:]), plan.carrier, self.notes)

    def __repr__(self) -> str:
        bound = ", ".join(f"{name}={value!r}" for name, value in self._inputs.items())
        return f"gradcli.parse({self.source!r}).at({bound})"

    def _problem(self, wrt: Names, cotangent: Any = None) -> Problem:
        """The problem of the output, with the cotangent if there is one."""
        plan = self._plan
        names = wanted_inputs(plan.graph, read_names(wrt, "wrt"), "wrt")
        shape = plan.graph.shapes[plan.output]
        weights = None if cotangent is None else read_direction(cotangent, shape, "cotangent")
        return Problem(plan.graph, plan.output, names, self._inputs, weights, plan.carrier.dtype)

    def _scalar_problem(self, wrt: Names, cotangent: Any) -> Problem:
        """The same, where there must be a scalar to differentiate."""
        problem = self._problem(wrt, cotangent)
        if problem.cotangent is None:
            self._require_scalar(problem, "a gradient", SCALAR_WAYS)
        return problem

    def _finite_problem(self, wrt: Names) -> Problem:
        """The problem of the whole output, whose value must be finite."""
        problem = self._problem(wrt)
        require_finite(problem, self._plan.carrier, self.source)
        return problem

    def _require_scalar(self, problem: Problem, what: str, ways: str) -> None:
        if problem.output_shape:
            shape = format_shape(problem.output_shape)
            raise ShapeError(f"the output {self._plan.name} has shape {shape}: {what} needs a scalar", hint=ways)

    def _tangents(self, problem: Problem, tangent: Any) -> dict[str, Nested]:
        return read_tangents(tangent, {name: problem.input_shape(name) for name in problem.wrt})
