"""From boxes that are groups or nodes to a picture: their cards, and the edges between them, counted."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from gradcli.render.cards import AGAIN, FAR, card, edge, typeset
from gradcli.render.hierarchy.group_cards import OUTSIDE, counted, group_card, group_id, title
from gradcli.render.hierarchy.groups import Group, Hierarchy, Item
from gradcli.render.inspection import Link
from gradcli.render.listing import link_text
from gradcli.render.picture import Card, Cluster, Direction, Edge, Picture, Row

MANY = 4
"""A node that more groups than this use has no lines to groups: their cards name it."""
TANGLE = 2
"""With more lines between groups than so many a box, each group has only its strongest."""
MOST_LINES = 2
MOST_TOLD = 6
"""So many of the edges that one line stands for are told on hovering."""


@dataclass(eq=False)
class Bundle:
    """The edges from one box to another."""

    source: Item
    target: Item
    links: list[Link] = field(default_factory=list)


@dataclass(frozen=True)
class Frame:
    """A group that is drawn open, around its boxes."""

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

    @property
    def boxes(self) -> int:
        """How many boxes the picture has, repetitions not counted."""
        return len(self.items) + len(self.outside)

    def picture(self, title: str, direction: Direction, show: Collection[str], frames: Sequence[Frame] = ()) -> Picture:
        """All cards and edges."""
        named, lined = self._split()
        again = self._far(lined, self._levels(lined))
        largest = self._largest()
        cards = [self._card(item, largest, show, named) for item in self.items]
        joined = {item for bundle in lined for item in (bundle.source, bundle.target)}
        cards += [self._outside_card(item) for item in self.outside if item in joined]
        edges: list[Edge] = []
        repeats: dict[str, Card] = {}
        for bundle in lined:
            source = box_id(bundle.source)
            if bundle in again:
                repeat = self._repeat(bundle)
                source = repeat.id
                repeats[source] = repeat
            edges += self._edges(bundle, source, show)
        clusters = [
            Cluster(frame_title(self.hierarchy, frame.group), tuple(box_id(item) for item in frame.items))
            for frame in frames
        ]
        return Picture(title, (*cards, *repeats.values()), tuple(edges), tuple(clusters), direction)

    def _split(self) -> tuple[dict[Group, list[Item]], list[Bundle]]:
        """What the cards of groups name instead of lines, and the bundles with lines."""
        named: dict[Group, list[Item]] = {}
        lined = []
        minor = {*self._shared(), *self._minor()}
        for bundle in self.bundles:
            if isinstance(bundle.target, Group) and bundle in minor:
                named.setdefault(bundle.target, []).extend(sources_in(bundle))
            else:
                lined += apart(bundle)
        return named, lined

    def _shared(self) -> Iterator[Bundle]:
        """The bundles to groups from inputs that are a group, or that many groups use."""
        users: Counter[Item] = Counter(one.source for one in self.bundles if isinstance(one.target, Group))
        for bundle in self.bundles:
            if is_inputs(bundle.source) or (self._is_input(bundle.source) and users[bundle.source] > MANY):
                yield bundle

    def _minor(self) -> Iterator[Bundle]:
        """Of a tangle, the bundles to each group but those of the most edges."""
        between = [one for one in self.bundles if is_interval(one.source) and isinstance(one.target, Group)]
        if len(between) <= TANGLE * len(self.items):
            return
        into: dict[Item, list[Bundle]] = {}
        for bundle in between:
            into.setdefault(bundle.target, []).append(bundle)
        for bundles in into.values():
            yield from sorted(bundles, key=lambda one: -len(one.links))[MOST_LINES:]

    def _is_input(self, item: Item) -> bool:
        return not isinstance(item, Group) and item not in self.hierarchy.outline.place

    def _levels(self, bundles: Sequence[Bundle]) -> dict[Item, int]:
        """The longest way to each box, as far as the boxes follow one another in the trace."""
        rank = {item: index for index, item in enumerate(sorted([*self.items, *self.outside], key=self._first_place))}
        levels = dict.fromkeys(rank, 0)
        known = [one for one in bundles if one.source in rank]
        for bundle in sorted(known, key=lambda one: (rank[one.source], rank[one.target])):
            if rank[bundle.source] < rank[bundle.target]:
                levels[bundle.target] = max(levels[bundle.target], levels[bundle.source] + 1)
        return levels

    def _first_place(self, item: Item) -> int:
        if isinstance(item, Group):
            return item.piece.start if item.piece.size else -1
        return self.hierarchy.outline.place.get(item, -1)

    def _far(self, bundles: Sequence[Bundle], levels: dict[Item, int]) -> set[Bundle]:
        """The bundles of one node that would pass many levels more than the first from it, or whose node is in a group
        of inputs: a small card of the node stands beside the user."""
        first: dict[Item, int] = {}
        if any(isinstance(item, Group) for item in self.items):  # a line from an input would pass by many groups
            first = {item: 0 for item in levels if self._is_input(item)}
        for bundle in bundles:
            level = levels[bundle.target]
            first[bundle.source] = min(level, first.get(bundle.source, level))
        return {
            bundle
            for bundle in bundles
            if not isinstance(bundle.source, Group)
            and (bundle.source not in levels or levels[bundle.target] - first[bundle.source] >= FAR)
        }

    def _largest(self) -> float:
        """The largest magnitude of an adjoint in the picture that is finite."""
        peaks = self.hierarchy.outline.peaks
        found = (abs(peaks[node][0]) for node in self.owner if node in peaks)
        return max((number for number in found if math.isfinite(number)), default=0.0)

    def _card(self, item: Item, largest: float, show: Collection[str], named: Mapping[Group, list[Item]]) -> Card:
        if isinstance(item, Group):
            return group_card(self.hierarchy, item, largest, show, named.get(item, []))
        found = card(self.hierarchy.inspection, item, largest, show)
        before, after = self.left_out.get(item, (set(), set()))
        parts = [counted(len(nodes), word) for nodes, word in ((before, "argument"), (after, "user")) if nodes]
        return replace(found, rows=(*found.rows, Row("not drawn", ", ".join(parts)))) if parts else found

    def _outside_card(self, item: Item) -> Card:
        """A small card for what is outside the group that is drawn."""
        if isinstance(item, Group):
            told = f"outside: the group {item.name} of {counted(len(self.hierarchy.nodes(item)), 'node')}"
            return Card(group_id(item), title(item), "group", badge=OUTSIDE, description=told, group=item.name)
        inspection = self.hierarchy.inspection
        name = inspection.names[item]
        badge = "in" if inspection.is_input(item) else OUTSIDE
        return Card(str(item), typeset(name), inspection.kind(item), badge=badge, description=f"outside: {name}")

    def _repeat(self, bundle: Bundle) -> Card:
        """A small card that stands for a node beside a far user."""
        inspection = self.hierarchy.inspection
        assert not isinstance(bundle.source, Group)
        name = inspection.names[bundle.source]
        told = f"the node {name} again"
        target = bundle.target.name if isinstance(bundle.target, Group) else bundle.target
        ident = f"{bundle.source}@{target}"
        return Card(ident, typeset(name), inspection.kind(bundle.source), badge=AGAIN, description=told)

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


def is_inputs(item: Item) -> bool:
    """Whether a box is a group of inputs."""
    return isinstance(item, Group) and not item.piece.size


def is_interval(item: Item) -> bool:
    """Whether a box is a group of what is computed."""
    return isinstance(item, Group) and item.piece.size > 0


def sources_in(bundle: Bundle) -> list[Item]:
    """What a bundle comes from: a group, or inputs."""
    if is_interval(bundle.source):
        return [bundle.source]
    return [*dict.fromkeys(link.argument for link in bundle.links)]


def apart(bundle: Bundle) -> list[Bundle]:
    """A bundle from a group of inputs as one from each of them."""
    if not is_inputs(bundle.source):
        return [bundle]
    nodes = dict.fromkeys(link.argument for link in bundle.links)
    return [Bundle(node, bundle.target, [link for link in bundle.links if link.argument == node]) for node in nodes]


def box_id(item: Item) -> str:
    """The id of a box's card."""
    return group_id(item) if isinstance(item, Group) else str(item)


def frame_title(hierarchy: Hierarchy, group: Group) -> str:
    """The title of a group that is drawn open."""
    return f"{title(group)} · {counted(len(hierarchy.nodes(group)), 'node')}"
