"""Under which condition a formula is right that is wrong in general: what is known from theory, and nothing else."""

import pytest

from tests.verify.judgements import one
from tests.verify.test_formulas import anywhere

ENTROPY = "-sum(y*log_softmax(z))"
SHAPES = {"z": (3,), "y": (3,)}


@pytest.mark.parametrize(
    ("text", "claim", "condition", "shapes"),
    [
        (ENTROPY, "z: softmax(z) - y", "sum(y) = 1", SHAPES),
        (
            "-sum(Y*log_softmax(Z, axis=1))",
            "Z: softmax(Z, axis=1) - Y",
            "each row of Y sums to 1",
            {"Z": (2, 3), "Y": (2, 3)},
        ),
        ("|x|", "x: 1", "x is positive", {}),
        ("|x|", "x: -1", "x is negative", {}),
        ("sqrt(x^2*y^2)", "x: y", "all inputs are positive", {}),
        ("x^3", "x: 3*exp(2*ln(x))", "x is positive", {}),
        ("y' @ A @ y", "y: 2*A@y", "A is symmetric", {"y": (3,), "A": (3, 3)}),
        ("y' @ A @ y", "y: 0*y", "A is skew", {"y": (3,), "A": (3, 3)}),
        ("norm(A@x)^2", "x: 2*x", "A is orthogonal", {"x": (3,), "A": (3, 3)}),
        ("norm(x)", "x: x", "norm(x) = 1", {"x": (3,)}),
        ("cos(2*pi*k)*x", "x: 1", "k is a whole number", {}),
    ],
)
def test_theory(text: str, claim: str, condition: str, shapes: dict) -> None:
    judgement = anywhere(text, claim, **shapes)
    assert judgement.word == "wrong"
    assert judgement.conditions == (condition,)
    assert not judgement.right_at_point


@pytest.mark.parametrize(
    ("text", "claim", "shapes"),
    [
        ("x^2", "x: x", {}),
        ("x*y", "x: x", {}),
        ("x1*x2 - sin(x2)", "x2: x1 + cos(x2)", {}),
        ("exp(x)", "x: x*exp(x-1)", {}),
        (ENTROPY, "z: softmax(z) + y", SHAPES),
        ("norm(X@w-y)^2", "w: X'@(X@w-y)", {"X": (3, 2), "w": (2,), "y": (3,)}),
        ("x^3", "x: where(x > 900, 0, 3*x^2)", {}),
    ],
)
def test_most_wrong_formulas_are_right_nowhere_simple(text: str, claim: str, shapes: dict) -> None:
    assert anywhere(text, claim, **shapes).conditions == ()


def test_the_given_point_is_explained() -> None:
    """p - y is right at her point, where y sums to 1; it is wrong at one where y sums to 2."""
    point = {"z": [1.0, 2.0, 3.0], "y": [0.0, 1.0, 0.0]}
    here = one(ENTROPY, point, "z: softmax(z) - y")
    assert (here.word, here.right_at_point, here.conditions) == ("wrong", True, ("sum(y) = 1",))
    assert here.point != point
    elsewhere = one(ENTROPY, {**point, "y": [1.0, 1.0, 0.0]}, "z: softmax(z) - y")
    assert (elsewhere.word, elsewhere.right_at_point) == ("wrong", False)
    assert elsewhere.conditions == ("sum(y) = 1",)


@pytest.mark.parametrize(
    ("text", "point", "claim", "condition"),
    [
        ("x*y", {"x": 2.0, "y": 2.0}, "x: x", "x = y"),
        ("x^2*y", {"x": 3.0, "y": 1.0}, "x: 2*x", "y = 1"),
        ("x*z+x*y", {"x": 3.0, "y": 0.0, "z": 2.0}, "x: z", "y = 0"),
    ],
)
def test_what_is_special_about_a_point(text: str, point: dict, claim: str, condition: str) -> None:
    judgement = one(text, point, claim)
    assert (judgement.right_at_point, judgement.conditions) == (True, (condition,))


def test_a_coincidence_has_no_condition() -> None:
    """x^2 and 2x meet at 2, sin(x) and -sin(x) at 0: that is the point itself, no condition."""
    assert one("cos(x)", {"x": 0.0}, "x: sin(x)").conditions == ()
    judgement = one("x^3/3", {"x": 2.0}, "x: 2*x")
    assert (judgement.right_at_point, judgement.conditions) == (True, ())


@pytest.mark.parametrize(
    ("text", "point", "claim", "conditions"),
    [
        ("relu(w*x+b)", {"w": 2.0, "x": 3.0, "b": -1.0}, "w: x", ()),
        ("-(y*ln(p)+(1-y)*ln(1-p))", {"p": 0.3, "y": 1.0}, "p: -y/p-(1-y)/(1-p)", ("y = 1",)),
    ],
)
def test_no_condition_is_met_by_a_counterexample(
    text: str, point: dict[str, float], claim: str, conditions: tuple[str, ...]
) -> None:
    """relu(2*3-1) is active, as it is not at all whole numbers; the terms of cross-entropy part for y but 1."""
    found = one(text, point, claim)
    assert (found.word, found.right_at_point, found.conditions) == ("wrong", True, conditions)
