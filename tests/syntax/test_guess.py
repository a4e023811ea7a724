"""Shapes for names that nobody gave one."""

import pytest

from gradcli.shapes import Shape
from gradcli.syntax.build import build
from gradcli.syntax.guess import default_shapes
from gradcli.syntax.parse import parse

N, M, K, L = "n", "m", "k", "l"


@pytest.mark.parametrize(
    ("text", "given", "expected"),
    [
        ("x^2 + y", {}, {"x": (), "y": ()}),
        ("A x", {}, {"A": (), "x": ()}),
        ("A @ x", {}, {"A": (M, N), "x": (N,)}),
        ("dot(x, w)", {}, {"x": (N,), "w": (N,)}),
        ("x' A x", {}, {"x": (N,), "A": (N, N)}),
        ("norm(X w - y)^2", {}, {"X": (M, N), "w": (N,), "y": (M,)}),
        ("‖X w − y‖²", {}, {"X": (M, N), "w": (N,), "y": (M,)}),
        ("1/2 ‖X w − y‖² + λ‖w‖²", {}, {"X": (M, N), "w": (N,), "y": (M,), "λ": ()}),
        ("sum((X w - y)^2)", {}, {"X": (M, N), "w": (N,), "y": (M,)}),
        ("a = X w - y; norm(a)", {}, {"X": (M, N), "w": (N,), "y": (M,)}),
        ("a = dot(x, w); b = a - y; b^2", {}, {"x": (N,), "w": (N,), "y": ()}),
        ("A @ x + b", {}, {"A": (M, N), "x": (N,), "b": (M,)}),
        ("x' w + b", {}, {"x": (N,), "w": (N,), "b": ()}),
        ("A @ B @ C", {}, {"A": (M, N), "B": (N, K), "C": (K, L)}),
        ("norm(A - B)", {}, {"A": (M, N), "B": (M, N)}),
        ("norm(c x)", {}, {"c": (), "x": (N,)}),
        ("c * A @ x", {}, {"c": (), "A": (M, N), "x": (N,)}),
        ("norm(x^p)", {}, {"x": (N,), "p": ()}),
        ("sum(x*y)", {}, {"x": (N,), "y": (N,)}),
        ("[sin(x), cos(x)]", {}, {"x": ()}),
        ("softmax(A x)", {}, {"A": (M, N), "x": (N,)}),
        ("x[0] + y", {}, {"x": (N,), "y": ()}),
        ("n*dot(x, x)", {}, {"n": (), "x": (M,)}),
        ("A @ x", {"x": (3,)}, {"A": (N, 3), "x": (3,)}),
        ("x' A x", {"x": (3,)}, {"x": (3,), "A": (3, 3)}),
        ("dot(x, w)", {"x": ("d",)}, {"x": ("d",), "w": ("d",)}),
        ("norm(X w - y)", {"X": ("n", 2)}, {"X": ("n", 2), "w": (2,), "y": ("n",)}),
    ],
)
def test_guesses(text: str, given: dict[str, Shape], expected: dict[str, Shape]) -> None:
    program = parse(text)
    shapes = default_shapes(program, given)
    assert shapes == expected
    build(program, shapes)


def test_shapes_that_cannot_agree_are_left_to_the_builder() -> None:
    shapes = default_shapes(parse("dot(x, w) + A @ y"), {"x": (3,), "w": (4,)})
    assert shapes["x"], shapes["w"] == ((3,), (4,))
