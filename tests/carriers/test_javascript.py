"""The text of expressions: numbers that read back, brackets, parameters that cannot be anything else."""

from __future__ import annotations

import json
import math
from typing import Any

import pytest

from gradcli.carriers.floats import Floats
from gradcli.carriers.javascript import JavaScript, number_text, parameter_text
from gradcli.errors import Unstated
from gradcli.exact import PI
from gradcli.primitives.registry import by_name
from tests.javascript import engine

m = JavaScript()


def run(text: str) -> Any:
    return json.loads(engine().eval(f"JSON.stringify([{text}].map(written))"))[0]


@pytest.mark.parametrize(
    "number",
    [0.1, -2.5, 1e16, 1e-320, 5e-324, 1.7976931348623157e308, 3, -7, 2**53 + 1, 10**400, -(10**400), PI, math.inf],
    ids=lambda number: f"{number:.3}" if isinstance(number, float) else "integer",
)
def test_numbers_read_back(number: float) -> None:
    assert float(run(number_text(number))) == Floats().constant(number, ())


def test_zero_keeps_its_sign_and_nan_is_nan() -> None:
    assert run(number_text(-0.0)) == "-0"
    assert run(number_text(math.nan)) == "nan"


@pytest.mark.parametrize(
    ("expression", "wanted"),
    [
        (lambda m, x, y: x - (y - x), 1.0),
        (lambda m, x, y: m.neg(-x) - -y, 5.0),
        (lambda m, x, y: -(x * y) * (x + y), -30.0),
        (lambda m, x, y: m.div(x, m.div(y, x)), 4 / 3),
        (lambda m, x, y: m.power(-x, exponent=2), 4.0),
        (lambda m, x, y: m.power(x, exponent=-2) - m.lift(-1.0), 1.25),
        (lambda m, x, y: abs(-y) % 2 + 7 * (x // 2), 8.0),
        (lambda m, x, y: m.where((x < y) & ((x == 2) | (y != 3)), x, y), 2.0),
    ],
)
def test_brackets_keep_the_order(expression: Any, wanted: float) -> None:
    text = expression(m, m.variable("x"), m.variable("y")).text
    assert run(f"((x, y) => {text})(2, 3)") == wanted


def test_the_branch_that_is_not_taken_is_null() -> None:
    masked = m.masked(m.variable("c"), 2.0).text
    assert [run(f"((c) => {masked})({c})") for c in ("1", "0", "NaN")] == [2, None, 2]


def test_an_operation_without_a_statement_is_named() -> None:
    with pytest.raises(Unstated, match="inv has no JavaScript"):
        m.apply(by_name()["inv"], (m.variable("x"),), ())


def test_a_parameter_is_a_number_or_a_word() -> None:
    assert parameter_text("tanh") == '"tanh"'
    with pytest.raises(Unstated):
        parameter_text('"</script>')
