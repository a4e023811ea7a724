"""gradcli as its users run it: a process of its own, here with no terminal."""

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

PLAIN_TERMINAL = {
    "COLUMNS": "100",
    "LC_ALL": "C.UTF-8",
    "NO_COLOR": "1",
    "PYTHONUTF8": "1",
    "TERM": "dumb",
}


@dataclass(frozen=True)
class Finished:
    """What a process left behind."""

    status: int
    stdout: str
    stderr: str


def plain_environment(extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """The environment of the test run, with this Python's scripts first in PATH and no colours."""
    scripts = str(Path(sys.executable).parent)
    return {**os.environ, **PLAIN_TERMINAL, "PATH": f"{scripts}{os.pathsep}{os.environ['PATH']}", **(extra or {})}


@contextmanager
def started(*arguments: str) -> Iterator[subprocess.Popen[str]]:
    """gradcli with three pipes; it does not outlive a test that fails."""
    process = subprocess.Popen(
        [sys.executable, "-m", "gradcli", *arguments],
        env=plain_environment(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def run_python(
    *arguments: str,
    stdin: str | None = None,
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
    timeout: float = 120,
) -> Finished:
    """Run this Python with the arguments; without `stdin` the standard input is empty."""
    done = subprocess.run(
        [sys.executable, *arguments],
        input=stdin or "",
        env=plain_environment(env),
        cwd=cwd,
        timeout=timeout,
        capture_output=True,
        check=False,
        encoding="utf-8",
    )
    return Finished(done.returncode, done.stdout, done.stderr)


def run_gradcli(
    *arguments: str,
    stdin: str | None = None,
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
    timeout: float = 120,
) -> Finished:
    """Run `python -m gradcli` with the arguments."""
    return run_python("-m", "gradcli", *arguments, stdin=stdin, env=env, cwd=cwd, timeout=timeout)
