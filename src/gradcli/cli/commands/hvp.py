"""`gradcli hvp`: the Hessian times a tangent, by forward over reverse."""

from __future__ import annotations

from collections.abc import Sequence

import typer

from gradcli.carriers.base import Carrier
from gradcli.cli.derivatives import Answer, report, require_scalar
from gradcli.cli.options import AT, EXPRESSION, TANGENT, WRT, Settings, with_settings
from gradcli.cli.query import Bound, Query, required_tangents
from gradcli.cli.runner import Report, run
from gradcli.problem import Problem
from gradcli.verify.curvature import check_hvp


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("hvp")(hvp)


@with_settings
def hvp(expression: EXPRESSION, *, at: AT, tangent: TANGENT, wrt: WRT = "", settings: Settings) -> int:
    """H v: how the gradient changes along a tangent v of the inputs. Each part has its input's shape."""
    return run(expression, at, settings, lambda query: answer(query, wrt, tangent))


def answer(query: Query, wrt: str, typed: Sequence[str]) -> Report:
    """The product for each output."""

    def found(bound: Bound, problem: Problem, carrier: Carrier) -> Answer:
        from gradcli.render.derivatives import HVP_MODE, hvp_arrays
        from gradcli.verify.proof import prove_hvp

        require_scalar(bound, problem, "a Hessian", ("sum(...)", "gradcli jvp for the first derivative"))
        tangent = required_tangents(bound, problem.wrt, typed)
        value, products, verdict = check_hvp(problem, carrier, tangent)
        name = bound.output_name(problem.output)
        data = {"value": value, "tangent": tangent, "hvp": products, "layout": "torch", "mode": "forward over reverse"}
        if query.settings.precision:
            proof = prove_hvp(problem, tangent, query.settings.precision)
            value, products, verdict = proof.value, proof.by_input(), proof.judged(verdict)
            data |= proof.as_json("hvp", products)
            return Answer(data, hvp_arrays(name, problem, value, products), HVP_MODE, verdict)
        arrays = hvp_arrays(name, problem, value, products, verdict.true)
        return Answer(data, arrays, HVP_MODE, verdict)

    return report(query, "hvp", wrt, found)
