"""axe-core finds no serious fault, in any state of the page, on both grounds, on a desk and on a phone."""

from typing import Any

import pytest

from tests.render.inspections import ROW_1, ROW_1_POINT, ROW_5, ROW_5_POINT
from tests.render.inspector import pages
from tests.render.inspector.pages import Page, page_of
from tests.render.inspector.test_looking import grouped

axe = pytest.importorskip("axe_core_python.selenium", reason="axe-core-python is not installed, so no page is judged")


def faults(page: Page) -> list[str]:
    judge = axe.Axe()
    if page.run("return typeof axe === 'undefined'"):
        page.run(judge.axe_script)
    found: dict[str, Any] = page.driver.execute_async_script("axe.run().then(arguments[0])")
    assert len(found["passes"]) > 10
    return [
        f"{fault['impact']}: {fault['id']}: {[node['html'] for node in fault['nodes']][:3]}"
        for fault in found["violations"]
        if fault["impact"] in ("serious", "critical", "moderate")
    ]


@pytest.mark.parametrize(
    ("text", "point"), [(ROW_1, ROW_1_POINT), (ROW_5, ROW_5_POINT), ("relu(x)*y", {"x": 0.0, "y": 3.0})]
)
def test_whole_page(page: Page, text: str, point: dict) -> None:
    page.open(page_of(text, point))
    for theme in ("light", "dark"):
        page.run("document.documentElement.dataset.theme = arguments[0]", theme)
        assert faults(page) == []
    page.keys(*"ppp")
    page.run("document.querySelector('g.card').dispatchEvent(new MouseEvent('click', {bubbles: true}))")
    for theme in ("dark", "light"):
        page.run("document.documentElement.dataset.theme = arguments[0]", theme)
        assert faults(page) == []


def test_without_a_point(page: Page) -> None:
    page.open(page_of("ln(x1)+x1*x2", shapes={"x1": (), "x2": ()}))
    assert faults(page) == []


def test_opened_group_and_help(page: Page) -> None:
    page.open(pages.page(*grouped()))
    page.card("sum").click()
    assert faults(page) == []
    page.keys("?")
    assert faults(page) == []


def test_changed_inputs(page: Page) -> None:
    page.open(page_of(ROW_1, ROW_1_POINT))
    page.run(
        "document.getElementById('inputs').open = true; const field = document.getElementById('input-0-0');"
        "field.value = '-3'; field.dispatchEvent(new Event('input'))"
    )
    page.keys("/", *"sin")
    assert page.text("#troubles")
    for theme in ("light", "dark"):
        page.run("document.documentElement.dataset.theme = arguments[0]", theme)
        assert faults(page) == []


def test_on_a_phone(page: Page) -> None:
    size = {"width": 390, "height": 844, "deviceScaleFactor": 1, "mobile": True}
    page.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    try:
        page.open(page_of(ROW_1, ROW_1_POINT))
        assert faults(page) == []
    finally:
        page.driver.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
