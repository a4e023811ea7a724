"""Verdicts: right answers are confirmed, wrong rules are found, kinks and undefined points are called so."""

import pytest

import gradcli
from gradcli.methods.base import methods
from gradcli.primitives.declare import Elementwise, Primitive
from gradcli.primitives.registry import by_name
from gradcli.problem import Derivative
from gradcli.verify import sharp, witnesses
from tests.verify.problems import check


@pytest.mark.parametrize(
    ("text", "point"),
    [
        ("ln(x1)+x1*x2-sin(x2)", {"x1": 2.0, "x2": 5.0}),
        ("(x-1)^2", {"x": 1.0}),
        ("x - x", {"x": 3.0}),
        ("exp(-x^2)", {"x": 5.0}),
        ("ln(x)", {"x": 1e-8}),
        ("1/x", {"x": 1e-6}),
        ("sin(x)", {"x": 1e4}),
        ("tanh(x)", {"x": 0.3}),
        ("where(x > 0, ln(x), 0)", {"x": 2.0}),
        ("where(x > 0, sqrt(x), 0)", {"x": -2.0}),
        ("atan2(y, x)", {"y": 1e-3, "x": -2.0}),
        ("x^3*|x|", {"x": 0.0}),
        ("|x|^3", {"x": 0.0}),
        ("gamma(x)", {"x": 4.5}),
        ("1e-9*x^2", {"x": 3.0}),
        ("1e9*x^2", {"x": 3.0}),
    ],
)
def test_right_answers_are_verified(text: str, point: dict[str, float]) -> None:
    verdict = check(text, **point).verdict
    assert verdict.word == "verified", verdict.sentence


@pytest.mark.parametrize(
    ("text", "left", "right"),
    [
        ("abs(x)", -1.0, 1.0),
        ("relu(x)", 0.0, 1.0),
        ("max(x, 0)", 0.0, 1.0),
        ("min(x, 0)", 1.0, 0.0),
        ("clamp(x, 0, 1)", 0.0, 1.0),
        ("clamp(x + 1, 0, 1)", 1.0, 0.0),
        ("2*|x| + 3*x", 1.0, 5.0),
        ("|sin(x)|", -1.0, 1.0),
        ("max(x, 2*x)", 1.0, 2.0),
        ("max(x^2, x)", 0.0, 1.0),
        ("where(x > 0, x, -x)", -1.0, 1.0),
    ],
)
def test_kinks_show_both_sides(text: str, left: float, right: float) -> None:
    verdict = check(text, x=0.0).verdict
    assert verdict.word == "kink", verdict.sentence
    assert verdict.sides is not None
    (sides,) = verdict.sides["x"]
    assert (sides.left, sides.right) == pytest.approx((left, right), abs=1e-9)
    assert sides.exist


def test_a_kink_that_cancels_is_differentiable_after_all() -> None:
    verdict = check("relu(x) - relu(-x)", x=0.0).verdict
    assert "differentiable after all" in verdict.sentence
    assert verdict.sides is not None
    assert verdict.sides["x"][0][:2] == (1.0, 1.0)


def test_kinks_of_vectors_are_componentwise() -> None:
    verdict = check("sum(|x|)", x=[0.0, 2.0, -1.0]).verdict
    assert verdict.word == "kink"
    assert verdict.sides is not None
    assert [s[:2] for s in verdict.sides["x"]] == [(-1.0, 1.0), (1.0, 1.0), (-1.0, -1.0)]


def test_two_kinks_at_once() -> None:
    verdict = check("|x| + |y|", x=0.0, y=0.0).verdict
    assert verdict.sides is not None
    assert {name: s[0][:2] for name, s in verdict.sides.items()} == {"x": (-1.0, 1.0), "y": (-1.0, 1.0)}


@pytest.mark.parametrize(
    ("text", "x"),
    [
        ("sqrt(x)", 0.0),
        ("floor(x)", 2.0),
        ("sign(x)", 0.0),
        ("sqrt(|x|)", 0.0),
        ("x^x", 0.0),
        ("cbrt(x)", 0.0),
        ("x > 1", 1.0),
    ],
)
def test_points_without_a_derivative_are_undefined(text: str, x: float) -> None:
    assert check(text, x=x).verdict.word == "undefined"


@pytest.mark.parametrize(
    ("name", "text", "mutated"),
    [
        ("sin", "sin(x)", lambda m, out, x: -m.cos(x)),
        ("exp", "exp(2*x)", lambda m, out, x: 0.999 * out),
        ("log", "ln(x)", lambda m, out, x: m.div(1.0, x * x)),
        ("sqrt", "sqrt(x)", lambda m, out, x: m.div(1.0, out)),
        ("tanh", "tanh(x)^2", lambda m, out, x: 1.0 - out),
    ],
)
def test_a_wrong_rule_is_found(name: str, text: str, mutated: object, monkeypatch: pytest.MonkeyPatch) -> None:
    primitive: Primitive = by_name()[name]
    monkeypatch.setitem(primitive.__dict__, "rule", Elementwise(mutated))
    verdict = check(text, x=1.3).verdict
    assert verdict.word == "wrong"
    assert verdict.status == 1


def test_forward_and_reverse_that_differ_are_found(monkeypatch: pytest.MonkeyPatch) -> None:
    from gradcli.methods import forward

    right = forward.contributions
    monkeypatch.setattr(forward, "contributions", lambda *a: [c if c is None else 1.5 * c for c in right(*a)])
    verdict = check("x^2", x=3.0).verdict
    assert verdict.word == "wrong"
    assert "forward" in verdict.sentence


BLIND = [
    ("sin(x)", {"x": 1e22}),
    ("1e20 + sin(x)", {"x": 1.0}),
    ("1e16*x + sin(y)", {"x": 1.0, "y": 1.0}),
    ("tan(x)", {"x": 1.5707963267948966}),
    ("x + sin(2*pi*2^40*x)", {"x": 0.0}),
    ("|x - 1|", {"x": 1.0 + 1e-12}),
]


# Beside the pole of tan even a step of 2^-66 is too long.
@pytest.mark.parametrize(("text", "point"), [case for case in BLIND if case[0] != "tan(x)"])
def test_where_differences_of_floats_are_blind_balls_are_asked(text: str, point: dict[str, float]) -> None:
    verdict = check(text, **point).verdict
    assert verdict.word == "verified", verdict.sentence
    assert "proven in balls" in verdict.sentence


@pytest.fixture
def without_balls(monkeypatch: pytest.MonkeyPatch) -> None:
    """As for a graph that is too large for balls."""
    monkeypatch.setattr(witnesses, "rounding_bound", lambda problem, carrier: None)
    monkeypatch.setattr(sharp, "behaviours", lambda *_: [])


@pytest.mark.usefixtures("without_balls")
@pytest.mark.parametrize(("text", "point"), BLIND)
def test_without_balls_autograd_is_asked(text: str, point: dict[str, float]) -> None:
    verdict = check(text, **point).verdict
    assert verdict.word == "verified", verdict.sentence
    assert "autograd" in verdict.sentence


@pytest.mark.parametrize(
    ("text", "x"), [("(1 - cos(x))/x^2", 1e-4), ("(x-1)^7 - (x^7-7*x^6+21*x^5-35*x^4+35*x^3-21*x^2+7*x-1)", 1.01)]
)
def test_what_rounding_does_is_ill_conditioned_not_wrong(text: str, x: float) -> None:
    verdict = check(text, x=x).verdict
    assert verdict.word == "ill-conditioned", verdict.sentence
    assert verdict.status == 0


OVERFLOW = "t = (x*1e200)*1e200; t*1e-300"


def test_a_forward_sweep_that_overflows_is_said() -> None:
    verdict = check(OVERFLOW, x=1e-250).verdict
    assert verdict.word == "verified"
    assert "forward mode overflows" in verdict.sentence


@pytest.mark.usefixtures("without_balls")
def test_without_balls_a_forward_sweep_that_overflows_is_inconclusive() -> None:
    assert check(OVERFLOW, x=1e-250).verdict.word == "inconclusive"


def test_kinks_of_many_inputs_are_not_verified() -> None:
    assert check("sum(abs(x))", x=[0.0] * 65).verdict.word == "kink"


def test_a_kink_beside_large_terms_is_still_a_kink() -> None:
    verdict = check("1e15*sin(y) + abs(x)", x=0.0, y=3.0).verdict
    assert verdict.word == "kink"
    assert verdict.sides is not None
    assert verdict.sides["x"][0][:2] == (-1.0, 1.0)


@pytest.mark.parametrize(("text", "x"), [("1e-9*floor(x)", 1.0), ("round(x)*x", 2.5), ("where(x, x, 2)", 0.0)])
def test_a_jump_is_undefined_and_has_no_interval(text: str, x: float) -> None:
    verdict = check(text, x=x).verdict
    assert (verdict.word, verdict.sides) == ("undefined", None)


def test_nothing_to_differentiate_by_is_not_verified() -> None:
    assert check("sin(1)").verdict.word == "unverified"


def test_the_interface_says_the_same() -> None:
    answer = gradcli.parse("abs(x)").grad(x=0)
    assert (answer.gradient, answer.verdict) == ({"x": 0.0}, "kink")


def test_cancelling_contributions_are_rounding() -> None:
    """Reverse adds 1 and -1 to an adjoint of 4e-7, forward does not: they share nine digits, and neither is wrong."""
    found = check("s = sin(x - x); c = cos(x); c + c + s + c", x=1.192092896e-07).verdict
    assert found.word in ("verified", "ill-conditioned"), found.sentence


@pytest.mark.usefixtures("without_balls")
def test_two_answers_that_no_difference_tells_apart_are_inconclusive(monkeypatch: pytest.MonkeyPatch) -> None:
    """torch's own derivative is 1 - 1 = 0 there, ours keeps its digits, and SymPy does not answer."""
    silent = Derivative("symbolic", reason="not asked")
    monkeypatch.setattr(methods()["symbolic"], "differentiate", lambda problem, carrier: silent)
    found = check("tanh(x)", x=40.0).verdict
    assert found.word == "inconclusive", found.sentence


@pytest.mark.usefixtures("without_balls")
@pytest.mark.parametrize(("text", "x"), [("sigmoid(x)", 40.0), ("tanh(x)", 15.0)])
def test_where_autograd_cancels_sympy_is_asked(text: str, x: float) -> None:
    found = check(text, x=x).verdict
    assert found.word == "verified", found.sentence
    assert "SymPy" in found.sentence


TIE = ((2.0, 1.0, 1.0), (1.0, 2.0, 1.0), (1.0, 1.0, 2.0))
"""Eigenvalues 1, 1 and 4."""


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("sum(eigvalsh(A)^3)", "verified"),
        ("sum(exp(eigvalsh(A)))", "verified"),
        ("eigvalsh(A)[2]", "verified"),
        ("eigvalsh(A)[0]", "kink"),
        ("eigvalsh(A)[1]", "kink"),
        ("min(eigvalsh(A))", "kink"),
        ("max(eigvalsh(A))", "verified"),
    ],
)
def test_equal_eigenvalues(text: str, word: str) -> None:
    """Each alone has a kink; what treats them alike, and the one that stands apart, has a derivative."""
    assert check(text, A=TIE).verdict.word == word


def test_the_sum_of_equal_eigenvalues_is_the_trace() -> None:
    checked = check("sum(eigvalsh(A))", A=((3.0, 0.0), (0.0, 3.0)))
    assert checked.verdict.word == "verified"
    assert checked.gradient["A"] == [[1.0, 0.0], [0.0, 1.0]]


def test_no_second_derivative_is_shown_as_one_where_eigenvalues_are_equal() -> None:
    found = gradcli.parse("sum(eigvalsh(A)^3)").hessian(A=TIE)
    assert found.verdict == "undefined"
    assert found.reason == "the rules give no second derivative there: the point is on a kink of eigvalsh"


@pytest.mark.parametrize("gap", [1e-2, 1e-4, 1e-6, 1e-9, 1e-12])
def test_near_ties_are_right_or_called_ill_conditioned(gap: float) -> None:
    for text in ("eigvalsh(A)[0]", "eigvecsh(A)[0, 0]", "eigvecsh(A)[1, 0]*eigvalsh(A)[2]"):
        a = ((2.0, gap, 0.5), (gap, 2.0 + gap, 0.25), (0.5, 0.25, 5.0))
        assert check(text, A=a).verdict.word in ("verified", "ill-conditioned")
