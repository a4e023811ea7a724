"""Methods side by side: agreement, digits, disagreement, reasons."""

import pytest

from gradcli.carriers.tensors import Tensors
from gradcli.errors import NameProblem
from gradcli.methods.base import methods
from gradcli.problem import Derivative
from gradcli.verify.comparison import compare, select_methods
from gradcli.verify.examples import EXAMPLES
from tests.verify.problems import problem


@pytest.fixture(scope="module")
def torch_carrier() -> Tensors:
    return Tensors("cpu")


def test_all_methods_agree_on_the_worked_example(torch_carrier: Tensors) -> None:
    found = compare(problem("ln(x1)+x1*x2-sin(x2)", x1=2.0, x2=5.0), torch_carrier, list(methods()))
    assert found.verdict.word == "verified"
    assert found.reference == "symbolic"
    assert found.digits >= 11
    assert all(row.agrees for row in found.rows)
    assert [row.derivative.method for row in found.rows][:4] == ["forward", "reverse", "symbolic", "numerical"]


def test_exact_methods_agree_to_the_last_digit(torch_carrier: Tensors) -> None:
    found = compare(problem("x1^2 + 2*x2^2", x1=1.0, x2=-1.5), torch_carrier, ["forward", "reverse", "symbolic"])
    assert found.digits == 16


def test_methods_that_share_rules_verify_nothing(torch_carrier: Tensors) -> None:
    found = compare(problem("x^2", x=3.0), torch_carrier, ["forward", "reverse"])
    assert found.verdict.word == "unverified"
    assert found.verdict.status == 0


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
        assert found.rows[-1].derivative.error["x"] > 1e-10
