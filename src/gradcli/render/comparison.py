"""Comparisons as Rich tables."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from gradcli.methods.base import flatten, unflatten
from gradcli.problem import Derivative, Problem
from gradcli.render.answers import LONGEST_TRUTH, SHOWN, format_array, interval_text
from gradcli.render.console import Appearance, new_table, open_console
from gradcli.render.numbers import format_bounded, format_certain, format_nested, format_short
from gradcli.shapes import format_shape, size
from gradcli.verify.comparison import Comparison
from gradcli.verify.examples import Example
from gradcli.verify.reference import TRUTH, Row

if TYPE_CHECKING:
    from rich.table import Table

TIME = "time"
SHORT = 4
"""An array of so many numbers is still printed in the table of examples."""


def print_comparison(name: str, comparison: Comparison, appearance: Appearance, verbose: bool = False) -> None:
    """One row a method, then the verdict; before it, if asked, the Taylor remainder test."""
    console = open_console(appearance)
    console.print(method_table(name, comparison, appearance))
    if verbose and comparison.remainder is not None:
        console.print(comparison.remainder.sentence, soft_wrap=True)
    for line in comparison_lines(comparison):
        console.print(line, soft_wrap=True)


def comparison_lines(comparison: Comparison) -> list[str]:
    """The one-sided derivatives where there are any, the true numbers where floats lost them, and the verdict."""
    verdict = comparison.verdict
    tail = "" if verdict.word in ("undefined", "kink") else f"; all agree on {comparison.digits} significant digits"
    lines = [f"{name}: {interval_text(sides)}" for name, sides in (verdict.sides or {}).items()]
    if verdict.true is not None:
        texts = {name: format_nested(digits, str) for name, digits in verdict.true.derivative.items()}
        lines += [f"{name}: truly {text}" for name, text in texts.items() if len(text) <= LONGEST_TRUTH]
    return [*lines, f"{verdict.word}: {verdict.sentence}{tail}"]


def method_table(name: str, comparison: Comparison, appearance: Appearance) -> Table:
    """Method, derivative by each input, difference to the reference, sweeps, time."""
    table = new_table(appearance)
    for title, right in method_headings(name, comparison, appearance.plain):
        table.add_column(title, justify="right" if right else "left", min_width=10 if title == TIME else None)
    for cells in method_rows(comparison):
        table.add_row(*(map(ascii_signs, cells) if appearance.plain else cells))
    return table


def ascii_signs(text: str) -> str:
    """The signs of errors in ASCII."""
    return text.replace("≤", "<=").replace("±", "+-")


def method_headings(name: str, comparison: Comparison, plain: bool = False) -> list[tuple[str, bool]]:
    """Titles of the columns, and whether what is in them is set to the right."""
    d = "d" if plain else "∂"
    problem = comparison.problem
    derivatives = [(f"{d}{name}/{d}{wrt}", not problem.input_shape(wrt)) for wrt in problem.wrt]
    off = "error" if comparison.truth else f"off {comparison.reference}" if comparison.reference else "off"
    return [("method", False), *derivatives, (off, True), ("sweeps", False), (TIME, True)]


def method_rows(comparison: Comparison) -> list[list[str]]:
    """The cells of all rows, as text."""
    found = []
    for row in comparison.rows:
        derivative = row.derivative
        cells = answer_cells(comparison.problem, derivative)
        off = error_text(row) if comparison.truth else difference_text(row)
        found.append([derivative.method, *cells, off, derivative.sweeps, seconds_text(derivative.seconds)])
    return found


def answer_cells(problem: Problem, derivative: Derivative) -> list[str]:
    """The derivative by each input, or why there is none."""
    if derivative.gradient is not None:
        return [answer_cell(problem, derivative, wrt) for wrt in problem.wrt]
    blanks = [""] * (len(problem.wrt) - 1)
    if derivative.directional is not None:
        return [f"{derivative.directional[1]!r} along one direction", *blanks]
    return [derivative.reason, *blanks]


def answer_cell(problem: Problem, derivative: Derivative, wrt: str) -> str:
    """A derivative in full; one that comes with an error shows no digit beyond that."""
    assert derivative.gradient is not None
    answer, shape = derivative.gradient[wrt], problem.input_shape(wrt)
    if derivative.digits is not None and size(shape) <= SHOWN:
        return format_nested(derivative.digits[wrt], str)
    if not isinstance(derivative.error, dict) or size(shape) > SHOWN:
        return format_array(answer, shape)
    numbers, errors = flatten(answer), flatten(derivative.error[wrt])
    formatted = format_bounded if derivative.bounded else format_certain
    texts = [formatted(n, e) for n, e in zip(numbers, errors, strict=True)]
    return format_nested(unflatten(texts, shape), str)


def error_text(row: Row) -> str:
    """The largest error in ulps of the true number, with a mark when it is beyond tolerance; `exact`, or for the proven
    digits themselves `proven`."""
    if row.difference is None:
        return ""
    if row.derivative.method == TRUTH and row.agrees:
        return "proven"
    if row.difference == 0:
        return "exact"
    if math.isinf(row.difference):
        return "not finite !"
    text = ulps_text(row.ulps) if row.ulps else f"{row.difference:.0e} off 0"
    return text if row.agrees else f"{text} !"


def ulps_text(ulps: float) -> str:
    """A number of units in the last place: 0.5 ulp, 38 ulp, 1e+08 ulp. What is not 0 never reads as 0."""
    if ulps < 0.05:
        return "<0.1 ulp"
    if ulps < 9.95:
        return f"{ulps:.1f} ulp"
    return f"{ulps:.0f} ulp" if ulps < 10_000 else f"{ulps:.0e} ulp"


def difference_text(row: Row) -> str:
    """The largest difference to the reference, with a mark when it is beyond tolerance."""
    if row.difference is None:
        return ""
    text = "0" if row.difference == 0 else f"{row.difference:.1e}"
    return text if row.agrees else f"{text} !"


def seconds_text(seconds: float) -> str:
    """Seconds in three digits with a unit."""
    return f"{seconds:.2f} s" if seconds >= 1 else f"{seconds * 1000:.3g} ms"


def print_examples(found: list[tuple[Example, Comparison]], names: list[str], appearance: Appearance) -> None:
    """One row an example; a column a method with its largest difference to the reference."""
    table = new_table(appearance)
    for heading in ("expression", "at", "gradient"):
        table.add_column(heading)
    for name in (*names, "digits"):
        table.add_column(name, justify="right")
    table.add_column("verdict")
    for example, comparison in found:
        verdict = comparison.verdict
        at_kink = verdict.word == "kink"
        gradient = kink_text(comparison) if at_kink else gradient_text(comparison)
        cells = [example_cell(row, comparison) for row in comparison.rows]
        digits = "" if at_kink else str(comparison.digits)
        table.add_row(example.expression, example.at, gradient, *cells, digits, verdict.word)
    console = open_console(appearance)
    console.print(table)
    good = sum(c.verdict.status == 0 for _, c in found)
    notes = (
        f"{good} of {len(found)} examples agree. A method's column is its largest error in units of the last place.",
        "At a kink the gradient is the set of one-sided derivatives, and a method's column the one value it returns.",
    )
    for note in notes:
        console.print(note, soft_wrap=True)


def gradient_text(comparison: Comparison) -> str:
    """The reference's gradient in four digits; an array of more than four numbers by its shape."""
    problem = comparison.problem
    answers = {row.derivative.method: row.derivative.gradient for row in comparison.rows if row.derivative.gradient}
    answer = answers.get(comparison.reference) or next(iter(answers.values()), None)
    if answer is None:
        return ""
    parts = []
    for wrt in problem.wrt:
        shape = problem.input_shape(wrt)
        short = format_nested(answer[wrt], format_short) if size(shape) <= SHORT else f"shape {format_shape(shape)}"
        parts.append(f"{wrt}: {short}")
    return ", ".join(parts)


def example_cell(row: Row, comparison: Comparison) -> str:
    """The difference to the reference; at a kink the value that the method returns."""
    derivative = row.derivative
    if not derivative.answered:
        return "not asked" if comparison.verdict.word == "kink" else "none"
    if comparison.verdict.word == "kink" and derivative.gradient is not None:
        return ", ".join(format_nested(derivative.gradient[wrt], format_short) for wrt in comparison.problem.wrt)
    if derivative.method == comparison.reference and comparison.truth is None:
        return "ref"
    return error_text(row) if comparison.truth else difference_text(row)


def kink_text(comparison: Comparison) -> str:
    """The intervals of all components."""
    if comparison.verdict.sides is None:
        return ""
    parts = [f"{wrt}: {interval_text(sides, '')}" for wrt, sides in comparison.verdict.sides.items()]
    return ", ".join(parts)
