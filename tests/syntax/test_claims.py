"""Claims as text: names, digits, lists, formulas; anything else is one error."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradcli.carriers.constants import evaluate_constant
from gradcli.errors import GradcliError
from gradcli.syntax.claims import Claim, Refused, claim_of, claims_of, read_claims


def read(text: str) -> Claim:
    (claim,) = read_claims(text, evaluate_constant)
    assert isinstance(claim, Claim)
    return claim


@pytest.mark.parametrize(
    ("text", "value", "decimals"),
    [
        ("5.5", "11/2", 1),
        ("5.50", "11/2", 2),
        ("-3", "-3", 0),
        ("−3", "-3", 0),
        ("+3", "3", 0),
        (".5", "1/2", 1),
        ("5.", "5", 0),
        ("1e-3", "1/1000", 3),
        ("1.20e2", "120", 0),
        ("12E1", "120", -1),
        ("0.283...", "283/1000", 3),
        ("0.283…", "283/1000", 3),
        ("1/4", "1/4", None),
        ("2 - 0.5", "3/2", None),
        ("1e-400", f"1/{10**400}", 400),
    ],
)
def test_the_digits_of_a_number(text: str, value: str, decimals: int | None) -> None:
    (number,) = read(f"x={text}").numbers
    assert (number.value, number.decimals) == (Fraction(value), decimals)
    assert number.unit == (0 if decimals is None else Fraction(10) ** -decimals)


def test_lists_keep_the_digits_of_each_number() -> None:
    claim = read("W = [[1, 2.50], [ -3e-1 , 1/2 ]]")
    assert (claim.name, claim.shape) == ("W", (2, 2))
    assert [n.decimals for n in claim.numbers] == [0, 2, 1, None]
    assert read("x=[1,2]*2").numbers[1].value == 4
    assert read("x=[max(1,2), 3]").shape == (2,)


def test_several_claims_in_one_text() -> None:
    claims = read_claims("x1=5.5, w=[1,2], x2=pi/4", evaluate_constant)
    assert [c.name for c in claims] == ["x1", "w", "x2"]


def test_formulas_stand_behind_a_colon() -> None:
    claim = read("x₂: x1 - cos(x2)")
    assert claim.name == "x2"
    assert claim.text == "x1 - cos(x2)"
    assert claim.formula is not None
    assert claim.formula.free_names == ("x1", "x2")
    assert read("A: A[0:1]").formula is not None


def test_values_of_files_and_of_python() -> None:
    assert claim_of("x", "5.50", evaluate_constant).numbers[0].decimals == 2
    assert claim_of("x", 5.5, evaluate_constant).numbers[0].decimals == 1
    assert claim_of("x", 6, evaluate_constant).numbers[0].decimals == 0
    assert claim_of("x", ["1.0", ["2"]][0], evaluate_constant).shape == ()
    assert claim_of("w", [["1", "2.0"], ["3", "1/3"]], evaluate_constant).shape == (2, 2)
    assert claim_of("x", "2*y", evaluate_constant).formula is not None
    assert claim_of("x", "pi/4", evaluate_constant).formula is None
    assert claim_of("x", "[1, 2]", evaluate_constant).shape == (2,)


BAD = ["x=[1,,2]", "x=[1,2", "x=1,2]", "x=[[1][2]]", "x=[]", "x=[[1,2],[3]]", "x=[[1,2],3]", "x=[1,[2,3]]"]
BAD += ["x=nan", "x=-∞", "x=1e999", "x=1e9999999999", "x=1/0", "x=[1/0, 2]", "x=" + "9" * 5000, "x=0x10", "x=1_000"]
BAD += [
    "x=y",
    "x=",
    "x",
    "",
    ":",
    "x:",
    ": x",
    "1: x",
    "x=1;2",
    "x==2",
    "sin: x(",
    "x=@a.npy",
    "x='a'",
    'x="a"',
    "x=1,x=2",
]


@pytest.mark.parametrize("text", BAD)
def test_anything_else_is_one_error(text: str) -> None:
    (refused,) = read_claims(text, evaluate_constant)
    assert isinstance(refused, Refused)
    assert isinstance(refused.error, GradcliError)


@pytest.mark.parametrize(
    ("text", "mend"), [("df/dx=6", "x=6"), ("∂f/∂x1 = 6", "x1= 6"), ("∂f/∂x: 2x", "x: 2x"), ("d/dx: 2x", "x: 2x")]
)
def test_a_claim_of_a_derivative_as_it_is_printed(text: str, mend: str) -> None:
    (refused,) = read_claims(text, evaluate_constant)
    assert refused.error.hint == f"a claim of a derivative has the name of the input alone: {mend}"


@pytest.mark.parametrize("text", ["5", "a/b=3", "3: 4"])
def test_the_mend_names_an_input_of_the_expression(text: str) -> None:
    (refused,) = read_claims(text, evaluate_constant, "rate")
    assert refused.error.hint == 'write --claim rate=NUMBER, --claim "rate: FORMULA" or --claim @answers.json'


def test_the_mend_of_a_formula_names_what_it_is_of() -> None:
    (refused,) = read_claims("w:", evaluate_constant, "rate")
    assert refused.error.hint.startswith("write --claim w=NUMBER")


def test_a_bad_claim_in_a_list_stops_no_other() -> None:
    first, second, third = read_claims("x1=5.5, x2=abc, x3=[1,2]", evaluate_constant)
    assert isinstance(first, Claim)
    assert isinstance(third, Claim)
    assert isinstance(second, Refused)
    assert (second.name, second.text) == ("x2", "abc")
    assert second.error.span is not None
    assert claims_of({"x": None, "y": 2}, evaluate_constant)[1].name == "y"


@given(st.text(alphabet='xy12=:,[]().eE+-−*/^ @"…∞n', max_size=20))
def test_no_text_breaks_the_reader(text: str) -> None:
    claims = read_claims(text, evaluate_constant)
    assert claims
    assert all(claim.name for claim in claims if isinstance(claim, Claim))
