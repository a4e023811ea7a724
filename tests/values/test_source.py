"""Files as typed in --at: where a value ends, and what is asked of the file."""

import os

import pytest

from gradcli.errors import ExpressionError
from gradcli.syntax.bindings import split_bindings
from gradcli.values.source import parse_source


def sources(text: str) -> dict[str, tuple[str, tuple[str, ...]] | str]:
    """What is read of each binding: a path and names, or an expression."""
    found: dict[str, tuple[str, tuple[str, ...]] | str] = {}
    for name, _, place in split_bindings(text):
        written = text[place.start : place.end]
        source = parse_source(text, place) if written.startswith("@") else None
        found[name] = written if source is None else (source.path, source.names)
    return found


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("X=@data.npy", {"X": ("data.npy", ())}),
        ("X=@dir/a.npz:name", {"X": ("dir/a.npz", ("name",))}),
        ("X=@h.csv:NumRooms,Age", {"X": ("h.csv", ("NumRooms", "Age"))}),
        (
            "X=@h.csv:a,b,y=@h.csv:c,w=[1,0],b=0",
            {"X": ("h.csv", ("a", "b")), "y": ("h.csv", ("c",)), "w": "[1,0]", "b": "0"},
        ),
        ("w=[1,2], X = @h.csv : a , b , y = 3", {"w": "[1,2]", "X": ("h.csv", ("a", "b")), "y": "3"}),
        ("X=@h.csv:num rooms,v.2,Größe m²,x₁=3", {"X": ("h.csv", ("num rooms", "v.2", "Größe m²")), "x1": "3"}),
        ("X=@h.csv:Price (EUR,b,c=1", {"X": ("h.csv", ("Price (EUR", "b")), "c": "1"}),
        ('X=@h.csv:"a=b",c,d=1', {"X": ("h.csv", ("a=b", "c")), "d": "1"}),
        ('X=@"a, b:c.csv":"Price, EUR", "q""q" ,y=2', {"X": ("a, b:c.csv", ("Price, EUR", 'q"q')), "y": "2"}),
        ('X=@"a.csv"', {"X": ("a.csv", ())}),
        ("X=@h.csv:time:utc", {"X": ("h.csv", ("time:utc",))}),
        ("X=@h.csv:a, ", {"X": ("h.csv", ("a",))}),
        ("X=@~/h.csv", {"X": (os.path.expanduser("~/h.csv"), ())}),
        ("A=[[1]]@[[2]],y=1", {"A": "[[1]]@[[2]]", "y": "1"}),
    ],
)
def test_reads(text: str, expected: dict) -> None:
    assert sources(text) == expected


@pytest.mark.parametrize(
    ("text", "cause"),
    [
        ("X=@", "name of a file is missing"),
        ('X=@"":a', "name of a file is missing"),
        ("X=@:a", "name of a file is missing"),
        ("X=@a.csv:", "a name is missing"),
        ("X=@a.csv:b,,c", "a name is missing"),
        ("X=@a.csv,b", "comma stands in the file's name"),
        ('X=@a.csv:"b"c', "not understood"),
        ('X=@a.csv:"b', "not understood"),
        ('X=@"a.csv', "not understood"),
    ],
)
def test_faults_point_to_the_value(text: str, cause: str) -> None:
    with pytest.raises(ExpressionError, match=cause) as caught:
        sources(text)
    assert caught.value.source == text
    assert caught.value.span == (2, len(text))
    assert caught.value.hint
