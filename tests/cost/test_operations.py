"""Counts of the sweeps: by hand, by sweeps on numbers that count their products, and by torch's flop counter."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch.utils.flop_counter import FlopCounterMode

from gradcli.carriers.base import Carrier
from gradcli.carriers.floats import Floats
from gradcli.carriers.tape import evaluate
from gradcli.carriers.tensors import Tensors
from gradcli.cost.operations import Row, both_sweeps, intermediates
from gradcli.errors import ShapeError
from gradcli.methods.forward import push
from gradcli.methods.reverse import pull
from gradcli.primitives.declare import Differential, Linear, Multilinear
from gradcli.primitives.registry import by_name
from tests.cost.functions import function

ROW_1 = "ln(x1)+x1*x2-sin(x2)"
SCALARS = [
    ROW_1,
    "exp(x1*x2*x3)*x1",
    "y = exp(sin(x1)*x2)*x3; y; y^2*x1; x2",
    "a = x/y; b = tanh(a)*a; b - a*z; b^3/z; detach(a)*b",
    "sin(x)*cos(x)*exp(-x)",
    "x; x*y; 3",
    "a = x^2; b = a*a; b*b/7",
    "sec(x*y) + atan2(x, y)",
]


class Counted(float):
    """A number that reports its products, except those with the 1 that a sweep begins with."""

    carrier: Tally
    unit = False

    def __mul__(self, other: Any) -> Any:
        return self.carrier.multiplied(self, other)

    __rmul__ = __mul__

    def __add__(self, other: Any) -> Any:
        return self.carrier.number(float(self) + float(other))

    __radd__ = __add__

    def __sub__(self, other: Any) -> Any:
        return self.carrier.number(float(self) - float(other))

    def __rsub__(self, other: Any) -> Any:
        return self.carrier.number(float(other) - float(self))

    def __neg__(self) -> Any:
        return self.carrier.number(-float(self))


class Tally(Floats):
    """Python floats, with a list of what was done: it knows operations by name, as the product code does not."""

    SILENT = frozenset({"add", "sub", "neg", "detach", "gt", "lt", "ge", "le", "eq", "where"})

    def __init__(self) -> None:
        super().__init__()
        self.products = 0
        self.calls = 0

    __getattr__ = Carrier.__getattr__

    def number(self, value: float, unit: bool = False) -> Counted:
        number = Counted(value)
        number.carrier, number.unit = self, unit
        return number

    def constant(self, value: Any, shape: Any) -> Any:
        return self.number(super().constant(value, shape))

    def lift(self, value: Any) -> Any:
        return value if isinstance(value, Counted) else self.number(value)

    def multiplied(self, one: Any, other: Any) -> Counted:
        units = [getattr(factor, "unit", False) for factor in (one, other)]
        self.products += not any(units)
        return self.number(float(one) * float(other), all(units))

    def apply(self, primitive: Any, arguments: Any, parameters: Any) -> Any:
        if primitive.name == "mul":
            return self.multiplied(*arguments)
        if primitive.definition is not None and not primitive.math:
            return primitive.definition(self, *arguments, *parameters)
        is_quotient = primitive.name == "div" or (primitive.name == "power" and parameters[0] in (-1, 2))
        self.products += is_quotient
        is_free = primitive.name in self.SILENT or (primitive.name == "power" and parameters[0] in (0, 1))
        self.calls += not (is_quotient or is_free)
        return self.number(super().apply(primitive, tuple(map(float, arguments)), parameters))


def done(text: str, mode: str) -> tuple[int, int]:
    """What all sweeps of a mode really do, on one tape, for a function of scalars."""
    asked = function(text)
    graph, m = asked.graph, Tally()
    point = {node: m.number(0.3 + 0.17 * k) for k, node in enumerate(graph.inputs.values())}
    tape = evaluate(graph, asked.outputs, m, point)
    if mode == "forward":
        for source in asked.sources:
            push(tape, {source: m.number(1.0, unit=True)})
    else:
        for output in asked.outputs:
            pull(tape, {output: m.number(1.0, unit=True)}, asked.sources)
    return m.products, m.calls


def counts(row: Row) -> tuple[int | None, int | None]:
    return row.cost.multiplications.number, row.cost.calls.number


@pytest.mark.parametrize("text", SCALARS)
def test_the_counts_are_what_the_sweeps_do(text: str) -> None:
    _, forward, reverse = both_sweeps(function(text))
    assert counts(forward) == done(text, "forward")
    assert counts(reverse) == done(text, "reverse")


def test_the_worked_example_by_hand() -> None:
    """Value: a product, ln, sin. Partials: 1/x1, cos. Forward, 3 products a sweep: along x1 the
    edges v1 and v2 to v4 and on to f, along x2 v2 to v4 and v4 and v3 to f; what leaves an input is a partial already.
    Reverse: v4 to v1 and v2, v3 to x2, v1 to x1, v2 to both."""
    asked = function(ROW_1)
    value, forward, reverse = both_sweeps(asked)
    assert (value.multiplications, value.calls) == (1, 2)
    assert counts(forward) == (1 + 1 + 3 + 3, 2 + 1)
    assert counts(reverse) == (1 + 1 + 6, 2 + 1)
    assert (forward.sweeps, reverse.sweeps) == (2, 1)
    assert (forward.kept, reverse.kept, intermediates(asked)) == (0, 2, 5)


@pytest.mark.parametrize(
    ("text", "shapes", "forward", "reverse", "kept"),
    [
        ("dot(x, w)", {"x": ("n",), "w": ("n",)}, "2·n² + n", "n", "2·n"),
        ("sum(x*x)", {"x": ("n",)}, "2·n² + n", "n", "n"),
        ("sum(x)", {"x": ("n",)}, "0", "0", "0"),
        # A value takes m·n. Along A and along x alike; back, the outer product for A and A' times the cotangent.
        ("A @ x", {"A": ("m", "n"), "x": ("n",)}, "m²·n² + m·n² + m·n", "2·m²·n + m·n", "m·n + n"),
        ("A @ B", {"A": ("m", "k"), "B": ("k", "n")}, "k²·m²·n + k²·m·n² + k·m·n", "2·k·m²·n² + k·m·n", "k·m + k·n"),
        ("norm(x)", {"x": ("n",)}, "n² + 2·n", "2·n + 1", "n + 1"),
        # The cotangent is spread first and then divided.
        ("mean(x)", {"x": ("n",)}, "n + 1", "n + 1", "0"),
        ("exp(x)", {"x": ("n",)}, "n²", "n²", "n"),
        ("x[0]*a", {"x": ("n",)}, "n + 1", "1", "2"),
        # Along c, 1 times the 1 that the sweep begins with is no product, and is then spread.
        ("x + c", {"x": ("n",)}, "n²", "2·n²", "0"),
    ],
)
def test_tensors_by_hand(text: str, shapes: dict, forward: str, reverse: str, kept: str) -> None:
    asked = function(text, **shapes)
    _, ahead, back = both_sweeps(asked)
    assert [str(c) for c in (ahead.cost.multiplications, back.cost.multiplications, back.kept)] == [
        forward,
        reverse,
        kept,
    ]


@pytest.mark.parametrize(
    ("text", "shapes"),
    [
        ("tanh(W @ x + b)", {"W": (2, 3), "x": (3,), "b": (2,)}),
        ("softmax(A, axis=1) @ x", {"A": (2, 3), "x": (3,)}),
        ("mean(exp(x)*x) + norm(x)", {"x": (4,)}),
        ("A' @ A", {"A": (2, 5)}),
    ],
)
def test_symbols_stand_for_every_size(text: str, shapes: dict) -> None:
    letters = {2: "m", 3: "n", 4: "p", 5: "q"}
    symbolic = {name: tuple(letters[d] for d in shape) for name, shape in shapes.items()}
    for rows in zip(
        both_sweeps(function(text, **symbolic))[1:], both_sweeps(function(text, **shapes))[1:], strict=True
    ):
        row, expected = rows
        for size, letter in letters.items():
            row = row.at(letter, size)
        assert row == expected


def test_products_of_matrices_as_torch_counts_them() -> None:
    shapes = {"A": (3, 4), "B": (4, 5), "C": (5, 2)}
    asked = function("A @ B @ C", **shapes)
    value, _, reverse = both_sweeps(asked)
    m = Tensors("cpu")
    point = {asked.graph.inputs[name]: torch.rand(shape, dtype=torch.float64) for name, shape in shapes.items()}
    with FlopCounterMode(display=False) as flops:
        tape = evaluate(asked.graph, asked.outputs, m, point)
    assert value.multiplications == flops.get_total_flops() // 2
    with FlopCounterMode(display=False) as flops:
        pull(tape, {asked.outputs[0]: torch.ones(3, 2, dtype=torch.float64)}, asked.sources)
    assert (reverse.cost - value).multiplications == flops.get_total_flops() // 2 * 6


def test_inputs_that_are_not_asked_for_are_free() -> None:
    _, forward, reverse = both_sweeps(function("x*exp(y)*exp(z)", wrt=["x"]))
    assert (forward.sweeps, counts(forward)) == (1, (3, 2))
    assert counts(reverse) == (3, 2)


def test_a_rule_that_needs_a_size_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = function("x + [1, 2, 3]", x=("n",))
    with pytest.raises(ShapeError, match="symbol for a size"):
        both_sweeps(asked)


@pytest.mark.parametrize("name", sorted(by_name()))
def test_every_primitive_has_a_cost(name: str) -> None:
    """A product and an operation that is neither elementwise nor linear cannot be counted without a declaration."""
    primitive = by_name()[name]
    is_plain_linear = isinstance(primitive.rule, Linear) and not isinstance(primitive.rule, Multilinear)
    if isinstance(primitive.rule, (Differential, Multilinear)):
        assert primitive.cost or primitive.definition
    if primitive.moves:
        assert is_plain_linear
        assert primitive.cost is None
