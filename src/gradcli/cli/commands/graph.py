"""`gradcli graph`: the computation graph as a picture, as data, or as a listing."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from gradcli.cli.commands.trace import status_of
from gradcli.cli.options import AT, COTANGENT, EXPRESSION, SHAPE, TANGENT, WRT, Settings, with_settings
from gradcli.cli.query import Bound, Query, inputs_of, parse_direction, parse_tangents
from gradcli.cli.runner import Report, run
from gradcli.errors import UsageError
from gradcli.problem import Problem

if TYPE_CHECKING:
    from gradcli.render.inspection import Inspection

PRINT = "-"


@dataclass(frozen=True)
class Wish:
    """What was typed after the expression."""

    wrt: str
    cotangent: str
    tangent: Sequence[str]
    shapes: Sequence[str]
    target: str
    format: str
    direction: Literal["LR", "TB"]
    title: str


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("graph")(graph)


@with_settings
def graph(
    expression: EXPRESSION,
    *,
    at: AT,
    output: Annotated[
        str,
        typer.Option("-o", "--output", metavar="FILE", help="svg, dot or json by its ending; - prints (dot)."),
    ] = "",
    file_format: Annotated[
        str, typer.Option("--format", metavar="NAME", help="The format, whatever the file is called.")
    ] = "",
    wrt: WRT = "",
    cotangent: COTANGENT = "",
    tangent: TANGENT,
    shape: SHAPE,
    direction: Annotated[
        Literal["LR", "TB"], typer.Option("--direction", help="From left to right or from top to bottom.")
    ] = "LR",
    title: Annotated[str, typer.Option("--title", metavar="TEXT", help="Title of the picture.")] = "",
    settings: Settings,
) -> int:
    """The computation graph as a picture: values, tangents, adjoints, local partials. Without --at: formulas."""
    wish = Wish(wrt, cotangent, tangent, shape, output, file_format or format_asked(output), direction, title)
    if output:
        check_target(expression, wish)
    return run(expression, at, settings, lambda query: answer(query, wish))


def format_asked(target: str) -> str:
    """The format that a file's name asks for; DOT where it is printed."""
    from gradcli.render.files import ending

    return "dot" if target == PRINT else ending(target)


def check_target(expression: str, wish: Wish) -> None:
    """Raise an error for a file that could not be written, before any work is done for it."""
    from gradcli.render.exports import FORMATS, format_of
    from gradcli.render.files import check_folder

    if expression == "-":
        raise UsageError("-o takes one graph, and - answers many requests", hint="leave -o out: the answers are JSON")
    target = wish.target
    if target != PRINT:
        check_folder(target, "graph.svg")
    if not wish.format:
        choice = ", ".join(f".{name}" for name in FORMATS)
        raise UsageError(f"the name '{target}' says no format", hint=f"end it in {choice}, or give --format")
    format_of(wish.format)


def answer(query: Query, wish: Wish) -> Report:
    """Inspect the graph and write it."""
    from gradcli.cli.structure import bind_loosely
    from gradcli.render.examine import verdict_lines
    from gradcli.render.files import write_file
    from gradcli.render.graph_json import graph_data

    bound = bind_loosely(query, wish.shapes)
    names = inputs_of(bound, wish.wrt)
    inspection, notes = inspected(bound, names, wish)
    data = graph_data(inspection, query.text, bound.point)
    written = export(inspection, bound, wish, data, notes) if wish.target else b""
    if wish.target not in ("", PRINT):
        write_file(wish.target, written)
        data["file"] = wish.target
    verdicts = verdict_lines(inspection, names, query.settings.plain) if has_point(bound) else []
    show = shower(inspection, wish, written, verdicts, query.settings)
    return Report(data, show, status_of(inspection), [*bound.notes, *notes])


def inspected(bound: Bound, names: Sequence[str], wish: Wish) -> tuple[Inspection, list[str]]:
    """The graph with its sweeps at the point, if there is one, and what has to be said about it."""
    from gradcli.render.examine import examine, lacks_cotangent, tangent_columns
    from gradcli.render.inspection import Inspection

    graph, outputs = bound.graph, tuple(dict.fromkeys(bound.outputs))
    if not has_point(bound):
        if wish.cotangent or wish.tangent:
            raise UsageError("directions need a point", hint="--at " + ",".join(f"{name}=..." for name in graph.inputs))
        return Inspection(graph, outputs), []
    problems = [problem_of_output(bound, output, tuple(names), wish.cotangent) for output in outputs]
    columns = tangent_columns(graph, names, parse_tangents(bound, names, wish.tangent))
    notes = [
        f"no adjoints of {bound.output_name(p.output)}, which is not scalar; --cotangent ones gives some"
        for p in problems
        if lacks_cotangent(p)
    ]
    return examine(graph, problems, bound.carrier(), columns), notes


def has_point(bound: Bound) -> bool:
    """Whether every input has a value."""
    return all(name in bound.point for name in bound.graph.inputs)


def problem_of_output(bound: Bound, output: int, wrt: tuple[str, ...], cotangent: str) -> Problem:
    """The problem of an output; a picture may lack its adjoints, so that no cotangent is demanded."""
    weights = parse_direction(cotangent, bound.graph.shapes[output], "--cotangent", bound.query) if cotangent else None
    return Problem(bound.graph, output, wrt, bound.point, weights, bound.query.settings.dtype)


def export(inspection: Inspection, bound: Bound, wish: Wish, data: dict[str, Any], notes: list[str]) -> bytes:
    """The file's content. What a picture leaves out is noted."""
    from gradcli.render.cards import picture_of
    from gradcli.render.exports import LAYOUT_SECONDS, Export, format_of
    from gradcli.render.nearest import select
    from gradcli.render.titles import title_of

    title = wish.title or title_of(inspection, bound.point)
    if wish.format.lower() != "json" and (selection := select(inspection)).omitted:
        notes.append(f"the picture shows {selection.sentence}; the json format has all")
    timeout = bound.query.settings.timeout or LAYOUT_SECONDS
    picture = picture_of(inspection, title, wish.direction)
    return format_of(wish.format)(Export(picture, data | {"warnings": [*bound.notes, *notes]}, timeout))


def shower(
    inspection: Inspection, wish: Wish, written: bytes, verdicts: Sequence[str], settings: Settings
) -> Callable[[], None]:
    """A function that prints the listing, the file's content, or that a file was written; then the verdict."""

    def show() -> None:
        if wish.target == PRINT:
            sys.stdout.write(written.decode())
            sys.stdout.flush()
        elif not wish.target:
            from gradcli.render.console import open_console
            from gradcli.render.listing import listing_table

            open_console(settings).print(listing_table(inspection, settings))
        elif not settings.quiet:
            nodes, edges = len(inspection.rows), sum(len(inspection.links(node)) for node in inspection.rows)
            print(f"{wish.target}: {nodes} node{'s' * (nodes != 1)}, {edges} edge{'s' * (edges != 1)}")
        if not settings.quiet or not wish.target:
            for line in verdicts:
                print(line, file=sys.stderr if wish.target == PRINT else sys.stdout)

    return show
