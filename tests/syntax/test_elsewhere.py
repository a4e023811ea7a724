"""What the hint writes for a function of another library is that function: torch computes both."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import pytest
import torch
import torch.nn.functional as nn

from gradcli.carriers.tape import evaluate
from gradcli.carriers.tensors import Tensors
from gradcli.errors import NameProblem
from gradcli.primitives.registry import function_names
from gradcli.syntax.build import build
from gradcli.syntax.elsewhere import EXPRESSIONS
from gradcli.syntax.parse import parse

X = torch.tensor([-7.3, -0.9, 0.4, 2.5, 8.1], dtype=torch.float64)
Y = torch.tensor([0.0, 1.0, 1.0, 0.0, 1.0], dtype=torch.float64)
P = torch.tensor([0.1, 0.7, 0.4, 0.5, 0.9], dtype=torch.float64)
A = torch.tensor([[2.0, 1.0, 0.3], [1.0, 3.0, 0.5], [0.2, -1.0, 4.0]], dtype=torch.float64)
ONE = torch.tensor(1.0, dtype=torch.float64)

Function = Callable[..., Any]
WITNESSES: dict[str, tuple[Function, dict[str, Any]]] = {
    "attention": (nn.scaled_dot_product_attention, {"Q": A, "K": A + 1, "V": A.T}),
    "bce": (nn.binary_cross_entropy, {"p": P, "y": Y}),
    "bce_with_logits": (nn.binary_cross_entropy_with_logits, {"z": X, "y": Y}),
    "cosine_similarity": (lambda x, y: nn.cosine_similarity(x, y, dim=0), {"x": X, "y": Y}),
    "deg2rad": (torch.deg2rad, {"x": X}),
    "exp2": (torch.exp2, {"x": X}),
    "factorial": (lambda n: torch.tensor(float(math.factorial(int(n)))), {"n": 5 * ONE}),
    "hardsigmoid": (nn.hardsigmoid, {"x": X}),
    "hardtanh": (nn.hardtanh, {"x": X}),
    "heaviside": (lambda x: torch.heaviside(x, 0 * ONE), {"x": X}),
    "l1_loss": (nn.l1_loss, {"x": X, "y": Y}),
    "layer_norm": (lambda x: nn.layer_norm(x, x.shape), {"x": X}),
    "lg": (torch.log10, {"x": P}),
    "logdet": (torch.logdet, {"A": A}),
    "logit": (torch.logit, {"p": P}),
    "logsigmoid": (nn.logsigmoid, {"x": X}),
    "mish": (nn.mish, {"x": X}),
    "prelu": (nn.prelu, {"x": X, "a": 0.3 * ONE}),
    "rad2deg": (torch.rad2deg, {"x": X}),
    "reciprocal": (torch.reciprocal, {"x": X}),
    "relu6": (nn.relu6, {"x": X}),
    "rms_norm": (lambda x: nn.rms_norm(x, x.shape, eps=0.0), {"x": X}),
    "rsqrt": (torch.rsqrt, {"x": P}),
    "softsign": (nn.softsign, {"x": X}),
    "square": (torch.square, {"x": X}),
    "xlogy": (torch.xlogy, {"x": Y, "y": P}),
}


def computed(text: str, inputs: dict[str, Any]) -> Any:
    """The value of an expression. The dimension of attention is that of its queries."""
    bound = inputs | ({"d": 3 * ONE} if "d)" in text else {})
    built = build(parse(text), {name: tuple(value.shape) for name, value in bound.items()})
    values = {node: bound[name] for name, node in built.graph.inputs.items()}
    return evaluate(built.graph, built.outputs, Tensors("cpu"), values).values[built.outputs[-1]]


@pytest.mark.parametrize("text", sorted(set(EXPRESSIONS.values())))
def test_the_expression_is_the_function(text: str) -> None:
    witnesses = [WITNESSES[name] for name, written in EXPRESSIONS.items() if written == text and name in WITNESSES]
    assert witnesses
    for function, inputs in witnesses:
        torch.testing.assert_close(computed(text, inputs), function(*inputs.values()).double(), rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize("name", EXPRESSIONS)
def test_the_hint_is_given_where_there_is_no_such_function(name: str) -> None:
    assert name not in function_names()
    with pytest.raises(NameProblem) as refused:
        parse(f"{name}(x)")
    assert refused.value.hint == f"write {EXPRESSIONS[name]}"
