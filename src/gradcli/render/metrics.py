"""Widths of text in a monospaced font, in em (one em is the font size), without a font library.

The picture names a stack of fonts and cannot know which one the viewer has, so every width here is an upper bound over
the usual ones (DejaVu Sans Mono, Menlo, Consolas, Liberation Mono) and over the fonts that stand in for missing glyphs.
"""

from __future__ import annotations

import unicodedata

from gradcli.errors import visible

MONO = 0.605
"""Advance of a letter: DejaVu Sans Mono 0.602, Menlo 0.602, Liberation Mono 0.6, Consolas 0.55."""

SYMBOL = 0.8
"""Arrows and mathematical operators: 0.602 in DejaVu Sans Mono, up to 0.8 in the symbol fonts of other systems."""

OTHER = 1.0
"""Scripts and symbols that a monospaced font lacks."""

WIDE = 1.3
"""East Asian wide characters (1 em) and emoji (up to 1.28 em)."""

ELLIPSIS = "…"

_COMMON = frozenset("∂∆∏∑−∕∙√∞∩∫≈≠≡≤≥←↑→↓↔↕")
"""Symbols of the WGL4 character set, which the usual fonts have in their own width."""

_LETTERS = ((0x20, 0x24F), (0x370, 0x52F), (0x1D2C, 0x1DBF), (0x1E00, 0x1EFF), (0x2010, 0x209F), (0x2C7C, 0x2C7D))
_SYMBOLS = ((0x2100, 0x23FF), (0x2500, 0x25FF), (0x27C0, 0x27EF), (0x2900, 0x2AFF))


def inert(text: str) -> str:
    """User text for one line of a picture: white space is a plain space, control and direction-changing characters are
    spelled out, so that they can neither break the file nor reorder what stands around them."""
    return visible(" ".join(text.split()))


def char_width(char: str) -> float:
    """Advance of one character in em."""
    if char.isascii() or char in _COMMON:
        return MONO
    if unicodedata.combining(char):
        return 0.0
    if unicodedata.east_asian_width(char) in "WF":
        return WIDE
    code = ord(char)
    if any(low <= code <= high for low, high in _LETTERS):
        return MONO
    return SYMBOL if any(low <= code <= high for low, high in _SYMBOLS) else OTHER


def text_width(text: str, size: float) -> float:
    """Width of a text in the unit of `size`."""
    if text.isascii():
        return len(text) * MONO * size
    return sum(map(char_width, text)) * size


def wrap(text: str, size: float, width: float, most: int) -> list[str]:
    """The text in lines of at most a width, broken at spaces; what is longer than `most` lines stays in the last."""
    lines: list[str] = []
    for word in text.split():
        joined = f"{lines[-1]} {word}" if lines else word
        if lines and (len(lines) == most or text_width(joined, size) <= width):
            lines[-1] = joined
        else:
            lines.append(word)
    return lines


def shorten(text: str, size: float, width: float) -> str:
    """The text, or its beginning and end around an ellipsis such that it fits into `width` (same unit as `size`)."""
    if text_width(text, size) <= width:
        return text
    room = width - text_width(ELLIPSIS, size)
    head, tail = 0, len(text)
    while head < tail:  # a character from the front, then one from the back, while there is room
        from_front = head <= len(text) - tail
        char = text[head] if from_front else text[tail - 1]
        room -= text_width(char, size)
        if room < 0:
            break
        head, tail = (head + 1, tail) if from_front else (head, tail - 1)
    while tail < len(text) and unicodedata.combining(text[tail]):  # a mark without its letter would sit on the ellipsis
        tail += 1
    return text[:head] + ELLIPSIS + text[tail:]
