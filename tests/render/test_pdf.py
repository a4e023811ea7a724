"""Pictures for print: the text can be read back, and its fonts are in the file."""

import re
import shutil
import subprocess
import sys
import zlib
from typing import get_args

import pytest

from gradcli.errors import MissingError
from gradcli.render.drawing import draw
from gradcli.render.fonts import texts
from gradcli.render.pdf import to_pdf
from gradcli.render.picture import Theme
from tests.render.pictures import PICTURES, worked_example
from tests.render.test_svg import square_drawing


def streams(pdf: bytes) -> list[str]:
    """The uncompressed streams."""
    found = []
    for content in re.findall(rb"stream\r?\n(.*?)\r?\nendstream", pdf, re.DOTALL):
        try:
            found.append(zlib.decompress(content).decode("latin-1"))
        except zlib.error:
            found.append(content.decode("latin-1"))
    return found


def readable(pdf: bytes) -> set[str]:
    """The characters that a reader can copy: those that the fonts' tables say the meaning of."""
    found = set()
    for stream in streams(pdf):
        if "begincmap" in stream:
            for meaning in re.findall(r"<[0-9A-Fa-f]+>\s*<([0-9A-Fa-f]+)>", stream.partition("beginbfchar")[2]):
                found |= set(bytes.fromhex(meaning).decode("utf-16-be"))
    return found


def test_text_is_text() -> None:
    drawing = draw(worked_example())
    wanted = {char for text in texts(drawing.shapes) for char in text if char != " "}
    assert wanted <= readable(to_pdf(drawing))


def test_fonts_are_in_the_file() -> None:
    pdf = to_pdf(square_drawing())
    assert pdf.startswith(b"%PDF-")
    assert len(re.findall(rb"/FontFile[23]?\b", pdf)) == len(re.findall(rb"/Type\s*/FontDescriptor\b", pdf)) == 2


@pytest.mark.skipif(shutil.which("pdftotext") is None, reason="poppler-utils is not installed")
@pytest.mark.parametrize("name", ["worked example", "clusters", "random graph of 60"])
def test_as_a_reader_extracts_it(name: str) -> None:
    drawing = draw(PICTURES[name])
    command = ["pdftotext", "-layout", "-", "-"]
    found = subprocess.run(command, input=to_pdf(drawing), capture_output=True, check=True).stdout.decode()
    for text in texts(drawing.shapes):
        assert "".join(text.split()) in "".join(found.split()), text


@pytest.mark.parametrize("scale", [1.0, 0.5])
def test_page_is_the_picture(scale: float) -> None:
    drawing = square_drawing()
    box = re.search(rb"/MediaBox\s*\[([^\]]*)\]", to_pdf(drawing, scale=scale))
    assert box
    assert [float(n) for n in box[1].split()] == [0, 0, scale * drawing.width, scale * drawing.height]


def test_themes() -> None:
    drawing = square_drawing()
    # The library writes the fonts in an order that changes from call to call.
    auto, light, dark = (sorted(streams(to_pdf(drawing, theme))) for theme in get_args(Theme))
    assert auto == light != dark


def test_without_the_library(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "svg2pdf_py", None)
    with pytest.raises(MissingError) as raised:
        to_pdf(square_drawing())
    assert raised.value.hint == "pip install svg2pdf-py"
