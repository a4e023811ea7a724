"""The inspector of a graph that is drawn as groups."""

from collections import Counter
from functools import cache

import pytest

from gradcli.render.cards import largest_adjoint, short
from gradcli.render.hierarchy.views import views
from gradcli.render.inspection import Inspection
from gradcli.render.inspector.data import page_data
from gradcli.render.picture import pretty_name, tint_look
from tests.render.inspections import inspect
from tests.render.inspector import pages
from tests.render.inspector.pages import Page
from tests.render.inspector.test_inputs import settle, type_into


@cache
def long_graph(x: float = 0.3) -> Inspection:
    """400 statements, each of which uses the two before it."""
    lines = [f"u{k} = sin(u{k - 1}) + 0.5*u{k - 2}" for k in range(2, 400)]
    return inspect("; ".join(["u0 = x*y", "u1 = x + y", *lines, "u399*x"]), {"x": x, "y": 0.7})


@cache
def long_page() -> str:
    inspection = long_graph()
    return pages.page(inspection, views(inspection, "title"))


def test_every_node_is_at_home_in_one_picture() -> None:
    inspection = long_graph()
    data = page_data(inspection, inspection, views(inspection, "title", most_cards=10**9))
    cards = [card for view in data["views"] for card in view["cards"]]
    at_home = Counter(card["node"] for card in cards if card["node"] >= 0 and not {"outside", "again"} & card.keys())
    assert at_home == Counter(range(len(inspection.rows)))
    assert any("outside" in card for card in cards)


def test_groups_of_a_large_graph_open_in_place(page: Page) -> None:
    page.open(long_page())
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


def test_groups_follow_a_changed_input_or_say_nothing(page: Page) -> None:
    changed = long_graph(1.5)
    page.open(long_page())
    before = page.card_rows()
    type_into(page, {"x": 1.5})
    after = page.card_rows()
    names = {pretty_name(name): node for node, name in changed.names.items()}
    given = {label.split()[1]: text for rows in after.values() for label, text in rows.items() if "gives" in label}
    assert given == {name: short(changed.value(names[name])) for name in given}
    assert len(given) > 3
    assert any(label.startswith("max ←") for rows in before.values() for label in rows)
    assert not any(label.startswith("max ←") for rows in after.values() for label in rows)
    page.run("document.querySelector('g.card.group').dispatchEvent(new Event('pointerenter'))")
    assert "At the original point: group" in page.text("#details")
    page.run("document.getElementById('reset').click()")
    settle(page)
    assert page.card_rows() == before
    assert page.messages() == []


def test_tints_in_an_opened_group_compare_within_it(page: Page) -> None:
    there = long_graph(1.5)
    pictures = {view.name: view.picture for view in views(there, "title")}
    page.open(long_page())
    type_into(page, {"x": 1.5})
    picture, rows = pictures[""], []
    while not rows:
        picture = pictures[next(card.group for card in picture.cards if card.group)]
        rows = [row for card in picture.cards for row in card.rows if row.tint is not None and not card.group]
        page.run("document.querySelector('g.card.group').focus()")
        page.keys("\ue007")
    settle(page)
    expected = [[f"tint-{sign}", f"{opacity:.2f}"] for sign, opacity in (tint_look(r.tint, r.mixed) for r in rows)]
    assert largest_adjoint(there, there.rows) > 2 * max(abs(float(row.value.replace("−", "-"))) for row in rows)
    found = page.run(
        "return [...document.querySelectorAll('g.card:not(.group) > rect[class^=tint]')]"
        ".map((rect) => [rect.className.baseVal.split(' ')[0], Number(rect.getAttribute('fill-opacity')).toFixed(2)])"
    )
    assert found == expected


def test_a_group_that_goes_wrong_is_marked(page: Page) -> None:
    lines = [f"u{k} = ln(u{k - 1} + 1)" for k in range(1, 300)]
    inspection = inspect("; ".join(["u0 = x", *lines, "u299*x"]), {"x": 2.0})
    page.open(pages.page(inspection, views(inspection, "title")))
    assert not page.all(".group .alarmed")
    type_into(page, {"x": -5.0})
    assert page.all(".group .alarmed")
    words = [found.text for found in page.all(".group .now-pill text")]
    assert next(word for word in words if "undefined" in word).endswith("1 undefined")
    page.run("document.getElementById('reset').click()")
    settle(page)
    assert not page.all(".group .alarmed, .now-pill")


def test_a_group_of_inputs_is_the_gradient_of_each_output(page: Page) -> None:
    inputs = "abcdefgh"
    lines = [f"u{k} = sin(u{k - 1})*{inputs[k % 8]}" for k in range(1, 300)]
    text = "; ".join(["u0 = " + "+".join(inputs), *lines, "s = u299 + u7", "s"])
    point = {name: 0.5 + 0.01 * k for k, name in enumerate(inputs)}
    inspection, changed = inspect(text, point), inspect(text, point | {"a": 1.1})
    page.open(pages.page(inspection, views(inspection, "title")))
    type_into(page, {"a": 1.1})
    rows = {label: text for found in page.card_rows().values() for label, text in found.items()}
    s = changed.outputs[0]
    for name in inputs:
        assert rows[f"← ∂s/∂{name}"] == short(changed.adjoints_of(changed.graph.inputs[name])[s])


def found_in_details(page: Page, words: str) -> str:
    """What is said of the first node that a search finds."""
    page.run(
        "const field = document.getElementById('search'); field.value = arguments[0];"
        "field.dispatchEvent(new Event('input'));"
        "field.dispatchEvent(new KeyboardEvent('keydown', {key: 'Enter'}))",
        words,
    )
    return page.text("#details")


def test_search_says_how_to_see_a_node_without_a_card(page: Page, monkeypatch: pytest.MonkeyPatch) -> None:
    inspection = long_graph()
    page.open(pages.page(inspection, views(inspection, "title", most_cards=1)))
    assert "gradcli graph … --focus u200" in found_in_details(page, "u200")
    monkeypatch.setattr("gradcli.render.inspector.data.MOST_NODES", 5)
    page.open(pages.page(inspection, views(inspection, "title", most_cards=1)))
    assert "gradcli graph … --focus u200" in found_in_details(page, "u200")
    assert page.text("#found") == "1 of 1"
    assert "(sin)" in found_in_details(page, "sin")
    found_in_details(page, "cosh")
    assert page.text("#found") == "none"
    assert page.messages() == []


def test_search_by_the_name_of_an_operation(page: Page) -> None:
    page.open(pages.page_of("sum(W@x)", {"W": [[1.0, 2.0]], "x": [1.0, 3.0]}))
    assert "v₁ = W @ x" in found_in_details(page, "matmul")


def test_a_group_without_a_picture_of_its_own_lies_on_paths_too(page: Page) -> None:
    inspection = long_graph()
    page.open(pages.page(inspection, views(inspection, "title", most_cards=1)))
    assert page.all("g.card.group")
    page.run("document.querySelector('.trace tbody tr').click()")
    assert not page.all("g.card.group.dim")
    type_into(page, {"x": float("nan")})
    assert page.all("g.card.group .alarmed")


def test_the_trace_follows_into_groups_whose_nodes_it_does_not_have(
    page: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of the fifth group there is no picture, and of the second no inner one: their nodes have no rows."""
    monkeypatch.setattr("gradcli.render.inspector.data.MOST_NODES", 100)
    inspection = long_graph()
    kept = [view for place, view in enumerate(views(inspection, "title", most_cards=120)) if place != 5]
    page.open(pages.page(inspection, kept))
    assert 100 > len(page.all(".trace tbody tr")) > 50
    reached = page.run(
        """const box = document.querySelector('.scroll'); const reached = [];
        for (const title of ['u₈₁ … u₁₆₀', 'u₃₂₀ … u₃₉₉']) {
          box.scrollTop = 0;
          [...document.querySelectorAll('g.card.group')].find(card => card.querySelector('.name').textContent === title)
            .dispatchEvent(new MouseEvent('click', { bubbles: true }));
          reached.push(box.scrollTop);
          document.querySelector('#crumbs button')?.click();
        }
        return reached"""
    )
    assert min(reached) > 0
