"""`gradcli hessian`: the second derivatives of a scalar function."""

from __future__ import annotations

import typer

from gradcli.carriers.base import Carrier
from gradcli.cli.derivatives import Answer, arranged, derivative_sign, report, require_scalar
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
        from gradcli.render.matrices import array_lines

        require_scalar(bound, problem, "a Hessian", ("sum(...)", "gradcli jacobian for the first derivatives"))
        checked = check_hessian(problem, carrier)
        name, d = bound.output_name(problem.output), derivative_sign(query)
        lines = array_lines(name, checked.value, ())
        blocks: dict[str, dict[str, object]] = {}
        shapes: dict[str, dict[str, list[int | str]]] = {}
        for one in problem.wrt:
            blocks[one], shapes[one] = {}, {}
            for other in problem.wrt:
                first, second = problem.input_shape(one), problem.input_shape(other)
                block, shape = arranged(checked.blocks[one][other], first, second, layout)
                blocks[one][other], shapes[one][other] = block, list(shape)
                below = f"{d}{one}^2" if one == other else f"({d}{one} {d}{other})"
                label = f"{d}^2{name}/{below}" if query.settings.plain else f"{d}²{name}/{below.replace('^2', '²')}"
                lines += array_lines(label, block, shape, f", layout {layout}" if shape else "")
        data = {
            "value": checked.value,
            "gradient": checked.gradient,
            "hessian": blocks,
            "shapes": shapes,
            "layout": layout,
            "mode": "forward over reverse",
        }
        return Answer(data, lines, checked.verdict)

    return report(query, "hessian", wrt, found)
