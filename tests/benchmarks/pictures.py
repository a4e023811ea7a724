"""What pictures cost: processor seconds of the command, memory, size, and the time that a page takes to open.

The overview has no point. What it takes at one is stated beside what `grad` takes there, which verifies every number.
"""

import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.benchmarks.harness import Row

SMALL, LARGE = 300, 100_000
RUNS = 3  # an overview takes seconds, whatever was asked for the short programs


def chain(nodes: int) -> str:
    """sin(sin(...sin(x)))."""
    names = [f"a{k}=sin(a{k - 1})" for k in range(1, nodes)]
    return ";".join(["a0=x", *names])


def tangle(nodes: int) -> str:
    """Each step takes the one before it and another of the last twelve."""
    chosen, names, steps = random.Random(5), ["x", "y"], []
    for k in range((nodes - 2) // 2):
        steps.append(f"b{k}=sin({names[-1]}){chosen.choice('+-*')}{chosen.choice(names[-12:])}")
        names.append(f"b{k}")
    return ";".join(steps)


def loop(nodes: int) -> str:
    """Repeated steps of three operations."""
    steps = [f"a{k + 1}=sin(a{k})*0.9+y*{k % 7 + 1}" for k in range(nodes // 3)]
    return ";".join(["a0=x", *steps])


def child(*arguments: str) -> tuple[float, float]:
    """Processor seconds and the largest memory in bytes of gradcli with these arguments."""
    started = subprocess.Popen(
        [sys.executable, "-m", "gradcli", *arguments], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    _, status, used = os.wait4(started.pid, 0)
    started.returncode = os.waitstatus_to_exitcode(status)
    assert started.returncode == 0, arguments[:1]
    return used.ru_utime + used.ru_stime, used.ru_maxrss * 1024.0


def opening_seconds(page: Path, runs: int) -> list[float]:
    """Seconds until Chromium has loaded a page and its script has run."""
    from tests.render.inspector.pages import chromium

    with chromium() as driver:
        found = []
        for turn in range(runs + 1):
            start = time.perf_counter()
            driver.get(page.as_uri())
            if turn:
                found.append(time.perf_counter() - start)
        return found


def measure(runs: int) -> list[Row]:
    """Small graphs at a point, and the overview of a large one."""
    with tempfile.TemporaryDirectory() as folder:
        return [*small(Path(folder), runs), *overview(Path(folder))]


def small(folder: Path, runs: int) -> list[Row]:
    """The SVG of about 300 nodes."""
    start_up = statistics.median(child("--version")[0] for _ in range(runs))
    target = str(folder / "g.svg")
    rows = []
    for shape in (chain, tangle):
        arguments = ("graph", shape(SMALL), "--at", "x=0.3", *(["--at", "y=0.7"] if shape is tangle else []))
        seconds = [child(*arguments, "-o", target)[0] - start_up for _ in range(runs)]
        rows.append(Row(f"SVG of {SMALL} nodes beyond start-up, {shape.__name__}", seconds, "1 s", [1.0], 1.0))
    return rows


def overview(folder: Path) -> list[Row]:
    """SVG and page of a graph of 100,000 nodes without a point, and the SVG at one."""
    expression = folder / "large.txt"
    expression.write_text(loop(LARGE), encoding="utf-8")
    picture, page = folder / "g.svg", folder / "g.html"
    drawn = [child("graph", f"@{expression}", "-o", str(picture)) for _ in range(RUNS)]
    pages = [child("graph", f"@{expression}", "-o", str(page)) for _ in range(RUNS)]
    point = ("--at", "x=0.3", "--at", "y=0.01")
    at_point = [child("graph", f"@{expression}", *point, "-o", str(picture))[0] for _ in range(RUNS)]
    verified = [child("grad", f"@{expression}", *point)[0] for _ in range(RUNS)]
    size = [float(page.stat().st_size)]
    name = f"overview of {LARGE:,} operations"
    return [
        Row(f"{name}, SVG", [seconds for seconds, _ in drawn], "5 s", [5.0], 1.0),
        Row(f"{name}, SVG at a point", at_point, "grad there", verified, 2.0),
        Row(f"{name}, memory", [memory for _, memory in (*drawn, *pages)], "1 GB", [1e9], 1.0, "B"),
        Row(f"{name}, page", size, "10 MB", [1e7], 1.0, "B"),
        Row(f"{name}, opening the page", opening_seconds(page, RUNS), "2 s", [2.0], 1.0),
    ]
