"""--assume on the command line."""

import json

import pytest

from tests.process import run_gradcli

POINT = ("--at", "A=[[2,1],[1,3]],y=[1,2]")


@pytest.mark.parametrize("command", ["grad", "trace", "compare", "hessian", "vjp", "graph", "cost", "jacobian"])
def test_every_command_with_a_point_takes_it(command: str) -> None:
    done = run_gradcli(command, "y' A' y", *POINT, "--assume", "A=symmetric")
    assert done.status == 0
    assert "note: A is symmetric: `A'` was read as `A`, and A is held, not differentiated by" in done.stderr
    refused = run_gradcli(command, "y' A' y", *POINT, "--assume", "A=skew")
    assert refused.status == 2
    assert refused.stderr.startswith("error: A is not skew: A[1, 1] is 3.0, not 0\n")


@pytest.mark.parametrize("command", ["graph", "cost"])
def test_without_a_point_the_matrix_is_square(command: str) -> None:
    done = run_gradcli(command, "sum(inv(Q) X)", "--assume", "Q=orthogonal")
    assert done.status == 0
    assert "Q as (n, n), X as (n, m)" in done.stderr
    refused = run_gradcli(command, "sum(inv(Q) X)", "--assume", "Q=orthogonal", "--shape", "Q=m,k")
    assert refused.status == 2
    assert "Q has shape (m, k), and is assumed orthogonal" in refused.stderr


@pytest.mark.parametrize(
    ("typed", "cause"),
    [
        ("A", "--assume A is no list of properties"),
        ("A=", "--assume A= is no list of properties"),
        ("=skew", "--assume =skew is no list of properties"),
        ("B=skew", "an assumption names B, which is no input"),
        ("A=symetric", "'symetric' is no property of a matrix"),
        ("y=symmetric", "y has shape (2,), and is assumed symmetric"),
        ("A=symmetric,A=orthogonal", "A is not orthogonal: (A' @ A)[1, 1] is 10.0, not 1"),
    ],
)
def test_bad_assumptions(typed: str, cause: str) -> None:
    done = run_gradcli("grad", "y' A' y", *POINT, "--assume", typed)
    assert done.status == 2
    assert done.stderr.startswith(f"error: {cause}\n")


def test_a_held_input_is_no_wrt() -> None:
    done = run_gradcli("grad", "y' A' y", *POINT, "--assume", "A=symmetric", "--wrt", "A")
    assert done.status == 2
    assert "--wrt names A, which is held: an assumption about it was used" in done.stderr


def test_several_expressions_hold_the_same_inputs() -> None:
    """Else the sum of gradients would lack a part."""
    done = run_gradcli("grad", "y' A' y", "y' A y", *POINT, "--assume", "A=symmetric", "--accumulate", "--json")
    data = json.loads(done.stdout)
    assert list(data["accumulated"]) == ["y"]
    assert data["accumulated"]["y"] == [16, 28]


def test_json_says_it_in_a_warning() -> None:
    data = json.loads(run_gradcli("grad", "sum(inv(P) @ y^2)", "--at", "P=[[0,1],[1,0]],y=[1,2]", "--assume",
                              "P=permutation", "--json").stdout)  # fmt: skip
    assert "P is orthogonal: `inv(P)` was read as `P'`, and P is held, not differentiated by" in data["warnings"]
    assert list(data["gradient"]) == ["y"]
