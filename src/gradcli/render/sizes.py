"""How large a file of a format can be. A drawing that is larger is drawn smaller, which is said; a scale that is asked
for and cannot be had is an error."""

from __future__ import annotations

import math
from dataclasses import dataclass

from gradcli.errors import UsageError
from gradcli.render.shapes import Drawing


@dataclass(frozen=True)
class Limits:
    """The sizes of a format in its unit: the usual scale, the longest side and the largest area; `words` say the
    latter two."""

    unit: str
    usual: float
    side: float
    area: float
    words: str

    def fitting(self, drawing: Drawing) -> float:
        """The largest scale in hundredths that a drawing can have."""
        by_side = self.side / max(drawing.width, drawing.height)
        by_area = math.sqrt(self.area / (drawing.width * drawing.height))
        return math.floor(100 * min(by_side, by_area)) / 100

    def scale(self, drawing: Drawing, asked: float | None) -> float:
        """The scale that is asked for, else the usual one or the largest that fits. Raises UsageError."""
        fitting = self.fitting(drawing)
        if asked is None:
            return min(self.usual, fitting)
        if asked > fitting:
            size = f"{drawing.width * asked:.0f} × {drawing.height * asked:.0f} {self.unit}"
            raise UsageError(
                f"the picture would have {size}, and {self.words}", hint=f"--scale {fitting:g} fits; svg has no limit"
            )
        return asked

    def notes(self, drawing: Drawing, asked: float | None) -> tuple[str, ...]:
        """What is said of a drawing that is drawn smaller than usual."""
        scale = self.scale(drawing, asked)
        if asked is not None or scale >= self.usual:
            return ()
        size = f"{drawing.width * self.usual:.0f} × {drawing.height * self.usual:.0f} {self.unit}"
        drawn = f"the picture is drawn at scale {scale:g} instead of {self.usual:g}"
        others = "svg has no limit, and --top and --focus draw a part"
        return (f"{drawn}: it would have {size}, and {self.words}; {others}",)


PNG = Limits("pixels", 2.0, 32_000, 64e6, "64 million are the most, 32000 on a side")
"""At the usual scale a picture is sharp on today's screens. One with more pixels takes a gigabyte to draw, and programs
that open one with a longer side are few."""
PDF = Limits("points", 1.0, 14_400, math.inf, "14400 on a side are the most in a PDF")
"""The standard lets readers refuse larger pages."""
TEX = Limits("points", 1.0, 16_000, math.inf, "TeX ends at 16000")
"""TeX knows no length of 2^14 points."""
