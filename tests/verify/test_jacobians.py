"""Claims of Jacobians: the shapes and layouts of the course's table, rows that slipped, formulas."""

import math

import pytest

from gradcli.errors import ShapeError
from tests.verify.judgements import judged, kinds, one
from tests.verify.test_formulas import anywhere

CURVE = ("[sin(x), cos(x)]", {"x": 0.5})
PRODUCT = ("A @ y", {"A": [[1.0, 2.0], [3.0, 4.5]], "y": [1.0, 2.0]})


@pytest.mark.parametrize(
    ("asked", "claim", "layout", "word"),
    [
        (CURVE, "x=[0.8776,-0.4794]", "torch", "right"),
        (CURVE, "x=[[0.8776],[-0.4794]]", "numerator", "right"),
        (CURVE, "x=[[0.8776,-0.4794]]", "denominator", "right"),
        (CURVE, "x=[0.8776,0.4794]", "torch", "wrong"),
        (PRODUCT, "y=[[1,2],[3,4.5]]", "torch", "right"),
        (PRODUCT, "y=[[1,2],[3,4.5]]", "numerator", "right"),
        (PRODUCT, "y=[[1,3],[2,4.5]]", "denominator", "right"),
        (PRODUCT, "f=[5, 12]", "torch", "right"),
        (PRODUCT, "f=[5, 13]", "torch", "wrong"),
        (PRODUCT, "A=[[[1,2],[0,0]],[[0,0],[1,2]]]", "torch", "right"),
        (PRODUCT, "A=[[[1,0],[2,0]],[[0,1],[0,2]]]", "numerator", "right"),
    ],
)
def test_layouts(asked: tuple, claim: str, layout: str, word: str) -> None:
    assert one(*asked, claim, layout).word == word


def test_the_other_layout_is_recognised() -> None:
    """d(Ay)/dy is A in the numerator layout and A' in the other."""
    turned = one(*PRODUCT, "y=[[1,3],[2,4.5]]")
    assert (turned.wrong, kinds(turned)) == ((1, 2), {"transposed matrix"})
    assert kinds(one(*PRODUCT, "y=[[1,2],[3,4.5]]", "denominator")) == {"transposed matrix"}
    assert kinds(one(*CURVE, "x=[[0.8776],[-0.4794]]")) == {"other layout"}
    shapes = {"A": (3, 3), "y": (3,)}
    assert anywhere("A @ y", "y: A", **shapes).word == "right"
    assert kinds(anywhere("A @ y", "y: A'", **shapes)) == {"transposed matrix"}
    assert kinds(anywhere("A @ y", "y: A'", A=(2, 3), y=(3,))) == {"transposed matrix"}
    assert anywhere("A @ y", "y: A'", "denominator", **shapes).word == "right"


def test_a_row_that_slipped() -> None:
    judgement = one(*CURVE, "x=[0.8776,0.4794]")
    assert (judgement.wrong, kinds(judgement)) == ((1,), {"flipped sign"})
    assert judgement.explanations[0].text.startswith("row [1]: ")
    assert judgement.right == pytest.approx((math.cos(0.5), -math.sin(0.5)), abs=1e-15)
    formula = one(*CURVE, "x: [cos(x), sin(x)]")
    assert (formula.point, kinds(formula)) == ({"x": 0.5}, {"flipped sign"})


def test_the_jacobian_of_softmax() -> None:
    right = "z: diag(softmax(z)) - outer(softmax(z), softmax(z))"
    assert anywhere("softmax(z)", right, z=(3,)).word == "right"
    assert anywhere("softmax(z)", "z: diag(softmax(z))", z=(3,)).word == "wrong"


def test_kinks_and_overflow_in_one_row() -> None:
    assert one("[|x|, x]", {"x": 0.0}, "x=[0.5, 1]").word == "right"
    assert one("[|x|, x]", {"x": 0.0}, "x=[1.5, 1]").wrong == (0,)
    assert one("[ln(1+exp(x)), x]", {"x": 800.0}, "x=[1, 1]").word == "right"
    assert one("[sqrt(x), x]", {"x": 0.0}, "x=[1, 1]").word == "undefined"


@pytest.mark.parametrize("claim", ["y=[1,2]", "y=1", "y: y", "A=[[1,2],[3,4]]"])
def test_another_shape_is_refused(claim: str) -> None:
    with pytest.raises(ShapeError) as caught:
        one(*PRODUCT, claim)
    assert "Jacobian" in str(caught.value)


def test_a_large_output_is_refused() -> None:
    with pytest.raises(ShapeError, match="has 65 elements"):
        judged("x*y", {"x": 2.0, "y": [1.0] * 65}, f"x={[1.0] * 65}")
