"""`gradcli trace`: the evaluation trace (Wengert list) with tangents and adjoints."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from gradcli.cli.options import AT, COTANGENT, EXPRESSION, WRT, Settings, with_settings
from gradcli.cli.query import Bound, Query, bind, parse_direction, problem_of, wanted_inputs
from gradcli.cli.runner import Report, run
from gradcli.errors import ExitStatus, NameProblem
from gradcli.problem import Nested, Problem

if TYPE_CHECKING:
    from gradcli.render.inspection import Inspection

Mode = Literal["forward", "reverse", "both"]
TANGENT = Annotated[
    list[str],
    typer.Option(
        "--tangent",
        metavar="NAME=VALUE,...",
        help="One column of tangents along a direction: ones, x=e(0), x=[1,2].",
        default_factory=list,
        show_default=False,
    ),
]


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
    from gradcli.render.examine import examine, tangent_columns, verdict_data, verdict_lines
    from gradcli.render.graph_json import direction_data, node_list

    bound = bind(query)
    problems = [problem_in_mode(bound, output, wrt, cotangent, mode) for output in dict.fromkeys(bound.outputs)]
    names = problems[0].wrt
    direction = parse_tangents(bound, names, tangent)
    columns = [] if mode == "reverse" else tangent_columns(bound.graph, names, direction)
    inspection = examine(bound.graph, problems, bound.carrier(), columns, adjoints=mode != "forward")
    data = head(bound, "trace", inspection) | verdict_data(inspection) | {"mode": mode}
    data |= {"directions": direction_data(inspection), "nodes": node_list(inspection)}
    plain = query.settings.plain
    if explain:
        from gradcli.render.steps import step_lines

        data["steps"] = step_lines(inspection, full, plain)

    def show() -> None:
        from gradcli.render.console import open_console
        from gradcli.render.trace_table import captions, trace_table

        open_console(query.settings).print(trace_table(inspection, query.settings, full))
        for line in [*captions(inspection, plain), *data.get("steps", []), *verdict_lines(inspection, names, plain)]:
            print(line)

    return Report(data, show, status_of(inspection), bound.notes)


def problem_in_mode(bound: Bound, output: int, wrt: str, cotangent: str, mode: Mode) -> Problem:
    """The problem of an output. Only reverse mode needs a cotangent where the output is not scalar."""
    if mode == "forward" and not cotangent:
        inputs = wanted_inputs(bound, wrt)
        return Problem(bound.graph, output, inputs, bound.point, None, bound.query.settings.dtype)
    return problem_of(bound, output, wrt, cotangent)


def parse_tangents(bound: Bound, wrt: Sequence[str], typed: Sequence[str]) -> Mapping[str, Nested] | None:
    """The direction that --tangent gives, by input; None if it was not given. Inputs that it leaves out stand still."""
    from gradcli.syntax.bindings import split_bindings

    shapes = {name: bound.graph.shapes[bound.graph.inputs[name]] for name in wrt}
    found: dict[str, Nested] = {}
    for text in typed:
        if text.strip() == "ones":
            found |= {name: parse_direction("ones", shape, "--tangent", bound.query) for name, shape in shapes.items()}
            continue
        for binding in split_bindings(text):
            if binding.name not in shapes:
                hint = f"the inputs differentiated by are {', '.join(shapes) or 'none'}"
                raise NameProblem(
                    f"--tangent names {binding.name}, which is none of them", span=binding.span, source=text, hint=hint
                )
            value = text[binding.value.start : binding.value.end]
            found[binding.name] = parse_direction(
                value, shapes[binding.name], f"--tangent {binding.name} =", bound.query
            )
    return found or None


def head(bound: Bound, command: str, inspection: Inspection) -> dict[str, Any]:
    """What the JSON of both commands begins with."""
    data: dict[str, Any] = {"schema": "gradcli/1", "command": command, "expression": bound.query.text}
    if inspection.tape is not None:
        carrier = inspection.tape.carrier
        data |= {"inputs": bound.point, "dtype": carrier.dtype, "device": carrier.device}
    return data


def status_of(inspection: Inspection) -> ExitStatus:
    """The first status of a verdict that is not 0."""
    return next((v.status for v in inspection.verdicts.values() if v.status), ExitStatus.ANSWERED)
