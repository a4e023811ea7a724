"""Pages of the inspector in Debian's Chromium, for the tests of this folder."""

import json
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from gradcli.render.cards import picture_of
from gradcli.render.inspection import Inspection
from gradcli.render.inspector.page import to_html
from gradcli.render.view import View
from gradcli.shapes import Shape
from tests.render.inspections import inspect, structure

FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--window-size=1280,720",
)


def page_of(
    text: str, point: dict[str, Any] | None = None, title: str = "", shapes: dict[str, Shape] | None = None
) -> str:
    """The page of an expression at a point, or without one for inputs of some shapes."""
    inspection = inspect(text, point) if point is not None else structure(text, shapes or {})
    return page(inspection, [View("", "", picture_of(inspection, title or text))])


def page(inspection: Inspection, views: Sequence[View]) -> str:
    return to_html(inspection, inspection, views, "auto", 20.0)


@contextmanager
def chromium() -> Iterator[Any]:
    """A driver of a fresh Chromium that logs its console and its requests; skips where there is none."""
    binary, driver = shutil.which("chromium"), shutil.which("chromedriver")
    if binary is None or driver is None:
        pytest.skip("chromium or chromedriver is not installed, so no page can be looked at")
    from selenium import webdriver
    from selenium.webdriver.chrome.service import Service

    options = webdriver.ChromeOptions()
    options.binary_location = binary
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        for flag in (*FLAGS, f"--user-data-dir={profile}"):
            options.add_argument(flag)
        options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
        found = webdriver.Chrome(options=options, service=Service(driver))
        try:
            yield found
        finally:
            found.quit()


class Page:
    """One page in a browser."""

    def __init__(self, driver: Any, folder: Path) -> None:
        self.driver = driver
        self.folder = folder

    def open(self, html: str) -> "Page":
        """Load a page from disk; what was logged before is forgotten."""
        self.messages()
        self.requests()
        target = self.folder / "g.html"
        target.write_text(html, encoding="utf-8")
        self.driver.get(target.as_uri())
        return self

    def messages(self) -> list[str]:
        """What the console said since the last call."""
        return [entry["message"] for entry in self.driver.get_log("browser")]

    def requests(self) -> list[str]:
        """The addresses that were asked for since the last call."""
        events = [json.loads(entry["message"])["message"] for entry in self.driver.get_log("performance")]
        asked = [e["params"] for e in events if e["method"] == "Network.requestWillBeSent"]
        # The browser's own first page asks for things too.
        return [found["request"]["url"] for found in asked if found["documentURL"].startswith("file:")]

    def run(self, script: str, *arguments: Any) -> Any:
        return self.driver.execute_script(script, *arguments)

    def all(self, selector: str) -> list[Any]:
        return self.driver.find_elements("css selector", selector)

    def one(self, selector: str) -> Any:
        return self.driver.find_element("css selector", selector)

    def blocked(self) -> list[str]:
        """Why requests failed since the last call of this or of `requests`."""
        events = [json.loads(entry["message"])["message"] for entry in self.driver.get_log("performance")]
        return [e["params"].get("blockedReason", "") for e in events if e["method"] == "Network.loadingFailed"]

    def text(self, selector: str) -> str:
        return str(self.run("return document.querySelector(arguments[0]).innerText", selector))

    def keys(self, *keys: str) -> None:
        """Type into whatever has the focus."""
        from selenium.webdriver.common.action_chains import ActionChains

        chain = ActionChains(self.driver, duration=0)
        for key in keys:
            chain.send_keys(key)
        chain.perform()

    def focused(self) -> str:
        """What is focused, in short."""
        return str(
            self.run("const e = document.activeElement; return e.id || e.getAttribute('aria-label') || e.textContent")
        )

    def card(self, title: str) -> Any:
        """The card with a title."""
        return self.run(
            "return [...document.querySelectorAll('g.card')]"
            ".find(card => card.querySelector('.name').textContent === arguments[0])",
            title,
        )

    def card_rows(self) -> dict[str, dict[str, str]]:
        """The rows of all cards that are to be seen: number by label, by title."""
        cards = self.run(
            """return [...document.querySelectorAll('g.card')].map(card => {
                const labels = [...card.querySelectorAll(':scope > .label')];
                const values = [...card.querySelectorAll(':scope > .value')];
                const seen = labels.map((l, k) => [l.textContent, values[k]])
                  .filter(([, v]) => getComputedStyle(v).visibility === 'visible');
                return [card.querySelector('.name').textContent, seen.map(([l, v]) => [l, v.textContent])];
                })"""
        )
        return {title: dict(rows) for title, rows in cards}

    def trace(self) -> dict[str, list[str]]:
        """The cells of the evaluation trace by the row's title; nothing for one that is not to be seen yet."""
        return dict(
            self.run(
                """return [...document.querySelectorAll('.trace tbody tr')].map(row =>
                [row.querySelector('th').textContent, [...row.querySelectorAll('td')]
                .map(td => getComputedStyle(td.firstChild).visibility === 'visible' ? td.textContent : '')])"""
            )
        )
