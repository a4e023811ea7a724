"""`gradcli why`: why a derivative is zero, undefined, NaN or infinite, or has lost its digits; with a checked mend."""

from __future__ import annotations

from typing import Annotated

import typer

from gradcli.cli.options import AT, COTANGENT, EXPRESSION, WRT, Settings, with_settings
from gradcli.cli.query import Query, bind, problem_of
from gradcli.cli.runner import Report, one_or_all, run


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("why")(why)


@with_settings
def why(
    expression: EXPRESSION,
    *,
    at: AT,
    wrt: WRT = "",
    cotangent: COTANGENT = "",
    full: Annotated[bool, typer.Option("--full", help="All reasons, however many.")] = False,
    settings: Settings,
) -> int:
    """Why a derivative is zero, undefined, NaN or infinite: the node, the reason, the mend."""
    return run(expression, at, settings, lambda query: answer(query, wrt, cotangent, full))


def answer(query: Query, wrt: str, cotangent: str, full: bool) -> Report:
    """The diagnosis of each output."""
    from gradcli.render.why import diagnosis_data, diagnosis_lines
    from gradcli.verify.why.diagnosis import diagnose

    bound = bind(query)
    carrier = bound.carrier()
    problems = [problem_of(bound, output, wrt, cotangent) for output in dict.fromkeys(bound.outputs)]
    found = [diagnose(problem, carrier, bound.outputs) for problem in problems]
    results = [diagnosis_data(diagnosis) for diagnosis in found]
    data = {**bound.head("why", carrier), **one_or_all(results)}

    def show() -> None:
        for diagnosis in found:
            print("\n".join(diagnosis_lines(diagnosis, query.settings.plain, full, len(found) > 1)))

    return Report(data, show, notes=bound.notes)
