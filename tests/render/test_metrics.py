"""Widths of texts without a font."""

import pytest

from gradcli.render.metrics import MONO, WIDE, inert, shorten, text_width, wrap


@pytest.mark.parametrize("text", ["abc", "x₁ᵀ", "αβγ", "−1²"])
def test_letters_have_one_width(text: str) -> None:
    assert text_width(text, 10) == pytest.approx(10 * MONO * len(text))


def test_wide_and_combining_characters() -> None:
    assert text_width("漢😀", 10) == pytest.approx(20 * WIDE)
    assert text_width("e\u0301", 10) == text_width("e", 10)


@pytest.mark.parametrize("text", ["x" * 100, "漢字" * 50, "e\u0301" * 80, "a漢" * 40])
@pytest.mark.parametrize("width", [30.0, 100.0, 333.0])
def test_shortened_in_the_middle(text: str, width: float) -> None:
    short = shorten(text, 12, width)
    assert text_width(short, 12) <= width
    head, tail = short.split("…")
    assert text.startswith(head)
    assert text.endswith(tail)
    assert text_width(short, 12) > width - 2 * 12 * WIDE


def test_short_text_stays() -> None:
    assert shorten("abc", 12, 100) == "abc"


def test_inert() -> None:
    assert inert("a\tb\nc\u00a0d") == "a b c d"
    assert inert("\u202e\x00\u200b") == "\\u202e\\u0000\\u200b"
    assert inert("\ud800") == "\\ud800"


def test_wrapped_at_spaces() -> None:
    text = "one two three four five"
    lines = wrap(text, 10, 60, 4)
    assert " ".join(lines) == text
    assert len(lines) > 1
    assert all(text_width(line, 10) <= 60 for line in lines)
    assert wrap(text, 10, 60, 2) == [lines[0], text.removeprefix(lines[0] + " ")]
    assert wrap("x" * 99, 10, 60, 4) == ["x" * 99]
    assert wrap("", 10, 60, 4) == []
