"""`gradcli jvp`: the Jacobian times a tangent, in one forward sweep."""

from __future__ import annotations

from collections.abc import Sequence

import typer

from gradcli.carriers.base import Carrier
from gradcli.cli.derivatives import Answer, report
from gradcli.cli.options import AT, EXPRESSION, TANGENT, WRT, Settings, with_settings
from gradcli.cli.query import Bound, Query, required_tangents
from gradcli.cli.runner import Report, run
from gradcli.problem import Problem
from gradcli.verify.rows import check_jvp


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("jvp")(jvp)


@with_settings
def jvp(expression: EXPRESSION, *, at: AT, tangent: TANGENT, wrt: WRT = "", settings: Settings) -> int:
    """J v: how the output changes along a tangent v of the inputs. It has the output's shape."""
    return run(expression, at, settings, lambda query: answer(query, wrt, tangent))


def answer(query: Query, wrt: str, typed: Sequence[str]) -> Report:
    """The product for each output."""

    def found(bound: Bound, problem: Problem, carrier: Carrier) -> Answer:
        from gradcli.render.derivatives import JVP_MODE, jvp_arrays

        tangent = required_tangents(bound, problem.wrt, typed)
        value, product, verdict = check_jvp(problem, carrier, tangent)
        name = bound.output_name(problem.output)
        data = {"value": value, "tangent": tangent, "jvp": product, "layout": "torch", "mode": "forward"}
        if query.settings.precision:
            from gradcli.verify.proof import prove_jvp

            proof = prove_jvp(problem, tangent, query.settings.precision)
            value, (product,), verdict = proof.value, proof.parts.values(), proof.judged(verdict)
            data |= proof.as_json("jvp", product)
            return Answer(data, jvp_arrays(name, problem, value, product), JVP_MODE, verdict)
        return Answer(data, jvp_arrays(name, problem, value, product, verdict.true), JVP_MODE, verdict)

    return report(query, "jvp", wrt, found)
