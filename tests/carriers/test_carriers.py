"""What each carrier makes of constants, kinks, domains and blocks of directions."""

from __future__ import annotations

import math

import numpy as np
import pytest
import sympy
import torch

from gradcli.carriers.floats import Floats
from gradcli.carriers.noisy import Noisy
from gradcli.carriers.select import select_carrier, serves_floats
from gradcli.carriers.sympy import SymPy
from gradcli.carriers.tape import evaluate, input_values
from gradcli.carriers.tensors import BLOCK_ELEMENTS, Tensors, select_device
from gradcli.errors import MissingError, UsageError
from gradcli.exact import PI
from gradcli.graph import Graph
from gradcli.primitives.registry import by_name


def test_constants_are_the_nearest_floats() -> None:
    floats, tensors = Floats(), Tensors("cpu")
    for number in (3, -0.0, 2**70, 10**25, -(10**25)):
        assert floats.constant(number, ()) == float(number) == tensors.constant(number, ()).item()
    for number, limit in ((10**400, math.inf), (-(10**400), -math.inf)):
        assert floats.constant(number, ()) == limit == tensors.constant(number, ()).item()
    assert tensors.constant((2**70, 10**400, 1), (3,)).tolist() == [2.0**70, math.inf, 1.0]


def test_empty_constants_have_their_whole_shape() -> None:
    tensors = Tensors("cpu")
    for value, shape in (((), (0,)), (((), ()), (2, 0)), ((), (0, 3))):
        assert tuple(tensors.constant(value, shape).shape) == shape


def test_rules_may_write_numbers() -> None:
    assert Floats().maximum(2.0, 0.0) == 2.0
    assert Tensors("cpu").maximum(2.0, 0.0).item() == 2.0
    assert Floats().power(3.0, exponent=2) == 9.0
    with pytest.raises(AttributeError, match="no primitive 'nonsense'"):
        Floats().nonsense(1.0)


def test_sympy_holds_the_numbers_that_are_written() -> None:
    m = SymPy()
    assert m.constant(0.1, ()) == sympy.Rational(1, 10)
    assert m.constant(PI, ()) is sympy.pi
    assert m.constant(3, ()) == sympy.Integer(3)
    assert m.constant(2.0, ()) == sympy.Integer(2)
    assert m.constant(((1, 0.5),), (1, 2)).tolist() == [[1, sympy.Rational(1, 2)]]
    assert m.symbols("x", ()).is_real
    assert m.symbols("x", (2,))[1].name == "x[1]"
    assert np.shape(m.symbols("A", (2, 3))) == (2, 3)


@pytest.mark.parametrize("count", [0, 1, 3])
def test_blocks_of_directions_are_what_single_ones_are(count: int) -> None:
    tensors = Tensors("cpu")
    directions = [tensors.constant((1.0 * k, 2.0), (2,)) for k in range(count)]
    found = tensors.over_directions(lambda d: d * d, directions)
    assert [f.tolist() for f in found] == [(d * d).tolist() for d in directions]


def test_a_sweep_that_ignores_its_direction() -> None:
    tensors = Tensors("cpu")
    directions = [tensors.lift(1.0), tensors.lift(2.0)]
    assert [float(v) for v in tensors.over_directions(lambda d: tensors.lift(0.0), directions)] == [0.0, 0.0]


def test_large_blocks_are_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    assert BLOCK_ELEMENTS >= 2**16
    monkeypatch.setattr("gradcli.carriers.tensors.BLOCK_ELEMENTS", 4)
    tensors = Tensors("cpu")
    widths = []

    def sweep(direction: torch.Tensor) -> torch.Tensor:
        widths.append(1)
        return 2.0 * direction

    found = tensors.over_directions(sweep, [tensors.constant((1.0, k), (2,)) for k in range(5)])
    assert [f.tolist() for f in found] == [[2.0, 2.0 * k] for k in range(5)]
    assert len(widths) == 3


def test_floats_serve_scalars_only() -> None:
    graph = Graph()
    x, v = graph.input("x"), graph.input("v", (2,))
    sine = graph.apply(by_name()["sin"], (x,))
    scaled = graph.apply(by_name()["mul"], (sine, v))
    total = graph.apply(by_name()["sum"], (scaled,), (None, False))
    assert serves_floats(graph, graph.ancestors([sine]))
    assert not serves_floats(graph, graph.ancestors([total]))
    assert select_carrier(graph, graph.ancestors([sine])).name == "floats"
    assert select_carrier(graph, graph.ancestors([total])).name == "tensors"
    assert select_carrier(graph, graph.ancestors([sine]), device="cpu").name == "tensors"
    assert select_carrier(graph, graph.ancestors([sine]), dtype="float32").dtype == "float32"


def test_devices() -> None:
    assert select_device("cpu", "float64") == "cpu"
    with pytest.raises(UsageError, match="no torch device"):
        select_device("gpuu", "float64")
    with pytest.raises(UsageError, match="holds no numbers"):
        select_device("meta", "float64")
    if not torch.cuda.is_available():
        with pytest.raises(MissingError, match="cannot be used"):
            select_device("cuda", "float64")


def test_tape_finds_kinks_and_the_first_cause_outside_a_domain() -> None:
    graph = Graph()
    x = graph.input("x")
    log = graph.apply(by_name()["log"], (x,))
    root = graph.apply(by_name()["sqrt"], (log,))
    size = graph.apply(by_name()["abs"], (x,))
    total = graph.apply(by_name()["add"], (root, size))
    for carrier in (Floats(), Tensors("cpu")):
        at = {value: input_values(graph, carrier, {"x": value}) for value in (-1.0, 0.0, 0.5, 2.0)}
        assert evaluate(graph, [total], carrier, at[2.0]).outside_domain() == []
        assert evaluate(graph, [total], carrier, at[0.0]).kinks() == [size]
        assert evaluate(graph, [total], carrier, at[0.5]).outside_domain() == [root]
        # The root of NaN is the fault of the logarithm.
        assert evaluate(graph, [total], carrier, at[-1.0]).outside_domain() == [log]


def test_tape_keeps_held_values() -> None:
    graph = Graph()
    x = graph.input("x")
    sine = graph.apply(by_name()["sin"], (x,))
    carrier = Floats()
    tape = evaluate(graph, [sine], carrier, {x: 0.5}, held={sine: 7.0})
    assert tape.values[sine] == 7.0


def test_noise_is_small_repeats_and_leaves_comparisons_alone() -> None:
    size = 2.0**-40
    for inner in (Floats(), Tensors("cpu")):
        first, second = Noisy(inner, size, 1), Noisy(inner, size, 1)
        x = inner.constant(0.5, ())
        exact = inner.sin(x)
        values = [first.sin(x) for _ in range(4)]
        assert values == [second.sin(x) for _ in range(4)]
        assert all(0 < abs(float(v - exact)) <= 1.01 * size * float(exact) for v in values)
        assert len({float(v) for v in values}) == 2
        assert float(first.gt(x, inner.lift(0.0))) == 1.0
