"""Requests a second through standard input: 10,000 scalar gradients in one process."""

import subprocess
import sys
import time

from tests.benchmarks.harness import Row

REQUESTS = 10_000
A_SECOND = 500
EXPRESSIONS = ("ln(x1)+x1*x2-sin(x2)", "x1^3*exp(x2)", "sin(x1)/x2", "(x1*x2 - 1)^2")


def measure(_: int) -> list[Row]:
    """The time for all against the time that 500 a second would take."""
    lines = [
        f'{{"expr": "{EXPRESSIONS[k % len(EXPRESSIONS)]}", "at": {{"x1": {1 + k / REQUESTS}, "x2": 5}}}}'
        for k in range(REQUESTS)
    ]
    command = [sys.executable, "-m", "gradcli", "grad", "-"]
    start = time.perf_counter()
    done = subprocess.run(command, input="\n".join(lines), capture_output=True, text=True, check=True)
    seconds = time.perf_counter() - start
    assert done.stdout.count('"verified"') == REQUESTS
    return [Row(f"{REQUESTS} requests", [seconds], f"{A_SECOND} a second", [REQUESTS / A_SECOND], 1.0)]
