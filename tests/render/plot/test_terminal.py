"""The plots of the terminal against golden files, and that they fit."""

import pytest

from gradcli.errors import cell_width
from gradcli.render.plot.terminal import plot_lines
from tests.golden_files import Golden
from tests.render.plot.plots import plotted

CASES = {
    "cubic": ("x^3*exp(-x)", {"x": 1.5}, None),
    "kink": ("|x - 1| + ln(x)", {"x": 2.0}, {"x": (-1.0, 4.0)}),
    "jumps": ("floor(x)", {"x": 0.5}, {"x": (-1.5, 2.5)}),
    "poles": ("tan(x)", {"x": 0.5}, {"x": (-5.0, 5.0)}),
    "bowl": ("x1^2 + 2*x2^2", {"x1": 1.0, "x2": -1.5}, None),
    "root": ("sqrt(x*y) + |x - 1|", {"x": 2.0, "y": 2.0}, {"x": (-1.0, 4.0), "y": (-1.0, 4.0)}),
    "saddle": ("x^2 - y^2", {"x": 0.0, "y": 0.0}, None),
}


@pytest.mark.parametrize("plain", [False, True], ids=["braille", "ascii"])
@pytest.mark.parametrize("name", CASES)
def test_golden(name: str, plain: bool, golden: Golden) -> None:
    text, point, ranges = CASES[name]
    scene = plotted(text, ranges, **point)._answer.scene
    drawn = "\n".join(plot_lines(scene, 72, plain=plain, color=False)) + "\n"
    assert drawn.isascii() is plain
    golden(f"plot/{name}{'-plain' * plain}.txt", drawn)


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("width", [40, 72, 100])
def test_fits(name: str, width: int) -> None:
    text, point, ranges = CASES[name]
    scene = plotted(text, ranges, **point)._answer.scene
    for plain in (False, True):
        *rows, scale = plot_lines(scene, width, plain=plain, color=False)
        assert max(map(cell_width, rows)) <= width
        assert cell_width(scale) <= width + 4


def test_colour_changes_nothing_else() -> None:
    import re

    scene = plotted("|x|", x=1)._answer.scene
    colored = plot_lines(scene, 60, plain=False, color=True)
    assert any("\x1b[" in line for line in colored)
    stripped = [re.sub(r"\x1b\[\d+m", "", line).rstrip() for line in colored]
    assert stripped == plot_lines(scene, 60, plain=False, color=False)
