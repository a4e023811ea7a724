"""What is too small for a float64 on the way, and other hostile points: never called wrong."""

from __future__ import annotations

import mpmath
import pytest

from gradcli.verify.conditioning import underflows
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
        ("round(atan2(norm(x,1), y/min(x)))", {"x": [0.0, 0.0, 2.0], "y": 1.0}, ("inconclusive",)),
        ("digamma(x)", {"x": 1e300}, ("verified",)),
        ("prod(x)", {"x": [0.0, 2.0, 0.0]}, ("verified",)),
        ("norm(gamma(w))", {"w": [1.5, 1e-150, -0.5]}, ("verified", "ill-conditioned")),
    ],
)  # fmt: skip
def test_hostile_points_are_never_called_wrong(text: str, point: dict, words: tuple[str, ...]) -> None:
    """Each was: jumps within rounding, or denser than the step; underflow; infinities on the way; NaN of autograd."""
    verdict = check(text, **point).verdict
    assert verdict.word in words, verdict.sentence
