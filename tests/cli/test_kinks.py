"""`--at-kink`, the intervals and the limits on the command line."""

import json

import pytest

from tests.cli.test_json import VALIDATOR
from tests.process import run_gradcli


@pytest.mark.parametrize(("choice", "gradient"), [("torch", 0.0), ("left", 0.0), ("right", 1.0), ("mid", 0.5)])
def test_the_value_at_a_kink(choice: str, gradient: float) -> None:
    done = run_gradcli("grad", "relu(x)", "--at", "x=0", "--at-kink", choice, "--json")
    answer = json.loads(done.stdout)
    VALIDATOR.validate(answer)
    assert done.status == 0
    assert (answer["gradient"], answer["at_kink"]) == ({"x": gradient}, choice)
    assert (answer["interval"], answer["sides"], answer["clarke"]) == ({"x": [[0, 1]]},) * 3
    assert answer["conventions"] == [{"name": "relu", "torch": "0, the lower end of [0, 1]", "jax": "0"}]
    assert answer["differentiable"] is False


@pytest.mark.parametrize("command", ["grad", "graph", "jvp", "vjp", "compare", "why", "hessian", "jacobian"])
def test_an_input_that_a_later_output_alone_needs(command: str) -> None:
    direction = {"jvp": ("--tangent", "ones"), "vjp": ("--cotangent", "ones")}.get(command, ())
    done = run_gradcli(command, "|x|; y", "--at", "x=0,y=1", *direction)
    assert "internal" not in done.stderr
    assert done.status == 0
    assert ("[-1, 1]" in done.stdout) is (command != "hessian")


def test_min_has_its_sides_in_order() -> None:
    answer = json.loads(run_gradcli("grad", "min(x, 0)", "--at", "x=0", "--json").stdout)
    assert (answer["interval"], answer["sides"]) == ({"x": [[0, 1]]}, {"x": [[1, 0]]})


def test_an_error_when_asked() -> None:
    done = run_gradcli("grad", "|x|", "--at", "x=0", "--at-kink", "error")
    assert done.status == 3
    assert done.stdout == ""
    assert "not differentiable" in done.stderr
    assert run_gradcli("grad", "|x|", "--at", "x=1", "--at-kink", "error").status == 0


def test_a_product_with_the_jacobian() -> None:
    done = run_gradcli("vjp", "|x|", "--at", "x=[0,1]", "--cotangent", "ones", "--at-kink", "left", "--json")
    answer = json.loads(done.stdout)
    VALIDATOR.validate(answer)
    assert answer["vjp"] == {"x": [-1, 1]}


def test_many_inputs_have_no_sides() -> None:
    point = "x=[" + ",".join("0" for _ in range(65)) + "]"
    done = run_gradcli("grad", "sum(relu(x))", "--at", point, "--at-kink", "left")
    assert done.status == 2
    assert "not computed for so many inputs" in done.stderr
    answer = json.loads(run_gradcli("grad", "sum(relu(x))", "--at", point, "--json").stdout)
    VALIDATOR.validate(answer)
    assert answer["clarke"] == {"x": [[0, 1]] * 65}
    assert "interval" not in answer


def test_conventions_when_asked_for_more() -> None:
    done = run_gradcli("grad", "|x|", "--at", "x=0", "-v")
    assert "at the kink of abs: PyTorch gives 0, the middle of [-1, 1]. JAX: 1" in done.stdout
    assert "JAX" not in run_gradcli("grad", "|x|", "--at", "x=0").stdout


@pytest.mark.parametrize("command", ["grad", "trace", "compare", "jacobian"])
@pytest.mark.parametrize("text", ["relu(x) - relu(-x)", "sqrt(x^2)", "sqrt(|x|)", "floor(x)", "|x|"])
def test_all_commands_agree_with_the_schema(command: str, text: str) -> None:
    done = run_gradcli(command, text, "--at", "x=0", "--json")
    VALIDATOR.validate(json.loads(done.stdout))


def test_one_undefined_component_hides_no_other() -> None:
    done = run_gradcli("grad", "x^y", "--at", "x=-2,y=3")
    assert done.status == 3
    assert "∂f/∂x = 12\n" in done.stdout
    assert "∂f/∂y = undefined" in done.stdout
    answer = json.loads(run_gradcli("grad", "x^y", "--at", "x=-2,y=3", "--json").stdout)
    VALIDATOR.validate(answer)
    assert answer["defined"] == {"x": [True], "y": [False]}
    assert answer["gradient"] == {"x": 12, "y": "nan"}


def test_an_undefined_element_hides_no_other() -> None:
    done = run_gradcli("grad", "sum(sqrt(x))", "--at", "x=[4,0]")
    assert "∂f/∂x = [0.25, undefined]   (the rules give [0.25, inf])" in done.stdout


@pytest.mark.parametrize(("text", "evidence"), [("|x|", "rules and differences"), ("sqrt(x^2)", "numerical limit")])
def test_the_evidence_is_stated(text: str, evidence: str) -> None:
    answer = json.loads(run_gradcli("grad", text, "--at", "x=0", "--json").stdout)
    VALIDATOR.validate(answer)
    assert (answer["sides"], answer["evidence"]) == ({"x": [[-1, 1]]}, evidence)


@pytest.mark.parametrize("command", ["grad", "jacobian", "compare", "hessian", "why"])
def test_an_exact_point_is_spelt_out(command: str) -> None:
    answer = json.loads(run_gradcli(command, "x*sum(y)", "--at", "x=1/3,y=[0.1,sqrt(2),2]", "--exact", "--json").stdout)
    VALIDATOR.validate(answer)
    assert answer["inputs"] == {"x": 1 / 3, "y": [0.1, 2**0.5, 2]}
    assert answer["exact"] == {"x": "1/3", "y": ["1/10", "[0.1, sqrt(2), 2][1]", "2"]}
    plain = json.loads(run_gradcli(command, "x*sum(y)", "--at", "x=1/3,y=[0.1,2]", "--json").stdout)
    assert "exact" not in plain


def test_a_tie_of_exact_points() -> None:
    assert "from left and right: [-1, 1]" in run_gradcli("grad", "|x - 0.1|", "--at", "x=0.1", "--exact").stdout
    assert "(true: 1)" in run_gradcli("grad", "|x - 0.1|", "--at", "x=0.1").stdout


@pytest.mark.parametrize("command", ["grad", "vjp", "jacobian", "jvp", "compare", "why", "hessian", "trace"])
def test_a_kink_that_floats_miss_in_every_command(command: str) -> None:
    tangent = ["--tangent", "x=1"] if command == "jvp" else []
    done = run_gradcli(command, "|0.1*x - 0.3|", "--at", "x=3", *tangent, "--json")
    answer = json.loads(done.stdout)
    VALIDATOR.validate(answer)
    assert done.status == 0
    assert answer.get("verdict", "kink") == "kink"


@pytest.mark.parametrize("command", ["grad", "vjp"])
def test_a_derivative_beside_a_jump_is_shown(command: str) -> None:
    """(1 - 9/10) 10 is 1, and less in floats."""
    arguments = (command, "floor((1-0.9*x)*10)*y", "--at", "x=1,y=2")
    done = run_gradcli(*arguments)
    assert done.status == 3
    assert "∂f/∂y = 1   (the rules give 0)" in done.stdout or "(u'J) by y = 0   (true: 1)" in done.stdout
    answer = json.loads(run_gradcli(*arguments, "--json").stdout)
    VALIDATOR.validate(answer)
    assert answer["true"] == {"value": "2", "gradient" if command == "grad" else "vjp": {"y": "1"}}


def test_true_components_without_a_true_value() -> None:
    """x sqrt|x| has the derivative 0 at 0."""
    answer = json.loads(run_gradcli("grad", "sum(x*sqrt(|x|)) + sqrt(y)", "--at", "x=[0,4],y=0", "--json").stdout)
    VALIDATOR.validate(answer)
    assert answer["defined"] == {"x": [True, True], "y": [False]}
    assert answer["true"] == {"gradient": {"x": ["0", "3"]}}


def test_agreeing_sides_stand_in_the_layout() -> None:
    """The derivative of relu(x) - relu(-x) is 1, of x^2 it is 2x; denominator layout is the transposed one."""
    text, point = "relu(A[0,1]) - relu(-A[0,1]) + sum(A^2)", "A=[[1,0],[3,4]]"
    assert "∂f/∂A = [[2, 1], [6, 8]]" in run_gradcli("grad", text, "--at", point).stdout
    assert "∂f/∂A = [[2, 6], [1, 8]]" in run_gradcli("grad", text, "--at", point, "--layout", "numerator").stdout


@pytest.mark.parametrize("layout", ["torch", "numerator", "denominator"])
@pytest.mark.parametrize("command", ["grad", "jacobian"])
def test_what_is_known_of_components_is_in_the_order_of_the_derivative(command: str, layout: str) -> None:
    """By theory: k|x| has the sides -k and k at 0; each component has its own factor."""
    kinks = "sum([[1,2,3],[4,5,6]]*|x|)"
    done = run_gradcli(command, kinks, "--at", "x=[[0,0,0],[0,0,0]]", "--layout", layout, "--json")
    answer = json.loads(done.stdout)
    VALIDATOR.validate(answer)
    factors = [1, 2, 3, 4, 5, 6] if layout != "numerator" else [1, 4, 2, 5, 3, 6]
    assert answer["sides"] == answer["interval"] == answer["clarke"] == {"x": [[-k, k] for k in factors]}


@pytest.mark.parametrize("layout", ["torch", "numerator"])
def test_which_components_exist_is_in_the_order_of_the_derivative(layout: str) -> None:
    """By theory: sqrt has no derivative at 0, and 1/(2 sqrt(x)) elsewhere; both lists name the same components."""
    point = "x=[[1,0,4],[0.25,0,0]]"
    done = run_gradcli("grad", "sum(sqrt(x))", "--at", point, "--layout", layout, "--json")
    answer = json.loads(done.stdout)
    VALIDATOR.validate(answer)
    shown = [number for row in answer["gradient"]["x"] for number in row]
    assert answer["defined"]["x"] == [number in (0.5, 0.25, 1.0) for number in shown]
    assert [len(answer["gradient"]["x"]), sum(answer["defined"]["x"])] == [2 if layout == "torch" else 3, 3]
    text = run_gradcli("grad", "sum([[1,2,3],[4,5,6]]*|x|)", "--at", "x=zeros(2,3)", "--layout", layout).stdout
    first = "[-1, 1], [-2, 2]" if layout == "torch" else "[-1, 1], [-4, 4]"
    assert f"from left and right: {first}" in text


@pytest.mark.parametrize(
    ("command", "jumps", "continuous"),
    [
        (("hessian",), "floor(x)*x^2", "where(x > 2, x^2 - 4, 4 - x^2)"),
        (("hvp", "--tangent", "x=1"), "where(x > 2, x^2 + 1, x^2)", "x*|x - 2|"),
    ],
)
def test_where_the_value_jumps_there_is_no_second_derivative(
    command: tuple[str, ...], jumps: str, continuous: str
) -> None:
    """A function that is differentiable is continuous: the first of each pair is not, at 2, and the second is."""
    name, *more = command
    done = run_gradcli(name, jumps, "--at", "x=2", *more)
    assert done.status == 3
    assert "undefined: there is no first derivative: the value jumps" in done.stdout
    done = run_gradcli(name, continuous, "--at", "x=2", *more)
    assert done.status == 0
    assert "kink: " in done.stdout
