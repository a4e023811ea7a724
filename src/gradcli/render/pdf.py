"""A drawing as PDF: its SVG, converted by svg2pdf. Text stays text, and its fonts are in the file."""

from __future__ import annotations

from gradcli.errors import MissingError
from gradcli.render.fonts import font_files, needs_other_fonts
from gradcli.render.picture import Theme, fixed_theme
from gradcli.render.shapes import Drawing
from gradcli.render.sizes import PDF
from gradcli.render.svg import to_svg


def to_pdf(drawing: Drawing, theme: Theme = "auto", scale: float | None = None) -> bytes:
    """The file's content, one page of the picture's size in points. `auto` is light: paper does not follow a theme.
    Raises MissingError without the library, and UsageError for a scale that makes the page too large."""
    size = PDF.scale(drawing, scale)
    try:
        import svg2pdf_py
    except ImportError as error:
        raise MissingError("writing PDF needs a library", hint="pip install svg2pdf-py") from error
    fonts = svg2pdf_py.FontDatabase()
    for path in font_files():
        fonts.load_font_file(path)
    if needs_other_fonts(drawing):
        fonts.load_system_fonts()
    content: bytes = svg2pdf_py.svg_to_pdf(to_svg(drawing, fixed_theme(theme), size), fonts)
    return content
