"""`gradcli why` as a process."""

import json
import re

import pytest

from tests.process import run_gradcli


def test_the_double_where() -> None:
    done = run_gradcli("why", "sum(where(x > 0, sqrt(x), 0))", "--at", "x=[-1,4]")
    assert (done.status, done.stderr) == (0, "")
    assert "NaN: ∂f/∂x[0], at v2 = sqrt(x)" in done.stdout
    assert "  mend   sum(where(x > 0, sqrt(where(x > 0, x, 1)), 0))\n" in done.stdout
    assert "equal to the original at 5 random points to 30 digits" in done.stdout


def test_nothing_wrong_is_one_line() -> None:
    done = run_gradcli("why", "x^3", "--at", "x=2")
    assert (done.status, done.stdout) == (0, "every derivative is finite and non-zero\n")


@pytest.mark.parametrize(
    "arguments", [("ln(x)", "--at", "x=-1"), ("sqrt(x)", "--at", "x=0"), ("relu(x)", "--at", "x=0")]
)
def test_an_answer_is_status_0(arguments: tuple[str, ...]) -> None:
    assert run_gradcli("why", *arguments).status == 0


def test_a_mend_can_be_pasted() -> None:
    for text, at in (
        ("log(1+exp(x)) + y", "x=800,y=2"),
        ("sum(where(x > 0, sqrt(x), 0))", "x=[-1,4]"),
        ("y = exp(x)/sum(exp(x)); y[0]", "x=[800,801]"),
        ("a = x + 1; b = log(1 + exp(a)); a*b", "x=800"),
        ("z = log(1 + exp(w*x))", "x=800,w=2"),
    ):
        (finding, *_) = json.loads(run_gradcli("why", text, "--at", at, "--json").stdout)["findings"]
        mend = finding["mend"]
        again = json.loads(run_gradcli("grad", mend["expression"], "--at", at, "--json").stdout)
        assert (again["value"], again["gradient"]) == (mend["value"], mend["gradient"])
        assert again["verdict"] == "verified"


def test_several_outputs() -> None:
    done = run_gradcli("why", "a = relu(x); a*y; x^2*y; y", "--at", "x=-1,y=2", "--wrt", "x")
    assert "zero: ∂f1/∂x, at a\n" in done.stdout
    assert "f2: every derivative is finite and non-zero\n" in done.stdout
    assert "y does not depend on x" in done.stdout


def test_names_are_those_of_the_trace() -> None:
    request = ("x*y + y^2; y + relu(sin(x) - 2)", "--at", "x=1,y=2")
    (name,) = re.findall(r"\|(v\d+) *\| relu\(", run_gradcli("trace", *request, "--plain").stdout)
    assert f"zero: ∂f2/∂x, at {name} = relu(sin(x)-2)\n" in run_gradcli("why", *request).stdout


def test_groups_are_capped_and_counted() -> None:
    text = " + ".join(f"{name}(x[{k}])" for k, name in enumerate(("floor", "ceil", "round", "sign")))
    text += " + relu(x[4]) + clamp(x[5], 5, 6) + detach(x[6]) + min(x[7], -9) + max(x[8], 9) + where(x[9] < 9, 1, x[9])"
    at = f"x=[{','.join(['0.3'] * 4 + ['-1'] * 6)}]"
    done = run_gradcli("why", text, "--at", at)
    assert done.stdout.count("  why ") == 8
    assert "more reasons for" in done.stdout
    assert run_gradcli("why", text, "--at", at, "--full").stdout.count("  why ") == 10


def test_many_nodes_with_one_reason_are_one_finding() -> None:
    text = " + ".join(f"relu(x[{k}])" for k in range(60))
    done = run_gradcli("why", text, "--at", f"x=[{','.join(['-1'] * 60)}]")
    assert "zero: all 60 components of ∂f/∂x, at v61 = relu(x[0]) and 59 more such nodes" in done.stdout
    assert done.stdout.count("  why ") == 1


def test_plain_is_ascii() -> None:
    assert run_gradcli("why", "sqrt(x^2 + y^2)", "--at", "x=1e200,y=1e200", "--plain").stdout.isascii()


def test_unicode_input() -> None:
    done = run_gradcli("why", "√(α²+β²)·x₁", "--at", "α=1e200,β=1e200,x₁=1")
    assert done.status == 0
    assert "mend   hypot(α, β)*x1" in done.stdout


def test_a_cotangent_and_wrt() -> None:
    done = run_gradcli("why", "x*y", "--at", "x=[0,1],y=[2,3]", "--cotangent", "ones", "--wrt", "y")
    assert "zero: ∂<cotangent, f>/∂y[0]" in done.stdout
    assert "does not change with y at x[0] = 0, y[0] = 2" in done.stdout
    assert run_gradcli("why", "x*y", "--at", "x=[0,1],y=[2,3]").status == 2


def test_float32() -> None:
    done = run_gradcli("why", "exp(x)", "--at", "x=-200", "--dtype", "float32")
    assert "too small for float32" in done.stdout
    done = run_gradcli("why", "log(1 + exp(x))", "--at", "x=100", "--dtype", "float32")
    assert "  mend   softplus(x)" in done.stdout
    assert "value right to 7 digits" in done.stdout


def test_a_stream() -> None:
    done = run_gradcli("why", "-", "--at", "x=0", stdin="x^2\nx^\nsqrt(x)\nx + 1\n")
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert [[f["kind"] for f in a["findings"]] if "findings" in a else a["error"]["kind"] for a in answers] == [
        ["zero"],
        "syntax",
        ["infinite"],
        [],
    ]
    assert done.status == 2


def test_no_input() -> None:
    assert run_gradcli("why", "2 + 3").stdout == "there is no input to differentiate by\n"
