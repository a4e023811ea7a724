"""What is seen at first: the step's card, large enough to read; and what paper has."""

import base64
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.render.inspections import ROW_1, ROW_1_POINT
from tests.render.inspector.pages import Page, page_of

CHAIN = (
    "a = sin(x); b = exp(a*x); c = b + a; d = tanh(c); e = d*d + c; g = cos(e)*d; h = ln(1+g^2); k = h*e; k - sin(k)"
)
MANY = "x1*x2 + x3*x4 + sin(x5) + x6"
MANY_POINT = {f"x{k}": float(k) for k in range(1, 7)}

IN_SIGHT = """
const card = document.querySelector('.card.current').getBoundingClientRect();
const canvas = document.getElementById('canvas').getBoundingClientRect();
const text = document.querySelector('.card.current .value').getBoundingClientRect();
return [card.left >= canvas.left - 1, card.top >= canvas.top - 1, card.right <= canvas.right + 1,
  card.bottom <= canvas.bottom + 1, text.height >= 6];
"""


@pytest.mark.parametrize("size", [(1366, 900), (390, 844)])
@pytest.mark.parametrize(("text", "point"), [(ROW_1, ROW_1_POINT), (CHAIN, {"x": 0.7}), (MANY, MANY_POINT)])
def test_the_card_of_the_step_is_seen(page: Page, text: str, point: dict, size: tuple[int, int]) -> None:
    metrics = {"width": size[0], "height": size[1], "deviceScaleFactor": 1, "mobile": False}
    page.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
    try:
        page.open(page_of(text, point))
        assert page.run(IN_SIGHT) == [True] * 5
    finally:
        page.driver.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})


LAYERS = "h = tanh(W @ x + b); z = V @ h + c; p = softmax(z); -sum(y*ln(p))"
LAYERS_POINT = {
    "W": [[0.125, -0.25, 1 / 3], [0.5, 1.0, -1.0]],
    "x": [1.0, 2.0, 3.0],
    "b": [0.1, 0.2],
    "V": [[0.1, 0.2], [0.3, -0.4], [1.0, 1.0]],
    "c": [0.0, 0.1, 0.2],
    "y": [0.0, 1.0, 0.0],
}
BEHIND = """
const card = document.querySelector('.card.current').getBoundingClientRect();
const buttons = document.querySelector('.zoom').getBoundingClientRect();
return card.right > buttons.left && card.bottom > buttons.top;
"""


def test_no_card_of_a_step_is_behind_the_buttons(page: Page) -> None:
    from selenium.webdriver.common.keys import Keys

    metrics = {"width": 390, "height": 844, "deviceScaleFactor": 1, "mobile": False}
    page.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
    try:
        page.open(page_of(LAYERS, LAYERS_POINT))
        page.keys(Keys.HOME)
        seen = []
        for _ in range(32):
            page.keys("n")
            seen.append((*page.run(IN_SIGHT), page.run(BEHIND)))
        assert seen == [(True, True, True, True, True, False)] * 32
    finally:
        page.driver.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})


def test_the_adjoint_stands_beside_the_value(page: Page) -> None:
    page.open(page_of(MANY, MANY_POINT))
    heads = page.run("return [...document.querySelectorAll('.trace thead th')].map(head => head.textContent)")
    assert heads[:3] == ["v", "value", "∂f/∂v"]
    assert heads[3:] == [f"∂/∂x{digit}" for digit in "₁₂₃₄₅₆"]


@pytest.mark.skipif(shutil.which("pdftotext") is None, reason="pdftotext is not installed")
def test_paper_has_every_adjoint(page: Page, tmp_path: Path) -> None:
    page.open(page_of(MANY, MANY_POINT))
    printed = page.driver.execute_cdp_cmd("Page.printToPDF", {})
    paper = tmp_path / "page.pdf"
    paper.write_bytes(base64.b64decode(printed["data"]))
    text = subprocess.run(["pdftotext", "-layout", paper, "-"], capture_output=True, text=True, check=True).stdout
    trace = text[text.index("Evaluation trace") :]
    assert "∂f/∂v" in trace
    for row, cells in page.trace().items():
        assert any(line.split()[-2:] == cells[:2] for line in trace.splitlines() if line.strip().startswith(row))
