"""The inspector of a graph that is drawn as groups."""

from collections import Counter

from gradcli.render.hierarchy.views import views
from gradcli.render.inspection import Inspection
from gradcli.render.inspector.data import page_data
from tests.render.inspections import inspect
from tests.render.inspector import pages
from tests.render.inspector.pages import Page


def long_graph() -> Inspection:
    """400 statements, each of which uses the two before it."""
    lines = [f"u{k} = sin(u{k - 1}) + 0.5*u{k - 2}" for k in range(2, 400)]
    return inspect("; ".join(["u0 = x*y", "u1 = x + y", *lines, "u399*x"]), {"x": 0.3, "y": 0.7})


def test_every_node_is_at_home_in_one_picture() -> None:
    inspection = long_graph()
    data = page_data(inspection, inspection, views(inspection, "title", most_cards=10**9))
    cards = [card for view in data["views"] for card in view["cards"]]
    at_home = Counter(card["node"] for card in cards if card["node"] >= 0 and not {"outside", "again"} & card.keys())
    assert at_home == Counter(range(len(inspection.rows)))
    assert any("outside" in card for card in cards)


def test_groups_of_a_large_graph_open_in_place(page: Page) -> None:
    inspection = long_graph()
    page.open(pages.page(inspection, views(inspection, "title")))
    assert 2 <= len(page.all("g.card.group")) < 20
    page.run("document.querySelector('g.card.group').focus()")
    page.keys("\ue007")
    assert page.text("#crumbs").startswith("whole graph")
    assert len(page.all("#crumbs li")) == 2
    page.run("document.querySelector('.trace tbody tr').click()")
    assert page.all("g.card.on-path")
    page.keys("\ue00c", "\ue00c")
    assert len(page.all("#crumbs li")) == 1
    assert page.messages() == []
