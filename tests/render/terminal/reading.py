"""Reads a drawing of the terminal back from its characters alone, as an eye would."""

from typing import NamedTuple

UP, DOWN, LEFT, RIGHT = (0, -1), (0, 1), (-1, 0), (1, 0)
TURNS = {
    "╭": {UP: RIGHT, LEFT: DOWN}, "╮": {UP: LEFT, RIGHT: DOWN}, "╰": {DOWN: RIGHT, LEFT: UP},
    "╯": {DOWN: LEFT, RIGHT: UP},
}  # fmt: skip
UPRIGHTS, LEVELS, CROSSINGS = "│┊|:", "─╌-~", "┼+"


class Frame(NamedTuple):
    """A card's border: left, top, right, bottom, all part of it."""

    left: int
    top: int
    right: int
    bottom: int


class Page:
    """The characters by column and row."""

    def __init__(self, lines: list[str]) -> None:
        self.lines = lines

    def at(self, column: int, row: int) -> str:
        """A character; a blank where nothing is."""
        if not 0 <= row < len(self.lines) or not 0 <= column < len(self.lines[row]):
            return " "
        return self.lines[row][column]

    def frames(self) -> list[Frame]:
        """All cards: an upper left corner whose borders lead round to itself. A corner of an edge has no title."""
        found = []
        for top, line in enumerate(self.lines):
            for left, sign in enumerate(line):
                frame = self.frame(left, top) if sign in "╭╔" else None
                if frame:
                    found.append(frame)
        return found

    def frame(self, left: int, top: int) -> Frame | None:
        """The card with this upper left corner."""
        level, upright = ("─▼", "│") if self.at(left, top) == "╭" else ("═▼", "║")
        right = left + 1
        while self.at(right, top) in level:
            right += 1
        bottom = top + 1
        while self.at(left, bottom) == upright:
            bottom += 1
        corners = self.at(right, top) + self.at(left, bottom) + self.at(right, bottom)
        inside = all(self.at(right, row) == upright for row in range(top + 1, bottom))
        return Frame(left, top, right, bottom) if corners in ("╮╰╯", "╗╚╝") and bottom > top + 1 and inside else None

    def title(self, frame: Frame) -> str:
        """The first line of a card, without badge and alarm."""
        return self.lines[frame.top + 1][frame.left + 2 : frame.right - 1].strip().split("  ")[0]

    def edges(self) -> list[tuple[str, str, str, bool]]:
        """Title of the card where each line starts, of the one where it ends, its label, and whether it is dashed."""
        frames = self.frames()
        return [
            (self.title(frame), *self.follow(column, frame.bottom + 1, frames))
            for frame in frames
            for column in range(frame.left + 1, frame.right)
            if self.at(column, frame.bottom) in "┬╤"
        ]

    def follow(self, column: int, row: int, frames: list[Frame]) -> tuple[str, str, bool]:
        """Where a line ends that comes from above."""
        way, signs = DOWN, ""
        while self.at(column, row) != "▼":
            sign = self.at(column, row)
            assert not any(f.left <= column <= f.right and f.top <= row <= f.bottom for f in frames), "through a card"
            if sign in TURNS:
                way = TURNS[sign][way]
            else:
                expected = UPRIGHTS if way in (UP, DOWN) else LEVELS
                assert sign in expected or sign in CROSSINGS, (column, row, sign)
                signs += sign
            column, row = column + way[0], row + way[1]
        end = next(f for f in frames if f.top == row and f.left < column < f.right)
        label = self.lines[row - 1][column + 1 : end.right + 1].split("│")[0].split("┊")[0].strip()
        return self.title(end), label, any(sign in "┊╌" for sign in signs)
