"""A drawing as PNG: its SVG, rendered by resvg with fonts that come along."""

from __future__ import annotations

from gradcli.render.fonts import font_files, needs_other_fonts
from gradcli.render.picture import Theme, fixed_theme
from gradcli.render.shapes import Drawing
from gradcli.render.sizes import PNG
from gradcli.render.svg import to_svg


def to_png(drawing: Drawing, theme: Theme = "auto", scale: float | None = None) -> bytes:
    """The file's content. A PNG cannot follow the viewer's theme: `auto` is light. Raises UsageError for a scale that
    makes it too large."""
    import resvg_py

    image = resvg_py.svg_to_bytes(
        svg_string=to_svg(drawing, fixed_theme(theme), PNG.scale(drawing, scale)),
        skip_system_fonts=not needs_other_fonts(drawing),
        font_files=font_files(),
    )
    return bytes(image)
