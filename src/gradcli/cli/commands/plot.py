"""`gradcli plot`: a function of one variable with its tangent line, of two with contours and the gradient's arrow."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from gradcli.cli.options import AT, EXPRESSION, Settings, with_settings
from gradcli.cli.query import Bound, Query, bind, inputs_of
from gradcli.cli.runner import Report, run
from gradcli.errors import ExitStatus, NameProblem, Span, UsageError
from gradcli.problem import Problem

if TYPE_CHECKING:
    from gradcli.render.plot.answer import PlotAnswer

RANGE_HINT = "write --range x=-2..4, or --range x=-2..4,y=0..1"


@dataclass(frozen=True)
class Wish:
    """What was typed after the expression."""

    wrt: str
    ranges: Sequence[str]
    target: str
    title: str
    theme: Literal["light", "dark"]


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("plot")(plot)


@with_settings
def plot(
    expression: EXPRESSION,
    *,
    at: AT,
    output: Annotated[
        str, typer.Option("-o", "--output", metavar="FILE", help="svg, png or pdf by its ending; needs matplotlib.")
    ] = "",
    wrt: Annotated[str, typer.Option("--wrt", metavar="NAMES", help="One or two variables (default: all).")] = "",
    ranges: Annotated[
        list[str],
        typer.Option(
            "--range",
            metavar="NAME=FROM..TO,...",
            help="What is shown: x=-2..4 (default: around the point, as wide as the function's scale).",
            default_factory=list,
            show_default=False,
        ),
    ],
    title: Annotated[str, typer.Option("--title", metavar="TEXT", help="Title of the picture.")] = "",
    theme: Annotated[Literal["light", "dark"], typer.Option("--theme", help="Colours of the picture.")] = "light",
    settings: Settings,
) -> int:
    """A plot: function, derivative and tangent line, or contours and the gradient. Without -o, in the terminal."""
    wish = Wish(wrt, ranges, output, title, theme)
    if output:
        check_target(expression, output)
    return run(expression, at, settings, lambda query: answer(query, wish))


def check_target(expression: str, target: str) -> None:
    """Raise an error for a file that could not be written, before any work is done for it."""
    from gradcli.render.files import check_folder, ending
    from gradcli.render.plot.figure import FORMATS, check_format

    if expression == "-":
        raise UsageError("-o takes one plot, and - answers many requests", hint="leave -o out: the answers are JSON")
    name = ending(target)
    if not name:
        choice = ", ".join(f".{known}" for known in FORMATS)
        raise UsageError(f"the name '{target}' says no format", hint=f"end it in {choice}")
    check_format(name)
    check_folder(target, f"plot.{name}")


def answer(query: Query, wish: Wish) -> Report:
    """Sample the function, judge the gradient, draw."""
    from gradcli.render.plot.answer import plot_answer
    from gradcli.render.plot.function import require_plottable

    bound = bind(query)
    problem = problem_of_plot(bound, wish.wrt)
    require_plottable(problem, "--wrt")
    ranges = read_ranges(wish.ranges, problem.wrt)
    name = bound.output_name(problem.output)
    found = plot_answer(problem, bound.carrier(), query.text, name, ranges, query.settings.precision)
    data = found.data(query.text, bound.point)
    if wish.target:
        from gradcli.render.files import ending, write_file
        from gradcli.render.plot.figure import draw

        title = wish.title or found.title(bound.point)
        write_file(wish.target, draw(found.scene, title, wish.theme, ending(wish.target)))
        data["file"] = wish.target
    status = ExitStatus.UNDEFINED if found.checked is None else found.checked.verdict.status
    return Report(data, shower(found, wish, query.settings), status, [*bound.notes, *found.remarks()])


def problem_of_plot(bound: Bound, wrt: str) -> Problem:
    """The problem of the one output."""
    if len(bound.outputs) > 1:
        names = ", ".join(bound.output_name(output) for output in bound.outputs)
        raise UsageError(f"a plot shows one function, and these are {len(bound.outputs)}: {names}", hint="plot one")
    return Problem(bound.graph, bound.outputs[0], inputs_of(bound, wrt), bound.point, None, bound.query.settings.dtype)


def read_ranges(typed: Sequence[str], names: Sequence[str]) -> dict[str, tuple[float, float]]:
    """The ranges by variable. Raises GradcliError that points at the fault."""
    from gradcli.syntax.bindings import split_bindings

    found: dict[str, tuple[float, float]] = {}
    for text in typed:
        for binding in split_bindings(text, RANGE_HINT):
            if binding.name not in names:
                hint = f"the variables of the plot are {', '.join(names)}"
                raise NameProblem(
                    f"--range names {binding.name}, which is none", span=binding.span, source=text, hint=hint
                )
            if binding.name in found:
                raise NameProblem(f"{binding.name} has two ranges", span=binding.span, source=text, hint=RANGE_HINT)
            found[binding.name] = read_range(text, binding.value)
    return found


def read_range(text: str, place: Span) -> tuple[float, float]:
    """The two ends of one range."""
    from gradcli.carriers.constants import evaluate_constant
    from gradcli.render.plot.axes import check_range
    from gradcli.syntax.bindings import constant_value, interval_ends

    parts = interval_ends(text, place)
    if parts is None:
        raise UsageError("a range has two ends with .. between them", span=place, source=text, hint=RANGE_HINT)
    ends = []
    for part in parts:
        value, shape = constant_value(text, part, evaluate_constant)
        if shape:
            raise UsageError("an end of a range is a number", span=part, source=text, hint=RANGE_HINT)
        ends.append(float(value))
    try:
        return check_range(ends[0], ends[1])
    except UsageError as error:
        error.span, error.source = place, text
        raise


def shower(found: PlotAnswer, wish: Wish, settings: Settings) -> Callable[[], None]:
    """A function that prints the small plot, or that a file was written; then the numbers and the verdict."""

    def show() -> None:
        if not wish.target:
            show_plot(found, settings)
        elif not settings.quiet:
            print(f"{wish.target}: {found.contents()}")
        if not settings.quiet or not wish.target:
            print("\n".join(found.lines(settings.plain)))
        if found.lacking is not None:
            sys.stdout.flush()
            print(found.lacking, file=sys.stderr)

    return show


def show_plot(found: PlotAnswer, settings: Settings) -> None:
    """The small plot on standard output, as wide as the terminal."""
    from gradcli.render.console import wants_color
    from gradcli.render.plot.terminal import WIDEST, WIDTH, plot_lines

    width = min(WIDEST, shutil.get_terminal_size().columns) if sys.stdout.isatty() else WIDTH
    print("\n".join(plot_lines(found.scene, width, settings.plain, wants_color(settings))))
