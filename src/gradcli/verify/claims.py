"""Claims of numbers judged: is what somebody gives for a derivative or a value right, and if not, what slipped."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TypeVar

from gradcli.carriers.base import Carrier
from gradcli.carriers.mistaken import Truncating, truncate
from gradcli.errors import NameProblem, ShapeError, closest
from gradcli.layouts import LAYOUTS, Layout, layout_axes, layout_shape
from gradcli.methods.base import arranged, flatten, permuted, unflatten
from gradcli.methods.differences import UNIT_ROUNDOFF
from gradcli.methods.rounding import rounding_of_gradient, rounding_of_value
from gradcli.problem import Nested, Problem
from gradcli.shapes import Shape, format_shape, size
from gradcli.syntax.claims import Claim, Digits
from gradcli.verify.explain import finite
from gradcli.verify.explanations import Explained, Explanation, admits, explain
from gradcli.verify.rows import index_of
from gradcli.verify.sweep import Sweep
from gradcli.verify.verdict import Checked, check_gradient
from gradcli.verify.witnesses import ROUNDING, Verdict

N = TypeVar("N")
RIGHT, WRONG, UNDEFINED, UNDECIDED = "right", "wrong", "undefined", "undecided"
OTHER_LAYOUT = "other layout"
TRANSPOSED = "transposed matrix"
MOST_DECIMALS = 15
"""Claims with more say as much as a float does: nothing is rounded in them."""
MOST_COMPONENTS = 8
"""Wrong components that are explained one by one where no slip explains them together."""


@dataclass(frozen=True)
class Judgement:
    """What is said of one claim. `right` is the right value in `layout`, in `shape`; for a formula at the `point`
    that shows it to be wrong, where it gives `claimed`.

    `wrong` are the row-major positions of wrong components in that layout, `note` what else is to be said, `points` at
    how many points a formula was compared.
    """

    claim: Claim
    of_value: bool
    word: str
    right: Nested = None
    shape: Shape = ()
    wrong: tuple[int, ...] = ()
    note: str = ""
    explanations: tuple[Explanation, ...] = ()
    points: int = 0
    point: dict[str, Nested] | None = None
    claimed: Nested = None


@dataclass
class Setting:
    """A problem at a point with everything that claims about it are compared to."""

    problem: Problem
    carrier: Carrier
    names: dict[int, str]
    layout: Layout = "torch"
    _checked: dict[str, Checked] = field(default_factory=dict)

    @cached_property
    def nodes(self) -> dict[str, int]:
        """The nodes that have a name on screen and are no inputs."""
        inputs = set(self.problem.graph.inputs)
        return {name: node for node, name in self.names.items() if name not in inputs}

    def check_name(self, claim: Claim) -> None:
        """Raise NameProblem for a claim of nothing that there is."""
        inputs = list(self.problem.graph.inputs)
        if claim.name in inputs or claim.name in self.nodes:
            return
        near = closest(claim.name, [*inputs, *self.nodes])
        output = self.names[self.problem.output]
        hint = (
            f"did you mean {near} ?" if near else f"the inputs are {', '.join(inputs) or 'none'}, the value is {output}"
        )
        cause = f"the claim is of {claim.name}, which is neither an input nor a value"
        raise NameProblem(cause, span=claim.span, source=claim.source, hint=hint)

    def of_value(self, claim: Claim) -> bool:
        """Whether the claim is of a value, not of the derivative by an input."""
        return claim.name not in self.problem.graph.inputs

    def check(self, names: Sequence[str]) -> Verdict:
        """The verdict on the derivatives by some inputs: together, or where that is not the best, each by itself."""
        together = check_gradient(replace(self.problem, wrt=tuple(names)), self.carrier)
        alone = together.verdict.word == "verified" or len(names) < 2
        for name in names:
            self._checked[name] = (
                together if alone else check_gradient(replace(self.problem, wrt=(name,)), self.carrier)
            )
        return together.verdict

    def checked(self, name: str) -> Checked:
        """The checked derivative by one input."""
        return self._checked[name]


def judge_numbers(claim: Claim, setting: Setting) -> Judgement:
    """The judgement on a claim of numbers."""
    if setting.of_value(claim):
        return _judge_value(claim, setting)
    checked = setting.checked(claim.name)
    gradient = checked.gradient[claim.name]
    input_shape = setting.problem.input_shape(claim.name)
    block, shape = arranged(gradient, (), input_shape, setting.layout)
    order = _order(input_shape, setting.layout)
    if claim.shape != shape:
        return _in_other_layout(claim, setting, gradient, block, shape)
    whole = Judgement(claim, False, RIGHT, block, shape)
    if checked.verdict.word == "undefined" or not finite(gradient):
        return replace(whole, word=UNDEFINED, note=checked.verdict.sentence)
    if checked.verdict.word == "wrong":
        return replace(whole, word=UNDECIDED, note="the derivative itself is in doubt")
    numbers = in_torch_order(claim.numbers, input_shape, setting.layout)
    ranges = _ranges(checked, claim.name, flatten(gradient))
    uncertain = _uncertainties(setting, checked, claim.name)
    return _compare(whole, setting, numbers, ranges, uncertain, order, claim.name, None)


def _judge_value(claim: Claim, setting: Setting) -> Judgement:
    graph, carrier, node = setting.problem.graph, setting.carrier, setting.nodes[claim.name]
    sweep = Sweep(setting.problem, carrier, None, node)
    shape = graph.shapes[node]
    if claim.shape != shape:
        raise shape_error(claim, shape)
    value = unflatten(list(sweep.right), shape)
    whole = Judgement(claim, True, RIGHT, value, shape)
    uncertain = rounding_of_value(graph, node, carrier, setting.problem.point)
    ranges = [(n, n) for n in sweep.right]
    return _compare(whole, setting, claim.numbers, ranges, uncertain, range(len(ranges)), None, node)


def _compare(
    whole: Judgement,
    setting: Setting,
    numbers: Sequence[Digits],
    ranges: Sequence[tuple[float, float]],
    uncertain: Sequence[float],
    order: Sequence[int],
    name: str | None,
    node: int | None,
) -> Judgement:
    """Right or wrong by component; the order of components is that of layout torch."""
    each = list(zip(numbers, ranges, uncertain, strict=True))
    wrong = [k for k, (digits, ends, error) in enumerate(each) if not _may_be(digits, ends, error)]
    if not wrong:
        unit = ROUNDING * UNIT_ROUNDOFF[setting.carrier.dtype]
        doubtful = [
            e for d, ends, e in each if not admits(d, *ends, min(e, unit * max(map(abs, ends))) if e > d.unit else e)
        ]
        if doubtful:
            return replace(
                whole, word=UNDECIDED, note=f"rounding alone may change the right value by {max(doubtful):.0e}"
            )
        return replace(whole, note=_right_note(numbers, ranges))
    sweep = Sweep(setting.problem, setting.carrier, name, node)
    if all(low == high for low, high in ranges) and _cut_on_the_way(sweep, numbers, ranges):
        return replace(whole, note=_cut_note(numbers, ranges))
    shown = {place: k for k, place in enumerate(order)}
    places = tuple(sorted(shown[k] for k in wrong))
    explained = explain(sweep, numbers)
    if not explained.found and len(numbers) > 1:
        explained = _one_by_one(sweep, numbers, wrong, explained, whole, shown)
    return replace(whole, word=WRONG, wrong=places, note=explained.note, explanations=explained.found)


def _may_be(digits: Digits, ends: tuple[float, float], error: float) -> bool:
    """Whether a claim may be right, as far as rounding lets one tell."""
    return not math.isfinite(error) or admits(digits, *ends, error)


def _one_by_one(
    sweep: Sweep,
    numbers: Sequence[Digits],
    wrong: Sequence[int],
    together: Explained,
    whole: Judgement,
    shown: dict[int, int],
) -> Explained:
    """Explanations of single wrong components, where there are few."""
    if len(wrong) > MOST_COMPONENTS:
        return together
    found: list[Explanation] = []
    for k in wrong:
        index = index_of(shown[k], whole.shape)
        found += [replace(e, text=f"{index}: {e.text}") for e in explain(sweep, numbers, k).found]
    return Explained(tuple(found), together.note if not found else "")


def _ranges(checked: Checked, name: str, gradient: Sequence[float]) -> list[tuple[float, float]]:
    """What is right for each component: the derivative; at a kink all from side to side, and the convention."""
    sides = checked.verdict.sides
    if checked.verdict.word != "kink" or sides is None:
        return [(g, g) for g in gradient]
    return [(min(*s[:2], g), max(*s[:2], g)) for s, g in zip(sides[name], gradient, strict=True)]


def _uncertainties(setting: Setting, checked: Checked, name: str) -> list[float]:
    """How far each component may be off by rounding."""
    unit = ROUNDING * UNIT_ROUNDOFF[setting.carrier.dtype]
    numbers = flatten(checked.gradient[name])
    if checked.verdict.word not in ("ill-conditioned", "inconclusive", "verified"):
        return [unit * abs(n) for n in numbers]
    problem = replace(setting.problem, wrt=(name,))
    return [
        max(r, unit * abs(n))
        for r, n in zip(rounding_of_gradient(problem, setting.carrier)[name], numbers, strict=True)
    ]


def _cut_on_the_way(sweep: Sweep, numbers: Sequence[Digits], ranges: Sequence[tuple[float, float]]) -> bool:
    """Whether the claim's last digits are one off because each step was cut after so many decimals."""
    for decimals in {n.decimals for n in numbers}:
        if decimals is None or decimals < 0 or sweep.too_large:
            return False
        cut = sweep.swept_on(Truncating(sweep.carrier, decimals))
        for digits, number, (right, _) in zip(numbers, cut, ranges, strict=True):
            if digits.decimals != decimals:
                continue
            off = abs(float(digits.value) - round(right, decimals))
            if abs(float(digits.value) - number) > 1e-9 * abs(number) or off > 1.000001 * float(digits.unit):
                return False
    return True


def _cut_note(numbers: Sequence[Digits], ranges: Sequence[tuple[float, float]]) -> str:
    """What is said where truncation on the way shows in the last digit."""
    if len(numbers) > 1:
        return "off by one in the last digit: every step is truncated, not rounded"
    digits, (right, _) = numbers[0], ranges[0]
    rounded = rounded_text(right, digits)
    return f"truncated, not rounded: so with every step cut to {digits.decimals} decimals; rounded it is {rounded}"


def _right_note(numbers: Sequence[Digits], ranges: Sequence[tuple[float, float]]) -> str:
    """How a right claim differs from the rounded right value."""
    if any(low != high for low, high in ranges):
        return "any number from side to side of the kink counts, and the convention"
    if len(numbers) > 1:
        cut = [d for d, (right, _) in zip(numbers, ranges, strict=True) if _is_cut(d, right)]
        return f"{len(cut)} of {len(numbers)} truncated, not rounded" if cut else ""
    digits, (right, _) = numbers[0], ranges[0]
    if _is_cut(digits, right):
        return f"truncated, not rounded: {rounded_text(right, digits)}"
    known = digits.decimals is not None and digits.decimals < MOST_DECIMALS
    if known and abs(float(digits.value) - _rounded(right, digits)) > float(digits.unit) / 2:
        return f"within one unit of its last digit: rounded it is {rounded_text(right, digits)}"
    return ""


def _rounded(right: float, digits: Digits) -> float:
    return round(right, digits.decimals or 0)


def _is_cut(digits: Digits, right: float) -> bool:
    """Whether a claim is the right value cut after its last digit, and rounding would give another."""
    if digits.decimals is None or not 0 <= digits.decimals < MOST_DECIMALS:
        return False
    return float(digits.value) == truncate(right, digits.decimals) != _rounded(right, digits)


def rounded_text(right: float, digits: Digits) -> str:
    """The right value rounded to the digits of a claim."""
    return f"{right:.{max(0, digits.decimals or 0)}f}"


def _order(shape: Shape, layout: Layout) -> list[int]:
    """For each row-major place of a gradient in a layout: where that number stands in layout torch."""
    places = unflatten([float(k) for k in range(size(shape))], shape)
    return [int(k) for k in flatten(permuted(places, shape, layout_axes(0, len(shape), layout)))]


def in_torch_order(numbers: Sequence[N], shape: Shape, layout: Layout) -> list[N]:
    """The numbers of a gradient in a layout, row-major, in the order of layout torch."""
    found = list(numbers)
    for place, number in zip(_order(shape, layout), numbers, strict=True):
        found[place] = number
    return found


def _in_other_layout(claim: Claim, setting: Setting, gradient: Nested, block: Nested, shape: Shape) -> Judgement:
    """The judgement on numbers that have the shape of another layout. Raises ShapeError unless they are right there."""
    input_shape = setting.problem.input_shape(claim.name)
    flat = flatten(gradient)
    for layout in LAYOUTS:
        if layout_shape((), input_shape, layout) != claim.shape:
            continue
        numbers = in_torch_order(claim.numbers, input_shape, layout)
        unit = ROUNDING * UNIT_ROUNDOFF[setting.carrier.dtype]
        if all(admits(d, g, g, unit * abs(g)) for d, g in zip(numbers, flat, strict=True)):
            what = f"these are the numbers of layout {layout}; layout {setting.layout} has shape {format_shape(shape)}"
            turned = len(input_shape) > 1
            text = f"the matrix is transposed: {what}" if turned else what
            explanation = Explanation(TRANSPOSED if turned else OTHER_LAYOUT, text)
            return Judgement(claim, False, WRONG, block, shape, tuple(range(size(shape))), "", (explanation,))
    raise shape_error(claim, shape)


def shape_error(claim: Claim, shape: Shape) -> ShapeError:
    """The error for a claim of another shape than what it is of."""
    cause = f"the claim of {claim.name} has shape {format_shape(claim.shape)}, needed is {format_shape(shape)}"
    hint = "--layout tells in which layout a claim is" if shape else "claim one number"
    return ShapeError(cause, span=claim.span, source=claim.source, hint=hint)
