"""Where float64 loses everything: ill-conditioned or right, with the proven number, which is mpmath's."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import mpmath
import pytest

from gradcli.carriers.floats import Floats
from gradcli.carriers.select import select_carrier
from gradcli.carriers.tensors import Tensors
from gradcli.methods.base import flatten
from gradcli.problem import Nested
from gradcli.verify.curvature import check_hessian, check_hvp
from gradcli.verify.rows import check_jacobian, check_jvp
from gradcli.verify.thresholds import KEPT
from gradcli.verify.truth import truth_of
from gradcli.verify.verdict import Checked, check_gradient
from gradcli.verify.witnesses import Verdict
from tests.verify.problems import problem

RUMP = "333.75*b^6 + a^2*(11*a^2*b^2 - b^6 - 121*b^4 - 2) + 5.5*b^8 + a/(2*b)"


def rump(a: Any, b: Any) -> Any:
    m = mpmath.mpf
    return m("333.75") * b**6 + a**2 * (11 * a**2 * b**2 - b**6 - 121 * b**4 - 2) + m("5.5") * b**8 + a / (2 * b)


def log_softmax(*x: Any) -> Any:
    return x[0] - mpmath.log(sum(mpmath.exp(v) for v in x))


PLACES: list[tuple[str, dict[str, float], Callable[..., Any]]] = [
    ("(1-cos(x))/x^2", {"x": 1e-8}, lambda x: (1 - mpmath.cos(x)) / x**2),
    ("(1-cos(x))/x^2", {"x": 1e-5}, lambda x: (1 - mpmath.cos(x)) / x**2),
    ("ln(1+x)/x", {"x": 1e-9}, lambda x: mpmath.log(1 + x) / x),
    ("ln(1+x)/x", {"x": 1e-17}, lambda x: mpmath.log(1 + x) / x),
    ("(e^x-1)/x", {"x": 1e-9}, lambda x: (mpmath.exp(x) - 1) / x),
    ("(e^x-1)/x", {"x": -1e-14}, lambda x: (mpmath.exp(x) - 1) / x),
    (RUMP, {"a": 77617.0, "b": 33096.0}, rump),
    ("sigmoid(x)", {"x": 40.0}, lambda x: 1 / (1 + mpmath.exp(-x))),
    ("1/(1+exp(-x))", {"x": 40.0}, lambda x: 1 / (1 + mpmath.exp(-x))),
    ("tanh(x)", {"x": 20.0}, mpmath.tanh),
    ("1 - tanh(x)", {"x": 20.0}, lambda x: 1 - mpmath.tanh(x)),
    ("log(1+exp(x))", {"x": 800.0}, lambda x: mpmath.log(1 + mpmath.exp(x))),
    ("hypot(x, y)", {"x": 1e200, "y": 2e200}, lambda x, y: mpmath.sqrt(x**2 + y**2)),
    ("sqrt(x^2+y^2)", {"x": 1e200, "y": 2e200}, lambda x, y: mpmath.sqrt(x**2 + y**2)),
    ("sqrt(x^2+y^2)", {"x": 1e-200, "y": 2e-200}, lambda x, y: mpmath.sqrt(x**2 + y**2)),
    ("log(softmax([x, y])[0])", {"x": -1000.0, "y": 1000.0}, log_softmax),
    ("log_softmax([x, y])[0]", {"x": -1000.0, "y": 1000.0}, log_softmax),
    ("x - sin(x)", {"x": 1e-6}, lambda x: x - mpmath.sin(x)),
    ("sqrt(x+1) - sqrt(x)", {"x": 1e14}, lambda x: mpmath.sqrt(x + 1) - mpmath.sqrt(x)),
    # Whole floats, but not the numbers that are written.
    ("x*sin(1e200)", {"x": 1.0}, lambda x: x * mpmath.sin(mpmath.mpf(10) ** 200)),
    ("x*sin(100000000000000000000001)", {"x": 1.0}, lambda x: x * mpmath.sin(10**23 + 1)),
    ("x//1e300", {"x": -1e300}, lambda x: mpmath.floor(x / mpmath.mpf(10) ** 300)),
]
IN_FLOAT32 = [
    ("(1-cos(x))/x^2", {"x": 1e-3}, lambda x: (1 - mpmath.cos(x)) / x**2),
    ("(e^x-1)/x", {"x": 1e-5}, lambda x: (mpmath.exp(x) - 1) / x),
    ("sigmoid(x)", {"x": 40.0}, lambda x: 1 / (1 + mpmath.exp(-x))),
    ("tanh(x)", {"x": 12.0}, mpmath.tanh),
    ("log(1+exp(x))", {"x": 100.0}, lambda x: mpmath.log(1 + mpmath.exp(x))),
    ("sqrt(x^2+y^2)", {"x": 1e20, "y": 2e20}, lambda x, y: mpmath.sqrt(x**2 + y**2)),
]


def witness(function: Callable[..., Any], point: list[float]) -> tuple[Any, list[Any]]:
    """mpmath's value and derivatives, by differences with 2000 digits."""
    with mpmath.workdps(2000):
        exact = [mpmath.mpf(x) for x in point]
        slopes = []
        for place, x in enumerate(exact):
            step = abs(x) * mpmath.mpf(10) ** -600

            def moved(by: Any, place: int = place) -> Any:
                return function(*(v + by if k == place else v for k, v in enumerate(exact)))

            slopes.append((moved(step) - moved(-step)) / (2 * step))
        return +function(*exact), slopes


def near(text: str, wanted: Any, digits: int = 15) -> bool:
    """Whether proven digits are those of the number."""
    with mpmath.workdps(50):
        found = mpmath.mpf(text)
        return bool(abs(found - wanted) <= abs(wanted) * mpmath.mpf(10) ** -digits)


def judge_against_mpmath(
    checked: Checked, text: str, point: dict[str, float], function: Callable[..., Any], dtype: str
) -> None:
    """Right within what the verdict claims, or ill-conditioned with the right numbers beside it."""
    import numpy

    exact = [float(numpy.float32(x)) if dtype == "float32" else x for x in point.values()]
    value, slopes = witness(function, exact)
    verdict = checked.verdict
    assert verdict.word in ("verified", "ill-conditioned"), verdict.sentence
    numbers = [checked.derivatives["reverse"].value, *(checked.gradient[name] for name in point)]
    if verdict.true is not None:
        texts = [verdict.true.value, *(verdict.true.derivative[name] for name in point)]
        for shown, wanted in zip(texts, [value, *slopes], strict=True):
            assert near(str(shown), wanted), (text, shown, mpmath.nstr(wanted, 20))
    if verdict.word == "verified":
        for number, wanted in zip(numbers, [value, *slopes], strict=True):
            assert abs(number - wanted) <= KEPT[dtype] * abs(wanted), (text, number, mpmath.nstr(wanted, 20))
    else:
        assert verdict.true is not None
        limit = mpmath.mpf(2) ** (-20 if dtype == "float32" else -49)
        assert any(
            not mpmath.isfinite(number) or abs(number - wanted) > limit * abs(wanted)
            for number, wanted in zip(numbers, [value, *slopes], strict=True)
        ), f"{text} is right and was called ill-conditioned"


@pytest.mark.parametrize(("text", "point", "function"), PLACES, ids=[f"{t}-{p}" for t, p, _ in PLACES])
def test_known_places(text: str, point: dict[str, float], function: Callable[..., Any]) -> None:
    judge_against_mpmath(gradient(text, point), text, point, function, "float64")


@pytest.mark.parametrize(("text", "point", "function"), IN_FLOAT32, ids=[f"{t}-{p}" for t, p, _ in IN_FLOAT32])
def test_known_places_in_float32(text: str, point: dict[str, float], function: Callable[..., Any]) -> None:
    asked = replace(problem(text, **point), dtype="float32")
    checked = check_gradient(asked, Tensors("cpu", "float32"))
    judge_against_mpmath(checked, text, point, function, "float32")


def gradient(text: str, point: dict[str, float]) -> Checked:
    asked = problem(text, **point)
    return check_gradient(asked, select_carrier(asked.graph, asked.graph.ancestors([asked.output])))


def test_rump() -> None:
    """Rump 1988: float64 gives a number of another size; the value is -54767/66192."""
    verdict = gradient(RUMP, {"a": 77617.0, "b": 33096.0}).verdict
    assert verdict.word == "ill-conditioned"
    assert verdict.true is not None
    assert verdict.true.value == "-0.8273960599468214"
    assert float(verdict.true.value) == -54767 / 66192


def test_the_verdict_says_how_many_digits_are_right_and_where_they_go() -> None:
    sentence = gradient("(1-cos(x))/x^2", {"x": 1e-5}).verdict.sentence
    assert "digits are right; they go at" in sentence
    assert "1-cos(x)" in sentence


def test_the_truth_knows_what_witnesses_say() -> None:
    asked = problem("x^3 + sin(x)", x=0.7)
    truth = truth_of(asked, Floats())
    assert truth is not None
    assert truth.confirmed is True
    assert truth.fits_floats
    (text,) = flatten(truth.gradient_text()["x"])
    with mpmath.workdps(40):
        assert near(text, 3 * mpmath.mpf(0.7) ** 2 + mpmath.cos(mpmath.mpf(0.7)), 16)


def test_at_a_tie_that_no_precision_decides_there_is_no_truth() -> None:
    assert truth_of(problem("max(sin(x)^2 + cos(x)^2, 1)", x=0.7), Floats()) is None


# Rows, products and second derivatives.

COSINE = "[x, (1-cos(x))/x^2]"


def cosine(x: float, order: int) -> Any:
    """Derivatives of (1 - cos x)/x^2 from its series: sum of (-1)^k x^2k / (2k+2)!."""
    with mpmath.workdps(80):
        total, t = mpmath.mpf(0), mpmath.mpf(x)
        for k in range(30):
            power = 2 * k
            if power >= order:
                factor = mpmath.factorial(power) / mpmath.factorial(power - order)
                total += (-1) ** k * factor * t ** (power - order) / mpmath.factorial(power + 2)
        return +total


def said(verdict: Verdict) -> Any:
    """The number that the sentence calls the true one."""
    assert verdict.word == "ill-conditioned", verdict.sentence
    return verdict.sentence.partition("truly ")[2].partition(":")[0].split(",")[0].split(" ")[0]


def carrier_of(asked: Any) -> Any:
    return select_carrier(asked.graph, asked.graph.ancestors([asked.output]))


X = 1e-5


def test_a_row_of_a_jacobian() -> None:
    asked = problem(COSINE, x=X)
    verdict = check_jacobian(asked, carrier_of(asked)).verdict
    assert "the value at [1] is" in verdict.sentence
    assert near(said(verdict), cosine(X, 0))


def test_the_slope_in_a_row_of_a_jacobian() -> None:
    asked = problem("[x, 1 - tanh(x)^2]", x=3.0)
    verdict = check_jacobian(replace(asked, point={"x": 17.5}), carrier_of(asked)).verdict
    with mpmath.workdps(60):
        sech = 1 / mpmath.cosh(mpmath.mpf(17.5)) ** 2
    assert near(said(verdict), sech)


@pytest.mark.parametrize("slope", [1.0, -2.0])
def test_a_jvp(slope: float) -> None:
    asked = problem("(1-cos(x))/x^2", x=X)
    _, _, verdict = check_jvp(asked, carrier_of(asked), {"x": slope})
    true = said(verdict)
    assert near(true, cosine(X, 0)) or near(true, slope * cosine(X, 1))


def test_a_vjp() -> None:
    asked = replace(problem(COSINE, x=X), cotangent=[0.0, 3.0])
    verdict = check_gradient(asked, carrier_of(asked)).verdict
    assert verdict.word == "ill-conditioned"
    assert verdict.true is not None
    assert near(str(verdict.true.derivative["x"]), 3 * cosine(X, 1))


@pytest.mark.parametrize("tangent", [1.0, 0.5])
def test_an_hvp(tangent: Nested) -> None:
    asked = problem("(1-cos(x))/x^2", x=X)
    _, _, verdict = check_hvp(asked, carrier_of(asked), {"x": tangent})
    assert near(said(verdict), tangent * cosine(X, 2))


BESIDE = [
    # Entries that rounding took, beside larger ones and alone.
    (
        "hypot(1e-16, x)",
        {"x": 0.7},
        "x",
        "x",
        lambda x: mpmath.mpf("1e-32") / mpmath.hypot(mpmath.mpf("1e-16"), x) ** 3,
    ),
    (
        "1.00000000000000000001^x",
        {"x": 10.0},
        "x",
        "x",
        lambda x: (1 + mpmath.mpf(10) ** -20) ** x * mpmath.log(1 + mpmath.mpf(10) ** -20) ** 2,
    ),
    ("hypot(x, y)", {"x": 1e17, "y": 1.0}, "x", "x", lambda x, y: y**2 / mpmath.hypot(x, y) ** 3),
]


@pytest.mark.parametrize(("text", "point", "row", "column", "truth"), BESIDE, ids=[row[0] for row in BESIDE])
def test_an_entry_of_a_hessian_is_judged_beside_itself(
    text: str, point: dict[str, float], row: str, column: str, truth: Callable[..., Any]
) -> None:
    asked = problem(text, **point)
    found = check_hessian(asked, carrier_of(asked))
    with mpmath.workdps(80):
        wanted = truth(*map(mpmath.mpf, point.values()))
        assert abs(found.blocks[row][column] - wanted) > abs(wanted) / 10
        assert found.verdict.word == "ill-conditioned"
        assert found.verdict.true is not None
        assert near(found.verdict.true.derivative[row][column], wanted)


def test_a_product_with_a_hessian_is_judged_beside_itself() -> None:
    asked = problem("hypot(1e-16, x)", x=0.7)
    _, _, verdict = check_hvp(asked, carrier_of(asked), {"x": 2.0})
    with mpmath.workdps(80):
        x, c = mpmath.mpf(0.7), mpmath.mpf("1e-16")
        assert near(said(verdict), 2 * c**2 / mpmath.hypot(c, x) ** 3)


def test_a_hessian() -> None:
    asked = problem("(1-cos(x))/x^2", x=X)
    assert near(said(check_hessian(asked, carrier_of(asked)).verdict), cosine(X, 2))
