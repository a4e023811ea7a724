"""`jacobian`, `hessian`, `jvp`, `vjp`, `hvp` and several expressions for `grad`, as processes."""

import json

import pytest
import torch

from tests.process import run_gradcli

MATRIX = "A=[[1,2],[3,4],[5,6]],y=[1,-1]"
A = [[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]


def answer(*arguments: str, status: int = 0) -> dict:
    done = run_gradcli(*arguments, "--json")
    assert done.status == status, done.stdout + done.stderr
    return json.loads(done.stdout)


def test_the_derivative_of_a_matrix_times_a_vector() -> None:
    """Row 4 of the worked examples: A' in layout denominator, A in numerator."""
    asked = ("jacobian", "A @ y", "--at", MATRIX, "--wrt", "y")
    assert answer(*asked, "--layout", "numerator")["jacobian"]["y"] == A
    found = answer(*asked, "--layout", "denominator")
    assert found["jacobian"]["y"] == [[1.0, 3.0, 5.0], [2.0, 4.0, 6.0]]
    assert (found["layout"], found["shapes"]["y"], found["verdict"]) == ("denominator", [2, 3], "verified")


@pytest.mark.parametrize(
    ("layout", "gradient"), [("torch", [2.0, 4.0]), ("numerator", [[2.0, 4.0]]), ("denominator", [[2.0], [4.0]])]
)
def test_a_gradient_in_each_layout(layout: str, gradient: list) -> None:
    assert answer("grad", "dot(x,x)", "--at", "x=[1,2]", "--layout", layout)["gradient"]["x"] == gradient
    assert f"layout {layout}" in run_gradcli("grad", "dot(x,x)", "--at", "x=[1,2]", "--layout", layout).stdout


def test_the_derivative_of_a_vector_by_a_scalar() -> None:
    found = answer("jacobian", "[sin(x), cos(x)]", "--at", "x=0.3", "--layout", "numerator")
    expected = torch.tensor(0.3, dtype=torch.float64)
    assert found["jacobian"]["x"] == [
        [pytest.approx(torch.cos(expected).item(), abs=1e-16)],
        [pytest.approx(-torch.sin(expected).item(), abs=1e-16)],
    ]
    assert found["shapes"]["x"] == [2, 1]


def test_a_quadratic_form() -> None:
    """A y + A'y, which is 2 A y for a symmetric A."""
    found = answer("grad", "y' @ A @ y", "--at", "A=[[2,1],[1,3]],y=[1,-1]", "--wrt", "y")
    assert found["gradient"]["y"] == [2.0, -4.0]
    assert answer("hessian", "y' @ A @ y", "--at", "A=[[2,1],[1,3]],y=[1,-1]", "--wrt", "y")["hessian"]["y"]["y"] == [
        [4.0, 2.0],
        [2.0, 6.0],
    ]


@pytest.mark.parametrize("mode", ["forward", "reverse"])
def test_the_mode_can_be_chosen(mode: str) -> None:
    found = answer("jacobian", "A @ y", "--at", MATRIX, "--mode", mode)
    assert found["mode"] == mode
    assert found["jacobian"]["y"] == A
    assert f"{mode} sweep" in run_gradcli("jacobian", "A @ y", "--at", MATRIX, "--mode", mode).stdout


def test_products_with_one_direction() -> None:
    assert answer("jvp", "A @ y", "--at", MATRIX, "--tangent", "y=[1,0]")["jvp"] == [1.0, 3.0, 5.0]
    assert answer("vjp", "A @ y", "--at", MATRIX, "--cotangent", "e(2)")["vjp"]["y"] == [5.0, 6.0]
    assert answer("vjp", "x*x", "--at", "x=[0,1,2,3]", "--cotangent", "ones")["vjp"]["x"] == [0.0, 2.0, 4.0, 6.0]
    found = answer("hvp", "x1^2*x2", "--at", "x1=3,x2=5", "--tangent", "x1=1")
    assert (found["hvp"], found["verdict"]) == ({"x1": 10.0, "x2": 6.0}, "verified")


def test_results_of_order_four() -> None:
    found = answer("jacobian", "X @ X'", "--at", "X=[[1,2],[3,4]]")
    x = torch.tensor([[1.0, 2.0], [3.0, 4.0]], dtype=torch.float64)
    assert found["jacobian"]["X"] == torch.func.jacrev(lambda x: x @ x.T)(x).tolist()


def test_gradients_accumulate() -> None:
    """Row 8: 2 dot(x, x), then sum(x) without clearing."""
    found = answer("grad", "2*dot(x,x)", "sum(x)", "--at", "x=[0,1,2,3]", "--accumulate")
    assert [result["gradient"]["x"] for result in found["results"]] == [[0.0, 4.0, 8.0, 12.0], [1.0, 1.0, 1.0, 1.0]]
    assert found["accumulated"]["x"] == [1.0, 5.0, 9.0, 13.0]


def test_a_binding_serves_any_of_several_expressions() -> None:
    done = run_gradcli("grad", "-x^2", "y^3", "--at", "x=3,y=2,z=1")
    assert done.stdout.count("verified") == 2
    assert done.stderr == "note: --at binds z, which the expression does not use\n"


@pytest.mark.parametrize(
    ("arguments", "cause", "mend"),
    [
        (("hessian", "x*x", "--at", "x=[1,2]"), "a Hessian needs a scalar", "sum(...)"),
        (("hvp", "x*x", "--at", "x=[1,2]", "--tangent", "ones"), "a Hessian needs a scalar", "sum(...)"),
        (("jvp", "x*x", "--at", "x=[1,2]"), "a tangent is needed", "--tangent ones"),
        (("jvp", "x*x", "--at", "x=[1,2]", "--tangent", "x=[1,2,3]"), "has shape (3,), needed is (2,)", "ones"),
        (("jvp", "x*x", "--at", "x=[1,2]", "--tangent", "y=1"), "--tangent names y", "x"),
        (("vjp", "x*x", "--at", "x=[1,2]"), "needs a cotangent", "--cotangent ones"),
        (("vjp", "x*x", "--at", "x=[1,2]", "--cotangent", "e(5)"), "out of range", ""),
        (("grad", "x", "-", "--at", "x=1"), "- answers requests one by one", "leave the other"),
        (("jacobian", "x", "--at", "x=1", "--layout", "rows"), "layout", "--help"),
    ],
)
def test_wrong_requests(arguments: tuple[str, ...], cause: str, mend: str) -> None:
    done = run_gradcli(*arguments)
    assert done.status == 2
    assert cause in done.stderr
    assert mend in done.stderr
    assert "Traceback" not in done.stderr


def test_a_value_that_does_not_exist_has_no_derivative() -> None:
    for command in (("jacobian",), ("hessian",), ("jvp", "--tangent", "ones"), ("vjp",), ("hvp", "--tangent", "ones")):
        done = run_gradcli(command[0], "ln(x)", "--at", "x=-1", *command[1:])
        assert done.status == 3
        assert "undefined" in done.stderr


def test_an_input_of_one_expression_is_constant_in_the_others() -> None:
    found = answer("grad", "sum(x^2)", "sum(y)", "--at", "x=[1,2],y=[1,2]", "--accumulate", "--wrt", "x")
    assert [result["gradient"]["x"] for result in found["results"]] == [[2.0, 4.0], [0.0, 0.0]]
    assert found["accumulated"] == {"x": [2.0, 4.0]}
