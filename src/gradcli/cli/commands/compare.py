"""`gradcli compare`: methods side by side on one expression, or on the built-in examples."""

from __future__ import annotations

import sys
from typing import Annotated, Any

import typer

from gradcli.cli.options import AT, COTANGENT, WRT, Settings, with_settings
from gradcli.cli.query import Bound, Query, bind, problem_of
from gradcli.cli.runner import Report, run, time_limit
from gradcli.errors import ExitStatus
from gradcli.problem import separate
from gradcli.verify.comparison import Comparison, compare, select_methods
from gradcli.verify.explain import require_finite
from gradcli.verify.witnesses import verdict_details


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("compare")(compare_command)


@with_settings
def compare_command(
    expression: Annotated[
        str, typer.Argument(metavar="[EXPR]", help="As for grad; without it, the built-in examples, one row each.")
    ] = "",
    *,
    at: AT,
    modes: Annotated[
        str,
        typer.Option("--modes", metavar="NAMES", help="forward,reverse,symbolic,numerical,autograd (default: all)."),
    ] = "",
    wrt: WRT = "",
    cotangent: COTANGENT = "",
    settings: Settings,
) -> int:
    """Methods side by side: derivative, difference, time, and the digits on which all agree."""
    names = select_methods(separate(modes), "--modes")
    if not expression:
        from gradcli.cli.runner import present

        with time_limit(settings.timeout):
            return present(compare_examples(names, settings), settings)
    return run(expression, at, settings, lambda query: compare_query(query, names, wrt, cotangent))


def compare_query(query: Query, names: list[str], wrt: str, cotangent: str) -> Report:
    """One row a method, for each output."""
    bound = bind(query)
    found = [comparison_of(bound, output, names, wrt, cotangent) for output in bound.outputs]
    results = [data_of(bound, c) for c in found]
    data: dict[str, Any] = {
        "schema": "gradcli/1",
        "command": "compare",
        "expression": query.text,
        "inputs": bound.point,
    }
    data |= results[0] if len(results) == 1 else {"results": results}

    def show() -> None:
        from gradcli.render.comparison import print_comparison

        for c in found:
            print_comparison(bound.output_name(c.problem.output), c, query.settings)

    return Report(data, show, first_status(found), bound.notes)


def comparison_of(bound: Bound, output: int, names: list[str], wrt: str, cotangent: str) -> Comparison:
    """The methods on one output, always on torch."""
    from gradcli.carriers.tensors import Tensors

    settings = bound.query.settings
    problem = problem_of(bound, output, wrt, cotangent)
    carrier = Tensors(settings.device or "cpu", settings.dtype)
    require_finite(problem, carrier, bound.query.text)
    return compare(problem, carrier, names)


def compare_examples(names: list[str], settings: Settings) -> Report:
    """One row an example, one column a method."""
    from gradcli.verify.examples import EXAMPLES

    found = []
    for number, example in enumerate(EXAMPLES, 1):
        if sys.stderr.isatty() and not settings.quiet:
            print(f"\r{number}/{len(EXAMPLES)} {example.title:<24}", end="", file=sys.stderr, flush=True)
        bound = bind(Query(example.expression, (example.at,), settings))
        found.append((example, bound, comparison_of(bound, bound.outputs[-1], names, "", example.cotangent)))
    if sys.stderr.isatty() and not settings.quiet:
        print("\r" + " " * 40 + "\r", end="", file=sys.stderr, flush=True)
    results = [{"title": e.title, "expression": e.expression, "inputs": b.point, **data_of(b, c)} for e, b, c in found]
    data: dict[str, Any] = {"schema": "gradcli/1", "command": "compare", "expression": None, "results": results}

    def show() -> None:
        from gradcli.render.comparison import print_examples

        print_examples([(e, c) for e, _, c in found], names, settings)

    return Report(data, show, first_status([c for _, _, c in found]))


def first_status(found: list[Comparison]) -> ExitStatus:
    """The first status that is not 0."""
    return next((c.verdict.status for c in found if c.verdict.status), ExitStatus.ANSWERED)


def data_of(bound: Bound, comparison: Comparison) -> dict[str, Any]:
    """The JSON of one comparison."""
    settings = bound.query.settings
    verdict = comparison.verdict
    methods = {
        row.derivative.method: {
            "value": row.derivative.value,
            "derivative": row.derivative.gradient,
            "directional": row.derivative.directional[1] if row.derivative.directional else None,
            "error": row.derivative.error,
            "difference": row.difference,
            "seconds": row.derivative.seconds,
            "sweeps": row.derivative.sweeps,
            "formula": row.derivative.formula,
            "reason": row.derivative.reason,
        }
        for row in comparison.rows
    }
    data: dict[str, Any] = {
        "output": bound.output_name(comparison.problem.output),
        "shape": list(comparison.problem.output_shape),
        "layout": "torch",
        "dtype": settings.dtype,
        "device": settings.device or "cpu",
        "verdict": verdict.word,
        "reason": verdict.sentence,
        "digits": comparison.digits,
        "reference": comparison.reference,
        "methods": methods,
    }
    return data | verdict_details(verdict)
