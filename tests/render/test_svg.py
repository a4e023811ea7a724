"""The text of an SVG file."""

import re
import xml.etree.ElementTree as ElementTree

import pytest

from gradcli.render.drawing import card_face, compose, draw, label_face
from gradcli.render.layout import Box, Layout
from gradcli.render.picture import Picture, Theme
from gradcli.render.shapes import Drawing
from gradcli.render.svg import COLOURED, PALETTES, to_svg
from tests.golden_files import Golden
from tests.render.pictures import PICTURES, hostile, square, worked_example


def square_drawing() -> Drawing:
    """From positions written here, so that a file made of it does not depend on an engine."""
    picture = square()
    faces = [card_face(card) for card in picture.cards]
    labels = [label_face(edge, framed=False) for edge in picture.edges]
    layout = Layout(
        (300, 80),
        (Box(0, 10, faces[0].box.width, faces[0].box.height), Box(160, 0, faces[1].box.width, faces[1].box.height)),
        (Box(114, 10, 17, 17), Box(114, 50, 17, 17)),
        (((87, 30), (100, 30), (140, 18), (160, 28)), ((87, 50), (100, 50), (140, 58), (160, 50))),
        (),
    )
    return compose(picture, faces, labels, layout)


def test_golden_square(golden: Golden) -> None:
    golden("square.svg", to_svg(square_drawing()))


def test_scale_is_the_size_at_first() -> None:
    drawing = square_drawing()
    small, large = (ElementTree.fromstring(to_svg(drawing, scale=scale)) for scale in (1, 2.5))
    assert small.get("viewBox") == large.get("viewBox") == f"0 0 {drawing.width:g} {drawing.height:g}"
    assert float(large.get("width", "")) == 2.5 * drawing.width


@pytest.mark.parametrize("theme", ["auto", "light", "dark"])
@pytest.mark.parametrize("picture", PICTURES.values(), ids=PICTURES)
def test_well_formed_and_alone(picture: Picture, theme: Theme) -> None:
    text = to_svg(draw(picture), theme)
    root = ElementTree.fromstring(text)
    assert root.get("role") == "img"
    assert root[0].tag.endswith("title")
    assert root[1].tag.endswith("desc")
    allowed = {"svg", "title", "desc", "style", "rect", "g", "path", "polygon", "text"}
    assert {element.tag.split("}")[1] for element in root.iter()} <= allowed
    assert not re.search(r"https?:(?!//www\.w3\.org/2000/svg\")|@import|url\(", text)
    assert not any(attribute.startswith("on") for element in root.iter() for attribute in element.attrib)


def test_hostile_text_is_told_as_it_is() -> None:
    text = to_svg(draw(hostile()))
    assert "<script" not in text
    assert all(character.isprintable() or character == "\n" for character in text)
    title = ElementTree.fromstring(text)[0].text or ""
    assert "</title><script>" in title
    assert "\\u202e" in title


def test_what_is_shortened_is_told_in_full() -> None:
    text = to_svg(draw(PICTURES["long names"]))
    assert "3.14159" * 20 in text
    assert "…" in text


def test_colours_of_both_themes() -> None:
    assert PALETTES["light"].keys() == PALETTES["dark"].keys()
    assert {colour for _, _, colour in COLOURED} == PALETTES["light"].keys()
    text = to_svg(draw(worked_example()))
    assert "prefers-color-scheme:dark" in text
    assert "var(" not in to_svg(draw(worked_example()), "dark")


def test_sign_is_written() -> None:
    assert "−1</text>" in to_svg(draw(worked_example()))


def luminance(colour: tuple[float, ...]) -> float:
    """Relative luminance as WCAG 2 defines it."""
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in colour]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("theme", PALETTES)
@pytest.mark.parametrize(
    ("text", "ground", "over", "opacity"),
    [
        ("ink", "paper", "paper", 1),
        ("muted", "card", "card", 1),
        ("muted", "frame", "frame", 1),
        ("ink", "badge", "badge", 1),
        ("on-alarm", "alarm", "alarm", 1),
        *((("ink", tint, "card", 0.5)) for tint in ("positive", "negative", "neutral")),
        ("ink", "alarm", "card", 0.25),
    ],
)
def test_texts_have_the_contrast_that_wcag_asks_for(
    theme: str, text: str, ground: str, over: str, opacity: float
) -> None:
    def channels(name: str) -> tuple[float, ...]:
        return tuple(int(PALETTES[theme][name][at : at + 2], 16) / 255 for at in (1, 3, 5))

    mixed = tuple(opacity * a + (1 - opacity) * b for a, b in zip(channels(ground), channels(over), strict=True))
    light, dark = sorted((luminance(channels(text)), luminance(mixed)), reverse=True)
    assert (light + 0.05) / (dark + 0.05) >= 4.5
