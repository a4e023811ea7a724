"""Whatever is typed, the answer is a graph or an error that says what is wrong."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradcli.errors import GradcliError, Span
from gradcli.primitives.registry import by_spelling
from gradcli.syntax.bindings import split_bindings
from gradcli.syntax.build import Built, build
from gradcli.syntax.guess import default_shapes
from gradcli.syntax.latex import expression_latex
from gradcli.syntax.parse import parse
from gradcli.syntax.text import expression_text
from tests.sampling import examples
from tests.syntax.graphs import read, same_graph

PIECES = [
    *"xyzuvwABS0123()[]|+-*/^,;:='<>@#. \n", "⟨", "⟩", "‖", "||", "√", "²", "⁻¹", "ᵀ", ".T", ".*", "**", "==", "<=",
    "≤", "π", "e", "pi", "x₁", "1e5", "0.5", '"a"', "true", "none", "axis=", "keepdim=", "shape=", "a = ", "; b = ",
    "-1", "2x", " x", "(x+1)", "[1,2]", "[x,y]", "u' ", "é", "½", "\x00",
]  # fmt: skip


def attempt(text: str) -> Built | GradcliError:
    try:
        return read(text)
    except GradcliError as error:
        return error


def answer(text: str) -> None:
    """Parse, guess shapes, build and print; errors must point into the text."""
    built = attempt(text)
    if not isinstance(built, Built):
        assert str(built)
        assert built.span is None or (built.source == text and 0 <= built.span.start <= built.span.end <= len(text))
        return
    expression_latex(built.graph, built.outputs)
    printed = expression_text(built.graph, built.outputs)
    program = parse(printed)
    shapes = {name: built.graph.shapes[node] for name, node in built.graph.inputs.items()}
    again = build(program, {name: shapes[name] for name in program.names if name in shapes})
    assert same_graph(built.graph, built.outputs, again.graph, again.outputs), printed


@examples(sample=300, full=5_000)
@given(st.text(max_size=40))
def test_any_text(text: str) -> None:
    answer(text)


@examples(sample=200, full=5_000)
@given(st.binary(max_size=60))
def test_any_bytes(data: bytes) -> None:
    answer(data.decode("utf-8", errors="replace"))


@examples(sample=1000, full=20_000)
@given(st.lists(st.sampled_from([*PIECES, *(f"{name}(" for name in by_spelling())]), max_size=14).map("".join))
def test_text_made_of_the_language(text: str) -> None:
    answer(text)


@pytest.mark.parametrize("spelling", sorted(by_spelling()))
def test_calls_with_any_operands(spelling: str, rng: random.Random) -> None:
    operands = [
        "x",
        "u",
        "A",
        "2",
        "-1",
        "0.5",
        "[0, 1]",
        "[[0]]",
        "true",
        "none",
        '"a"',
        "axis=0",
        "axis=none",
        "shape=[2, 3]",
    ]
    for _ in range(40):
        answer(f"{spelling}({', '.join(rng.choices(operands, k=rng.randint(0, 4)))})")


@examples(sample=300, full=5_000)
@given(st.lists(st.sampled_from([*PIECES, "x=", "y=", ",", "1"]), max_size=10).map("".join))
def test_bindings(text: str) -> None:
    try:
        found = split_bindings(text)
    except GradcliError as error:
        str(error)
        return
    for binding in found:
        assert isinstance(binding.value, Span)
        assert text[binding.value.start : binding.value.end].strip()


@examples(sample=300, full=5_000)
@given(
    st.lists(
        st.sampled_from(["x ", "A ", "B ", "y ", "@ ", "+ ", "* ", "' ", "norm(", "sum(", ")", "(", "2", "dot(", ", "])
    ).map("".join)
)
def test_guessed_shapes_are_complete(text: str) -> None:
    try:
        program = parse(text)
    except GradcliError:
        return
    assert set(default_shapes(program, {})) == set(program.free_names)
