"""The small plots of the terminal: a curve with its tangent line, a map with the contour through the point."""

from __future__ import annotations

import math
from itertools import pairwise

from gradcli.render.plot.axes import Axis, Dot, polylines
from gradcli.render.plot.canvas import Canvas
from gradcli.render.plot.scene import CurveScene, MapScene, Scene
from gradcli.render.plot.surface import Surface, contour, sample_surface, without_holes

WIDTH = 72
"""Where there is no terminal."""
WIDEST = 100
NARROWEST = 24
ROWS = 18
MAP_ROWS = 20
ARROWS = "→↗↑↖←↙↓↘"
POINT = ("●", "O")
ARROW_LENGTH = 0.28
"""Of the shorter side of the map."""


def plot_lines(scene: Scene, width: int, plain: bool, color: bool) -> list[str]:
    """The plot in so many columns, or a little more where they are too few."""
    if isinstance(scene, CurveScene):
        return curve_lines(scene, width, plain, color)
    return map_lines(scene, width, plain, color)


def curve_lines(scene: CurveScene, width: int, plain: bool, color: bool) -> list[str]:
    """The function as a line, the tangent line dotted, the point, and what is marked."""
    x, y = scene.curve.x, scene.values
    labels = y.ticks(5)
    canvas = Canvas(max(NARROWEST, width - label_width(labels) - 2), ROWS, plain)
    for gap in scene.curve.gaps:
        if not gap.single:
            shade(canvas, x.part(gap.start), x.part(gap.end))
    for b in scene.curve.breaks:
        if b.kind in ("jump", "pole"):
            upright(canvas, x.part(b.at))
    for gap in scene.curve.gaps:
        if gap.single:
            upright(canvas, x.part(gap.start))
    for line in scene.tangents():
        draw_lines(canvas, polylines(line, x, y), "tangent", every=1 if plain else 3)
    for gap in scene.curve.gaps:
        if gap.limit is not None:
            canvas.sign((x.part(gap.start), y.part(gap.limit)), "o" if plain else "○", "line")
    for piece in scene.curve.pieces:
        draw_lines(canvas, polylines([(s.x, s.value) for s in piece], x, y), "line")
    for b in scene.curve.breaks:
        if b.kind in ("kink", "vertical tangent"):
            canvas.sign((x.part(b.at), y.part(b.left.value)), "^" if plain else "◇", "mark")
    if math.isfinite(scene.value):
        canvas.sign((x.part(scene.here[0]), y.part(scene.value)), POINT[plain], "tangent")
    return framed(canvas, x, y, scene.variables[0], scene.name, color)


def draw_lines(canvas: Canvas, lines: list[list[Dot]], layer: str, every: int = 1) -> None:
    """Chains of straight lines, of which only every so many dots are set."""
    for line in lines:
        for start, end in pairwise(line):
            canvas.line(start, end, layer, every)


def shade(canvas: Canvas, start: float, end: float) -> None:
    """A region without values."""
    left, right = canvas.cell_of((start, 0.0))[0], canvas.cell_of((end, 0.0))[0]
    for column in range(max(0, left), min(canvas.columns - 1, right) + 1):
        for row in range(canvas.rows):
            canvas.put(column, row, ":" if canvas.plain else "░", "shade")


def upright(canvas: Canvas, at: float) -> None:
    """A dashed line from top to bottom."""
    for row in range(0, canvas.rows, 2):
        canvas.sign((at, 1 - row / (canvas.rows - 1)), "!" if canvas.plain else "┊", "mark")


def label_width(labels: list[tuple[float, str]]) -> int:
    """The room that the texts of ticks take."""
    return max((len(text) for _, text in labels), default=0)


def framed(canvas: Canvas, x: Axis, y: Axis, across: str, upwards: str, color: bool) -> list[str]:
    """A canvas between a scale on the left and one below, with the names of both."""
    labels = y.ticks(max(2, canvas.rows // 4))
    room = label_width(labels)
    bar, tick, corner, dash, mark = ("|", "+", "+", "-", "+") if canvas.plain else ("│", "┤", "└", "─", "┬")
    beside = {canvas.cell_of((0.0, y.part(v)))[1]: text for v, text in labels}
    rows = [
        f"{beside.get(row, ''):>{room}} {tick if row in beside else bar}{line}"
        for row, line in enumerate(canvas.lines(color))
    ]
    rule, below = [dash] * canvas.columns, [" "] * (canvas.columns + room + 2)
    end = 0
    for value, text in x.ticks(max(2, canvas.columns // 12)):
        column = canvas.cell_of((x.part(value), 0.0))[0]
        start = min(max(room + 2 + column - len(text) // 2, 0), len(below) - len(text))
        if start >= end and start >= 0:
            rule[column] = mark
            below[start : start + len(text)] = text
            end = start + len(text) + 1
    head = f"{upwards:>{room}}"
    tail = "".join(below).rstrip()
    place = f"  {across}"
    return [head, *(r.rstrip() for r in rows), f"{'':>{room}} {corner}{''.join(rule)}", tail + place]


def map_lines(scene: MapScene, width: int, plain: bool, color: bool) -> list[str]:
    """The contour through the point as a line, some others dotted, kinks, and the direction of the gradient."""
    x, y = scene.surface.x, scene.surface.y
    rows, columns = map_size(scene, width)
    canvas = Canvas(columns, rows, plain)
    fine = without_holes(scene.function, sample_surface(scene.function, x, y, canvas.width, canvas.height))
    hide(canvas, fine)
    for level in scene.levels(8):
        for place in contour(scene.function, fine, level)[:: 1 if plain else 4]:
            canvas.dot((x.part(place[0]), y.part(place[1])), "tangent")
    for place in scene.kinks:
        canvas.sign((x.part(place[0]), y.part(place[1])), "^" if plain else "◇", "mark")
    if math.isfinite(scene.value):
        for place in contour(scene.function, fine, scene.value):
            canvas.dot((x.part(place[0]), y.part(place[1])), "line")
    here = x.part(scene.here[0]), y.part(scene.here[1])
    draw_arrow(canvas, scene)
    canvas.sign(here, POINT[plain], "tangent")
    return framed(canvas, x, y, scene.variables[0], scene.variables[1], color)


def map_size(scene: MapScene, width: int) -> tuple[int, int]:
    """Rows and columns: a cell is twice as high as wide, and both axes have one scale where they may."""
    room = max(NARROWEST, width - label_width(scene.surface.y.ticks(5)) - 2)
    ratio = scene.ratio if scene.same_scale else 1.5
    rows, columns = MAP_ROWS, round(2 * MAP_ROWS * ratio)
    if columns > room:
        rows, columns = max(4, round(room / (2 * ratio))), room
    return rows, max(8, columns)


def hide(canvas: Canvas, surface: Surface) -> None:
    """Shade the cells in which the function has no value."""
    across, along = canvas.width // canvas.columns, canvas.height // canvas.rows
    for row in range(canvas.rows):
        for column in range(canvas.columns):
            j = len(surface.ys) - 1 - (row * along + along // 2)
            if not math.isfinite(surface.values[j][column * across]):
                canvas.put(column, row, ":" if canvas.plain else "░", "shade")


def draw_arrow(canvas: Canvas, scene: MapScene) -> None:
    """The arrow of the gradient, if there is one; its head is one of eight signs."""
    ends = scene.arrow(ARROW_LENGTH)
    if ends is None or scene.heading is None:
        return
    canvas.line(*ends, "arrow")
    eighth = round(math.atan2(scene.heading[1], scene.heading[0]) / (math.pi / 4)) % 8
    canvas.sign(ends[1], ">/^\\</v\\"[eighth] if canvas.plain else ARROWS[eighth], "arrow")
