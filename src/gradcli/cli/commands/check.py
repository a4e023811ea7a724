"""`gradcli check`: is this answer right, and if not, which slip explains it?"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from gradcli.cli.options import AT, COTANGENT, EXPRESSION, LAYOUT, SHAPE, Settings, with_settings
from gradcli.cli.query import Bound, Query, bind, inputs_of, problem_of
from gradcli.cli.runner import Report, run
from gradcli.cli.structure import bind_sizes
from gradcli.errors import GradcliError, UsageError
from gradcli.graph import display_names
from gradcli.layouts import Layout
from gradcli.problem import Problem

if TYPE_CHECKING:
    from gradcli.syntax.claims import Claim, Refused

CLAIM = Annotated[
    list[str],
    typer.Option(
        "--claim",
        metavar="CLAIM",
        help='x2=2.283, w=[6,12,18], a formula "x2: x1 - cos(x2)", or @answers.json; may be repeated.',
        default_factory=list,
        show_default=False,
    ),
]


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("check")(check)


@with_settings
def check(
    expression: EXPRESSION,
    *,
    at: AT,
    claim: CLAIM,
    cotangent: COTANGENT = "",
    layout: LAYOUT = "torch",
    shape: SHAPE,
    settings: Settings,
) -> int:
    """Judge claimed derivatives and values: right, or wrong and by which slip."""
    return run(expression, at, settings, lambda query: answer(query, claim, cotangent, layout, shape))


def answer(query: Query, typed: Sequence[str], cotangent: str, layout: Layout, shapes: Sequence[str]) -> Report:
    """Every claim judged."""
    from gradcli.render.claims import claim_lines, claims_data
    from gradcli.verify.judging import judge, require_claims
    from gradcli.verify.setting import Setting

    example = next(iter(query.program.free_names), "f")
    claims = read_all(typed, example)
    bound = bound_for(query, require_claims(claims, example), shapes)
    if len(bound.outputs) > 1:
        raise UsageError(
            f"claims are of one output, not of {len(bound.outputs)}", hint="check one expression at a time"
        )
    (output,) = bound.outputs
    problem, carrier = asked(bound, output, cotangent), bound.carrier()
    names = display_names(bound.graph, bound.outputs)
    names.setdefault(output, "f")
    setting = Setting(problem, carrier, names, layout, bound.assumptions)
    if bound.point or not bound.graph.inputs:
        setting.require_number(query.text)
    judged = judge(claims, setting)
    data: dict[str, Any] = {
        **bound.head("check", carrier),
        "layout": layout,
        "output": bound.output_name(output),
        **claims_data(judged, problem, layout),
    }
    name, plain = bound.output_name(output), query.settings.plain

    def show() -> None:
        print("\n".join(claim_lines(judged, problem, name, carrier, layout, plain)))
        sys.stdout.flush()
        for refused in judged.refused:
            print(refused.error, file=sys.stderr)

    return Report(data, show, judged.status, bound.notes)


def asked(bound: Bound, output: int, cotangent: str) -> Problem:
    """The gradient of a scalar output or with a cotangent, else the Jacobian."""
    if cotangent or not bound.graph.shapes[output]:
        return problem_of(bound, output, "", cotangent)
    return Problem(bound.graph, output, inputs_of(bound, ""), bound.point, None, bound.query.settings.dtype)


def read_all(typed: Sequence[str], example: str) -> list[Claim | Refused]:
    """The claims of all options, and of the files that they name. `example`: an input, for mends."""
    from gradcli.carriers.constants import evaluate_constant
    from gradcli.syntax.claims import Refused, claims_of, read_claims
    from gradcli.values.answers import read_answers

    claims: list[Claim | Refused] = []
    for text in typed:
        if not text.lstrip().startswith("@"):
            claims += read_claims(text, evaluate_constant, example)
            continue
        try:
            claims += claims_of(read_answers(text.strip()), evaluate_constant)
        except GradcliError as error:
            claims.append(Refused("", text.strip(), error))
    return claims


def bound_for(query: Query, claims: Sequence[Claim], shapes: Sequence[str]) -> Bound:
    """The expression at its point; formulas alone need none, and then inputs have only shapes."""
    if claims and not query.at and not query.values and all(claim.formula is not None for claim in claims):
        return bind_sizes(query, shapes)
    if shapes:
        raise UsageError("--shape is for formulas without a point", hint="leave out --shape, or --at")
    return bind(query)
