"""Formulas judged: compared with the derivative, or the value, at points of the domain.

Agreement at random points is no proof, but two formulas of this language that differ do so at almost every point. Round
points come first, so that a counterexample is simple.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import partial
from typing import TYPE_CHECKING, Any

from gradcli.carriers.base import Carrier
from gradcli.carriers.select import select_carrier
from gradcli.carriers.tape import Tape, evaluate, input_values
from gradcli.errors import DomainError, ExpressionError, GradcliError, NameProblem, ShapeError, Unstated, suggestion
from gradcli.layouts import LAYOUTS, Layout, layout_shape
from gradcli.methods.base import arranged, flatten, unflatten
from gradcli.methods.certified import prove
from gradcli.methods.differences import UNIT_ROUNDOFF
from gradcli.methods.enclosures import flat, too_large, working
from gradcli.methods.proven import nearest_float
from gradcli.methods.reverse import adjoint_of, adjoints_of
from gradcli.methods.rounding import rounding_of_gradient, rounding_of_value
from gradcli.problem import Nested, Problem
from gradcli.shapes import Shape, format_shape, size
from gradcli.syntax.build import Built, build
from gradcli.syntax.claims import Claim, Digits
from gradcli.verify.claims import (
    JACOBIAN_HINT,
    RIGHT,
    WRONG,
    Judgement,
    in_torch_order,
    layout_slip,
    times_note,
    torch_places,
)
from gradcli.verify.conditions import right_under
from gradcli.verify.explain import finite
from gradcli.verify.explanations import Explanation, Place, explain, multiple
from gradcli.verify.jacobians import of_rows
from gradcli.verify.points import Point, Points, required_properties
from gradcli.verify.setting import Setting
from gradcli.verify.sweep import Sweep
from gradcli.verify.thresholds import is_seen
from gradcli.verify.verdict import check_gradient
from gradcli.verify.witnesses import ROUNDING, Verdict, worst

if TYPE_CHECKING:
    from gradcli.carriers.balls import Balls

SHAPE_HINT = "a formula has the shape of what it is of; a number everywhere is 2*ones_like(x)"
ENOUGH = 16
"""Random points of the domain that are looked at."""
VANISHING = 1e-6
"""At a point with a smaller derivative a formula is shown only where there is no other."""
ALMOST = 1e-12
"""Components that differ by no more are not called wrong where others differ by more than rounding."""


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
        (self.output,) = self.built.outputs
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
        known = self._known(tape, point)
        made = self.built.graph
        found = evaluate(made, [self.output], self.carrier, input_values(made, self.carrier, known))
        value = self.carrier.nested(found.values[self.output])
        claimed = flatten(value)
        proven = None if finite(claimed) else self._proven(known)
        claimed = proven or claimed
        if not self.of_value:
            claimed = in_torch_order(claimed, self.graph.shapes[self.node], self.layout, self.outer)
        agrees = self._agree(claimed, right, problem, None if proven else known)
        return None if agrees is None else Compared(dict(point), claimed, right, agrees, given, irregular)

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

    def _known(self, tape: Tape, point: Mapping[str, Nested]) -> dict[str, Nested]:
        """Values of the names that a formula may use: inputs, and named steps of the expression."""
        wanted = self.built.graph.inputs
        steps = {n: self.setting.nodes[n] for n in wanted if n in self.setting.nodes}
        main = self.setting.carrier
        missing = [node for node in steps.values() if node >= len(tape.values) or tape.values[node] is None]
        if missing:
            tape = evaluate(self.graph, list(steps.values()), main, input_values(self.graph, main, point))
        return {n: main.nested(tape.values[steps[n]]) if n in steps else point[n] for n in wanted}

    def _proven(self, known: Mapping[str, Nested]) -> list[float] | None:
        """The formula's numbers where floats overflow on the way to them; None where it has none."""
        asked = Problem(self.built.graph, self.output, (), known, None, self.carrier.dtype)
        if too_large(asked):
            return None

        def computed(balls: Balls) -> list[list[Any]]:
            inputs = input_values(asked.graph, balls, known)
            return [flat(evaluate(asked.graph, [self.output], balls, inputs).values[self.output])]

        try:
            (numbers,), bits = prove(computed, 0, asked.dtype)
        except Unstated:
            return None
        with working(bits):
            found = [nearest_float(ball) for ball in numbers]
        return [number for number in found if number is not None] if None not in found else None

    def _agree(
        self, claimed: list[float], right: list[float], problem: Problem, known: Mapping[str, Nested] | None
    ) -> bool | None:
        """Whether the numbers differ by no more than rounding; None where rounding is too large to tell. `known` are
        the values that the formula was computed from, None where it is proven."""
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
        if known is not None:
            theirs = max(rounding_of_value(self.built.graph, self.output, self.carrier, known), default=0.0)
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
            hint = suggestion(unknown[0], list(shapes), known)
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
        main, graph = self.setting.carrier, self.built.graph
        device = main.device if main.name == "tensors" else None
        return select_carrier(graph, graph.ancestors([self.output]), device, main.dtype)

    def _layout(self) -> tuple[Layout, bool]:
        """The layout that the formula's shape is that of, and whether it is the one asked for. Raises ShapeError."""
        given = self.built.graph.shapes[self.output]
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
        hint = JACOBIAN_HINT if self.outer else SHAPE_HINT
        raise ShapeError(cause, span=self.claim.span, source=self.claim.source, hint=hint)


def judge_formula(claim: Claim, setting: Setting) -> tuple[Judgement, Verdict | None]:
    """The judgement on a formula, and the verdict on what it was compared to. Raises GradcliError."""
    question = Question(claim, setting)
    looked, tried = compare_at_points(question)
    if not looked:
        raise none_found(question, tried)
    rare = len(looked) < min(tried, ENOUGH)
    note = (
        f"only {len(looked)} of {tried} points that were tried can be used: in the domain, off its kinks"
        if rare
        else ""
    )
    if setting.problem.point and not any(c.given for c in looked):
        note = "the point given is on a kink or lost in rounding, and was left out"
    looked, missing = _without_gaps(looked)
    note = note or missing
    failed = counterexample(looked)
    _, shape = _shown(looked[0].right, question)
    whole = Judgement(claim, question.of_value, RIGHT, shape=shape, points=len(looked), note=note)
    if failed is None:
        verdict = question.verdict(telling(looked).point)
        if question.fits:
            return whole, verdict
        return replace(whole, word=WRONG, explanations=(_of_layout(question),)), verdict
    block, _ = _shown(failed.right, question)
    claimed, _ = _shown(failed.claimed, question)
    pairs = zip(flatten(claimed), flatten(block), strict=True)
    explained = explanations(question, failed, looked)
    read = question.built.notes
    wrong = replace(
        whole,
        word=WRONG,
        right=block,
        claimed=claimed,
        wrong=tuple(k for k, (c, r) in enumerate(pairs) if not abs(c - r) <= ALMOST * abs(r)),
        point=failed.point,
        note="; ".join(filter(None, [note or ("" if explained else times_note(_multiple(looked))), *read])),
        explanations=explained,
        right_at_point=any(c.given and c.agrees for c in looked),
        conditions=conditions_of(question, looked) if question.fits else (),
    )
    return wrong, question.verdict(failed.point)


def _without_gaps(looked: list[Compared]) -> tuple[list[Compared], str]:
    """The points without those where a formula that is right at all others has no value, and what to say of them.

    det(A) inv(A)' is the derivative of det(A), and is not there where A is singular. Round points meet such gaps; where
    random points do, they are a part of the domain.
    """
    kept = [c for c in looked if c.irregular or finite(c.claimed)]
    gaps = len(looked) - len(kept)
    if not gaps or not kept or not all(c.agrees for c in kept):
        return looked, ""
    return kept, f"it has no value at {gaps} of {len(looked)} points"


def counterexample(looked: Sequence[Compared]) -> Compared | None:
    """Where a formula is wrong, if it is anywhere."""
    failed = [c for c in looked if not c.agrees]
    return telling(failed) if failed else None


def telling(looked: Sequence[Compared]) -> Compared:
    """The given point, else the simplest one where the derivative has not all but vanished: a saturated sigmoid shows
    little."""

    def vanishes(compared: Compared) -> bool:
        return 0.0 < max(map(abs, compared.right), default=0.0) < VANISHING

    return next((c for c in looked if c.given or not vanishes(c)), looked[0])


def _multiple(looked: list[Compared]) -> Fraction | None:
    """The number that a formula is the right one times, at all points together."""
    claimed = [n for c in looked for n in c.claimed]
    if not finite(claimed):
        return None
    return multiple([Digits(Fraction(n)) for n in claimed], [n for c in looked for n in c.right])


def _of_layout(question: Question) -> Explanation:
    text = f"this is the formula in layout {question.layout}, not {question.setting.layout}"
    return Explanation(layout_slip(question.shape), text)


def _shown(numbers: list[float], question: Question) -> tuple[Nested, Shape]:
    """Numbers in the layout asked for."""
    value = unflatten(list(numbers), question.shape)
    if question.of_value:
        return value, question.shape
    return arranged(value, question.outer, question.graph.shapes[question.node], question.setting.layout)


def explanations(question: Question, failed: Compared, looked: list[Compared]) -> tuple[Explanation, ...]:
    """The slips that fit at the counterexample and at a point without round numbers, where nothing coincides."""
    transposed = _transposed(question, looked) if question.outer else None
    if transposed is not None:
        return (transposed,)
    other = next((c for c in looked if c.irregular and not c.agrees and c is not failed), None)
    places = None
    if other is not None:
        places = {place for explanation in _explained(question, other, None) for place in explanation.places}
    return _explained(question, failed, places)


def _transposed(question: Question, looked: list[Compared]) -> Explanation | None:
    """The other layout of the same shape in which the formula is right at all points."""
    shape = question.graph.shapes[question.node]
    places = torch_places(shape, question.layout, question.outer)
    for layout in LAYOUTS:
        if layout_shape(question.outer, shape, layout) != layout_shape(question.outer, shape, question.layout):
            continue
        if all(_right_in(c, [c.claimed[k] for k in places], shape, layout, question.outer) for c in looked):
            text = f"this is the formula in layout {layout}, not {question.setting.layout}"
            return Explanation(layout_slip(question.shape), text)
    return None


def _right_in(compared: Compared, typed: list[float], shape: Shape, layout: Layout, outer: Shape) -> bool:
    """Whether the numbers of a formula, row-major as it gives them, are right in a layout."""
    pairs = zip(in_torch_order(typed, shape, layout, outer), compared.right, strict=True)
    size = max(map(abs, compared.right))
    return all(abs(c - r) <= ALMOST * size for c, r in pairs)


def _explained(question: Question, compared: Compared, among: Collection[Place] | None) -> tuple[Explanation, ...]:
    if not finite(compared.claimed):
        return ()
    sweeps = question.sweeps(compared.point)
    exact = [Digits(Fraction(number)) for number in compared.claimed]
    count = len(exact) // len(sweeps)
    explained = {}
    for k, sweep in enumerate(sweeps):
        part = slice(k * count, (k + 1) * count)
        pairs = zip(compared.claimed[part], compared.right[part], strict=True)
        if any(abs(c - r) > ALMOST * abs(r) for c, r in pairs):
            explained[k] = explain(sweep, exact[part], among=among).found
    return of_rows(explained, question.outer)


def compare_at_points(question: Question) -> tuple[list[Compared], int]:
    """The formula at the given point, at round and at random points of the domain, and how many points were tried."""
    points, given = question.points, question.setting.problem.point
    looked: list[Compared] = []
    tried = 0
    if given:
        found = question.compare(given, given=True, irregular=True)
        looked += [found] if found is not None else []
    if not points.shapes:
        return looked or [c for c in [question.compare({}, given=False, irregular=True)] if c is not None], 1
    for point in points.round():
        tried += 1
        found = question.compare(point, given=False, irregular=False)
        looked += [found] if found is not None else []
    enough = len(looked) + ENOUGH
    for point in points.random():
        tried += 1
        found = question.compare(point, given=False, irregular=True)
        looked += [found] if found is not None else []
        if len(looked) >= enough:
            break
    return looked, tried


def conditions_of(question: Question, looked: list[Compared]) -> tuple[str, ...]:
    """The conditions under which a formula that is wrong in general is right."""

    def agrees(point: Point) -> bool | None:
        found = question.compare(point, given=False, irregular=True)
        return None if found is None else found.agrees

    points = question.points
    right_at = next((c.point for c in looked if c.given and c.agrees), None)
    wrong_at = [c.point for c in looked if not c.agrees]
    random_points = partial(points.random, seed=29)
    return right_under(agrees, random_points, points.shapes, right_at, wrong_at, tuple(points.assumed))


def none_found(question: Question, tried: int) -> DomainError:
    """The error where a formula can be compared nowhere."""
    assumed = question.points.assumed
    if assumed and not tried:
        words = " and ".join(f"{name} is {' and '.join(found)}" for name, found in assumed.items())
        return DomainError(f"no values were found such that {words}", hint="give a point with --at")
    cause = f"no point of the domain, off its kinks, was found among {tried}"
    return DomainError(cause, hint="give a point inside the domain with --at")
