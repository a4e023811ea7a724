"""Answers as lines of text: a value, a gradient, a verdict."""

from __future__ import annotations

import math
from typing import NamedTuple

from gradcli.methods.base import flatten
from gradcli.problem import Problem
from gradcli.render.numbers import format_nested, format_number, format_short
from gradcli.shapes import Shape, format_shape, size
from gradcli.verify.kinks import Sides
from gradcli.verify.verdict import Checked

SHOWN = 1000
"""Elements of one array that are printed whole."""


class GradientRow(NamedTuple):
    """One derivative as text: what it is of, the answer, its shape, the one-sided derivatives where they differ."""

    label: str
    answer: str
    about: str
    sides: str


def gradient_lines(name: str, problem: Problem, check: Checked, plain: bool = False) -> list[str]:
    """`f = ...`, one line an input, the interval at a kink, the verdict with dtype and device."""
    found = [f"{name} = {value_text(problem, check)}"]
    rows = gradient_rows(name, problem, check, plain)
    width = max((len(row.label) for row in rows), default=0)
    for row in rows:
        found.append(f"{row.label:<{width}} = {row.answer}" + (f"   {row.about}" if row.about else ""))
        if row.sides:
            found.append(f"{'':<{width}}   {row.sides}")
    return [*found, gradient_verdict(problem, check)]


def value_text(problem: Problem, check: Checked) -> str:
    """The value of the output."""
    return format_array(check.derivatives["reverse"].value, problem.output_shape)


def gradient_rows(name: str, problem: Problem, check: Checked, plain: bool = False) -> list[GradientRow]:
    """The derivative by each input."""
    d = "d" if plain else "∂"
    weighted = f"<cotangent, {name}>" if problem.cotangent is not None else name
    rows = []
    for wrt in problem.wrt:
        shape = problem.input_shape(wrt)
        answer = format_array(check.gradient[wrt], shape)
        sides = check.verdict.sides[wrt] if check.verdict.sides is not None else None
        if check.verdict.word == "undefined" and all(map(math.isfinite, flatten(check.gradient[wrt]))):
            answer = f"undefined   (PyTorch returns {answer})"
        elif sides is not None and all(s.agree for s in sides) and answer != interval_text(sides, ""):
            answer = f"{interval_text(sides, '')}   (PyTorch returns {answer})"
        between = interval_text(sides) if sides is not None and not all(s.agree for s in sides) else ""
        rows.append(GradientRow(f"{d}{weighted}/{d}{wrt}", answer, shape_text(shape), between))
    return rows


def shape_text(shape: Shape) -> str:
    """`shape (m, n)`; nothing for a scalar."""
    return f"shape {format_shape(shape)}" if shape else ""


def gradient_verdict(problem: Problem, check: Checked) -> str:
    """The verdict with layout, dtype and device."""
    carrier = check.tape.carrier
    layout = "layout torch, " if any(problem.input_shape(wrt) for wrt in problem.wrt) else ""
    return f"{check.verdict.word}: {check.verdict.sentence} ({layout}{carrier.dtype}, {carrier.device})"


def interval_text(sides: list[Sides], lead: str = "from left and right: ") -> str:
    """The one-sided derivatives of each component as intervals."""
    parts = []
    for left, right, _ in sides:
        low, high = min(left, right), max(left, right)
        parts.append(f"[{format_number(low)}, {format_number(high)}]" if low != high else format_number(low))
    return f"{lead}{', '.join(parts)}"


def format_array(value: object, shape: tuple[int | str, ...]) -> str:
    """A number or array in full; a large one as shape, range and norm, and how to see it whole."""
    if size(shape) <= SHOWN:
        return format_nested(value)
    numbers = flatten(value)
    norm = format_short(sum(n * n for n in numbers) ** 0.5, 6)
    low, high = format_short(min(numbers), 6), format_short(max(numbers), 6)
    return f"{size(shape)} elements from {low} to {high}, norm {norm} (all of them with --json or in Python)"
