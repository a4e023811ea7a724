"""Answers as lines of text: a value, a gradient, a verdict."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from gradcli.layouts import Layout
from gradcli.methods.base import arranged, flatten, unflatten
from gradcli.methods.proven import NO_BOUND, is_number
from gradcli.problem import Nested, Problem
from gradcli.render.numbers import format_nested, format_number, format_short
from gradcli.shapes import Shape, format_shape, size
from gradcli.verify.kinks import Sides
from gradcli.verify.verdict import Checked
from gradcli.verify.witnesses import Verdict

if TYPE_CHECKING:
    from gradcli.verify.clarke import Range
    from gradcli.verify.proof import Proof

SHOWN = 1000
"""Elements of one array that are printed whole."""
SHOWN_RANGES = 64
"""Intervals that are listed one by one."""
LONGEST_TRUTH = 2000
"""Characters of true numbers that are printed beside what was computed; JSON has them all."""
Known = TypeVar("Known")
"""What is known of one component: its sides, an interval, whether it exists."""


class GradientRow(NamedTuple):
    """One derivative as text: what it is of, the answer, its shape, the one-sided derivatives where they differ."""

    label: str
    answer: str
    about: str
    sides: str


def gradient_lines(
    name: str, problem: Problem, check: Checked, plain: bool = False, layout: Layout = "torch"
) -> list[str]:
    """`f = ...`, one line an input, the interval at a kink, the verdict with dtype and device."""
    true = check.verdict.true if check.proof is None else None
    found = [answer_line(name, with_truth(value_text(problem, check), true.value if true else None))]
    rows = gradient_rows(name, problem, check, plain, layout)
    width = max((len(row.label) for row in rows), default=0)
    for row in rows:
        found.append(answer_line(f"{row.label:<{width}}", row.answer, row.about))
        if row.sides:
            found.append(f"{'':<{width}}   {row.sides}")
    return [*found, gradient_verdict(problem, check, layout)]


def value_text(problem: Problem, check: Checked) -> str:
    """The value of the output."""
    value = check.derivatives["reverse"].value if check.proof is None else check.proof.value
    return format_array(value, problem.output_shape)


def gradient_rows(
    name: str, problem: Problem, check: Checked, plain: bool = False, layout: Layout = "torch"
) -> list[GradientRow]:
    """The derivative by each input."""
    d = "d" if plain else "∂"
    weighted = f"<cotangent, {name}>" if problem.cotangent is not None else name
    rows = []
    laid_out = components_in_layout(problem, check.verdict, layout)
    for wrt in problem.wrt:
        gradient = _as_proven(check, wrt, problem.input_shape(wrt))
        answer, about = gradient_text(gradient, problem.input_shape(wrt), layout)
        sides = check.verdict.sides[wrt] if check.verdict.sides is not None else None
        if check.verdict.word == "undefined":
            answer = undefined_text(answer, check, wrt, problem.input_shape(wrt), layout)
        elif check.proof is None and check.verdict.true is not None and wrt in check.verdict.true.derivative:
            answer = with_truth(
                answer, gradient_block(check.verdict.true.derivative[wrt], problem.input_shape(wrt), layout)
            )
        elif sides is not None and all(s.agree for s in sides):
            agreed = agreed_text(sides, check, flatten(gradient), problem.input_shape(wrt), layout, wrt)
            answer = answer if answer == agreed else f"{agreed}   (the rules give {answer})"
        between = between_text((laid_out.sides or {}).get(wrt), (laid_out.clarke or {}).get(wrt))
        rows.append(GradientRow(f"{d}{weighted}/{d}{wrt}", answer, about, between))
    return rows


def _as_proven(check: Checked, wrt: str, shape: Shape) -> Nested:
    """A derivative in proven digits if they are asked for; floats show that a tangent is vertical, where balls have no
    digits."""
    if check.proof is None:
        return check.gradient[wrt]
    pairs = zip(flatten(check.proof.by_input()[wrt]), flatten(check.gradient[wrt]), strict=True)
    return unflatten([number if str(text) == NO_BOUND else text for text, number in pairs], shape)


def undefined_text(answer: str, check: Checked, wrt: str, shape: Shape, layout: Layout) -> str:
    """A gradient of which not all components exist: those that do are shown, and what the rules give for the others."""
    numbers = flatten(check.gradient[wrt])
    defined = (check.verdict.defined or {}).get(wrt) or [False] * len(numbers)
    true = check.verdict.true.derivative.get(wrt) if check.verdict.true is not None else None
    if (all(defined) and true is None) or size(shape) > SHOWN:
        return answer
    if any(defined):
        shown = _as_proven(check, wrt, shape) if true is None else true
        known = [format_nested(x, _number_text) for x in flatten(shown)]
        words = [text if exists else "undefined" for text, exists in zip(known, defined, strict=True)]
        block = gradient_block(unflatten(words, shape), shape, layout)
        return f"{format_nested(block, str)}   (the rules give {answer})"
    return answer if says_vertical(numbers, defined) else f"undefined   (the rules give {answer})"


def _number_text(entry: object) -> str:
    """A float, or a text of proven digits as it is."""
    return format_number(entry) if isinstance(entry, float) else str(entry)


def says_vertical(numbers: Sequence[float], defined: Sequence[bool]) -> bool:
    """Whether numbers that are no derivatives are an answer all the same: an infinite one says that a tangent is
    vertical."""
    return not any(defined) and any(map(math.isinf, numbers))


def gradient_in_layout(problem: Problem, verdict: Verdict, layout: Layout) -> Verdict:
    """The verdict on a gradient with what it knows of each component, and its true numbers, in a layout."""
    verdict = components_in_layout(problem, verdict, layout)
    true = verdict.true
    if true is None:
        return verdict
    blocks = {
        name: gradient_block(digits, problem.input_shape(name), layout) for name, digits in true.derivative.items()
    }
    return replace(verdict, true=true._replace(derivative=blocks))


def components_in_layout(problem: Problem, verdict: Verdict, layout: Layout) -> Verdict:
    """The lists that have an entry a component, in the order of the components in a layout."""

    def reordered(known: dict[str, list[Known]] | None) -> dict[str, list[Known]] | None:
        if known is None or layout == "torch":
            return known
        return {name: [found[k] for k in order(name, found)] for name, found in known.items()}

    def order(name: str, found: list[Known]) -> list[int]:
        shape = problem.input_shape(name)
        return _order(() if len(found) == size(shape) else problem.output_shape, shape, layout)

    sides, clarke, defined = reordered(verdict.sides), reordered(verdict.clarke), reordered(verdict.defined)
    return replace(verdict, sides=sides, clarke=clarke, defined=defined)


def _order(outer: Shape, shape: Shape, layout: Layout) -> list[int]:
    """Which element of a derivative of an array by an input stands where in a layout, both counted row-major."""
    whole = (*outer, *shape)
    places: list[float] = list(range(int(size(whole))))
    return list(map(int, flatten(arranged(unflatten(places, whole), outer, shape, layout)[0])))


def gradient_block(gradient: Nested, shape: Shape, layout: Layout) -> Nested:
    """A gradient by an input of this shape, of numbers or of texts, in a layout."""
    return arranged(gradient, (), shape, layout)[0]


def with_truth(text: str, digits: Nested | None) -> str:
    """What was computed, and the true numbers beside it where they are others."""
    true = text if digits is None else format_nested(digits, str)
    if true == text:
        return text
    return f"{text}   (true: {true if len(true) <= LONGEST_TRUTH else 'in JSON'})"


def agreed_text(sides: list[Sides], check: Checked, shown: list[Any], shape: Shape, layout: Layout, wrt: str) -> str:
    """The derivative where both sides of every component agree: with all the digits of the number that is shown, where
    that is it."""
    dtype = check.tape.carrier.dtype
    words = [
        format_number(text) if side.gives(number, dtype) else interval_text([side], "")
        for side, number, text in zip(sides, flatten(check.gradient[wrt]), shown, strict=True)
    ]
    return format_nested(gradient_block(unflatten(words, shape), shape, layout), str)


def gradient_text(gradient: Nested, shape: Shape, layout: Layout) -> tuple[str, str]:
    """A gradient in a layout, and its shape there."""
    block, stands = arranged(gradient, (), shape, layout)
    return format_array(block, stands), shape_text(stands)


def shape_text(shape: Shape) -> str:
    """`shape (m, n)`; nothing for a scalar."""
    return f"shape {format_shape(shape)}" if shape else ""


def proven_blocks(problem: Problem, proof: Proof, layout: Layout) -> dict[str, Nested]:
    """A gradient in proven digits, in a layout."""
    return {name: gradient_block(block, problem.input_shape(name), layout) for name, block in proof.by_input().items()}


def gradient_verdict(problem: Problem, check: Checked, layout: Layout = "torch") -> str:
    """The verdict with layout, dtype and device."""
    carrier = check.tape.carrier
    stated = f"layout {layout}, " if any(problem.input_shape(wrt) for wrt in problem.wrt) else ""
    return f"{check.verdict.word}: {check.verdict.sentence} ({stated}{carrier.dtype}, {carrier.device})"


def accumulated_lines(
    total: Mapping[str, tuple[Nested, Problem]], count: int, plain: bool, layout: Layout
) -> list[str]:
    """The sum of the gradients of several outputs, one line an input."""
    sign = "d/d" if plain else "∂/∂"
    found = [f"accumulated over {count} outputs, as PyTorch's .grad without clearing:"]
    width = max((len(name) for name in total), default=0)
    for name, (value, problem) in total.items():
        answer, about = gradient_text(value, problem.input_shape(name), layout)
        found.append(answer_line(f"{sign}{name:<{width}}", answer, about))
    return found


def answer_line(label: str, answer: str, about: str = "") -> str:
    """`label = answer   about`, or `|label| < 2^-99` where a bound is all that is known."""
    bound = answer.partition(" < ")[2] if answer.startswith("|") else ""
    return (f"|{label.rstrip()}| < {bound}" if bound else f"{label} = {answer}") + (f"   {about}" if about else "")


def between_text(sides: list[Sides] | None, ranges: list[Range] | None) -> str:
    """The one-sided derivatives where they differ, and Clarke's intervals where they are wider; many are not listed."""
    parts = []
    if sides is not None and not all(s.agree for s in sides):
        parts.append(interval_text(sides))
    if ranges is None:
        return "; ".join(parts)
    from gradcli.verify.clarke import wider

    if sides is None or wider(ranges, [(min(s[:2]), max(s[:2])) for s in sides]):
        if len(ranges) <= SHOWN_RANGES:
            parts.append(interval_text([Sides(*ends, True) for ends in ranges], "Clarke's set lies in: "))
        else:
            low, high = min(low for low, _ in ranges), max(high for _, high in ranges)
            parts.append(f"Clarke's sets lie in [{format_number(low)}, {format_number(high)}] (each in JSON)")
    return "; ".join(parts)


def convention_lines(verdict: Verdict) -> list[str]:
    """What PyTorch and JAX return at the kinks, a line a primitive."""
    return [
        f"at the kink of {c.name}: PyTorch gives {c.torch}" + (f". JAX: {c.jax}" if c.jax else "")
        for c in verdict.conventions
    ]


def interval_text(sides: list[Sides], lead: str = "from left and right: ") -> str:
    """The one-sided derivatives of each component as intervals."""
    parts = []
    for left, right, *_ in sides:
        low, high = min(left, right), max(left, right)
        parts.append(f"[{format_number(low)}, {format_number(high)}]" if low != high else format_number(low))
    return f"{lead}{', '.join(parts)}"


def format_array(value: object, shape: tuple[int | str, ...]) -> str:
    """A number or array in full; a large one as shape, range and norm, and how to see it whole."""
    if size(shape) <= SHOWN:
        return format_nested(value)
    numbers = [float(number) for number in flatten(value) if _is_finite(number)]
    norm = format_short(sum(n * n for n in numbers) ** 0.5, 6)
    low, high = format_short(min(numbers), 6), format_short(max(numbers), 6)
    return f"{size(shape)} elements from {low} to {high}, norm {norm} (all of them with --json or in Python)"


def _is_finite(entry: object) -> bool:
    """Whether an entry, a float or a text of proven digits, is a number and no bound."""
    return math.isfinite(entry) if isinstance(entry, float) else is_number(str(entry))
