"""Plots as SVG, PNG and PDF, by matplotlib: no display is needed, and the same plot is the same file.

Everything is placed in parts of the axes (0 to 1), so that no scale is too large or too small for the library.
"""

from __future__ import annotations

import math
import re
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from itertools import pairwise
from typing import Any, Literal

from gradcli.errors import MissingError, UsageError
from gradcli.render.cards import typeset
from gradcli.render.metrics import inert
from gradcli.render.numbers import format_short, with_minus
from gradcli.render.plot.axes import Axis, Dot, polylines
from gradcli.render.plot.curve import Break
from gradcli.render.plot.function import Function
from gradcli.render.plot.scene import CurveScene, MapScene, Scene, gradient_text, slope_text
from gradcli.render.plot.surface import Surface, is_gradual, sample_surface, without_holes

ThemeName = Literal["light", "dark"]
FINE, FINER = 81, 161
"""Points along each axis of a drawn map, and of one that is soon computed."""
FEW_NODES = 24
"""The nodes of a function that is soon computed."""
LEVELS = 10
FAINT = 0.12
"""How strong the tint is."""
FARTHEST = 10.0
"""So many steps of the levels beyond the outermost, values are all the same: at a pole, neighbours of
very different size would bend the edge between its sides."""
ARROW = 0.24
"""Length of the gradient's arrow, of the shorter side."""
BEYOND = 0.05
"""The arrow may leave the frame so far, in parts of it; it is shortened to that."""
FORMATS = {
    "svg": {"Date": None, "Creator": "gradcli"},
    "png": {"Software": "gradcli"},
    "pdf": {"CreationDate": None, "Creator": "gradcli", "Producer": None},
}
"""The formats and what is written about each file: no date, so that the same plot is the same file."""


@dataclass(frozen=True)
class Theme:
    """Colours, those of lines from Okabe and Ito's palette."""

    paper: str
    ink: str
    faint: str
    curve: str
    tangent: str
    derivative: str
    mark: str
    low: str
    high: str


THEMES = {
    "light": Theme("#ffffff", "#1d2939", "#d0d5dd", "#0072b2", "#d55e00", "#00775a", "#a8447c", "#f4f8fb", "#5b9bc8"),
    "dark": Theme("#0d1117", "#e6edf3", "#3a424d", "#56b4e9", "#f0a202", "#2fc79a", "#e59ac4", "#16212c", "#3f7ea8"),
}


def check_format(name: str) -> str:
    """The format in small letters. Raises UsageError, and MissingError without the library."""
    found = name.lower()
    if found not in FORMATS:
        raise UsageError(f"no plot can be written as '{name}'", hint=f"the formats are {', '.join(FORMATS)}")
    from importlib.util import find_spec

    if find_spec("matplotlib") is None:
        hint = 'pip install "gradcli[plot]"; without -o the plot is drawn in the terminal'
        raise MissingError(f"writing .{found} needs matplotlib", hint=hint)
    return found


def draw(scene: Scene, title: str, theme: ThemeName, file_format: str) -> bytes:
    """The plot as the content of a file. Raises UsageError, and MissingError without the library."""
    import logging

    name = check_format(file_format)
    # It says there that it looks for fonts, which is no news to anyone who asked for a plot.
    logging.getLogger("matplotlib").setLevel(logging.ERROR)
    import matplotlib as mpl
    from matplotlib.figure import Figure
    from matplotlib.style import context

    colours = THEMES[theme]
    words = "".join((title, scene.name, *scene.variables))
    own = {
        "svg.hashsalt": "gradcli",
        "svg.fonttype": "none",
        "pdf.fonttype": 42,
        "font.family": ["DejaVu Sans", *other_fonts(words)],
    }
    with context(["default", own]), warnings.catch_warnings():
        # A sign that no font has is drawn as a box, and whoever wrote it sees that.
        warnings.filterwarnings("ignore", message="Glyph")
        figure = Figure(figsize=(7.2, 5.6), layout="constrained", facecolor=colours.paper)
        if isinstance(scene, CurveScene):
            draw_curve(figure, scene, colours)
        else:
            draw_map(figure, scene, colours)
        heading = figure.axes[0].set_title(inert(title), color=colours.ink, fontsize=12, parse_math=False)
        heading.set_wrap(True)
        written = BytesIO()
        mpl.rcParams["pdf.compression"] = 6
        figure.savefig(written, format=name, dpi=144, metadata=FORMATS[name])
    return with_short_bands(written.getvalue()) if name == "svg" else written.getvalue()


def with_short_bands(svg: bytes) -> bytes:
    """The same picture with the borders of bands in hundredths of a point: matplotlib writes millionths, which nobody
    sees, and they are most of a map."""

    def shortened(bands: re.Match[bytes]) -> bytes:
        return re.sub(rb"-?\d+\.\d{3,}", lambda number: f"{float(number[0]):.2f}".encode(), bands[0])

    return re.sub(rb'<g id="bands">.*?</g>', shortened, svg, flags=re.DOTALL)


def other_fonts(text: str) -> list[str]:
    """Fonts of the system with the signs that DejaVu lacks; most texts have none."""
    from matplotlib.font_manager import findfont, fontManager, get_font

    lacking = {ord(sign) for sign in text} - set(get_font(findfont("DejaVu Sans")).get_charmap())
    if not lacking:
        return []
    found = []
    # The font of last resort has boxes for all.
    for entry in sorted(fontManager.ttflist, key=lambda font: ("Last Resort" in font.name, font.name, font.fname)):
        signs = lacking & set(get_font(entry.fname).get_charmap())
        if signs:
            found.append(entry.name)
            lacking -= signs
    return found


def draw_curve(figure: Any, scene: CurveScene, colours: Theme) -> None:
    """The function with its tangent line, and below it the derivative."""
    x = scene.curve.x
    upper, lower = figure.subplots(2, 1, sharex=True, height_ratios=(3, 2))
    frame(upper, x, scene.values, colours, "", scene.name)
    frame(lower, x, scene.derivatives, colours, scene.variables[0], f"∂{scene.name}/∂{scene.variables[0]}")
    upper.tick_params(labelbottom=False)
    for panel, y in ((upper, scene.values), (lower, scene.derivatives)):
        if y.holds(0.0):
            panel.axhline(y.part(0.0), color=colours.faint, linewidth=1, zorder=1)
        draw_gaps(panel, scene, colours)
        for b in scene.curve.breaks:
            if b.kind == "pole":
                panel.axvline(x.part(b.at), color=colours.mark, linewidth=1, linestyle=(0, (2, 3)), zorder=1)
    for piece in scene.curve.pieces:
        draw_lines(upper, [(s.x, s.value) for s in piece], (x, scene.values), "curve", color=colours.curve, linewidth=2)
        steps = [(s.x, s.slope) for s in piece if math.isfinite(s.slope)]
        draw_lines(lower, steps, (x, scene.derivatives), "derivative", color=colours.derivative, linewidth=2)
    for line in scene.tangents():
        draw_lines(
            upper, line, (x, scene.values), "tangent", color=colours.tangent, linewidth=1.6, linestyle=(0, (6, 3))
        )
    for b in scene.curve.breaks:
        draw_break(upper, lower, scene, b, colours)
    for gap in scene.curve.gaps:
        if gap.limit is not None:
            place = [x.part(gap.start)], [scene.values.part(gap.limit)]
            upper.plot(*place, markeredgecolor=colours.curve, **hollow(colours))[0].set_gid("hole")
    draw_point(upper, lower, scene, colours)
    draw_notes(upper, scene, colours)


def frame(panel: Any, x: Axis, y: Axis, colours: Theme, across: str, upwards: str) -> None:
    """Scales, names and grid of a panel whose coordinates are parts of both axes."""
    panel.set_facecolor(colours.paper)
    panel.set_xlim(0, 1)
    panel.set_ylim(0, 1)
    for ticks, set_ticks, axis in ((x.ticks(8), panel.set_xticks, x), (y.ticks(5), panel.set_yticks, y)):
        set_ticks(
            [axis.part(v) for v, _ in ticks], [with_minus(text) for _, text in ticks], color=colours.ink, fontsize=9
        )
    panel.grid(color=colours.faint, linewidth=0.5, alpha=0.6)
    panel.tick_params(color=colours.faint)
    for spine in panel.spines.values():
        spine.set_color(colours.faint)
    panel.set_xlabel(inert(typeset(across)), color=colours.ink, parse_math=False)
    panel.set_ylabel(inert(typeset(upwards)), color=colours.ink, parse_math=False)


def draw_lines(panel: Any, points: list[Dot], axes: tuple[Axis, Axis], name: str, **style: Any) -> None:
    """A chain of points, cut where it is far outside of the frame."""
    for line in polylines(points, *axes):
        (drawn,) = panel.plot(*zip(*line, strict=True), solid_capstyle="round", zorder=3, **style)
        drawn.set_gid(name)


def draw_gaps(panel: Any, scene: CurveScene, colours: Theme) -> None:
    """Regions without values are hatched, single points dashed; where the curve turns too fast is tinted."""
    x = scene.curve.x
    for gap in scene.curve.gaps:
        if gap.single:
            panel.axvline(x.part(gap.start), color=colours.mark, linewidth=1, linestyle=(0, (2, 3)), zorder=1)
        else:
            style = {"facecolor": "none", "edgecolor": colours.faint, "hatch": "////", "linewidth": 0}
            panel.axvspan(x.part(gap.start), x.part(gap.end), zorder=0, **style).set_gid("gap")
    if scene.unresolved is not None:
        start, end = map(x.part, scene.unresolved)
        panel.axvspan(start, end, zorder=0, facecolor=colours.mark, alpha=FAINT, linewidth=0).set_gid("unresolved")


def draw_break(upper: Any, lower: Any, scene: CurveScene, b: Break, colours: Theme) -> None:
    """A kink has a mark, a jump open ends, and the derivative open ends at both."""
    x = scene.curve.x.part(b.at)
    if b.kind == "jump":
        for side in (b.left, b.right):
            upper.plot([x], [scene.values.part(side.value)], markeredgecolor=colours.curve, **hollow(colours))
    elif b.kind != "pole":
        y = scene.values.part(b.left.value)
        # Around the point where both are one.
        size = 13 if b.at == scene.here[0] else 6
        upper.plot([x], [y], marker="D", markersize=size, color=colours.mark, linestyle="none", zorder=4)[0].set_gid(
            "kink"
        )
    if b.kind in ("kink", "jump"):
        for side in (b.left, b.right):
            if scene.derivatives.holds(side.slope):
                y = scene.derivatives.part(side.slope)
                lower.plot([x], [y], markeredgecolor=colours.derivative, **hollow(colours))


def hollow(colours: Theme) -> dict[str, Any]:
    """The looks of an open end."""
    return {"marker": "o", "markersize": 4.5, "markerfacecolor": colours.paper, "linestyle": "none", "zorder": 4}


def draw_point(upper: Any, lower: Any, scene: CurveScene, colours: Theme) -> None:
    """The point on the curve, and its slope on the derivative."""
    x, at = scene.curve.x, scene.here[0]
    if not x.holds(at):
        return
    for panel, y, values in ((upper, scene.values, (scene.value,)), (lower, scene.derivatives, scene.slopes)):
        for value in values:
            if math.isfinite(value) and y.holds(value):
                style = {"marker": "o", "markersize": 8, "markeredgecolor": colours.paper, "zorder": 5}
                panel.plot([x.part(at)], [y.part(value)], color=colours.tangent, **style)[0].set_gid("point")


def draw_notes(panel: Any, scene: CurveScene, colours: Theme) -> None:
    """The legend: the slope of the tangent line, and what is marked."""
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    curve = f"{scene.name}, as rounding leaves it" if scene.lost else scene.name
    entries: list[tuple[Any, str]] = [(Line2D([], [], color=colours.curve, linewidth=2), curve)]
    if scene.tangents() and all(map(math.isfinite, scene.slopes)):
        word = "tangent, slope" if len(scene.slopes) == 1 else "one-sided tangents, slopes"
        handle = Line2D([], [], color=colours.tangent, linewidth=1.6, linestyle=(0, (6, 3)))
        lost = f" ({scene.lost})" if scene.lost else ""
        entries.append((handle, f"{word} {with_minus(slope_text(scene.slopes))}{lost}"))
    kinds = dict.fromkeys(b.kind for b in scene.curve.breaks)
    if "kink" in kinds or "vertical tangent" in kinds:
        names = " or ".join(kind for kind in ("kink", "vertical tangent") if kind in kinds)
        entries.append((Line2D([], [], marker="D", color=colours.mark, linestyle="none"), names))
    if "pole" in kinds or any(gap.single for gap in scene.curve.gaps):
        handle = Line2D([], [], color=colours.mark, linewidth=1, linestyle=(0, (2, 3)))
        entries.append(
            (handle, "pole" if all(gap.kind == "pole" for gap in scene.curve.gaps if gap.single) else "no value")
        )
    if any(not gap.single for gap in scene.curve.gaps):
        words = {"undefined": "undefined", "overflow": "too large for a float"}
        names = " or ".join(dict.fromkeys(words[gap.kind] for gap in scene.curve.gaps if not gap.single))
        entries.append((Patch(facecolor="none", edgecolor=colours.faint, hatch="////"), names))
    if scene.unresolved is not None:
        entries.append((Patch(facecolor=colours.mark, alpha=FAINT, linewidth=0), "turns faster than drawn"))
    legend(panel, entries, colours)


def legend(panel: Any, entries: list[tuple[Any, str]], colours: Theme) -> None:
    """A legend whose texts are taken as they are."""
    found = panel.legend(
        [handle for handle, _ in entries],
        [inert(text) for _, text in entries],
        fontsize=9,
        facecolor=colours.paper,
        edgecolor=colours.faint,
        labelcolor=colours.ink,
        framealpha=0.85,
    )
    found.set_zorder(6)
    for text in found.get_texts():
        text.set_parse_math(False)


def draw_map(figure: Any, scene: MapScene, colours: Theme) -> None:
    """Filled contours, the one through the point, the arrow of the gradient. Both axes have one scale where they may,
    so that the arrow stands at a right angle on the contour."""
    import numpy

    panel = figure.subplots()
    x, y = scene.surface.x, scene.surface.y
    frame(panel, x, y, colours, *scene.variables)
    panel.set_aspect(1 / scene.ratio if scene.same_scale else "auto")
    panel.grid(visible=False)
    count = FINER if len(scene.function.nodes) <= FEW_NODES else FINE
    here = scene.here[0], scene.here[1]
    fine = without_holes(scene.function, sample_surface(scene.function, x, y, count, count, here))
    parts = [x.part(p) for p in fine.xs], [y.part(q) for q in fine.ys]
    values = numpy.array(fine.values)
    shown = numpy.ma.masked_invalid(values)
    if not fine.whole:
        panel.patch.set(hatch="////", edgecolor=colours.faint)
    levels = scene.levels(LEVELS)
    own = [scene.value] if math.isfinite(scene.value) else []
    without_lines = leaps(scene.function, fine, [*levels, *own])
    if levels:
        draw_levels(figure, panel, parts, shown, without_lines, levels, colours)
    has_contour = False
    if own:
        kept = numpy.ma.masked_where(without_lines, shown)
        has_contour = bool(numpy.ma.min(kept) < scene.value < numpy.ma.max(kept))
        if has_contour:
            style = {"colors": [colours.ink], "linewidths": 2.2, "linestyles": "solid", "zorder": 3}
            through = panel.contour(*parts, kept, [scene.value], **style)
            through.set_gid("contour")
            has_contour = any(map(len, through.allsegs[0]))  # a plateau that ends at jumps has none
    if scene.kinks:
        places = [(x.part(p), y.part(q)) for p, q in scene.kinks]
        style = {"marker": "D", "markersize": 2.5, "linestyle": "none", "color": colours.mark, "zorder": 3}
        panel.plot(*zip(*places, strict=True), **style)[0].set_gid("kinks")
    if fine.holes:
        places = [(x.part(p), y.part(q)) for p, q in fine.holes]
        style = {"marker": "x", "markersize": 3, "linestyle": "none", "color": colours.mark, "zorder": 3}
        panel.plot(*zip(*places, strict=True), **style)[0].set_gid("holes")
    draw_gradient(panel, scene, colours)
    map_legend(panel, scene, fine, has_contour, colours)


def draw_levels(
    figure: Any, panel: Any, parts: Any, shown: Any, without_lines: Any, levels: list[float], colours: Theme
) -> None:
    """Bands between levels, thin lines on them, and a scale beside."""
    import numpy
    from matplotlib.colors import LinearSegmentedColormap

    ramp = LinearSegmentedColormap.from_list("bands", [colours.low, colours.high], N=256)
    steps = [k / max(1, len(levels)) for k in range(len(levels) + 1)]
    bands = [ramp(step) for step in steps]
    ranks = numpy.ma.array(level_numbers(shown.filled(0.0) / 4, [v / 4 for v in levels]), mask=shown.mask)
    numbers = list(range(len(levels)))
    filled = panel.contourf(*parts, ranks, numbers, colors=bands, extend="both", zorder=1)
    filled.set_gid("bands")
    style = {"colors": [colours.ink], "linewidths": 0.5, "linestyles": "solid", "alpha": 0.45, "zorder": 2}
    lines = panel.contour(*parts, numpy.ma.masked_where(without_lines, ranks), numbers, **style)
    lines.set_gid("levels")
    bar = figure.colorbar(filled, ax=panel, spacing="uniform", pad=0.02, shrink=0.9)
    bar.set_ticks(numbers, labels=[with_minus(format_short(v, 6)) for v in levels], color=colours.ink, fontsize=9)
    bar.ax.tick_params(color=colours.faint)
    bar.outline.set_edgecolor(colours.faint)


def level_numbers(values: Any, levels: list[float]) -> Any:
    """Values as numbers of the levels that they have reached, with parts: no scale of values is too wide for those."""
    import numpy

    steps = [high - low for low, high in pairwise(levels)] or [abs(levels[0]) or 1.0]
    below = numpy.clip((values - levels[0]) / steps[0], -FARTHEST, 0.0)
    above = numpy.clip((values - levels[-1]) / steps[-1], 0.0, FARTHEST)
    return numpy.interp(values, levels, range(len(levels))) + below + above


def leaps(function: Function, fine: Surface, levels: Sequence[float]) -> Any:
    """Where the function passes one of some levels by a jump or through a pole: no contour runs there."""
    import numpy

    found = numpy.zeros((len(fine.ys), len(fine.xs)), dtype=bool)
    passed = numpy.searchsorted(sorted(levels), fine.values, side="right")
    for j, row in enumerate(fine.values):
        for i, a in enumerate(row):
            for k, m in ((i + 1, j), (i, j + 1)):
                if k >= len(fine.xs) or m >= len(fine.ys):
                    continue
                b = fine.values[m][k]
                if math.isfinite(a) and math.isfinite(b) and passed[j, i] != passed[m, k]:
                    middle = function.value(fine.xs[i] / 2 + fine.xs[k] / 2, fine.ys[j] / 2 + fine.ys[m] / 2)
                    if not is_gradual(a, middle, b):
                        found[j, i] = True
    return found


def draw_gradient(panel: Any, scene: MapScene, colours: Theme) -> None:
    """The point, and an arrow along the gradient."""
    x, y = scene.surface.x, scene.surface.y
    here = x.part(scene.here[0]), y.part(scene.here[1])
    style = {"marker": "o", "markersize": 8, "markeredgecolor": colours.paper, "linestyle": "none", "zorder": 5}
    panel.plot([here[0]], [here[1]], color=colours.tangent, **style)[0].set_gid("point")
    ends = scene.arrow(ARROW)
    if ends is None or not (x.holds(scene.here[0]) and y.holds(scene.here[1])):
        return
    start, tip = ends
    way = [to - at for at, to in zip(start, tip, strict=True)]
    room = [((1 + BEYOND if d > 0 else -BEYOND) - at) / d for at, d in zip(start, way, strict=True) if d]
    shown = min(1.0, *room)
    arrow = panel.annotate(
        "",
        xy=tuple(at + shown * d for at, d in zip(start, way, strict=True)),
        xytext=start,
        annotation_clip=False,
        arrowprops={
            "arrowstyle": "-|>,head_length=0.6,head_width=0.3",
            "color": colours.tangent,
            "linewidth": 2.4,
            "shrinkA": 0,
            "shrinkB": 0,
        },
        zorder=4,
    )
    arrow.arrow_patch.set_gid("gradient")


def map_legend(panel: Any, scene: MapScene, fine: Surface, has_contour: bool, colours: Theme) -> None:
    """The contour's value, the gradient's components and length, and what is marked."""
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    entries: list[tuple[Any, str]] = []
    value = f"{scene.name} = {with_minus(format_short(scene.value, 6))}"
    if has_contour:
        entries.append((Line2D([], [], color=colours.ink, linewidth=2.2), value))
    point = Line2D([], [], color=colours.tangent, marker="o", linewidth=2.4 if scene.heading else 0)
    at_point = [value] if math.isfinite(scene.value) and not has_contour else []
    entries.append((point, ", ".join([*at_point, with_minus(gradient_text(scene))])))
    if scene.kinks:
        entries.append(
            (Line2D([], [], marker="D", markersize=3, color=colours.mark, linestyle="none"), "kinks or jumps")
        )
    if fine.holes:
        handle = Line2D([], [], marker="x", markersize=3, color=colours.mark, linestyle="none")
        entries.append((handle, "points without a value"))
    if not fine.whole:
        entries.append((Patch(facecolor="none", edgecolor=colours.faint, hatch="////"), "no finite value"))
    if scene.unresolved:
        entries.append((Line2D([], [], linestyle="none"), "turns faster than drawn"))
    legend(panel, entries, colours)
