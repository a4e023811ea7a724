"""Constructors: numbers against NumPy's, folding into constants, printing, and what is refused."""

from collections.abc import Callable
from fractions import Fraction
from typing import Any

import flint
import mpmath
import numpy as np
import pytest
import torch

from gradcli.api import parse as parse_function
from gradcli.carriers.balls import Balls
from gradcli.carriers.tape import evaluate
from gradcli.errors import GradcliError
from gradcli.graph import CONSTANT
from gradcli.methods.certified import prove, proven_texts
from gradcli.methods.enclosures import enclosed_gradient
from gradcli.primitives.constructors import CONSTRUCTORS, MOST_ELEMENTS, Random, constructors
from gradcli.primitives.registry import by_spelling
from gradcli.syntax.build import Built, build
from gradcli.syntax.parse import parse
from gradcli.syntax.text import expression_text
from tests.verify.problems import problem

SEEDED = 7
VALUES = {
    "arange(5)": np.arange(5),
    "arange(2.5)": np.arange(2.5),
    "arange(2, 5)": np.arange(2, 5),
    "arange(-1, 2, 0.5)": np.arange(-1, 2, 0.5),
    "arange(0, 1, 0.1)": np.arange(0, 1, 0.1),
    "arange(5, 0, -2)": np.arange(5, 0, -2),
    "arange(2*3)": np.arange(6),
    "linspace(0, 1, 7)": np.linspace(0, 1, 7),
    "linspace(0.1, -0.7, 11)": np.linspace(0.1, -0.7, 11),
    "linspace(2, 3, 1)": np.linspace(2, 3, 1),
    "linspace(0, 2*pi, 9)": np.linspace(0, 2 * np.pi, 9),
    "zeros(3, 4)": np.zeros((3, 4)),
    "zeros([3, 4])": np.zeros((3, 4)),
    "zeros(2, 1, 3)": np.zeros((2, 1, 3)),
    "ones(3)": np.ones(3),
    "ones([2])": np.ones(2),
    "full([2, 3], 7)": np.full((2, 3), 7),
    "full(2, -1/3)": np.full(2, -1 / 3),
    "full([2], 1e-300)": np.full(2, 1e-300),
    "eye(3)": np.eye(3),
    "zeros_like([[1, 2]])": np.zeros((1, 2)),
    "ones_like(x)": np.ones((2, 3)),
    "ones_like(x*2 + 1)": np.ones((2, 3)),
    "[arange(2), [5, 6]]": np.array([[0, 1], [5, 6]]),
    "zeros()": np.zeros(()),
}


def built(text: str, random: Random | None = None) -> Built:
    return build(parse(text), {"x": (2, 3)}, random)


def array(found: Built) -> np.ndarray:
    """The numbers of a graph that is one constant."""
    (output,) = found.outputs
    assert found.graph.operations[output] is CONSTANT
    value = np.array(found.graph.parameters[output][0], dtype=float)
    assert value.shape == found.graph.shapes[output]
    return value


@pytest.mark.parametrize("text", VALUES)
def test_makes_the_numbers_of_numpy(text: str) -> None:
    """NumPy rounds each number of a progression twice or three times: 0.3 is 0.30000000000000004."""
    np.testing.assert_allclose(array(built(text)), VALUES[text], rtol=3e-16, atol=1.2e-16)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("full(2, 1/3)", [Fraction(1, 3)] * 2),
        ("full([2], 0.1)", [Fraction(1, 10)] * 2),
        ("full(2, -1/3)", [Fraction(-1, 3)] * 2),
        ("full(1, 10^20+1)", [Fraction(10**20 + 1)]),
        ("arange(0, 1, 0.1)", [Fraction(k, 10) for k in range(10)]),
        ("arange(1/3, 3, 2/3)", [Fraction(1 + 2 * k, 3) for k in range(4)]),
        ("linspace(0, 1, 7)", [Fraction(k, 6) for k in range(7)]),
        ("linspace(0.1, -0.7, 11)", [Fraction(10 - 8 * k, 100) for k in range(11)]),
        ("linspace(2/7, 3, 1)", [Fraction(2, 7)]),
        ("eye(2)", [[1, 0], [0, 1]]),
    ],
)
def test_numbers_are_those_that_are_written(text: str, expected: list[Any]) -> None:
    """In balls the fractions of theory; in floats the nearest to them."""
    found = built(text)
    (output,) = found.outputs
    np.testing.assert_array_equal(array(found), np.array(expected, dtype=float))
    with flint.ctx.workprec(200):
        balls = np.ravel(evaluate(found.graph, [output], Balls(), {}).values[output])
        for ball, number in zip(balls, np.ravel(np.array(expected, dtype=object)), strict=True):
            assert ball.overlaps(flint.arb(flint.fmpq(*Fraction(number).as_integer_ratio())))
            assert ball.rad() <= abs(ball) * 2.0**-190


@pytest.mark.parametrize(
    ("text", "slope"),
    [
        ("sum(full(3, sqrt(2))*x)", lambda: 3 * mpmath.sqrt(2)),
        ("sum(full([2, 2], pi)*x)", lambda: 4 * mpmath.pi),
        ("sum(linspace(0, pi, 4)*x)", lambda: 2 * mpmath.pi),
        ("linspace(1/3, pi, 4)[2]*x", lambda: (mpmath.mpf(1) / 3 + 2 * mpmath.pi) / 3),
        ("sum(arange(0, 1, pi/10)*x)", lambda: 6 * mpmath.pi / 10),
        ("sum(full(3, 1/3)*sin(x))", lambda: mpmath.cos(2)),
        ("sum(x^full(2, 1/3))", lambda: 2 * mpmath.mpf(2) ** (mpmath.mpf(-2) / 3) / 3),
        ("sum([full(2, 1/3), [1, 2]]*x)", lambda: 3 + mpmath.mpf(2) / 3),
    ],
)
def test_proven_digits_are_those_of_what_is_written(text: str, slope: Callable[[], Any]) -> None:
    """Fifty digits, which mpmath has too."""
    found = problem(text, x=2.0)
    (value,), bits = prove(lambda balls: [enclosed_gradient(found, balls)[1]["x"]], 50, "float64")
    with mpmath.workdps(60):
        assert mpmath.mpf(proven_texts(value, bits, 50)[0]) == mpmath.mpf(mpmath.nstr(slope(), 50))


def test_arange_has_as_many_numbers_as_torch_s() -> None:
    for start, end, step in ((0, 1, 0.1), (0, 3, 0.3), (1, 2, 1 / 3), (5, -5, -0.7)):
        numbers = array(built(f"arange({start}, {end}, {step!r})"))
        expected = torch.arange(start, end, step, dtype=torch.float64).numpy()
        np.testing.assert_allclose(numbers, expected, rtol=4e-16, atol=1e-15)


def test_random_numbers_are_those_of_numpy_in_the_order_of_the_calls() -> None:
    state = np.random.RandomState(SEEDED)
    expected = [state.randn(2, 3), state.rand(4), state.randn(), state.rand(1, 2)]
    random = Random(SEEDED)
    for text, numbers in zip(("randn(2, 3)", "rand([4])", "randn()", "rand(1, 2)"), expected, strict=True):
        np.testing.assert_array_equal(array(built(text, random)), numbers)


def test_first_numbers_of_seed_0_never_change() -> None:
    # The numbers that numpy.random.seed(0) is known for.
    assert array(built("randn(2)")).tolist() == [1.764052345967664, 0.4001572083672233]


def test_two_draws_differ_and_a_seed_repeats_them() -> None:
    found = built("randn(2) - randn(2)", Random(SEEDED))
    constants = [found.graph.parameters[k][0] for k in range(len(found.graph)) if found.graph.operations[k] is CONSTANT]
    assert len(set(constants)) == 2
    again = built("randn(2) - randn(2)", Random(SEEDED))
    assert again.graph.parameters == found.graph.parameters
    assert built("randn(2) - randn(2)", Random(8)).graph.parameters != found.graph.parameters


def test_the_seed_is_noted_where_it_matters() -> None:
    assert any("seed 7" in note for note in built("rand(2)", Random(SEEDED)).notes)
    assert not built("ones(2)", Random(SEEDED)).notes


@pytest.mark.parametrize("text", [*VALUES, "randn(2, 3)", "rand(3)", "sum(x @ eye(3)) + arange(2)"])
def test_prints_and_parses_again(text: str) -> None:
    found = built(text)
    printed = expression_text(found.graph, found.outputs)
    again = built(printed)
    assert expression_text(again.graph, again.outputs) == printed
    constants = [
        {(str(g.parameters[k][0]), g.shapes[k]) for k in g.ancestors(b.outputs) if g.operations[k] is CONSTANT}
        for b, g in ((found, found.graph), (again, again.graph))
    ]
    assert constants[0] == constants[1]


def test_no_derivative_flows_through_one() -> None:
    answer = parse_function("sum(x*arange(3) + randn(3)*ones_like(x))").grad(x=[1, 2, 3])
    assert answer.gradient == {"x": [0, 1, 2]}
    assert answer.verdict == "verified"


@pytest.mark.parametrize(
    ("text", "marked", "cause"),
    [
        ("zeros(-1)", "zeros", "cannot be negative, as -1 is"),
        ("zeros(2.5)", "zeros", "a whole number, not 2.5"),
        ("zeros(2, 0)", "zeros", "no elements"),
        ("zeros(x)", "x", "constant numbers"),
        ("zeros([1, sum(x)])", "[1, sum(x)]", "constant numbers"),
        ("zeros(true)", "zeros", "one number"),
        ('zeros("3")', '"3"', "constant numbers"),
        ("zeros(none)", "none", "constant numbers"),
        ("zeros([[1, 2]])", "zeros", "one number"),
        ("zeros([1, 2], 3)", "zeros", "one number"),
        ("zeros(1/0)", "zeros", "is inf"),
        ("ones(1000, 1001)", "ones", f"1001000 elements, more than the {MOST_ELEMENTS}"),
        ("ones(1000000000, 1e300)", "ones", "about 10^309 elements"),
        ("eye(2000)", "eye", "4000000 elements"),
        ("eye(2, 3)", "eye", "takes 1 argument, not 2"),
        ("eye(n=2)", "n", "no parameter 'n'"),
        ("randn(" + ", ".join("1" * 33) + ")", "randn", "33 axes"),
        ("arange()", "arange", "takes 1 or 2 or 3 arguments, not 0"),
        ("arange(0)", "arange", "there are no elements"),
        ("arange(3, 1)", "arange", "there are no elements"),
        ("arange(0, 1, 0)", "arange", "the step is 0"),
        ("arange(1e300)", "arange", "about 10^300 elements"),
        ("arange(-1e308, 1e308, 1)", "arange", "too far apart"),
        ("linspace(0, 1)", "linspace", "takes 3 arguments"),
        ("linspace(-1e308, 1e308, 3)", "linspace", "too far apart"),
        ("linspace(0, 1, 0)", "linspace", "no elements"),
        ("full([2], [1])", "full", "the value is one number"),
        ("full(2)", "full", "takes 2 arguments"),
        ("zero(3)", "zero", "unknown function"),
    ],
)
def test_refuses(text: str, marked: str, cause: str) -> None:
    with pytest.raises(GradcliError) as caught:
        built(f"1 + {text}")
    error = caught.value
    assert cause in error.message
    assert error.hint
    assert error.span is not None
    assert f"1 + {text}"[error.span.start : error.span.end] == marked


def test_a_shape_that_is_not_known_is_refused() -> None:
    with pytest.raises(GradcliError, match=r"known shape, not \(n,\)") as caught:
        build(parse("sum(ones_like(v))"), {"v": ("n",)})
    assert caught.value.hint


def test_a_constructor_that_is_not_called_is_a_variable() -> None:
    assert parse("ones*2").free_names == ("ones",)


def test_declarations_are_complete() -> None:
    assert set(constructors()).isdisjoint(by_spelling())
    for constructor in CONSTRUCTORS:
        assert constructor.doc
        assert all(signature.startswith(f"{constructor.name}(") for signature in constructor.signatures)
        text = constructor.signatures[0].replace("(n)", "(3)").replace("a, b, n", "1, 2, 3").replace("value", "7")
        assert built(text).outputs
