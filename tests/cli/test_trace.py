"""`gradcli trace` as a process."""

import json
import re

import pytest

from tests.golden_files import Golden
from tests.process import run_gradcli

ROW_1 = ("ln(x1)+x1*x2-sin(x2)", "--at", "x1=2,x2=5")
ROW_5 = ("a = dot(x,w); b = a - y; z = b^2", "--at", "x=[1,2,3]", "--at", "w=[0.5,-1,2]", "--at", "y=1.5")
PRODUCT = ("A @ x", "--at", "A=[[1,2],[3,4]],x=[1,2]")


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("row-1", ROW_1),
        ("row-1-plain-explained", (*ROW_1, "--plain", "--explain")),
        ("row-1-reverse", (*ROW_1, "--mode", "reverse")),
        ("row-5-explained", (*ROW_5, "--explain")),
        ("product-forward", (*PRODUCT, "--mode", "forward")),
        ("product-cotangent", (*PRODUCT, "--cotangent", "ones", "--tangent", "x=e(1)")),
        ("kink", ("relu(x)*x + abs(y)", "--at", "x=0,y=0")),
        ("two-outputs", ("exp(x); y*x", "--at", "x=1,y=2")),
    ],
)
def test_tables(name: str, arguments: tuple[str, ...], golden: Golden) -> None:
    done = run_gradcli("trace", *arguments)
    assert (done.status, done.stderr) == (0, "")
    # How far differences agree is the business of other tests.
    golden(f"trace/{name}.txt", re.sub(r"within [\de.-]+", "within ...", done.stdout))


def test_row_1_as_data() -> None:
    done = run_gradcli("trace", *ROW_1, "--json")
    data = json.loads(done.stdout)
    named = {node["name"]: node for node in data["nodes"]}
    assert named["v3"] == {
        "id": named["v3"]["id"],
        "name": "v3",
        "operation": "sin",
        "text": "sin(x2)",
        "arguments": [named["x2"]["id"]],
        "parameters": {},
        "shape": [],
        "value": -0.9589242746631385,
        "tangents": {"x1": 0.0, "x2": 0.28366218546322625},
        "adjoint": -1.0,
    }
    assert (data["verdict"], data["mode"], data["output"]) == ("verified", "both", "f")


def test_plain_is_ascii() -> None:
    for arguments in (ROW_1, (*PRODUCT, "--cotangent", "ones")):
        assert run_gradcli("trace", *arguments, "--plain", "--explain").stdout.isascii()


def test_nothing_is_cut_where_no_terminal_reads() -> None:
    point = ",".join(f"long_name_of_input_{k}={k + 0.123456789012345}" for k in range(1, 7))
    text = "*".join(f"sin(long_name_of_input_{k})" for k in range(1, 7))
    done = run_gradcli("trace", text, "--at", point, env={"COLUMNS": "40"})
    assert "…" not in done.stdout
    assert "∂/∂long_name_of_input_6" in done.stdout
    assert "1.123456789012345 " in done.stdout


def test_large_arrays_whole_only_with_full() -> None:
    values = ", ".join(str(k + 0.5) for k in range(40))
    arguments = ("trace", "sum(x*x)", "--at", f"x=[{values}]")
    assert "(40,) 0.5 to 39.5, norm 146.0" in run_gradcli(*arguments).stdout
    assert values in run_gradcli(*arguments, "--full").stdout


def test_nan_is_shown_with_its_cause_and_status_3() -> None:
    done = run_gradcli("trace", "sqrt(ln(x))", "--at", "x=0.5")
    assert done.status == 3
    assert "NaN adjoint" in done.stdout
    assert re.search(r"undefined: sqrt\(.*\) is undefined at .* = -0.693147: sqrt needs .* >= 0", done.stdout)


def test_a_kink_says_its_interval() -> None:
    done = run_gradcli("trace", "abs(x)", "--at", "x=0")
    assert done.status == 0
    assert "∂f/∂x from left and right: [-1, 1]" in done.stdout


def test_what_is_not_what_its_name_says_is_undefined() -> None:
    done = run_gradcli("trace", "eigvecsh(A)", "--at", "A=eye(2)", "--mode", "forward")
    assert done.status == 3
    assert (
        "undefined: eigvecsh(A) is undefined there: eigvecsh needs the eigenvalues of A to be distinct" in done.stdout
    )


def test_no_scalar() -> None:
    done = run_gradcli("trace", *PRODUCT)
    assert (done.status, done.stdout) == (2, "")
    assert "--cotangent ones" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--tangent", "z=1"), "--tangent names z"),
        (("--tangent", "x1=[1,2]"), "--tangent x1 = has shape (2,)"),
        (("--tangent", "x1"), "'x1' needs '=' and a value"),
        (("--mode", "sideways"), "sideways"),
        (("--wrt", "z"), "--wrt names z"),
    ],
)
def test_wrong_requests(arguments: tuple[str, ...], message: str) -> None:
    done = run_gradcli("trace", *ROW_1, *arguments)
    assert (done.status, done.stdout) == (2, "")
    assert message in done.stderr


def test_a_stream() -> None:
    lines = "x^2\nln(-x)\nx^\n"
    done = run_gradcli("trace", "-", "--at", "x=2", stdin=lines)
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert [answer.get("verdict", answer.get("error", {}).get("kind")) for answer in answers] == [
        "verified",
        "undefined",
        "syntax",
    ]
    assert done.status == 3


def test_brackets_are_no_markup() -> None:
    assert "[x, y]" in run_gradcli("trace", "[x,y]*2", "--at", "x=1,y=2", "--mode", "forward").stdout
