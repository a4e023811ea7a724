"""Assumptions about matrices: the claim is checked at the point, and never changes a derivative."""

from __future__ import annotations

import math
from typing import Any

import pytest

from gradcli.assumptions import PROPERTIES, read_properties, require_properties, require_square
from gradcli.errors import NameProblem, ShapeError, UsageError
from gradcli.primitives.registry import by_name

ROTATION = [[math.cos(0.3), -math.sin(0.3)], [math.sin(0.3), math.cos(0.3)]]
HOLDS: list[tuple[str, Any]] = [
    ("symmetric", [[1.0, 2.0], [2.0, 3.0]]),
    ("symmetric", [[1.0, 2.0], [2.0 + 1e-14, 3.0]]),
    ("symmetric", [[0.0, 0.0], [0.0, 0.0]]),
    ("skew", [[0.0, 2.0], [-2.0, 0.0]]),
    ("skew", [[0.0]]),
    ("orthogonal", ROTATION),
    ("orthogonal", [[-1.0]]),
    ("permutation", [[0.0, 1.0, 0.0], [0.0, 0.0, 1.0], [1.0, 0.0, 0.0]]),
]
FAILS: list[tuple[str, Any, str]] = [
    ("symmetric", [[1, 2], [3, 4]], "M is not symmetric: M[0, 1] is 2.0, M[1, 0] is 3.0"),
    ("symmetric", [[1, 2, 3], [2, 1, 7], [3, 4, 1]], "M is not symmetric: M[1, 2] is 7.0, M[2, 1] is 4.0"),
    ("symmetric", [[1.0, 2.0], [2.000001, 3.0]], "M is not symmetric: M[0, 1] is 2.0, M[1, 0] is 2.000001"),
    ("skew", [[0, 2], [2, 0]], "M is not skew: M[0, 1] is 2.0, M[1, 0] is 2.0"),
    ("skew", [[0, 2], [-2, 5]], "M is not skew: M[1, 1] is 5.0, not 0"),
    ("orthogonal", [[1, 1], [0, 1]], "M is not orthogonal: (M' @ M)[0, 1] is 1.0, not 0"),
    ("orthogonal", [[2, 0], [0, 1]], "M is not orthogonal: (M' @ M)[0, 0] is 4.0, not 1"),
    ("permutation", [[0, 0.5], [1, 0.5]], "M is not a permutation matrix: M[0, 1] is 0.5, neither 0 nor 1"),
    ("permutation", [[1, 1], [0, 0]], "M is not a permutation matrix: row 0 holds 2 ones, not one"),
    ("permutation", [[0, 1], [0, 1]], "M is not a permutation matrix: column 0 holds 0 ones, not one"),
    ("symmetric", [[1, math.nan], [math.nan, 1]], "M is assumed symmetric, and is not finite"),
    ("orthogonal", [[1, 10**400], [0, 1]], "M is assumed orthogonal, and is not finite"),
]


def assume(word: str) -> dict[str, tuple[str, ...]]:
    return {"M": read_properties("M", [word], ["M"])}


@pytest.mark.parametrize(("word", "value"), HOLDS)
def test_what_has_the_property_passes(word: str, value: Any) -> None:
    require_properties(assume(word), {"M": value}, "float64")


@pytest.mark.parametrize(("word", "value", "cause"), FAILS)
def test_the_worst_entry_is_named(word: str, value: Any, cause: str) -> None:
    with pytest.raises(UsageError) as caught:
        require_properties(assume(word), {"M": value}, "float64")
    assert caught.value.message == cause


def test_float32_allows_its_own_rounding() -> None:
    value = [[1.0, 2.0], [2.000001, 3.0]]
    require_properties(assume("symmetric"), {"M": value}, "float32")
    with pytest.raises(UsageError):
        require_properties(assume("symmetric"), {"M": value}, "float64")


def test_a_permutation_is_orthogonal() -> None:
    assert read_properties("P", ["permutation"], ["P"]) == ("permutation", "orthogonal")


@pytest.mark.parametrize("shape", [(), (3,), (2, 3), ("m", 2, 2)])
def test_such_a_matrix_is_square(shape: Any) -> None:
    with pytest.raises(ShapeError, match="is assumed skew"):
        require_square(assume("skew"), {"M": shape})


@pytest.mark.parametrize(
    ("name", "word", "hint"),
    [
        ("A", "symetric", "did you mean symmetric ?"),
        ("A", "big", "a matrix can be symmetric, skew, orthogonal, permutation"),
        ("Alpah", "skew", "did you mean Alpha ?"),
        ("B", "skew", "the inputs are A, Alpha"),
    ],
)
def test_unknown_words_and_names(name: str, word: str, hint: str) -> None:
    with pytest.raises(NameProblem) as caught:
        read_properties(name, [word], ["A", "Alpha"])
    assert caught.value.hint == hint


def test_declarations_name_known_properties() -> None:
    used = {word for primitive in by_name().values() for word in primitive.under}
    assert used <= set(PROPERTIES)
