"""A comparison over a region: one row a method, and how many points got which verdict."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from gradcli.problem import Nested
from gradcli.render.comparison import TIME, difference_text, error_text, seconds_text
from gradcli.render.console import Appearance, new_table, open_console
from gradcli.render.numbers import counted, format_nested
from gradcli.verify.region import OUTSIDE, Interval, Survey, Worst, region_text
from gradcli.verify.witnesses import SEVERITY

if TYPE_CHECKING:
    from rich.table import Table

LONGEST_POINT = 120
"""Characters of a point that are printed; JSON has all."""


def print_survey(survey: Survey, region: Mapping[str, Interval], appearance: Appearance) -> None:
    """The table, the counts, the worst point."""
    console = open_console(appearance)
    console.print(survey_table(survey, appearance))
    for line in survey_lines(survey, region):
        console.print(line, soft_wrap=True)


def survey_table(survey: Survey, appearance: Appearance) -> Table:
    """Method, worst error, where, how many answers, how many of them off, time over all points."""
    table = new_table(appearance)
    for heading, right in (
        ("method", False), ("worst error", True), ("at", False), ("answers", True), ("off", True), (TIME, True),
    ):  # fmt: skip
        table.add_column(heading, justify="right" if right else "left", min_width=10 if heading == TIME else None)
    for worst in survey.methods:
        table.add_row(
            worst.method,
            worst_text(worst, survey.measured),
            point_text(worst.point) if worst.row else "",
            str(worst.answered),
            str(worst.off),
            seconds_text(worst.seconds),
        )
    return table


def worst_text(worst: Worst, measured: bool) -> str:
    """The largest error of a method."""
    if worst.row is None:
        return ""
    return error_text(worst.row) if measured else difference_text(worst.row)


def point_text(point: Mapping[str, Nested]) -> str:
    """A point as --at takes it."""
    text = ",".join(f"{name}={format_nested(value).replace(' ', '')}" for name, value in point.items())
    return text if len(text) <= LONGEST_POINT else f"{text[:LONGEST_POINT]}…"


def survey_lines(survey: Survey, region: Mapping[str, Interval]) -> list[str]:
    """Counts by verdict, and the worst of them with its point."""
    order = [*reversed(SEVERITY), OUTSIDE]
    counts = ", ".join(f"{survey.counts[word]} {word}" for word in order if survey.counts[word])
    lines = [f"{counted(survey.points, 'point')} of {region_text(region)}: {counts}"]
    if survey.gate is not None:
        lines.append(f"tolerance: {survey.gate.text}, b the true derivative")
    point, verdict = survey.first
    if verdict.word != "verified":
        lines.append(f"first {verdict.word} at {point_text(point)}: {verdict.sentence}")
    inside = survey.points - survey.counts[OUTSIDE]
    return [*lines, f"{survey.word}: at {survey.counts[survey.word]} of the {inside} points in the domain"]
