"""A drawing as PNG: its SVG, rendered by resvg with fonts that come along."""

from __future__ import annotations

import math

from gradcli.errors import UsageError
from gradcli.render.fonts import font_files, needs_other_fonts
from gradcli.render.picture import Theme, fixed_theme
from gradcli.render.shapes import Drawing
from gradcli.render.svg import to_svg

SCALE = 2.0
"""Pixels a point: sharp on today's screens."""
MOST_PIXELS = 64_000_000
"""A picture with more takes a gigabyte to draw and few programs open it."""


def to_png(drawing: Drawing, theme: Theme = "auto", scale: float | None = None) -> bytes:
    """The file's content, at SCALE unless a scale is given, or at the largest that a very large picture can have. A PNG
    cannot follow the viewer's theme: `auto` is light. Raises UsageError for a scale that makes it too large."""
    import resvg_py

    fitting = math.floor(100 * math.sqrt(MOST_PIXELS / (drawing.width * drawing.height))) / 100
    scale = min(SCALE, fitting) if scale is None else scale
    if scale > fitting:
        size = f"{drawing.width * scale:.0f} × {drawing.height * scale:.0f}"
        raise UsageError(
            f"the PNG would have {size} pixels, and {MOST_PIXELS / 1e6:.0f} million are the most",
            hint=f"--scale {fitting:g} fits; svg and pdf have no pixels",
        )
    image = resvg_py.svg_to_bytes(
        svg_string=to_svg(drawing, fixed_theme(theme), scale),
        skip_system_fonts=not needs_other_fonts(drawing),
        font_files=font_files(),
    )
    return bytes(image)
