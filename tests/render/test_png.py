"""Pictures of pixels, and that the texts are in them."""

import struct

import pytest

from gradcli.errors import UsageError
from gradcli.render.drawing import draw
from gradcli.render.fonts import needs_other_fonts, texts
from gradcli.render.png import to_png
from gradcli.render.shapes import Drawing, Text
from gradcli.render.sizes import PNG
from gradcli.render.tex_text import MATHS, TABLE
from tests.render.pictures import PICTURES, hostile, long_names, worked_example
from tests.render.test_svg import square_drawing

OWN = "".join(dict.fromkeys("".join(text for picture in (worked_example(),) for text in texts(draw(picture).shapes))))


def written(text: str, style: str = "value") -> bytes:
    """A picture of nothing but a text."""
    return to_png(Drawing(30 + 12 * len(text), 30, "", "", (Text((10, 20), text, style, 12),)))


def size(png: bytes) -> tuple[int, int]:
    assert png.startswith(b"\x89PNG\r\n\x1a\n")
    width, height = struct.unpack(">II", png[16:24])
    return width, height


@pytest.mark.parametrize("scale", [0.5, 1.0, 2.0])
def test_size(scale: float) -> None:
    drawing = square_drawing()
    width, height = size(to_png(drawing, scale=scale))
    assert abs(width - scale * drawing.width) < 1
    assert abs(height - scale * drawing.height) < 1


@pytest.mark.parametrize("style", ["value", "name"])
def test_every_text_is_in_the_picture(style: str) -> None:
    """Without fonts the renderer leaves texts out and says nothing."""
    for text in filter(str.strip, texts(draw(worked_example()).shapes)):
        assert written(text, style) != written(" " * len(text), style), text


@pytest.mark.parametrize("style", ["value", "name"])
def test_fonts_have_what_gradcli_writes(style: str) -> None:
    missing = written("\ue000", style)
    for char in filter(str.strip, {*OWN, *MATHS, *TABLE, *"àéîõüåçñšžøλΩЖяᵀ₉⁹"}):
        assert written(char, style) not in (missing, written(" ", style)), f"{char} U+{ord(char):04X}"


def test_a_character_that_no_font_has_is_a_box() -> None:
    assert written("\ue000") != written(" ")


def test_fonts_of_the_system_are_asked_only_for_other_scripts() -> None:
    assert not needs_other_fonts(draw(worked_example()))
    assert needs_other_fonts(draw(long_names()))


def test_themes() -> None:
    drawing = draw(worked_example())
    assert to_png(drawing, "auto") == to_png(drawing, "light") != to_png(drawing, "dark")


@pytest.mark.parametrize("name", ["clusters", "hostile", "long names", "one card"])
def test_any_picture(name: str) -> None:
    assert size(to_png(draw(PICTURES[name]), scale=1))[0] > 50


def test_too_large() -> None:
    drawing = draw(hostile())
    scale = (PNG.area / (drawing.width * drawing.height)) ** 0.5 * 1.01
    with pytest.raises(UsageError, match="64 million") as raised:
        to_png(drawing, scale=scale)
    fitting = float((raised.value.hint or "").split()[1])
    assert 0 < fitting < scale
    assert drawing.width * drawing.height * fitting**2 <= PNG.area


def test_a_very_large_picture_is_drawn_as_large_as_it_can() -> None:
    drawing = Drawing(9000, 9000, "", "", ())
    width, height = size(to_png(drawing))
    assert 0.95 * PNG.area < width * height <= PNG.area
    assert size(to_png(Drawing(100, 50, "", "", ()))) == (200, 100)
