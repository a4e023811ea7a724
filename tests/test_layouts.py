"""The nine cells of the table of derivative shapes, in all three layouts."""

import pytest
import torch

from gradcli.layouts import LAYOUTS, layout_axes, layout_shape
from gradcli.methods.base import permuted

CELLS = [
    # output, input, numerator, denominator (worked examples, row 4)
    ((), (), (), ()),
    ((), ("n",), (1, "n"), ("n", 1)),
    ((), ("n", "k"), ("k", "n"), ("n", "k")),
    (("m",), (), ("m", 1), (1, "m")),
    (("m",), ("n",), ("m", "n"), ("n", "m")),
    (("m",), ("n", "k"), ("m", "k", "n"), ("n", "k", "m")),
    (("m", "l"), (), ("m", "l"), ("l", "m")),
    (("m", "l"), ("n",), ("m", "l", "n"), ("n", "l", "m")),
    (("m", "l"), ("n", "k"), ("m", "l", "k", "n"), ("n", "k", "l", "m")),
]


@pytest.mark.parametrize("cell", CELLS)
def test_the_nine_cells(cell: tuple[tuple, ...]) -> None:
    output, wrt, numerator, denominator = cell
    assert layout_shape(output, wrt, "torch") == output + wrt
    assert layout_shape(output, wrt, "numerator") == numerator
    assert layout_shape(output, wrt, "denominator") == denominator


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize(("output", "wrt"), [((), (4,)), ((3,), ()), ((3,), (4,)), ((2, 3), (4, 5)), ((), ())])
def test_elements_move_as_torch_moves_them(layout: str, output: tuple, wrt: tuple) -> None:
    shape = (*output, *wrt)
    block = torch.arange(float(torch.Size(shape).numel())).reshape(shape)
    axes = layout_axes(len(output), len(wrt), layout)
    expected = block.permute([axis for axis in axes if axis >= 0]).reshape(layout_shape(output, wrt, layout))
    assert permuted(block.tolist(), shape, axes) == expected.tolist()
