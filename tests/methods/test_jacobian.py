"""Jacobians and Hessians against torch.func, in both modes, in blocks and in parts of blocks."""

import pytest
import torch

from gradcli.carriers.floats import Floats
from gradcli.carriers.tape import evaluate, input_values
from gradcli.carriers.tensors import Tensors
from gradcli.methods import blocks
from gradcli.methods.jacobian import cheaper_mode, jacobian
from gradcli.methods.second_order import hessian_on_graph, hessian_on_values, hvp
from tests.verify.problems import problem

TENSORS = Tensors("cpu")
A = [[0.5, -1.0, 2.0], [1.5, 0.25, -0.75]]
X = [0.3, -0.7, 1.1]
VECTOR_FUNCTIONS = [
    ("tanh(A @ sin(x))", lambda A, x: torch.tanh(A @ torch.sin(x))),
    ("x*x", lambda A, x: x * x),
    ("A*x", lambda A, x: A * x),
    ("A @ A'", lambda A, x: A @ A.T),
    ("softmax(A, axis=1)", lambda A, x: torch.softmax(A, 1)),
    ("x[1:] - sum(A)*x[0]", lambda A, x: x[1:] - A.sum() * x[0]),
    ("where(x > 0, exp(x), A[0])", lambda A, x: torch.where(x > 0, torch.exp(x), A[0])),
    ("norm(x)*x", lambda A, x: torch.linalg.vector_norm(x) * x),
    ("x @ A'", lambda A, x: x @ A.T),
    (
        "[sum(x), prodless, x[0]*A[1,2]]".replace("prodless", "x[0]*x[1]"),
        lambda A, x: torch.stack([x.sum(), x[0] * x[1], x[0] * A[1, 2]]),
    ),
]
SCALAR_FUNCTIONS = [
    ("sum(tanh(A @ x)^2)", lambda A, x: (torch.tanh(A @ x) ** 2).sum()),
    ("dot(x, x)*sum(exp(A))", lambda A, x: torch.dot(x, x) * torch.exp(A).sum()),
    ("norm(A @ x)", lambda A, x: torch.linalg.vector_norm(A @ x)),
    ("sum(where(x > 0, x^3, A[0]*x))", lambda A, x: torch.where(x > 0, x**3, A[0] * x).sum()),
    ("sum(x)", lambda A, x: x.sum()),
]


def tensors() -> dict[str, torch.Tensor]:
    return {"A": torch.tensor(A, dtype=torch.float64), "x": torch.tensor(X, dtype=torch.float64)}


def close(found: torch.Tensor, expected: torch.Tensor) -> None:
    assert found.shape == expected.shape
    torch.testing.assert_close(found, expected, rtol=1e-13, atol=1e-14)


@pytest.mark.parametrize("elements", [2**22, 8])
@pytest.mark.parametrize("mode", ["forward", "reverse"])
@pytest.mark.parametrize(("text", "function"), VECTOR_FUNCTIONS, ids=lambda v: v if isinstance(v, str) else "")
def test_jacobians_are_those_of_torch(text, function, mode, elements, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also with blocks cut so small that none is the whole identity."""
    monkeypatch.setattr(blocks, "BLOCK_ELEMENTS", elements)
    asked = problem(text, A=A, x=X)
    graph = asked.graph
    tape = evaluate(graph, [asked.output], TENSORS, input_values(graph, TENSORS, asked.point))
    found = jacobian(tape, [asked.output], [graph.inputs[name] for name in asked.wrt], mode)
    given = tensors()
    for name in asked.wrt:
        expected = torch.func.jacrev(lambda v, name=name: function(**{**given, name: v}))(given[name])
        close(found[asked.output, graph.inputs[name]], expected)


def test_an_elementwise_function_keeps_its_block_diagonal() -> None:
    asked = problem("exp(sin(x))*x", x=X)
    graph = asked.graph
    tape = evaluate(graph, [asked.output], TENSORS, input_values(graph, TENSORS, asked.point))
    (start,) = blocks.unit_blocks(tape, (3,))
    assert blocks.push_block(tape, graph.inputs["x"], start, [asked.output])[asked.output].dense is None
    assert blocks.pull_block(tape, asked.output, start, [graph.inputs["x"]])[graph.inputs["x"]].dense is None


@pytest.mark.filterwarnings("ignore:.torch.jit.script")  # raised inside torch.func.hessian
@pytest.mark.parametrize("way", [hessian_on_values, hessian_on_graph])
@pytest.mark.parametrize(("text", "function"), SCALAR_FUNCTIONS, ids=lambda v: v if isinstance(v, str) else "")
def test_hessians_are_those_of_torch(text, function, way) -> None:
    asked = problem(text, A=A, x=X)
    found = way(asked, TENSORS)
    given = tensors()
    expected = torch.func.hessian(lambda values: function(**{**given, **values}))({n: given[n] for n in asked.wrt})
    for one in asked.wrt:
        for other in asked.wrt:
            close(found[one][other], expected[one][other])


def test_scalars_need_no_torch() -> None:
    asked = problem("ln(x1) + x1*x2 - sin(x2)", x1=2.0, x2=5.0)
    for way in (hessian_on_values, hessian_on_graph):
        found = way(asked, Floats())
        assert found["x1"] == {"x1": -0.25, "x2": 1.0}
        assert found["x2"] == {"x1": 1.0, "x2": -0.9589242746631385}
    assert hvp(asked, Floats(), {asked.graph.inputs["x1"]: 2.0}) == {"x1": -0.5, "x2": 2.0}


def test_the_branch_that_is_not_taken_stays_silent() -> None:
    asked = problem("where(x > 0, x^2, ln(x))", x=3.0)
    assert hessian_on_values(asked, Floats()) == {"x": {"x": 2.0}}


@pytest.mark.parametrize(("text", "expected"), [("A @ x", "reverse"), ("x[0]*A", "forward"), ("dot(x, x)", "reverse")])
def test_the_mode_is_that_with_fewer_sweeps(text: str, expected: str) -> None:
    asked = problem(text, A=A, x=X)
    tape = evaluate(asked.graph, [asked.output], TENSORS, input_values(asked.graph, TENSORS, asked.point))
    assert cheaper_mode(tape, [asked.output], [asked.graph.inputs["x"]]) == expected
