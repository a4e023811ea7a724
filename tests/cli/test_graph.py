"""`gradcli graph` as a process."""

import json
import os
import re
import struct
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest

from gradcli.errors import cell_width
from gradcli.render.exports import FORMATS
from tests.golden_files import Golden
from tests.process import plain_environment, run_gradcli

ROW_1 = ("ln(x1)+x1*x2-sin(x2)", "--at", "x1=2,x2=5")
ROW_5 = ("a = dot(x,w); b = a - y; z = b^2", "--at", "x=[1,2,3]", "--at", "w=[0.5,-1,2]", "--at", "y=1.5")
KINK = ("abs(x)*detach(y) + ln(y)", "--at", "x=0,y=-1")
LARGE = "sin(" * 600 + "x" + ")" * 600


def described(svg: str) -> str:
    """What a picture says, without where it says it: a line a card, edge label or title, in the order of the file."""
    root = ElementTree.fromstring(svg)
    space = "{http://www.w3.org/2000/svg}"
    lines = []
    for element in root:
        if element.tag == f"{space}g":
            texts = ["".join(text.itertext()) for text in element.iter(f"{space}text")]
            alarmed = any("alarmed" in rect.get("class", "") for rect in element.iter(f"{space}rect"))
            cut = any("cut" in path.get("class", "") for path in element.iter(f"{space}path"))
            words = [element.get("class", ""), *(["alarmed"] * alarmed), *(["cut"] * cut)]
            lines.append(f"{' '.join(words)}: {' | '.join(texts)}")
        elif element.tag == f"{space}text":
            lines.append(f"{element.get('class')}: {''.join(element.itertext())}")
    return "\n".join([*lines, ""])


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("row-1", ROW_1),
        ("row-1-formulas", ROW_1[:1]),
        ("row-5", ROW_5),
        ("square", ("x*x", "--at", "x=3")),
        ("alarms", KINK),
        ("symbols", ("norm(A @ x - b)", "--shape", "A=m,n", "--shape", "x=n,b=m")),
    ],
)
def test_pictures(name: str, arguments: tuple[str, ...], golden: Golden, tmp_path: Path) -> None:
    done = run_gradcli("graph", *arguments, "-o", "g.svg", cwd=tmp_path)
    assert done.stderr == ""
    assert done.stdout.startswith("g.svg: ")
    golden(f"graph/{name}.svg.txt", described((tmp_path / "g.svg").read_text(encoding="utf-8")))
    golden(f"graph/{name}.dot", run_gradcli("graph", *arguments, "-o", "-", cwd=tmp_path).stdout)
    assert [path.name for path in tmp_path.iterdir()] == ["g.svg"]


@pytest.mark.parametrize(("name", "arguments"), [("row-1", ROW_1), ("alarms", KINK), ("formulas", ROW_1[:1])])
def test_listings(name: str, arguments: tuple[str, ...], golden: Golden) -> None:
    golden(f"graph/{name}.listing.txt", run_gradcli("graph", *arguments).stdout)


def test_data(golden: Golden, tmp_path: Path) -> None:
    run_gradcli("graph", *ROW_5, "-o", "g.json", cwd=tmp_path)
    data = json.loads((tmp_path / "g.json").read_text(encoding="utf-8"))
    del data["reason"], data["drawing"]  # places are the layout engine's
    golden("graph/row-5.json", json.dumps(data, indent=1, ensure_ascii=False) + "\n")


def test_data_is_strict_where_numbers_are_not_finite() -> None:
    done = run_gradcli("graph", "sqrt(ln(x))", "--at", "x=0.5", "--json")
    data = json.loads(done.stdout, parse_constant=pytest.fail)
    assert done.status == 3
    assert data["nodes"][-1]["value"] == "nan"
    assert data["edges"][-1]["partial"] == "nan"


def test_full_numbers_are_told_on_hovering() -> None:
    done = run_gradcli("graph", *ROW_1, "-o", "-", "--format", "svg")
    assert "value -0.9589242746631385; ∂v3/∂x1 = 0; ∂v3/∂x2 = 0.28366218546322625" in done.stdout
    assert ">−0.9589</text>" in done.stdout


def test_printing_keeps_standard_output_for_the_file() -> None:
    done = run_gradcli("graph", *ROW_1, "-o", "-")
    assert done.stdout.startswith("digraph ")
    assert done.stdout.endswith("}\n")
    assert done.stderr.startswith("verified: ")


def test_direction_and_title() -> None:
    done = run_gradcli("graph", "x*y", "-o", "-", "--direction", "TB", "--title", 'two "factors"')
    assert 'rankdir=TB, label="two \\"factors\\""' in done.stdout


def test_vector_output_without_cotangent_is_drawn_without_adjoints() -> None:
    done = run_gradcli("graph", "exp(x)", "--at", "x=[1,2]")
    assert (done.status, done.stderr) == (
        0,
        "note: no adjoints of f, which is not scalar; --cotangent ones gives some\n",
    )
    assert "unverified" in done.stdout


def test_large_graph_says_what_it_shows(tmp_path: Path) -> None:
    done = run_gradcli("graph", LARGE, "--at", "x=1", "-o", "g.svg", cwd=tmp_path)
    assert done.status == 0
    assert done.stderr == (
        "note: the picture shows 13 groups and 1 node for all 601 nodes; --expand NAME opens a group\n"
    )
    picture = (tmp_path / "g.svg").read_text(encoding="utf-8")
    assert "13 groups and 1 node for all 601 nodes" in " ".join(picture.split())
    done = run_gradcli("graph", LARGE, "-o", "g.json", cwd=tmp_path)
    assert done.stderr == "note: no positions: nodes without a card of their own in the picture: 600\n"
    assert len(json.loads((tmp_path / "g.json").read_text(encoding="utf-8"))["nodes"]) == 601


@pytest.mark.parametrize(
    ("options", "told", "drawn"),
    [
        (("--expand", "part2,part4"), "11 groups and 93 nodes for all 601 nodes", "part2 · 46 nodes"),
        (("--expand", "part2", "--expand", "part4"), "11 groups and 93 nodes for all 601 nodes", "part4 · 46 nodes"),
        (("--depth", "1"), "13 groups and 1 node for all 601 nodes", "46 × sin"),
        (("--top", "3"), "the 3 nodes with the largest |adjoint|, of 601 nodes", "v599"),
        (("--focus", "v300"), "5 nodes within 2 edges of v300, of 601 nodes", "v302"),
        (("--focus", "v300", "--radius", "1"), "3 nodes within 1 edge of v300, of 601 nodes", "v301"),
    ],
    ids=lambda words: " ".join(words) if isinstance(words, tuple) else None,
)
@pytest.mark.parametrize("ending", ["mmd", "dot"])
def test_parts_of_a_large_graph(options: tuple[str, ...], told: str, drawn: str, ending: str, tmp_path: Path) -> None:
    done = run_gradcli("graph", LARGE, "--at", "x=1", "-o", f"g.{ending}", *options, cwd=tmp_path)
    assert done.status == 0
    assert told in done.stderr
    subscripts = str.maketrans("₀₁₂₃₄₅₆₇₈₉", "0123456789")
    assert drawn in (tmp_path / f"g.{ending}").read_text(encoding="utf-8").translate(subscripts).replace("#183;", "·")


def test_shapes_are_guessed_and_said() -> None:
    done = run_gradcli("graph", "softmax(W @ x + b)*c")
    assert "without a point, W as (m, n), x as (n,), b as (m,)" in done.stderr
    assert re.search(r"c +input +\(\)", done.stdout)


WRONG = {
    "unknown ending": (("x*y", "-o", "g.gif"), "the formats are html, svg, png, pdf, tex, mmd, dot, json"),
    "no ending": (("x*y", "-o", "picture"), "says no format"),
    "unknown format": (
        ("x*y", "-o", "-", "--format", "bmp"),
        "the formats are html, svg, png, pdf, tex, mmd, dot, json",
    ),
    "directory": (("x*y", "-o", "."), "is a directory"),
    "missing folder": (("x*y", "-o", "no/such/g.svg"), "there is no folder no/such"),
    "a folder for no files": (("x*y", "-o", "/proc/g.svg"), "help: name a file in a folder that you may write to"),
    "bad expression": (("x*", "-o", "g.svg"), "nothing stands right of '*'"),
    "part of a point": (("x*y", "--at", "x=1", "-o", "g.svg"), "y has no value"),
    "direction without a point": (("x*y", "--cotangent", "ones", "-o", "g.svg"), "directions need a point"),
    "shape at a point": (("x*y", "--at", "x=1,y=2", "--shape", "x=n", "-o", "g.svg"), "--shape is for a graph"),
    "no shape": (("x*y", "--shape", "x=", "--shape", "=3", "-o", "g.svg"), "no list of shapes"),
    "shapes that do not fit": (("A @ x", "--shape", "A=m,n,x=k", "-o", "g.svg"), "shapes do not match"),
    "unknown part": (("x*y", "--show", "values", "-o", "g.svg"), "--show knows no 'values'"),
    "a part of the data": (("x*y", "--show", "value", "-o", "g.json"), "json has all"),
    "the theme of a text": (("x*y", "--theme", "dark", "-o", "g.dot"), "it is for html, svg, png, pdf, tex"),
    "the scale of a page": (("x*y", "--scale", "2", "-o", "g.html"), "html is not drawn"),
    "the scale of a text": (("x*y", "--scale", "2", "-o", "g.mmd"), "mmd is not drawn"),
    "no scale": (("x*y", "--scale", "0", "-o", "g.svg"), "between 0.01 and 100"),
    "NaN as scale": (("x*y", "--scale", "nan", "-o", "g.svg"), "between 0.01 and 100"),
    "too many pixels": (("x*y", "--scale", "99", "-o", "g.png"), "million are the most"),
    "beyond TeX": (("x*y", "--scale", "99", "-o", "g.tex"), "TeX ends at 16000"),
    "the theme of a listing": (("x*y", "--theme", "dark"), "--theme is for a picture"),
    "the gradient of a vector": (("[x, y]", "--gradient-graph", "-o", "g.svg"), "a gradient's graph needs a scalar"),
    "the gradients of two": (("a = x*y; a; a^2", "--gradient-graph"), "not of several outputs"),
    "a zero gradient": (("floor(x)*0", "--gradient-graph", "-o", "g.svg"), "zero everywhere"),
    "an unknown group": ((LARGE, "--expand", "patr3", "-o", "g.svg"), "did you mean part3 ?"),
    "an unknown node": ((LARGE, "--focus", "v650", "-o", "g.svg"), "did you mean v"),
    "too deep": ((LARGE, "--depth", "2", "-o", "g.svg"), "would have 601 boxes, and may have 500"),
    "two parts": ((LARGE, "--top", "3", "--focus", "x", "-o", "g.svg"), "top and focus draw different parts"),
    "the largest of nothing": ((LARGE, "--top", "3", "-o", "g.svg"), "no node has an adjoint"),
    "a part of all": ((LARGE, "--expand", "part1", "-o", "g.json"), "--expand is for a picture, and json has all"),
    "no room in a terminal": ((LARGE, "--expand", "part2"), "boxes and their lines find no room in 100 columns"),
    "an unknown group in a terminal": ((LARGE, "--expand", "patr3"), "did you mean part3 ?"),
    "the direction of a listing": (("x*y", "--direction", "TB"), "--direction is for a picture"),
    "digits of a graph": (("x*y", "--precision", "20", "-o", "g.svg"), "graph has no --precision"),
    "an unknown node of a listing": ((LARGE, "--focus", "v650"), "did you mean v"),
    "a stream into a file": (("-", "-o", "g.svg"), "-o takes one graph"),
}


@pytest.mark.parametrize("case", WRONG.values(), ids=WRONG)
def test_what_fails_leaves_nothing_behind(case: tuple[tuple[str, ...], str], tmp_path: Path) -> None:
    arguments, message = case
    done = run_gradcli("graph", *arguments, cwd=tmp_path, stdin="x\n")
    assert (done.status, done.stdout) == (2, "")
    assert message in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_what_fails_keeps_the_old_file(tmp_path: Path) -> None:
    (tmp_path / "g.svg").write_text("old", encoding="utf-8")
    assert run_gradcli("graph", "x*", "-o", "g.svg", cwd=tmp_path).status == 2
    assert (tmp_path / "g.svg").read_text(encoding="utf-8") == "old"


BEGINNINGS = {
    "html": b"<!doctype html>",
    "svg": b"<svg ",
    "png": b"\x89PNG",
    "pdf": b"%PDF-",
    "tex": b"\\documentclass",
    "mmd": b"flowchart ",
    "dot": b"digraph ",
    "json": b"{",
}


@pytest.mark.parametrize("ending", BEGINNINGS)
def test_every_ending(ending: str, tmp_path: Path) -> None:
    done = run_gradcli("graph", *ROW_5, "-o", f"g.{ending.upper()}", cwd=tmp_path)
    assert (done.status, done.stderr) == (0, "")
    assert [path.name for path in tmp_path.iterdir()] == [f"g.{ending.upper()}"]
    assert (tmp_path / f"g.{ending.upper()}").read_bytes().startswith(BEGINNINGS[ending])


def test_formats_are_all_tested() -> None:
    assert list(FORMATS) == list(BEGINNINGS)


@pytest.mark.parametrize("ending", ["png", "pdf"])
def test_binary_formats_are_printed_as_they_are(ending: str) -> None:
    command = [sys.executable, "-m", "gradcli", "graph", "x*y", "-o", "-", "--format", ending]
    done = subprocess.run(command, capture_output=True, check=True)
    assert done.stdout.startswith(BEGINNINGS[ending])
    assert done.stdout.rstrip().endswith(b"%%EOF" if ending == "pdf" else b"IEND\xaeB`\x82")


def test_a_terminal_is_spared_binary_formats() -> None:
    pty = pytest.importorskip("pty")
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "gradcli", "graph", "x*y", "-o", "-", "--format", "png"]
    done = subprocess.run(command, stdout=theirs, stderr=subprocess.PIPE, check=False)
    os.close(theirs)
    os.close(ours)
    assert done.returncode == 2
    assert b"a terminal cannot show png" in done.stderr


def on_terminal(columns: int, *arguments: str) -> list[str]:
    """The lines that a terminal of so many columns gets."""
    pty = pytest.importorskip("pty")
    import fcntl
    import termios

    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    environment = {k: v for k, v in os.environ.items() if k not in ("COLUMNS", "LINES", "NO_COLOR")} | {"TERM": "xterm"}
    command = [sys.executable, "-m", "gradcli", "graph", *arguments]
    with subprocess.Popen(command, stdout=theirs, stdin=theirs, stderr=subprocess.DEVNULL, env=environment):
        os.close(theirs)
        received = b""
        while piece := read_piece(ours):
            received += piece
    os.close(ours)
    return received.decode().replace("\r", "").split("\n")


def read_piece(descriptor: int) -> bytes:
    """What a terminal has received; nothing once its other end is closed, which Linux reports as an error."""
    try:
        return os.read(descriptor, 65536)
    except OSError:
        return b""


@pytest.mark.parametrize("columns", [30, 80, 120])
def test_a_drawing_fits_the_terminal(columns: int) -> None:
    lines = on_terminal(columns, *ROW_1)
    drawing = lines[: next(row for row, line in enumerate(lines) if "local" in line)]
    assert max(cell_width(re.sub(r"\x1b\[[\d;]*m", "", line)) for line in drawing) <= columns
    text = re.sub(r"\x1b\[[\d;]*m", "", "\n".join(drawing))
    assert all(f"{name} = " in text for name in ("v₁", "v₂", "v₃", "v₄", "f"))
    assert "╭" in text
    assert "\x1b[" in "\n".join(drawing)
    assert "−0.9589" in text


def test_a_plain_drawing_is_ascii_without_colour() -> None:
    lines = on_terminal(80, *ROW_1, "--plain")
    assert "\x1b" not in "".join(lines[:30])
    assert "".join(lines).isascii()
    assert any("v3 = sin(x2)" in line for line in lines)


def test_large_graphs_are_no_flood() -> None:
    done = run_gradcli("graph", LARGE, "--at", "x=1")
    assert len(done.stdout.splitlines()) < 130
    assert "100 of 601 nodes: those nearest to the output; 501 are not shown" in done.stdout
    assert "… v₅₀₀: 501 nodes not shown" in done.stdout
    assert max(map(cell_width, done.stdout.splitlines()[:-2])) <= 100


def test_what_is_shown_in_the_terminal() -> None:
    done = run_gradcli("graph", *ROW_1, "--show", "adjoint")
    drawing, rest = done.stdout.split("adjoint\n")
    assert rest.startswith("verified: ")
    assert "← ∂f/∂v₂  1" in drawing
    assert "value" not in drawing
    assert "0.2837" not in drawing
    assert run_gradcli("graph", "x*y", "--title", "two factors").stdout.startswith("two factors\n")
    long = run_gradcli("graph", "x*y", "--title", "ab " * 60 + "c" * 300).stdout
    assert max(map(len, long.splitlines())) <= 100
    assert long.count("c") >= 300
    assert "∂v3/∂x2 = cos(x2) = 0.28366218546322625" in run_gradcli("graph", *ROW_1).stdout
    many = run_gradcli("graph", LARGE[:180] + "x" + ")" * 45, "--verbose").stdout
    assert "∂v2/∂v1 = cos(v1)" in many


def test_pdf_without_its_library(tmp_path: Path) -> None:
    (tmp_path / "svg2pdf_py.py").write_text("raise ImportError", encoding="utf-8")
    path = os.pathsep.join([str(tmp_path), *filter(None, [os.environ.get("PYTHONPATH")])])
    done = run_gradcli("graph", "x*y", "-o", str(tmp_path / "g.pdf"), env={"PYTHONPATH": path})
    assert done.status == 4
    assert done.stderr == "error: writing PDF needs a library\nhelp: pip install svg2pdf-py\n"
    assert not (tmp_path / "g.pdf").exists()


def test_show_theme_and_scale(tmp_path: Path) -> None:
    run_gradcli("graph", *ROW_1, "-o", "g.svg", cwd=tmp_path)
    run_gradcli("graph", *ROW_1, "-o", "h.svg", "--show", "adjoint", "--theme", "dark", "--scale", "0.5", cwd=tmp_path)
    whole, part = ((tmp_path / name).read_text(encoding="utf-8") for name in ("g.svg", "h.svg"))
    assert ">value</text>" in whole
    assert ">value</text>" not in part
    assert "label: " in described(whole)
    assert "label: " not in described(part)
    assert "prefers-color-scheme" in whole
    assert "prefers-color-scheme" not in part
    width, box = re.search(r'width="([\d.]+)" height="[\d.]+" viewBox="0 0 ([\d.]+)', part).groups()  # type: ignore[union-attr]
    assert float(width) == 0.5 * float(box)


def test_the_inspector(tmp_path: Path) -> None:
    done = run_gradcli("graph", *ROW_1, "-o", "g.html", "--theme", "dark", "--title", "</title><b>", cwd=tmp_path)
    assert done.stdout.startswith("g.html: 7 nodes, 8 edges\nverified: ")
    page = (tmp_path / "g.html").read_text(encoding="utf-8")
    assert page.startswith('<!doctype html>\n<html lang="en" data-theme="dark">')
    assert "<title>&lt;/title&gt;&lt;b&gt;</title>" in page
    printed = run_gradcli("graph", *ROW_1, "-o", "-", "--format", "html").stdout
    assert printed.count("<script") == 2


def test_the_inspector_of_a_gradient_has_the_verdict_on_the_function(tmp_path: Path) -> None:
    run_gradcli("graph", *ROW_1, "--gradient-graph", "-o", "g.html", cwd=tmp_path)
    page = (tmp_path / "g.html").read_text(encoding="utf-8")
    assert '"word":"verified"' in page
    assert "∂f/∂x₁" in page


def test_gradient_graph(golden: Golden, tmp_path: Path) -> None:
    done = run_gradcli("graph", *ROW_1, "--gradient-graph", "-o", "g.svg", cwd=tmp_path)
    assert done.stdout.startswith("g.svg: 7 nodes, 7 edges\nverified: ")
    golden("graph/row-1-gradient.svg.txt", described((tmp_path / "g.svg").read_text(encoding="utf-8")))
    golden("graph/row-1-gradient.listing.txt", run_gradcli("graph", *ROW_1, "--gradient-graph").stdout)
    data = json.loads(run_gradcli("graph", *ROW_1, "--gradient-graph", "--json").stdout)
    values = {node["id"]: node["value"] for node in data["nodes"]}
    assert [values[data["gradient"][name]] for name in ("x1", "x2")] == [5.5, pytest.approx(1.7163378145367738)]


def test_gradient_graph_says_what_is_zero() -> None:
    done = run_gradcli("graph", "x^2 + detach(y)", "--gradient-graph", "--at", "x=3,y=1")
    assert "∂f/∂y is zero everywhere" in done.stderr
    plain = run_gradcli("graph", "x^2", "--gradient-graph", "--plain").stdout
    assert "df/dx" in plain
    assert "∂" not in plain


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write everywhere")
def test_unwritable_folder(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    done = run_gradcli("graph", "x*y", "-o", str(tmp_path / "g.svg"))
    assert done.status == 2
    assert "not writable" in done.stderr


def test_a_stream() -> None:
    done = run_gradcli("graph", "-", stdin='x*y\n{"expr": "x*y", "at": {"x": 2, "y": 3}}\n')
    first, second = (json.loads(line) for line in done.stdout.splitlines())
    assert "value" not in first["nodes"][-1]
    assert second["nodes"][-1]["value"] == 6


def test_a_part_of_a_large_graph_in_the_terminal() -> None:
    around = run_gradcli("graph", LARGE, "--focus", "v60", "--radius", "1")
    assert (around.status, around.stderr) == (0, "")
    shown = [line for line in around.stdout.splitlines() if "= sin" in line]
    assert [line.split(" = ")[0].split()[-1] for line in shown] == ["v₆₁", "v₆₀", "v₅₉"]
    assert "3 nodes within 1 edge of v60, of 601 nodes" in around.stdout
    largest = run_gradcli("graph", LARGE, "--at", "x=0.1", "--top", "3", "--show", "adjoint")
    assert "the 3 nodes with the largest |adjoint|" in largest.stdout
    data = run_gradcli("graph", LARGE, "--focus", "v60", "--json")
    assert data.status == 2
    assert "--focus is for a picture" in data.stdout


def test_groups_of_a_large_graph_in_the_terminal() -> None:
    done = run_gradcli("graph", LARGE, "--at", "x=0.1", "--depth", "1")
    assert (done.status, done.stderr) == (0, "")
    assert "13 groups and 1 node for all 601 nodes" in done.stdout
    assert [done.stdout.count(f"│ part{k} ") for k in range(1, 14)] == [1] * 13
    assert run_gradcli("graph", LARGE, "--depth", "1", "--plain").stdout.isascii()
    data = run_gradcli("graph", LARGE, "--depth", "1", "--json")
    assert (data.status, "--depth is for a picture" in data.stdout) == (2, True)


def test_no_styles_without_colour() -> None:
    script = f"stty cols 80 rows 30; exec {sys.executable} -m gradcli graph x^2 --at x=1 --color never"
    environment = {k: v for k, v in plain_environment().items() if k != "COLUMNS"}
    try:
        command = ["script", "-qec", script, "/dev/null"]
        done = subprocess.run(command, env=environment, capture_output=True, check=False, text=True, timeout=60)
    except FileNotFoundError:
        pytest.skip("there is no `script` to make a terminal")
    assert "verified" in done.stdout
    assert "\x1b" not in done.stdout
