"""Jacobians and Hessians beside torch.func on the same tensors, value for value, and the chosen mode beside the better.

What is measured is the sweeps on torch tensors, evaluation of the function included, as torch.func includes it;
verdicts and nested lists are not. Both sides have one thread: a busy second core would be measured otherwise.
"""

import statistics
from collections.abc import Callable
from functools import partial

import torch

from gradcli.carriers.tape import evaluate, input_values
from gradcli.carriers.tensors import Tensors
from gradcli.methods.jacobian import FORWARD, REVERSE, Mode, cheaper_mode, jacobian
from gradcli.methods.second_order import hessian_on_graph
from gradcli.problem import Problem
from gradcli.syntax.build import build
from gradcli.syntax.parse import parse
from tests.benchmarks.harness import Row, interleaved

JACOBIAN = "tanh(A2 @ sin(A1 @ x))"
HALF = 0.5
AUTO = 1.1
RUNS = 40
SIZES = ((256, 256), (32, 256), (256, 32), (128, 256), (256, 128))
CARRIER = Tensors("cpu")


def layers(inputs: int, outputs: int) -> dict[str, torch.Tensor]:
    generator = torch.Generator().manual_seed(7)
    options = {"generator": generator, "dtype": torch.float64}
    return {
        "A1": torch.randn(256, inputs, **options) / 16,
        "A2": torch.randn(outputs, 256, **options) / 16,
        "x": torch.randn(inputs, **options),
    }


def problem(text: str, values: dict[str, torch.Tensor], wrt: str) -> Problem:
    built = build(parse(text), {name: tuple(value.shape) for name, value in values.items()})
    return Problem(built.graph, built.outputs[-1], (wrt,), values)


def our_jacobian(asked: Problem, mode: Mode | None = None) -> torch.Tensor:
    graph = asked.graph
    tape = evaluate(graph, [asked.output], CARRIER, input_values(graph, CARRIER, asked.point))
    source = graph.inputs[asked.wrt[0]]
    mode = mode or cheaper_mode(tape, [asked.output], [source])
    return jacobian(tape, [asked.output], [source], mode)[asked.output, source]


def same(found: torch.Tensor, expected: torch.Tensor) -> None:
    torch.testing.assert_close(found, expected, rtol=1e-10, atol=1e-12)


def beside_torch(claim: str, ours: Callable[[], torch.Tensor], peer: str, theirs: Callable[[], torch.Tensor]) -> Row:
    same(ours(), theirs())
    times = interleaved(ours, theirs, RUNS)
    return Row(claim, times[0], peer, times[1], HALF)


def measure(_: int) -> list[Row]:
    """Each claim in one interleaved run; the number of runs of whole programs is too small for milliseconds."""
    torch.set_num_threads(1)
    values = layers(256, 256)
    asked = problem(JACOBIAN, values, "x")

    def function(x: torch.Tensor) -> torch.Tensor:
        return torch.tanh(values["A2"] @ torch.sin(values["A1"] @ x))

    jacrev = partial(torch.func.jacrev(function), values["x"])
    rows = [beside_torch("Jacobian 256 x 256", partial(our_jacobian, asked), "torch.func.jacrev", jacrev)]
    rows += [hessian_row(*case) for case in HESSIANS]
    return rows + [auto_row(*size) for size in SIZES]


def hessian_row(claim: str, text: str, function: Callable[[torch.Tensor, torch.Tensor], torch.Tensor]) -> Row:
    generator = torch.Generator().manual_seed(8)
    matrix = torch.randn(200, 200, generator=generator, dtype=torch.float64) / 14
    x = torch.randn(200, generator=generator, dtype=torch.float64)
    asked = problem(text, {"Q": matrix, "x": x} if "Q" in text else {"x": x}, "x")
    theirs = partial(torch.func.hessian(lambda x: function(matrix, x)), x)
    return beside_torch(claim, lambda: hessian_on_graph(asked, CARRIER)["x"]["x"], "torch.func.hessian", theirs)


HESSIANS = (
    ("Hessian 200, sum(tanh(Q @ x)^2)", "sum(tanh(Q @ x)^2)", lambda q, x: (torch.tanh(q @ x) ** 2).sum()),
    ("Hessian 200, exp(sum(sin(x)))", "exp(sum(sin(x)))", lambda q, x: torch.exp(torch.sin(x).sum())),
)


def auto_row(inputs: int, outputs: int) -> Row:
    """The chosen mode against the faster of the two."""
    asked = problem(JACOBIAN, layers(inputs, outputs), "x")
    auto = partial(our_jacobian, asked)
    runs = [interleaved(partial(our_jacobian, asked, mode), auto, RUNS) for mode in MODES]
    better, beside = min(runs, key=lambda times: statistics.median(times[0]))
    return Row(f"auto mode, {inputs} to {outputs}", beside, "the better mode", better, AUTO)


MODES: tuple[Mode, ...] = (FORWARD, REVERSE)
