"""How answers look in a notebook: whole, well-formed, and inert whatever the texts in them are."""

import json
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

import gradcli
from gradcli.errors import FileError, NameProblem, ShapeError, UsageError
from gradcli.render.html import MOST_ROWS, answer_html

HARMLESS = {"div", "table", "thead", "tbody", "tr", "th", "td"}
HOSTILE = "<script>alert('1')</script><img src=x onerror=alert(2)>&amp;\u202e\x1b[31m"


class Reader(HTMLParser):
    """Collects tags, attributes and the texts of cells, and checks that tags are closed in order."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.rows: list[list[str]] = []
        self.lines: list[str] = []
        self.feed(html)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.open.append(tag)
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}
        if tag == "tr":
            self.rows.append([])
        elif tag in ("td", "th"):
            self.rows[-1].append("")

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open[-1] in ("td", "th"):
            self.rows[-1][-1] += data
        else:
            self.lines.append(data)


def test_a_gradient_is_a_table_with_its_verdict() -> None:
    read = Reader(gradcli.parse("a = dot(x,w); (a-y)^2").grad(x=[1, 2], w=[3, -1], y=1.5)._repr_html_())
    assert read.tags <= HARMLESS
    assert read.attributes == {"style"}
    assert read.rows == [
        ["f", "0.25", ""],
        ["∂f/∂x", "[-3, 1]", "shape (2,)"],
        ["∂f/∂w", "[-1, -2]", "shape (2,)"],
        ["∂f/∂y", "1", ""],
    ]
    assert read.lines == ["verified: reverse = forward, differences agree to 16 digits (layout torch, float64, cpu)"]


def test_a_kink_shows_its_interval() -> None:
    read = Reader(gradcli.parse("relu(x)").grad(x=0)._repr_html_())
    assert read.rows == [["f", "0", ""], ["∂f/∂x", "0", ""], ["", "from left and right: [0, 1]", ""]]
    assert read.lines[0].startswith("kink: ")


def test_a_matrix_stands_on_several_lines_below_its_note() -> None:
    read = Reader(gradcli.parse("X w").at(X=[[1, 2], [30, 4]], w=[1, -1]).jacobian(wrt="w")._repr_html_())
    assert read.rows == [
        ["f", "[-1, 26]", "shape (2,)"],
        ["∂f/∂w", "[ 1  2]\n[30  4]", "shape (2, 2), layout torch"],
    ]
    assert read.lines[0] == "note: a product without a sign was read as `X @ w`"


def test_a_trace_and_a_comparison_are_tables() -> None:
    read = Reader(gradcli.parse("where(x<y, x, y)").trace(x=1, y=2)._repr_html_())
    assert read.rows[0] == ["v", "operation", "value", "∂/∂x", "∂/∂y", "adjoint ∂f/∂v"]
    assert read.rows[3] == ["v1", "x<y", "1", "0", "0", "0"]
    read = Reader(gradcli.parse("x^2").at(x=3).compare(modes="forward,reverse")._repr_html_())
    assert [row[:3] for row in read.rows] == [
        ["method", "∂f/∂x", "error"],
        ["forward", "6", "exact"],
        ["reverse", "6", "exact"],
    ]
    assert read.lines[0].startswith("verified: ")


def test_hostile_texts_are_shown_and_do_nothing() -> None:
    read = Reader(answer_html([(HOSTILE, False)], [[HOSTILE]], [HOSTILE], HOSTILE))
    assert read.tags <= HARMLESS
    assert read.attributes == {"style"}
    shown = HOSTILE.replace("\u202e", "\\u202e").replace("\x1b", "\\u001b")
    assert read.rows == [[shown], [shown]]
    assert read.lines == [shown]


def test_a_hostile_title_of_a_picture_is_text() -> None:
    svg = gradcli.parse("x^2").at(x=1).graph(title=HOSTILE)._repr_svg_()
    root = ElementTree.fromstring(svg)
    assert {element.tag.rpartition("}")[2] for element in root.iter()}.isdisjoint({"script", "img", "image", "a"})
    assert "<script>alert('1')</script>" in "".join(root.itertext())


def test_a_long_table_says_that_it_is_cut() -> None:
    rows = [[str(k)] for k in range(MOST_ROWS + 7)]
    read = Reader(answer_html([("", False)], rows, ["verdict"], "verified"))
    assert read.rows == rows[:MOST_ROWS]
    assert read.lines == [f"the first {MOST_ROWS} of {MOST_ROWS + 7} rows; print() shows all", "verdict"]


def test_an_ipython_terminal_shows_the_lines() -> None:
    written: list[str] = []

    class Printer:
        text = written.append

    answer = gradcli.parse("x^2").grad(x=3)
    answer._repr_pretty_(Printer, False)
    assert written == [str(answer)]


def test_a_picture_is_saved_in_the_format_of_its_name(tmp_path: Path) -> None:
    picture = gradcli.parse("x^2").graph(x=3)
    for name in ("svg", "dot", "json"):
        picture.save(tmp_path / f"g.{name}")
        assert (tmp_path / f"g.{name}").read_text(encoding="utf-8") == getattr(picture, name)
    picture.save(str(tmp_path / "g.txt"), "dot")
    assert (tmp_path / "g.txt").read_text(encoding="utf-8") == picture.dot
    assert sorted(p.name for p in tmp_path.iterdir()) == ["g.dot", "g.json", "g.svg", "g.txt"]
    with pytest.raises(UsageError, match="says no format"):
        picture.save(tmp_path / "g")
    with pytest.raises(UsageError, match="no picture can be written as 'gif'"):
        picture.save(tmp_path / "g.gif")
    with pytest.raises(FileError, match="no such file or directory"):
        picture.save(tmp_path / "none" / "g.svg")
    with pytest.raises(FileError, match="is a directory"):
        picture.save(tmp_path, "svg")


def test_a_picture_without_a_point_has_formulas_and_no_verdict() -> None:
    picture = gradcli.parse("A @ x").graph()
    assert picture.verdict is None
    assert picture.notes == ("without a point, A as (m, n), x as (n,)",)
    assert "(m, 3)" in gradcli.parse("A x").structure({"A": ("m", 3)}).svg
    with pytest.raises(NameProblem, match="'B' is no input"):
        gradcli.parse("A @ x").structure({"B": ("m",)})
    with pytest.raises(ShapeError, match="give the shapes"):
        gradcli.parse("A @ x").structure({"A": (2, 3), "x": (2,)})


def test_a_picture_in_every_format(tmp_path: Path) -> None:
    picture = gradcli.parse("x^2").graph(x=3)
    assert picture.png.startswith(b"\x89PNG")
    assert picture.pdf.startswith(b"%PDF-")
    assert picture.tikz.startswith("\\documentclass")
    assert picture.mermaid.startswith("flowchart LR")
    assert picture.html.startswith("<!doctype html>")
    picture.save(tmp_path / "g.png", theme="dark", scale=1)
    assert (tmp_path / "g.png").stat().st_size > 0
    assert (tmp_path / "g.png").read_bytes() != picture.png


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"theme": "pink"}, "theme cannot be 'pink'"),
        ({"scale": 0}, "scale of 0"),
        ({"scale": "2"}, "scale of '2'"),
        ({"scale": True, "format": "json"}, "json is not drawn"),
        ({"format": "gif"}, "as 'gif'"),
    ],
)
def test_what_a_picture_cannot_be_saved_as(options: dict[str, Any], message: str, tmp_path: Path) -> None:
    with pytest.raises(gradcli.GradcliError, match=message):
        gradcli.parse("x^2").graph(x=3).save(tmp_path / "g.svg", **options)
    assert list(tmp_path.iterdir()) == []


def test_what_a_picture_shows() -> None:
    point = gradcli.parse("x^2").at(x=3)
    assert "← ∂f" in point.graph().svg
    assert "← ∂f" not in point.graph(show="value,partial").svg
    assert "∂f/∂x" not in point.graph(show=["value"]).mermaid
    assert gradcli.parse("x^2").structure(show="none").mermaid.count("|") == 0
    with pytest.raises(gradcli.GradcliError, match="show knows no 'values'"):
        point.graph(show="values")


def test_a_gradient_leaves_the_shared_graph_alone() -> None:
    point = gradcli.parse("ln(x1)+x1*x2-sin(x2)").at(x1=2, x2=5)
    before = point.graph().json
    picture = point.gradient_graph()
    assert (picture.nodes, picture.edges, picture.verdict) == (7, 7, "verified")
    assert point.graph().json == before
    with pytest.raises(gradcli.GradcliError, match="a gradient's graph needs a scalar"):
        gradcli.parse("exp(x)").gradient_graph(x=[1, 2])


def test_parts_of_a_large_graph() -> None:
    point = gradcli.parse("sin(" * 600 + "x" + ")" * 600).at(x=1)
    overview = point.graph()
    assert overview.notes == ("the picture shows 13 groups and 1 node for all 601 nodes; expand=[name] opens a group",)
    assert overview.nodes == 601
    no_positions = "no positions: nodes without a card of their own in the picture: 600"
    assert json.loads(overview.json)["warnings"] == [no_positions]
    assert overview.notes[1:] == (no_positions,)
    assert "part2 · 46 nodes" in point.graph(expand=["part2"]).dot
    assert "part2 · 46 nodes" in point.graph(expand="part2,part3").dot
    assert point.graph(depth=1).dot == overview.dot
    assert point.graph(top=3).notes[0].startswith("the picture shows the 3 nodes with the largest |adjoint|")
    assert point.graph(focus="v300", radius=1).notes == (
        "the picture shows 3 nodes within 1 edge of v300, of 601 nodes",
    )
    with pytest.raises(gradcli.GradcliError, match="no group is called 'part99'"):
        point.graph(expand="part99")
    with pytest.raises(gradcli.GradcliError, match="a radius needs a node"):
        point.graph(radius=2)


def test_a_picture_has_the_options_of_a_look_and_no_others() -> None:
    point = gradcli.parse("x*y").at(x=2, y=3)
    for ask in (point.graph, point.gradient_graph, gradcli.parse("x*y").structure):
        assert ask(title="a product").title == "a product"
        with pytest.raises(TypeError, match="unexpected keyword argument 'colour'"):
            ask(colour="red")
        with pytest.raises(UsageError, match="direction cannot be 'RL'"):
            ask(direction="RL")
