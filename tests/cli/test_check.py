"""`gradcli check` as a process: what is printed, files of answers, exit statuses, bad requests."""

import json
from pathlib import Path

import pytest

from tests.process import run_gradcli

WORKED = ("ln(x1)+x1*x2-sin(x2)", "--at", "x1=2,x2=5")
VECTORS = ("a = dot(x,w); b = a - y; z = b^2", "--at", "x=[1,2,3],w=[0.5,-1,2],y=1.5")


def test_the_slip_of_the_worked_example_in_one_line() -> None:
    done = run_gradcli("check", *WORKED, "--claim", "x1=5.5", "--claim", "x2=2.283")
    assert done.stdout.splitlines() == [
        "∂f/∂x1 = 5.5     right",
        "∂f/∂x2 = 2.283   wrong: it is 1.7163378145367738",
        "  flipped sign: the sign of ∂v3/∂x2 or ∂f/∂v3 is flipped (v3 = sin(x2)): 2 - (-0.283662) = 2.28366",
        "1 right, 1 wrong; reference verified: reverse = forward, differences agree to 12 digits (float64, cpu)",
    ]
    assert (done.status, done.stderr) == (1, "")


def test_plain_is_ascii() -> None:
    assert run_gradcli("check", *WORKED, "--claim", "x2=2.283", "--plain").stdout.isascii()


def test_formulas_need_no_point() -> None:
    done = run_gradcli("check", WORKED[0], "--claim", "x2: x1 - cos(x2)", "--claim", "x1: 1/x1 + x2")
    assert (done.status, done.stdout.count("right at all")) == (0, 2)
    done = run_gradcli("check", "norm(X w - y)^2", "--claim", "w: 2*X'@(X@w-y)", "-q")
    assert (done.status, done.stderr) == (0, "")
    done = run_gradcli("check", "sum(sin(x)^2)", "--shape", "x=500", "--claim", "x: 2*sin(x)")
    assert done.status == 1
    assert "missing chain factor" in done.stdout
    assert max(map(len, done.stdout.splitlines())) < 400


@pytest.mark.parametrize(
    ("claims", "status"),
    [
        (["x1=5.5,x2=1.716"], 0),
        (["x1=5.5", "x2=1.8"], 0),
        (["x1=5.5", "x2=-1.716"], 1),
        (["x2=-3"], 1),
        (["x2=−1.716"], 1),
        (["x2: x1 - cos(x2)", "x1=5.5"], 0),
        (["x2: x1 + cos(x2)", "x1=5.5"], 1),
        ([], 2),
        (["x3=1"], 2),
        (["x2=[1,2]"], 2),
        (["x2=1.2.3"], 2),
        (["x2: x1 -"], 2),
        (["x2: q"], 2),
        (["@nowhere.json"], 2),
    ],
)
def test_exit_status(claims: list[str], status: int) -> None:
    done = run_gradcli("check", *WORKED, *(part for claim in claims for part in ("--claim", claim)))
    assert done.status == status
    assert "Traceback" not in done.stderr
    if status == 2:
        assert done.stdout == ""
        assert done.stderr.startswith("error: ")
        assert done.stderr.count("error:") == 1


def test_a_bad_claim_stops_no_other(tmp_path: Path) -> None:
    """The good ones are judged on standard output, each of the others is one error, and the request was wrong."""
    (tmp_path / "a.json").write_text('{"x1": 5.5, "x7": 1, "x2": "x1 - cos(q)"}')
    typed = ["x2=2.283,x1=abc", "x2=[1,2]", "x1=[5.5", f"@{tmp_path}/a.json", f"@{tmp_path}/b.json"]
    arguments = ["check", *WORKED, *(part for claim in typed for part in ("--claim", claim))]
    done = run_gradcli(*arguments)
    lines = done.stdout.splitlines()
    assert (done.status, lines[0].split()[-4:]) == (2, ["wrong:", "it", "is", "1.7163378145367738"])
    assert lines[-1].startswith("1 right, 1 wrong, 6 refused; reference verified: ")
    assert done.stderr.count("error: ") == 6
    data = json.loads(run_gradcli(*arguments, "--json").stdout)
    assert [c["judgement"] for c in data["claims"]] == ["wrong", "right"]
    assert [r["name"] for r in data["refused"]] == ["x1", "x2", "x1", "x7", "x2", ""]
    assert [r["error"]["kind"] for r in data["refused"]] == ["name", "shape", "syntax", "name", "name", "file"]


def test_where_no_claim_is_good_each_is_an_error() -> None:
    done = run_gradcli("check", *WORKED, "--claim", "x3=1,x4=2")
    assert (done.status, done.stdout, done.stderr.count("error: ")) == (2, "", 2)
    data = json.loads(run_gradcli("check", *WORKED, "--claim", "x3=1,x4=2", "--json").stdout)
    assert data["error"]["message"].startswith("none of the 2 claims can be judged: ")


def test_an_input_that_an_assumption_holds_has_no_derivative_to_claim() -> None:
    done = run_gradcli("check", "sum(A' @ A)", "--at", "A=[[1,2],[2,5]]", "--assume", "A=symmetric", "--claim", "A=3")
    assert (done.status, "A, which is held" in done.stderr) == (2, True)


def test_kinks_and_undefined_points() -> None:
    assert run_gradcli("check", "|x|", "--at", "x=0", "--claim", "x=0.5").status == 0
    assert run_gradcli("check", "|x|", "--at", "x=0", "--claim", "x=2").status == 1
    done = run_gradcli("check", "sqrt(x)", "--at", "x=0", "--claim", "x=0.5")
    assert done.status == 3
    assert "no number is right" in done.stdout
    assert run_gradcli("check", "ln(x)", "--at", "x=-1", "--claim", "x=-1").status == 3


ANSWERS = {
    "right.json": ('{"x1": 5.50, "x2": "x1 - cos(x2)", "f": "11.652"}', 0),
    "wrong.json": ('{"x1": 5.5, "x2": 2.283}', 1),
    "broken.json": ('{"x1": 5.5', 2),
    "list.json": ("[5.5]", 2),
    "empty.json": ("{}", 2),
    "null.json": ('{"x1": null}', 2),
    "nan.json": ('{"x1": NaN}', 2),
    "ragged.json": ('{"x1": [1, [2]]}', 2),
    "latin.json": ('{"é": 1}'.encode("latin-1"), 2),
    "answers.txt": ('{"x1": 5.5}', 2),
    "deep.json": ("[" * 100_000, 2),
}


@pytest.mark.parametrize("name", ANSWERS)
def test_files_of_answers(name: str, tmp_path: Path) -> None:
    content, status = ANSWERS[name]
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    done = run_gradcli("check", *WORKED, "--claim", f"@{path}")
    assert done.status == status, done.stderr
    assert "Traceback" not in done.stderr
    assert (status == 2) == done.stderr.startswith("error: ")


def test_the_digits_of_a_file_count(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text('{"x2": 1.7, "x1": 5.500}')
    done = run_gradcli("check", *WORKED, "--claim", f"@{tmp_path}/a.json")
    assert [line.split()[2] for line in done.stdout.splitlines()[:2]] == ["1.7", "5.500"]


def test_requests_on_standard_input() -> None:
    done = run_gradcli(
        "check", "-", "--claim", "x=6", stdin='{"expr": "x^2", "at": {"x": 3}}\n{"expr": "x^3", "at": "x=3"}\n'
    )
    found = [json.loads(line)["claims"][0]["judgement"] for line in done.stdout.splitlines()]
    assert (found, done.status) == (["right", "wrong"], 1)


def test_arrays_and_layouts() -> None:
    done = run_gradcli("check", *VECTORS, "--layout", "numerator", "--claim", "w=[[6,12,18]]")
    assert (done.status, "layout numerator" in done.stdout) == (0, True)
    done = run_gradcli("check", *VECTORS, "--claim", "w=[[6,12,18]]")
    assert (done.status, "other layout" in done.stdout) == (1, True)
    done = run_gradcli("check", "x*x", "--at", "x=[1,2]", "--cotangent", "ones", "--claim", "x=[2,4]")
    assert done.status == 0


def test_float32() -> None:
    done = run_gradcli("check", *WORKED, "--dtype", "float32", "--claim", "x2=1.71634,x1=5.5")
    assert done.status == 0


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_a_bare_0_is_right_where_no_number_of_the_dtype_is_pi(dtype: str) -> None:
    assert run_gradcli("check", "sin(x)", "--at", "x=pi/2", "--claim", "x=0", "--dtype", dtype).status == 0
    assert run_gradcli("check", "1e-9*x", "--at", "x=pi/2", "--claim", "x=0", "--dtype", dtype).status == 1


def test_a_thousand_nodes() -> None:
    terms = "+".join(f"sin({k}*x)" for k in range(1, 500))
    done = run_gradcli("check", terms, "--at", "x=0.3", "--claim", "x=1.234", timeout=30)
    assert done.status == 1


def test_a_function_is_no_variable_where_nothing_binds_it() -> None:
    """sin^2(x) would be judged as a product of two inputs; gamma is a letter as well."""
    done = run_gradcli("check", "sin^2(x)", "--claim", "x: 2 sin(x)")
    assert done.status == 2
    assert "help: write sin(x)^2" in done.stderr
    assert run_gradcli("check", "gamma x^2", "--claim", "x: 2 gamma*x").status == 0
