"""`gradcli vjp`: a cotangent times the Jacobian, in one reverse sweep."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import typer

from gradcli.carriers.base import Carrier
from gradcli.cli.derivatives import Answer, report
from gradcli.cli.options import AT, AT_KINK, COTANGENT, EXPRESSION, WRT, Settings, with_settings
from gradcli.cli.query import Bound, Query, parse_direction
from gradcli.cli.runner import Report, run
from gradcli.errors import UsageError
from gradcli.problem import Problem
from gradcli.shapes import format_shape
from gradcli.verify.verdict import check_gradient

if TYPE_CHECKING:
    from gradcli.verify.at_kink import AtKink


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("vjp")(vjp)


@with_settings
def vjp(
    expression: EXPRESSION,
    *,
    at: AT,
    cotangent: COTANGENT = "",
    wrt: WRT = "",
    at_kink: AT_KINK = "torch",
    settings: Settings,
) -> int:
    """u'J: what a cotangent u of the output is to the inputs. Each part has its input's shape."""
    return run(expression, at, settings, lambda query: answer(query, wrt, cotangent, at_kink))


def answer(query: Query, wrt: str, typed: str, at_kink: AtKink) -> Report:
    """The product for each output."""

    def found(bound: Bound, problem: Problem, carrier: Carrier) -> Answer:
        from gradcli.render.derivatives import VJP_MODE, of_product, vjp_arrays

        shape = problem.output_shape
        if shape and not typed:
            cause = f"vjp needs a cotangent of the output's shape {format_shape(shape)}"
            raise UsageError(cause, hint="--cotangent ones, e(0), or a value")
        cotangent = parse_direction(typed or "ones", shape, "--cotangent", query)
        checked = check_gradient(replace(problem, cotangent=cotangent), carrier, at_kink, query.settings.precision)
        value = checked.derivatives["reverse"].value
        data = {
            "value": value,
            "cotangent": cotangent,
            "vjp": checked.gradient,
            "layout": "torch",
            "mode": "reverse",
        }
        name, proof = bound.output_name(problem.output), checked.proof
        verdict = of_product(checked.verdict)
        if proof is None:
            return Answer(data, vjp_arrays(name, problem, value, checked.gradient, verdict.true), VJP_MODE, verdict)
        data |= proof.as_json("vjp", proof.by_input())
        return Answer(data, vjp_arrays(name, problem, proof.value, proof.by_input()), VJP_MODE, verdict)

    return report(query, "vjp", wrt, found)
