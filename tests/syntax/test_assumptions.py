"""What an assumption makes of an expression when its graph is built."""

from __future__ import annotations

import random

import numpy as np
import pytest

from gradcli.carriers.tensors import Tensors
from gradcli.graph import INPUT
from gradcli.primitives.registry import by_name
from gradcli.syntax.build import Built, build
from gradcli.syntax.guess import default_shapes
from gradcli.syntax.parse import parse


def made(text: str, assumptions: dict[str, tuple[str, ...]]) -> Built:
    program = parse(text)
    return build(program, default_shapes(program, {}, assumptions), None, assumptions)


def names(built: Built) -> list[str]:
    graph = built.graph
    return [graph.operations[node].name for node in graph.ancestors(built.outputs) if graph.operations[node] != INPUT]


def test_fewer_operations() -> None:
    assert names(made("sum(A' @ y)", {})) == ["transpose", "matmul", "sum"]
    assert names(made("sum(A' @ y)", {"A": ("symmetric",)})) == ["matmul", "sum"]
    assert names(made("sum(inv(A) @ y)", {"A": ("permutation", "orthogonal")})) == ["transpose", "matmul", "sum"]
    assert names(made("sum(A' @ y)", {"A": ("skew",)})) == ["neg", "matmul", "sum"]


def test_the_note_says_what_was_read_and_what_is_held() -> None:
    built = made("inv(Q) @ y", {"Q": ("orthogonal",)})
    assert "Q is orthogonal: `inv(Q)` was read as `Q'`, and Q is held, not differentiated by" in built.notes
    assert built.graph.held == {"Q"}


@pytest.mark.parametrize(
    ("text", "property"), [("y' A y", "symmetric"), ("inv(A) @ y", "symmetric"), ("y' A' y", "orthogonal")]
)
def test_what_is_not_used_holds_nothing(text: str, property: str) -> None:
    assert made(text, {"A": (property,)}).graph.held == set()


def test_shapes_without_a_point() -> None:
    program = parse("K B + 2")
    assert default_shapes(program, {}, ["K"]) == {"K": ("n", "n"), "B": ("n", "m")}
    assert default_shapes(parse("a*2"), {}, ["a"]) == {"a": ("n", "n")}
    assert default_shapes(parse("A x"), {"x": (3,)}, ["A"]) == {"A": (3, 3), "x": (3,)}


@pytest.mark.parametrize("name", ["transpose", "inv"])
def test_random_matrices_of_the_property(name: str, rng: random.Random) -> None:
    """The declared forms against the operation itself."""
    m = Tensors("cpu")
    for _ in range(20):
        a = np.array([[rng.gauss(0, 1) for _ in range(4)] for _ in range(4)])
        of_kind = {"symmetric": a + a.T, "skew": a - a.T, "orthogonal": np.linalg.qr(a)[0]}
        primitive = by_name()[name]
        for word, rule in primitive.under.items():
            value = m.constant(of_kind[word].tolist(), (4, 4))
            assert np.allclose(rule(m, value), m.apply(primitive, (value,), ()), rtol=0, atol=1e-13)
