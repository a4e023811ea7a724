"""Where a value or a derivative is not finite: the sentence names the elements."""

import pytest

from gradcli.verify.explain import value_cause
from tests.render.inspections import inspect


@pytest.mark.parametrize(
    ("text", "x", "place"),
    [
        ("sum(ln(x))", [-1.0, 4.0], " at x[0] = -1:"),
        ("sum(ln(x*2))", [3.0, -4.0, 0.0], " at (x*2)[1] = -8, (x*2)[2] = 0:"),
        ("sum(ln(x))", [-1.0, -2.0, -3.0, -4.0], " at x from -4 to -1:"),
        ("sum(ln(x))", [[1.0, 2.0], [-0.5, 1.0]], " at x[1,0] = -0.5:"),
        ("ln(x)", -1.0, " at x = -1:"),
        # Six digits would show a number that is in the domain.
        ("acos(x)", 1.0000001, " at x = 1.0000001:"),
        ("sum(acosh(x))", [0.99999999, 2.0], " at x[0] = 0.99999999:"),
        ("ln(x)", -801027.43, " at x = -801027.4:"),
        ("ln(x)", -0.123456789, " at x = -0.123457:"),
    ],
)
def test_the_elements_that_fail(text: str, x: object, place: str) -> None:
    inspection = inspect(text, {"x": x})
    assert inspection.tape is not None
    cause = value_cause(inspection.tape, inspection.outputs[0])
    assert cause is not None
    assert place in cause.sentence


def test_a_derivative_that_fails_at_one_element() -> None:
    inspection = inspect("sum(where(x > 0, sqrt(x), 0))", {"x": [-1.0, 4.0]})
    (verdict,) = inspection.verdicts.values()
    assert "the derivative of sqrt(x) by x is not finite at x[0] = -1" in verdict.sentence


def test_a_third_power_below_zero_is_told_the_cube_root() -> None:
    """-2 is the cube root of -8; no real number is its power in general."""
    for text, told in (("x^(1/3)", True), ("x^(1/5)", False)):
        inspection = inspect(text, {"x": -8.0})
        assert inspection.tape is not None
        cause = value_cause(inspection.tape, inspection.outputs[0])
        assert cause is not None
        assert ("cbrt(x)" in cause.sentence) == told
    assert inspect("cbrt(x)", {"x": -8.0}).tape is not None


@pytest.mark.parametrize(
    ("text", "point", "needed"),
    [
        ("atan2(u, 0)", {"u": 0.0}, "atan2 needs (u, 0) other than (0, 0)"),
        ("0^y", {"y": -1.0}, "'^' needs 0 > 0, or 0 = 0 and y >= 0, or y whole"),
        ("y/0", {"y": 1.0}, "'/' needs 0 != 0"),
        ("ln(0)*z", {"z": 1.0}, "ln needs x > 0"),
    ],
)
def test_no_name_of_a_condition_is_mistaken_for_an_input(text: str, point: dict[str, float], needed: str) -> None:
    """A constant stands in the condition where other arguments do, or where an input has its declared name."""
    inspection = inspect(text, point)
    assert inspection.tape is not None
    cause = value_cause(inspection.tape, inspection.outputs[0])
    assert cause is not None
    assert cause.sentence.endswith(needed)
