"""Pages of graphs in which a node has very many users, or in which there is very much of something."""

import pytest

from gradcli.render.cards import short
from gradcli.render.hierarchy.views import views
from gradcli.render.inspection import Inspection, as_drawn, output_note
from gradcli.render.inspector.page import to_html
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


def many_outputs(count: int) -> Inspection:
    lines = [f"h{k} = sin(h{k - 1}) + {k}*y" for k in range(1, count + 1)]
    return inspect("; ".join(["h0 = x", *lines, *(f"h{k}" for k in range(1, count + 1))]), {"x": 0.5, "y": 0.25})


def test_of_many_outputs_the_adjoints_of_the_last_are_shown(page: Page) -> None:
    whole = many_outputs(30)
    drawn = as_drawn(whole)
    assert [*drawn.adjoints] == [whole.outputs[-1]]
    html = to_html(drawn, whole, views(drawn, "title"), "auto", 20.0)
    assert len(html) < 500_000
    page.open(html)
    assert page.one("#sweeps").text.splitlines() == ["forward", "reverse, h₃₀"]
    note = "adjoints are shown of h₃₀ alone, not of 29 other outputs; the output that stands last is shown"
    assert note in page.text("#trace")
    assert "30 outputs, such as h₁: " in page.text("#verdicts")
    assert page.messages() == []


def test_a_few_outputs_are_all_swept() -> None:
    whole = many_outputs(8)
    assert as_drawn(whole) is whole
    assert output_note(whole, whole) == ""
