"""Formulas judged: compared with the derivative, or the value, at points of the domain.

Agreement at random points is no proof, but two formulas of this language that differ do so at almost every point. Round
points come first, so that a counterexample is simple.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from fractions import Fraction
from functools import partial

from gradcli.errors import DomainError
from gradcli.layouts import LAYOUTS, Layout, layout_shape
from gradcli.methods.base import arranged, flatten, unflatten
from gradcli.problem import Nested
from gradcli.shapes import Shape
from gradcli.syntax.claims import Claim, Digits
from gradcli.syntax.readings import UNSIGNED
from gradcli.verify.claims import (
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
from gradcli.verify.points import Point
from gradcli.verify.question import Compared, Question
from gradcli.verify.setting import Setting
from gradcli.verify.witnesses import Verdict

ENOUGH = 16
"""Random points of the domain that are looked at."""
VANISHING = 1e-6
"""At a point with a smaller derivative a formula is shown only where there is no other."""
ALMOST = 1e-12
"""Components that differ by no more are not called wrong where others differ by more than rounding."""


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
    failed, explained = explanations(question, failed, looked)
    block, _ = _shown(failed.right, question)
    claimed, _ = _shown(failed.claimed, question)
    pairs = zip(flatten(claimed), flatten(block), strict=True)
    # A y can be read in one way only; 1/2x in two.
    read = [note for note in question.built.notes if not note.startswith(UNSIGNED)]
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
    """The points without those where a formula has no value, and what to say of them where it is right at all others.

    det(A) inv(A)' is the derivative of det(A), and is not there where A is singular. Round points meet such gaps, and
    show nothing of a formula that is wrong elsewhere; where random points do, they are a part of the domain.
    """
    kept = [c for c in looked if c.irregular or finite(c.claimed)]
    gaps = len(looked) - len(kept)
    if gaps and kept and all(c.agrees for c in kept):
        return kept, f"it has no value at {gaps} of {len(looked)} points"
    only_gaps = all(c.agrees for c in looked if finite(c.claimed))
    return looked if only_gaps else kept, ""


def counterexample(looked: Sequence[Compared]) -> Compared | None:
    """Where a formula is wrong, if it is anywhere."""
    failed = [c for c in looked if not c.agrees]
    return telling(failed) if failed else None


def telling(looked: Sequence[Compared]) -> Compared:
    """The given point, else the simplest one where the derivative has not all but vanished: a saturated sigmoid shows
    little."""
    return next((c for c in looked if c.given or not _vanishes(c)), looked[0])


def _vanishes(compared: Compared) -> bool:
    return 0.0 < max(map(abs, compared.right), default=0.0) < VANISHING


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


def explanations(
    question: Question, failed: Compared, looked: list[Compared]
) -> tuple[Compared, tuple[Explanation, ...]]:
    """The slips that fit at the counterexample and at a point without round numbers, where nothing coincides. Where the
    counterexample hides them (a missing factor of -1 looks like a sign) another takes its place."""
    transposed = _transposed(question, looked) if question.outer else None
    if transposed is not None:
        return failed, (transposed,)
    other = next((c for c in looked if c.irregular and not c.agrees and c is not failed), None)
    if other is None:
        return failed, _explained(question, failed, None)
    places = {place for explanation in _explained(question, other, None) for place in explanation.places}
    instead = [c for c in looked if not (c.agrees or c is failed or c is other or _vanishes(c))]
    for compared in (failed, *(instead if places and not failed.given else [])):
        found = _explained(question, compared, places)
        if found:
            return compared, found
    return failed, ()


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
