"""A grid of characters: texts, and lines that know in which directions they leave each cell.

Lines of different edges meet in a cell only by crossing there, so that a cell's directions say what it shows.
"""

from __future__ import annotations

import unicodedata
from typing import NamedTuple

from gradcli.errors import cell_width
from gradcli.render.metrics import inert

Run = tuple[str, str]
"""Some characters and their style."""

UP, DOWN, LEFT, RIGHT = 1, 2, 4, 8
CURVED = {
    UP: "│", DOWN: "│", UP | DOWN: "│", LEFT: "─", RIGHT: "─", LEFT | RIGHT: "─",
    DOWN | RIGHT: "╭", DOWN | LEFT: "╮", UP | RIGHT: "╰", UP | LEFT: "╯", UP | DOWN | LEFT | RIGHT: "┼",
}  # fmt: skip
ASCII = {"│": "|", "─": "-", "╭": ".", "╮": ".", "╰": "'", "╯": "'", "┼": "+", "┊": ":", "╌": "~"}
DASHED = {"│": "┊", "─": "╌"}

SIGNS = {
    "←": "<-", "→": "->", "↑": "^", "↓": "v", "∂": "d", "∇": "grad ", "·": "*", "−": "-", "…": "...", "⟨": "<",
    "⟩": ">", "×": "x", "√": "sqrt ", "‖": "||", "∞": "inf", "≤": "<=", "≥": ">=", "ᵀ": "'",
}  # fmt: skip
"""Our own signs in ASCII."""


class Stroke(NamedTuple):
    """A cell of lines: the directions in which they leave it, whether all are dashed, and the style."""

    ways: int
    dashed: bool
    style: str


class Canvas:
    """Cells by column and row, both counted from the upper left corner; as large as what is put on it."""

    def __init__(self, plain: bool) -> None:
        self.plain = plain
        self.characters: dict[tuple[int, int], Run] = {}
        self.strokes: dict[tuple[int, int], Stroke] = {}

    def write(self, column: int, row: int, text: str, style: str = "") -> None:
        """One line of text; a wide character takes two cells, a combining mark none of its own."""
        for char in text:
            width = cell_width(char)
            if width == 0 and (column - 1, row) in self.characters:
                before, kept = self.characters[column - 1, row]
                self.characters[column - 1, row] = before + char, kept
                continue
            self.characters[column, row] = char, style
            if width == 2:
                self.characters[column + 1, row] = "", style
            column += width

    def line(self, start: tuple[int, int], end: tuple[int, int], style: str, dashed: bool = False) -> None:
        """A straight line from cell to cell, both included, that leaves its ends towards each other only."""
        (x0, y0), (x1, y1) = start, end
        if start == end:
            return
        if x0 == x1:
            cells = [(x0, y) for y in range(min(y0, y1), max(y0, y1) + 1)]
            back, forth = UP, DOWN
        else:
            cells = [(x, y0) for x in range(min(x0, x1), max(x0, x1) + 1)]
            back, forth = LEFT, RIGHT
        for index, cell in enumerate(cells):
            ways = (back if index else 0) | (forth if index + 1 < len(cells) else 0)
            old = self.strokes.get(cell, Stroke(0, True, style))
            self.strokes[cell] = Stroke(old.ways | ways, old.dashed and dashed, style)

    def rows(self) -> list[list[Run]]:
        """The rows from top to bottom, without blanks at their ends, in runs of one style."""
        cells = {at: (self.sign(stroke), stroke.style) for at, stroke in self.strokes.items()} | self.characters
        by_row: dict[int, dict[int, Run]] = {}
        for (column, row), run in cells.items():
            by_row.setdefault(row, {})[column] = run
        return [joined(by_row.get(row, {})) for row in range(max(by_row, default=-1) + 1)]

    def sign(self, stroke: Stroke) -> str:
        """The character of a cell of lines."""
        sign = CURVED[stroke.ways]
        sign = DASHED.get(sign, sign) if stroke.dashed else sign
        return ASCII[sign] if self.plain else sign


def joined(cells: dict[int, Run]) -> list[Run]:
    """The cells of a row as runs."""
    runs: list[Run] = []
    for column in range(max(cells, default=-1) + 1):
        text, style = cells.get(column, (" ", ""))
        if runs and runs[-1][1] == style:
            runs[-1] = runs[-1][0] + text, style
        else:
            runs.append((text, style))
    return runs


def printed(text: str, plain: bool) -> str:
    """User text for one line of a terminal: inert, and in ASCII if that is asked for."""
    text = inert(text)
    return "".join(map(ascii_char, text)) if plain else text


def ascii_char(char: str) -> str:
    """A character in ASCII: a sign of ours, x₁ as x1, α as \\alpha, any other by its number."""
    if char.isascii():
        return char
    if char in SIGNS:
        return SIGNS[char]
    simple = unicodedata.normalize("NFKC", char)
    return simple if simple.isascii() else greek_name(simple) or f"\\u{ord(char):04x}"


def greek_name(char: str) -> str:
    """A Greek letter as LaTeX writes it, and nothing for another character."""
    match unicodedata.name(char, "").split() if len(char) == 1 else []:
        case ["GREEK", "SMALL" | "CAPITAL" as size, "LETTER", letter]:
            name = letter.replace("LAMDA", "LAMBDA")
            return "\\" + (name.lower() if size == "SMALL" else name.capitalize())
    return ""


def clipped(text: str, width: int, plain: bool) -> str:
    """The text, or its beginning and a sign for the rest, in so many cells."""
    if cell_width(text) <= width:
        return text
    rest = "..." if plain else "…"
    kept = ""
    for char in text:
        if cell_width(kept + char) > width - len(rest):
            break
        kept += char
    return (kept + rest)[:width] if width < len(rest) else kept + rest
