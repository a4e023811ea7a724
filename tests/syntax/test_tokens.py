"""Text to tokens."""

import pytest

from gradcli.errors import ExpressionError
from gradcli.syntax.tokens import Kind, tokenize


def texts(source: str) -> list[str]:
    return [token.text for token in tokenize(source)[:-1]]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("x1+2", ["x1", "+", "2"]),
        ("a·b×c", ["a", "*", "b", "*", "c"]),
        ("a − b", ["a", "-", "b"]),
        ("x₁₂", ["x12"]),
        ("x₁²", ["x1", "²"]),
        ("Aᵀx", ["A", "'", "x"]),
        ("A.T x.T", ["A", "'", "x", "'"]),
        ("2.*x", ["2", "*", "x"]),
        ("a.^b./c", ["a", "^", "b", "/", "c"]),
        ("2.5x", ["2.5", "x"]),
        ("1e-3", ["1e-3"]),
        ("2e", ["2", "e"]),
        ("π", ["pi"]),
        ("θ_1", ["θ_1"]),
        ("a ≤ b ≠ c ≥ d", ["a", "<=", "b", "!=", "c", ">=", "d"]),
        ("a**b//c%d", ["a", "^", "b", "//", "c", "%", "d"]),
        ("a ∧ ¬b ∨ c", ["a", "and", "not", "b", "or", "c"]),
        ("‖v‖ ∥v∥ ||v||", ["‖", "v", "‖", "‖", "v", "‖", "||", "v", "||"]),
        ("⟨x,w⟩", ["⟨", "x", ",", "w", "⟩"]),
        ("x # a comment; y\ny", ["x", "\n", "y"]),
        ('f("ij,jk")', ["f", "(", '"ij,jk"', ")"]),
    ],
)
def test_reads(source: str, expected: list[str]) -> None:
    assert texts(source) == expected


@pytest.mark.parametrize(
    ("source", "value"),
    [("7", 7), ("7.0", 7.0), ("7.", 7.0), (".5", 0.5), ("1e3", 1000.0), ("9" * 300, int("9" * 300)), ("⁻¹²", -12)],
)
def test_number_keeps_its_kind(source: str, value: float) -> None:
    token = tokenize(source)[0]
    assert (type(token.value), token.value) == (type(value), value)


@pytest.mark.parametrize("source", ["x·y − 3.5e2 ≤ ⟨x₁,w⟩² + ‖v‖'", "a.^b .* A.T # end", 'f(x, mode="a")'])
def test_spans_cut_the_source(source: str) -> None:
    for token in tokenize(source)[:-1]:
        written = source[token.span.start : token.span.end]
        assert written
        if token.kind is Kind.NUMBER:
            assert written == token.text


@pytest.mark.parametrize(
    "source", ["₀", "½", "xᵢ", "x½", "xⁿ", "Ⅷ", "１", "a\u200bb", "\x00", "x!", "x.Tz", "{x}", '"open', "1e999"]
)
def test_stray_character_has_a_place_and_a_mend(source: str) -> None:
    with pytest.raises(ExpressionError) as caught:
        tokenize(source)
    assert caught.value.span is not None
    assert caught.value.hint


def test_full_width_bracket_is_recognised() -> None:
    with pytest.raises(ExpressionError, match="does not belong") as caught:
        tokenize("sin（x）")
    assert caught.value.hint == "did you mean ( ?"


def test_composed_and_decomposed_names_are_one() -> None:
    assert texts("y\u0302") == texts("\u0177")
