"""Values as typed in --at."""

import pytest

from gradcli.carriers.select import select_carrier
from gradcli.carriers.tape import evaluate
from gradcli.errors import GradcliError
from gradcli.graph import Graph
from gradcli.syntax.bindings import constant_value, split_bindings


def values(text: str) -> dict[str, object]:
    def computed(graph: Graph, node: int) -> object:
        carrier = select_carrier(graph, graph.ancestors([node]))
        return carrier.nested(evaluate(graph, [node], carrier, {}).values[node])

    return {binding.name: constant_value(text, binding.value, computed) for binding in split_bindings(text)}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("x1=2,x2=5", {"x1": (2, ()), "x2": (5, ())}),
        (" x₁ = 2 , y=-2^3, ", {"x1": (2, ()), "y": (-8, ())}),
        ("x=pi/4", {"x": (0.7853981633974483, ())}),
        ("e=e", {"e": (2.718281828459045, ())}),
        ("x=[1,2,3], y=1e-3", {"x": ([1, 2, 3], (3,)), "y": (1e-3, ())}),
        ("A=[[1,2],[3,4]]", {"A": ([[1, 2], [3, 4]], (2, 2))}),
        ("gamma=sqrt(4)", {"gamma": (2, ())}),
    ],
)
def test_reads(text: str, expected: dict[str, object]) -> None:
    found = {name: (_plain(value), shape) for name, (value, shape) in values(text).items()}  # type: ignore[misc]
    assert found == expected


def _plain(value: object) -> object:
    return [_plain(item) for item in value] if isinstance(value, list | tuple) else value


def test_values_that_are_no_expressions_are_kept_whole() -> None:
    text = 'X=@data/house_tiny.csv, y=@"a, b.csv", n=3'
    assert [text[b.value.start : b.value.end] for b in split_bindings(text)] == [
        "@data/house_tiny.csv", '@"a, b.csv"', "3",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "marked"),
    [
        ("", ""),
        ("x", "x"),
        ("x=", "="),
        ("x=1,,y=2", ""),
        ("x=1, x=2", "x"),
        ("2=x", "2"),
        ("x:2", "x:2"),
        ("true=1", "true"),
        ("x=1, y=2+", "+"),
        ("x=1, y=[1,2", "["),
        ("x=1, y=q", "q"),
        ("x=1; y=2", "1; y=2"),
        ("x=1, y=[1,[2]]", "[2]"),
    ],
)
def test_points_into_what_was_typed(text: str, marked: str) -> None:
    with pytest.raises(GradcliError) as caught:
        values(text)
    span = caught.value.span
    assert span is not None
    assert caught.value.source == text
    assert text[span.start : span.end] == marked
    assert caught.value.hint


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("x=1,5", "a decimal point is a point: x=1.5"),
        ("y=2, x=-1, 5", "a decimal point is a point: y=2, x=-1.5"),
        ("x=[1,2],5", "as for the option"),
        ("x:1", "as for the option"),
        ("e(0)", "as for the option"),
    ],
)
def test_the_hint_is_that_of_the_option_or_a_decimal_point(text: str, hint: str) -> None:
    with pytest.raises(GradcliError) as refused:
        split_bindings(text, "as for the option")
    assert refused.value.hint == hint
