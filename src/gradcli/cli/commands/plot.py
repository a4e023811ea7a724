"""`gradcli plot`: a function of one variable with its tangent line, of two with contours and the gradient's arrow."""

from __future__ import annotations

import math
import shutil
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from gradcli.cli.options import AT, EXPRESSION, Settings, with_settings
from gradcli.cli.query import Bound, Query, bind, inputs_of
from gradcli.cli.runner import Report, run
from gradcli.errors import DomainError, ExitStatus, GradcliError, NameProblem, Span, UsageError
from gradcli.problem import Problem
from gradcli.verify.verdict import Checked, check_gradient, require_number
from gradcli.verify.witnesses import verdict_details

if TYPE_CHECKING:
    from gradcli.render.plot.scene import Scene

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
    from gradcli.render.files import ending, write_file
    from gradcli.render.plot.function import Function, require_plottable
    from gradcli.render.plot.scene import make_scene

    bound = bind(query)
    problem = problem_of_plot(bound, wish.wrt)
    require_plottable(problem, "--wrt")
    ranges = read_ranges(wish.ranges, problem.wrt)
    carrier = bound.carrier()
    checked: Checked | None = None
    lacking: DomainError | None = None
    try:
        require_number(problem, carrier, query.text)
        checked = check_gradient(problem, carrier, precision=query.settings.precision)
    except DomainError as error:
        lacking = error.with_source(query.text)
    name = bound.output_name(problem.output)
    scene = make_scene(problem, Function(problem, carrier), checked, name, ranges)
    data = plot_data(bound, problem, scene, checked, lacking)
    if wish.target:
        from gradcli.render.plot.figure import draw

        title = wish.title or title_of(bound, problem)
        write_file(wish.target, draw(scene, title, wish.theme, ending(wish.target)))
        data["file"] = wish.target
    status = ExitStatus.UNDEFINED if checked is None else checked.verdict.status
    notes = [*bound.notes, *remarks(scene)]

    def show() -> None:
        settings = query.settings
        if wish.target:
            if not settings.quiet:
                print(f"{wish.target}: {contents(scene)}")
        else:
            show_plot(scene, settings)
        if not settings.quiet or not wish.target:
            show_words(name, problem, scene, checked, settings.plain)
        if lacking is not None:
            print(lacking, file=sys.stderr)

    return Report(data, show, status, notes)


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
        try:
            bindings = split_bindings(text)
        except GradcliError as error:
            error.hint = RANGE_HINT
            raise
        for binding in bindings:
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
    from gradcli.syntax.bindings import constant_value, stripped

    dots = text.find("..", place.start, place.end)
    parts = (stripped(text, place.start, dots), stripped(text, dots + 2, place.end)) if dots >= 0 else ()
    if not parts or any(part.start == part.end for part in parts):
        raise UsageError("a range has two ends with .. between them", span=place, source=text, hint=RANGE_HINT)
    ends = []
    for part in parts:
        value, shape = constant_value(text, part, evaluate_constant)
        if shape or not math.isfinite(value):
            raise UsageError("an end of a range is a finite number", span=part, source=text, hint=RANGE_HINT)
        ends.append(float(value))
    low, high = ends
    if low > high:
        turned = "..".join(text[part.start : part.end] for part in reversed(parts))
        raise UsageError("the range runs backwards", span=place, source=text, hint=f"write {turned}")
    if low == high or not low < low / 2 + high / 2 < high:
        raise UsageError("the range is empty: both ends are one number", span=place, source=text, hint=RANGE_HINT)
    return low, high


def plot_data(
    bound: Bound, problem: Problem, scene: Scene, checked: Checked | None, lacking: DomainError | None
) -> dict[str, Any]:
    """The answer as JSON."""
    carrier = bound.carrier()
    data: dict[str, Any] = {
        "schema": "gradcli/1",
        "command": "plot",
        "expression": bound.query.text,
        "inputs": bound.point,
        "dtype": carrier.dtype,
        "device": carrier.device,
        "output": scene.name,
        "variables": list(scene.variables),
        "value": scene.value,
    }
    if checked is None:
        data |= {
            "gradient": dict.fromkeys(problem.wrt, math.nan),
            "verdict": "undefined",
            "reason": lacking.message if lacking else "",
        }
    else:
        verdict = checked.verdict
        data |= {"gradient": checked.gradient, "verdict": verdict.word, "reason": verdict.sentence}
        data |= verdict_details(verdict)
    return data | scene.data() | {"marks": list(scene.marks)}


def remarks(scene: Scene) -> list[str]:
    """What has to be said about the picture as a whole."""
    from gradcli.render.plot.scene import CurveScene

    if isinstance(scene, CurveScene):
        inside = scene.curve.x.holds(scene.here[0])
        return [] if inside else ["the point is outside of the range"]
    axes = scene.surface.x, scene.surface.y
    found = []
    if not all(axis.holds(at) for axis, at in zip(axes, scene.here, strict=True)):
        found.append("the point is outside of the range")
    if not scene.same_scale:
        found.append("the axes have different scales: the arrow is the gradient in the picture's units")
    return found


def title_of(bound: Bound, problem: Problem) -> str:
    """`f = x^2 at x = 3`."""
    from gradcli.render.titles import LONGEST_TEXT, value_text
    from gradcli.syntax.text import expression_text

    text = expression_text(bound.graph, bound.outputs, separator="; ")
    name = bound.output_name(problem.output)
    lead = "" if text.rpartition("; ")[2].startswith(f"{name} = ") else f"{name} = "
    where = ", ".join(f"{name} = {value_text(value)}" for name, value in bound.point.items())
    written = f"{lead}{text}" if len(text) <= LONGEST_TEXT else name
    return f"{written} at {where}" if len(where) <= LONGEST_TEXT else written


def contents(scene: Scene) -> str:
    """What a written picture shows."""
    from gradcli.render.plot.scene import CurveScene

    if isinstance(scene, CurveScene):
        return "function, derivative and tangent line"
    return "contours and gradient" if scene.heading is not None else "contours"


def show_plot(scene: Scene, settings: Settings) -> None:
    """The small plot on standard output."""
    from gradcli.render.console import wants_color
    from gradcli.render.plot.scene import CurveScene
    from gradcli.render.plot.terminal import WIDEST, WIDTH, curve_lines, map_lines

    width = min(WIDEST, shutil.get_terminal_size().columns) if sys.stdout.isatty() else WIDTH
    look = width, settings.plain, wants_color(settings)
    print("\n".join(curve_lines(scene, *look) if isinstance(scene, CurveScene) else map_lines(scene, *look)))


def show_words(name: str, problem: Problem, scene: Scene, checked: Checked | None, plain: bool) -> None:
    """Value, gradient, what is marked, and the verdict."""
    from gradcli.render.answers import gradient_lines
    from gradcli.render.plot.scene import CurveScene, gradient_text

    lines = [] if checked is None else gradient_lines(name, problem, checked, plain)
    verdict = lines[-1:]
    print(
        "\n".join(
            [*lines[:-1], *([] if isinstance(scene, CurveScene) else [gradient_text(scene)]), *scene.marks, *verdict]
        )
    )
