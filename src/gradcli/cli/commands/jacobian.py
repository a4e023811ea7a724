"""`gradcli jacobian`: all derivatives of all elements of the output."""

from __future__ import annotations

import typer

from gradcli.carriers.base import Carrier
from gradcli.cli.derivatives import Answer, report
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
        from gradcli.render.derivatives import in_layout, jacobian_arrays, jacobian_blocks

        checked = check_jacobian(problem, carrier, mode)
        blocks = jacobian_blocks(problem, checked.blocks, layout)
        name, plain, digits = bound.output_name(problem.output), query.settings.plain, query.settings.precision
        data = {
            "value": checked.value,
            "jacobian": {by: block for by, (block, _) in blocks.items()},
            "shapes": {by: list(shape) for by, (_, shape) in blocks.items()},
            "layout": layout,
            "mode": checked.mode,
        }
        why = checked.why if problem.wrt else ""
        if not digits:
            verdict = in_layout(problem, checked.verdict, layout)
            arrays = jacobian_arrays(name, problem, checked.value, blocks, layout, plain, verdict.true)
            return Answer(data, arrays, why, verdict)
        from gradcli.verify.proof import prove_jacobian

        proof = prove_jacobian(problem, digits)
        proven = jacobian_blocks(problem, proof.by_input(), layout)
        data |= proof.as_json("jacobian", {by: block for by, (block, _) in proven.items()})
        arrays = jacobian_arrays(name, problem, proof.value, proven, layout, plain)
        return Answer(data, arrays, why, in_layout(problem, proof.judged(checked.verdict), layout))

    return report(query, "jacobian", wrt, found)
