"""Run the benchmarks: all, or those named. Exits 1 when a claim is missed.

python -m tests.benchmarks
python -m tests.benchmarks startup --runs 15
"""

import argparse
import sys
from collections.abc import Callable

from tests.benchmarks import derivatives, pictures, proofs, scale, startup, streams
from tests.benchmarks.harness import Row, show

GROUPS: dict[str, Callable[[int], list[Row]]] = {
    "startup": startup.measure,
    "scale": scale.measure,
    "derivatives": derivatives.measure,
    "streams": streams.measure,
    "proofs": proofs.measure,
    "pictures": pictures.measure,
}


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description="Measure what gradcli claims.")
    parser.add_argument("groups", nargs="*", metavar="group", help=f"{', '.join(GROUPS)} (default: all)")
    parser.add_argument("--runs", type=int, default=9, help="interleaved runs of each (default %(default)s)")
    chosen = parser.parse_args()
    unknown = set(chosen.groups) - set(GROUPS)
    if unknown:
        parser.error(f"no such group: {', '.join(sorted(unknown))}")
    missed = 0
    for name in chosen.groups or GROUPS:
        rows = GROUPS[name](chosen.runs)
        show(name, rows)
        missed += sum(not row.holds for row in rows)
    return 1 if missed else 0


sys.exit(main())
