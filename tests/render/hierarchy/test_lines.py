"""What lines and cards say of the edges: together all of them."""

from functools import partial

import pytest

from gradcli.render.cards import PARTS
from gradcli.render.hierarchy.groups import Group, Hierarchy, Item
from gradcli.render.hierarchy.lines import MANY, Lining
from gradcli.render.hierarchy.pictures import Assembly
from gradcli.render.hierarchy.views import inside
from gradcli.render.picture import Card
from tests.render.hierarchy.graphs import GRAPHS, inspected
from tests.render.inspections import node_named


def terms(name: str, by: float) -> str:
    return "+".join(f"sin({name}*{k + by})" for k in range(1, 100))


SHARED = "\n".join(
    [f"u={terms('x1', 0)}", *(f"p{k}={terms('u', k / 10)}" for k in range(8)), "*".join(f"p{k}" for k in range(8))]
)
EVERY = {**GRAPHS, "shared": SHARED}


def views_of(hierarchy: Hierarchy) -> list[tuple[Group, Assembly]]:
    """All groups, opened."""
    return [
        (group, Assembly(hierarchy, hierarchy.children(group), partial(hierarchy.neighbour, group=group)))
        for group in hierarchy.groups()
    ]


@pytest.mark.parametrize("text", EVERY.values(), ids=EVERY)
def test_every_edge_has_a_line_or_is_told_on_a_card_of_the_picture(text: str) -> None:
    hierarchy = Hierarchy(inspected(text))
    told_outside = 0
    for group, assembly in views_of(hierarchy):
        lines = Lining(hierarchy, assembly.bundles, assembly.items, assembly.outside).lines()
        drawn = {(link.node, link.position) for bundle in lines.drawn for link in bundle.links}
        cards = {card.id: card for card in inside(hierarchy, group, "LR", PARTS).cards}
        for bundle in assembly.bundles:
            if all((link.node, link.position) in drawn for link in bundle.links):
                continue
            if bundle.target in assembly.items:
                assert rows_of(cards, bundle.target) & {"uses", "also from"}
            else:
                assert "used in" in rows_of(cards, bundle.source)
                told_outside += 1
    assert text != SHARED or told_outside > MANY


def rows_of(cards: dict[str, Card], item: Item) -> set[str]:
    card = cards[f"group {item.name}" if isinstance(item, Group) else str(item)]
    return {row.label for row in card.rows}


def test_a_node_that_many_groups_outside_use_says_how_many() -> None:
    hierarchy = Hierarchy(inspected(SHARED))
    u = node_named(hierarchy.inspection, "u")
    holding = [group for group in hierarchy.groups() if u in hierarchy.children(group)]
    (card,) = (card for card in inside(hierarchy, holding[0], "LR", PARTS).cards if card.id == str(u))
    assert [row.value for row in card.rows if row.label == "used in"] == ["8 other groups"]
