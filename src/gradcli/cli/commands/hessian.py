"""`gradcli hessian`: the second derivatives of a scalar function."""

from __future__ import annotations

import typer

from gradcli.carriers.base import Carrier
from gradcli.cli.derivatives import Answer, report, require_scalar
from gradcli.cli.options import AT, EXPRESSION, LAYOUT, WRT, Settings, with_settings
from gradcli.cli.query import Bound, Query
from gradcli.cli.runner import Report, run
from gradcli.layouts import Layout
from gradcli.problem import Problem
from gradcli.verify.curvature import check_hessian


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("hessian")(hessian)


@with_settings
def hessian(expression: EXPRESSION, *, at: AT, wrt: WRT = "", layout: LAYOUT = "torch", settings: Settings) -> int:
    """The Hessian of a scalar function, a block for every two inputs, by forward over reverse."""
    return run(expression, at, settings, lambda query: answer(query, wrt, layout))


def answer(query: Query, wrt: str, layout: Layout) -> Report:
    """The Hessian of each output."""

    def found(bound: Bound, problem: Problem, carrier: Carrier) -> Answer:
        from gradcli.render.derivatives import hessian_arrays, hessian_blocks, in_layout
        from gradcli.verify.proof import prove_hessian

        require_scalar(bound, problem, "a Hessian", ("sum(...)", "gradcli jacobian for the first derivatives"))
        checked = check_hessian(problem, carrier)
        blocks = hessian_blocks(problem, checked.blocks, layout)
        name = bound.output_name(problem.output)
        data = {
            "value": checked.value,
            "gradient": checked.gradient,
            "hessian": {one: {other: block for other, (block, _) in row.items()} for one, row in blocks.items()},
            "shapes": {one: {other: list(shape) for other, (_, shape) in row.items()} for one, row in blocks.items()},
            "layout": layout,
            "mode": "forward over reverse",
        }
        plain, digits = query.settings.plain, query.settings.precision
        if not digits:
            verdict = in_layout(problem, checked.verdict, layout)
            arrays = hessian_arrays(name, checked.value, blocks, layout, plain, verdict.true)
            return Answer(data, arrays, "", verdict)
        proof = prove_hessian(problem, digits)
        proven = hessian_blocks(problem, proof.by_pairs(), layout)
        data |= proof.as_json("hessian", {a: {b: block for b, (block, _) in row.items()} for a, row in proven.items()})
        arrays = hessian_arrays(name, proof.value, proven, layout, plain)
        return Answer(data, arrays, "", in_layout(problem, proof.judged(checked.verdict), layout))

    return report(query, "hessian", wrt, found)
