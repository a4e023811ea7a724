"""Layouts of a derivative: which axes of the output and of the input stand where.

torch: the output's axes, then the input's. numerator: the output's axes, then the input's in reverse order, vectors as
columns, so that a single axis becomes a row (of the input) or a column (of the output). denominator: the numerator's
axes in reverse order (Magnus and Neudecker, Matrix Differential Calculus, 2019, chapter 9, name the conventions).
"""

from __future__ import annotations

from typing import Literal

from gradcli.shapes import Shape

Layout = Literal["torch", "numerator", "denominator"]
LAYOUTS: tuple[Layout, ...] = ("torch", "numerator", "denominator")


def layout_axes(output: int, input: int, layout: Layout) -> tuple[int, ...]:
    """For an output and an input of these ranks: where each axis of the result stands in layout torch; -1 is a new axis
    of size 1."""
    if layout == "torch":
        return tuple(range(output + input))
    axes: tuple[int, ...] = (*range(output), *reversed(range(output, output + input)))
    if output + input == 1:
        axes = (-1, *axes) if input else (*axes, -1)
    return axes if layout == "numerator" else tuple(reversed(axes))


def layout_shape(output: Shape, input: Shape, layout: Layout) -> Shape:
    """The shape of a derivative in a layout."""
    shape = (*output, *input)
    return tuple(1 if axis < 0 else shape[axis] for axis in layout_axes(len(output), len(input), layout))
