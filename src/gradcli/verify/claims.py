"""Claims of numbers judged: is what somebody gives for a derivative or a value right, and if not, what slipped."""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TypeVar

from gradcli.carriers.base import Carrier
from gradcli.carriers.mistaken import Truncating
from gradcli.carriers.tape import evaluate, input_values
from gradcli.errors import ShapeError
from gradcli.layouts import LAYOUTS, Layout, layout_axes, layout_shape
from gradcli.methods.base import arranged, flatten, permuted, unflatten
from gradcli.methods.differences import UNIT_ROUNDOFF
from gradcli.methods.proven import is_number
from gradcli.methods.rounding import rounding_of_gradient, rounding_of_value
from gradcli.problem import Nested, Problem, nested_shape
from gradcli.shapes import Shape, format_shape, index_of, size
from gradcli.syntax.claims import Claim, Digits
from gradcli.verify.digits import MOST_DECIMALS, admits, note_on_digits, off_by_one, rounded_text
from gradcli.verify.explain import finite
from gradcli.verify.explanations import Explained, Explanation, explain, multiple
from gradcli.verify.setting import Setting
from gradcli.verify.slips.matrices import Transposed
from gradcli.verify.sweep import Sweep
from gradcli.verify.thresholds import keeps_digits
from gradcli.verify.ties import ties_as_written
from gradcli.verify.truth import truth_of
from gradcli.verify.verdict import Checked
from gradcli.verify.witnesses import ROUNDING

N = TypeVar("N")
RIGHT, WRONG, UNDEFINED, UNDECIDED = "right", "wrong", "undefined", "undecided"
OTHER_LAYOUT = "other layout"
LEAST_DIGITS = 6
"""Digits that a verified derivative has where the verdict does not say how many."""
NEAR = 1e-6
"""A sweep that is off by more of the largest number has lost digits that claims have: its slips explain nothing."""
NOTHING = 1e4
"""In units of roundoff: what is larger is no 0 that the point misses by its rounding."""
NEIGHBOURS = 4
"""Points beside the given one, as far as rounding takes it, that tell which numbers are no more than its rounding."""
MOST_COMPONENTS = 8
"""Wrong components that are explained one by one where no slip explains them together."""


@dataclass(frozen=True)
class Judgement:
    """What is said of one claim. `right` is the right value in `layout`, in `shape`; for a formula at the `point`
    that shows it to be wrong, where it gives `claimed`.

    `wrong` are the row-major positions of wrong components in that layout, `note` what else is to be said (`at_kink`:
    what counts there), `points` at how many points a formula was compared. A wrong formula may be right at the point
    that was given (`right_at_point`), and wherever one of `conditions` holds.
    """

    claim: Claim
    of_value: bool
    word: str
    right: Nested = None
    shape: Shape = ()
    wrong: tuple[int, ...] = ()
    note: str = ""
    at_kink: bool = False
    explanations: tuple[Explanation, ...] = ()
    points: int = 0
    point: dict[str, Nested] | None = None
    claimed: Nested = None
    right_at_point: bool = False
    conditions: tuple[str, ...] = ()


@dataclass(frozen=True)
class Truth:
    """What is right for a claim, row-major in layout torch: every number from `low` to `high`, which differ at a kink
    only, each known up to `uncertain`. `doubtful`: the verdict is that rounding may have spoilt them; `proven`: it has,
    and these are the true ones. `cancels`: kinks do, and the rules do not give the derivative.

    `order` tells for each place of the claim which of these numbers stands there, `nothing` below which size each is no
    more than what the rounding of the point makes of a 0.
    """

    low: Sequence[float]
    high: Sequence[float]
    uncertain: Sequence[float]
    order: Sequence[int]
    doubtful: bool = False
    proven: bool = False
    cancels: bool = False
    nothing: Sequence[float] = ()

    @classmethod
    def known(cls, numbers: Sequence[float], order: Sequence[int], dtype: str) -> Truth:
        """Numbers that are proven to the last digit."""
        return cls(numbers, numbers, [UNIT_ROUNDOFF[dtype] * abs(n) for n in numbers], order, proven=True)

    def admits(self, claimed: Sequence[Digits], place: int) -> bool:
        """Whether a component of a claim may be right, as far as rounding lets one tell."""
        nothing = self.nothing[place] if self.nothing else 0.0
        return admits(claimed[place], self.low[place], self.high[place], self.uncertain[place], nothing)

    def wrong(self, claimed: Sequence[Digits]) -> list[int]:
        """The components of a claim that are wrong."""
        return [place for place in range(len(claimed)) if not self.admits(claimed, place)]

    @property
    def at_kink(self) -> bool:
        """Whether a component has more than one right value."""
        return any(low != high for low, high in zip(self.low, self.high, strict=True))


def judge_numbers(claim: Claim, setting: Setting) -> Judgement:
    """The judgement on a claim of numbers. Raises ShapeError for numbers of another shape."""
    if setting.of_value(claim):
        return _judge_value(claim, setting)
    checked = setting.checked(claim.name)
    true = _true_gradient(checked, claim.name)
    gradient = checked.gradient[claim.name] if true is None else true
    input_shape = setting.problem.input_shape(claim.name)
    block, shape = arranged(gradient, (), input_shape, setting.layout)
    whole = Judgement(claim, False, RIGHT, block, shape)
    if claim.shape != shape:
        return _in_other_layout(whole, setting, flatten(gradient))
    if checked.verdict.word == "undefined" or not (finite(gradient) or checked.verdict.sides):
        return replace(whole, word=UNDEFINED, right=None, note=checked.verdict.sentence)
    if checked.verdict.word == "wrong":
        return replace(whole, word=UNDECIDED, note="the derivative itself is in doubt")
    numbers = in_torch_order(claim.numbers, input_shape, setting.layout)
    sweep = Sweep(setting.problem, setting.carrier, claim.name)
    truth = _truth(setting, checked, claim.name)
    if _says_nothing(numbers) and not truth.proven:
        truth = replace(truth, nothing=_nothing(sweep, claim.name))
    if truth.at_kink and not finite(gradient):
        whole = replace(whole, right=None)
    return _compare(whole, numbers, truth, sweep)


def _judge_value(claim: Claim, setting: Setting) -> Judgement:
    graph, carrier, node = setting.problem.graph, setting.carrier, setting.nodes[claim.name]
    sweep = Sweep(setting.problem, carrier, None, node)
    shape = graph.shapes[node]
    if claim.shape != shape:
        raise shape_error(claim, shape)
    whole = Judgement(claim, True, RIGHT, unflatten(list(sweep.right), shape), shape)
    known = finite(sweep.right)
    uncertain = rounding_of_value(graph, node, carrier, setting.problem.point)
    doubtful = not all(keeps_digits(n, u, carrier.dtype) for u, n in zip(uncertain, sweep.right, strict=True))
    alone = replace(setting.problem, output=node, wrt=(), cotangent=None)
    proven = truth_of(alone, carrier, finite=known) if doubtful or not known else None
    exact = [float(ball) for ball in proven.value] if proven is not None and proven.fits_floats else None
    if exact is None and doubtful and known:
        exact = _value_as_written(alone, carrier)
    if exact is not None:
        whole = replace(whole, right=unflatten(exact, shape))
        return _compare(whole, claim.numbers, Truth.known(exact, range(len(exact)), carrier.dtype), sweep)
    if not known:
        return replace(whole, word=UNDEFINED, right=None, note="the value is not finite")
    nothing = _nothing(sweep, None) if _says_nothing(claim.numbers) else ()
    truth = Truth(sweep.right, sweep.right, uncertain, range(len(uncertain)), doubtful, nothing=nothing)
    return _compare(whole, claim.numbers, truth, sweep)


def _value_as_written(problem: Problem, carrier: Carrier) -> list[float] | None:
    """The value where floats take the wrong side of a jump of the expression as it is written; None elsewhere."""
    inputs = input_values(problem.graph, carrier, problem.point)
    tape = evaluate(problem.graph, [problem.output], carrier, inputs)
    ties = ties_as_written(problem, tape)
    if ties.tape is tape or not ties.certain:
        return None
    return flatten(carrier.nested(ties.tape.values[problem.output]))


def _true_gradient(checked: Checked, name: str) -> Nested | None:
    """The derivative where it is not what the sweep gives: at a kink that cancels, and proven where float64 lost its
    digits. None elsewhere, and where only bounds are proven."""
    verdict = checked.verdict
    if verdict.differentiable and verdict.sides is not None:
        shape = nested_shape(name, checked.gradient[name])
        return unflatten([side.left for side in verdict.sides[name]], shape)
    true = verdict.true
    if true is None or name not in true.derivative:
        return None
    texts = list(map(str, flatten(true.derivative[name])))
    if not all(map(is_number, texts)):
        return None
    shape = nested_shape(name, checked.gradient[name])
    return unflatten([float(text) for text in texts], shape)


def _truth(setting: Setting, checked: Checked, name: str) -> Truth:
    """What is right for a derivative: at a kink all from side to side, and the convention."""
    verdict, numbers = checked.verdict, flatten(checked.gradient[name])
    order = torch_places(setting.problem.input_shape(name), setting.layout)
    unit = ROUNDING * UNIT_ROUNDOFF[setting.carrier.dtype]
    low = high = numbers
    sides = verdict.sides[name] if verdict.sides is not None else []
    true = _true_gradient(checked, name)
    if true is not None and not any(s.limit or s.seen for s in sides):
        proven = Truth.known(flatten(true), order, setting.carrier.dtype)
        return replace(proven, cancels=verdict.word == "kink")
    if verdict.word == "kink":
        if sides:
            # Where both sides agree there is a derivative, whatever the rules give; and a NaN is no convention.
            kept = [[] if s.agree or not math.isfinite(n) else [n] for s, n in zip(sides, numbers, strict=True)]
            low = [min([s.left, s.right, *n]) for s, n in zip(sides, kept, strict=True)]
            high = [max([s.left, s.right, *n]) for s, n in zip(sides, kept, strict=True)]
        parts = [s.known(setting.carrier.dtype) for s in sides] or [unit] * len(low)
        # Perturbed sweeps would leave the kink.
        known_to = [k * max(abs(a), abs(b)) for k, a, b in zip(parts, low, high, strict=True)]
        return Truth(low, high, known_to, order, cancels=verdict.differentiable)
    uncertain = rounding_of_gradient(replace(setting.problem, wrt=(name,)), setting.carrier)[name]
    if verdict.word == "verified":
        # Near the edge of a domain perturbed sweeps show nothing; the witness has seen so many digits.
        known = max(unit, 10.0 ** -(verdict.digits or LEAST_DIGITS)) * max(map(abs, numbers), default=0.0)
        uncertain = [min(u, known) for u in uncertain]
    return Truth(low, high, uncertain, order, verdict.word in ("ill-conditioned", "inconclusive"))


def _says_nothing(numbers: Sequence[Digits]) -> bool:
    """Whether a claim has a bare 0, of which the point may miss the right one by its rounding."""
    return any(digits.value == 0 for digits in numbers)


def _nothing(sweep: Sweep, name: str | None) -> list[float]:
    """How far each number moves where every number of the point moves by its rounding: cos(pi/2) is 6e-17 at the float
    that is nearest to pi/2, and the derivative of 6e-34 x does not move."""
    source = random.Random(0)
    unit = UNIT_ROUNDOFF[sweep.carrier.dtype]
    farthest = [0.0] * len(sweep.right)
    for _ in range(NEIGHBOURS):
        point = {
            bound: unflatten(
                [x * (1 + 2 * unit * source.choice((-1, 1))) for x in flatten(value)], nested_shape(bound, value)
            )
            for bound, value in sweep.problem.point.items()
        }
        moved = Sweep(replace(sweep.problem, point=point), sweep.carrier, name, sweep.target).right
        farthest = [max(f, abs(m - r)) for f, m, r in zip(farthest, moved, sweep.right, strict=True)]
    return [f if f <= NOTHING * unit else 0.0 for f in farthest]


def _compare(whole: Judgement, numbers: Sequence[Digits], truth: Truth, sweep: Sweep) -> Judgement:
    """Right or wrong by component; the order of components is that of layout torch."""
    wrong = truth.wrong(numbers)
    if not wrong and truth.doubtful and any(u > n.unit for u, n in zip(truth.uncertain, numbers, strict=True)):
        note = f"rounding alone may change the right value by {max(truth.uncertain):.0e}"
        return replace(whole, word=UNDECIDED, right=None, note=note)
    if truth.at_kink:
        whole = replace(whole, note=_kink_note(truth, sweep.right), at_kink=True)
    elif not wrong:
        whole = replace(whole, note=note_on_digits(numbers, truth.low))
    elif truth.cancels and _as_computed(numbers, sweep):
        whole = replace(whole, note=f"it is what the rules give in {sweep.carrier.dtype}, and not the derivative")
    elif truth.proven and _as_computed(numbers, sweep):
        whole = replace(whole, note=f"it is what {sweep.carrier.dtype} computes, where rounding takes the digits")
    elif truth.doubtful:
        whole = replace(whole, note=f"known up to {max(truth.uncertain):.0e} only, by rounding")
    elif _right_in_floats(truth, sweep) and _cut_on_the_way(sweep, numbers):
        return replace(whole, note=_cut_note(numbers, truth.low))
    if not wrong:
        return whole
    shown = {place: k for k, place in enumerate(truth.order)}
    by_component = len(numbers) > 1 and len(wrong) <= MOST_COMPONENTS
    if truth.at_kink:
        explained = Explained()
    elif _right_in_floats(truth, sweep):
        explained = explain(sweep, numbers)
    else:
        explained, by_component = Explained(), False
    if by_component and not explained.found:
        found = [
            replace(e, text=f"{index_of(shown[k], whole.shape)}: {e.text}")
            for k in wrong
            for e in explain(sweep, numbers, k).found
        ]
        explained = Explained(tuple(found), "" if found else explained.note)
    note = whole.note or explained.note
    if not explained.found and not truth.at_kink:
        note = times_note(multiple(numbers, truth.low)) or note
    return replace(
        whole,
        word=WRONG,
        wrong=tuple(sorted(shown[k] for k in wrong)),
        note=note,
        explanations=explained.found,
    )


def times_note(times: Fraction | None) -> str:
    """What is said where a claim is a multiple of what is right, and no slip explains it."""
    return "" if times is None else f"it is {times} times the right one"


def _as_computed(numbers: Sequence[Digits], sweep: Sweep) -> bool:
    """Whether a claim is what the sweep gives, right or not."""
    return finite(sweep.right) and all(admits(n, r, r) for n, r in zip(numbers, sweep.right, strict=True))


def _right_in_floats(truth: Truth, sweep: Sweep) -> bool:
    """Whether the sweep, whose single slips are tried, gives what is right: rounding may have taken all its digits."""
    scale = max(map(abs, truth.low), default=0.0)
    pairs = zip(truth.low, sweep.right, strict=True)
    return finite(sweep.right) and all(abs(low - n) <= NEAR * scale for low, n in pairs)


def _kink_note(truth: Truth, convention: Sequence[float]) -> str:
    """What counts at a kink."""
    if len(convention) > 1:
        between = "any number between the one-sided derivatives"
        return (
            f"at a kink the convention counts, and {between}" if finite(convention) else f"at a kink {between} counts"
        )
    # A zero has no sign here.
    low, high = truth.low[0] + 0.0, truth.high[0] + 0.0
    rules = f"the rules give {convention[0]:.6g}" if finite(convention) else "the rules give none"
    return f"at a kink any number from {low:.6g} to {high:.6g} counts, {rules}"


def _cut_on_the_way(sweep: Sweep, numbers: Sequence[Digits]) -> bool:
    """Whether the last digits are at most one off, and so because each step was cut after so many decimals."""
    if not any(digits.value for digits in numbers):
        return False
    if sweep.too_large or not all(off_by_one(digits, n) for digits, n in zip(numbers, sweep.right, strict=True)):
        return False
    for decimals in {n.decimals for n in numbers}:
        if decimals is None or not 0 <= decimals < MOST_DECIMALS:
            return False
        cut = sweep.swept_on(Truncating(sweep.carrier, decimals))
        for digits, number in zip(numbers, cut, strict=True):
            if digits.decimals == decimals and not abs(float(digits.value) - number) <= 1e-9 * abs(number):
                return False
    return True


def _cut_note(numbers: Sequence[Digits], right: Sequence[float]) -> str:
    """What is said where truncation on the way shows in the last digit."""
    if len(numbers) > 1:
        return "off by one in the last digit: every step is truncated, not rounded"
    rounded = rounded_text(numbers[0], right[0])
    return f"truncated, not rounded: so with every step cut to {numbers[0].decimals} decimals; rounded it is {rounded}"


def torch_places(shape: Shape, layout: Layout, output: Shape = ()) -> list[int]:
    """For each row-major place of a derivative in a layout: where that number stands in layout torch."""
    whole = (*output, *shape)
    places = unflatten([float(k) for k in range(size(whole))], whole)
    return [int(k) for k in flatten(permuted(places, whole, layout_axes(len(output), len(shape), layout)))]


def in_torch_order(numbers: Sequence[N], shape: Shape, layout: Layout, output: Shape = ()) -> list[N]:
    """The numbers of a derivative by an input of a shape in a layout, row-major, in the order of layout torch."""
    found = list(numbers)
    for place, number in zip(torch_places(shape, layout, output), numbers, strict=True):
        found[place] = number
    return found


def _in_other_layout(whole: Judgement, setting: Setting, right: Sequence[float]) -> Judgement:
    """The judgement on numbers that have the shape of another layout. Raises ShapeError unless they are right there."""
    claim = whole.claim
    shape = setting.problem.input_shape(claim.name)
    unit = ROUNDING * UNIT_ROUNDOFF[setting.carrier.dtype]
    for layout in LAYOUTS:
        if layout_shape((), shape, layout) != claim.shape or not finite(right):
            continue
        numbers = in_torch_order(claim.numbers, shape, layout)
        if all(admits(digits, n, n, unit * abs(n)) for digits, n in zip(numbers, right, strict=True)):
            needed = f"layout {setting.layout} has shape {format_shape(whole.shape)}"
            text = f"these are the numbers of layout {layout}; {needed}"
            explanation = Explanation(layout_slip(shape), text)
            return replace(whole, word=WRONG, wrong=tuple(range(len(right))), explanations=(explanation,))
    raise shape_error(claim, whole.shape)


def layout_slip(shape: Shape) -> str:
    """The kind of slip that another layout of a derivative by an input of this shape is."""
    return Transposed.kind if len(shape) > 1 else OTHER_LAYOUT


JACOBIAN_HINT = (
    "the output is no scalar, so that its derivative is a Jacobian, of the shapes of both; sum(...) has a gradient"
)


def shape_error(claim: Claim, shape: Shape, outer: Shape = ()) -> ShapeError:
    """The error for a claim of another shape than what it is of."""
    cause = f"the claim of {claim.name} has shape {format_shape(claim.shape)}, needed is {format_shape(shape)}"
    hint = "a claim has the shape of its input, in the layout that is asked for" if shape else "claim one number"
    hint = JACOBIAN_HINT if outer else hint
    return ShapeError(cause, span=claim.span, source=claim.source, hint=hint)
