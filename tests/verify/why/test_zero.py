"""Why a derivative is zero: the node and the reason that theory gives."""

import math

import mpmath
import pytest

from tests.verify.why.diagnoses import explained, only, why


@pytest.mark.parametrize(
    ("text", "point", "explains", "node", "words"),
    [
        ("relu(x)", {"x": -3.0}, {"x": (0,)}, "relu(x)", "flat at x = -3: it is 0 for every x < 0"),
        ("clamp(x, 0, 1)", {"x": 2.0}, {"x": (0,)}, "clamp(x, 0, 1)", "x is outside the interval"),
        ("detach(x)*y", {"x": 2.0, "y": 3.0}, {"x": (0,)}, "detach(x)", "holds its value"),
        ("where(y > 0, y, x^2)", {"x": 2.0, "y": 3.0}, {"x": (0,)}, "where(y>0, y, x^2)", "takes the other branch"),
        ("where(x > 0, y, y^2)", {"x": 2.0, "y": 3.0}, {"x": (0,)}, "x>0", "constant on both sides of its jumps"),
        ("y*(x > 1)", {"x": 2.0, "y": 3.0}, {"x": (0,)}, "x>1", "constant on both sides of its jumps"),
        ("floor(x)", {"x": 2.5}, {"x": (0,)}, "floor(x)", "constant on both sides of its jumps"),
        ("sign(x)", {"x": 2.5}, {"x": (0,)}, "sign(x)", "constant on both sides of its jumps"),
        ("argmax(x)", {"x": [1.0, 2.0]}, {"x": (0, 1)}, "argmax(x)", "constant on both sides of its jumps"),
        ("x*y", {"x": 0.0, "y": 2.0}, {"y": (0,)}, "x*y", "does not change with y at x = 0, y = 2"),
        ("x[0]^2", {"x": [1.0, 2.0, 3.0]}, {"x": (1, 2)}, "x[0]", "takes other elements of x"),
        ("max(x)", {"x": [1.0, 2.0, 3.0]}, {"x": (0, 1)}, "max(x)", "another element is larger"),
        ("min(x)", {"x": [1.0, 2.0, 3.0]}, {"x": (1, 2)}, "min(x)", "another element is smaller"),
        ("max(x, y)", {"x": 1.0, "y": 2.0}, {"x": (0,)}, "max(x, y)", "the other argument is larger"),
        ("min(x, y)", {"x": 1.0, "y": 2.0}, {"y": (0,)}, "min(x, y)", "the other argument is smaller"),
        ("x^2", {"x": 0.0}, {"x": (0,)}, "x^2", "stationary at x = 0"),
        ("cos(x)", {"x": 0.0}, {"x": (0,)}, "cos(x)", "stationary at x = 0"),
        ("A @ x", {"A": [[0.0, 2.0]], "x": [3.0, 4.0]}, {"x": (0,)}, "A @ x", "that multiply it in A @ x are 0"),
        ("a = relu(x); a*y", {"x": -1.0, "y": 2.0}, {"x": (0,)}, "a", "flat at x = -1"),
    ],
)
def test_reasons(text: str, point: dict, explains: dict, node: str, words: str) -> None:
    found = why(f"sum({text})" if "@" in text else text, **point).findings
    (finding,) = [f for f in found if explained(f) == explains]
    assert (finding.kind, finding.text) == ("zero", node)
    assert words in finding.reason


def test_no_path() -> None:
    found = why("x^2; y + 0*x", x=1.0, y=2.0).findings
    assert any("does not change with x" in f.reason for f in found)
    graph_has_x = only("u = x^2; y^2", x=1.0, y=2.0)
    assert graph_has_x.reason == "f does not depend on x"


def test_contributions_that_cancel_are_listed() -> None:
    finding = only("x^2 - 2x", x=1.0)
    assert (finding.kind, finding.text) == ("zero", "x^2-2*x")
    assert "2 by x^2, -2 by 2*x add up to 0" in finding.reason


@pytest.mark.parametrize(
    ("text", "x", "true"),
    [
        ("sigmoid(x)", -800.0, mpmath.exp(-800)),
        ("sigmoid(x)", 800.0, mpmath.exp(-800)),
        ("exp(x)", -800.0, mpmath.exp(-800)),
        ("tanh(x)", 400.0, 4 * mpmath.exp(-800)),
    ],
)
def test_a_zero_by_underflow_says_its_true_size(text: str, x: float, true: mpmath.mpf) -> None:
    finding = only(text, x=x)
    assert (finding.kind, finding.text) == ("zero", text)
    assert f"is {mpmath.nstr(true, 6)} at x = {x:g}: too small for float64" in finding.reason


@pytest.mark.parametrize(("text", "x"), [("sigmoid(x)", 40.0), ("tanh(x)", 20.0), ("erf(x)", 7.0)])
def test_saturated_is_almost_zero(text: str, x: float) -> None:
    finding = only(text, x=x)
    assert (finding.kind, finding.text) == ("tiny", text)
    function = {"sigmoid(x)": lambda t: 1 / (1 + mpmath.exp(-t)), "tanh(x)": mpmath.tanh, "erf(x)": mpmath.erf}[text]
    with mpmath.workdps(60):
        true = mpmath.diff(function, x)
    assert f"is {float(true):.6g}" in finding.reason


def test_a_derivative_that_is_only_small_is_not_saturated() -> None:
    for text, point in (("1e-20*x", {"x": 1.0}), ("x + 1e20", {"x": 1.0}), ("exp(x)", {"x": -100.0})):
        assert why(text, **point).findings == []


def test_components_are_grouped_by_reason() -> None:
    found = why("sum(relu(x)) + x[0]*0", x=[-1.0, 2.0, -3.0, -4.0]).findings
    assert explained(found[0]) == {"x": (0, 2, 3)}
    assert "at x[0] = -1" in found[0].reason


def test_reasons_by_different_arguments_stay_apart() -> None:
    found = why("x^y", x=0.0, y=2.0).findings
    assert sorted(finding.reason for finding in found) == [
        "x^y does not change with x at x = 0, y = 2",
        "x^y does not change with y at x = 0, y = 2",
    ]


def test_several_nodes_are_all_named() -> None:
    finding = only("relu(x) + relu(2x)", x=-1.0)
    assert finding.text == "relu(x)"
    assert any("relu(2*x) is flat" in detail for detail in finding.details)


def test_a_kink_shows_both_sides() -> None:
    finding = only("relu(x)", x=0.0)
    assert (finding.kind, finding.text) == ("kink", "relu(x)")
    assert finding.details == ["the derivative is 0 from the left and 1 from the right"]
    assert only("floor(x)", x=2.0).kind == "undefined"


def test_a_kink_that_makes_no_difference_is_a_zero() -> None:
    finding = only("relu(x)^2", x=0.0)
    assert finding.kind == "zero"


def test_nothing_wrong() -> None:
    for text, point in (
        ("ln(x1)+x1*x2-sin(x2)", {"x1": 2.0, "x2": 5.0}),
        ("a = dot(x,w); b = a - y; z = b^2", {"x": [1.0, 2.0, 3.0], "w": [0.5, -1.0, 2.0], "y": 1.5}),
        ("log(sum(exp(x)))", {"x": [1.0, 2.0]}),
    ):
        diagnosis = why(text, **point)
        assert (diagnosis.findings, diagnosis.notes) == ([], [])


def test_large_tensors_and_deep_graphs() -> None:
    values = [math.sin(k) for k in range(100_000)]
    (finding,) = why("sum(relu(x))", x=values).findings
    assert explained(finding) == {"x": tuple(k for k, v in enumerate(values) if v <= 0)}
    deep = why("y*x" + "*1.0001" * 100_000, x=0.0, y=2.0)
    assert [explained(f) for f in deep.findings] == [{"y": (0,)}]
    assert deep.notes[0].startswith("digits were not checked")


def test_a_kink_with_a_derivative() -> None:
    finding = only("relu(x) - relu(-x)", x=0.0)
    assert finding.kind == "kink"
    assert finding.details == ["it is 1 from both sides: that is the derivative"]


def test_a_softmax_that_underflows() -> None:
    finding = next(f for f in why("sum(softmax(x)*y)", x=[1000.0, 0.0], y=[1.0, 2.0]).findings if "x" in explained(f))
    assert finding.text == "softmax(x)"
    assert finding.details == [f"it is -{mpmath.nstr(mpmath.exp(-1000), 6)} in truth, which float64 makes 0"]


@pytest.mark.parametrize(("text", "left", "right"), [("5+|0.1*x-0.3|", -0.1, 0.1), ("max(0.1*x, 0.3)", 0, 0.1)])
def test_a_kink_that_floats_miss(text: str, left: float, right: float) -> None:
    """0.1*3 is 0.3 as it is written."""
    finding = only(text, x=3.0)
    assert finding.kind == "kink"
    assert "misses by rounding" in finding.reason
    assert f"{left:g} from the left and {right:g} from the right" in finding.details[0]


def test_a_kink_of_floats_alone_is_no_reason() -> None:
    """The slope is -1."""
    zero = next(f for f in why("|x - 1.00000000000000000001|", x=1.0).findings if f.kind == "zero")
    assert "in float64 alone" in zero.reason


def test_a_derivative_beside_a_jump_that_floats_miss() -> None:
    found = {f.parts[0].name: f for f in why("floor((1-0.9*x)*10)*y", x=1.0, y=2.0).findings}
    assert (found["x"].kind, found["y"].kind) == ("undefined", "digits")
    assert found["y"].details == ["it is 1 in truth"]
