"""The Python interface."""

import pytest

import gradcli
from gradcli.errors import DomainError, ExpressionError, NameProblem, ShapeError


def test_parse_once_differentiate_often() -> None:
    f = gradcli.parse("a = dot(x,w); (a-y)^2")
    assert f.inputs == ("x", "w", "y")
    answer = f.grad(x=[1, 2, 3], w=[0.5, -1, 2], y=1.5)
    assert answer.value == 9.0
    assert answer.gradient == {"x": [3.0, -6.0, 12.0], "w": [6.0, 12.0, 18.0], "y": -6.0}
    assert answer.verdict == "verified"
    assert f(x=[1, 2], w=[1, 1], y=1) == 4.0


def test_arrays_and_tensors_are_values() -> None:
    numpy = pytest.importorskip("numpy")
    torch = pytest.importorskip("torch")
    f = gradcli.parse("sum(x*y)")
    assert f.grad(x=numpy.array([1.0, 2.0]), y=torch.tensor([3.0, 4.0])).gradient["x"] == [3.0, 4.0]


def test_errors_carry_the_source() -> None:
    with pytest.raises(ExpressionError) as caught:
        gradcli.parse("sin(x")
    assert "^" in str(caught.value)
    with pytest.raises(NameProblem):
        gradcli.parse("x*y").grad(x=1)
    with pytest.raises(ShapeError):
        gradcli.parse("x*x").grad(x=[1, 2])
    with pytest.raises(ShapeError):
        gradcli.parse("x*x").grad(x=[1, [2]])
    with pytest.raises(ShapeError):
        gradcli.parse("x*x").grad(x="1")


def test_it_prints() -> None:
    assert str(gradcli.parse("2 x + 1")) == "2*x + 1"
    assert str(gradcli.parse("x^2").grad(x=3)).splitlines()[:2] == ["value = 9.0", "d/dx = 6.0"]


def test_unknown_attributes_are_errors() -> None:
    with pytest.raises(AttributeError):
        _ = gradcli.nothing


def test_any_name_is_an_input() -> None:
    f = gradcli.parse("self^2")
    assert f(self=3) == 9
    assert f.grad(self=3).gradient == {"self": 6.0}


def test_a_misspelt_input_is_an_error() -> None:
    with pytest.raises(NameProblem, match="did you mean alpha"):
        gradcli.parse("alpha*x")(alhpa=1, x=2)


def test_outside_the_domain_there_is_no_answer() -> None:
    with pytest.raises(DomainError, match="needs x > 0"):
        gradcli.parse("ln(x)").grad(x=-1)
    with pytest.raises(DomainError, match="needs x > 0"):
        gradcli.parse("ln(x)")(x=-1)


def test_interactive_help() -> None:
    assert {"parse", "Function", "Gradient"} <= set(dir(gradcli))
    assert repr(gradcli.parse("2 x")) == "gradcli.parse('2 x')"
