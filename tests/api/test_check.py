"""Claims in Python: the same judgements and lines as on the command line."""

import numpy as np
import pytest

import gradcli
from gradcli import GradcliError
from tests.process import run_gradcli

F = gradcli.parse("ln(x1)+x1*x2-sin(x2)")


def test_a_slip_is_an_object() -> None:
    check = F.check({"x1": 5.5, "x2": 2.283}, x1=2, x2=5)
    assert not check.right
    assert check.verdict == "verified"
    first, second = check.claims
    assert (first.judgement, first.slips) == ("right", ())
    assert second.right == pytest.approx(1.7163378145367738, abs=1e-15)
    assert [slip.kind for slip in second.slips] == ["flipped sign"]


def test_the_lines_are_those_of_the_command() -> None:
    claims = {"x1": "5.5", "x2": "x1 + cos(x2)", "f": "11.651"}
    done = run_gradcli("check", F.source, "--at", "x1=2,x2=5", "--claim", "x1=5.5", "--claim", "x2: x1 + cos(x2)",
                       "--claim", "f=11.651")  # fmt: skip
    assert str(F.at(x1=2, x2=5).check(claims)) == done.stdout.rstrip("\n")


def test_formulas_and_arrays() -> None:
    p = gradcli.parse("a = dot(x, w); b = a - y; z = b^2").at(x=[1, 2, 3], w=[0.5, -1, 2], y=1.5)
    check = p.check({"w": np.array([6.0, 12.0, 18.0]), "x": "2*b*w", "y": -6})
    assert check.right
    assert check.claims[1].points > 16
    wrong = p.check({"x": "b*w"}).claims[0]
    assert wrong.counterexample == p.inputs
    assert (wrong.gives, wrong.right) == ([1.5, -3.0, 6.0], [3.0, -6.0, 12.0])
    assert p.check({"w": [[6, 12, 18]]}, layout="numerator").right
    assert "<table" in check._repr_html_()


def test_a_float_counts_as_python_prints_it() -> None:
    assert F.check({"x2": 1.716}, x1=2, x2=5).right
    assert not F.check({"x2": 1.71633}, x1=2.0001, x2=5).right


def test_a_refused_claim_stops_no_other() -> None:
    check = F.check({"x1": 5.5, "x3": 1, "x2": None}, x1=2, x2=5)
    assert not check.right
    assert [claim.name for claim in check.claims] == ["x1"]
    assert [claim.name for claim in check.refused] == ["x3", "x2"]
    assert "neither an input nor a value" in check.refused[0].error
    assert "neither an input nor a value" in str(check)


def test_where_floats_overflow_the_proven_numbers_count() -> None:
    assert gradcli.parse("ln(1 + exp(x))").at(x=800).check({"x": 1, "f": 800}).right


BAD = [{}, 3, ["x1"], {"x3": 1}, {"x1": None}, {"x1": True}, {"x1": "1/"}, {"x1": float("nan")}, {"x1": [1, [2]]}]
BAD += [{"x1": ""}, {"x1": "q + 1"}, {1: 2}, {"x1": [1.0]}]


@pytest.mark.parametrize("claims", BAD)
def test_bad_claims_are_one_error(claims: object) -> None:
    with pytest.raises(GradcliError) as caught:
        F.check(claims, x1=2, x2=5)
    assert "--" not in str(caught.value)
