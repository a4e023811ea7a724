"""`gradcli trace`: the evaluation trace (Wengert list) with tangents and adjoints."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from gradcli.cli.options import AT, COTANGENT, EXPRESSION, TANGENT, WRT, Settings, with_settings
from gradcli.cli.query import Bound, Query, bind, inputs_of, parse_tangents, problem_of
from gradcli.cli.runner import Report, first_status, run
from gradcli.errors import ExitStatus
from gradcli.problem import Problem

if TYPE_CHECKING:
    from gradcli.render.inspection import Inspection

Mode = Literal["forward", "reverse", "both"]


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("trace")(trace)


@with_settings
def trace(
    expression: EXPRESSION,
    *,
    at: AT,
    mode: Annotated[Mode, typer.Option("--mode", help="Tangents, adjoints, or both.")] = "both",
    wrt: WRT = "",
    cotangent: COTANGENT = "",
    tangent: TANGENT,
    explain: Annotated[bool, typer.Option("--explain", help="The arithmetic of each step of the sweeps.")] = False,
    full: Annotated[bool, typer.Option("--full", help="Vectors and matrices whole.")] = False,
    settings: Settings,
) -> int:
    """The evaluation trace: value, tangents and adjoint of every node."""
    return run(expression, at, settings, lambda query: answer(query, mode, wrt, cotangent, tangent, explain, full))


def answer(
    query: Query, mode: Mode, wrt: str, cotangent: str, tangent: Sequence[str], explain: bool, full: bool
) -> Report:
    """The trace of all outputs in one table."""
    from gradcli.render.examine import examine, tangent_columns, verdict_lines
    from gradcli.render.graph_json import trace_data

    bound = bind(query)
    problems = [problem_in_mode(bound, output, wrt, cotangent, mode) for output in dict.fromkeys(bound.outputs)]
    names = problems[0].wrt
    direction = parse_tangents(bound, names, tangent)
    columns = [] if mode == "reverse" else tangent_columns(bound.graph, names, direction)
    inspection = examine(bound.graph, problems, bound.carrier(), columns, adjoints=mode != "forward")
    data = trace_data(inspection, query.text, bound.point, mode)
    plain = query.settings.plain
    if explain:
        from gradcli.render.steps import step_lines

        data["steps"] = step_lines(inspection, full, plain)

    def show() -> None:
        from gradcli.render.console import open_console
        from gradcli.render.trace_table import captions, trace_tables

        console = open_console(query.settings)
        for table in trace_tables(inspection, query.settings, console.width, full):
            console.print(table)
        for line in [*captions(inspection, plain), *data.get("steps", []), *verdict_lines(inspection, names, plain)]:
            print(line)

    return Report(data, show, status_of(inspection), bound.notes)


def problem_in_mode(bound: Bound, output: int, wrt: str, cotangent: str, mode: Mode) -> Problem:
    """The problem of an output. Only reverse mode needs a cotangent where the output is not scalar."""
    if mode == "forward" and not cotangent:
        inputs = inputs_of(bound, wrt)
        return Problem(bound.graph, output, inputs, bound.point, None, bound.query.settings.dtype)
    return problem_of(bound, output, wrt, cotangent)


def status_of(inspection: Inspection) -> ExitStatus:
    """The first status of a verdict that is not 0."""
    return first_status(verdict.status for verdict in inspection.verdicts.values())
