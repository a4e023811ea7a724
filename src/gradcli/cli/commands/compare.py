"""`gradcli compare`: methods side by side on one expression, or on the built-in examples."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from gradcli.cli.options import AT, COTANGENT, WRT, Settings, with_settings
from gradcli.cli.progress import progress
from gradcli.cli.query import Bound, Query, bind, problem_of
from gradcli.cli.region import check_points, survey_query
from gradcli.cli.runner import Report, first_status, one_or_all, present, run, time_limit
from gradcli.cli.step_sizes import carrier_of, check_target, rate_of, study_query
from gradcli.errors import UsageError
from gradcli.problem import separate
from gradcli.render.json import SCHEMA
from gradcli.verify.comparison import Comparison, compare, select_methods
from gradcli.verify.reference import Gate, read_gate
from gradcli.verify.verdict import require_number
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
        typer.Option("--modes", metavar="NAMES", help="Some of forward,reverse,symbolic,numerical,autograd,certified."),
    ] = "",
    wrt: WRT = "",
    cotangent: COTANGENT = "",
    rtol: Annotated[
        float | None, typer.Option("--rtol", metavar="R", help="Agree if |a - b| <= A + R|b|, b the truth.")
    ] = None,
    atol: Annotated[float | None, typer.Option("--atol", metavar="A", help="The A of that (default: 0).")] = None,
    points: Annotated[
        int | None, typer.Option("--points", metavar="N", help="At N random points of the region (--seed).")
    ] = None,
    region: Annotated[
        str, typer.Option("--region", metavar="NAME=LOW..HIGH,...", help="Where the points are: x=0..1,y=-pi..pi.")
    ] = "",
    step_sizes: Annotated[
        bool, typer.Option("--step-sizes", help="Error of differences against their step, as table and plot.")
    ] = False,
    output: Annotated[
        str, typer.Option("-o", "--output", metavar="FILE", help="With --step-sizes: the plot as SVG.")
    ] = "",
    settings: Settings,
) -> int:
    """Methods side by side: derivative, error, time, and the digits on which all agree."""
    names = select_methods(separate(modes), "--modes")
    gate = read_gate(rtol, atol, ("--rtol", "--atol"))
    many = check_points(points, region)
    check_together(expression, many, step_sizes, output, gate)
    if not expression:
        with time_limit(settings.timeout):
            return present(compare_examples(names, gate, settings), settings)
    if step_sizes:
        return run(expression, at, settings, lambda query: study_query(query, wrt, cotangent, output))
    if many:
        return run(
            expression, at, settings, lambda query: survey_query(query, names, wrt, cotangent, gate, many, region)
        )
    return run(expression, at, settings, lambda query: compare_query(query, names, wrt, cotangent, gate))


def check_together(expression: str, points: int, step_sizes: bool, output: str, gate: Gate | None) -> None:
    """Raise UsageError for options that do not go together."""
    if output and not step_sizes:
        raise UsageError("-o writes the plot of --step-sizes", hint="add --step-sizes, or redirect the table with >")
    if output and expression == "-":
        raise UsageError("-o takes one plot, and - answers many requests", hint="leave -o out: the answers are JSON")
    if output:
        check_target(output)
    if step_sizes and (points or gate):
        other = "--region" if points else "--rtol and --atol"
        raise UsageError(f"--step-sizes looks at one point and judges nothing: {other} does not go with it")
    if (points or step_sizes) and not expression:
        raise UsageError("an expression is needed for that", hint='gradcli compare "x^2" --at x=3 --step-sizes')


def compare_query(query: Query, names: list[str], wrt: str, cotangent: str, gate: Gate | None) -> Report:
    """One row a method, for each output."""
    bound = bind(query)
    found = [comparison_of(bound, output, names, wrt, cotangent, gate) for output in bound.outputs]
    results = [data_of(bound, c) for c in found]
    data: dict[str, Any] = {
        "schema": SCHEMA,
        "command": "compare",
        "expression": query.text,
        "inputs": bound.point,
    }
    data |= one_or_all(results)

    def show() -> None:
        from gradcli.render.comparison import print_comparison

        for c in found:
            if not query.settings.quiet:
                print_comparison(bound.output_name(c.problem.output), c, query.settings, query.settings.verbose)

    return Report(data, show, first_status(c.verdict.status for c in found), bound.notes)


def comparison_of(
    bound: Bound, output: int, names: list[str], wrt: str, cotangent: str, gate: Gate | None
) -> Comparison:
    """The methods on one output, always on torch."""
    problem = problem_of(bound, output, wrt, cotangent)
    carrier = carrier_of(bound.query)
    require_number(problem, carrier, bound.query.text)
    return compare(problem, carrier, names, gate)


def compare_examples(names: list[str], gate: Gate | None, settings: Settings) -> Report:
    """One row an example, one column a method."""
    from gradcli.verify.examples import EXAMPLES

    found = []
    with progress(len(EXAMPLES), settings) as tell:
        for number, example in enumerate(EXAMPLES, 1):
            tell(number, example.title)
            bound = bind(Query(example.expression, (example.at,), settings))
            found.append((example, bound, comparison_of(bound, bound.outputs[-1], names, "", example.cotangent, gate)))
    results = [{"title": e.title, "expression": e.expression, "inputs": b.point, **data_of(b, c)} for e, b, c in found]
    data: dict[str, Any] = {"schema": SCHEMA, "command": "compare", "expression": None, "results": results}

    def show() -> None:
        from gradcli.render.comparison import print_examples

        if not settings.quiet:
            print_examples([(e, c) for e, _, c in found], names, settings)

    return Report(data, show, first_status(c.verdict.status for _, _, c in found))


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
            "tolerance": row.tolerance,
            "ulps": row.ulps,
            "bounded": row.derivative.bounded,
            "digits": row.derivative.digits,
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
        "tolerance": comparison.gate._asdict() if comparison.gate else None,
        "taylor_rate": rate_of(comparison.remainder),
        "methods": methods,
    }
    return data | verdict_details(verdict)
