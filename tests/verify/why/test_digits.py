"""Where digits are lost although every number is finite. Truth: mpmath."""

import mpmath
import pytest

from tests.verify.why.diagnoses import explained, only, why


@pytest.mark.parametrize(
    ("text", "x", "node", "mend", "function"),
    [
        ("ln(1 + x)", 1e-17, "ln(1+x)", "log1p(x)", lambda x: mpmath.log(1 + x)),
        ("ln(1 - x)", 1e-17, "ln(1-x)", "log1p(-x)", lambda x: mpmath.log(1 - x)),
        ("exp(x) - 1", 1e-17, "exp(x)-1", "expm1(x)", lambda x: mpmath.exp(x) - 1),
        ("1 - cos(x)", 1e-9, "1-cos(x)", "2*sin(x/2)^2", lambda x: 1 - mpmath.cos(x)),
        ("1 - tanh(x)^2", 20.0, "1-tanh(x)^2", "sech(x)^2", lambda x: 1 - mpmath.tanh(x) ** 2),
        ("1 - sigmoid(x)", 40.0, "1-sigmoid(x)", "sigmoid(-x)", lambda x: 1 - 1 / (1 + mpmath.exp(-x))),
        ("1 - erf(x)", 8.0, "1-erf(x)", "erfc(x)", lambda x: 1 - mpmath.erf(x)),
        (
            "sqrt(x + 1) - sqrt(x)",
            1e16,
            "sqrt(x+1)-sqrt(x)",
            "1/(sqrt(x + 1) + sqrt(x))",
            lambda x: mpmath.sqrt(x + 1) - mpmath.sqrt(x),
        ),
        ("sqrt(1 + x) - 1", 1e-17, "sqrt(1+x)-1", "x/(sqrt(1 + x) + 1)", lambda x: mpmath.sqrt(1 + x) - 1),
        ("cosh(x) - 1", 1e-9, "cosh(x)-1", "2*sinh(x/2)^2", lambda x: mpmath.cosh(x) - 1),
        ("log(x + 1) - log(x)", 1e17, "ln(x+1)-ln(x)", "log1p(1/x)", lambda x: mpmath.log((x + 1) / x)),
    ],
)
def test_cancellation(text: str, x: float, node: str, mend: str, function) -> None:
    found = why(text, x=x).findings[0]
    assert (found.kind, found.text) == ("digits", node)
    assert "" in explained(found)
    assert found.mend is not None
    assert found.mend.expression == mend
    with mpmath.workdps(60):
        assert found.mend.value == pytest.approx(float(function(mpmath.mpf(x))), rel=1e-13)
        assert found.mend.gradient["x"] == pytest.approx(float(mpmath.diff(function, mpmath.mpf(x))), rel=1e-11)


def test_a_difference_of_squares() -> None:
    found = only("x^2 - y^2", x=1e10 + 1, y=1e10)
    assert (found.text, found.kind) == ("x^2-y^2", "digits")
    assert found.mend is not None
    assert (found.mend.expression, found.mend.value) == ("(x - y)*(x + y)", 20000000001.0)


def test_the_log_of_a_small_difference() -> None:
    found = why("log(1 - exp(x))", x=-1e-17).findings[0]
    assert found.mend is not None
    assert found.mend.expression == "ln(-expm1(x))"
    assert found.mend.value == pytest.approx(float(mpmath.log(mpmath.mpf(1e-17))), rel=1e-15)


def test_one_mend_serves_value_and_derivative() -> None:
    found = only("sqrt(x + 1) - sqrt(x)", x=1e16)
    assert explained(found) == {"": (0,), "x": (0,)}


def test_the_magnification_is_the_condition_number() -> None:
    found = only("ln(1 + x)", x=1e-17)
    assert "a rounding error of 1+x counts 1e+17 times as much" in found.reason
    assert found.details == ["ln(1+x) is 1e-17; float64 gives 0"]


def test_the_condition_of_a_tensor_is_that_of_its_worst_element() -> None:
    found = why("sum(ln(1 + x))", x=[1e-17, 1e-18]).findings[0]
    assert found.mend is not None
    assert found.mend.expression == "sum(log1p(x))"


def test_nothing_is_lost_where_nothing_is_rounded() -> None:
    assert why("x - 1", x=1.0 + 2**-50).findings == []
    assert why("x^2 - y^2", x=3.0, y=2.0).findings == []


def test_rumps_polynomial() -> None:
    """Rump, Algorithms for verified inclusions (1988): -0.827396..., float64 has not even the sign."""
    found = why("333.75*y^6 + x^2*(11*x^2*y^2 - y^6 - 121*y^4 - 2) + 5.5*y^8 + x/(2*y)", x=77617.0, y=33096.0).findings
    assert found[0].details[-1] == "the value is -0.827396 in truth"
    assert "cancels" in found[0].reason


def test_rounding_beside_zero() -> None:
    finding = why("logsumexp(x) - log(sum(exp(x)))", x=[1.0, 2.0]).findings[0]
    assert finding.kind == "digits"
    assert "terms in it cancel" in finding.reason


@pytest.mark.parametrize(
    ("text", "x"), [("relu(sin(pi*x))", 1.0), ("|sin(x)^2 + cos(x)^2 - 1|", 3.0), ("sin(x)^2 + cos(x)^2 - 1", 3.0)]
)
def test_digits_of_a_zero_are_not_offered(text: str, x: float) -> None:
    """sin(pi) and sin^2 + cos^2 - 1 are 0: balls of any precision give a bound of them, and no digits."""
    found = why(text, x=x).findings[0]
    assert found.kind == "digits"
    assert found.mend is None
    assert found.hint == ""
    assert "--precision" in why("(x+1)^3 - x^3 - 3*x^2 - 3*x - 1 + sin(x)", x=1e8).findings[0].hint


ATTENTION = "sum(softmax(Q @ K'/sqrt(2)) @ V)"


def test_terms_that_cancel_in_one_component_beside_larger_ones() -> None:
    """A softmax does not change where a number is added to a row: with equal keys, the derivative by Q is 0."""
    point = {"Q": [[-1.0, 3.0], [0.5, 2.0]], "K": [[0.5, 2.0], [0.5, 1.0]], "V": [[0.0, 2.0], [0.0, 0.0]]}
    found = why(ATTENTION, **point)
    lost = {(i, 0) for i in range(2) if found.gradient["Q"][i][0] != 0}
    assert lost
    (finding,) = [f for f in found.findings if f.kind == "digits"]
    assert {divmod(k, 2) for k in explained(finding)["Q"]} == lost
    assert finding.text == "Q @ K'"
    assert finding.reason.startswith("the terms of the derivative by Q[")


def test_a_zero_whose_terms_cancel_does_not_underflow() -> None:
    """Both rows of V add up to the same: the output does not depend on the softmax."""
    point = {"Q": [[1.0, 2.0], [3.0, 4.0]], "K": [[0.5, -1.0], [1.0, 2.0]], "V": [[1.0, 0.0], [0.0, 1.0]]}
    zeros = [f for f in why(ATTENTION, **point).findings if f.kind == "zero"]
    assert [explained(f) for f in zeros] == [{"Q": (2, 3)}]
    assert "cancel" in zeros[0].reason
