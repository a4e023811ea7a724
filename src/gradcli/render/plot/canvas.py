"""Characters as a drawing surface: dots of Braille, eight in a cell, or with ASCII one sign a cell."""

from __future__ import annotations

from gradcli.render.plot.axes import Dot

BITS = ((0x01, 0x08), (0x02, 0x10), (0x04, 0x20), (0x40, 0x80))
COLOURS = {"line": "34", "tangent": "33", "arrow": "33", "mark": "35", "shade": "90"}
SIGNS = {"line": "*", "tangent": ".", "arrow": "#", "mark": "|", "shade": ":"}
RANK = {"shade": 0, "mark": 1, "tangent": 2, "line": 3, "arrow": 4}
"""What a cell shows that several layers meet in."""


class Canvas:
    """Columns and rows of cells. Places are parts of width and height, the origin at the lower left."""

    def __init__(self, columns: int, rows: int, plain: bool) -> None:
        self.columns, self.rows, self.plain = columns, rows, plain
        self.width = columns if plain else 2 * columns
        self.height = rows if plain else 4 * rows
        self._dots: dict[tuple[int, int], int] = {}
        self._layers: dict[tuple[int, int], str] = {}
        self._texts: dict[tuple[int, int], tuple[str, str]] = {}

    def dot(self, place: Dot, layer: str) -> None:
        """One dot; outside of the canvas nothing."""
        column, row = self._dot_at(place)
        if not (0 <= column < self.width and 0 <= row < self.height):
            return
        cell = self._cell_around(column, row)
        bit = 1 if self.plain else BITS[row % 4][column % 2]
        self._dots[cell] = self._dots.get(cell, 0) | bit
        if RANK[layer] >= RANK[self._layers.get(cell, layer)]:
            self._layers[cell] = layer

    def line(self, a: Dot, b: Dot, layer: str, every: int = 1) -> None:
        """A straight line, of which only every so many dots are set."""
        wide, high = abs(b[0] - a[0]) * self.width, abs(b[1] - a[1]) * self.height
        steps = max(1, round(max(wide, high)))
        for k in range(0, steps + 1, every):
            part = k / steps
            self.dot((a[0] + (b[0] - a[0]) * part, a[1] + (b[1] - a[1]) * part), layer)

    def cell_of(self, place: Dot) -> tuple[int, int]:
        """The cell in which a dot at a place stands."""
        return self._cell_around(*self._dot_at(place))

    def _dot_at(self, place: Dot) -> tuple[int, int]:
        """Column and row of a dot, from the upper left corner."""
        return round(place[0] * (self.width - 1)), round((1 - place[1]) * (self.height - 1))

    def _cell_around(self, column: int, row: int) -> tuple[int, int]:
        """The cell in which a dot stands."""
        return (column, row) if self.plain else (column // 2, row // 4)

    def sign(self, place: Dot, sign: str, layer: str) -> None:
        """One character instead of dots."""
        column, row = self.cell_of(place)
        self.put(column, row, sign, layer)

    def put(self, column: int, row: int, sign: str, layer: str) -> None:
        """One character in a cell."""
        if 0 <= column < self.columns and 0 <= row < self.rows:
            self._texts[column, row] = sign, layer

    def lines(self, color: bool) -> list[str]:
        """The rows from top to bottom."""
        return ["".join(self._cell(column, row, color) for column in range(self.columns)) for row in range(self.rows)]

    def _cell(self, column: int, row: int, color: bool) -> str:
        cell = column, row
        if cell in self._texts:
            sign, layer = self._texts[cell]
        elif cell in self._dots:
            layer = self._layers[cell]
            sign = SIGNS[layer] if self.plain else chr(0x2800 + self._dots[cell])
        else:
            return " "
        return f"\x1b[{COLOURS[layer]}m{sign}\x1b[0m" if color else sign
