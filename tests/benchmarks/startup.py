"""What an answer costs from the command line, beside the shortest program a user would write instead."""

import sys
from pathlib import Path

from tests.benchmarks.harness import Row, interleaved, process

GRADCLI = str(Path(sys.executable).with_name("gradcli"))

TORCH_SCALAR = """\
import torch
x1, x2 = (torch.tensor(v, dtype=torch.float64, requires_grad=True) for v in (2.0, 5.0))
(torch.log(x1) + x1 * x2 - torch.sin(x2)).backward()
print(x1.grad, x2.grad)
"""

TORCH_TENSOR = """\
import torch
x = torch.tensor([1.0, 2.0, 3.0], dtype=torch.float64, requires_grad=True)
(x ** 2).sum().backward()
print(x.grad)
"""

# The claim, our command, what it is measured against, that program, the most that ours may take of it.
CLAIMS = [
    ("scalar gradient", ("grad", "ln(x1)+x1*x2-sin(x2)", "--at", "x1=2,x2=5"), "torch one-liner", TORCH_SCALAR, 0.15),
    ("--version", ("--version",), "import typer", "import typer", 1.5),
    ("tensor gradient", ("grad", "sum(x^2)", "--at", "x=[1,2,3]"), "torch one-liner", TORCH_TENSOR, 0.9),
]


def measure(runs: int) -> list[Row]:
    """Each claim in turn, `runs` interleaved runs of both sides."""
    rows = []
    for claim, command, reference, program, at_most in CLAIMS:
        ours, theirs = interleaved(process(GRADCLI, *command), process(sys.executable, "-c", program), runs)
        rows.append(Row(claim, ours, reference, theirs, at_most))
    return rows
