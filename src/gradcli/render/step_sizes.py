"""Error against step: a table, a plot for the terminal, and what theory says of both branches."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from gradcli.render.console import Appearance, new_table, open_console
from gradcli.verify.step_sizes import Branch, Curve, StepStudy

if TYPE_CHECKING:
    from rich.table import Table

HEIGHT = 17
"""Lines of the plot."""
MARKS = {"forward": "○", "central": "●"}
PLAIN_MARKS = {"forward": "o", "central": "x"}
BOTH, PLAIN_BOTH = "◉", "*"
EVERY = 8
"""Columns between labels of the step axis: two decades."""
POWERS = {1: "h", 2: "h^2", -1: "1/h"}


def print_study(study: StepStudy, title: str, appearance: Appearance) -> None:
    """Title, table, plot, and the lines on both kinds of difference."""
    console = open_console(appearance)
    sign = "d" if appearance.plain else "∂"
    console.print(f"{sign}{title}/{sign}{study.name} = {study.true}, {study.direction}", soft_wrap=True)
    console.print(step_table(study, appearance))
    for line in [*plot_lines(study, appearance.plain), "", *study_lines(study)]:
        console.print(line, soft_wrap=True)


def step_table(study: StepStudy, appearance: Appearance) -> Table:
    """Step and errors; the smallest error of each kind is marked."""
    table = new_table(appearance)
    for heading in ("h", "forward difference off by", "central difference off by"):
        table.add_column(heading, justify="right")
    rows = study.rows()
    for row in rows:
        cells = [f"{row[0]:.0e}"]
        for column in (1, 2):
            least = min((r[column] for r in rows if math.isfinite(r[column])), default=math.nan)
            cells.append(error_cell(row[column], row[column] == least))
        table.add_row(*cells)
    return table


def error_cell(error: float, least: bool) -> str:
    """An error in three digits, or that the step leaves the domain."""
    if not math.isfinite(error):
        return "outside the domain  "
    text = "exact" if error == 0 else f"{error:.2e}"
    return f"{text} <" if least else f"{text}  "


def study_lines(study: StepStudy) -> list[str]:
    """For each kind: its branches with the slopes seen, its best step and the one that theory says."""
    found = []
    for curve in study.curves:
        branches = [branch_text(b) for b in (curve.truncation, curve.rounding) if b is not None]
        none = "exact at every step" if curve.unmet is None else "no branches as in theory"
        found.append(f"{curve.name + ':':<9}{', '.join(branches) or none}")
        found.append(f"{'':<9}{best_text(study, curve)}")
    return found


def branch_text(branch: Branch) -> str:
    """`truncation ~ h^2 (slope seen 2.00)`."""
    seen = "" if branch.seen is None else f" (slope seen {branch.seen:.2f})"
    return f"{branch.name} ~ {POWERS[branch.power]}{seen}"


def best_text(study: StepStudy, curve: Curve) -> str:
    """The best step seen, and theory's."""
    if curve.best is None:
        return "no step stays in the domain"
    best = f"best h seen {study.steps[curve.best]:.1e}, off by {curve.errors[curve.best]:.1e}"
    if curve.theory is not None:
        return f"{best}; theory says {curve.theory:.1e}"
    if curve.unmet is not None:
        return (
            f"{best}; theory does not apply: at its step, {curve.unmet:.1e}, "
            "truncation or rounding is another than at the point"
        )
    if curve.hidden:
        return f"{best}; theory: truncation is too small to tell at such steps, larger ones are better"
    return f"{best}; theory: without truncation the largest step is best" if curve.truncation is None else best


def plot_lines(study: StepStudy, plain: bool) -> list[str]:
    """Errors against steps, both logarithmic, the step growing to the right."""
    logs = {curve.name: [log_of(e) for e in curve.errors] for curve in study.curves}
    seen = [y for column in logs.values() for y in column if y is not None]
    if not seen:
        return ["exact at every step"]
    low, high = math.floor(min(seen)), math.ceil(max(seen))
    high = max(high, low + 1)
    width = len(study.steps)
    grid = [[" "] * width for _ in range(HEIGHT)]
    marks, both = (PLAIN_MARKS, PLAIN_BOTH) if plain else (MARKS, BOTH)
    for name, column in logs.items():
        for k, y in enumerate(column):
            if y is not None:
                line, place = round((high - y) / (high - low) * (HEIGHT - 1)), width - 1 - k
                grid[line][place] = marks[name] if grid[line][place] == " " else both
    captions(grid, study)
    return [*framed(grid, low, high, plain), *step_axis(study, width), legend(marks, both)]


def log_of(error: float) -> float | None:
    """The decimal logarithm; None where there is none to draw."""
    return math.log10(error) if 0 < error < math.inf else None


def captions(grid: list[list[str]], study: StepStudy) -> None:
    """Names of the branches below them, where there is room."""
    orders = sorted({b.power for c in study.curves if (b := c.truncation) is not None})
    if orders:
        text = f"truncation ~ {', '.join(POWERS[o] for o in orders)}"
        written_at(grid, len(grid[0]) - len(text), text)
    if any(c.rounding for c in study.curves):
        written_at(grid, 1, "rounding ~ 1/h")


def written_at(grid: list[list[str]], start: int, text: str) -> None:
    """A text in the lowest line that is free for it."""
    for line in reversed(grid):
        if all(c == " " for c in line[max(0, start - 1) : start + len(text) + 1]):
            line[start : start + len(text)] = list(text)
            return


def framed(grid: Sequence[Sequence[str]], low: int, high: int, plain: bool) -> list[str]:
    """The lines with the error axis on their left."""
    bar, corner, dash = ("|", "+", "-") if plain else ("│", "└", "─")
    found = []
    labels = {round((high - y) / (high - low) * (HEIGHT - 1)): y for y in range(low, high + 1, label_step(high - low))}
    for number, line in enumerate(grid):
        label = f"1e{labels[number]:d}" if number in labels else ""
        found.append(f"{label:>6} {bar}{''.join(line)}".rstrip())
    return [*found, f"{'':>6} {corner}{dash * len(grid[0])}"]


def label_step(decades: int) -> int:
    """Decades between two labels of the error axis."""
    return max(1, math.ceil(decades / 6))


def step_axis(study: StepStudy, width: int) -> list[str]:
    """The labels of the step axis."""
    line = [" "] * (width + 8)
    for k in range(0, width, EVERY):
        label = f"1e{round(math.log10(study.steps[width - 1 - k])):d}"
        line[k : k + len(label)] = list(label)
    return [" " * 8 + "".join(line).rstrip() + "  step h"]


def legend(marks: dict[str, Any], both: str) -> str:
    """What the marks are."""
    pairs = ", ".join(f"{mark} {name}" for name, mark in marks.items())
    return f"{'':>8}error of the difference: {pairs}, {both} both"
