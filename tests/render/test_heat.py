"""The grids of tensor cards, with PyTorch's pooling as the witness."""

import math

import pytest
import torch

from gradcli.render.cards import PARTS, card, picture_of
from gradcli.render.drawing import draw
from gradcli.render.heat import FAINTEST, LEVELS, MOST_COLUMNS, MOST_ROWS, STRONGEST, heat_of, look, looks
from gradcli.render.picture import Heat
from gradcli.render.shapes import Group, Tiles
from gradcli.render.svg import to_svg
from gradcli.render.tikz import to_tikz
from tests.render.inspections import inspect, node_named, structure


@pytest.mark.parametrize("shape", [(8, 16), (1, 9), (13, 17), (50, 60), (24, 5), (200, 3), (1, 1000)])
def test_pooling_keeps_the_largest_magnitude(shape: tuple[int, int]) -> None:
    numbers = torch.randn(shape, generator=torch.Generator().manual_seed(1), dtype=torch.float64)
    high, wide = math.ceil(shape[0] / MOST_ROWS), math.ceil(shape[1] / MOST_COLUMNS)
    padded = torch.nn.functional.pad(numbers.abs(), (0, -shape[1] % wide, 0, -shape[0] % high))
    largest = torch.nn.functional.max_pool2d(padded[None], (high, wide))[0]
    found = heat_of(numbers.tolist(), shape)
    assert torch.allclose(torch.tensor(found.cells, dtype=torch.float64).abs(), largest / numbers.abs().max())
    assert len(found.cells) <= MOST_ROWS
    assert len(found.cells[0]) <= MOST_COLUMNS
    assert found.pooled == ("" if high * wide == 1 else f"largest |·| of {high}×{wide}")


def test_signs_stay_and_nothing_hides_what_is_not_finite() -> None:
    assert heat_of([1.0, -4.0, 0.0], (3,)).cells == ((0.25, -1.0, 0.0),)
    row = [0.0] * 31 + [math.inf]
    assert math.isnan(heat_of(row, (32,)).cells[0][15])
    assert heat_of([math.nan, 2.0], (2,)).cells[0][1] == 1.0
    assert heat_of([0.0, 0.0], (2,)).cells == ((0.0, 0.0),)
    assert heat_of([[[-2.0] * 3] * 2] * 4, (4, 2, 3)).cells == ((-1.0,) * 3,) * 8


def test_few_looks() -> None:
    cells = tuple(tuple(math.sin(row * column) for column in range(16)) for row in range(12))
    found = looks(Heat(cells))
    assert len(found) <= 2 * LEVELS + 2
    assert sorted(place for places in found.values() for place in places) == [
        (r, c) for r in range(12) for c in range(16)
    ]
    assert look(1.0) == ("tint-positive", STRONGEST)
    assert look(-1e-300)[0] == "tint-negative"
    assert look(0.0) == ("tint-zero", FAINTEST)
    assert look(math.nan) == ("tint-nan", 1.0)


def test_only_arrays_that_are_not_written_out_have_a_map() -> None:
    inspection = inspect("sum(A @ x)", {"A": [[0.1 * i * j for i in range(12)] for j in range(9)], "x": [1.0] * 12})
    with_map = {c.title for c in picture_of(inspection, "").cards if c.heat}
    assert with_map == {"A", "x", "v₁ = A @ x"}
    rows = {row.label: row.value for row in card(inspection, node_named(inspection, "A"), 1.0).rows}
    assert rows["shape"] == "f64[9×12]"
    assert rows["min … max"] == "0 … 8.8"
    assert not any(c.heat for c in picture_of(inspection, "", show=("value",)).cards)
    short = inspect("sum(x*x)", {"x": [1.0, 2.0, 3.0]})
    assert not any(c.heat for c in picture_of(short, "").cards)
    assert not any(c.heat for c in picture_of(structure("A @ x", {"A": (9, 12), "x": (12,)}), "").cards)
    assert "heat" in PARTS


def test_signs_and_nan_are_seen_without_colour() -> None:
    values = [[(-1.0) ** (i + j) * (i + 1) for i in range(10)] for j in range(5)]
    values[2][3] = math.nan
    picture = picture_of(inspect("sum(A)", {"A": values}), "")
    drawing = draw(picture, engine="wasm", timeout=60)
    (heat,) = (
        s for group in drawing.groups("card") for s in group.shapes if isinstance(s, Group) and s.style == "heat"
    )
    count = {}
    for shape in heat.shapes:
        if isinstance(shape, Tiles):
            count[shape.style] = count.get(shape.style, 0) + len(shape.boxes)
    assert count == {"tint-positive": 25, "tint-negative": 24, "mark": 24, "tint-nan": 1, "halo": 1}
    assert 'class="tint-nan"' in to_svg(drawing)
    assert to_tikz(drawing).count("rectangle") > 75
