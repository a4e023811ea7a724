"""Shapes: broadcasting is PyTorch's, unbroadcasting undoes it, symbols stand for integers."""

from __future__ import annotations

import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from gradcli.carriers.tensors import Tensors
from gradcli.errors import ShapeError
from gradcli.methods.reverse import unbroadcast
from gradcli.shapes import (
    added,
    broadcast,
    factors,
    format_shape,
    multiplied,
    normalize_axes,
    normalize_axis,
    reduced,
    resolve_reshape,
    size,
    unbroadcast_axes,
    unify,
)

SHAPES = st.lists(st.integers(0, 3), max_size=4).map(tuple)


@given(st.lists(SHAPES, max_size=3))
def test_broadcast_is_that_of_torch(shapes: list[tuple[int, ...]]) -> None:
    try:
        wanted = tuple(torch.broadcast_shapes(*shapes))
    except RuntimeError:
        wanted = None
    assert broadcast(*shapes) == wanted


@given(SHAPES, SHAPES)
def test_unbroadcasting_is_the_transpose_of_broadcasting(source: tuple[int, ...], other: tuple[int, ...]) -> None:
    target = broadcast(source, other)
    if target is None:
        return
    leaf = torch.zeros(source, dtype=torch.float64, requires_grad=True)
    cotangent = torch.arange(math.prod(target), dtype=torch.float64).reshape(target)
    (wanted,) = torch.autograd.grad(leaf.broadcast_to(target), leaf, cotangent)
    found = unbroadcast(Tensors("cpu"), cotangent, source)
    assert found.shape == wanted.shape
    assert torch.equal(found, wanted)


def test_axes_that_were_repeated() -> None:
    assert unbroadcast_axes((2, 3), (2, 3)) == ()
    assert unbroadcast_axes((2, 3), ()) == (0, 1)
    assert unbroadcast_axes((4, 2, 3), (2, 1)) == (0, 2)


def test_symbols_meet_integers() -> None:
    assert unify("n", "n") == "n"
    assert unify("n", 3) == unify(3, "n") == 3
    assert unify("n", "m") is None
    assert broadcast(("n", 1), ("m",)) == ("n", "m")
    assert broadcast(("n",), (3,)) == (3,)
    assert broadcast(("n",), ("m",)) is None
    assert format_shape(("n", 3)) == "(n, 3)"
    assert format_shape((3,)) == "(3,)"
    assert format_shape(()) == "()"


def test_size_of_symbols_needs_a_point() -> None:
    assert size((2, 3)) == 6
    assert size(()) == 1
    with pytest.raises(ShapeError, match="not known without a point"):
        size(("n",))


@given(SHAPES, SHAPES)
def test_reshape_is_that_of_torch(source: tuple[int, ...], target: tuple[int, ...]) -> None:
    tensor = torch.zeros(source)
    for wanted in (target, (*target, -1)):
        try:
            shape = tuple(tensor.reshape(wanted).shape)
        except RuntimeError:
            with pytest.raises(ShapeError):
                resolve_reshape(source, wanted)
        else:
            assert resolve_reshape(source, wanted) == shape


def test_reshape_of_symbols() -> None:
    assert resolve_reshape(("n", 6), (2, -1)) == (2, "3*n")
    assert resolve_reshape(("n", 6), (6, -1)) == (6, "n")
    assert resolve_reshape(("3*n",), (3, "n")) == (3, "n")
    assert resolve_reshape(("n", "m"), (-1,)) == ("m*n",)
    assert factors(("3*n", 2)) == (6, ("n",))
    for impossible in (("m", -1), (4, "n"), (-1, -1)):
        with pytest.raises(ShapeError):
            resolve_reshape(("n", 6), impossible)


def test_sums_and_multiples_of_symbols() -> None:
    assert added(2, 3) == 5
    assert added("n", "n") == "2*n"
    assert added("n", "m", 2) == "(n+m+2)"
    assert added(0, "n") == "n"
    assert [multiplied(k, "n") for k in (0, 1, 3)] == [0, "n", "3*n"]
    assert factors((added("n", multiplied(2, "m")), 4)) == (4, ("(n+2*m)",))
    assert resolve_reshape(("2*(n+3*m)", 3), (6, -1)) == (6, "(n+3*m)")


@pytest.mark.parametrize("rank", [0, 1, 3])
def test_axes_are_counted_from_either_end(rank: int) -> None:
    assert [normalize_axis(a, rank) for a in range(-rank, rank)] == [*range(rank), *range(rank)]
    for outside in (rank, -rank - 1):
        with pytest.raises(ShapeError, match="out of range"):
            normalize_axis(outside, rank)


def test_axes_of_a_reduction() -> None:
    assert normalize_axes(None, 3) == (0, 1, 2)
    assert normalize_axes((), 3) == ()
    assert normalize_axes((2, -3), 3) == (0, 2)
    assert reduced((2, 3, 4), (1,), keepdim=False) == (2, 4)
    assert reduced((2, 3, 4), (1,), keepdim=True) == (2, 1, 4)
    with pytest.raises(ShapeError, match="named twice"):
        normalize_axes((0, -3), 3)
