"""Exponents and parameters without inputs are the numbers that are written, not the floats near them."""

from collections.abc import Callable

import mpmath
import pytest

from gradcli.exact import Exact
from gradcli.syntax.build import build
from gradcli.syntax.parse import parse
from gradcli.syntax.text import expression_text
from gradcli.verify.proof import prove_gradient
from tests.syntax.graphs import same_graph
from tests.verify.problems import problem

Function = Callable[[mpmath.mpf], mpmath.mpf]


def power(exponent: Callable[[], mpmath.mpf]) -> Function:
    return lambda x: x ** exponent()


CASES: list[tuple[str, Function]] = [
    ("x^sqrt(2)", power(lambda: mpmath.sqrt(2))),
    ("x^ln(3)", power(lambda: mpmath.log(3))),
    ("x^sin(1)", power(lambda: mpmath.sin(1))),
    ("x^(1/3)", power(lambda: mpmath.mpf(1) / 3)),
    ("x^-(2/3)", power(lambda: -mpmath.mpf(2) / 3)),
    ("x^(pi/4)", power(lambda: mpmath.pi / 4)),
    ("x^(0.1+0.2)", power(lambda: mpmath.mpf(3) / 10)),
    ("x^(2*sqrt(2)-e)", power(lambda: 2 * mpmath.sqrt(2) - mpmath.e)),
    ("x^(10^30-10^30+0.5)", mpmath.sqrt),
    ("x^tanh(20)", power(lambda: mpmath.tanh(20))),
    ("x^sqrt(0.01)", power(lambda: mpmath.mpf(1) / 10)),
    ("power(x, 12345678901234567.5/10^16)", power(lambda: mpmath.mpf("1.23456789012345675"))),
    ("elu(-x, ln(3))", lambda x: mpmath.log(3) * mpmath.expm1(-x)),
    ("leaky_relu(-x, 1/3)", lambda x: -x / 3),
    ("norm([x, 1], sqrt(5))", lambda x: (x ** mpmath.sqrt(5) + 1) ** (1 / mpmath.sqrt(5))),
    ("norm([x, 1], 4/3)", lambda x: (x ** (mpmath.mpf(4) / 3) + 1) ** mpmath.mpf("0.75")),
    ("huber(x, 5, sqrt(2))", lambda x: mpmath.sqrt(2) * (5 - x - mpmath.sqrt(2) / 2)),
]


@pytest.mark.parametrize(("text", "function"), CASES, ids=[text for text, _ in CASES])
def test_digits_are_those_of_what_is_written(text: str, function: Function) -> None:
    proof = prove_gradient(problem(text, x=2.0), 40)
    with mpmath.workdps(80):
        x = mpmath.mpf(2)
        for found, true in ((proof.value, function(x)), (proof.parts[("x",)], mpmath.diff(function, x))):
            assert abs(mpmath.mpf(str(found)) - true) <= abs(true) * mpmath.mpf(10) ** -39


@pytest.mark.parametrize(
    ("text", "exponent"),
    [("0.1*3-0.3", 0), ("0.1+0.2-0.3", 0), ("log2(8)", 3), ("sqrt(4)", 2), ("log10(1000)/2", 1.5), ("cbrt(27)", 3)],
)
def test_what_is_a_fraction_is_folded_to_it(text: str, exponent: float) -> None:
    built = build(parse(f"x^({text})"), {"x": ()})
    (found,) = built.graph.parameters[built.outputs[0]]
    assert found == exponent
    assert type(found) is type(exponent)


def test_an_exponent_that_is_zero_has_no_derivative() -> None:
    proof = prove_gradient(problem("x^(0.1+0.2-0.3)", x=0.0), 20)
    assert (proof.value, proof.parts[("x",)]) == ("1", "0")


def test_a_number_that_floats_take_for_a_whole_one_is_not_folded() -> None:
    built = build(parse("x^tanh(20)"), {"x": ()})
    assert built.graph.operations[built.outputs[0]].name == "pow"


@pytest.mark.parametrize(
    "text",
    [
        *(text for text, _ in CASES),
        "x^(-sqrt(2))",
        "x^(sqrt(2)^2+1/3)",
        "x^12345678901234567.5",
        "x^(1/3)*y^(-1/3)",
        "x^1.4142135623730951+x^sqrt(2)",
        "elu(x, -ln(3))",
        "x^(sin(1) % ln(2))",
    ],
)
def test_they_are_printed_as_what_they_are(text: str) -> None:
    built = build(parse(text), {"x": (), "y": ()} if "y" in text else {"x": ()})
    printed = expression_text(built.graph, built.outputs)
    again = build(parse(printed), dict.fromkeys(built.free, ()))
    assert same_graph(built.graph, built.outputs, again.graph, again.outputs), printed


def test_equal_floats_of_different_numbers_stay_two_nodes() -> None:
    built = build(parse("x^1.4142135623730951-x^sqrt(2)"), {"x": ()})
    left, right = built.graph.arguments[built.outputs[0]]
    assert left != right


def test_a_text_that_would_grow_without_end_is_left_for_evaluation() -> None:
    doubled = "".join(f"a{k + 1} = a{k}*a{k}; " for k in range(60))
    built = build(parse(f"a0 = sin(1); {doubled}x^a60"), {"x": ()})
    assert built.graph.operations[built.outputs[0]].name == "pow"


def test_a_sum_too_large_for_a_float_is_still_known() -> None:
    built = build(parse("x^(10^400/10^399)"), {"x": ()})
    assert built.graph.parameters[built.outputs[0]] == (10,)
    assert not isinstance(built.graph.parameters[built.outputs[0]][0], Exact)
