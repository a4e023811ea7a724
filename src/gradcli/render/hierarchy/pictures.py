"""From boxes that are groups or nodes to a picture: their cards, and the edges between them, counted."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, replace

from gradcli.render.cards import AGAIN, card, edge, typeset
from gradcli.render.hierarchy.group_cards import OUTSIDE, group_card, group_id, title, users_rows
from gradcli.render.hierarchy.groups import Group, Hierarchy, Item
from gradcli.render.hierarchy.lines import Bundle, Lines, Lining, is_interval
from gradcli.render.inspection import Link
from gradcli.render.listing import link_text
from gradcli.render.numbers import counted
from gradcli.render.picture import Card, Cluster, Direction, Edge, Picture, Row

MOST_TOLD = 6
"""So many of the edges that one line stands for are told on hovering."""


@dataclass(frozen=True)
class Frame:
    """A group that is drawn open, around its boxes but those in an inner frame."""

    group: Group
    items: Sequence[Item]


class Assembly:
    """Boxes to draw. `around` says which box an outside node is in, None for one that is left out."""

    def __init__(
        self, hierarchy: Hierarchy, items: Sequence[Item], around: Callable[[int], Item | None] = lambda _: None
    ) -> None:
        self.hierarchy = hierarchy
        self.items = list(items)
        self.owner: dict[int, Item] = {}
        for item in items:
            self.owner.update(dict.fromkeys(hierarchy.nodes(item), item))
        self.outside: dict[Item, None] = {}
        self.left_out: dict[Item, tuple[set[int], set[int]]] = {}
        self.bundles = self._bundled(around)

    def _bundled(self, around: Callable[[int], Item | None]) -> list[Bundle]:
        """The edges between different boxes, and those between the boxes and what is around them."""
        found: dict[tuple[Item, Item], Bundle] = {}
        for link, source, target in self._crossing(around):
            bundle = found.get((source, target))
            if bundle is None:
                bundle = found[source, target] = Bundle(source, target)
            bundle.links.append(link)
        return list(found.values())

    def _crossing(self, around: Callable[[int], Item | None]) -> Iterator[tuple[Link, Item, Item]]:
        outline, owner, inspection = self.hierarchy.outline, self.owner, self.hierarchy.inspection
        for node, target in owner.items():
            if any(owner.get(argument) is not target for argument in outline.arguments(node)):
                for link in inspection.links(node):
                    source = owner.get(link.argument)
                    if source is None:
                        source = self._beyond(around(link.argument), target, link.argument, 0)
                    if source is not None and source is not target:
                        yield link, source, target
            for user in outline.users[node]:
                if user not in owner:
                    beyond = self._beyond(around(user), target, user, 1)
                    if beyond is not None:
                        for link in inspection.links(user):
                            if link.argument == node:
                                yield link, target, beyond

    def _beyond(self, found: Item | None, item: Item, node: int, side: int) -> Item | None:
        """The box of an outside node; that one without a box is left out is kept in mind."""
        if found is None:
            self.left_out.setdefault(item, (set(), set()))[side].add(node)
        else:
            self.outside[found] = None
        return found

    def picture(self, title: str, direction: Direction, show: Collection[str], frames: Sequence[Frame] = ()) -> Picture:
        """All cards and edges."""
        lines = Lining(self.hierarchy, self.bundles, self.items, self.outside).lines()
        largest = self._largest()
        cards = [self._card(item, largest, show, lines) for item in self.items]
        joined = {item for bundle in lines.drawn for item in (bundle.source, bundle.target)}
        cards += [self._outside_card(item) for item in self.outside if item in joined]
        edges: list[Edge] = []
        repeats: dict[str, Card] = {}
        for bundle in lines.drawn:
            source = box_id(bundle.source)
            if bundle in lines.beside:
                repeat = self._repeat(bundle)
                source = repeat.id
                repeats[source] = repeat
            edges += self._edges(bundle, source, show)
        number = {frame.group: index for index, frame in enumerate(frames)}
        clusters = [
            Cluster(
                frame_title(self.hierarchy, frame.group),
                tuple(box_id(item) for item in frame.items),
                number.get(frame.group.parent) if frame.group.parent else None,
            )
            for frame in frames
        ]
        return Picture(title, (*cards, *repeats.values()), tuple(edges), tuple(clusters), direction)

    def _largest(self) -> float:
        """The largest magnitude of an adjoint in the picture that is finite."""
        peaks = self.hierarchy.outline.peaks
        found = (abs(peaks[node][0]) for node in self.owner if node in peaks)
        return max((number for number in found if math.isfinite(number)), default=0.0)

    def _card(self, item: Item, largest: float, show: Collection[str], lines: Lines) -> Card:
        users = lines.users.get(item, [])
        if isinstance(item, Group):
            return group_card(self.hierarchy, item, largest, show, lines.uses.get(item, []), users)
        found = card(self.hierarchy.inspection, item, largest, show)
        before, after = self.left_out.get(item, (set(), set()))
        parts = [counted(len(nodes), word) for nodes, word in ((before, "argument"), (after, "user")) if nodes]
        rows = [Row("not drawn", ", ".join(parts))] if parts else []
        rows += users_rows(self.hierarchy, users)
        return replace(found, rows=(*found.rows, *rows)) if rows else found

    def _outside_card(self, item: Item) -> Card:
        """A small card for what is outside the group that is drawn."""
        if isinstance(item, Group):
            told = f"outside: the group {item.name} of {counted(len(self.hierarchy.nodes(item)), 'node')}"
            return Card(
                group_id(item),
                title(self.hierarchy, item),
                "group",
                badge=OUTSIDE,
                description=told,
                group=item.name,
                outside=True,
            )
        inspection = self.hierarchy.inspection
        name = inspection.names[item]
        badge = "in" if inspection.is_input(item) else OUTSIDE
        told = f"outside: {name}"
        return Card(
            str(item),
            typeset(name, inspection.plain_names),
            inspection.kind(item),
            badge=badge,
            description=told,
            outside=True,
        )

    def _repeat(self, bundle: Bundle) -> Card:
        """A small card that stands for a node beside its user."""
        node, inspection = bundle.source, self.hierarchy.inspection
        assert not isinstance(node, Group)
        name, home = inspection.names[node], self.owner.get(node)
        badge, told = AGAIN, f"the node {name} again"
        if is_interval(home):
            badge, told = title(self.hierarchy, home), f"{name} in {home.name}"
        is_outside = home is None and node not in self.outside
        if is_outside:
            badge, told = "in" if inspection.is_input(node) else OUTSIDE, f"outside: {name}"
        ident = f"{node}@{bundle.target.name if isinstance(bundle.target, Group) else bundle.target}"
        return Card(
            ident,
            typeset(name, inspection.plain_names),
            inspection.kind(node),
            badge=badge,
            description=told,
            outside=is_outside,
        )

    def _edges(self, bundle: Bundle, source: str, show: Collection[str]) -> list[Edge]:
        """Into a node each edge with its partial, as long as one line says one; else one line for all."""
        inspection, links = self.hierarchy.inspection, bundle.links
        is_apart = not isinstance(bundle.source, Group) or len(links) == 1
        if is_apart and not isinstance(bundle.target, Group):
            found = [edge(inspection, link, source) for link in links]
            return found if "partial" in show else [replace(one, label="", tint=None) for one in found]
        told = [link_text(inspection, link) for link in links[:MOST_TOLD]]
        told += [f"and {len(links) - MOST_TOLD} more"] if len(links) > MOST_TOLD else []
        label = counted(len(links), "edge") if len(links) > 1 else ""
        cut = all(link.detached for link in links)
        return [Edge(source, box_id(bundle.target), label, cut, description="; ".join(told))]


def box_id(item: Item) -> str:
    """The id of a box's card."""
    return group_id(item) if isinstance(item, Group) else str(item)


def frame_title(hierarchy: Hierarchy, group: Group) -> str:
    """The title of a group that is drawn open."""
    return f"{title(hierarchy, group)} · {counted(len(hierarchy.nodes(group)), 'node')}"
