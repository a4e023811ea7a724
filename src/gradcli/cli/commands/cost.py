"""`gradcli cost`: what the Jacobian costs by forward and reverse sweeps and by vertex elimination."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from gradcli.cli.options import AT, EXPRESSION, SHAPE, WRT, Settings, with_settings
from gradcli.cli.query import Bound, Query, inputs_of
from gradcli.cli.runner import Report, run
from gradcli.errors import NameProblem, UsageError, suggestion
from gradcli.render.json import SCHEMA

if TYPE_CHECKING:
    from gradcli.cost.cheapest import Size
    from gradcli.cost.operations import Function, Row
    from gradcli.polynomials import Polynomial

BYTES = {"float64": 8, "float32": 4}


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("cost")(cost)


@with_settings
def cost(
    expression: EXPRESSION,
    *,
    at: AT,
    wrt: WRT = "",
    shape: SHAPE,
    as_n_grows: Annotated[
        bool, typer.Option("--as-n-grows", help="Tabulate over a dimension symbol: the only one, or n.")
    ] = False,
    over: Annotated[str, typer.Option("--over", metavar="SYMBOL", help="Tabulate over this one.")] = "",
    settings: Settings,
) -> int:
    """Sweeps, operations and memory of forward, reverse and vertex elimination; which is cheapest and why."""
    return run(expression, at, settings, lambda query: answer(query, wrt, shape, as_n_grows or bool(over), over))


def answer(query: Query, wrt: str, shapes: list[str], grows: bool, over: str) -> Report:
    """The costs of all outputs together, as one function of the inputs."""
    from gradcli.cli.structure import bind_loosely
    from gradcli.cost.cheapest import choose, growth
    from gradcli.cost.elimination import elimination_rows
    from gradcli.cost.operations import both_sweeps, function_of, intermediates
    from gradcli.render.cost import COUNTED, cost_table, growth_table, value_line, writer

    settings = query.settings
    bound = bind_loosely(query, shapes)
    function = function_of(bound.graph, bound.outputs, inputs_of(bound, wrt))
    symbol = growing_symbol(function, over) if grows else ""
    value, ahead, back = both_sweeps(function)
    rows = [ahead, back, *elimination_rows(function)]
    bytes_each = BYTES[settings.dtype]
    choice = choose(function, rows, bytes_each, writer(settings.plain))
    data = head(bound, function) | {
        "value": {"multiplications": plain(value.multiplications), "calls": plain(value.calls)},
        "intermediates": plain(intermediates(function)),
        "methods": {row.method: row_data(row, bytes_each) for row in rows},
        "cheapest": list(choice.methods),
        "reason": choice.sentence,
        "counted": COUNTED,
    }
    if symbol:
        data["growth"] = {"symbol": symbol, "rows": [size_data(found) for found in growth(ahead, back, symbol)]}

    def show() -> None:
        from gradcli.render.console import open_console

        console = open_console(settings)
        if symbol:
            console.print(growth_table(growth(ahead, back, symbol), symbol, settings))
        else:
            console.print(cost_table(rows, choice, bytes_each, settings))
            print(value_line(value, intermediates(function), settings.plain))
        if not settings.quiet:
            print(COUNTED)
        print(choice.sentence)

    return Report(data, show, notes=bound.notes)


def growing_symbol(function: Function, wanted: str) -> str:
    """The symbol to tabulate over: the one named, the only one, or n. Raises UsageError or NameProblem."""
    from gradcli.polynomials import elements

    graph = function.graph
    symbols = sorted({s for node in graph.inputs.values() for s in elements(graph.shapes[node]).symbols})
    if not symbols:
        raise UsageError("no dimension is a symbol, so that none can grow", hint="--shape x=n, without --at")
    if wanted:
        if wanted not in symbols:
            hint = suggestion(wanted, symbols, f"the symbols are {', '.join(symbols)}")
            raise NameProblem(f"--over names {wanted}, which is no dimension symbol here", hint=hint)
        return wanted
    if len(symbols) > 1 and "n" not in symbols:
        raise UsageError(f"several dimensions may grow: {', '.join(symbols)}", hint=f"--over {symbols[0]}")
    return symbols[0] if len(symbols) == 1 else "n"


def head(bound: Bound, function: Function) -> dict[str, Any]:
    """What the JSON begins with: the request, and the sizes of the function."""
    graph = function.graph
    data: dict[str, Any] = {"schema": SCHEMA, "command": "cost", "expression": bound.query.text}
    if bound.point:
        data["inputs"] = bound.point
    return data | {
        "shapes": {name: list(graph.shapes[node]) for name, node in graph.inputs.items()},
        "dtype": bound.query.settings.dtype,
        "n": plain(function.n),
        "m": plain(function.m),
    }


def row_data(row: Row, bytes_each: int) -> dict[str, Any]:
    """A method's counts; all are null where there is a reason instead."""
    if row.reason:
        names = ("sweeps", "multiplications", "calls", "kept", "bytes")
        return {**dict.fromkeys(names), "reason": row.reason}
    return {
        "sweeps": None if row.sweeps is None else plain(row.sweeps),
        "multiplications": plain(row.cost.multiplications),
        "calls": plain(row.cost.calls),
        "kept": plain(row.kept),
        "bytes": plain(row.kept * bytes_each),
        "reason": "",
    }


def size_data(found: Size) -> dict[str, Any]:
    """Operations of both sweeps for one size of the symbol, and what reverse keeps."""
    return {
        "size": found.size,
        "forward": plain(found.forward.operations),
        "reverse": plain(found.reverse.operations),
        "kept": plain(found.reverse.kept),
        "cheapest": found.cheapest,
    }


def plain(count: Polynomial) -> int | str:
    """A count as a number, or as text such as `2*m*n + n`."""
    return count.text() if count.number is None else count.number
