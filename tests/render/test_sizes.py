"""How large a file of a format is, and what is said of it."""

import struct
from dataclasses import replace

import pytest

from gradcli.errors import UsageError
from gradcli.render.exports import Export, format_of
from gradcli.render.picture import Card, Picture
from gradcli.render.shapes import Drawing
from gradcli.render.sizes import PDF, PNG, TEX, Limits
from tests.render.inspections import ROW_1, ROW_1_POINT, inspect
from tests.render.pictures import lonely

SIZES = [(100.0, 50.0), (841.0, 35_200.0), (9000.0, 9000.0), (20_000.0, 300.0)]


def drawing(width: float, height: float) -> Drawing:
    return Drawing(width, height, "", "", ())


def tall() -> Picture:
    """Larger than a page of PDF can be."""
    cards = tuple(Card(str(k), "x" * 30, "input", lonely(1, 0).cards[0].rows * 300) for k in range(2))
    return replace(lonely(0, 1), cards=cards)


@pytest.mark.parametrize("limits", [PNG, PDF, TEX], ids=["PNG", "PDF", "TeX"])
@pytest.mark.parametrize("size", SIZES)
def test_no_file_is_too_large_and_one_that_is_smaller_than_usual_is_told(
    limits: Limits, size: tuple[float, float]
) -> None:
    picture = drawing(*size)
    scale = limits.scale(picture, None)
    assert 0 < scale <= limits.usual
    assert scale * max(size) <= limits.side
    assert scale**2 * size[0] * size[1] <= limits.area
    told = limits.notes(picture, None)
    assert bool(told) == (scale < limits.usual)
    assert all(f"at scale {scale:g} instead of {limits.usual:g}" in note for note in told)


@pytest.mark.parametrize("limits", [PNG, PDF, TEX], ids=["PNG", "PDF", "TeX"])
@pytest.mark.parametrize("size", SIZES)
def test_a_scale_that_is_asked_for_is_had_or_refused(limits: Limits, size: tuple[float, float]) -> None:
    picture = drawing(*size)
    fitting = limits.fitting(picture)
    assert limits.scale(picture, fitting) == fitting
    assert limits.notes(picture, fitting) == ()
    with pytest.raises(UsageError) as raised:
        limits.scale(picture, 1.02 * fitting)
    assert raised.value.hint == f"--scale {fitting:g} fits; svg has no limit"


@pytest.mark.parametrize("name", ["png", "pdf", "tex", "svg"])
def test_what_is_written_says_so(name: str) -> None:
    inspection = inspect(ROW_1, ROW_1_POINT)
    written = format_of(name).write(Export(inspection, inspection, tall(), tall, list, dict, 20.0))
    assert len(written.notes) == (name != "svg")
    if name == "png":
        assert max(struct.unpack(">II", written.content[16:24])) <= PNG.side
