"""With an assumption, value and derivatives are those of the expression as it is written."""

from __future__ import annotations

import pickle
from typing import Any

import pytest

import gradcli
from gradcli.api import Function
from gradcli.errors import UsageError
from gradcli.methods.base import flatten

SYMMETRIC = [[2.0, 1.0], [1.0, 3.0]]
SKEW = [[0.0, 2.0], [-2.0, 0.0]]
ROTATION = [[0.6, -0.8], [0.8, 0.6]]
SWAP = [[0.0, 1.0], [1.0, 0.0]]
CASES: list[tuple[str, dict[str, Any], Any, set[str]]] = [
    ("y' A' y", {"A": "symmetric"}, SYMMETRIC, {"transpose"}),
    ("y' A.T y + sum(Aᵀ y)", {"A": "symmetric"}, SYMMETRIC, {"transpose"}),
    ("sum(transpose(A) @ y^2)", {"A": "skew"}, SKEW, {"transpose"}),
    ("sum(inv(A) @ y^2)", {"A": "orthogonal"}, ROTATION, {"inv"}),
    ("sum(inv(A) @ y^2)", {"A": ["orthogonal"]}, ROTATION, {"inv"}),
    ("y' inv(A) y", {"A": "permutation"}, SWAP, {"inv"}),
    ("sum(A' @ y^2) + y' inv(A) y", {"A": ["symmetric", "orthogonal"]}, SWAP, {"inv"}),
]


@pytest.mark.parametrize(("text", "assume", "value", "gone"), CASES, ids=lambda v: str(v).replace(" ", ""))
def test_values_and_derivatives_are_those_of_the_expression_as_written(
    text: str, assume: dict[str, Any], value: Any, gone: set[str]
) -> None:
    point = {"A": value, "y": [1.0, -2.0]}
    plain, assumed = gradcli.parse(text), gradcli.parse(text, assume=assume)
    assert assumed(**point) == pytest.approx(plain(**point), rel=1e-14)
    found, wanted = assumed.grad(**point), plain.at(**point).grad(wrt="y")
    assert list(found) == ["y"]
    assert found["y"] == pytest.approx(wanted["y"], rel=1e-13)
    assert found.verdict == "verified"
    hessian, as_written = assumed.hessian(**point), plain.at(**point).hessian(wrt="y")
    assert flatten(hessian["y"]["y"]) == pytest.approx(flatten(as_written["y"]["y"]), rel=1e-12, abs=1e-12)
    used = {row.operation.partition("(")[0] for row in assumed.trace(**point).rows}
    assert not used & (gone - {"transpose"})


@pytest.mark.parametrize(
    ("text", "property", "value"),
    [("trace(A' @ B)", "symmetric", SYMMETRIC), ("trace(inv(A) @ B)", "orthogonal", ROTATION)],
)
def test_a_held_matrix_is_not_differentiated_by(text: str, property: str, value: Any) -> None:
    """The rewritten expression has other derivatives by single entries, which would be a wrong answer."""
    function = gradcli.parse(text, assume={"A": property})
    point = function.at(A=value, B=[[1, 2], [3, 4]])
    assert list(point.grad().gradient) == ["B"]
    with pytest.raises(UsageError, match="wrt names A, which is held"):
        point.grad(wrt="A")


def test_an_assumed_matrix_that_is_used_as_written_is_differentiated_by_entry() -> None:
    found = gradcli.parse("eigvalsh(A)[0]", assume={"A": "symmetric"}).grad(A=[[2, 0], [0, 5]])
    assert found["A"] == [[1, 0], [0, 0]]
    assert found.verdict == "verified"


def test_a_function_with_assumptions_is_pickled_whole() -> None:
    function: Function = pickle.loads(pickle.dumps(gradcli.parse("A' @ y", assume={"A": "skew"})))  # noqa: S301 - our own bytes
    with pytest.raises(UsageError, match="A is not skew"):
        function(A=SYMMETRIC, y=[1, 2])


@pytest.mark.parametrize("assume", ["A", {"A": 3}, {"A": [3]}, [("A", "skew")]])
def test_what_is_no_assumption(assume: Any) -> None:
    with pytest.raises(UsageError) as caught:
        gradcli.parse("A' @ y", assume=assume)
    assert caught.value.hint == 'assume={"A": "symmetric", "Q": "orthogonal"}'
