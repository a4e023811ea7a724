"""`gradcli jacobian`: all derivatives of all elements of the output."""

from __future__ import annotations

import typer

from gradcli.carriers.base import Carrier
from gradcli.cli.derivatives import Answer, arranged, derivative_sign, report
from gradcli.cli.options import AT, EXPRESSION, LAYOUT, MODE, WRT, Settings, with_settings
from gradcli.cli.query import Bound, Query
from gradcli.cli.runner import Report, run
from gradcli.layouts import Layout
from gradcli.methods.jacobian import Mode
from gradcli.problem import Problem
from gradcli.verify.rows import check_jacobian


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("jacobian")(jacobian)


@with_settings
def jacobian(
    expression: EXPRESSION, *, at: AT, wrt: WRT = "", mode: MODE = "auto", layout: LAYOUT = "torch", settings: Settings
) -> int:
    """The Jacobian of an output of any shape, a block an input, by the mode that needs fewer sweeps."""
    return run(expression, at, settings, lambda query: answer(query, wrt, None if mode == "auto" else mode, layout))


def answer(query: Query, wrt: str, mode: Mode | None, layout: Layout) -> Report:
    """The Jacobian of each output."""

    def found(bound: Bound, problem: Problem, carrier: Carrier) -> Answer:
        from gradcli.render.matrices import array_lines

        checked = check_jacobian(problem, carrier, mode)
        name, d = bound.output_name(problem.output), derivative_sign(query)
        lines = array_lines(name, checked.value, problem.output_shape)
        blocks, shapes = {}, {}
        for by in problem.wrt:
            block, shape = arranged(checked.blocks[by], problem.output_shape, problem.input_shape(by), layout)
            blocks[by], shapes[by] = block, list(shape)
            lines += array_lines(f"{d}{name}/{d}{by}", block, shape, f", layout {layout}" if shape else "")
        if problem.wrt:
            lines.append(f"mode: {checked.why}")
        data = {
            "value": checked.value,
            "jacobian": blocks,
            "shapes": shapes,
            "layout": layout,
            "mode": checked.mode,
        }
        return Answer(data, lines, checked.verdict)

    return report(query, "jacobian", wrt, found)
