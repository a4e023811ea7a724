"""Limits beside a point: those of calculus, and none where there is none."""

from __future__ import annotations

import math
from decimal import Decimal
from typing import Any

import pytest

from gradcli.api.values import exactly
from gradcli.carriers.floats import Floats
from gradcli.errors import DomainError
from gradcli.exact import PI
from gradcli.verify.curvature import check_hessian
from gradcli.verify.explain import require_finite
from gradcli.verify.limits import behaviours, limits_sentence, slopes_along
from tests.verify.problems import check, problem

INF = math.inf
NAN = math.nan
NONE = (None, None)
SMALL_JUMP = "the value jumps by 1, which no float near {} shows"


def same(found: Any, wanted: Any) -> bool:
    if wanted is None or found is None:
        return found is wanted
    return bool(found == pytest.approx(wanted, rel=1e-8, abs=0, nan_ok=True))


@pytest.mark.parametrize(
    ("text", "x", "left", "right"),
    [
        ("sqrt(x)", 0.0, NONE, (0, INF)),
        ("x^x", 0.0, NONE, (1, -INF)),
        ("x^0.1", 0.0, NONE, (0, INF)),
        ("sqrt(|x|)", 0.0, (0, -INF), (0, INF)),
        ("cbrt(x)", 0.0, (0, INF), (0, INF)),
        ("sqrt(x^2)", 0.0, (0, -1), (0, 1)),
        ("sqrt(x^4)", 0.0, (0, 0), (0, 0)),
        ("x*ln(x)", 0.0, NONE, (0, -INF)),
        ("x^2*ln(x)", 0.0, NONE, (0, 0)),
        ("sin(x)/x", 0.0, (1, 0), (1, 0)),
        ("(exp(x) - 1)/x", 0.0, (1, 0.5), (1, 0.5)),
        ("(1 - cos(x))/x^2", 0.0, (0.5, 0), (0.5, 0)),
        ("1/x", 0.0, (-INF, -INF), (INF, -INF)),
        ("1/x^2", 0.0, (INF, INF), (INF, -INF)),
        ("|x|/x", 0.0, (-1, 0), (1, 0)),
        ("ln(x)", 0.0, NONE, (-INF, INF)),
        ("exp(-1/x)", 0.0, (INF, INF), (0, 0)),
        ("floor(x)", 2.0, (1, 0), (2, 0)),
        ("ceil(x)", 2.0, (2, 0), (3, 0)),
        ("sign(x)", 0.0, (-1, 0), (1, 0)),
        # A jump that no float shows has no other slope beside it.
        ("floor(x)", 1e17, (1e17, 0), (1e17, 0)),
        ("ceil(x)", -1e308, (-1e308, 0), (-1e308, 0)),
        ("floor(x) + 2*x", 1e17, (3e17, 2), (3e17, 2)),
        ("x > 1", 1.0, (0, 0), (1, 0)),
        ("(x > 1)*x", 1.0, (0, 0), (1, 1)),
        ("sqrt(|x - 0.1|)", exactly(Decimal("0.1")), (0, -INF), (0, INF)),
        ("x*sin(1/x)", 0.0, (0, NAN), (0, NAN)),
        ("sin(1/x)", 0.0, (NAN, NAN), (NAN, NAN)),
        ("ln(x)", -1.0, NONE, NONE),
        ("cbrt(sqrt(x))", 0.0, NONE, (0, INF)),
        ("exp(x)", 1.0, (math.e, math.e), (math.e, math.e)),
        # Relative, however small or large the numbers are.
        ("1e-12*sin(x)/x", 0.0, (1e-12, 0), (1e-12, 0)),
        ("1e-200*sin(x)/x", 0.0, (1e-200, 0), (1e-200, 0)),
        ("1e200*|x|/x", 0.0, (-1e200, 0), (1e200, 0)),
        ("1e-20*|x|", 0.0, (0, -1e-20), (0, 1e-20)),
        ("1e-300 + x*sqrt(|x|)", 0.0, (1e-300, 0), (1e-300, 0)),
        # Scaled to the coordinate, and finer than any float.
        ("1/x", 1e-200, (1e200, NAN), (1e200, NAN)),
        ("1/x", -1e-100, (-1e100, -1e200), (-1e100, -1e200)),
        ("1/(x + 1e-200)", 0.0, (NAN, NAN), (NAN, NAN)),
        ("ln(x)", 1e-300, (math.log(1e-300), 1e300), (math.log(1e-300), 1e300)),
        ("sqrt(x)", 1e-300, (1e-150, 0.5e150), (1e-150, 0.5e150)),
        ("where(x == 0, 5, 1/x)", 0.0, (-INF, -INF), (INF, -INF)),
        ("floor(x)*x", 1.0, (0, 0), (1, 1)),
        ("sqrt((0.1*x - 0.3)^2)", 3.0, (0, -0.1), (0, 0.1)),
    ],
)
def test_limits_of_calculus(text: str, x: float, left: Any, right: Any) -> None:
    (seen,) = behaviours(problem(text, x=x))
    for side, (value, slope) in ((seen.left, left), (seen.right, right)):
        assert same(side.value, value), side
        assert same(side.slope, slope), side


def test_along_a_direction() -> None:
    """|x y|^(1/2) is 0 along both axes and 1 along the diagonal, from both sides."""
    directions = [{"x": 1.0, "y": 1.0}, {"x": -1.0, "y": 1.0}, {"x": 1.0, "y": 0.0}]
    assert slopes_along(problem("sqrt(|x*y|)", x=0.0, y=0.0), directions) == [1.0, 1.0, 0.0]
    assert slopes_along(problem("sin(1/x)", x=0.0), [{"x": 1.0}]) == pytest.approx([NAN], nan_ok=True)


def test_a_graph_that_would_take_long_is_not_asked() -> None:
    assert behaviours(problem("sum(exp(A @ A)) + sqrt(x)", A=[[1.0] * 20] * 20, x=0.0)) == []


@pytest.mark.parametrize(("text", "x"), [("exp(x)", 1000.0), ("1/exp(x)", -1000.0), ("exp(x)/exp(x)", 1000.0)])
def test_an_overflow_is_no_limit(text: str, x: float) -> None:
    """The values are finite, and too large for a float; or the last one is 1, and the point is as good as any."""
    assert limits_sentence(behaviours(problem(text, x=x))) == ""


def test_numbers_that_double_until_steps_resolve_the_function_are_no_infinity() -> None:
    """The cosine of a saw of 1e299 teeth, which only the smallest step resolves."""
    (seen,) = behaviours(problem("cos((-0.1) % y - pi - y)", y=1e-300))
    assert math.isnan(seen.left.slope)
    assert math.isnan(seen.right.slope)


@pytest.mark.parametrize("text", ["1/ln(x)", "1/ln(-ln(x))", "ln(-ln(x))"])
def test_what_converges_too_slowly_to_be_seen_is_not_claimed(text: str) -> None:
    (seen,) = behaviours(problem(text, x=0.0))
    assert seen.right.value is not None
    assert math.isnan(seen.right.value)


@pytest.mark.parametrize(
    ("text", "x", "sentence"),
    [
        ("floor(x)", 2.0, "the value jumps from 1 to 2"),
        ("floor(x)", 1e8, "the value jumps from 99999999 to 100000000"),
        ("floor(x)", 1e15, "the value jumps from 999999999999999 to 1000000000000000"),
        ("floor(x)", 1e17, SMALL_JUMP.format("1e+17")),
        ("ceil(x)", -1e308, SMALL_JUMP.format("-1e+308")),
        ("1e8 + ceil(x)", 2.0, "the value jumps from 100000002 to 100000003"),
        ("x == 0", 0.0, "the value is 1 at the point and tends to 0 beside it"),
        (
            "sqrt(|x|)",
            0.0,
            "a vertical tangent: the slope tends to -infinity from the left and to +infinity from the right",
        ),
        ("cbrt(x)", 0.0, "a vertical tangent: the slope tends to +infinity from both sides"),
        ("1/x", 0.0, "the value tends to -infinity from the left and to +infinity from the right"),
        ("sin(x)/x", 0.0, "the value tends to 1 from both sides; the slope tends to 0 from both sides"),
        ("ln(x)", -1.0, ""),
        ("sin(1/x)", 0.0, ""),
        ("exp(x)", 0.0, ""),
    ],
)
def test_in_words(text: str, x: float, sentence: str) -> None:
    found = limits_sentence(behaviours(problem(text, x=x)))
    assert found.partition("; the slope tends to 0 from")[0] == sentence.partition("; the slope tends to 0 from")[0]


def test_elements_are_named_and_told_together() -> None:
    """det [[a, b], [c, d]] = ad - bc grows with a and d at [[1, 2], [2, 4]], and falls with b and c."""
    found = limits_sentence(behaviours(problem("log(det(A))", A=[[1.0, 2.0], [2.0, 4.0]])))
    first, _, second = found.partition("; along ")
    assert first.startswith("along A[0,0], A[1,1]: the value tends to -infinity from the right")
    assert second.startswith("A[0,1], A[1,0]: the value tends to -infinity from the left")


def test_of_several_inputs_those_without_a_derivative_are_named() -> None:
    found = limits_sentence(behaviours(problem("sqrt(x) + y", x=0.0, y=1.0)))
    assert found.startswith("along x: ")
    assert "along y" not in found


@pytest.mark.parametrize(
    ("text", "point", "words"),
    [
        ("sqrt(x)", {"x": 0.0}, "+infinity from the right"),
        ("x^x", {"x": 0.0}, "the value tends to 1 from the right; a vertical tangent: the slope tends to -infinity"),
        ("cbrt(x)", {"x": 0.0}, "+infinity from both sides"),
        ("sqrt(|x|)", {"x": 0.0}, "-infinity from the left and to +infinity from the right"),
        ("floor(x)", {"x": 2.0}, "jumps from 1 to 2"),
        ("(x > 1)*3", {"x": 1.0}, "jumps from 0 to 3"),
        ("sum(sqrt(x))", {"x": [1.0, 0.0]}, "+infinity from the right"),
    ],
)
def test_an_undefined_derivative_says_what_the_function_does(text: str, point: dict[str, Any], words: str) -> None:
    verdict = check(text, **point).verdict
    assert verdict.word == "undefined"
    assert words in verdict.sentence


def test_a_root_of_a_square_has_the_sides_of_the_absolute_value() -> None:
    verdict = check("sqrt(x^2) + y", x=0.0, y=2.0).verdict
    assert verdict.sides is not None
    assert {name: s[0][:2] for name, s in verdict.sides.items()} == {"x": (-1.0, 1.0), "y": (1.0, 1.0)}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("x*ln(x)", "near this one the value tends to 0 from the right"),
        ("sin(x)/x", "near this one the value tends to 1 from both sides"),
        ("1/x", "near this one the value tends to -infinity from the left and to +infinity from the right"),
        ("|x|/x", "near this one the value jumps from -1 to 1"),
    ],
)
def test_a_value_that_does_not_exist_may_have_a_limit(text: str, words: str) -> None:
    asked = problem(text, x=0.0)
    from gradcli.carriers.floats import Floats

    with pytest.raises(DomainError) as caught:
        require_finite(asked, Floats(), text)
    assert words in (caught.value.hint or "")


@pytest.mark.parametrize(
    ("text", "point"),
    [
        ("tan(x/2)", {"x": PI}),
        ("1/sin(x)", {"x": PI}),
        ("1/(0.1*x - 0.3)", {"x": 3.0}),
    ],
)
def test_a_pole_that_floats_miss_has_no_value(text: str, point: dict[str, float]) -> None:
    """Theory: the cosine is 0 at pi/2, the sine at pi; a tenth of 3 is 0.3."""
    verdict = check(text, **point).verdict
    assert verdict.word == "undefined", verdict.sentence
    assert "there is no value" in verdict.sentence
    assert verdict.true is not None
    assert verdict.true.value == "undefined"
    second = check_hessian(problem(text, **point), Floats()).verdict
    assert second.word in ("undefined", "ill-conditioned", "inconclusive"), second.sentence


def test_a_float_beside_a_pole_has_a_value() -> None:
    assert check("tan(x)", x=math.pi / 2).verdict.word == "verified"
