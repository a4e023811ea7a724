"""One Chromium for all tests of the inspector."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.render.inspector.pages import Page, chromium


@pytest.fixture(scope="session")
def driver() -> Iterator[Any]:
    with chromium() as found:
        yield found


@pytest.fixture
def page(driver: Any, tmp_path: Path) -> Page:
    return Page(driver, tmp_path)
