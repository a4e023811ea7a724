"""What is too small for a float64 on the way, and other hostile points: never called wrong."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction

import mpmath
import pytest

from gradcli.carriers.floats import Floats
from gradcli.carriers.tensors import Tensors
from gradcli.verify.conditioning import out_of_range, underflows
from gradcli.verify.curvature import check_hessian, check_hvp
from gradcli.verify.rows import check_jacobian, check_jvp
from gradcli.verify.verdict import check_gradient
from tests.verify.problems import check, problem


@pytest.mark.parametrize(
    ("text", "point", "expected"),
    [
        ("exp(x)*1e300", {"x": -800.0}, True),
        ("x*y", {"x": 1e-200, "y": 1e-200}, True),
        ("x^2*1e300", {"x": 1e-100}, False),
        ("x*1e-310", {"x": 1.0}, True),
        ("x - x", {"x": 1.0}, False),
    ],
)
def test_underflow_is_seen(text: str, point: dict[str, float], expected: bool) -> None:
    assert underflows(problem(text, **point)) is expected


@pytest.mark.parametrize(
    ("text", "point", "words"),
    [
        ("x^2*1e300", {"x": 1e-200}, "x^2 underflows"),
        ("1/exp(x)", {"x": 800.0}, "exp(x) overflows"),
        ("(x/y)^-2", {"x": 1e-110, "y": 1e5}, "a partial of (x/y)^-2 overflows"),
        ("x - x", {"x": 1.0}, ""),
        ("sin(x)", {"x": 1.0}, ""),
    ],
)
def test_what_leaves_the_range_of_floats_is_named(text: str, point: dict[str, float], words: str) -> None:
    assert out_of_range(problem(text, **point)).startswith(words)
    assert bool(out_of_range(problem(text, **point))) is bool(words)


@pytest.mark.parametrize(
    ("text", "point", "entry", "place"),
    [
        ("(y/x)^-1", {"y": 1e150, "x": 1.0}, "truly |g| < 2^-5", "(y/x)^-2 underflows"),
        ("(softplus(x*y))^-1", {"x": -40.0, "y": 17.0}, "truly 6.04151053273393e+297", "softplus(x*y)^-2 overflows"),
        ("(x*y)^-1", {"x": 1e100, "y": 1e60}, "truly 1.0000000000000001e-320", "(x*y)^-2 underflows"),
        ("1/(1+exp(x))", {"x": 700.0}, "truly 9.85967654375977e-305", "underflows"),
    ],
)
def test_second_derivatives_out_of_range_are_not_wrong(
    text: str, point: dict[str, float], entry: str, place: str
) -> None:
    """The truth is calculus: (y/x)^-1 is x/y, whose second derivative by x is 0; 2/(x^2 y^2) - 1/(x y)^2 by x and y."""
    asked = problem(text, **point)
    verdict = check_hessian(asked, Floats()).verdict
    assert verdict.word == "ill-conditioned", verdict.sentence
    assert entry in verdict.sentence
    assert place in verdict.sentence


def test_a_derivative_below_all_floats_is_not_said_to_be_zero() -> None:
    """The derivative of y + y^2/x is -y^2/x^2, in fractions."""
    x, y = -1e300, 0.5
    verdict = check("(y/x)*(x+y)", x=x, y=y).verdict
    assert verdict.word == "ill-conditioned"
    assert verdict.true is not None
    found, true = Fraction(verdict.true.derivative["x"]), -((Fraction(y) / Fraction(x)) ** 2)
    assert abs(found / true - 1) < Fraction(1, 10**16)


@pytest.mark.parametrize(
    ("text", "point"),
    [
        ("|x| + exp(-y)", {"x": 0.0, "y": 1000.0}),
        ("max(x, 0) + exp(-y)", {"x": 0.0, "y": 1000.0}),
        ("|0.1*x - 0.3| + exp(-y)", {"x": 3.0, "y": 1000.0}),
    ],
)
def test_underflow_beside_a_kink_has_its_true_number(text: str, point: dict[str, float]) -> None:
    verdict = check(text, **point).verdict
    assert verdict.word == "kink", verdict.sentence
    assert verdict.true is not None
    with mpmath.workdps(30):
        for found, true in [
            (verdict.true.value, mpmath.exp(-1000)),
            (verdict.true.derivative["y"], -mpmath.exp(-1000)),
        ]:
            assert mpmath.almosteq(mpmath.mpf(found), true, 1e-16)


def test_a_kink_in_the_range_of_floats_has_no_other_true_number() -> None:
    assert check("|x| + y", x=0.0, y=0.0).verdict.true is None


def test_the_true_second_derivative_of_a_saturated_softplus() -> None:
    with mpmath.workdps(60):
        function = lambda x: 1 / mpmath.log1p(mpmath.exp(x * 17))  # noqa: E731
        assert mpmath.almosteq(
            mpmath.diff(function, -40, 2, h=mpmath.mpf(10) ** -15), mpmath.mpf("6.04151053273393e297"), 1e-10
        )


def test_a_step_whose_square_is_zero_is_no_error() -> None:
    """The Hessian is right; the value, which is shown beside it, is 1e-400."""
    verdict = check_hessian(problem("x*y", x=1e-200, y=1e-200), Floats()).verdict
    assert verdict.sentence.startswith("the value underflows to 0 in float64, truly ")
    assert_true(verdict.true.value, mpmath.mpf(1e-200) ** 2)


@pytest.mark.parametrize("text", ["lgamma(x)^2", "1/lgamma(x)", "digamma(x)*x", "gamma(x)/x"])
@pytest.mark.parametrize("root", [1.0, 2.0, 1.4616321449683622, -0.5040830082644554, -2.4570247382208006])
@pytest.mark.parametrize("ulps", [-1, 1, 1000])
def test_near_the_roots_of_lgamma_and_digamma_nothing_is_wrong(text: str, root: float, ulps: int) -> None:
    """The library's functions have no small relative error there."""
    x = root + ulps * math.ulp(root)
    assert check(text, x=x).verdict.word in ("verified", "ill-conditioned")
    assert check_hessian(problem(text, x=x), Floats()).verdict.word in ("verified", "ill-conditioned")


@pytest.mark.parametrize("x", [1e-200, -1e-180])
def test_a_derivative_larger_than_any_float_is_no_pole(x: float) -> None:
    verdict = check("1/x", x=x).verdict
    assert verdict.word == "ill-conditioned", verdict.sentence
    assert verdict.true is not None
    with mpmath.workdps(40):
        assert abs(mpmath.mpf(verdict.true.derivative["x"]) * mpmath.mpf(x) ** 2 + 1) < 1e-15


def test_underflow_is_ill_conditioned_and_not_wrong() -> None:
    verdict = check("1e300*softmax(x)[1]", x=[0.0, -800.0]).verdict
    assert verdict.word == "ill-conditioned"
    assert verdict.true is not None
    with mpmath.workdps(40):
        wanted = mpmath.mpf(1e300) * mpmath.exp(-800) / (1 + mpmath.exp(-800))
        assert abs(mpmath.mpf(verdict.true.value) / wanted - 1) < 1e-15


@pytest.mark.parametrize(
    ("text", "point", "words"),
    [
        ("remainder(cbrt(x^-1), 1)", {"x": 1.0000000000000002}, ("ill-conditioned",)),
        ("round(abs(y^-1))", {"y": 1e-300}, ("verified",)),
        ("tan(max(sign(x), var(v, correction=0)))", {"x": 710.0, "v": [-1e150, 1e-300, 3.0]}, ("ill-conditioned",)),
        ("norm(abs(hypot(w, v)), 1)", {"v": [5e-324, 1e-300], "w": [5e-324, 1e-300]}, ("ill-conditioned",)),
        ("round(atan2(norm(x,1), y/min(x)))", {"x": [0.0, 0.0, 2.0], "y": 1.0}, ("undefined",)),
        ("digamma(x)", {"x": 1e300}, ("verified",)),
        ("prod(x)", {"x": [0.0, 2.0, 0.0]}, ("verified",)),
        ("norm(gamma(w))", {"w": [1.5, 1e-150, -0.5]}, ("verified", "ill-conditioned")),
    ],
)  # fmt: skip
def test_hostile_points_are_never_called_wrong(text: str, point: dict, words: tuple[str, ...]) -> None:
    """Each was: jumps within rounding, or denser than the step; underflow; infinities on the way; NaN of autograd."""
    verdict = check(text, **point).verdict
    assert verdict.word in words, verdict.sentence


@pytest.mark.parametrize(
    ("text", "point", "truth"),
    [
        ("(1/3)^x", {"x": 1e6}, lambda: mpmath.mpf(3) ** -(10**6)),
        ("exp(-x)", {"x": 1000.0}, lambda: mpmath.exp(-1000)),
        ("x^2", {"x": 1e-200}, lambda: mpmath.mpf(1e-200) ** 2),
    ],
)
def test_a_zero_that_underflow_made_claims_no_digits(text: str, point: dict, truth: Callable[[], mpmath.mpf]) -> None:
    verdict = check(text, **point).verdict
    assert (verdict.word, verdict.digits) == ("ill-conditioned", None)
    assert "underflows to 0" in verdict.sentence
    with mpmath.workdps(40):
        assert abs(mpmath.mpf(verdict.true.value) / truth() - 1) < 1e-15


@pytest.mark.parametrize(("dtype", "x"), [("float64", 1000.0), ("float32", 200.0)])
def test_a_zero_of_underflow_is_called_so_in_every_dtype(dtype: str, x: float) -> None:
    """In float32 exp(-200) is 0 for no other reason than exp(-1000) is in float64."""
    asked = replace(problem("exp(-x)", x=x), dtype=dtype)
    verdict = check_gradient(asked, Tensors("cpu", dtype)).verdict
    assert verdict.word == "ill-conditioned"
    assert verdict.sentence.startswith(f"the value underflows to 0 in {dtype}, truly ")
    with mpmath.workdps(40):
        assert abs(mpmath.mpf(verdict.sentence.rpartition(" ")[2]) / mpmath.exp(-x) - 1) < 1e-15


def test_a_float32_below_full_precision_claims_the_digits_that_it_has() -> None:
    """2^-140 has ten bits above the smallest float32, 2^-149: three digits at most."""
    asked = replace(problem("exp(-x)", x=140 * math.log(2)), dtype="float32")
    digits = check_gradient(asked, Tensors("cpu", "float32")).verdict.digits
    assert digits is not None
    assert digits <= 3


def test_a_hessian_on_a_kink_shows_what_floats_lost_beside_it() -> None:
    """The truth of what the kink does not touch is mpmath's: exp(-y), and the second derivative of (1-cos(y))/y^2."""
    asked = problem("|x| + exp(-y)", x=0.0, y=1000.0)
    verdict = check_hessian(asked, Floats()).verdict
    with mpmath.workdps(40):
        assert verdict.word == "kink"
        assert abs(mpmath.mpf(verdict.true.value) / mpmath.exp(-1000) - 1) < 1e-15
        assert abs(mpmath.mpf(verdict.true.derivative["y"]["y"]) / mpmath.exp(-1000) - 1) < 1e-15
    lost = problem("|x|*y^2 + (1-cos(y))/y^2", x=0.0, y=1e-8)
    verdict = check_hvp(lost, Floats(), {"x": 1.0, "y": 1.0})[2]
    with mpmath.workdps(120):
        curvature = mpmath.diff(lambda y: (1 - mpmath.cos(y)) / y**2, mpmath.mpf(1e-8), 2)
        assert abs(float(verdict.true.derivative["y"]) / curvature - 1) < 1e-12
    assert "float64 loses digits" in verdict.sentence
    for text in ("|x| + y^2/3", "relu(x)^2 + sin(y)"):
        kept = check_hessian(problem(text, x=0.0, y=0.7), Floats()).verdict
        assert (kept.word, kept.true) == ("kink", None)


@pytest.mark.parametrize("x", [-1.0, 2.0])
def test_a_zero_that_is_one_stays_verified(x: float) -> None:
    for text in ("x - x", "0*x", "sin(x) - sin(x)", "relu(-x^2)"):
        assert check(text, x=x).verdict.word == "verified"


def test_a_power_beyond_all_exponents_is_bounded() -> None:
    verdict = check("x^(1e8)", x=0.5).verdict
    assert verdict.sentence == "the value underflows to 0 in float64, truly |f| < 2^-99999999"


def test_a_float_below_full_precision_claims_the_digits_that_it_has() -> None:
    assert check("exp(-x)", x=740.0).verdict.digits == 1


def assert_true(text: str, truth: mpmath.mpf) -> None:
    with mpmath.workdps(40):
        assert abs(mpmath.mpf(text) / truth - 1) < 1e-15


SECOND = [
    ("exp(-x)", 1000.0, lambda: mpmath.exp(-1000), "the second derivative by x underflows to 0 in float64, truly 5.07"),
    ("exp(-x)", 1e6, lambda: mpmath.exp(-(10**6)), "the second derivative by x underflows to 0 in float64, truly 3.29"),
    (
        "exp(-x*1e-200)",
        1.0,
        lambda: mpmath.mpf(1e-200) ** 2 * mpmath.exp(-mpmath.mpf(1e-200)),
        "the second derivative by x underflows to 0 in float64, truly ",
    ),
    ("x^3", 1e-150, lambda: 6 * mpmath.mpf(1e-150), "the value underflows to 0 in float64, truly 1.0"),
]


@pytest.mark.parametrize(("text", "x", "truth", "words"), SECOND)
def test_second_derivatives_say_underflow(text: str, x: float, truth: Callable[[], mpmath.mpf], words: str) -> None:
    """Second differences of zeros are zeros, which confirmed them."""
    asked = problem(text, x=x)
    hessian = check_hessian(asked, Floats()).verdict
    _, _, product = check_hvp(asked, Floats(), {"x": 1.0})
    for verdict, number in (
        (hessian, lambda v: v.true.derivative["x"]["x"]),
        (product, lambda v: v.true.derivative["x"]),
    ):
        assert verdict.word == "ill-conditioned"
        assert verdict.sentence.startswith(words)
        assert_true(number(verdict), truth())


def test_an_entry_of_a_large_hessian() -> None:
    """Products with directions of signs add it to others."""
    x = [1000.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0]
    verdict = check_hessian(problem("sum(exp(-x))", x=x), Tensors("cpu")).verdict
    assert verdict.sentence.startswith("the second derivative by x[0] underflows to 0 in float64")
    assert_true(verdict.true.derivative["x"]["x"][0][0], mpmath.exp(-1000))


@pytest.mark.parametrize(
    ("text", "x", "v", "value", "slope"),
    [
        ("exp(-x)", 1000.0, 1.0, lambda: mpmath.exp(-1000), lambda: -mpmath.exp(-1000)),
        ("exp(x)", -700.0, 1e-30, lambda: mpmath.exp(-700), lambda: mpmath.exp(-700) * mpmath.mpf(1e-30)),
    ],
)
def test_a_jvp_says_underflow(text: str, x: float, v: float, value: Callable, slope: Callable) -> None:
    """Along v, differences of zeros are zeros; the tangent itself may make the product too small."""
    _, product, verdict = check_jvp(problem(text, x=x), Floats(), {"x": v})
    assert (product, verdict.word) == (0.0, "ill-conditioned")
    assert "underflows to 0 in float64" in verdict.sentence
    assert_true(verdict.true.value, value())
    assert_true(verdict.true.derivative, slope())


def test_a_jacobian_says_underflow() -> None:
    verdict = check_jacobian(problem("[exp(-x), x]", x=1000.0), Tensors("cpu")).verdict
    assert verdict.word == "ill-conditioned"
    assert "underflows to 0" in verdict.sentence
    assert_true(verdict.true.derivative["x"][0], -mpmath.exp(-1000))


@pytest.mark.parametrize("text", ["x^2*y", "0*x*y", "x*y", "(x - x)*y", "relu(x)*y"])
def test_zeros_of_second_order_that_are_zeros_stay_verified(text: str) -> None:
    asked = problem(text, x=-2.0, y=0.0)
    assert check_hessian(asked, Floats()).verdict.word == "verified"
    assert check_hvp(asked, Floats(), {"y": 1.0})[2].word == "verified"
    assert check_jvp(asked, Floats(), {"x": 1.0})[2].word == "verified"


def test_a_zero_that_cancels_and_underflows_is_told() -> None:
    """The derivative of atan2(x, 1 - x) is 1/(x^2 + (1 - x)^2); in its numerator 1e300 cancels."""
    asked = problem("atan2(x, 1 - x)", x=1e300)
    with mpmath.workdps(700):
        x = mpmath.mpf(1e300)
        square = x**2 + (1 - x) ** 2
        true = 1 / square, (2 - 4 * x) / square**2
        checked = check_gradient(asked, Floats())
        assert checked.gradient == {"x": 0}
        for verdict, number in ((checked.verdict, true[0]), (check_hessian(asked, Floats()).verdict, true[1])):
            assert verdict.word == "ill-conditioned"
            assert verdict.true is not None
            shown = verdict.true.derivative["x"]
            text = shown["x"] if isinstance(shown, dict) else shown
            assert abs(mpmath.mpf(text) - number) <= abs(number) * mpmath.mpf("1e-15")


@pytest.mark.parametrize(
    ("text", "point"),
    [
        ("norm(y*min(x, x))", {"x": [0.93], "y": [1e-300]}),
        ("norm(x*softmax(y))", {"x": [0.0, 1e-300], "y": [1.0, 2.0]}),
    ],
)
def test_forward_mode_may_underflow_where_reverse_mode_does_not(text: str, point: dict[str, list[float]]) -> None:
    """The norm's tangent is a sum of squares, 1e-600, over a norm of 1e-300."""
    asked = problem(text, **point)
    verdict = check_gradient(asked, Tensors("cpu", "float64")).verdict
    assert verdict.word == "verified", verdict.sentence
    assert verdict.sentence.endswith("forward mode loses digits on the way")
