"""The process: streams, signals, pipes, files, time limits."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.process import plain_environment, run_gradcli, started


def test_version() -> None:
    done = run_gradcli("--version")
    assert (done.status, done.stderr) == (0, "")
    assert done.stdout.startswith("gradcli 0.")


def test_no_command_shows_help() -> None:
    done = run_gradcli()
    assert done.status == 2
    assert "grad" in done.stdout


def test_closed_pipe_is_no_error() -> None:
    command = f"{sys.executable} -m gradcli ops | head -n 1"
    done = subprocess.run(
        ["bash", "-o", "pipefail", "-c", command], env=plain_environment(), capture_output=True, check=False, text=True
    )
    assert done.returncode == 0
    assert done.stderr == ""


def test_interrupt_stops_cleanly() -> None:
    with started("grad", "-") as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write('{"expr": "x^2", "at": {"x": 3}}\n')
        process.stdin.flush()
        process.stdout.readline()
        process.send_signal(signal.SIGINT)
        stdout, stderr = process.communicate(timeout=60)
    assert process.returncode == 130
    assert stderr.strip() == "interrupted"
    assert "Traceback" not in stdout


def test_time_limit() -> None:
    with started("grad", "-", "--timeout", "1") as process:
        process.wait(timeout=60)
        _, stderr = process.communicate()
    assert process.returncode == 124
    assert "no answer within 1 s" in stderr


def test_requests_line_by_line() -> None:
    lines = ["x^2", '{"expr": "x*y", "at": {"y": 5}}', "ln(", '{"expr": "sum(v)", "at": {"v": [1, 2]}}', '{"at": {}}']
    done = run_gradcli("grad", "-", "--at", "x=3", stdin="\n".join(lines) + "\n")
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(answers) == len(lines)
    assert answers[0]["gradient"] == {"x": 6.0}
    assert answers[1]["gradient"] == {"x": 5.0, "y": 3.0}
    assert answers[2]["error"]["kind"] == "syntax"
    assert answers[3]["gradient"] == {"v": [1.0, 1.0]}
    assert answers[4]["error"]["kind"] == "usage"
    assert done.status == 2


def test_expression_from_a_file(tmp_path: Path) -> None:
    (tmp_path / "f.txt").write_text("a = x^2  # a square\nb = sin(a)\n", encoding="utf-8")
    done = run_gradcli("grad", "@f.txt", "--at", "x=0", cwd=tmp_path)
    assert done.status == 0
    assert "b = 0" in done.stdout


def test_a_file_that_is_no_text(tmp_path: Path) -> None:
    (tmp_path / "f.txt").write_bytes(b"\xff\xfe\x00")
    done = run_gradcli("grad", "@f.txt", "--at", "x=0", cwd=tmp_path)
    assert done.status == 2
    assert "UTF-8" in done.stderr


def test_the_symbolic_process_does_not_outlive_its_parent() -> None:
    done = run_gradcli("compare", "sin(x)", "--at", "x=1", "--modes", "symbolic,reverse")
    assert done.status == 0
    time.sleep(1)
    listing = subprocess.run(["ps", "-eo", "ppid,args"], capture_output=True, check=True, text=True).stdout
    orphans = [line for line in listing.splitlines() if "symbolic_worker" in line and line.split()[0] == "1"]
    assert orphans == []


def shell(command: str, **env: str) -> subprocess.CompletedProcess[str]:
    """Run bash, where `gradcli` stands for this Python's."""
    command = command.replace("gradcli", f"{sys.executable} -m gradcli")
    return subprocess.run(
        ["bash", "-c", command], env=plain_environment(env), capture_output=True, check=False, text=True, timeout=60
    )


@pytest.mark.parametrize("arguments", ["grad x --at x=1", "--version"])
def test_a_full_disk_is_one_error(arguments: str) -> None:
    done = shell(f"gradcli {arguments} > /dev/full")
    assert (done.returncode, done.stderr) == (2, "error: cannot write the output: no space left on device\n")


def test_closed_streams() -> None:
    assert shell("gradcli grad x --at x=1 >&-").returncode == 0
    done = shell("gradcli grad 'x +' --at x=1 2>&-")
    assert (done.returncode, done.stdout, done.stderr) == (2, "", "")


def test_an_encoding_that_lacks_characters() -> None:
    done = shell("gradcli grad x --at x=1 && gradcli grad é --at é=1 --json", PYTHONIOENCODING="ascii", PYTHONUTF8="0")
    assert done.returncode == 0
    text, answer = done.stdout.split("verified", 1)
    assert "\\u2202" in text
    assert json.loads(answer[answer.index("{") :])["expression"] == "é"


@pytest.mark.parametrize(("expression", "slope"), [("-log(x)", "-0.5"), ("-x^2", "-4"), ("-2x", "-2"), ("-x1", "-1")])
def test_an_expression_may_begin_with_a_minus_sign(expression: str, slope: str) -> None:
    name = "x1" if "x1" in expression else "x"
    done = run_gradcli("grad", expression, "--at", f"{name}=2")
    assert (done.status, done.stderr) == (0, "")
    assert f"= {slope}\n" in done.stdout


def test_a_minus_sign_after_an_option_without_a_value() -> None:
    done = run_gradcli("graph", "--gradient-graph", "-x^2", "--at", "x=2")
    assert (done.status, done.stderr) == (0, "")
    assert "-4" in done.stdout


def test_a_file_written_to_its_option_is_no_expression(tmp_path: Path) -> None:
    for command in ("graph", "plot", "compare"):
        steps = ["--step-sizes"] if command == "compare" else []
        done = run_gradcli(command, "-x^2", "--at", "x=2", *steps, f"-o{command}.svg", cwd=tmp_path)
        assert (done.status, done.stderr) == (0, "")
    assert sorted(os.listdir(tmp_path)) == ["compare.svg", "graph.svg", "plot.svg"]


def test_an_unknown_letter_is_no_option() -> None:
    assert "goes last, after --" in run_gradcli("grad", "-x", "--at", "x=1").stderr
    assert run_gradcli("grad", "--at", "x=1", "--", "-x").status == 0


@pytest.mark.parametrize("seconds", ["-1", "nan", "inf"])
def test_a_time_limit_is_a_number(seconds: str) -> None:
    done = run_gradcli("grad", "x", "--at", "x=1", "--timeout", seconds)
    assert done.status == 2
    assert "--timeout" in done.stderr


def test_a_bad_line_does_not_end_the_stream() -> None:
    digits, deep = "9" * 5000, "[" * 40 + "1" + "]" * 40
    lines = [f'{{"expr": "x", "at": {{"x": {value}}}}}' for value in (digits, deep, "9" * 400)]
    lines += ['{"expr": "x + \\ud800"}', "x^2"]
    done = run_gradcli("grad", "-", "--at", "x=3", stdin="\n".join(lines) + "\n")
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert (done.status, done.stderr) == (2, "")
    assert [answer.get("error", {}).get("kind") for answer in answers[:2]] == ["usage", "shape"]
    assert all("error" in answer for answer in answers[:4])
    assert answers[4]["gradient"] == {"x": 6.0}


def test_files_that_are_links_and_pipes(tmp_path: Path) -> None:
    (tmp_path / "real.dot").touch()
    (tmp_path / "link.dot").symlink_to("real.dot")
    assert run_gradcli("graph", "x*2", "-o", "link.dot", cwd=tmp_path).status == 0
    assert (tmp_path / "link.dot").is_symlink()
    assert "digraph" in (tmp_path / "real.dot").read_text(encoding="utf-8")
    os.mkfifo(tmp_path / "pipe.dot")
    done = shell(f"cd {tmp_path} && (timeout 30 cat pipe.dot & gradcli graph 'x*2' --at x=1 -q -o pipe.dot; wait)")
    assert "digraph" in done.stdout
    assert "digraph" in shell("gradcli graph 'x*2' --at x=1 -q -o /dev/stdout --format dot | cat").stdout
