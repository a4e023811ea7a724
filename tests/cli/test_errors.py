"""Bad input: one cause, a caret where there is a place to point at, a mend, and the right exit status."""

import json

import pytest
import torch

from gradcli.errors import unforeseen
from tests.process import run_gradcli

CASES = {
    "unknown function": (["grad", "sni(x)", "--at", "x=1"], 2),
    "unknown function that is code": (["grad", "__import__('os')", "--at", "x=1"], 2),
    "code as names": (["grad", "os.system(x)", "--at", "x=1"], 2),
    "misspelt binding": (["grad", "alpha*x", "--at", "x=1,alhpa=2"], 2),
    "unbound variable": (["grad", "x1*x2", "--at", "x1=1"], 2),
    "name run together": (["grad", "x'Ax", "--at", "x=[1,2],A=[[1,2],[3,4]]"], 2),
    "no point at all": (["grad", "x1*x2"], 2),
    "too few arguments": (["grad", "atan2(x)", "--at", "x=1"], 2),
    "too many arguments": (["grad", "sin(x, 2)", "--at", "x=1"], 2),
    "unclosed bracket": (["grad", "sin(x", "--at", "x=1"], 2),
    "unclosed list": (["grad", "[1,2; x", "--at", "x=1"], 2),
    "closing bracket too many": (["grad", "sin(x))", "--at", "x=1"], 2),
    "stray character": (["grad", "x $ 2", "--at", "x=1"], 2),
    "empty": (["grad", "", "--at", "x=1"], 2),
    "missing operand": (["grad", "x +", "--at", "x=1"], 2),
    "two operators": (["grad", "x * / 2", "--at", "x=1"], 2),
    "shapes": (["grad", "sum(A @ x)", "--at", "A=[[1,2],[3,4],[5,6]],x=[1,2,3]"], 2),
    "shapes of a sum": (["grad", "sum(x + y)", "--at", "x=[1,2],y=[1,2,3]"], 2),
    "ragged list": (["grad", "sum(x)", "--at", "x=[[1,2],[3]]"], 2),
    "value that is no number": (["grad", "x", "--at", "x=two"], 2),
    "binding without value": (["grad", "x", "--at", "x="], 2),
    "binding without name": (["grad", "x", "--at", "=2"], 2),
    "bound twice": (["grad", "x", "--at", "x=1,x=2"], 2),
    "unknown wrt": (["grad", "x1*x2", "--at", "x1=1,x2=2", "--wrt", "x3"], 2),
    "not a scalar": (["grad", "x*x", "--at", "x=[1,2]"], 2),
    "cotangent of the wrong shape": (["grad", "x*x", "--at", "x=[1,2]", "--cotangent", "[1,2,3]"], 2),
    "index out of range": (["grad", "x[3]", "--at", "x=[1,2,3]"], 2),
    "axis out of range": (["grad", "sum(sum(x, axis=2))", "--at", "x=[1,2,3]"], 2),
    "unknown option": (["grad", "x", "--att", "x=1"], 2),
    "unknown command": (["gradient", "x"], 2),
    "unknown mode": (["compare", "x", "--at", "x=1", "--modes", "revers"], 2),
    "unknown operation": (["ops", "sinn"], 2),
    "unknown dtype": (["grad", "x", "--at", "x=1", "--dtype", "float16"], 2),
    "unknown device": (["grad", "x", "--at", "x=1", "--device", "gpu"], 2),
    "device that holds no numbers": (["grad", "x", "--at", "x=1", "--device", "meta"], 2),
    "absent device": (["grad", "x", "--at", "x=1", "--device", "cuda:9"], 4),
    "missing file": (["grad", "@nothing.txt"], 2),
    "ln of a negative number": (["grad", "ln(x)", "--at", "x=-1"], 3),
    "ln of zero": (["grad", "2 + ln(x)", "--at", "x=0"], 3),
    "division by zero": (["grad", "1/(x - 1)", "--at", "x=1"], 3),
    "asin outside": (["grad", "asin(x)", "--at", "x=2"], 3),
    "acosh inside": (["grad", "acosh(x)", "--at", "x=0.5"], 3),
    "inner domain": (["grad", "ln(ln(x))", "--at", "x=0.5"], 3),
    "root of a negative number": (["grad", "sqrt(x)", "--at", "x=-4"], 3),
    "fractional power of a negative number": (["grad", "x^0.5", "--at", "x=-4"], 3),
    "overflow": (["grad", "exp(x)", "--at", "x=1000"], 3),
    "overflow of a power": (["grad", "x^1000000000", "--at", "x=3"], 3),
    "tower of powers": (["grad", "x*10^10^10", "--at", "x=3"], 3),
    "pole of gamma": (["grad", "gamma(x)", "--at", "x=-2"], 3),
    "eigenvalues of a matrix that is not symmetric": (["grad", "max(eigvalsh(B))", "--at", "B=[[1,2],[3,4]]"], 3),
    "eigenvectors at a tie": (["grad", "sum(eigenvectors(B))", "--at", "B=eye(2)"], 3),
    "eigenvalues and vectors in one": (["grad", "eigh(A)", "--at", "A=eye(2)"], 2),
    "not symmetric": (["grad", "sum(A' y)", "--at", "A=[[1,2],[3,4]],y=[1,2]", "--assume", "A=symmetric"], 2),
    "unknown property": (["grad", "sum(A' y)", "--at", "A=eye(2),y=[1,2]", "--assume", "A=symetric"], 2),
    "held input": (["grad", "sum(A' y)", "--at", "A=eye(2),y=[1,2]", "--assume", "A=symmetric", "--wrt", "A"], 2),
    "vertical tangent": (["grad", "sqrt(x)", "--at", "x=0"], 3),
    "jump": (["grad", "floor(x)", "--at", "x=2"], 3),
}


@pytest.mark.parametrize("name", CASES)
def test_error(name: str, golden) -> None:
    arguments, status = CASES[name]
    done = run_gradcli(*arguments)
    assert done.status == status
    assert "Traceback" not in done.stderr
    if status != 3:
        assert done.stdout == ""
    command = " ".join(f'"{a}"' if " " in a or "(" in a or not a else a for a in arguments)
    golden(f"errors/{name.replace(' ', '-')}.txt", f"$ gradcli {command}\n{done.stdout}{done.stderr}")


@pytest.mark.parametrize("name", ["unbound variable", "unclosed bracket", "ln of a negative number", "unknown option"])
def test_error_as_json(name: str) -> None:
    arguments, status = CASES[name]
    done = run_gradcli(*arguments, "--json")
    assert done.status == status
    assert done.stderr == ""
    answer = json.loads(done.stdout)
    assert answer["schema"] == "gradcli/1"
    assert answer["error"]["message"]
    assert set(answer["error"]) == {"kind", "message", "span", "hint"}


def test_a_value_may_be_huge_but_the_answer_comes_at_once() -> None:
    done = run_gradcli("grad", "x^1000000000", "--at", "x=1", timeout=20)
    assert done.status == 0
    assert "= 1000000000" in done.stdout


def test_unused_binding_is_a_warning() -> None:
    done = run_gradcli("grad", "x^2", "--at", "x=3,y=4")
    assert done.status == 0
    assert "y" in done.stderr
    assert "does not use" in done.stderr
    assert "= 6" in done.stdout


def test_quiet_silences_the_warning() -> None:
    assert run_gradcli("grad", "x^2", "--at", "x=3,y=4", "-q").stderr == ""


def test_hidden_characters_cannot_forge_a_message() -> None:
    done = run_gradcli("grad", "x\u202ey", "--at", "x=1")
    assert done.status == 2
    assert "\u202e" not in done.stderr


def test_many_names_without_a_value() -> None:
    done = run_gradcli("grad", "a+b+c+d+g+h")
    assert "a, b, c, d and 2 more have no value" in done.stderr


def test_names_to_differentiate_by_are_separated_by_commas() -> None:
    assert "--wrt x,y" in run_gradcli("grad", "x*y", "--at", "x=1,y=2", "--wrt", "x y").stderr


def test_help_shows_no_python() -> None:
    assert "class" not in run_gradcli("trace", "--help").stdout + run_gradcli("graph", "--help").stdout


@pytest.mark.parametrize(
    "error",
    [
        MemoryError(),
        RuntimeError("[enforce fail at alloc_cpu.cpp] DefaultCPUAllocator: can't allocate memory: you tried to ..."),
        torch.OutOfMemoryError("CUDA out of memory."),
    ],
)
def test_no_memory_left_is_no_internal_error(error: Exception) -> None:
    assert unforeseen(error).message == "out of memory"
    assert unforeseen(error).hint == "take smaller shapes"


@pytest.mark.parametrize(
    "command",
    [
        ("grad",),
        ("compare",),
        ("check", "--claim", "x=1"),
        ("jacobian",),
        ("hessian",),
        ("jvp", "--tangent", "x=1"),
        ("vjp",),
        ("hvp", "--tangent", "x=1"),
    ],
)
def test_a_value_that_vanishes_behind_a_comparison(command: tuple[str, ...]) -> None:
    """torch shows a number, and so would we: of ln(-1) > 0 there is none."""
    done = run_gradcli(command[0], "where(ln(x) > 0, 1, x)", "--at", "x=-1", *command[1:])
    assert (done.status, done.stdout) == (3, "")
    assert done.stderr.startswith("error: ln(x) is undefined at x = -1: ln needs x > 0\n")
