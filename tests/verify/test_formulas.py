"""Claims of formulas: compared at points of the domain, with the simplest counterexample."""

import mpmath
import pytest
import sympy

from gradcli.carriers.constants import evaluate_constant
from gradcli.carriers.select import select_carrier
from gradcli.errors import DomainError, ExpressionError, GradcliError, NameProblem, ShapeError
from gradcli.graph import display_names
from gradcli.methods.base import methods
from gradcli.problem import Nested, Problem
from gradcli.render.claims import answer_text
from gradcli.syntax.build import build
from gradcli.syntax.claims import read_claims
from gradcli.syntax.parse import parse
from gradcli.verify.claims import Judgement
from gradcli.verify.explain import finite
from gradcli.verify.judging import judge
from gradcli.verify.setting import Setting
from tests.verify.judgements import judged, kinds, one


def anywhere(text: str, claim: str, layout: str = "torch", assume: dict | None = None, **shapes) -> Judgement:
    """The judgement on a formula without a point."""
    program = parse(text)
    built = build(program, {name: shapes.get(name, ()) for name in program.free_names}, assumptions=assume)
    graph, output = built.graph, built.outputs[-1]
    asked = Problem(graph, output, tuple(graph.inputs), {})
    carrier = select_carrier(graph, graph.ancestors([output]))
    names = display_names(graph, [output])
    setting = Setting(asked, carrier, names, layout, assume or {})
    (judgement,) = judge(read_claims(claim, evaluate_constant), setting).claims
    return judgement


RIGHT = [
    ("ln(x1)+x1*x2-sin(x2)", "x2"),
    ("x^3*exp(x)", "x"),
    ("sin(x)/x", "x"),
    ("cos(ln(x^2+1))", "x"),
    ("sqrt(1-x^2)", "x"),
    ("x^y", "y"),
    ("(1-cos(x))/x^2", "x"),
    ("tanh(x)^3", "x"),
    ("exp(x)/(1+exp(x))", "x"),
]


@pytest.mark.parametrize(("text", "name"), RIGHT)
def test_derivatives_by_sympy_are_right(text: str, name: str) -> None:
    """The formulas are SymPy's, which shares no rule with ours; one that is 1 % off is wrong."""
    plain = sympy.sympify(text.replace("^", "**").replace("ln", "log"))
    formula = str(sympy.diff(plain, sympy.Symbol(name))).replace("**", "^")
    right = anywhere(text, f"{name}: {formula}")
    assert right.word == "right"
    assert right.points >= 16
    wrong = anywhere(text, f"{name}: 1.01*({formula})")
    assert wrong.word == "wrong"
    assert wrong.point is not None


def test_the_counterexample_is_simple() -> None:
    judgement = anywhere("ln(x1)+x1*x2-sin(x2)", "x2: x1 + cos(x2)")
    assert judgement.point == {"x1": 1.0, "x2": 1.0}
    assert judgement.claimed == pytest.approx(1.5403023058681398, abs=1e-15)
    assert judgement.right == pytest.approx(0.45969769413186023, abs=1e-15)
    assert kinds(judgement) == {"flipped sign"}


def test_a_coincidence_at_a_round_point_is_no_explanation() -> None:
    """At x = y = 1 the claim x*y^2 is what is left when ... many things are; at other points nothing fits."""
    assert not anywhere("x^2*y^3", "x: x*y^2 + 0.25").explanations
    assert kinds(anywhere("x^2*y^3", "x: x*y^3")) == {"missing factor"}
    (explanation,) = anywhere("x^2*y", "x: 2x").explanations
    assert explanation.text.startswith("the chain factor ∂f/∂v1 = 2 is missing")


def test_only_what_can_be_read_in_two_ways_is_noted() -> None:
    """A x is the matrix product and nothing else; 1/2x is (1/2)*x here, and 1/(2*x) to others."""
    assert anywhere("x' @ A @ x", "x: A x", x=(3,), A=(3, 3)).note == ""
    assert "`(1/2)*x`" in anywhere("x^2/3", "x: 1/2x").note


def test_the_given_point_is_looked_at_first() -> None:
    judgement = one("x^2", {"x": 7.5}, "x: x")
    assert judgement.point == {"x": 7.5}


def test_a_small_difference_is_seen() -> None:
    assert anywhere("x^3", "x: 3x^2 + 1e-12").word == "wrong"
    assert anywhere("x^3", "x: x*x + x^2*2").word == "right"


def test_a_formula_with_a_smaller_domain_is_wrong() -> None:
    judgement = anywhere("x^3", "x: 3*exp(2*ln(x))")
    assert judgement.word == "wrong"
    assert judgement.point == {"x": -1.0}


def test_arrays_and_named_steps() -> None:
    vectors = {"x": (3,), "w": (3,)}
    text = "a = dot(x,w); b = a - y; z = b^2"
    assert anywhere(text, "w: 2*b*x", **vectors).word == "right"
    assert kinds(anywhere(text, "w: b*x", **vectors)) == {"missing factor"}
    assert anywhere(text, "z: (dot(x,w) - y)^2", **vectors).word == "right"
    assert anywhere(text, "z: (dot(x,w) + y)^2", **vectors).word == "wrong"
    assert anywhere(text, "w: [2*b*x]", "numerator", **vectors).word == "right"
    square = {"x": (3,), "A": (3, 3)}
    assert anywhere("x' @ A @ x", "x: A@x + A'@x", **square).word == "right"
    assert kinds(anywhere("x' @ A @ x", "x: 2*A@x", **square)) == {"transposed matrix"}
    assert kinds(anywhere("x' @ A @ x", "x: A@x", **square)) == {"half of a product rule"}
    product = {"X": (3, 2), "w": (2,), "y": (3,)}
    turned = anywhere("norm(X@w-y)^2", "X: 2*outer(w, X@w-y)", **product)
    assert (turned.word, kinds(turned)) == ("wrong", {"transposed matrix"})


@pytest.mark.parametrize(
    ("text", "claim"),
    [
        ("s = 1/(1+e^-x)", "x: s(1-s)"),
        ("p = 1/(1+exp(-x)); -ln(p)", "x: p - 1"),
        ("s = 1/(1+e^-x); L = -(y*ln(s)+(1-y)*ln(1-s))", "x: s - y"),
        ("t = tanh(x); t^2", "x: 2t(1-t^2)"),
    ],
)
def test_what_rounding_does_to_a_named_step_counts(text: str, claim: str) -> None:
    """A textbook's gradients: 1 - s cancels where the sigmoid is saturated, and is right all the same."""
    assert anywhere(text, claim).word == "right"
    assert anywhere(text, f"{claim} + 1e-12").word == "wrong"


@pytest.mark.parametrize(
    ("text", "claim"), [("ln(x-50)", "x: 1/(x-50)"), ("ln(x)*sqrt(1-x)", "x: sqrt(1-x)/x - ln(x)/(2*sqrt(1-x))")]
)
def test_a_domain_that_is_rarely_hit(text: str, claim: str) -> None:
    assert anywhere(text, claim).word == "right"


def test_a_domain_that_is_never_hit_is_said() -> None:
    with pytest.raises(DomainError, match="no point of the domain"):
        anywhere("ln(-1-x^2)", "x: 1/x")


@pytest.mark.parametrize(
    ("claim", "error"),
    [
        ("x: x +", ExpressionError),
        ("x: z", NameProblem),
        ("x: [x, y]", ShapeError),
        ("x: x; y", ExpressionError),
        ("x: nosuch(x)", GradcliError),
        ("q: x", NameProblem),
    ],
)
def test_bad_formulas_are_one_error_that_points_into_the_claim(claim: str, error: type) -> None:
    with pytest.raises(error) as caught:
        anywhere("x*y", claim)
    assert caught.value.source == claim
    assert caught.value.span is not None


def test_a_point_that_is_lost_in_rounding_is_judged_in_balls() -> None:
    """At 1e-8 every derivative of (1 - cos x)/x^2 has lost all digits; its series begins 1/2 - x^2/24."""
    right = "x: sin(x)/x^2 - 2*(1-cos(x))/x^3"
    assert one("(1-cos(x))/x^2", {"x": 1e-8}, right).word == "right"
    wrong = one("(1-cos(x))/x^2", {"x": 1e-8}, "x: 5 + 0*x")
    assert wrong.word == "wrong"
    assert wrong.point == {"x": 1e-8}
    assert wrong.right == pytest.approx(-1e-8 / 12, rel=1e-14)


@pytest.mark.parametrize(
    ("text", "point", "claim", "word"),
    [
        ("softplus(x)", {"x": 800.0}, "x: exp(x)/(1+exp(x))", "right"),
        ("softplus(x)", {"x": 800.0}, "x: exp(x)/(1+exp(x/2))", "wrong"),
        ("logsumexp(x)", {"x": [1000.0, 1001.0]}, "x: exp(x)/sum(exp(x))", "right"),
        ("logsumexp(x)", {"x": [1000.0, 1001.0]}, "x: exp(-x)/sum(exp(-x))", "wrong"),
        ("tanh(x)", {"x": 400.0}, "x: 4/(exp(x)+exp(-x))^2", "right"),
        ("x^2", {"x": 3.0}, "x: 2*x*x^400/x^400", "right"),
    ],
)
def test_a_right_formula_that_overflows_in_floats_is_right(
    text: str, point: dict[str, Nested], claim: str, word: str
) -> None:
    """The derivatives of theory in the forms of textbooks, where floats have inf/inf."""
    assert one(text, point, claim).word == word


@pytest.mark.parametrize(
    ("claim", "words"),
    [
        ("x: exp(x)^(1e300)", "it is infinite there, or too large for a float64, right is 2"),
        ("x: 1/(x-x)", "it is infinite there, or too large for a float64, right is 2"),
        ("x: ln(-x)", "it has no value there, right is 2"),
        ("x: 2*x*(0/0)", "it has no value there, right is 2"),
        ("x: 3*x", "it gives 3, right is 2"),
    ],
)
def test_a_formula_without_a_number_is_told_in_words(claim: str, words: str) -> None:
    found = judged("x^2", {"x": 1.0}, claim)
    assert words in answer_text(found.claims[0], found.verdict)


def test_a_gap_that_only_round_points_meet_is_said_and_is_not_wrong() -> None:
    """Jacobi's formula for the derivative of det(A), which has no value at a singular A."""
    right = one("det(A)", {"A": [[1.0, 2.0], [3.0, 5.0]]}, "A: det(A)*inv(A)'")
    assert right.word == "right"
    assert "it has no value at" in right.note
    assert one("det(A)", {"A": [[1.0, 1.0], [1.0, 1.0]]}, "A: det(A)*inv(A)'").word == "wrong"
    assert one("det(A)", {"A": [[1.0, 2.0], [3.0, 5.0]]}, "A: det(A)*inv(A)").word == "wrong"


def test_a_gap_is_no_counterexample_where_there_is_another_and_hides_no_slip() -> None:
    """det(A) inv(A) is the transpose of the derivative of det(A), and has no value at [[1, 1], [1, 1]]."""
    wrong = anywhere("det(A)", "A: det(A)*inv(A)", A=(2, 2))
    assert finite(wrong.claimed)
    assert kinds(wrong) == {"transposed matrix"}


def test_a_round_point_that_hides_a_slip_gives_way_to_another() -> None:
    """At x = 1 the inner derivative of exp(-x^2/2) is -1, and to forget it looks like a flipped sign."""
    forgotten = anywhere("exp(-x^2/2)", "x: exp(-x^2/2)")
    assert kinds(forgotten) == {"missing chain factor"}
    assert forgotten.point is not None
    assert forgotten.point["x"] != 1.0
    given = one("exp(-x^2/2)", {"x": 1.0}, "x: exp(-x^2/2)")
    assert given.point == {"x": 1.0}


def test_what_was_read_into_a_formula_is_said() -> None:
    assert one("x^3", {"x": 2.0}, "x: 1/2x").note == "`1/2x` was read as `(1/2)*x`"


def test_a_kink_is_left_out() -> None:
    assert anywhere("|x|*y", "y: |x|").word == "right"
    left_out = one("max(x, 0)", {"x": 0.0}, "x: x > 0")
    assert (left_out.word, left_out.note) == (
        "right",
        "the point given is on a kink or lost in rounding, and was left out",
    )


@pytest.mark.parametrize(
    ("text", "claim", "word", "right"),
    [
        ("y' @ A @ y", "y: 2*A@y", "symmetric", True),
        ("y' @ A @ y", "y: 0*y", "skew", True),
        ("norm(A@y)^2", "y: 2*y", "orthogonal", True),
        ("sum((A@y)^3)", "y: 3*A'@(A@y)^2", "permutation", True),
        ("sum((A@y)^3)", "y: 3*y^2", "permutation", True),
        ("sum((A@y)^3)", "y: 3*y^2", "orthogonal", False),
        ("y' @ A @ y", "y: A@y", "symmetric", False),
    ],
)
def test_points_meet_what_is_assumed(text: str, claim: str, word: str, right: bool) -> None:
    judgement = anywhere(text, claim, assume={"A": (word,)}, y=(3,), A=(3, 3))
    assert judgement.word == ("right" if right else "wrong")
    assert anywhere(text, claim, y=(3,), A=(3, 3)).word == ("right" if claim.startswith("y: 3*A'") else "wrong")


def test_what_an_operation_asks_for_is_met() -> None:
    """d sum(lambda^2) = d tr(A A) = 2A for symmetric A, which random matrices are not."""
    assert anywhere("sum(eigvalsh(A)^2)", "A: 2*A", A=(3, 3)).word == "right"
    assert anywhere("sum(eigvalsh(A)^2)", "A: A", A=(3, 3)).word == "wrong"


def test_assumptions_that_contradict_each_other_are_said() -> None:
    with pytest.raises(DomainError, match="no values were found such that A is skew and orthogonal"):
        anywhere("y' @ A @ y", "y: 0*y", assume={"A": ("skew", "orthogonal")}, y=(3,), A=(3, 3))


def test_a_counterexample_shows_something() -> None:
    """At the round points the sigmoid of 40 w is saturated, and so is its derivative."""
    wrong = anywhere("sigmoid(40*w)", "w: 40*sigmoid(40*w)")
    assert wrong.word == "wrong"
    assert abs(wrong.right) > 1e-6
    assert anywhere("1e-9*w^2", "w: 1e-9*w").point == {"w": 1.0}


def test_sympy_is_asked_about_no_large_graph(monkeypatch: pytest.MonkeyPatch) -> None:
    """At w = 1 every sigmoid is saturated, so that nothing else confirms the derivative."""

    def never(*arguments: object) -> None:
        raise AssertionError

    monkeypatch.setattr(methods()["symbolic"], "differentiate", never)
    point = {"X": [[1.0] * 40] * 300, "w": [1.0] * 40}
    assert one("sum(sigmoid(X@w))", point, "w: transpose(X)@sigmoid(X@w)").word == "wrong"


def test_at_the_users_point_balls_judge_what_rounding_hides() -> None:
    """At 20, s (1 - s) has lost half of its digits. exp(-x) is the derivative but for the factor (1 + exp(-x))^-2."""
    point = {"x": 20.0}
    right = one("s = 1/(1+exp(-x)); s", point, "x: s*(1-s)")
    assert (right.word, right.note) == ("right", "")
    wrong = one("sigmoid(x)", point, "x: exp(-x)")
    assert (wrong.word, wrong.point) == ("wrong", point)
    with mpmath.workdps(40):
        expected = mpmath.exp(-20) / (1 + mpmath.exp(-20)) ** 2
    assert wrong.right == pytest.approx(float(expected), rel=1e-15)


def test_a_kink_at_the_users_point_is_left_out_all_the_same() -> None:
    judgement = one("|x|*x", {"x": 0.0}, "x: 2*|x|")
    assert judgement.word == "right"
    assert "kink" in judgement.note


@pytest.mark.parametrize(("claim", "mend"), [("A: x y'", "outer(x, y)"), ("A: x' y", "outer(x, y)")])
def test_a_product_of_vectors_for_a_matrix_is_told_the_outer_product(claim: str, mend: str) -> None:
    point = {"x": [1.0, 2.0], "y": [0.5, -1.0], "A": [[1.0, 2.0], [3.0, 4.0]]}
    with pytest.raises(ShapeError) as caught:
        judged("x' A y", point, claim)
    assert caught.value.hint == f"of vectors this is the inner product; the matrix is {mend}"
    assert one("x' A y", point, f"A: {mend}").word == "right"
