"""The picture model and its helpers."""

import math

import pytest

from gradcli.render.picture import Card, Cluster, Edge, Picture, plain_names, pretty_name, signed_log_tint


@pytest.mark.parametrize(
    ("name", "pretty"),
    [("x1", "x₁"), ("x_12", "x₁₂"), ("alpha3", "alpha₃"), ("x", "x"), ("x1y", "x1y"), ("1", "1"), ("a_b1", "a_b1")],
)
def test_pretty_name(name: str, pretty: str) -> None:
    assert pretty_name(name) == pretty


def test_signed_log_tint() -> None:
    assert signed_log_tint(5.0, 5.0) == 1
    assert signed_log_tint(-5.0, 5.0) == -1
    assert signed_log_tint(0.0, 5.0) == 0
    assert 0.1 <= signed_log_tint(1e-3, 5.0) < signed_log_tint(1.0, 5.0) < 1
    assert signed_log_tint(-1e-30, 5.0) == -0.1
    assert math.isnan(signed_log_tint(-math.inf, 5.0))
    assert signed_log_tint(1.0, math.inf) == pytest.approx(0.1)
    assert math.isnan(signed_log_tint(math.nan, 5.0))


def test_a_picture_is_consistent() -> None:
    x = Card("x", "x", "input")
    with pytest.raises(ValueError, match="same id"):
        Picture("", (x, x))
    with pytest.raises(ValueError, match="'z'"):
        Picture("", (x,), (Edge("x", "z"),))
    with pytest.raises(ValueError, match="two clusters"):
        Picture("", (x,), (), (Cluster("a", ("x",)), Cluster("b", ("x",))))
    with pytest.raises(ValueError, match="comes before the one around it"):
        Picture("", (x,), (), (Cluster("a", ("x",), 1), Cluster("b", ())))


def test_a_card_is_in_all_frames_around_its_own() -> None:
    cards = tuple(Card(name, name, "input") for name in "xyz")
    frames = (Cluster("a", ("x",)), Cluster("b", (), 0), Cluster("c", ("y",), 1), Cluster("d", ("z",)))
    picture = Picture("", cards, (), frames)
    assert picture.frames_around() == {"x": (0,), "y": (0, 1, 2), "z": (3,)}
    assert picture.nested(lambda index, inner: f"{index}({' '.join(inner)})") == ["0(1(2()))", "3()"]


def test_names_that_would_become_one_have_no_subscripts() -> None:
    assert plain_names(["x1", "x2", "y_1", "x"]) == frozenset()
    assert plain_names(["x1", "x_1", "x2"]) == {"x1", "x_1"}
    assert pretty_name("x_1", {"x1", "x_1"}) == "x_1"
