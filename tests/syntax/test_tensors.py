"""Operations on tensors as they are typed, against torch's own functions of the same names and their autograd."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch

from gradcli.carriers.tape import evaluate, input_values
from gradcli.carriers.tensors import Tensors
from gradcli.methods.base import flatten
from gradcli.methods.forward import METHOD as FORWARD
from gradcli.methods.reverse import METHOD as REVERSE
from gradcli.methods.symbolic import request
from gradcli.methods.symbolic_worker import answer
from gradcli.problem import Problem
from gradcli.shapes import Shape
from gradcli.syntax.build import Built, build
from gradcli.syntax.parse import parse
from gradcli.syntax.text import expression_text

T = torch.Tensor
CARRIER = Tensors("cpu")
VALUES: dict[str, Any] = {
    "x": [0.5, -2.0, 3.0],
    "y": [1.5, 0.25],
    "z": [2.0, 0.0, -1.5, 0.0],
    "A": [[1.0, -2.0, 0.5], [3.0, 0.25, -1.5]],
    "S": [[1.0, -2.0, 0.5], [3.0, 0.25, -1.5], [0.75, 4.0, -0.5]],
    "C": [[[1.0, -2.0, 0.5], [3.0, 0.25, -1.5]], [[2.0, 1.5, -0.75], [-0.5, 0.0, 1.25]]],
    "R": [[[1.0], [-2.0]], [[0.5], [3.0]]],
    "s": 1.5,
}

CASES: list[tuple[str, Callable[..., T]]] = [
    ("prod(z)", torch.prod),
    ("prod(C, axis=1)", lambda C: torch.prod(C, 1)),
    ("prod(C, axis=[0, -1], keepdim=true)", lambda C: torch.prod(torch.prod(C, 2, True), 0, True)),
    ("prod(x[0:0])", lambda x: torch.prod(x[0:0]) * x.sum() ** 0),
    ("var(C, dim=0)", lambda C: torch.var(C, 0)),
    ("var(A, 1, 0)", lambda A: torch.var(A, 1, correction=0)),
    ("var(A, unbiased=false)", lambda A: torch.var(A, unbiased=False)),
    ("std(C, axis=[0, 2], keepdims=true)", lambda C: torch.std(C, (0, 2), keepdim=True)),
    ("max(x)", torch.max),
    ("max(C, axis=1)", lambda C: torch.amax(C, 1)),
    ("max(C, 1, true)", lambda C: torch.amax(C, 1, keepdim=True)),
    ("min(C, axis=[0, 2])", lambda C: torch.amin(C, (0, 2))),
    ("max(x, 1)", lambda x: torch.maximum(x, torch.tensor(1.0))),
    ("amin(A, dim=-1)", lambda A: torch.amin(A, -1)),
    ("s*argmax(C, axis=2) + argmin(C)", lambda s, C: s * torch.argmax(C, 2) + torch.argmin(C)),
    ("cumsum(x)", lambda x: torch.cumsum(x, 0)),
    ("cumsum(C, axis=-2)", lambda C: torch.cumsum(C, -2)),
    ("cumprod(z)", lambda z: torch.cumprod(z, 0)),
    ("cumprod(C, dim=2)", lambda C: torch.cumprod(C, 2)),
    ("cumprod(C, axis=1, reverse=true)", lambda C: torch.cumprod(C.flip(1), 1).flip(1)),
    ("norm(C)", torch.linalg.vector_norm),
    ('norm(A, p="fro")', torch.linalg.matrix_norm),
    ("norm(C, p=1, axis=1)", lambda C: torch.linalg.vector_norm(C, 1, 1)),
    ("norm(A, p=inf, axis=0)", lambda A: torch.linalg.vector_norm(A, math.inf, 0)),
    ("norm(x, 3)", lambda x: torch.linalg.vector_norm(x, 3)),
    ("norm(x, p=2.5)", lambda x: torch.linalg.vector_norm(x, 2.5)),
    ("norm(A, axis=1)^2", lambda A: torch.linalg.vector_norm(A, 2, 1) ** 2),
    ("norm(x, p=1)^2", lambda x: torch.linalg.vector_norm(x, 1) ** 2),
    ("outer(x, y)", torch.outer),
    ("A @ x", lambda A, x: A @ x),
    ("C @ x", lambda C, x: C @ x),
    ("y @ C", lambda y, C: y @ C),
    ("y @ C @ x", lambda y, C, x: y @ C @ x),
    ("C @ S", lambda C, S: C @ S),
    ("A @ S @ x", lambda A, S, x: A @ S @ x),
    ("C @ transpose(C, 1, 2)", lambda C: C @ C.transpose(1, 2)),
    ("transpose(C, 1, 2) @ R", lambda C, R: C.transpose(1, 2) @ R),
    ("transpose(R, 1, 2) @ A", lambda R, A: R.transpose(1, 2) @ A),
    ("C[0:1] @ permute(C, 0, 2, 1)", lambda C: C[0:1] @ C.permute(0, 2, 1)),
    ("unsqueeze(C, 1) @ transpose(C, 2, 1)", lambda C: C.unsqueeze(1) @ C.transpose(2, 1)),
    ("squeeze(R)", torch.squeeze),
    ("squeeze(R, -1)", lambda R: R.squeeze(-1)),
    ("unsqueeze(x, -1)", lambda x: x.unsqueeze(-1)),
    ("expand(x, 2, -1)", lambda x: x.expand(2, -1)),
    ("expand(R, [-1, 2, 3])", lambda R: R.expand(-1, 2, 3)),
    ("permute(C, 2, 0, 1)", lambda C: C.permute(2, 0, 1)),
    ("permute(C, axes=[1, 0, -1])", lambda C: C.permute(1, 0, -1)),
    ("flatten(C, 1)", lambda C: C.flatten(1)),
    ("flatten(C, start_dim=0, end_dim=1)", lambda C: C.flatten(0, 1)),
    ("flatten(s)", lambda s: s.flatten()),
    ("reshape(C, 3, -1)", lambda C: C.reshape(3, -1)),
    ("swapaxes(C, 0, 2)", lambda C: C.swapaxes(0, 2)),
    ("cat(x, y, x)", lambda x, y: torch.cat((x, y, x))),
    ("concat(A, S)", lambda A, S: torch.cat((A, S))),
    ("concatenate(C, R, axis=-1)", lambda C, R: torch.cat((C, R), -1)),
    ("repeat(x, 2)", lambda x: x.repeat(2)),
    ("repeat(A, 2, 1)", lambda A: A.repeat(2, 1)),
    ("tile(A, [2, 1, 3])", lambda A: A.tile(2, 1, 3)),
    ("diag(x)", torch.diag),
    ("diag(x, -1)", lambda x: torch.diag(x, -1)),
    ("diag(A)", torch.diag),
    ("diag(A, diagonal=2)", lambda A: torch.diag(A, 2)),
    ("diag(A, 7)", lambda A: A.flatten()[0:0]),
    ("trace(S @ S)", lambda S: torch.trace(S @ S)),
    ("tril(C, 1)", lambda C: torch.tril(C, 1)),
    ("triu(A, diagonal=-1)", lambda A: torch.triu(A, -1)),
    ("flip(C, axis=[0, 2])", lambda C: C.flip(0, 2)),
    ("roll(A, 2)", lambda A: A.roll(2)),
    ("roll(C, -1, axis=1)", lambda C: C.roll(-1, 1)),
    ("numel(A)*x", lambda A, x: A.numel() * x),
    ("x[[0, 2, 0, 0]]", lambda x: x[[0, 2, 0, 0]]),
    ("x[[-1, -3]]", lambda x: x[[-1, -3]]),
    ("S[[0, 1, 1], [1, 2, 2]]", lambda S: S[[0, 1, 1], [1, 2, 2]]),
    ("S[[0, 2]][:, [1, 1]]", lambda S: S[[0, 2]][:, [1, 1]]),
    ("S[1:, [0, 2, 2]]", lambda S: S[1:, [0, 2, 2]]),
    ("S[[2, 0], ::2]", lambda S: S[[2, 0], ::2]),
    ("C[[0, 1], :, [2, 0]]", lambda C: C[[0, 1], :, [2, 0]]),
    ("C[:, [0, 1], [2, 0]]", lambda C: C[:, [0, 1], [2, 0]]),
    ("C[1, :, [2, 0]]", lambda C: C[1][:, [2, 0]]),
    ("C[-1, [0, 0], 1:]", lambda C: C[-1, [0, 0], 1:]),
    ("C[[0, 1], [0], [2, 0]]", lambda C: C[[0, 1], [0], [2, 0]]),
    ("x[[true, false, true]]", lambda x: x[[True, False, True]]),
    ("A[:, [true, false, true]]", lambda A: A[:, [True, False, True]]),
    ("A[[[true, false, true], [false, true, false]]]", lambda A: A[torch.tensor([[1, 0, 1], [0, 1, 0]]) == 1]),
    ("x[[1, 2, 3] > 1]", lambda x: x[torch.tensor([1, 2, 3]) > 1]),
    ("x[1 - ([1, 2, 3] > 1)]", lambda x: x[torch.tensor([1, 2, 3]) <= 1]),
    ("k = [2, 0]; x[k]", lambda x: x[[2, 0]]),
    ("x[[2, 1 - 1]]", lambda x: x[[2, 0]]),
]  # fmt: skip
EVERY_CASE = pytest.mark.parametrize(("text", "native"), CASES, ids=[text for text, _ in CASES])


def read(text: str, names: dict[str, Shape]) -> Built:
    program = parse(text)
    return build(program, {name: names[name] for name in program.names if name in names})


def shapes() -> dict[str, Shape]:
    return {name: np.shape(value) for name, value in VALUES.items()}


def problem_of(built: Built) -> Problem:
    """The output weighted with 1, -1/2, 1/3, ..., by all inputs."""
    (output,) = built.outputs
    shape = built.graph.shapes[output]
    count = math.prod(shape)  # type: ignore[arg-type]
    weights = np.array([(-1.0) ** k / (k + 1) for k in range(count)]).reshape(shape)
    point = {name: VALUES[name] for name in built.free}
    return Problem(built.graph, output, built.free, point, weights.tolist() if shape else None)


@EVERY_CASE
def test_value_and_gradient_are_those_of_torch(text: str, native: Callable[..., T]) -> None:
    built = read(text, shapes())
    problem = problem_of(built)
    order = native.__code__.co_varnames[: native.__code__.co_argcount] if hasattr(native, "__code__") else built.free
    leaves = {name: torch.tensor(VALUES[name], dtype=torch.float64, requires_grad=True) for name in order}
    wanted = native(*leaves.values())
    assert wanted.shape == problem.output_shape
    cotangent = torch.tensor(1.0 if problem.cotangent is None else problem.cotangent, dtype=torch.float64)
    gradients = torch.autograd.grad(wanted, list(leaves.values()), cotangent.reshape(wanted.shape), allow_unused=True)
    for method in (FORWARD, REVERSE):
        found = method.differentiate(problem, CARRIER)
        assert flatten(found.value) == pytest.approx(wanted.flatten().tolist(), rel=1e-14)
        assert found.gradient is not None
        for (name, leaf), gradient in zip(leaves.items(), gradients, strict=True):
            expected = torch.zeros_like(leaf) if gradient is None else gradient
            ours = np.array(found.gradient[name])
            assert ours.shape == tuple(expected.shape)
            assert ours.ravel() == pytest.approx(expected.flatten().numpy(), rel=1e-12, abs=1e-14), name


@EVERY_CASE
def test_sympy_agrees(text: str, native: Callable[..., T]) -> None:
    """The array backings and definitions, by SymPy's own derivative."""
    problem = problem_of(read(text, shapes()))
    if problem.output_shape and 0 in problem.output_shape:
        return
    tape = evaluate(problem.graph, [problem.output], CARRIER, input_values(problem.graph, CARRIER, problem.point))
    if tape.kinks():
        return
    found = answer(request(problem, tape))["gradient"]
    wanted = REVERSE.differentiate(problem, CARRIER).gradient
    assert wanted is not None
    for name in problem.wrt:
        assert found[name] == pytest.approx(flatten(wanted[name]), rel=1e-12, abs=1e-14)


@EVERY_CASE
def test_prints_and_parses_again(text: str, native: Callable[..., T]) -> None:
    built = read(text, shapes())
    printed = expression_text(built.graph, built.outputs)
    again = read(printed, shapes())
    assert expression_text(again.graph, again.outputs) == printed
    assert problem_of(again).output_shape == problem_of(built).output_shape
    value = [REVERSE.differentiate(problem_of(b), CARRIER).value for b in (built, again)]
    assert value[0] == value[1]


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ("max(x)", "max(x)"),
        ("max(x, 0)", "max(x, 0)"),
        ("max(A, axis=1, keepdim=true)", "max(A, axis=1, keepdim=true)"),
        ("norm(x, p=inf)", "norm(x, p=inf)"),
        ('norm(A, "fro")^2', "sumsq(A)"),
        ("norm(A, axis=0)^2", "sumsq(A, axis=0)"),
        ("norm(x, p=1)^2", "norm(x, p=1)^2"),
        ("var(x, unbiased=true)", "var(x)"),
        ("cumsum(x, 0)", "cumsum(x)"),
        ("permute(A, 1, 0)", "permute(A, axes=[1, 0])"),
        ("expand(x, 2, -1)", "broadcast_to(x, shape=[2, 3])"),
        ("transpose(C, 2, 0)", "swapaxes(C, axis1=2)"),
        ("x[[-1, 0]]", "x[[2, 0]]"),
        ("x[[true, false, true]]", "x[[0, 2]]"),
        ("S[1:, [0, 2]]", "S[1:3, [0, 2]]"),
    ],
)
def test_is_printed_as(text: str, printed: str) -> None:
    built = read(text, shapes())
    assert expression_text(built.graph, built.outputs) == printed


@pytest.mark.parametrize(
    ("text", "shape"),
    [
        ("prod(M, axis=0)", ("n",)),
        ("max(M, axis=1, keepdim=true)", ("m", 1)),
        ("norm(M, p=1)", ()),
        ("var(M, axis=0)", ("n",)),
        ("cumprod(v)", ("n",)),
        ("cat(v, v)", ("2*n",)),
        ("cat(v, u)", ("(n+m)",)),
        ("cat(v, [1, 2], u)", ("(n+m+2)",)),
        ("flatten(expand(cat(v, u), 3, -1))", ("3*(n+m)",)),
        ("reshape(repeat(cat(v, u), 3), 3, -1)", (3, "(n+m)")),
        ("repeat(M, 2, 3)", ("2*m", "3*n")),
        ("outer(v, u)", ("n", "m")),
        ("diag(v)", ("n", "n")),
        ("diag(M @ M')", ("m",)),
        ("diag(v, 2)", ("(n+2)", "(n+2)")),
        ("tril(M)", ("m", "n")),
        ("flatten(M)", ("m*n",)),
        ("unsqueeze(v)", (1, "n")),
        ("expand(v, 3, -1)", (3, "n")),
        ("transpose(M, 0, 1)", ("n", "m")),
        ("v[[0, 2, 5]]", (3,)),
        ("M[[0, 1], [1, 0]]", (2,)),
        ("v[[true, false, true]]", (2,)),
        ("roll(flip(v), 1)", ("n",)),
    ],
)
def test_shapes_with_symbols(text: str, shape: Shape) -> None:
    built = read(text, {"M": ("m", "n"), "v": ("n",), "u": ("m",)})
    assert built.graph.shapes[built.outputs[0]] == shape
