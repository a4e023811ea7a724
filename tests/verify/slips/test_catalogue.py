"""Planted slips are found, random wrong numbers are not explained."""

import json
import math
import random
from collections.abc import Callable
from math import cos, exp, radians, sqrt
from pathlib import Path

import pytest

from gradcli.verify.claims import OTHER_LAYOUT
from gradcli.verify.explanations import MOST_CHANCE
from gradcli.verify.slips.catalogue import SLIPS
from tests.conftest import Count
from tests.verify.judgements import kinds, one
from tests.verify.slips.planted import (
    CHAIN,
    CIRCULAR,
    DEGREES,
    DIAGONAL,
    EXPRESSIONS,
    FACTOR,
    FURTHER,
    KEPT,
    SIGN,
    TRUNCATED,
    softmax,
)

ALL = {**EXPRESSIONS, **FURTHER}
PLANTED = [
    pytest.param(text, point, name, kind, wrong, id=f"{text}, {name}: {kind} {number}")
    for text, (point, slips) in ALL.items()
    for number, (name, kind, wrong) in enumerate(slips)
]


NEVER_MISSED = (CIRCULAR, DIAGONAL, KEPT)


def written(value) -> str:
    """Numbers as a student would write them."""
    if isinstance(value, list):
        return f"[{', '.join(map(written, value))}]"
    return f"{value:.4f}"


def test_there_are_as_many_as_promised() -> None:
    assert len(EXPRESSIONS) == 20
    assert sum(len(slips) for _, slips in EXPRESSIONS.values()) >= 60
    assert sum(len(slips) for _, slips in FURTHER.values()) >= 15


@pytest.mark.heavy(sample=25)
@pytest.mark.parametrize(("text", "point", "name", "kind", "wrong"), PLANTED)
def test_no_planted_slip_is_explained_as_another(text: str, point: dict, name: str, kind: str, wrong: Callable) -> None:
    judgement = one(text, point, f"{name}={written(wrong(**point))}")
    assert judgement.word == "wrong"
    assert not kinds(judgement) or kind in kinds(judgement)


def test_nine_in_ten_planted_slips_are_explained(count: Count, rng: random.Random) -> None:
    chosen = rng.sample(PLANTED, count(sample=30, full=len(PLANTED)))
    missed = []
    for case in chosen:
        text, point, name, kind, wrong = case.values
        if kind not in kinds(one(text, point, f"{name}={written(wrong(**point))}")):
            missed.append(case.id)
    assert len(missed) <= 0.1 * len(chosen), missed


DECIMALS, SIGNIFICANT = "decimals", "three significant digits"


def random_claims(rng: random.Random, number: int, digits: str):
    """Wrong numbers of the size of the right ones, with one to five decimals or with three significant digits."""
    names = [(t, p, n) for t, (p, slips) in ALL.items() for n, _, _ in slips if isinstance(p[n], float)]
    found = 0
    while found < number:
        text, point, name = rng.choice(names)
        right = one(text, point, f"{name}=0.0").right
        size = rng.choice((1.0, 2.0, 3.0)) * abs(right)
        wrong = rng.uniform(-size, size)
        typed = f"{wrong:.{rng.randint(1, 5)}f}" if digits == DECIMALS else f"{wrong:.3g}"
        judgement = one(text, point, f"{name}={typed}")
        if judgement.word == "wrong":
            found += 1
            yield judgement


@pytest.mark.parametrize("digits", [DECIMALS, SIGNIFICANT])
def test_random_wrong_claims_are_not_explained(digits: str, count: Count, rng: random.Random) -> None:
    number = count(sample=200, full=3000)
    explained = [j for j in random_claims(rng, number, digits) if j.explanations]
    assert len(explained) <= MOST_CHANCE * number, [(j.claim.name, j.claim.text, kinds(j)) for j in explained]


def test_at_most_one_in_fifty_is_what_was_promised() -> None:
    assert MOST_CHANCE <= 0.02


def test_the_schema_knows_the_kinds() -> None:
    schema = json.loads((Path(__file__).parents[3] / "docs" / "schema.json").read_text(encoding="utf-8"))
    named = schema["$defs"]["claim"]["properties"]["slips"]["items"]["properties"]["kind"]["enum"]
    assert sorted(named) == sorted([*(slip.kind for slip in SLIPS), OTHER_LAYOUT])


def test_row_one_in_one_line() -> None:
    judgement = one("ln(x1)+x1*x2-sin(x2)", {"x1": 2.0, "x2": 5.0}, "x2=2.283")
    (explanation,) = judgement.explanations
    assert explanation.kind == SIGN
    assert explanation.text == "the sign of ∂v3/∂x2 or ∂f/∂v3 is flipped (v3 = sin(x2)): 2 - (-0.283662) = 2.28366"


def test_several_kinds_are_all_named() -> None:
    """4x for 2 x'x: the 2 that is written, or the 2 of the square."""
    judgement = one("2*dot(x,x)", {"x": [0.0, 1.0, 2.0, 3.0]}, "x=[0,2,4,6]")
    assert kinds(judgement) == {CHAIN, FACTOR}


def test_every_step_cut() -> None:
    """1/7 = 0.14 in two decimals, times 50."""
    assert kinds(one("x/7*50", {"x": 1.0}, "x=7.00")) == {TRUNCATED}


def test_a_factor_of_minus_one_is_a_sign() -> None:
    assert kinds(one("exp(-x)", {"x": 1.3}, f"x={exp(-1.3):.4f}")) == {SIGN}


def test_few_digits_tell_nothing() -> None:
    judgement = one("ln(x1)+x1*x2-sin(x2)", {"x1": 2.0, "x2": 5.0}, "x2=-2")
    assert judgement.word == "wrong"
    assert not judgement.explanations
    assert "few digits" in judgement.note


def test_a_slip_in_one_component() -> None:
    judgement = one("sum(x^3)", {"x": [1.1, 2.2, 3.3]}, "x=[3.630, -14.520, 32.670]")
    assert judgement.wrong == (1,)
    assert kinds(judgement) == {SIGN}
    assert judgement.explanations[0].text.startswith("[1]: ")


@pytest.mark.parametrize(
    ("text", "right"),
    [("sin(x)", 0.3), ("asin(x)", 0.3), ("sec(x)*x", 0.3), ("atan2(x, 2)*x", 0.3)],
)
def test_angles_are_declared(text: str, right: float) -> None:
    """A calculator in degrees: sin and sec take degrees, asin and atan2 give them."""
    degrees = {
        "sin(x)": cos(radians(right)),
        "sec(x)*x": (1 + right * math.tan(radians(right))) / cos(radians(right)),
        "atan2(x, 2)*x": math.degrees(math.atan2(right, 2)) + right * 2 / (right**2 + 4),
        "asin(x)": math.degrees(1 / sqrt(1 - right**2)),
    }
    judgement = one(text, {"x": right}, f"x={degrees[text]:.5f}")
    assert DEGREES in kinds(judgement)


def test_large_graphs_and_arrays_are_left_alone_and_it_is_said() -> None:
    terms = "+".join(f"sin({k}*x[{k % 50}])" for k in range(1, 700))
    judgement = one(terms, {"x": [k / 50 for k in range(50)]}, f"x=[{', '.join(['1.234'] * 50)}]")
    assert judgement.word == "wrong"
    assert "too large" in judgement.note


def test_a_detached_value_is_differentiated_all_the_same() -> None:
    """The notes' example: u = detach(x*x), so that the derivative of u*x is u, not 3x^2."""
    point = {"x": [0.0, 1.0, 2.0, 3.0]}
    judgement = one("u = detach(x*x); sum(u*x)", point, "x=[0, 3, 12, 27]")
    assert [e.text for e in judgement.explanations] == ["u = detach(v1) is differentiated as if it were not detached"]
    assert kinds(one("u = detach(x*x); sum(u*x)", point, "x: 3*x^2")) == {"detached path counted"}


def test_a_multiple_of_what_is_right_is_said() -> None:
    """Without 1/(2n), and with the 2 of the square cancelled: two slips, so that no single one explains it."""
    text = "1/(2*4)*norm(X@w - y)^2"
    point = {"X": [[3.0, 1.0], [2.0, 0.0], [4.0, 0.5], [3.0, 0.2]], "w": [1.0, 2.0], "y": [1.0, 2.0, 3.0, 4.5]}
    judgement = one(text, point, "w: X'@(X@w - y)")
    assert (judgement.explanations, judgement.note) == ((), "it is 4 times the right one")
    assert (
        one("sum(x^3)", {"x": [1.5, 2.5, 3.5]}, "x=[5.0625, 14.0625, 27.5625]").note == "it is 3/4 times the right one"
    )
    assert "times" not in one("sum(x^3)", {"x": [1.5, 2.5, 3.5]}, "x=[5.0625, 14.0625, 27.5725]").note


@pytest.mark.parametrize(
    ("text", "point", "name", "kind", "wrong"), [c for c in PLANTED if c.values[3] in NEVER_MISSED]
)
def test_these_are_always_explained(text: str, point: dict, name: str, kind: str, wrong: Callable) -> None:
    assert kind in kinds(one(text, point, f"{name}={written(wrong(**point))}"))


def test_a_softmax_whose_jacobian_is_a_matrix() -> None:
    z = [0.2, 1.4, -0.3]
    rows = [[p * (1 - p) * (i == k) for k in range(3)] for i, p in enumerate(softmax(z))]
    judgement = one("softmax(z)", {"z": z}, f"z={written(rows)}")
    assert kinds(judgement) == {DIAGONAL}
    assert judgement.explanations[0].text.startswith("row [0]: the Jacobian of f = softmax(z) is taken as diagonal")
