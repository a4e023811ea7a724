"""Values of --at from files and constructors, as users type them."""

import json
import time
from pathlib import Path

import numpy as np
import pytest

from tests.process import run_gradcli
from tests.test_startup import HEAVY, imports_of

HOUSE = "NumRooms,Alley,Price\nNA,Pave,127500\n2,NA,106000\n4,NA,178100\nNA,NA,140000\n"
CLEANED = ("--missing", "mean", "--one-hot")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "house_tiny.csv").write_text(HOUSE)
    np.save(tmp_path / "data.npy", np.array([[1.0, 2.0], [3.0, 4.0]]))
    (tmp_path / "point.json").write_text('{"x1": 2, "x2": 5}')
    return tmp_path


def test_row_11_is_one_command(folder: Path) -> None:
    at = "X=@house_tiny.csv:NumRooms,Alley,y=@house_tiny.csv:Price,w=[1,0,0],b=0"
    done = run_gradcli("grad", "mean((X@w + b - y)^2)/2", "--at", at, *CLEANED, "--json", cwd=folder)
    assert (done.status, done.stderr) == (0, "")
    answer = json.loads(done.stdout)
    X = np.array([[3, 1, 0], [2, 0, 1], [4, 0, 1], [3, 0, 1]])
    y = np.array([127500, 106000, 178100, 140000])
    assert answer["inputs"] == {"X": X.tolist(), "y": y.tolist(), "w": [1, 0, 0], "b": 0}
    assert answer["verdict"] == "verified"
    residual = X @ [1, 0, 0] - y
    assert answer["value"] == pytest.approx(np.mean(residual**2) / 2, rel=1e-15)
    assert answer["gradient"]["w"] == pytest.approx(X.T @ residual / 4, rel=1e-15)
    assert answer["gradient"]["b"] == pytest.approx(residual.mean(), rel=1e-15)
    assert len(answer["warnings"]) == 2


@pytest.mark.parametrize("command", ["grad", "trace", "compare", "graph"])
def test_every_command_that_takes_a_point_reads_files(command: str, folder: Path) -> None:
    done = run_gradcli(command, "sum(X)", "--at", "X=@house_tiny.csv:NumRooms,Alley", *CLEANED, cwd=folder)
    assert done.status == 0
    assert "filled with the mean" in done.stderr
    assert "one-hot" in done.stderr


def test_errors_point_to_the_file(folder: Path) -> None:
    done = run_gradcli("grad", "sum(X)", "--at", "b=1, X=@house_tiny.csv:NumRooms", cwd=folder)
    assert done.status == 2
    assert done.stdout == ""
    assert done.stderr.splitlines() == [
        "error: a value is missing in row 1 (line 2), column 'NumRooms' (2 are missing in that column)",
        "  b=1, X=@house_tiny.csv:NumRooms",
        "         ^^^^^^^^^^^^^^^^^^^^^^^^",
        "help: --missing mean puts the column's mean there, --missing drop leaves the row out",
    ]


def test_requests_on_standard_input_name_files(folder: Path) -> None:
    requests = [
        {"expr": "sum(X)", "at": {"X": "@data.npy"}},
        {"expr": "sum(X)", "at": {"X": "@none.npy"}},
        {"expr": "sum(X*w)", "at": "X=@house_tiny.csv:NumRooms,Price,w=2"},
        {"expr": "r*1", "at": {"r": "randn()"}},
        {"expr": "r*1", "at": {"r": "randn()"}},
    ]
    stdin = "\n".join(map(json.dumps, requests))
    done = run_gradcli("grad", "-", "--missing", "drop", "--seed", "3", stdin=stdin, cwd=folder)
    assert done.status == 2
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert [answer.get("value") for answer in answers[:3]] == [10, None, 2 * (6 + 106000 + 178100)]
    assert answers[1]["error"]["kind"] == "file"
    assert answers[1]["error"]["span"] == [0, 9]
    assert answers[3]["value"] == answers[4]["value"] == np.random.RandomState(3).randn()


def test_a_direction_may_be_a_file_too(folder: Path) -> None:
    done = run_gradcli("grad", "3X", "--at", "X=@data.npy", "--cotangent", "@data.npy", "--json", cwd=folder)
    assert json.loads(done.stdout)["gradient"]["X"] == [[3, 6], [9, 12]]
    done = run_gradcli("trace", "sum(X^2)", "--at", "X=@data.npy", "--tangent", "X=@data.npy", "--json", cwd=folder)
    assert json.loads(done.stdout)["nodes"][-1]["tangents"] == {"t": 60}


def test_draws_of_one_request_follow_one_another() -> None:
    at = ("--at", "x=randn(2),y=rand(2)", "--seed", "5", "--json")
    answer = json.loads(run_gradcli("grad", "sum(x*y*randn(2))", *at).stdout)
    state = np.random.RandomState(5)
    x, y = state.randn(2), state.rand(2)
    assert answer["inputs"] == {"x": x.tolist(), "y": y.tolist()}
    assert answer["gradient"]["x"] == pytest.approx((y * state.randn(2)).tolist(), rel=1e-15)
    assert answer["warnings"] == ["random numbers are those of seed 5; --seed gives others"]


def test_a_scalar_of_a_json_file_imports_nothing_heavy(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)
    at = "x1=@point.json:x1,x2=@point.json:x2"
    done, imported = imports_of("-m", "gradcli", "grad", "ln(x1)+x1*x2-sin(x2)", "--at", at)
    assert "∂f/∂x1 = 5.5" in done.stdout
    assert imported & HEAVY == set()


@pytest.mark.parametrize(
    ("arguments", "cause"),
    [
        (("--seed", "-1"), "-1"),
        (("--seed", "4294967296"), "4294967296"),
        (("--seed", "x"), "x"),
        (("--missing", "median"), "median"),
    ],
)
def test_options_that_cannot_be(arguments: tuple[str, ...], cause: str) -> None:
    done = run_gradcli("grad", "x", "--at", "x=1", *arguments)
    assert done.status == 2
    assert cause in done.stderr
    assert "Traceback" not in done.stderr


def test_a_million_elements_take_seconds(tmp_path: Path) -> None:
    np.save(tmp_path / "large.npy", np.random.RandomState(1).randn(1000, 1000))
    began = time.monotonic()
    done = run_gradcli("grad", "sum(X^2)", "--at", "X=@large.npy", cwd=tmp_path)
    assert done.status == 0
    assert "verified" in done.stdout
    assert time.monotonic() - began < 60
