"""Vertex elimination: counts by hand and against the sweeps, and the Jacobian that elimination on numbers leaves."""

from __future__ import annotations

import random
from collections.abc import Sequence
from itertools import permutations

import pytest
import torch

from gradcli.carriers.tape import Tape, evaluate
from gradcli.carriers.tensors import Tensors
from gradcli.cost import elimination, linearised
from gradcli.cost.elimination import ORDERS, Elimination, elimination_rows
from gradcli.cost.linearised import CountedEntries, Entries, Linearised, aligned, linearise
from gradcli.cost.operations import Function, both_sweeps
from gradcli.methods.jacobian import jacobian
from gradcli.shapes import size
from tests.cost.functions import function

ROW_1 = "ln(x1)+x1*x2-sin(x2)"
HUB = "y = exp(sin(x1)*x2)*x3; y; y^2*x1; x2"
SHAPES = {"A": (2, 3), "B": (3, 2), "x": (3,), "b": (2,)}
FUNCTIONS = [
    ROW_1,
    HUB,
    "tanh(A @ x + b)",
    "norm(A @ x - b)^2",
    "softmax(A, axis=1) @ x; sum(x); x[1:]*c",
    "where(x > 1, x, ln(x))*mean(x)",
    "A*x; A @ B @ b; c",
    "sum(A', axis=0)[1]*x; detach(x)*x; 2",
    "reshape(A, [6])*[1,2,3,4,5,6] - c",
]


class NumericEntries:
    """The local Jacobians at a point, by torch.autograd on each operation: numbers in place of "some number"."""

    def __init__(self, asked: Function, tape: Tape) -> None:
        self.counted = CountedEntries(asked)
        self.tape = tape

    def __call__(self, node: int, position: int) -> Entries:
        tape, primitive = self.tape, self.tape.primitive(node)
        arguments = tape.arguments(node)

        def applied(argument: torch.Tensor) -> torch.Tensor:
            values = [argument if k == position else v for k, v in enumerate(arguments)]
            return tape.carrier.apply(primitive, tuple(values), tape.graph.parameters[node])

        argument = arguments[position]
        block = torch.autograd.functional.jacobian(applied, argument).reshape(-1, argument.numel())
        entries = [(t, s, float(block[t, s])) for t, s, _ in self.counted(node, position)]
        # The pattern is complete: outside it there are zeros only.
        assert block.abs().sum() == pytest.approx(sum(abs(w) for _, _, w in entries))
        return entries


def at_a_point(asked: Function) -> Tape:
    generator = torch.Generator().manual_seed(3)
    graph = asked.graph
    point = {
        node: 0.6 + torch.rand(graph.shapes[node], generator=generator, dtype=torch.float64)
        for node in graph.inputs.values()
    }
    return evaluate(graph, asked.outputs, Tensors("cpu"), point)


def swept(asked: Function, tape: Tape) -> torch.Tensor:
    """The whole Jacobian by reverse sweeps, a row an output element that depends on an input."""
    blocks = jacobian(tape, asked.outputs, asked.sources, "reverse")
    active = linearised.active_nodes(asked)
    rows = [
        torch.cat([blocks[output, s].reshape(size(asked.graph.shapes[output]), -1) for s in asked.sources], 1)
        for output in asked.outputs
        if output in active
    ]
    return torch.cat(rows)


def left_over(found: Linearised, state: Elimination) -> torch.Tensor:
    """The weights between inputs and outputs, once nothing else is left."""
    matrix = torch.zeros(len(found.outputs), len(found.inputs), dtype=torch.float64)
    for i, output in enumerate(found.outputs):
        for j, source in enumerate(found.inputs):
            matrix[i, j] = state.into[output].get(source, 0.0)
        assert set(state.into[output]) <= set(found.inputs)
    return matrix


@pytest.mark.parametrize("order", [*ORDERS, "random"])
@pytest.mark.parametrize("text", FUNCTIONS)
def test_what_is_left_is_the_jacobian(text: str, order: str) -> None:
    asked = function(text, **SHAPES)
    tape = at_a_point(asked)
    found = linearise(asked, NumericEntries(asked, tape))
    state = Elimination(found)
    if order == "random":
        shuffled = list(state.intermediate)
        random.Random(5).shuffle(shuffled)
        for vertex in shuffled:
            state.eliminate(vertex)
    else:
        state.run(order)
    # Inputs are numbered as the graph has them; the columns of the sweeps follow the sources.
    assert list(asked.sources) == sorted(asked.sources)
    torch.testing.assert_close(left_over(found, state), swept(asked, tape), rtol=1e-12, atol=1e-13)


SCALARS = [ROW_1, HUB, "u = a*b*c; v = sin(u); v*d; v*e; v*f", "exp(x*y)*z - y/z", "a = x+y; b = a*z; a/b; b-z", "x"]


@pytest.mark.parametrize("text", SCALARS)
def test_forward_and_reverse_order_multiply_as_the_sweeps_do(text: str) -> None:
    """On scalars without parallel edges; the sweeps are counted on another way, by running them."""
    asked = function(text)
    _, forward, reverse = both_sweeps(asked)
    ahead, back, _ = elimination_rows(asked)
    assert (ahead.cost, back.cost) == (forward.cost, reverse.cost)


def products(text: str, order: str, **shapes: tuple) -> int:
    asked = function(text, **shapes)
    state = Elimination(linearise(asked, CountedEntries(asked)))
    state.run(order)
    return state.multiplications


def test_by_hand() -> None:
    """HUB: sin, times x2, exp, times x3 = y, square, times x1; predecessors times successors when a vertex goes.

    Forward: sin 1·1, product 2·1, exp 2·1, y 3·1 and a copy to the output y that is no product, square 3·1. Markowitz:
    sin, exp and square 1·1 each, then the product 2·1, and y 3·1 (and the copy).
    """
    assert products(HUB, "forward") == 1 + 2 + 2 + 3 + 3 == products(HUB, "reverse")
    assert products(HUB, "Markowitz") == 1 + 1 + 1 + 2 + 3


def test_parallel_edges_are_added_first() -> None:
    assert products("exp(x*x)", "forward") == 1
    assert products("exp(exp(x*x))", "reverse") == 2


def test_single_elements_show_zeros() -> None:
    """x*x element by element, then a sum, which has the constant 1 on each edge."""
    assert products("sum(exp(x*x))", "forward", x=(4,)) == 4
    assert products("A @ exp(x)", "forward", A=(2, 3), x=(3,)) == 3 * 2


def brute_force(text: str) -> int:
    """The fewest multiplications of all orders."""
    asked = function(text)
    fewest = []
    start = linearise(asked, CountedEntries(asked))
    for order in permutations(Elimination(start).intermediate):
        state = Elimination(start)
        for vertex in order:
            state.eliminate(vertex)
        fewest.append(state.multiplications)
    return min(fewest)


@pytest.mark.parametrize("text", [HUB, "u = a*b*c; v = sin(u); v*d; v*e"])
def test_no_order_is_better_here_than_markowitz(text: str) -> None:
    assert products(text, "Markowitz") == brute_force(text)


def test_the_most_weights_at_a_time() -> None:
    """exp(x*y): two edges into the product and one on. When it goes, two new ones take the place of the last: 4."""
    asked = function("exp(x*y)")
    assert [row.kept for row in elimination_rows(asked)] == [4, 4, 4]


def reasons(asked: Function) -> Sequence[str]:
    return [row.reason for row in elimination_rows(asked)]


def test_what_is_too_large_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    assert reasons(function("A @ x", A=("m", "n"), x=("n",))) == ["needs numbers for m, n"] * 3
    assert reasons(function("sum(x)", x=(5000,))) == ["5001 elements, more than 2000"] * 3
    assert reasons(function("softmax(softmax(x))", x=(600,)))[0].startswith("more than 200000")
    monkeypatch.setattr(elimination, "MOST_PRODUCTS", 5)
    assert reasons(function(HUB)) == ["more than 5 products"] * 3


@pytest.mark.parametrize(
    ("shape", "out"), [((), (2, 3)), ((3,), (2, 3)), ((2, 1), (2, 3)), ((1,), (2,)), ((0,), (2, 0))]
)
def test_alignment_is_that_of_torch(shape: tuple, out: tuple) -> None:
    numbers = torch.arange(size(shape)).reshape(shape)
    assert aligned(shape, out) == numbers.broadcast_to(out).flatten().tolist()


def test_nothing_to_do() -> None:
    for text, shapes in (("2 + 3", {}), ("sum(x)", {"x": (0,)}), ("detach(x)", {}), ("x", {})):
        assert [row.cost.operations.number for row in elimination_rows(function(text, **shapes))] == [0, 0, 0]
