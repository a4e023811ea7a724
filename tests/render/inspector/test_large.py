"""Pages of graphs in which a node has very many users, or in which there is very much of something."""

import pytest

from gradcli.render.cards import short
from gradcli.render.hierarchy.views import views
from tests.render.inspections import inspect
from tests.render.inspector import pages
from tests.render.inspector.pages import Page


def large(page: Page, text: str, point: dict) -> str:
    """Open the page of an expression whose picture is made of groups; its text."""
    inspection = inspect(text, point)
    html = pages.page(inspection, views(inspection, "title"))
    page.open(html)
    return html


def wide_sum(terms: int) -> str:
    return "+".join(f"x*{k}.5" for k in range(terms))


@pytest.mark.parametrize("terms", [1500, 3000], ids=["every node known", "some nodes unknown"])
def test_a_node_with_thousands_of_users_names_a_dozen_of_them(page: Page, terms: int) -> None:
    html = large(page, wide_sum(terms), {"x": 0.5})
    assert page.messages() == []
    step = " ".join(page.text("#step").split())
    assert step.count(f"… and {terms - 12:,} more") == 2
    assert step.count("∂f/∂v") == 12
    assert len(step) < 2000
    assert len(html) < 8_000_000
    assert page.trace()["x"][-1] == short(terms**2 / 2)
