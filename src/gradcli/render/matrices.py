"""Arrays as lines of text: a row of the last two axes a line, columns aligned."""

from __future__ import annotations

from gradcli.methods.base import flatten
from gradcli.problem import Nested
from gradcli.render.answers import SHOWN, format_array
from gradcli.render.numbers import format_number
from gradcli.shapes import Shape, format_shape, size

WIDEST = 8
"""Columns of a matrix; a wider one is written as nested lists."""
INDENT = "  "


def array_lines(label: str, value: Nested, shape: Shape, note: str = "") -> list[str]:
    """`label = value   shape (m, n)`, matrices over several lines, higher ranks as matrices by their leading index."""
    about = f"   shape {format_shape(shape)}{note}" if shape else note
    if len(shape) < 2 or size(shape) > SHOWN or not size(shape) or int(shape[-1]) > WIDEST:
        return [f"{label} = {format_array(value, shape)}{about}"]
    lines = [f"{label} ={about}"]
    texts = [format_number(number) for number in flatten(value)]
    rows, columns = int(shape[-2]), int(shape[-1])
    widths = [max(len(t) for t in texts[column::columns]) for column in range(columns)]
    for start in range(0, len(texts), rows * columns):
        if len(shape) > 2:
            lines.append(f"{INDENT}[{leading_index(start // (rows * columns), shape[:-2])}, :, :]")
        for row in range(start, start + rows * columns, columns):
            cells = (t.rjust(w) for t, w in zip(texts[row : row + columns], widths, strict=True))
            lines.append(f"{INDENT}[{'  '.join(cells)}]")
    return lines


def leading_index(number: int, shape: Shape) -> str:
    """The index of the number-th matrix along the leading axes."""
    places: list[str] = []
    for dimension in reversed(shape):
        number, place = divmod(number, int(dimension))
        places.append(str(place))
    return ", ".join(reversed(places))
