"""`gradcli graph`: the computation graph as a picture, as data, or drawn in the terminal."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from gradcli.cli.commands.trace import status_of
from gradcli.cli.options import AT, COTANGENT, EXPRESSION, SHAPE, TANGENT, WRT, Settings, with_settings
from gradcli.cli.query import Bound, Query, inputs_of, parse_direction, parse_tangents
from gradcli.cli.runner import Report, run
from gradcli.errors import UsageError, visible
from gradcli.problem import Problem, separate

if TYPE_CHECKING:
    from gradcli.render.gradient import Gradient
    from gradcli.render.hierarchy.views import Extent
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
    direction: Literal["LR", "TB"] | None
    title: str
    show: Collection[str]
    theme: Literal["auto", "light", "dark"] | None
    scale: float | None
    gradient: bool
    extent: Extent
    streamed: bool


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
        typer.Option(
            "-o",
            "--output",
            metavar="FILE",
            help="html, svg, png, pdf, tex, mmd, dot or json by its ending; - prints (dot).",
        ),
    ] = "",
    file_format: Annotated[
        str, typer.Option("--format", metavar="NAME", help="The format, whatever the file is called.")
    ] = "",
    wrt: WRT = "",
    cotangent: COTANGENT = "",
    tangent: TANGENT,
    shape: SHAPE,
    direction: Annotated[
        Literal["LR", "TB"] | None,
        typer.Option("--direction", help="From left to right (default) or from top to bottom.", show_default=False),
    ] = None,
    title: Annotated[str, typer.Option("--title", metavar="TEXT", help="Title of the picture.")] = "",
    show: Annotated[
        str,
        typer.Option("--show", metavar="PARTS", help="Of value,heat,tangent,adjoint,partial, or none (default: all)."),
    ] = "",
    theme: Annotated[
        Literal["auto", "light", "dark"] | None,
        typer.Option(
            "--theme", help="Colours; auto follows the viewer in html and svg, else light.", show_default=False
        ),
    ] = None,
    scale: Annotated[
        float | None,
        typer.Option(
            "--scale", metavar="FACTOR", help="Size of the picture (default: 1, of a png 2).", show_default=False
        ),
    ] = None,
    gradient_graph: Annotated[
        bool, typer.Option("--gradient-graph", help="The graph that computes the gradient, instead of the function's.")
    ] = False,
    expand: Annotated[
        list[str],
        typer.Option(
            "--expand",
            metavar="NAMES",
            help="Groups of a large graph to draw open, e.g. u,part3.",
            default_factory=list,
            show_default=False,
        ),
    ],
    depth: Annotated[
        int | None,
        typer.Option("--depth", metavar="N", help="Draw groups open down to this depth (1: none).", show_default=False),
    ] = None,
    top: Annotated[
        int | None,
        typer.Option(
            "--top",
            metavar="K",
            help="Only the K nodes with the largest |adjoint|, and paths between.",
            show_default=False,
        ),
    ] = None,
    focus: Annotated[str, typer.Option("--focus", metavar="NODE", help="Only what is around a node.")] = "",
    radius: Annotated[
        int | None,
        typer.Option(
            "--radius", metavar="R", help="With --focus: how many edges away (default: 2).", show_default=False
        ),
    ] = None,
    settings: Settings,
) -> int:
    """The computation graph, drawn in the terminal or to a file. Without --at the local partials are formulas."""
    wish = Wish(
        wrt,
        cotangent,
        tangent,
        shape,
        output,
        file_format or format_asked(output),
        direction,
        title,
        parts(show),
        theme,
        scale,
        gradient_graph,
        extent_asked(expand, depth, top, focus, radius),
        expression == "-",
    )
    if output:
        check_target(expression, wish)
    check_look(wish, show, settings.json or wish.streamed)
    return run(expression, at, settings, lambda query: answer(query, wish))


def format_asked(target: str) -> str:
    """The format that a file's name asks for; DOT where it is printed."""
    from gradcli.render.files import ending

    return "dot" if target == PRINT else ending(target)


def parts(show: str) -> Collection[str]:
    """What --show names; all where nothing is typed."""
    from gradcli.render.cards import PARTS, shown_parts

    return shown_parts(separate(show), "--show") if show else PARTS


def extent_asked(expand: Sequence[str], depth: int | None, top: int | None, focus: str, radius: int | None) -> Extent:
    """What part of a large graph is drawn. Raises UsageError for options that exclude each other."""
    from gradcli.render.hierarchy.views import Extent

    return Extent(tuple(name for words in expand for name in separate(words)), depth, top, focus, radius)


def check_look(wish: Wish, show: str, wants_data: bool) -> None:
    """Raise an error for options on looks that what is written does not have."""
    from gradcli.render.exports import format_of, require_coloured, require_drawn, require_scale

    looks = (("--theme", wish.theme), ("--scale", wish.scale), ("--direction", wish.direction))
    look = [name for name, value in looks if value is not None]
    extent = [f"--{name}" for name in wish.extent.asked]
    drawn = extent if wants_data else []
    if (look or drawn) and not wish.target:
        raise UsageError(f"{[*look, *drawn][0]} is for a picture", hint="-o g.svg draws one")
    if wish.theme is not None:
        require_coloured(wish.format, "--theme")
    if wish.scale is not None:
        require_drawn(wish.format, "--scale")
        require_scale(wish.scale)
    content = [*(["--show"] if show else []), *extent]
    if content and wish.target and format_of(wish.format).whole:
        raise UsageError(f"{content[0]} is for a picture, and {wish.format} has all", hint="leave it out")


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
    if target == PRINT and format_of(wish.format).binary and sys.stdout.isatty():
        raise UsageError(f"a terminal cannot show {wish.format}", hint="send it to a file: > g." + wish.format)
    format_of(wish.format)


def answer(query: Query, wish: Wish) -> Report:
    """Inspect the graph and write it."""
    from gradcli.cli.structure import bind_loosely
    from gradcli.render.examine import verdict_lines
    from gradcli.render.files import write_file
    from gradcli.render.gradient import gradient_data
    from gradcli.render.graph_json import graph_data
    from gradcli.render.titles import title_of

    bound = bind_loosely(query, wish.shapes)
    names = inputs_of(bound, wish.wrt)
    inspection, notes = inspected(bound, names, wish)
    title = wish.title or title_of(inspection, bound.point)
    verdicts = verdict_lines(inspection, names, query.settings.plain) if has_point(bound) else []
    status = status_of(inspection)
    function, found = inspection, None
    if wish.gradient:
        inspection, found = gradient_of(bound, names, wish, inspection, notes)
        title = wish.title or f"the gradient of {title}"

    @cache
    def data() -> dict[str, Any]:
        """The JSON, which takes longer than the picture of a large graph."""
        content = graph_data(function, query.text, bound.point)
        return content | gradient_data(inspection, found) if found is not None else content

    written = export(inspection, function, bound, wish, title, data, notes) if wish.target else b""
    answer = data() if query.settings.json or wish.streamed else {}
    if wish.target not in ("", PRINT):
        write_file(wish.target, written)
        answer = answer | {"file": wish.target}
    show = shower(inspection, wish, written, verdicts, query.settings)
    return Report(answer, show, status, [*bound.notes, *notes])


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


def gradient_of(
    bound: Bound, names: Sequence[str], wish: Wish, inspection: Inspection, notes: list[str]
) -> tuple[Inspection, Gradient]:
    """The gradient's graph instead of the function's, and the nodes of its components."""
    from gradcli.cli.derivatives import require_scalar
    from gradcli.render.gradient import inspect_gradient, zero_notes

    outputs = inspection.outputs
    if len(outputs) > 1 or wish.cotangent:
        what = "several outputs" if len(outputs) > 1 else "a cotangent"
        raise UsageError(f"--gradient-graph is of one scalar, not of {what}", hint="weigh and add: sum(c*(...))")
    problem = problem_of_output(bound, outputs[0], tuple(names), "")
    require_scalar(bound, problem, "a gradient's graph", ["sum(...)"])
    d = "d" if bound.query.settings.plain else "∂"
    found = inspect_gradient(problem, bound.carrier() if has_point(bound) else None, inspection.columns, d)
    notes += zero_notes(found[1], bound.output_name(outputs[0]), d)
    return found


def has_point(bound: Bound) -> bool:
    """Whether every input has a value."""
    return all(name in bound.point for name in bound.graph.inputs)


def problem_of_output(bound: Bound, output: int, wrt: tuple[str, ...], cotangent: str) -> Problem:
    """The problem of an output; a picture may lack its adjoints, so that no cotangent is demanded."""
    weights = parse_direction(cotangent, bound.graph.shapes[output], "--cotangent", bound.query) if cotangent else None
    return Problem(bound.graph, output, wrt, bound.point, weights, bound.query.settings.dtype)


def export(
    inspection: Inspection,
    function: Inspection,
    bound: Bound,
    wish: Wish,
    title: str,
    data: Callable[[], dict[str, Any]],
    notes: list[str],
) -> bytes:
    """The file's content. What a picture leaves out is noted."""
    from gradcli.render.exports import export_of, format_of

    chosen = format_of(wish.format)

    def whole() -> dict[str, Any]:
        return data() | {"warnings": [*bound.notes, *notes]}

    found, omitted = export_of(
        inspection, function, title, wish.direction or "LR", wish.show, wish.extent, whole, "--expand NAME"
    )
    notes += [] if chosen.whole else omitted
    timeout = bound.query.settings.timeout or found.timeout
    written = chosen.write(replace(found, timeout=timeout, theme=wish.theme or "auto", scale=wish.scale))
    notes += written.notes
    return written.content


def shower(
    inspection: Inspection, wish: Wish, written: bytes, verdicts: Sequence[str], settings: Settings
) -> Callable[[], None]:
    """A function that draws, prints the file's content, or says that a file was written; then the verdict."""

    def show() -> None:
        if wish.target == PRINT:
            sys.stdout.flush()
            sys.stdout.buffer.write(written)
            sys.stdout.buffer.flush()
        elif not wish.target:
            draw_in_terminal(inspection, wish, settings)
        elif not settings.quiet:
            from gradcli.render.numbers import counted

            nodes, edges = len(inspection.rows), sum(len(inspection.links(node)) for node in inspection.rows)
            print(f"{wish.target}: {counted(nodes, 'node')}, {counted(edges, 'edge')}")
        if not settings.quiet or not wish.target:
            for line in verdicts:
                print(line, file=sys.stderr if wish.target == PRINT else sys.stdout)

    return show


def draw_in_terminal(inspection: Inspection, wish: Wish, settings: Settings) -> None:
    """The drawing, then below cards the listing with every number in full, unless parts are asked for."""
    from gradcli.render.cards import PARTS
    from gradcli.render.console import open_console
    from gradcli.render.hierarchy.views import selection_asked, shown
    from gradcli.render.listing import listing_tables
    from gradcli.render.terminal.show import WIDTH, graph_drawing, groups_drawing, texts

    room = shutil.get_terminal_size().columns if sys.stdout.isatty() else WIDTH
    if {"expand", "depth"} & set(wish.extent.asked):
        found = shown(inspection, "", "TB", wish.show, wish.extent)
        drawing = groups_drawing(found, room, settings.plain)
    else:
        drawing = graph_drawing(inspection, room, settings.plain, wish.show, selection_asked(inspection, wish.extent))
    console = open_console(settings)
    if wish.title:
        console.print(visible(wish.title), style="bold", overflow="fold", width=room)
    for line in texts(drawing.lines, settings.plain):
        console.print(line, no_wrap=True, overflow="ignore", crop=False)
    if settings.verbose or (drawing.layered and wish.show == PARTS):
        for table in listing_tables(inspection, settings, console.width):
            console.print(table)
