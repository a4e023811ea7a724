"""--precision and --exact at the command line."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from decimal import Decimal, localcontext
from typing import Any

import mpmath
import pytest

from tests.process import Finished, run_gradcli

WORKED = ("ln(x1)+x1*x2-sin(x2)", "x1=2,x2=5")


def shown(done: Finished, label: str) -> str:
    """What stands behind a label in the text."""
    assert done.status == 0, done.stderr
    (line,) = [line for line in done.stdout.splitlines() if line.startswith(f"{label} = ")]
    return line.removeprefix(f"{label} = ").split()[0]


def near(text: str, wanted: object, digits: int) -> bool:
    with mpmath.workdps(digits + 20):
        return bool(abs(mpmath.mpf(text) - wanted) <= abs(wanted) * mpmath.mpf(10) ** (1 - digits) / 2)


def proven(expression: str, at: str, digits: int, *more: str) -> Finished:
    """A gradient in so many digits."""
    return run_gradcli("grad", expression, "--at", at, "--precision", str(digits), *more)


def assert_shown(done: Finished, digits: int, wanted: Callable[[], dict[str, Any]]) -> None:
    """Each label shows what mpmath computes, to so many digits."""
    with mpmath.workdps(2 * digits + 20):
        for label, number in wanted().items():
            assert near(shown(done, label), number, digits), label


def test_fifty_digits() -> None:
    done = proven(*WORKED, 50)
    assert_shown(
        done,
        50,
        lambda: {
            "f": mpmath.log(2) + 10 - mpmath.sin(5),
            "∂f/∂x1": mpmath.mpf("5.5"),
            "∂f/∂x2": 2 - mpmath.cos(5),
        },
    )
    assert "verified: 50 digits proven in balls of" in done.stdout


def test_a_hundred_thousand_digits() -> None:
    done = proven("sqrt(x)", "x=2", 100000)
    with localcontext() as context:
        context.prec = 100_010
        root = Decimal(2).sqrt()
        context.prec = 100_000
        assert Decimal(shown(done, "f")) == +root
        assert Decimal(shown(done, "∂f/∂x")) == root / 4


@pytest.mark.parametrize("digits", ["1000000", "-3", "100001", "0"])
def test_a_number_of_digits_that_is_refused(digits: str) -> None:
    done = run_gradcli("grad", "x^2", "--at", "x=1", f"--precision={digits}")
    assert done.status == 2
    assert done.stdout == ""
    assert f"from 1 to 100000, not {digits}" in done.stderr
    assert "help: --precision 50" in done.stderr


@pytest.mark.parametrize(("dtype", "noted"), [("float64", "x is the float64"), ("float32", "x, y are the float32")])
def test_the_note_names_the_numbers_that_the_dtype_holds(dtype: str, noted: str) -> None:
    """2^24 + 1 is a float64 and no float32."""
    done = proven("x*y*z", "x=0.1,y=16777217,z=0.5", 20, "--dtype", dtype)
    assert f"note: {noted} nearest to what is written" in done.stderr


def test_a_graph_too_large_for_the_digits() -> None:
    done = proven("sum(x^2)", "x=randn(1000)", 100000)
    assert done.status == 2
    assert "would take minutes" in done.stderr
    assert "help: ask for fewer digits" in done.stderr
    assert "Traceback" not in done.stderr


def test_the_same_error_as_json() -> None:
    done = proven("x", "x=1", 1000000, "--json")
    assert done.status == 2
    assert json.loads(done.stdout)["error"]["hint"] == "--precision 50"


def test_the_point_is_the_float_unless_exact() -> None:
    near_it = proven("x^2", "x=0.1", 40)
    assert Decimal(shown(near_it, "∂f/∂x")) == Decimal("0.2000000000000000111022302462515654042363")
    assert "note: x is the float64 nearest to what is written; --exact reads the decimals themselves" in near_it.stderr
    exactly = proven("x^2", "x=0.1", 40, "--exact")
    assert Decimal(shown(exactly, "∂f/∂x")) == Decimal("0.2")
    assert "note: --exact: the point is what is written" in exactly.stderr


def test_exact_constants_and_lists() -> None:
    done = proven("sin(x)", "x=pi/4", 60, "--exact")
    assert_shown(done, 60, lambda: dict.fromkeys(("f", "∂f/∂x"), mpmath.sqrt(2) / 2))
    done = proven("sum(x^2)", "x=[0.1, 1/3]", 30, "--exact", "--json")
    assert done.status == 0
    first, second = json.loads(done.stdout)["proven"]["gradient"]["x"]
    assert (Decimal(first), Decimal(second)) == (Decimal("0.2"), Decimal("0." + "6" * 29 + "7"))


def test_long_literals_keep_their_digits() -> None:
    done = proven("0.12345678901234567890123*x", "x=1", 40)
    assert Decimal(shown(done, "∂f/∂x")) == Decimal("0.12345678901234567890123")


def test_at_a_kink_the_verdict_stays() -> None:
    done = proven("abs(x)", "x=0", 20)
    assert done.status == 0
    assert "from left and right: [-1, 1]" in done.stdout
    assert "kink: " in done.stdout
    assert "proven" not in done.stdout


def test_where_it_is_undefined() -> None:
    done = proven("ln(x)", "x=-1", 20)
    assert done.status == 3
    assert "ln needs x > 0" in done.stderr
    done = proven("sqrt(x)", "x=0", 20)
    assert done.status == 3
    assert "undefined" in done.stdout
    assert "Traceback" not in done.stderr


def test_a_vertical_tangent_has_no_digits_and_is_infinite() -> None:
    """Balls have no bound for 1/(2 sqrt(0)); the line is the same without --precision."""
    done = proven("sqrt(x)", "x=0", 30)
    assert done.status == 3
    assert done.stdout.splitlines() == run_gradcli("grad", "sqrt(x)", "--at", "x=0").stdout.splitlines()
    assert "∂f/∂x = inf" in done.stdout


def test_a_vertical_tangent_takes_no_digits_from_the_others() -> None:
    lines = proven("sqrt(x)+sin(y)", "x=0,y=1", 30).stdout.splitlines()
    assert "∂f/∂x = inf" in lines
    with mpmath.workdps(40):
        assert f"∂f/∂y = {mpmath.nstr(mpmath.cos(1), 30)}" in lines


def test_one_digit_is_one() -> None:
    assert "verified: 1 digit proven in balls of" in proven("sin(x)", "x=1", 1).stdout


def test_float32_rounds_the_point_and_nothing_else() -> None:
    done = proven("x/3", "x=0.1", 20, "--dtype", "float32")
    assert Decimal(shown(done, "∂f/∂x")) == Decimal("0.33333333333333333333")
    assert Decimal(shown(done, "f")) == Decimal("0.033333333830038706462")


def test_several_outputs() -> None:
    done = proven("sqrt(x); exp(x)", "x=2", 25, "--json")
    first, second = json.loads(done.stdout)["results"]
    with mpmath.workdps(50):
        assert near(first["proven"]["value"], mpmath.sqrt(2), 25)
        assert near(second["proven"]["gradient"]["x"], mpmath.exp(2), 25)


def test_a_stream() -> None:
    lines = ['{"expr": "x^2", "at": {"x": 3}}', "not an ( expression", '{"expr": "exp(x)", "at": {"x": 1}}']
    done = run_gradcli("grad", "-", "--precision", "30", stdin="\n".join(lines))
    first, second, third = map(json.loads, done.stdout.splitlines())
    assert first["proven"]["gradient"] == {"x": "6"}
    assert second["error"]["kind"]
    with mpmath.workdps(50):
        assert near(third["proven"]["value"], mpmath.e, 30)
    assert done.status == 2


@pytest.mark.parametrize("command", ["grad", "jacobian", "hessian", "vjp"])
def test_every_command_proves(command: str) -> None:
    extra = ["--cotangent", "1"] if command == "vjp" else []
    done = run_gradcli(command, "x^3/3", "--at", "x=0.5", "--precision", "20", "--json", *extra)
    assert done.status == 0, done.stderr
    found = json.loads(done.stdout)["proven"]
    assert found["digits"] == 20
    with mpmath.workdps(40):
        assert near(found["value"], mpmath.mpf(1) / 24, 20)


def test_a_lost_digit_is_mended_by_precision() -> None:
    lost = run_gradcli("grad", "(1-cos(x))/x^2", "--at", "x=1e-8")
    assert lost.status == 0
    assert "ill-conditioned" in lost.stdout
    assert "(true: 0.5)" in lost.stdout
    found = proven("(1-cos(x))/x^2", "x=1e-8", 30)
    assert "ill-conditioned: the value is 0.0 in float64, truly 0.5" in found.stdout
    assert "30 digits are proven" in found.stdout
    assert "true:" not in found.stdout
    x = mpmath.mpf(1e-8)
    assert_shown(
        found,
        30,
        lambda: {"f": mpmath.mpf(1) / 2 - x**2 / 24 + x**4 / 720, "∂f/∂x": -x / 12 + x**3 / 180},
    )


LOST, LOST_CURVE = "(1-cos(x))/x^2", "ln(1+x)/x"


@pytest.mark.parametrize(
    ("command", "expression", "kind", "extra"),
    [
        ("grad", LOST, "gradient", ()),
        ("jacobian", LOST, "jacobian", ()),
        ("vjp", LOST, "vjp", ()),
        ("jvp", LOST, "jvp", ("--tangent", "x=1")),
        ("hessian", LOST_CURVE, "hessian", ()),
        ("hvp", LOST_CURVE, "hvp", ("--tangent", "x=1")),
    ],
)
def test_float64_garbage_is_never_called_verified(
    command: str, expression: str, kind: str, extra: tuple[str, ...]
) -> None:
    done = run_gradcli(command, expression, "--at", "x=1e-8", "--precision", "30", "--json", *extra)
    assert done.status == 0, done.stderr
    found = json.loads(done.stdout)
    assert found["verdict"] == "ill-conditioned"
    assert found["true"] == {key: found["proven"][key] for key in ("value", kind)}
    text = found["true"][kind]
    while isinstance(text, dict):
        (text,) = text.values()
    with mpmath.workdps(60):
        x = mpmath.mpf(1e-8)
        if expression == LOST:
            assert near(text, -x / 12 + x**3 / 180 - x**5 / 6720, 30)
        else:
            assert near(text, sum(k * (k - 1) * (-x) ** (k - 2) / (k + 1) for k in range(2, 12)), 30)


@pytest.mark.parametrize(
    ("expression", "at"), [("x^x", "x=1e8"), ("x^y", "x=1e8,y=1e8"), ("2^(2^x)", "x=30"), ("2^-(2^x)", "x=30")]
)
@pytest.mark.parametrize("more", [(), ("--exact",)])
def test_a_huge_power_is_an_answer_or_an_error_and_no_crash(expression: str, at: str, more: tuple[str, ...]) -> None:
    done = run_gradcli("grad", expression, "--at", at, *more)
    assert "internal error" not in done.stderr
    assert done.status == (0 if "-" in expression else 3)


@pytest.mark.parametrize("expression", ["gamma(x)", "lgamma(x)*digamma(x)"])
def test_a_time_limit_holds_within_one_long_function(expression: str) -> None:
    started = time.monotonic()
    done = run_gradcli("grad", expression, "--at", "x=1.3", "--precision", "60000", "--timeout", "3")
    assert done.status == 124
    assert done.stderr.startswith("error: no answer within 3 s")
    assert time.monotonic() - started < 20
