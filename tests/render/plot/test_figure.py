"""The drawn picture: its geometry says what the numbers say."""

import math
import re
from itertools import pairwise
from xml.etree import ElementTree

import numpy
import pytest

import gradcli
from gradcli.errors import UsageError
from gradcli.render.plot.figure import level_numbers
from tests.render.plot.plots import SVG, groups, marker, plotted, texts, vertices


def direction(a: tuple[float, float], b: tuple[float, float]) -> tuple[float, float]:
    length = math.dist(a, b)
    return (b[0] - a[0]) / length, (b[1] - a[1]) / length


def distance(a: tuple[float, float], b: tuple[float, float], at: tuple[float, float]) -> float:
    """Of a point from the line between two others."""
    length = math.dist(a, b) or 1.0
    part = ((at[0] - a[0]) * (b[0] - a[0]) + (at[1] - a[1]) * (b[1] - a[1])) / length**2
    part = min(max(part, 0.0), 1.0)
    return math.dist(at, (a[0] + part * (b[0] - a[0]), a[1] + part * (b[1] - a[1])))


def secant(chain: list[tuple[float, float]], at: tuple[float, float]) -> tuple[float, float]:
    """The direction of a chain of points where it passes a point: of what stands a little before and behind."""
    lines = [line for line in pairwise(chain) if math.dist(*line) > 0]
    near = min(lines, key=lambda line: distance(*line, at))
    assert distance(*near, at) < 1
    if math.dist(*near) < 4:
        k = lines.index(near)
        near = lines[max(0, k - 1)][0], lines[min(len(lines) - 1, k + 1)][1]
    return direction(*near)


@pytest.mark.parametrize(
    ("text", "x"), [("x^3*exp(-x)", 1.5), ("sin(x)", 2.0), ("x^2", 1e150), ("exp(x)", 0.0), ("ln(x)", 2.0)]
)
def test_tangent_line_touches_the_curve(text: str, x: float) -> None:
    svg = plotted(text, x=x).svg
    point = marker(svg, "point")[0]
    (tangent,) = [vertices(g)[0] for g in groups(svg, "tangent")]
    chain = max((vertices(g)[0] for g in groups(svg, "curve")), key=len)
    line = direction(tangent[0], tangent[-1])
    # The line passes through the point ...
    assert abs(line[0] * (point[1] - tangent[0][1]) - line[1] * (point[0] - tangent[0][0])) < 1e-3
    # ... in the direction of the curve.
    along = secant(chain, point)
    assert line[0] * along[1] - line[1] * along[0] == pytest.approx(0.0, abs=0.02)


@pytest.mark.parametrize(
    ("text", "point", "ranges"),
    [
        ("x^2 + 2*y^2", (1.0, -1.5), None),
        ("(1 - x)^2 + 100*(y - x^2)^2", (-1.0, 1.5), None),
        ("sin(x)*y", (1.0, 2.0), {"x": (-2.0, 4.0), "y": (0.0, 3.0)}),
        ("x*y + x^2", (1.0, 1e4), None),
        ("|x| + |y|", (1.0, 0.5), None),
    ],
)
def test_gradient_is_orthogonal_to_the_contour(
    text: str, point: tuple[float, float], ranges: dict[str, tuple[float, float]] | None
) -> None:
    svg = plotted(text, ranges, x=point[0], y=point[1]).svg
    (arrow,) = groups(svg, "gradient")
    shaft = vertices(arrow)[0]
    (contour,) = groups(svg, "contour")
    (here,) = marker(svg, "point")
    assert math.dist(shaft[0], here) < 1e-2
    chain = min(vertices(contour), key=lambda c: min(distance(*line, here) for line in pairwise(c)))
    along, up = secant(chain, here), direction(shaft[0], shaft[-1])
    assert along[0] * up[0] + along[1] * up[1] == pytest.approx(0.0, abs=0.03)


@pytest.mark.parametrize(("x", "y"), [(0.2, -0.9), (1.999, 0.0), (2.0, 1.0)])
def test_gradient_has_an_arrow_beside_the_edge(x: float, y: float) -> None:
    plot = plotted("x^2 + y^2", {"x": (0, 2), "y": (-1, 1)}, x=x, y=y)
    (arrow,) = groups(plot.svg, "gradient")
    tips = [dot for chain in vertices(arrow) for dot in chain]
    width, height = (float(n) for n in re.findall(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', plot.svg)[0])
    assert all(0 <= a <= width and 0 <= b <= height for a, b in tips)


def test_a_point_beside_the_map_has_no_arrow() -> None:
    assert not groups(plotted("x^2 + y^2", {"x": (0, 2), "y": (-1, 1)}, x=3, y=0).svg, "gradient")


def test_gradient_points_upwards() -> None:
    plot = plotted("x^2 + 2*y^2", x=1, y=-1.5)
    (arrow,) = groups(plot.svg, "gradient")
    start, *_, tip = vertices(arrow)[0]
    # On the screen y grows downwards; the gradient is (2, -6).
    assert (tip[1] - start[1]) / (tip[0] - start[0]) == pytest.approx(3.0, abs=0.02)
    assert tip[0] > start[0]
    assert "gradient (2, −6), length 6.32456" in texts(plot.svg)


def test_kinks_are_marked_and_jumps_are_not_joined() -> None:
    svg = plotted("|x| + floor(x/2)", {"x": (-1, 3)}, x=1).svg
    assert len(marker(svg, "kink")) == 0
    assert len(groups(svg, "curve")) == 3
    svg = plotted("|x|", {"x": (-1, 3)}, x=1).svg
    assert len(marker(svg, "kink")) == 1
    assert "kink" in texts(svg)


def test_regions_without_values_are_hatched() -> None:
    assert len(groups(plotted("ln(x)", {"x": (-1, 2)}, x=1).svg, "gap")) == 2
    assert len(groups(plotted("x^2", {"x": (-1, 2)}, x=1).svg, "gap")) == 0


def test_poles_are_no_vertical_lines() -> None:
    svg = plotted("tan(x)", {"x": (-5, 5)}, x=0.5).svg
    for group in groups(svg, "curve"):
        for chain in vertices(group):
            # Between its poles, the tangent only rises: on the screen y only falls.
            assert all(b[1] <= a[1] + 1e-6 for a, b in pairwise(chain))
    assert len(groups(svg, "curve")) == 5


def test_no_level_runs_along_a_pole() -> None:
    """All levels of this function are straight lines beside its pole, which is one too."""
    svg = plotted("1/(x - 1.3*y)", x=1, y=2).svg
    (levels,) = groups(svg, "levels")
    chains = [chain for chain in vertices(levels) if math.dist(chain[0], chain[-1]) > 0]
    assert 8 <= len(chains) <= 12
    for chain in chains:
        assert all(distance(chain[0], chain[-1], at) < 1 for at in chain)


def test_texts_are_inert() -> None:
    hostile = "<script>$x_1$ & \\frac \u202e\x1b[31m"
    svg = gradcli.parse("x^2").at(x=1).plot(title=hostile).svg
    root = ElementTree.fromstring(svg)
    assert not list(root.iter(f"{SVG}script"))
    assert "<script>$x_1$ & \\frac \\u202e\\u001b[31m" in texts(svg)


def test_a_map_is_no_large_file() -> None:
    assert len(plotted("x^2+2*y^2", x=1.0, y=-1.5).svg) < 110_000


def test_the_same_plot_is_the_same_file() -> None:
    for name in ("svg", "png", "pdf"):
        first, second = (plotted("x^2 + |y|", x=1, y=2)._in(name) for _ in range(2))
        assert first == second
        assert b"2026" not in first[:2000] or name == "png"
    assert plotted("x^2", x=1)._in("png").startswith(b"\x89PNG")
    assert plotted("x^2", x=1)._in("pdf").startswith(b"%PDF")


def test_themes_differ() -> None:
    dark = gradcli.parse("x^2").at(x=1).plot(theme="dark").svg
    assert "#0d1117" in dark
    assert "#0d1117" not in plotted("x^2", x=1).svg


def test_unknown_formats() -> None:
    with pytest.raises(UsageError, match="no plot can be written as 'gif'"):
        plotted("x^2", x=1)._in("gif")


def test_values_of_all_scales_have_bands() -> None:
    svg = plotted("x*exp(y*1000)", x=1, y=1).svg
    assert len(groups(svg, "bands")) == 1
    written = [text.replace("−", "-") for text in texts(svg)]
    labels = [float(text) for text in written if re.fullmatch(r"-?[\d.]+e-?\d+", text)]
    assert min(map(abs, labels)) < 1e-100
    assert max(labels) > 1e200


def test_the_tangent_is_the_true_one_where_floats_lost_it() -> None:
    plot = plotted("(1-cos(x))/x^2", x=1e-8)
    # cos(x) = 1 - x^2/2 + x^4/24: the slope is -x/12.
    assert "tangent, slope −8.33333e−10 (true; float64 gives 1e8)" in texts(plot.svg)
    assert "f, as rounding leaves it" in texts(plot.svg)
    assert not any("bent or torn" in mark for mark in plot.marks)
    # The answer still has what floats gave, beside the true numbers.
    assert (plot.value, plot.verdict) == (0.0, "ill-conditioned")


def test_the_contour_passes_through_the_point() -> None:
    # A ridge: where the contour of its point turns sharply, a coarse grid would miss it.
    svg = plotted("exp(-50*(x - y)^2) + x/10", {"x": (-2, 3), "y": (-2, 3)}, x=0.303, y=0.337).svg
    (here,) = marker(svg, "point")
    (contour,) = groups(svg, "contour")
    assert min(distance(*line, here) for chain in vertices(contour) for line in pairwise(chain)) < 0.05


def test_the_legend_names_nothing_that_is_not_drawn() -> None:
    svg = plotted("x^2 + 2*y^2", x=0, y=0).svg
    assert groups(svg, "contour") == []
    assert "f = 0" not in texts(svg)
    assert "f = 0, gradient 0: no direction of increase" in texts(svg)
    # A plateau between jumps.
    svg = plotted("floor(x) + floor(y)", {"x": (-2, 2), "y": (-2, 2)}, x=0.5, y=0.5).svg
    assert not any(map(vertices, groups(svg, "contour")))
    assert "f = 0" not in texts(svg)


def test_a_missing_point_is_an_open_circle() -> None:
    svg = plotted("sin(x)/x", x=1).svg
    (hole,) = marker(svg, "hole")
    assert len(groups(svg, "curve")) == 2
    left, right = (vertices(group)[0] for group in groups(svg, "curve"))
    assert math.dist(hole, left[-1]) < 1
    assert math.dist(hole, right[0]) < 1
    assert marker(plotted("1/x", x=1).svg, "hole") == []
    # The limit is 1/2, and rounding makes it 0 next to the gap.
    assert marker(plotted("(1 - cos(x))/x^2", x=1).svg, "hole") == []


def test_a_tangent_on_its_curve_is_seen() -> None:
    svg = plotted("2*x + 1", x=1).svg
    order = [group.get("id") for group in ElementTree.fromstring(svg).iter(f"{SVG}g")]
    assert order.index("curve") < order.index("tangent") < order.index("point")


def test_titles_and_axes_are_typeset() -> None:
    assert {"−1", "1"} <= set(texts(plotted("x^3", x=0).svg))
    found = texts(plotted("2*x1*x2 - x1", x1=3, x2=1).svg)
    assert "f = 2·x₁·x₂ − x₁ at x₁ = 3, x₂ = 1" in found
    assert {"x₁", "x₂"} <= set(found)
    assert "a = sin(x); f = a·a at x = 1" in texts(plotted("a = sin(x); a*a", x=1).svg)


def test_other_scripts_give_no_warning(recwarn: pytest.WarningsRecorder) -> None:
    plot = gradcli.parse("x^2").at(x=1).plot(title="\u51fd\u6570")
    assert plot._in("png").startswith(b"\x89PNG")
    assert not recwarn.list


def test_pdf_has_fonts_that_printers_take() -> None:
    assert b"/Type3" not in plotted("x^2", x=1)._in("pdf")


@pytest.mark.parametrize("values", [(-1e6, 50.0), (-50.0, 1e6), (1e6, -1e12)])
def test_the_edge_at_a_pole_is_near_the_middle_of_its_sides(values: tuple[float, float]) -> None:
    levels = [-4.0, -2.0, 0.0, 2.0]
    low, high = level_numbers(numpy.array(values), levels)
    for level in range(len(levels)):
        assert 0.25 <= (level - low) / (high - low) <= 0.75
