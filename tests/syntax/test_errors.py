"""Bad input: one cause, the place, the mend, as the user sees it."""

import pytest

from gradcli.errors import GradcliError
from gradcli.syntax.build import build
from gradcli.syntax.parse import parse
from tests.golden_files import Golden
from tests.syntax.graphs import SHAPES

BAD = [
    "", "  # only a comment", ";", "(x + 1", "sin(x", "[1, 2;", "[[1, 2], [3, 4]", "(x]", "|x + 1", "||v", "⟨u, v",
    "x + 1)", "]", "x + * y", "x *", "* x", "x + ; y", "()", "[]", "sin()", "max(x, )", "a = ", "a = ; y", "= x",
    "2 = x", "x + y = z", "a = b = x", "a = x; a = y", "y + a; a = x", "x = 2", "true = x", "f(x) = x^2", "x.y", "x!",
    "5 % % x", "x and", "or x", "x not y", "and = 1", "x $ y",
    "x = {1}", "1e999", "3 4", "x 2", "x, y", "(x, y)", "|x, y|", "⟨u⟩", "x : y", "A[0:1:2:3]",
    "A[]", "A[0, 0, 0]", "A[7]", "A[x]", "A[0.5]", "u[::-1]", "x[0]", "sinn(x)", "foo(x)", "x(2, 1)", "q(2)",
    "__import__('os')", "os.system('ls')", "sin x", "sin^2(x)", "Sv", "v'Sv", "xy", "qq + 1", "U", "atan2(x)",
    "sin(x, y, z)", "max()", "dot(u)", "sum()", "sum(A, axes=0)", "sum(A, axis=0, axis=1)", "sum(A, axis=x)",
    "sum(A, axis=5)", "sum(A, axis=0.5)", 'sum(A, axis="a")', 'sum(A, axis=["a"])', "sum(axis=0, A)",
    "sum(A, keepdim=3)",
    "true + x", '"text"', "[x, true]", "[[1, 2], [3]]", "[1, [2]]", "[x, u]", "[u, w]", "A @ u", "B @ A @ B' @ u",
    "A * B",
    "A + B", "x @ y", "dot(u, w)", "dot(A, u)", "A u", "(A + A) @ u", "stack(u, w)", "reshape(A, [4])", "x < y < z",
    "max(0 < sin(x) <= 1, y)", "x and y == z == x or y",
    "a = x\n\nb = a +* y", "polygamma(x, 0.5)",
    "max(x, y, z)", "max(A, axis=2)", "max(u[0:0])", "argmax(A, axis=[0, 1])", "var(u[0:1])", "norm(u, p=0.5)",
    'norm(A, p="nuc")', "x*inf", "cumsum(A)", "cumsum(x)", "cat(u)", "cat([u, v])", "cat(x, y)", "cat(A, B)",
    "outer(A, u)",
    "trace(A)", "diag(x)", "tril(u)", "squeeze(A, axis=0)", "flatten(A, 1, 0)", "expand(u, -1, 3)", "permute(A, 0, 0)",
    "repeat(u, -1)", "repeat(u, 1000000000, 1000000000)", "transpose(A, 0, 2)", "u[[0, 3]]", "u[[0, 0.5]]",
    "u[[0, true]]", "u[[true, false]]", "u[[false, false, false]]", "u[[[0, 1], [1, 2]]]", "A[[0, 1, 2], [0, 1]]",
    "u[u > 0]", "sum(A[A > x])", "u[[x, y]]",
]  # fmt: skip


def complaint(text: str) -> str:
    shapes = {name: shape for name, shape in SHAPES.items() if name in text}
    try:
        build(parse(text), shapes)
    except GradcliError as error:
        return f"{error.kind}\n{error}"
    return "accepted"


def test_messages(golden: Golden) -> None:
    golden("syntax/errors.txt", "\n\n".join(f">>> {text}\n{complaint(text)}" for text in BAD) + "\n")


@pytest.mark.parametrize("text", BAD)
def test_has_a_cause_a_place_and_a_mend(text: str) -> None:
    shapes = {name: shape for name, shape in SHAPES.items() if name in text}
    with pytest.raises(GradcliError) as caught:
        build(parse(text), shapes)
    error = caught.value
    assert error.source == text or not text.strip(" ;") or text.startswith("  #")
    assert error.span is not None or error.source is None
    assert error.hint


@pytest.mark.parametrize(
    ("text", "marked"),
    [
        ("[1,2;", "["),
        ("A @ u", "@"),
        ("[[1, 2], [3]]", "[3]"),
        ("a = x; a = y", "a"),
        ("x + foo(y)", "foo"),
        ("sin(x", "("),
        ("x + * y", "+ *"),
        ("x^2 + qq", "qq"),
    ],
)
def test_points_at(text: str, marked: str) -> None:
    with pytest.raises(GradcliError) as caught:
        build(parse(text), {"x": (), "A": (3, 2), "u": (3,)})
    span = caught.value.span
    assert span is not None
    assert text[span.start : span.end] == marked


def test_shape_mismatch_is_said_as_promised() -> None:
    with pytest.raises(GradcliError) as caught:
        build(parse("A @ x"), {"A": (3, 2), "x": (3,)})
    assert str(caught.value) == (
        "error: shapes do not match in '@': A is (3, 2), x is (3,)\n  A @ x\n    ^\nhelp: did you mean A' @ x ?"
    )


def test_assigning_a_bound_name_is_an_error() -> None:
    with pytest.raises(GradcliError, match="value from outside"):
        build(parse("x = 2; x^2"), {"x": ()})
