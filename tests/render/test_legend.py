"""What the legend of a picture says."""

from gradcli.render.drawing import legend
from gradcli.render.picture import Card, Edge, Picture, Row
from tests.render.geometry import texts


def legend_words(picture: Picture) -> list[str]:
    return [text.text for item in legend(picture) for text in texts(item)]


def test_the_legend_explains_what_the_picture_uses() -> None:
    pair = (Card("x", "x", "input"), Card("g", "g", "group", group="g"))
    assert legend_words(Picture("", pair, (Edge("x", "g", "2 edges"),))) == ["input", "group"]
    alarmed = (Card("x", "x", "input", alarm="kink"), Card("y", "y", "input"))
    words = legend_words(Picture("", alarmed, (Edge("x", "y", "0", cut=True, position=0),)))
    assert words == [
        "on an edge: local partial",
        "dashed border: kink, not finite or digits lost",
        "dashed edge: no derivative flows",
    ]


def test_arrows_are_named_before_the_colours_of_what_they_stand_for() -> None:
    rows = (Row("∂/∂x →", "1", part="tangent"), Row("← ∂y/∂x", "2", 0.5, part="adjoint"))
    joined = (Edge("x", "y", "2", position=0),)
    words = legend_words(Picture("", (Card("x", "x", "input", rows), Card("y", "y", "input", rows)), joined))
    assert words == ["on an edge: local partial", "→ tangent", "← adjoint", "positive"]
    words = legend_words(Picture("", (Card("x", "x", "input", rows[1:]), Card("y", "y", "input")), joined))
    assert words == ["on an edge: local partial", "← adjoint", "positive"]
