"""Claims of numbers: within one unit of the last digit, exact where nothing is rounded, arrays, layouts, kinks."""

import math

import pytest

from gradcli.errors import ExitStatus, GradcliError, NameProblem, ShapeError, UsageError
from tests.verify.judgements import judged, kinds, one

WORKED = ("ln(x1)+x1*x2-sin(x2)", {"x1": 2.0, "x2": 5.0})
STEPS = ("a = dot(x,w); b = a - y; z = b^2", {"x": [1.0, 2.0, 3.0], "w": [0.5, -1.0, 2.0], "y": 1.5})
SECOND = 2 - math.cos(5)  # 1.71633781...


@pytest.mark.parametrize(
    ("claim", "word"),
    [
        ("x1=5.5", "right"),
        ("x1=5.50", "right"),
        ("x1=11/2", "right"),
        ("x1=5.5001", "wrong"),
        ("x1=5.6", "wrong"),
        ("x1=5.4", "wrong"),
        ("x2=1.716", "right"),
        ("x2=1.717", "right"),
        ("x2=1.715", "wrong"),
        ("x2=1.718", "wrong"),
        ("x2=1.71", "right"),
        ("x2=1.7", "right"),
        ("x2=1.8", "right"),
        ("x2=1.6", "wrong"),
        ("x2=2-cos(5)", "right"),
        ("x2=1.7163378145367738", "right"),
        ("x2=1.7163378145371", "wrong"),
        ("x2=1.716...", "right"),
        ("x2=17163e-4", "right"),
        ("x2=17165E-4", "wrong"),
        ("x2=−1.716", "wrong"),
        ("x2=+1.716", "right"),
        ("x2=0", "wrong"),
        ("x2=1e300", "wrong"),
        ("x2=1e1", "wrong"),
        ("f=1e1", "right"),
        ("f=2e1", "right"),
        ("v1=0", "wrong"),
        ("v1=1", "right"),
        ("v1=2", "wrong"),
        ("v3=-1", "right"),
        ("v3=1", "wrong"),
        ("x2=1e-400", "wrong"),
        ("x2=-0.0", "wrong"),
        ("f=11.652", "right"),
        ("f=11.66", "right"),
        ("f=11.67", "wrong"),
        ("v3=-0.959", "right"),
        ("v3=0.959", "wrong"),
    ],
)
def test_the_last_digit_may_be_off_by_one(claim: str, word: str) -> None:
    assert one(*WORKED, claim).word == word


def test_the_printed_values_of_the_notes_are_truncated() -> None:
    assert one(*WORKED, "v3=-0.958").note == "truncated, not rounded: -0.959"
    value = one(*WORKED, "f=11.651")
    assert value.word == "right"
    assert value.note.startswith("truncated, not rounded")
    assert "11.652" in value.note
    assert one(*WORKED, "x2=1.717").note == "within one unit of its last digit: rounded it is 1.716"
    assert one(*WORKED, "x2=1.716").note == ""


@pytest.mark.parametrize(("claim", "word"), [("x=6", "right"), ("x=7", "wrong"), ("x=5", "wrong"), ("x=6.0", "right")])
def test_whole_numbers_are_not_rounded(claim: str, word: str) -> None:
    assert one("x^2", {"x": 3.0}, claim).word == word


def test_a_zero_that_is_computed_is_zero() -> None:
    point = {"x": math.pi / 2}
    assert one("sin(x)", point, "x=0").word == "right"
    assert one("sin(x)", point, "x=0.000").word == "right"
    assert one("x*sin(x) - sin(x)*x", {"x": 0.7}, "x=1").word == "wrong"


def test_arrays_are_judged_by_component() -> None:
    assert one(*STEPS, "w=[6,12,18]").word == "right"
    judgement = one(*STEPS, "w=[6,12,19]")
    assert (judgement.word, judgement.wrong) == ("wrong", (2,))
    assert one(*STEPS, "w=[12/2, 12.0, 9*2]").word == "right"
    assert one("sum(x)", {"x": [1.0, 2.0]}, "x=ones(2)").word == "right"
    assert one(*STEPS, "a=4.5").word == "right"


def test_other_layouts_are_recognised() -> None:
    row = one(*STEPS, "w=[[6,12,18]]")
    assert (row.word, kinds(row)) == ("wrong", {"other layout"})
    assert one(*STEPS, "w=[[6,12,18]]", "numerator").word == "right"
    assert one(*STEPS, "w=[[6],[12],[18]]", "denominator").word == "right"
    assert kinds(one(*STEPS, "w=[6,12,18]", "numerator")) == {"other layout"}
    matrix = ("sum(A*B)", {"A": [[1.0, 2.0], [3.0, 4.0]], "B": [[5.0, 6.0], [7.0, 8.5]]})
    assert one(*matrix, "A=[[5,6],[7,8.5]]").word == "right"
    turned = one(*matrix, "A=[[5,7],[6,8.5]]")
    assert (turned.word, turned.wrong, kinds(turned)) == ("wrong", (1, 2), {"transposed matrix"})
    assert one(*matrix, "A=[[5,7],[6,8.5]]", "numerator").word == "right"


@pytest.mark.parametrize(
    ("claim", "word"), [("x=0", "right"), ("x=0.5", "right"), ("x=-1.0", "right"), ("x=1.1", "wrong"), ("y=2", "right")]
)
def test_at_a_kink_the_interval_counts(claim: str, word: str) -> None:
    point = {"x": 0.0, "y": 1.0}
    assert one("|x| + y^2", point, claim).word == word
    assert judged("|x| + y^2", point, claim).status == (ExitStatus.FAILED if word == "wrong" else ExitStatus.ANSWERED)


def test_arrays_at_a_kink() -> None:
    point = {"x": [0.0, 1.0]}
    assert one("sum(|x|)", point, "x=[0.5, 1]").word == "right"
    assert one("sum(|x|)", point, "x=[0.5, 1.5]").wrong == (1,)
    many = {"x": [0.0] * 70}
    assert one("sum(|3*x|)", many, f"x={[0.0] * 70}").word == "right"
    assert one("sum(|3*x|)", many, f"x={[0.0] * 69 + [9.0]}").wrong == (69,)


@pytest.mark.parametrize("claim", ["x=3.5", "x=0.0", "x=-500.000"])
def test_a_number_near_the_edge_of_a_domain_is_judged(claim: str) -> None:
    """Rounding alone would leave the domain: sqrt((1 + x)^2 - 1 - 2x), whose derivative is 1."""
    assert one("sqrt((1+x)^2 - 1 - 2*x)", {"x": 1e-6}, claim).word != "right"


def test_an_input_that_does_not_matter() -> None:
    assert one("x + detach(y)", {"x": 1.0, "y": 2.0}, "y=0").word == "right"
    wrong = one("x + detach(y)", {"x": 1.0, "y": 2.0}, "y=1.0000")
    assert (wrong.word, kinds(wrong)) == ("wrong", {"detached path counted"})


def test_where_there_is_no_derivative_no_number_is_right() -> None:
    found = judged("sqrt(x) + y", {"x": 0.0, "y": 1.0}, "x=0.5", "y=1")
    assert [j.word for j in found.claims] == ["undefined", "right"]
    assert found.status == ExitStatus.UNDEFINED
    assert "infinite" in found.claims[0].note


def test_where_rounding_took_the_digits_the_proven_ones_count() -> None:
    """The true derivative is -8.33e-6, the computed one 4.4e-5."""
    assert one("(1-cos(x))/x^2", {"x": 1e-4}, "x=-0.0000083333").word == "right"
    assert one("(1-cos(x))/x^2", {"x": 1e-4}, "x=3.5").word == "wrong"
    for computed in ("x=0.0000441", "x=4.410804467624985e-05"):
        judgement = one("(1-cos(x))/x^2", {"x": 1e-4}, computed)
        assert judgement.word == "wrong"
        assert "what float64 computes" in judgement.note
    assert one("(1-cos(x))/x^2", {"x": 1e-8}, "f=0.5").word == "right"
    assert one("(1-cos(x))/x^2", {"x": 1e-8}, "f=0.0").word == "wrong"


@pytest.mark.parametrize(
    ("claim", "word"), [("x=1", "right"), ("x=0.5", "wrong"), ("f=800", "right"), ("f=801", "wrong"), ("f=inf", "")]
)
def test_where_floats_overflow_the_proven_numbers_count(claim: str, word: str) -> None:
    """ln(1 + exp(x)) at 800 is 800 and a little, with derivative 1; float64 computes infinity and NaN."""
    if word:
        judgement = one("ln(1+exp(x))", {"x": 800.0}, claim)
        assert (judgement.word, judgement.explanations) == (word, ())
    else:
        with pytest.raises(UsageError, match="no finite number"):
            one("ln(1+exp(x))", {"x": 800.0}, claim)


def test_a_bad_claim_stops_no_other() -> None:
    found = judged(*WORKED, "x1=5.5", "x2=abc", "q=1", "x2=[1]", "x2: y", "x2=2.283")
    assert [j.word for j in found.claims] == ["right", "wrong"]
    assert [r.name for r in found.refused] == ["x2", "q", "x2", "x2"]
    assert found.status == ExitStatus.BAD_REQUEST


@pytest.mark.parametrize("claim", ["f=5.0", "f=0.123", "f=-1e10"])
def test_values_that_rounding_may_have_spoilt(claim: str) -> None:
    """The root of a number that rounding may take below 0."""
    assert one("sqrt((1+x)^2 - 1 - 2*x)", {"x": 1e-7}, claim).word in ("wrong", "undecided")


def test_a_value_that_does_not_exist() -> None:
    judgement = one("a = ln(x); where(x > 0, a, x)", {"x": -1.0}, "a=0.0")
    assert (judgement.word, judgement.note) == ("undefined", "the value is not finite")


@pytest.mark.parametrize(
    ("claim", "error", "words"),
    [
        ("x3=1", NameProblem, "neither an input nor a value"),
        ("x2=[1,2]", ShapeError, "needed is ()"),
        ("f=[1]", ShapeError, "needed is ()"),
        ("x2=[[1,2],[3]]", ShapeError, "ragged"),
        ("x2=[1,,2]", GradcliError, ""),
        ("x2=[1,2", GradcliError, "not closed"),
        ("x2=abc", NameProblem, "constant"),
        ("x2=nan", UsageError, "no finite number"),
        ("x2=-inf", UsageError, "no finite number"),
        ("x2=1/0", UsageError, "no finite number"),
        ("x2=1e400", UsageError, "larger than a float64"),
        ("x2=1e99999999999999", UsageError, "float64"),
        ("x2=" + "1" * 1000, UsageError, "1000 characters"),
        ("x2", GradcliError, "needs '='"),
        ("x2=", GradcliError, "no value"),
        ("", GradcliError, "missing"),
        ("=3", GradcliError, "no name"),
        ("x2:", GradcliError, "missing"),
        (": 3", GradcliError, "no name"),
    ],
)
def test_bad_claims_are_one_error(claim: str, error: type, words: str) -> None:
    with pytest.raises(error) as caught:
        one(*WORKED, claim)
    assert words in str(caught.value)
    assert caught.value.status == ExitStatus.BAD_REQUEST


@pytest.mark.parametrize(
    ("claim", "hint"),
    [
        ("x1=5,5", "a decimal point is a point: x1=5.5"),
        ("x1: 1/x1, x2: x1", "each formula is a claim of its own: --claim x:... --claim y:..."),
    ],
)
def test_the_mend_fits_the_mistake(claim: str, hint: str) -> None:
    with pytest.raises(GradcliError) as caught:
        one(*WORKED, claim)
    assert caught.value.hint == hint


def test_a_name_is_offered() -> None:
    with pytest.raises(NameProblem) as caught:
        one("alpha^2", {"alpha": 3.0}, "alpa=6")
    assert caught.value.hint == "did you mean alpha ?"


def test_no_claim_is_an_error() -> None:
    with pytest.raises(UsageError, match="no claim"):
        judged(*WORKED)


@pytest.mark.parametrize(
    ("text", "claim", "word"),
    [
        ("sqrt(x^2)", "x=1", "right"),
        ("sqrt(x^2)", "x=-1", "right"),
        ("sqrt(x^2)", "x=0.3", "right"),
        ("sqrt(x^2)", "x=1.1", "wrong"),
        ("3*sqrt(x^2) + x", "x=4.00", "right"),
        ("3*sqrt(x^2) + x", "x=-2.1", "wrong"),
        ("x*sqrt(|x|)", "x=0", "right"),
        ("x*sqrt(|x|)", "x=1", "wrong"),
        ("sqrt(x)", "x=0", "undefined"),
    ],
)
def test_claims_are_judged_with_the_limits_where_the_rules_give_no_number(text: str, claim: str, word: str) -> None:
    """sqrt(x^2) is |x|; x sqrt|x| has the derivative 0 at 0; sqrt(x) has none."""
    assert one(text, {"x": 0.0}, claim).word == word


def test_a_number_that_a_claim_has_to_be_is_no_nan() -> None:
    wrong = one("sum(x*sqrt(|x|))", {"x": [0.0, 4.0]}, "x=[1, 3]")
    assert (wrong.word, wrong.right, wrong.wrong) == ("wrong", [0.0, 3.0], (0,))
    assert one("sum(sqrt(x^2))", {"x": [0.0, 3.0]}, "x=[2, 1]").right is None


def test_what_the_rules_give_where_kinks_cancel_is_not_blamed_on_rounding() -> None:
    """relu(x) - relu(-x) is x."""
    wrong = one("relu(x) - relu(-x)", {"x": 0.0}, "x=0")
    assert (wrong.word, wrong.right) == ("wrong", 1.0)
    assert "rounding" not in wrong.note


@pytest.mark.parametrize(("claim", "word"), [("y=1", "right"), ("y=0", "wrong"), ("f=2", "right"), ("f=0", "wrong")])
def test_where_floats_take_the_wrong_side_of_a_jump_what_is_written_counts(claim: str, word: str) -> None:
    """(1 - 9/10) 10 is 1, and 0.9999999999999998 in floats."""
    assert one("floor((1-0.9*x)*10)*y", {"x": 1.0, "y": 2.0}, claim).word == word


@pytest.mark.parametrize(
    ("text", "x", "claim", "word"),
    [
        ("x*1e-14", 1.0, "x=0", "wrong"),
        ("6.62607015e-34*x", 5e14, "x=0", "wrong"),
        ("6.62607015e-34*x", 5e14, "f=0", "wrong"),
        ("6.62607015e-34*x", 5e14, "x=0.000", "right"),
        ("1-cos(x)", 1e-14, "x=0", "wrong"),
        ("1-cos(x)", 1e-14, "f=0", "wrong"),
        ("(x+1e17) - 1e17", 1.0, "x=0", "wrong"),
        ("sqrt(x^2+1) - x", 1e10, "f=0", "wrong"),
        ("x*sin(x) - sin(x)*x", 0.7, "x=0", "right"),
        ("sin(x)^2 + cos(x)^2", 1.0, "x=0", "right"),
        ("sin(x)", math.pi, "f=0", "right"),
        ("sin(x)", math.pi / 2, "x=0", "right"),
        ("1e-20*sin(x)", math.pi / 2, "x=0", "right"),
        ("1e-20*sin(x)", 1.5, "x=0", "wrong"),
        ("sin(pi*x)", 1.0, "f=0", "right"),
        ("(x-1.5)^2", 1.5, "x=0", "right"),
        ("(x-1.5)^2", 1.5 + 1e-13, "x=0", "wrong"),
    ],
)
def test_a_bare_0_is_0_and_not_small(text: str, x: float, claim: str, word: str) -> None:
    """The derivatives and values of theory: 0 is right where it is exact, or missed only because no float is pi."""
    assert one(text, {"x": x}, claim).word == word
