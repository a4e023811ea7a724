"""In every format a kink and NaN stand in words, and a detached edge is drawn cut."""

import re

import pytest

from gradcli.render.cards import picture_of
from gradcli.render.dot import to_dot
from gradcli.render.drawing import draw
from gradcli.render.mermaid import to_mermaid
from gradcli.render.png import to_png
from gradcli.render.svg import to_svg
from gradcli.render.terminal.layered import layered
from gradcli.render.tikz import to_tikz
from tests.render.inspections import inspect

PICTURE = picture_of(inspect("abs(x)*detach(y) + ln(y)", {"x": 0.0, "y": -1.0}), "")
DRAWING = draw(PICTURE, timeout=60)
PLAIN = layered(PICTURE, 100, plain=True)
TEXTS = {
    "svg": (to_svg(DRAWING), r'class="line cut"'),
    "tex": (to_tikz(DRAWING), r"grad-line, grad-cut\]"),
    "dot": (to_dot(PICTURE), r"n1 -> n3 \[.*style=dashed, arrowtail=tee"),
    "mmd": (to_mermaid(PICTURE), r'n1 -\.-x\|"0"\| n3'),
    "terminal": ("\n".join("".join(text for text, _ in row) for row in PLAIN.rows()), r": cut"),
}


@pytest.mark.parametrize(("text", "cut"), TEXTS.values(), ids=TEXTS)
def test_words_and_cuts(text: str, cut: str) -> None:
    assert re.search(r"\bkink\b", text)
    assert len(re.findall(r"\bNaN\b", text)) >= 4  # two alarms, two values
    assert len(re.findall(cut, text)) == 1


def test_a_cut_is_a_gap_between_two_strokes() -> None:
    cut = next(group for group in DRAWING.groups("edge") if any("cut" in shape.style for shape in group.shapes))
    assert [shape.style for shape in cut.shapes] == ["line cut", "arrow", "gap", "stroke", "stroke"]
    assert to_png(DRAWING)[1:4] == b"PNG"
