"""Kinks of the function as it is written. The truth is arithmetic of decimals, done by hand."""

from __future__ import annotations

import subprocess
import sys
from decimal import Decimal
from fractions import Fraction
from typing import Any

import mpmath
import pytest

from gradcli.api.values import exactly
from gradcli.carriers.tensors import Tensors
from gradcli.verify.verdict import check_gradient
from tests.verify.problems import check, problem


@pytest.mark.parametrize(
    ("text", "point", "sides"),
    [
        # 0.1*3 is 0.3: on the kink, which floats miss by 5.6e-17.
        ("5 + |0.1*x - 0.3|", {"x": 3.0}, {"x": [(-0.1, 0.1)]}),
        ("|0.1*x - 0.3|", {"x": 3.0}, {"x": [(-0.1, 0.1)]}),
        ("relu(0.1*x - 0.3)", {"x": 3.0}, {"x": [(0, 0.1)]}),
        ("max(0.1*x, 0.3) + y", {"x": 3.0, "y": 1.0}, {"x": [(0, 0.1)], "y": [(1, 1)]}),
        ("min(0.1*x, 0.3)", {"x": 3.0}, {"x": [(0.1, 0)]}),
        ("clamp(0.1*x, 0, 0.3)", {"x": 3.0}, {"x": [(0.1, 0)]}),
        ("where(0.1*x >= 0.3, x, 6 - x)", {"x": 3.0}, {"x": [(-1, 1)]}),
        ("norm([0.1*x - 0.3, 0])", {"x": 3.0}, {"x": [(-0.1, 0.1)]}),
        ("max([0.1*x, 0.3])", {"x": 3.0}, {"x": [(0, 0.1)]}),
        ("sum(relu(0.1*x - 0.3))", {"x": [3.0, 1.0, 4.0]}, {"x": [(0, 0.1), (0, 0), (0.1, 0.1)]}),
        ("sqrt((1.1*x - 3.3)^2)", {"x": 3.0}, {"x": [(-1.1, 1.1)]}),
        ("|x - 0.1|", {"x": exactly(Decimal("0.1"))}, {"x": [(-1, 1)]}),
        ("|3*x - 0.3|", {"x": exactly(Decimal("0.1"))}, {"x": [(-3, 3)]}),
        ("|x - 0.5|", {"x": 0.5}, {"x": [(-1, 1)]}),
    ],
)
def test_a_tie_of_what_is_written_is_a_kink(text: str, point: dict[str, Any], sides: dict[str, Any]) -> None:
    verdict = check(text, **point).verdict
    assert verdict.word == "kink", verdict.sentence
    assert verdict.sides is not None
    for name, wanted in sides.items():
        for found, pair in zip(verdict.sides[name], wanted, strict=True):
            assert found[:2] == pytest.approx(pair, rel=1e-8, abs=0)


@pytest.mark.parametrize(
    ("text", "point", "derivative"),
    [
        # Equal as floats only.
        ("|x - 1.00000000000000000001|", {"x": 1.0}, -1.0),
        ("|x - 0.99999999999999999999|", {"x": 1.0}, 1.0),
        ("relu(1.00000000000000000001 - x)", {"x": 1.0}, -1.0),
        ("max(x, 0.99999999999999999999)", {"x": 1.0}, 1.0),
        ("min(2*x, 1.99999999999999999999)", {"x": 1.0}, 0.0),
        ("clamp(x, 0, 1.00000000000000000001)", {"x": 1.0}, 1.0),
        ("|x - 0.1|", {"x": 0.1}, 1.0),
        ("|x*y|", {"x": 1e-200, "y": 1e-200}, 1e-200),
        ("|x - 1/3|", {"x": 1 / 3}, -1.0),
        ("|x - 0.3|", {"x": exactly(Decimal("0.30000000000000000001"))}, 1.0),
        ("sum(|x - 1.00000000000000000001|)", {"x": [1.0]}, -1.0),
    ],
)
def test_a_tie_of_floats_alone_is_none(text: str, point: dict[str, Any], derivative: float) -> None:
    """Verified with the true derivative, or ill-conditioned with the true one beside it."""
    checked = check(text, **point)
    verdict = checked.verdict
    assert verdict.word in ("verified", "ill-conditioned"), verdict.sentence
    shown = checked.gradient["x"] if verdict.word == "verified" else (verdict.true and verdict.true.derivative["x"])
    assert float(shown[0] if isinstance(shown, list) else shown) == derivative


@pytest.mark.parametrize("text", ["floor(0.1*x*10)", "ceil(0.1*x*10)", "where(0.1*x >= 0.3, 1, 2)", "0.3*x // 0.9"])
def test_a_jump_of_what_is_written_is_undefined(text: str) -> None:
    verdict = check(text, x=3.0).verdict
    assert verdict.word == "undefined", verdict.sentence
    assert "jumps" in verdict.sentence


@pytest.mark.parametrize("x", [1.0, 700.0, -0.5, 1e17, 0.1, 0.3, 0.25, 4.7])
@pytest.mark.parametrize("text", ["x % 0.1", "x // 0.1", "sum(x % 0.1)", "3 + x % 0.1"])
def test_a_remainder_jumps_where_the_quotient_as_written_is_whole(text: str, x: float) -> None:
    """1 is ten times a tenth, and not ten times its float; the float 0.3 is no multiple of a tenth."""
    jumps = (Fraction(x) / Fraction(1, 10)).denominator == 1
    verdict = check(text, x=[x] if "sum" in text else x).verdict
    assert (verdict.word == "undefined") is jumps, verdict.sentence


def test_a_quotient_of_decimals_jumps_where_it_is_whole_as_they_are_written() -> None:
    assert check("1 // x", x=exactly(Decimal("0.1"))).verdict.word == "undefined"
    assert check("1 // x", x=0.1).verdict.word == "verified"
    assert check("x // 1e-300", x=1e300).verdict.word == "undefined"


def test_a_small_jump_between_detached_numbers_is_seen() -> None:
    """-745 is a multiple of 1e-20: the remainder falls from 1e-20 to 0 there."""
    assert (Fraction(-745) / Fraction("1e-20")).denominator == 1
    verdict = check("detach(abs(x)) + max(cbrt(x), x % 1e-20)", x=-745.0).verdict
    assert verdict.word == "undefined", verdict.sentence
    assert "the value jumps by 1e-20" in verdict.sentence


def test_a_jump_of_floats_alone_is_none() -> None:
    checked = check("x*floor(x - 1e-20)", x=1.0)
    assert checked.verdict.word == "ill-conditioned", checked.verdict.sentence
    assert checked.verdict.true is not None
    assert float(checked.verdict.true.derivative["x"]) == 0.0


def test_the_value_that_floats_lose_at_a_kink_is_said() -> None:
    verdict = check("|0.1*x - 0.3|", x=3.0).verdict
    assert verdict.true is not None
    assert verdict.true.value == "0"
    assert "misses the kink by rounding" in verdict.sentence
    assert check("|x|", x=0.0).verdict.true is None


def test_a_tie_that_balls_cannot_prove_is_said_to_be_none() -> None:
    root = "sqrt(x + 1)*sqrt(x + 1)"
    verdict = check(f"|{root} - 2 + y|", x=1.0, y=0.0).verdict
    assert verdict.word == "kink"
    assert "not proven" in verdict.sentence
    assert "not proven" not in check("|x|", x=0.0).verdict.sentence


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_on_tensors_too(dtype: str) -> None:
    asked = problem("sum(|0.1*x - 0.3|)", x=[3.0, 2.0])
    verdict = check_gradient(asked, Tensors("cpu", dtype)).verdict
    assert verdict.sides is not None
    assert [s[:2] for s in verdict.sides["x"]] == [
        pytest.approx((-0.1, 0.1), rel=1e-6),
        pytest.approx((-0.1, -0.1), rel=1e-6),
    ]


def test_scalars_off_their_kinks_load_nothing() -> None:
    program = (
        "import sys; from tests.verify.problems import check;"
        "word = check('relu(x) + max(x, y)*floor(x) + |0.1*x - 0.3|', x=1.3, y=2.0).verdict.word;"
        "print(word, *(m for m in ('flint', 'numpy', 'torch') if m in sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True, text=True)
    assert done.stdout.split() == ["verified"]


@pytest.mark.parametrize("whole", [True, False])
def test_a_large_number_is_on_a_jump_where_it_is_whole(whole: bool) -> None:
    """Every float beyond 2^53 is whole, and a third of one is not always."""
    x = 3e17 if whole else 1e17
    assert (Fraction(x) / 3).denominator == (1 if whole else 3)
    for text in ("floor(x/3)", "ceil(x/3)"):
        assert check(text, x=x).verdict.word == ("undefined" if whole else "verified")
    assert (1 / Fraction(-1e-300)).denominator > 1
    assert check("ceil(1/x)", x=-1e-300).verdict.word == "verified"


@pytest.mark.parametrize(
    ("text", "value"),
    [("exp(x) % exp(x)", 0), ("sin(x)//sin(x)", 1), ("floor(exp(x)/exp(x))", 1), ("relu(ln(x) % ln(x))", 0)],
)
def test_a_number_over_itself_is_1_and_does_not_jump(text: str, value: float) -> None:
    checked = check(text, x=0.3)
    assert checked.verdict.word == "verified"
    assert checked.derivatives["reverse"].value == value
    assert checked.gradient == {"x": 0}


def test_a_value_beside_a_tie_is_known_however_many_bits_it_takes() -> None:
    """cos(-1e300 - 2), of which floats add nothing to 1e300."""
    verdict = check("where(sign(y//y) > 0, cos(y + x), x)", x=-1e300, y=-2.0).verdict
    with mpmath.workdps(400):
        true = float(mpmath.cos(mpmath.mpf(-1e300) - 2))
    assert verdict.true is not None
    assert float(verdict.true.value) == pytest.approx(true, rel=1e-15)
