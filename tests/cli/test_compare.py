"""`gradcli compare` as a process: a gate for scripts, regions, step sizes, and bad input."""

import json
import os
import signal
import time
from pathlib import Path
from xml.etree import ElementTree

import pytest

from tests.process import run_gradcli, started

EXP = ("compare", "exp(x)", "--at", "x=1")


@pytest.mark.parametrize(("options", "status"), [([], 0), (["--rtol", "1e-6"], 0), (["--rtol", "1e-15"], 1)])
def test_quiet_says_all_by_its_status(options: list[str], status: int) -> None:
    done = run_gradcli(*EXP, *options, "-q")
    assert (done.status, done.stdout, done.stderr) == (status, "", "")


def test_a_gate_is_stated() -> None:
    done = run_gradcli(*EXP, "--rtol", "1e-15", "--atol", "1e-20")
    assert done.status == 1
    assert "numerical is off by x" in done.stdout
    assert "(asked: |a - b| <= 1e-20 + 1e-15 |b|)" in done.stdout


def test_a_region_with_an_input_that_is_bound() -> None:
    done = run_gradcli(
        "compare", "sum(x^2)*y", "--at", "x=[0,0],y=3", "--region", "x=-1..pi/2", "--points", "3", "--json"
    )  # fmt: skip
    answer = json.loads(done.stdout)
    assert done.status == 0
    assert answer["counts"] == {"verified": 3}
    assert answer["inputs"] == {"y": 3}
    assert len(answer["survey"]["reverse"]["at"]["x"]) == 2


def test_a_single_point_is_bound_and_not_drawn() -> None:
    done = run_gradcli("compare", "ln(x)*y", "--at", "y=2", "--region", "x=pi..pi")
    assert done.stderr.splitlines()[-1] == "help: bind it: --at x=3.141592653589793"


def test_a_region_of_no_input_is_told_before_a_value_that_is_missing() -> None:
    done = run_gradcli("compare", "ln(x)", "--region", "y=0..1")
    assert (done.status, done.stdout) == (2, "")
    assert done.stderr == "error: --region names y, which is no input\nhelp: the inputs are x\n"


def test_a_region_of_a_name_that_else_is_a_constant() -> None:
    done = run_gradcli("compare", "e*x", "--region", "e=0..1", "--at", "x=1", "--points", "2", "--modes", "reverse")
    assert (done.status, "2 points of e=0..1" in done.stdout) == (0, True)


def test_the_plot_is_written_as_svg(tmp_path: Path) -> None:
    target = tmp_path / "v.svg"
    done = run_gradcli(*EXP, "--step-sizes", "-o", str(target), "--plain")
    assert done.status == 0
    assert "Taylor remainder rate 2.00" in done.stdout
    assert done.stdout.isascii()
    assert "Error of differences" in ElementTree.parse(target).getroot()[0].text
    assert os.listdir(tmp_path) == ["v.svg"]


@pytest.mark.parametrize(
    ("options", "status", "message"),
    [
        (["--rtol", "-1"], 2, "--rtol is a number from 0"),
        (["--rtol", "nan"], 2, "--rtol is a number from 0"),
        (["--points", "5"], 2, "--points needs a region"),
        (["--points", "0", "--region", "x=0..1"], 2, "--points is a number from 1"),
        (["--region", "x=0"], 2, "the region of x is an interval low..high"),
        (["--region", "x=..1"], 2, "the region of x is an interval low..high"),
        (["--region", "x=2..1"], 2, "the region of x is empty: 2 is above 1"),
        (["--region", "x=0..0"], 2, "the region of x is a single point, 0"),
        (["--region", "x=1e308..-1e308"], 2, "is empty"),
        (["--region", "x=-1e308..1e308"], 2, "is wider than a float64 can hold"),
        (["--region", "x=0..inf"], 2, "an end of the region of x is a finite number"),
        (["--region", "x=-inf..0"], 2, "an end of the region of x is a finite number"),
        (["--region", "x=nan..1"], 2, "an end of the region of x is a finite number"),
        (["--region", "x=0..1/0"], 2, "an end of the region of x is a finite number"),
        (["--region", "x=0..1..2"], 2, "the region of x is an interval low..high"),
        (["--region", "x=0..y"], 2, "a value is a constant, but 'y' is a name"),
        (["--region", "x=0..[1,2]"], 2, "an end of the region of x is a finite number"),
        (["--region", "z=0..1"], 2, "--region names z, which is no input"),
        (["--region", "x=0..1,x=1..2"], 2, "bound twice"),
        (["--step-sizes", "-o", "v.png"], 2, "does not end in .svg"),
        (["--step-sizes", "-o", "/no/such/v.svg"], 2, "there is no folder"),
        (["-o", "v.svg"], 2, "-o writes the plot of --step-sizes"),
        (["--step-sizes", "--rtol", "1"], 2, "does not go with it"),
        (["--step-sizes", "--region", "x=0..1"], 2, "does not go with it"),
    ],
)
def test_bad_requests(options: list[str], status: int, message: str) -> None:
    done = run_gradcli(*EXP, *options)
    assert done.status == status
    assert message in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("ln(x)", "--region", "x=-2..-1", "--points", "1000000", "--timeout", "5"), "no answer within 5 s"),
        (("ln(x)", "--region", "x=-2..-1", "--points", "50"), "none of the 50 points"),
        (("abs(x)", "--at", "x=0", "--step-sizes"), "there is none"),
        (("sqrt(x)", "--at", "x=0", "--step-sizes"), "there is none"),
    ],
)
def test_no_derivative_is_an_error_in_time(arguments: tuple[str, ...], message: str) -> None:
    done = run_gradcli("compare", *arguments, timeout=30)
    assert done.status in (3, 124)
    assert message in done.stderr


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("x^2; x^3", "--at", "x=1", "--step-sizes"), "--step-sizes takes one output"),
        (("2 + 3", "--step-sizes"), "there is no input"),
        (("sum(x)", "--at", "x=randn(30000)", "--step-sizes"), "needs the true derivative"),
        (("--step-sizes",), "an expression is needed"),
    ],
)
def test_steps_that_cannot_be_taken(arguments: tuple[str, ...], message: str) -> None:
    done = run_gradcli("compare", *arguments)
    assert done.status == 2
    assert message in done.stderr


def test_plain_is_ascii() -> None:
    for request in (
        ("exp(x)", "--at", "x=1"),
        ("relu(x)", "--at", "x=0"),
        ("exp(x)", "--region", "x=0..1", "--points", "2"),
    ):
        assert run_gradcli("compare", *request, "--plain", "--modes", "reverse,numerical").stdout.isascii()


def test_ctrl_c_ends_a_long_run() -> None:
    with started("compare", "sin(x)", "--region", "x=0..1", "--points", "1000000") as process:
        time.sleep(4)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=20)
    assert process.returncode == 130
    assert out == ""
    assert "Traceback" not in err
    assert "interrupted" in err


def test_a_large_input_is_not_looked_at_element_by_element() -> None:
    done = run_gradcli("compare", "sum(x^2)", "--at", "x=randn(200000)", timeout=60)
    assert done.status == 0
    assert "a method that shares no rule" in done.stdout
