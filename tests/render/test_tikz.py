"""The TikZ export: a text of our own, and what pdflatex makes of it where it is installed."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from gradcli.errors import UsageError
from gradcli.render.drawing import draw
from gradcli.render.picture import Picture
from gradcli.render.tikz import to_tikz
from tests.golden_files import Golden
from tests.render.pictures import PICTURES, chain, hostile
from tests.render.test_svg import square_drawing


def test_golden_square(golden: Golden) -> None:
    golden("square.tex", to_tikz(square_drawing()))


@pytest.mark.parametrize("picture", PICTURES.values(), ids=PICTURES)
def test_every_style_is_defined_and_every_card_named(picture: Picture) -> None:
    text = to_tikz(draw(picture))
    used = set(re.findall(r"[\[ ](grad-[a-z-]+)[,\]]", text.partition("\\begin{document}")[2]))
    assert used <= set(re.findall(r"\\tikzset\{(grad-[a-z-]+)/", text))
    assert set(re.findall(r"=(grad-[a-z-]+)", text)) <= set(re.findall(r"\\definecolor\{(grad-[a-z-]+)\}", text))
    names = re.findall(r"local bounding box=(n\d+)\]", text)
    assert names == [f"n{index}" for index in range(len(picture.cards))]


def test_hostile_text_is_no_command() -> None:
    body = to_tikz(draw(hostile())).partition("\\begin{document}")[2]
    assert r"\textbackslash{}N" in body
    assert r"\&amp;" in body
    assert not re.search(r"\\[Nu]\b", body)
    assert all(line.isprintable() for line in body.splitlines())


def test_lengths_beyond_those_of_tex() -> None:
    drawing = draw(chain(60))
    scale = 17000 / drawing.width
    with pytest.raises(UsageError, match="TeX ends at 16000") as raised:
        to_tikz(drawing, scale=scale)
    fitting = float((raised.value.hint or "").split()[1])
    assert to_tikz(drawing, scale=fitting)


@pytest.mark.skipif(shutil.which("pdflatex") is None, reason="LaTeX is not installed")
@pytest.mark.parametrize("name", ["worked example", "clusters, downwards", "long names", "hostile", "one card"])
@pytest.mark.parametrize("scale", [1, 0.7])
def test_latex_compiles_it(name: str, scale: float, tmp_path: Path) -> None:
    drawing = draw(PICTURES[name])
    (tmp_path / "g.tex").write_text(to_tikz(drawing, scale=scale), encoding="utf-8")
    command = ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "g.tex"]
    done = subprocess.run(command, check=False, cwd=tmp_path, capture_output=True, timeout=120)
    log = done.stdout.decode(errors="replace")
    assert done.returncode == 0, log[-2000:]
    assert "1 page" in log
    assert "Overfull" not in log
    box = re.search(rb"/MediaBox\s*\[([^\]]*)\]", (tmp_path / "g.pdf").read_bytes())
    if box:  # else it is in a compressed stream
        page = [0, 0, scale * drawing.width, scale * drawing.height]
        assert [float(n) for n in box[1].split()] == pytest.approx(page, abs=0.5)
