"""`gradcli plot` as a process: the plot in the terminal, files, JSON, statuses and what is wrong with a request."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.process import Finished, plain_environment, run_gradcli, run_python


def plot(*arguments: str, **options: object) -> Finished:
    return run_gradcli("plot", *arguments, **options)


def data(*arguments: str, status: int = 0) -> dict:
    done = plot(*arguments, "--json")
    assert done.status == status, done.stdout
    return json.loads(done.stdout)


def test_plot_in_the_terminal() -> None:
    done = plot("x^3*exp(-x)", "--at", "x=1.5")
    assert (done.status, done.stderr) == (0, "")
    *picture, value, slope, verdict = done.stdout.splitlines()
    assert max(map(len, picture)) <= 72
    assert any("●" in line for line in picture)
    assert picture[-1].endswith("  x")
    assert (value, slope) == ("f = 0.7530642905009506", "∂f/∂x = 0.7530642905009506")
    assert verdict.startswith("verified: reverse = forward")


def test_plain_is_ascii() -> None:
    done = plot("x1^2+2*x2^2", "--at", "x1=1,x2=-1.5", "--plain")
    assert done.status == 0
    assert done.stdout.isascii()
    assert "gradient (2, -6), length 6.32456" in done.stdout


def test_fits_the_terminal() -> None:
    script = f"stty cols 50 rows 30; exec {sys.executable} -m gradcli plot x^2 --at x=1"
    command = ["script", "-qec", script, "/dev/null"]
    environment = {k: v for k, v in plain_environment().items() if k != "COLUMNS"}
    try:
        done = subprocess.run(command, env=environment, capture_output=True, check=False, text=True, timeout=60)
    except FileNotFoundError:
        pytest.skip("there is no `script` to make a terminal")
    picture = [line for line in done.stdout.splitlines() if "│" in line or "└" in line]
    assert picture
    assert 40 <= max(map(len, picture)) <= 50


@pytest.mark.parametrize(("name", "start"), [("p.svg", b"<?xml"), ("p.png", b"\x89PNG"), ("p.pdf", b"%PDF")])
def test_files(name: str, start: bytes, tmp_path: Path) -> None:
    done = plot("sin(x)", "--at", "x=1", "-o", name, cwd=tmp_path, env={"DISPLAY": "", "MPLBACKEND": "TkAgg"})
    assert (done.status, done.stderr) == (0, "")
    assert done.stdout.startswith(f"{name}: function, derivative and tangent line\n")
    assert (tmp_path / name).read_bytes().startswith(start)
    assert os.listdir(tmp_path) == [name]


def test_files_of_two_variables(tmp_path: Path) -> None:
    options = ("--title", "A bowl", "--theme", "dark", "--range", "x=-2..2,y=-1..1")
    done = plot("x^2+y^2", "--at", "x=1,y=0.5", "-o", "p.svg", *options, cwd=tmp_path)
    assert done.stdout.splitlines()[0] == "p.svg: contours and gradient"
    svg = (tmp_path / "p.svg").read_text(encoding="utf-8")
    assert ">A bowl<" in svg
    assert "#0d1117" in svg


def test_without_matplotlib(tmp_path: Path) -> None:
    program = "import sys; sys.modules['matplotlib'] = None; from gradcli.__main__ import main; sys.exit(main())"
    done = run_python("-c", program, "plot", "x^2", "--at", "x=1", "-o", "p.svg", cwd=tmp_path)
    assert done.status == 4
    assert done.stderr == (
        "error: writing .svg needs matplotlib\n"
        'help: pip install "gradcli[plot]"; without -o the plot is drawn in the terminal\n'
    )
    assert os.listdir(tmp_path) == []
    assert run_python("-c", program, "plot", "x^2", "--at", "x=1").status == 0


def test_loads_matplotlib_for_files_only() -> None:
    done = run_python("-X", "importtime", "-m", "gradcli", "plot", "x^2*y", "--at", "x=1,y=2")
    loaded = {line.rpartition("|")[2].strip().partition(".")[0] for line in done.stderr.splitlines()}
    assert "gradcli" in loaded
    assert loaded.isdisjoint({"matplotlib", "numpy", "torch"})


def test_json_of_a_curve() -> None:
    answer = data("|x - 1| + ln(x)", "--at", "x=1", "--range", "x=-1..3")
    assert answer["ranges"] == {"x": [-1.0, 3.0]}
    assert (answer["value"], answer["gradient"], answer["verdict"]) == (0.0, {"x": 1.0}, "kink")
    assert answer["sides"] == {"x": [[0.0, 2.0]]}
    (kink,) = answer["breaks"]
    assert (kink["kind"], kink["at"], kink["slopes"]) == ("kink", 1.0, [0.0, 2.0])
    assert answer["gaps"] == [{"kind": "undefined", "from": -1.0, "to": 0.0, "closed": [True, True]}]
    curve = answer["curve"]
    assert len(curve["x"]) == len(curve["value"]) == len(curve["derivative"])
    at = curve["x"].index(2.0)
    assert (curve["value"][at], curve["derivative"][at]) == (1.6931471805599454, 1.5)
    assert curve["value"][0] == "nan"


def test_json_of_a_map() -> None:
    answer = data("x^2*y", "--at", "x=1,y=2", "--range", "x=0..2,y=0..4")
    assert answer["variables"] == ["x", "y"]
    assert answer["gradient"] == {"x": 4.0, "y": 1.0}
    grid = answer["grid"]
    assert grid["values"][10][40] == grid["x"][40] ** 2 * grid["y"][10]
    assert answer["kinks"] == []


def test_undefined_at_the_point_is_drawn_and_said() -> None:
    done = plot("ln(x)", "--at", "x=-1")
    assert done.status == 3
    assert "░" in done.stdout
    assert "undefined for x ≤ 0: ln(x) is undefined at x = " in done.stdout
    assert done.stderr.startswith("error: ln(x) is undefined at x = -1: ln needs x > 0\n  ln(x)\n  ^^\n")
    answer = data("ln(x)", "--at", "x=-1", status=3)
    assert (answer["value"], answer["gradient"], answer["verdict"]) == ("nan", {"x": "nan"}, "undefined")


def test_status_is_that_of_grad() -> None:
    for expression, at in (("floor(x)", "x=1"), ("|x|", "x=0"), ("sqrt(x)", "x=0"), ("x^2", "x=0"), ("1/x", "x=0")):
        assert plot(expression, "--at", at).status == run_gradcli("grad", expression, "--at", at).status


def test_the_others_are_held() -> None:
    answer = data("x1*x2*x3", "--at", "x1=1,x2=2,x3=3", "--wrt", "x1,x3")
    assert answer["variables"] == ["x1", "x3"]
    assert answer["gradient"] == {"x1": 6.0, "x3": 2.0}
    assert data("sum(v)*x", "--at", "v=[1,2],x=2", "--wrt", "x")["gradient"] == {"x": 3.0}


def test_a_stream() -> None:
    done = plot("-", "--at", "x=2", stdin="x^2\nx +\n[x, x]\n")
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert [answer.get("verdict") for answer in answers] == ["verified", None, None]
    assert answers[2]["error"]["kind"] == "shape"
    assert done.status == 2


def test_the_point_may_be_outside() -> None:
    done = plot("x^2", "--at", "x=5", "--range", "x=-pi..2")
    assert (done.status, done.stderr) == (0, "note: the point is outside of the range\n")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("x*y*z", "--at", "x=1,y=1,z=1"), "error: 3 variables, x, y, z: a plot has one or two\nhelp: --wrt x,y; "),
        (("sum(x)", "--at", "x=[1,2]"), "error: x has shape (2,): a plot runs along one or two scalars\n"),
        (
            ("sum(x)*y", "--at", "x=[1,2],y=1"),
            "error: x has shape (2,): a plot runs along one or two scalars\nhelp: --wrt y",
        ),
        (("[x, x]", "--at", "x=1"), "error: the output has shape (2,): a plot needs a scalar\n"),
        (("x; x^2", "--at", "x=1"), "error: a plot shows one function, and these are 2: "),
        (("1 + 2",), "error: a plot needs a variable, and the expression has none\n"),
        (("x^2", "--at", "x=1", "--range", "x=3..1"), "error: the range runs backwards\n  x=3..1\n    ^^^^\n"),
        (("x^2", "--at", "x=1", "--range", "x=1..1"), "error: the range is empty: "),
        (("x^2", "--at", "x=1", "--range", "x=1"), "error: a range has two ends with .. between them\n  x=1\n    ^\n"),
        (("x^2", "--at", "x=1", "--range", "x=1.."), "error: a range has two ends with .. between them\n"),
        (("x^2", "--at", "x=1", "--range", "x"), "error: 'x' needs '=' and a value\n  x\n  ^\nhelp: write --range"),
        (("x^2", "--at", "x=1", "--range", "y=0..1"), "error: --range names y, which is none\n"),
        (("x^2", "--at", "x=1", "--range", "x=0..1,x=0..2"), "error: 'x' is bound twice\n"),
        (("x^2", "--at", "x=1", "--range", "x=0..1/0"), "error: an end of a range is a finite number\n"),
        (("x^2", "--at", "x=1", "--range", "x=[0,1]..2"), "error: an end of a range is a number\n"),
        (("x^2", "--at", "x=1", "-o", "p.gif"), "error: no plot can be written as 'gif'\n"),
        (("x^2", "--at", "x=1", "-o", "p"), "error: the name 'p' says no format\n"),
        (("x^2", "--at", "x=1", "-o", "no/p.svg"), "error: cannot write 'no/p.svg': there is no folder no\n"),
        (("-", "-o", "p.svg"), "error: -o takes one plot, and - answers many requests\n"),
    ],
)
def test_errors(arguments: tuple[str, ...], message: str, tmp_path: Path) -> None:
    done = plot(*arguments, cwd=tmp_path)
    assert (done.status, done.stdout) == (2, "")
    assert done.stderr.startswith(message)
    assert os.listdir(tmp_path) == []


def test_nothing_to_draw() -> None:
    done = plot("ln(-1 - x^2)", "--at", "x=1")
    assert (done.status, done.stdout) == (3, "")
    assert done.stderr.startswith("error: nothing to draw: no finite value was found in the range of x: ln(")
