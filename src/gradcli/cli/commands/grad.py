"""`gradcli grad`: value and gradient of a scalar function, with a verdict."""

from __future__ import annotations

from typing import Any

import typer

from gradcli.cli.options import AT, COTANGENT, EXPRESSION, WRT, Settings, with_settings
from gradcli.cli.query import Bound, Query, bind, problem_of
from gradcli.cli.runner import Report, run
from gradcli.errors import ExitStatus
from gradcli.problem import Problem
from gradcli.verify.explain import require_finite
from gradcli.verify.verdict import Checked, check_gradient
from gradcli.verify.witnesses import interval_data


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("grad")(grad)


@with_settings
def grad(expression: EXPRESSION, *, at: AT, wrt: WRT = "", cotangent: COTANGENT = "", settings: Settings) -> int:
    """Value and gradient of a scalar function, checked by forward mode and differences."""
    return run(expression, at, settings, lambda query: answer(query, wrt, cotangent))


def answer(query: Query, wrt: str, cotangent: str) -> Report:
    """The gradient of each output."""
    bound = bind(query)
    carrier = bound.carrier()
    problems = [problem_of(bound, output, wrt, cotangent) for output in bound.outputs]
    for problem in problems:
        require_finite(problem, carrier, bound.query.text)
    checks = [check_gradient(problem, carrier) for problem in problems]
    results = [result_data(bound, p, c) for p, c in zip(problems, checks, strict=True)]
    status = next((c.verdict.status for c in checks if c.verdict.status), ExitStatus.ANSWERED)
    head = {
        "schema": "gradcli/1",
        "command": "grad",
        "expression": query.text,
        "inputs": bound.point,
        "layout": "torch",
        "dtype": carrier.dtype,
        "device": carrier.device,
    }
    data = {**head, **results[0]} if len(results) == 1 else {**head, "results": results}

    def show() -> None:
        from gradcli.render.answers import gradient_lines

        for problem, check in zip(problems, checks, strict=True):
            name = bound.output_name(problem.output)
            print("\n".join(gradient_lines(name, problem, check, query.settings.plain)))

    return Report(data, show, status, bound.notes)


def result_data(bound: Bound, problem: Problem, check: Checked) -> dict[str, Any]:
    """The JSON of one output."""
    verdict = check.verdict
    data: dict[str, Any] = {
        "output": bound.output_name(problem.output),
        "value": check.derivatives["reverse"].value,
        "shape": list(problem.output_shape),
        "gradient": check.gradient,
        "verdict": verdict.word,
        "reason": verdict.sentence,
        "methods": {
            name: {"value": d.value, "derivative": d.gradient, "error": d.error, "sweeps": d.sweeps}
            for name, d in check.derivatives.items()
        },
    }
    return data | interval_data(verdict)
