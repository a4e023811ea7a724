"""Methods side by side: agreement, digits, disagreement, reasons."""

import json
import math
import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import mpmath
import pytest

from gradcli.carriers.tensors import Tensors
from gradcli.errors import NameProblem
from gradcli.methods.base import methods, unflatten
from gradcli.primitives.declare import Elementwise
from gradcli.primitives.registry import by_name
from gradcli.problem import Derivative
from gradcli.shapes import size
from gradcli.syntax.bindings import split_bindings
from gradcli.verify.comparison import compare, select_methods, timed
from gradcli.verify.examples import EXAMPLES
from gradcli.verify.reference import Gate
from gradcli.verify.remainder import remainder_rate
from gradcli.verify.verdict import check_gradient
from tests.verify.problems import problem


@pytest.fixture(scope="module")
def torch_carrier() -> Tensors:
    return Tensors("cpu")


def test_all_methods_agree_on_the_worked_example(torch_carrier: Tensors) -> None:
    found = compare(problem("ln(x1)+x1*x2-sin(x2)", x1=2.0, x2=5.0), torch_carrier, list(methods()))
    assert found.verdict.word == "verified"
    assert found.reference == "certified"
    assert found.digits >= 10
    assert all(row.agrees for row in found.rows)
    assert [row.derivative.method for row in found.rows] == [
        "forward", "reverse", "symbolic", "numerical", "autograd", "certified",
    ]  # fmt: skip
    assert all(row.ulps < 1 for row in found.rows if row.derivative.method != "numerical")


def test_exact_methods_agree_to_the_last_digit(torch_carrier: Tensors) -> None:
    found = compare(problem("x1^2 + 2*x2^2", x1=1.0, x2=-1.5), torch_carrier, ["forward", "reverse", "symbolic"])
    assert found.digits == 16


def test_differences_in_balls_are_a_witness(torch_carrier: Tensors) -> None:
    found = compare(problem("x^2", x=3.0), torch_carrier, ["forward", "reverse"])
    assert found.verdict.word == "verified"
    assert "differences in balls confirm" in found.verdict.sentence


def test_methods_that_share_rules_verify_nothing(torch_carrier: Tensors) -> None:
    """Where balls take too long, there is no other witness."""
    wide = problem("sum(sin(x)*exp(x))", x=[k / 20_000 for k in range(20_000)])
    found = compare(wide, torch_carrier, ["reverse", "certified"])
    assert "more than balls take" in found.rows[1].derivative.reason
    assert found.verdict.word == "unverified"
    assert found.verdict.status == 0
    assert compare(wide, torch_carrier, ["reverse", "autograd"]).verdict.word == "verified"


def test_digits_of_large_arrays_are_beside_the_largest_component(torch_carrier: Tensors) -> None:
    """tanh' at 20 and more is 0 in torch, and 1e-17 and less by sech^2: both vanish beside 1."""
    found = compare(
        problem("sum(tanh(x))", x=[k / 500 for k in range(-15_000, 15_000)]), torch_carrier, ["reverse", "autograd"]
    )
    assert found.truth is None
    assert found.verdict.word == "verified"
    assert found.digits >= 10


def test_a_wrong_method_is_named(torch_carrier: Tensors, monkeypatch: pytest.MonkeyPatch) -> None:
    right = methods()["autograd"].differentiate

    def slightly_off(asked, carrier) -> Derivative:
        answer = right(asked, carrier)
        answer.gradient = {name: value * (1 + 1e-9) for name, value in answer.gradient.items()}
        return answer

    monkeypatch.setattr(methods()["autograd"], "differentiate", slightly_off)
    found = compare(problem("x^3", x=2.0), torch_carrier, ["reverse", "symbolic", "autograd"])
    assert found.verdict.word == "wrong"
    assert found.verdict.status == 1
    assert "autograd" in found.verdict.sentence
    assert "reverse" not in found.verdict.sentence


def test_sympy_is_not_asked_at_a_kink(torch_carrier: Tensors) -> None:
    found = compare(problem("abs(x)", x=0.0), torch_carrier, ["reverse", "symbolic", "numerical"])
    assert found.verdict.word == "kink"
    assert found.verdict.status == 0
    assert "kink" in found.rows[1].derivative.reason


def test_above_a_block_one_direction_is_compared(torch_carrier: Tensors) -> None:
    values = [k / 50 for k in range(80)]
    found = compare(problem("sum(sin(x))", x=values), torch_carrier, ["forward", "reverse", "numerical", "autograd"])
    assert found.verdict.word == "verified"
    assert found.rows[0].derivative.directional is not None
    assert found.rows[0].difference is not None


def test_an_infinite_gradient_is_undefined(torch_carrier: Tensors) -> None:
    found = compare(problem("sqrt(x)", x=0.0), torch_carrier, ["forward", "reverse", "autograd"])
    assert found.verdict.word == "undefined"
    assert found.verdict.status == 3


def test_without_an_input_nothing_is_verified(torch_carrier: Tensors) -> None:
    assert compare(problem("2 + 3"), torch_carrier, list(methods())).verdict.word == "unverified"


def test_balls_without_a_bound_contradict_nobody(torch_carrier: Tensors) -> None:
    found = compare(problem("sqrt(x)", x=0.0), torch_carrier, ["reverse", "certified"])
    assert found.rows[1].derivative.reason == "balls find no bound at this point"
    assert found.rows[1].agrees


def test_modes_are_chosen_by_name() -> None:
    assert select_methods([], "--modes") == list(methods())
    assert select_methods(["all"], "--modes") == list(methods())
    assert select_methods(["reverse", "forward", "reverse"], "--modes") == ["reverse", "forward"]
    with pytest.raises(NameProblem) as caught:
        select_methods(["symbolical"], "--modes")
    assert caught.value.hint == "did you mean symbolic ?"


def test_the_examples_cover_the_rows_of_the_course() -> None:
    assert len({example.title for example in EXAMPLES}) == len(EXAMPLES) >= 15


@pytest.mark.parametrize("at", [0.3, 1.3, -2.5])
def test_a_witness_with_fewer_digits_does_not_contradict(torch_carrier: Tensors, at: float) -> None:
    """torch's trigamma, the derivative of its digamma, is off by 5e-10 at most."""
    for names in (list(methods()), ["reverse", "autograd"]):
        found = compare(problem("digamma(x)^2 - 3*x", x=at), torch_carrier, names)
        assert found.verdict.word == "verified", found.verdict.sentence
        assert next(row for row in found.rows if row.derivative.method == "autograd").derivative.error["x"] > 1e-10


def test_floats_that_lost_their_digits_have_the_true_ones_beside_them(torch_carrier: Tensors) -> None:
    """(1 - cos x)/x^2 = 1/2 - x^2/24 + ..., so that the derivative at 1e-8 is -1e-8/12."""
    found = compare(problem("(1 - cos(x))/x^2", x=1e-8), torch_carrier, list(methods()))
    assert found.verdict.word == "ill-conditioned"
    assert found.verdict.true.derivative == {"x": "-8.333333333333334e-10"}
    rows = {row.derivative.method: row for row in found.rows}
    assert rows["reverse"].ulps > 1e30
    assert rows["symbolic"].derivative.gradient["x"] == pytest.approx(-1e-8 / 12, rel=1e-15)
    assert rows["symbolic"].ulps < 1
    assert rows["certified"].agrees


def test_a_wrong_rule_is_named(torch_carrier: Tensors, monkeypatch: pytest.MonkeyPatch) -> None:
    tanh = by_name()["tanh"]
    monkeypatch.setitem(tanh.__dict__, "rule", Elementwise(lambda m, out, x: 1.001 * (1.0 - out * out)))
    found = compare(problem("sin(x)*tanh(x)", x=0.7), torch_carrier, ["forward", "reverse", "autograd", "certified"])
    assert found.verdict.word == "wrong"
    assert found.verdict.status == 1
    assert "the rule of tanh" in found.verdict.sentence
    assert found.reference == "autograd"
    assert [row.agrees for row in found.rows] == [False, False, True, False]


def test_a_method_that_cancels_is_named_while_the_others_agree(torch_carrier: Tensors) -> None:
    """torch computes 1 - tanh^2, of which no digit is left at 20; sech(20)^2 is 4 exp(-40) to 17 digits."""
    found = compare(problem("tanh(x)", x=20.0), torch_carrier, list(methods()))
    assert [row.derivative.method for row in found.rows if not row.agrees] == ["autograd"]
    assert found.verdict.word == "wrong"
    assert "autograd is off by x: 0.0, truly 1.6993417021166355e-17" in found.verdict.sentence
    assert found.rows[1].derivative.gradient["x"] == pytest.approx(4 * math.exp(-40), rel=1e-14)


@pytest.mark.parametrize("gate", [Gate(1e-6, 0.0), Gate(0.0, 1e-6), Gate(1e-8, 1e-7)])
def test_a_gate_replaces_the_tolerance(torch_carrier: Tensors, gate: Gate) -> None:
    found = compare(problem("exp(x)", x=3.0), torch_carrier, list(methods()), gate)
    assert found.verdict.word == "verified"
    assert gate.text in found.verdict.sentence
    assert found.rows[3].tolerance == pytest.approx(gate.absolute + gate.relative * math.exp(3), rel=1e-12)


def test_a_gate_that_is_too_narrow_fails(torch_carrier: Tensors) -> None:
    found = compare(problem("exp(x)", x=3.0), torch_carrier, list(methods()), Gate(1e-15, 0.0))
    assert found.verdict.word == "wrong"
    assert [row.derivative.method for row in found.rows if not row.agrees] == ["numerical"]


@pytest.mark.parametrize(
    ("text", "rtol", "true"),
    [
        ("sin(x)", 1e-17, mpmath.cos),
        ("sin(x)", 1e-300, mpmath.cos),
        ("x/3", 0.0, lambda x: mpmath.mpf(1) / 3),
        ("x*0.1", 1e-30, lambda x: mpmath.mpf(1) / 10),
        ("x + 1e-30*x", 1e-40, lambda x: 1 + mpmath.mpf(10) ** -30),
        ("exp(x^2)", 1e-17, lambda x: 2 * x * mpmath.exp(x**2)),
    ],
)
def test_a_number_that_a_tiny_tolerance_calls_wrong_is_another_than_the_true_one(
    torch_carrier: Tensors, text: str, rtol: float, true: Callable[[Any], Any]
) -> None:
    """Both in digits that tell them apart: mpmath's for the truth, and those of the float for the answer."""
    sentence = compare(problem(text, x=2.0), torch_carrier, ["reverse"], Gate(rtol, 0.0)).verdict.sentence
    given, proven = re.search(r"x: (\S+), truly (\S+)", sentence).groups()
    with mpmath.workdps(60):
        digits = len(proven.replace(".", "").lstrip("-0"))
        assert mpmath.nstr(true(mpmath.mpf(2)), digits, strip_zeros=False) == proven
        assert mpmath.mpf(given) != mpmath.mpf(proven)
        assert mpmath.nstr(mpmath.mpf(float(given)), digits) == mpmath.nstr(mpmath.mpf(given), digits)


def test_the_smallest_floats_have_fewer_digits(torch_carrier: Tensors) -> None:
    """1/x at 1.3e308 is denormal: SymPy's 1/x is one of its neighbours."""
    found = compare(problem("ln(x)", x=1.2944001065815916e308), torch_carrier, ["reverse", "symbolic"])
    assert found.verdict.word == "verified"


def test_certified_gradients_of_the_examples_take_milliseconds(torch_carrier: Tensors) -> None:
    """The target is 20 ms each; the limit here leaves room for a busy machine."""
    for example in EXAMPLES:
        point = {b.name: json.loads(example.at[b.value.start : b.value.end]) for b in split_bindings(example.at)}
        asked = problem(example.expression, **point)
        weights = unflatten([1.0] * size(asked.output_shape), asked.output_shape) if example.cotangent else None
        answer = timed("certified", replace(asked, cotangent=weights), torch_carrier)
        assert answer.gradient is not None
        assert answer.seconds < 0.1, example.title


@pytest.mark.parametrize(("text", "point"), [("exp(x)", {"x": 3.0}), ("ln(x1)+x1*x2-sin(x2)", {"x1": 2.0, "x2": 5.0})])
def test_the_remainder_of_a_right_gradient_falls_with_the_square(
    torch_carrier: Tensors, text: str, point: dict
) -> None:
    asked = problem(text, **point)
    right = methods()["reverse"].differentiate(asked, torch_carrier)
    assert remainder_rate(asked, right).rate == pytest.approx(2, abs=0.01)
    wrong = replace(right, gradient={name: g * 1.01 for name, g in right.gradient.items()})
    assert remainder_rate(asked, wrong).rate == pytest.approx(1, abs=0.05)


def test_a_linear_function_leaves_no_remainder(torch_carrier: Tensors) -> None:
    asked = problem("0.1*x", x=3.0)
    right = methods()["reverse"].differentiate(asked, torch_carrier)
    assert remainder_rate(asked, right).rate == math.inf
    wrong = replace(right, gradient={"x": 0.2})
    assert remainder_rate(asked, wrong).rate == pytest.approx(1, abs=1e-6)


@pytest.mark.parametrize(
    ("text", "x", "rate"),
    [
        ("sin(1/x)", 1e-5, 2),
        ("sin(1/x)", 1e-3, 2),
        ("sin(1e9*x)", 2.0, 2),
        ("x^1.5", 1e-200, 2),
        ("sin(x)", 0.0, 3),
        ("|x - 1e-4|", 0.0, math.inf),
        ("relu(x - 1) + x", 0.9999, math.inf),
    ],
)
def test_the_rate_is_taken_where_the_function_is_still_a_parabola(
    torch_carrier: Tensors, text: str, x: float, rate: float
) -> None:
    asked = problem(text, x=x)
    right = methods()["reverse"].differentiate(asked, torch_carrier)
    assert remainder_rate(asked, right).rate == pytest.approx(rate, abs=0.02)
    assert right.gradient is not None
    wrong = replace(right, gradient={"x": right.gradient["x"] * (1 + 1e-6) if right.gradient["x"] else 1e-6})
    assert remainder_rate(asked, wrong).rate == pytest.approx(1, abs=0.02)


@pytest.mark.parametrize(("text", "x"), [("sin(1e40*x)", 1.0), ("(1-cos(x))/x^2", 1e-4), ("ln(1+x)/x", 1e-12)])
def test_where_rounding_hides_the_remainder_no_rate_is_claimed(torch_carrier: Tensors, text: str, x: float) -> None:
    asked = problem(text, x=x)
    found = remainder_rate(asked, methods()["reverse"].differentiate(asked, torch_carrier))
    assert math.isnan(found.rate)
    assert "no rate can be observed" in found.sentence


def test_differences_across_a_jump_print_no_number(torch_carrier: Tensors) -> None:
    """floor(x) x jumps from 6 to 9: its difference quotients grow without end."""
    (row,) = compare(problem("floor(x)*x", x=3.0), torch_carrier, ["numerical"]).rows
    assert row.derivative.gradient is None
    assert row.derivative.reason == "differences settle on no number"


def test_float32_agrees_to_seven_digits_at_most() -> None:
    """The derivative of x^2 at 3 is 6 in every method; a float32 has 7 digits."""
    asked = replace(problem("x^2", x=3.0), dtype="float32")
    assert check_gradient(asked, Tensors("cpu", "float32")).verdict.digits == 7
