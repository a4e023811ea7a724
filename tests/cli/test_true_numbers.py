"""Where floats lose their digits, every derivative is shown with the true numbers; the truth is mpmath's."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import mpmath
import pytest

from tests.cli.test_json import VALIDATOR
from tests.process import run_gradcli

X = 1e-8
LOST = "[(1-cos(x))/x^2, ln(1+x)/x, x]"
FUNCTIONS: tuple[Callable[[Any], Any], ...] = (
    lambda x: (1 - mpmath.cos(x)) / x**2,
    lambda x: mpmath.log(1 + x) / x,
    lambda x: x,
)


def of(order: int) -> list[Any]:
    """The derivatives of that order at X."""
    with mpmath.workdps(80):
        return [mpmath.diff(f, mpmath.mpf(X), order) for f in FUNCTIONS]


def asked(command: str, expression: str, *more: str) -> dict[str, Any]:
    done = run_gradcli(command, expression, "--json", *more)
    assert done.status == 0, done.stderr
    found = json.loads(done.stdout)
    assert found["verdict"] == "ill-conditioned", found["reason"]
    return found


def assert_right(text: str, wanted: Any) -> None:
    with mpmath.workdps(60):
        assert abs(mpmath.mpf(text) - wanted) <= abs(wanted) * mpmath.mpf("1e-15"), (text, wanted)


@pytest.mark.parametrize("mode", ["forward", "reverse"])
def test_a_jacobian_has_every_true_element(mode: str) -> None:
    found = asked("jacobian", LOST, "--at", f"x={X}", "--mode", mode)["true"]
    for text, wanted in zip(found["value"], of(0), strict=True):
        assert_right(text, wanted)
    for text, wanted in zip(found["jacobian"]["x"], of(1), strict=True):
        assert_right(text, wanted)


def test_true_elements_stand_in_the_layout_of_the_others() -> None:
    expression = "[x[0]+0*x[1], (1-cos(x[1]))/x[1]^2, x[0]*x[1]]"
    given = ("--at", f"x=[1,{X}]")
    shapes = {
        layout: asked("jacobian", expression, *given, "--layout", layout)["true"]["jacobian"]["x"]
        for layout in ("torch", "denominator")
    }
    assert_right(shapes["torch"][1][1], of(1)[0])
    assert shapes["denominator"] == [list(column) for column in zip(*shapes["torch"], strict=True)]


def test_products_with_it_too() -> None:
    jvp = asked("jvp", LOST, "--at", f"x={X}", "--tangent", "x=2")["true"]
    for text, wanted in zip(jvp["jvp"], of(1), strict=True):
        assert_right(text, 2 * wanted)
    vjp = asked("vjp", LOST, "--at", f"x={X}", "--cotangent", "ones")["true"]
    assert_right(vjp["vjp"]["x"], sum(of(1)))
    for given in (jvp, vjp):
        assert_right(given["value"][0], of(0)[0])


def test_a_hessian_with_its_value() -> None:
    found = asked("hessian", "(1-cos(x))/x^2*y^3", "--at", "x=1e-4,y=2")["true"]
    with mpmath.workdps(80):
        x = mpmath.mpf(1e-4)
        f, slope, bend = (mpmath.diff(FUNCTIONS[0], x, k) for k in range(3))
        assert_right(found["value"], 8 * f)
        wanted = {("x", "x"): 8 * bend, ("x", "y"): 12 * slope, ("y", "x"): 12 * slope, ("y", "y"): 12 * f}
    for (one, other), number in wanted.items():
        assert_right(found["hessian"][one][other], number)
    product = asked("hvp", "(1-cos(x))/x^2*y^3", "--at", "x=1e-4,y=2", "--tangent", "x=1")["true"]
    assert_right(product["hvp"]["x"], wanted["x", "x"])
    assert_right(product["hvp"]["y"], wanted["x", "y"])


@pytest.mark.parametrize(
    "request_", [("hessian",), ("jvp", "--tangent", "x=1"), ("hvp", "--tangent", "x=1"), ("jacobian",)]
)
def test_a_value_alone_that_is_lost_is_said(request_: tuple[str, ...]) -> None:
    command, *more = request_
    found = asked(command, "(x + 1e17) - 1e17 + x^2", "--at", "x=3", *more)
    assert found["value"] == 9.0
    assert found["true"]["value"] == "12"


def test_the_text_has_them_beside_the_floats_and_below_a_matrix() -> None:
    done = run_gradcli("jacobian", LOST, "--at", f"x={X}")
    assert "(true: [0.5, " in done.stdout
    assert "(true: [-8.333333333333334e-10, " in done.stdout
    done = run_gradcli("jacobian", "[(1-cos(x[1]))/x[1]^2, x[0]]", "--at", f"x=[1,{X}]")
    assert done.stdout.splitlines()[4:7] == [
        "  true:",
        "  [0  -8.333333333333334e-10]",
        "  [1                       0]",
    ]


def test_the_gradient_of_a_jvp_speaks_of_the_user_s_own_expression() -> None:
    for more in ((), ("--json",)):
        done = run_gradcli("jvp", "y*(exp(x)-1)/x + sin(y)", "--at", "x=1e-15,y=2", "--tangent", "x=1", *more)
        assert "they go at v3 = exp(x)-1" in done.stdout
        assert "step" not in done.stdout
        assert "direction" not in done.stdout
    trace = run_gradcli("trace", "y*(exp(x)-1)/x + sin(y)", "--at", "x=1e-15,y=2")
    assert any(line.split()[:2] == ["v3", "v1-1"] for line in trace.stdout.splitlines())
    named = run_gradcli("jvp", "a = 1 - cos(x); b = a/x^2", "--at", "x=1e-8", "--tangent", "x=1")
    assert "they go at a (" in named.stdout


def test_above_64_inputs_one_direction_is_said_to_be_one() -> None:
    many = run_gradcli("grad", "sum(x^2)*1e10 - sum(x^2)*1e10 + sum(exp(x))*1e-20*1e20", "--at", "x=randn(70)")
    few = run_gradcli("grad", "sum(x^2)*1e10 - sum(x^2)*1e10 + sum(exp(x))*1e-20*1e20", "--at", "x=randn(60)")
    assert ("verified" in many.stdout, "along one direction" in many.stdout) == (True, True)
    assert ("verified" in few.stdout, "along one direction" in few.stdout) == (True, False)


@pytest.mark.parametrize("layout", ["torch", "numerator", "denominator"])
@pytest.mark.parametrize("command", [("grad",), ("check", "--claim", "A=[[0,0],[0,0]]")])
def test_true_numbers_in_json_stand_in_the_layout(command: tuple[str, ...], layout: str) -> None:
    text, point = "sum((1-cos(A))/A^2*[[1,2],[3,4]])", "A=[[1e-9,1],[2,3]]"
    done = run_gradcli(*command, text, "--at", point, "--layout", layout, "--json")
    true = json.loads(done.stdout)["true"]["gradient"]["A"]
    found = [float(true[1][0]), float(true[0][1])]
    slopes = [float(mpmath.diff(lambda x, w=w: w * FUNCTIONS[0](x), at)) for w, at in ((3, 2), (2, 1))]
    assert found == pytest.approx(slopes[::-1] if layout == "numerator" else slopes, rel=1e-9)


@pytest.mark.parametrize(("command", "more"), [("jacobian", ()), ("jvp", ("--tangent", "x=1"))])
@pytest.mark.parametrize("layout", [(), ("--layout", "numerator")])
def test_a_value_that_is_lost_at_a_kink(command: str, more: tuple[str, ...], layout: tuple[str, ...]) -> None:
    options = (*more, *(layout if command == "jacobian" else ()))
    at = ("[|0.1*x - 0.3|, x]", "--at", "x=3")
    assert "(true: [0, 3])" in run_gradcli(command, *at, *options).stdout
    answer = json.loads(run_gradcli(command, *at, *options, "--json").stdout)
    VALIDATOR.validate(answer)
    assert (answer["verdict"], answer["true"]["value"]) == ("kink", ["0", "3"])
