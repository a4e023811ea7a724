"""The fonts that a PNG or PDF is drawn with: DejaVu Sans Mono, and DejaVu Sans for signs that it lacks.

They are DejaVu 2.35, cut down to Latin, Greek, Cyrillic and mathematics (the blocks that `metrics` knows) by
`pyftsubset --no-hinting --layout-features= --drop-tables+=GPOS,GSUB,GDEF,FFTM`; DejaVu Sans has only what the other
lacks. LICENSE is theirs.
"""

from __future__ import annotations

from pathlib import Path

from gradcli.render.metrics import OTHER, char_width
from gradcli.render.shapes import Drawing, Group, Shape, Text


def font_files() -> list[str]:
    """The paths of the bundled fonts, the one that texts ask for first."""
    folder = Path(__file__).parent
    return [str(folder / f"{name}.ttf") for name in ("DejaVuSansMono", "DejaVuSansMono-Bold", "DejaVuSans")]


def needs_other_fonts(drawing: Drawing) -> bool:
    """Whether a text has characters of other scripts: for those the system's fonts are asked, which takes longer. What
    they lack too is drawn as a box."""
    return any(char_width(char) >= OTHER for text in texts(drawing.shapes) for char in text)


def texts(shapes: tuple[Shape, ...]) -> list[str]:
    """All texts of a drawing, as they are drawn."""
    found, waiting = [], list(reversed(shapes))
    while waiting:
        shape = waiting.pop()
        if isinstance(shape, Group):
            waiting += reversed(shape.shapes)
        elif isinstance(shape, Text):
            found.append(shape.text)
    return found
