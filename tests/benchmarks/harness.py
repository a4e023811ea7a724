"""Interleaved measurement, and the table of what was claimed beside what was found."""

import statistics
import subprocess
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    """Two things measured in one run, in seconds or another unit, and how much of the second the first may take."""

    claim: str
    ours: Sequence[float]
    reference: str
    theirs: Sequence[float]
    at_most: float
    unit: str = "s"

    @property
    def ratio(self) -> float:
        """Median over median: a single slow run of either moves neither."""
        return statistics.median(self.ours) / statistics.median(self.theirs)

    @property
    def holds(self) -> bool:
        return self.ratio <= self.at_most


def interleaved(ours: Callable[[], None], theirs: Callable[[], None], runs: int) -> tuple[list[float], list[float]]:
    """Seconds of each in turn, so that a busy moment of the machine meets both; a first turn warms caches."""
    times: tuple[list[float], list[float]] = ([], [])
    for turn in range(runs + 1):
        for work, seconds in zip((ours, theirs), times, strict=True):
            start = time.perf_counter()
            work()
            if turn:
                seconds.append(time.perf_counter() - start)
    return times


def process(*command: str) -> Callable[[], None]:
    """A call that runs a command to its end, its output thrown away; a command that fails measures nothing."""
    return lambda: subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, check=True) and None


WIDTH = 110


def show(title: str, rows: Sequence[Row]) -> None:
    """Print the table of a group: median and best times, the ratio of the medians, the bound."""
    from rich.console import Console
    from rich.table import Table

    table = Table(title=title, title_justify="left")
    table.add_column("claim")
    table.add_column("median (best)", justify="right")
    table.add_column("against")
    table.add_column("median (best)", justify="right")
    for heading in ("ratio", "at most"):
        table.add_column(heading, justify="right")
    table.add_column("")
    for row in rows:
        verdict = "[green]ok[/]" if row.holds else "[bold red]MISSED[/]"
        ratio, bound = f"{row.ratio:.3f}", f"{row.at_most:g}"
        ours, theirs = (_amounts(found, row.unit) for found in (row.ours, row.theirs))
        table.add_row(row.claim, ours, row.reference, theirs, ratio, bound, verdict)
    Console(width=max(Console().width, WIDTH)).print(table)


PREFIXES = ((1e9, "G"), (1e6, "M"), (1e3, "k"), (1.0, ""), (1e-3, "m"), (1e-6, "µ"))


def _amounts(found: Sequence[float], unit: str) -> str:
    median, best = statistics.median(found), min(found)
    size, prefix = next((p for p in PREFIXES if median >= p[0]), PREFIXES[-1])
    return f"{median / size:.3g} ({best / size:.3g}) {prefix}{unit}"
