"""The plot of error against step, in text and as a drawing."""

from xml.etree import ElementTree

import pytest

from gradcli.carriers.tensors import Tensors
from gradcli.render.step_chart import draw_studies
from gradcli.render.step_sizes import plot_lines, study_lines
from gradcli.render.svg import to_svg
from gradcli.verify.step_sizes import StepStudy, study_steps
from tests.verify.problems import problem

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def studies() -> list[StepStudy]:
    return study_steps(problem("x*exp(y)", x=2.0, y=1.0), Tensors("cpu"), None)


def test_the_plot_is_a_v(studies: list[StepStudy]) -> None:
    lines = plot_lines(studies[1], plain=True)
    heights = {
        column: max(n for n, line in enumerate(lines[:17]) if line[8 + column : 9 + column] in ("x", "*"))
        for column in (0, 44, 60)
    }
    assert heights[0] < heights[44] > heights[60]
    assert any("rounding ~ 1/h" in line for line in lines)
    assert any("truncation ~ h, h^2" in line for line in lines)
    assert all(line.isascii() for line in lines)
    assert not all(line.isascii() for line in plot_lines(studies[1], plain=False))


def test_the_lines_say_what_theory_says(studies: list[StepStudy]) -> None:
    text = "\n".join(study_lines(studies[1]))
    assert "truncation ~ h^2 (slope seen 2.00)" in text
    assert "theory says" in text


def test_a_linear_function_has_no_truncation(studies: list[StepStudy]) -> None:
    text = "\n".join(study_lines(studies[0]))
    assert "truncation ~" not in text


def test_where_theory_does_not_apply_no_line_and_no_caption_is_its() -> None:
    found = study_steps(problem("(1-cos(x))/x^2", x=1e-8), Tensors("cpu"), None)
    text = "\n".join(study_lines(found[0]))
    assert text.count("theory does not apply") == 2
    assert "theory says" not in text
    assert not any("~" in line for line in plot_lines(found[0], plain=True))
    assert "truncation ~" not in to_svg(draw_studies(found, "(1-cos(x))/x^2 at x = 1e-8", "f"))


def test_the_drawing_stays_within_its_frame(studies: list[StepStudy]) -> None:
    drawing = draw_studies(studies, "x*exp(y) <&> at x = 2", "f")
    assert len(list(drawing.groups("curve"))) == 4
    root = ElementTree.fromstring(to_svg(drawing))
    assert root.find(f"{SVG}title").text.startswith("Error of differences")
    assert "best at h" in root.find(f"{SVG}desc").text
    for text in root.iter(f"{SVG}text"):
        assert 0 <= float(text.get("x")) <= drawing.width
        assert 0 <= float(text.get("y")) <= drawing.height
    words = [text.text for text in root.iter(f"{SVG}text")]
    assert "truncation ~ h^2" in words
    assert "rounding ~ 1/h" in words
