"""Which edges of a picture of boxes are lines, and which are told on the cards because lines would be a tangle."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TypeGuard

from gradcli.render.cards import FAR
from gradcli.render.hierarchy.groups import Group, Hierarchy, Item
from gradcli.render.inspection import Link

MANY = 4
"""A node that more groups than this use has no lines to them: their cards name it. A group that so many use has lines
to those only that nothing after it leads to."""
FEW = 3
"""A group has lines to so many nodes; with more, each has its argument beside it."""
TANGLE = 2
"""With more lines to groups than so many a box, each group has two only."""


@dataclass(eq=False)
class Bundle:
    """The edges from one box to another."""

    source: Item
    target: Item
    links: list[Link] = field(default_factory=list)

    def apart(self) -> list[Bundle]:
        """A bundle for each node that the edges come from."""
        nodes = dict.fromkeys(link.argument for link in self.links)
        return [Bundle(node, self.target, [one for one in self.links if one.argument == node]) for node in nodes]


@dataclass
class Lines:
    """The bundles with lines. `uses` is what each group uses besides, `users` the outside groups that use a box
    besides; `beside` are the bundles whose node stands again beside its user."""

    drawn: list[Bundle] = field(default_factory=list)
    uses: dict[Item, list[Item]] = field(default_factory=dict)
    users: dict[Item, list[Group]] = field(default_factory=dict)
    beside: set[Bundle] = field(default_factory=set)


class Lining:
    """Chooses lines for the bundles between boxes; `outside` are the boxes around the group that is drawn."""

    def __init__(
        self, hierarchy: Hierarchy, bundles: Sequence[Bundle], items: Sequence[Item], outside: Collection[Item]
    ) -> None:
        self.hierarchy = hierarchy
        self.bundles = bundles
        self.items = items
        self.outside = outside

    def lines(self) -> Lines:
        """The lines and what is told instead."""
        found = Lines()
        told = {*self._shared(), *self._passing(), *self._minor()}
        apart = {*self._few_inputs(), *self._fans_out()}
        used = set(self._fans_in())
        for bundle in self.bundles:
            target = bundle.target
            if target in self.outside and isinstance(target, Group) and (bundle in told or bundle in used):
                found.users.setdefault(bundle.source, []).append(target)
            elif bundle in told:
                sources = [bundle.source] if is_interval(bundle.source) else [one.source for one in bundle.apart()]
                found.uses.setdefault(target, []).extend(sources)
            else:
                found.drawn += bundle.apart() if bundle in apart else [bundle]
        found.beside = self._far(found.drawn)
        return found

    def _shared(self) -> Iterator[Bundle]:
        """The bundles to groups from inputs that are a group, or from a node that many groups use."""
        to_groups = [bundle for bundle in self.bundles if isinstance(bundle.target, Group)]
        users = Counter(bundle.source for bundle in to_groups)
        for bundle in to_groups:
            if is_inputs(bundle.source) or (not isinstance(bundle.source, Group) and users[bundle.source] > MANY):
                yield bundle

    def _passing(self) -> Iterator[Bundle]:
        """The bundles from a group that many groups use to those which boxes after it lead to: in a chain of groups
        such lines would pass by all that are between."""
        into: dict[Item, list[Bundle]] = {}
        for bundle in self.bundles:
            if isinstance(bundle.target, Group):
                into.setdefault(bundle.target, []).append(bundle)
        users = Counter(bundle.source for bundles in into.values() for bundle in bundles)
        for bundles in into.values():
            last = max(self._place(bundle.source) for bundle in bundles)
            for bundle in bundles:
                if is_interval(bundle.source) and users[bundle.source] > MANY and self._place(bundle.source) < last:
                    yield bundle

    def _minor(self) -> Iterator[Bundle]:
        """Of a tangle, the bundles to each group but that from the last box before it and that of the most edges."""
        shared = {*self._shared(), *self._passing()}
        to_groups = [one for one in self.bundles if isinstance(one.target, Group) and one not in shared]
        if len(to_groups) <= TANGLE * len(self.items):
            return
        into: dict[Item, list[Bundle]] = {}
        for bundle in to_groups:
            into.setdefault(bundle.target, []).append(bundle)
        for bundles in into.values():
            last = max(bundles, key=lambda one: self._place(one.source))
            most = max((one for one in bundles if one is not last), key=lambda one: len(one.links), default=last)
            yield from (one for one in bundles if one is not last and one is not most)

    def _few_inputs(self) -> Iterator[Bundle]:
        """The bundles from a few inputs of a group."""
        for bundle in self.bundles:
            if is_inputs(bundle.source) and len({link.argument for link in bundle.links}) <= MANY:
                yield bundle

    def _fans_out(self) -> Iterator[Bundle]:
        """The bundles from a group to more than a few nodes."""
        fans: dict[Item, list[Bundle]] = {}
        for bundle in self.bundles:
            if is_interval(bundle.source) and not isinstance(bundle.target, Group):
                fans.setdefault(bundle.source, []).append(bundle)
        for bundles in fans.values():
            if len(bundles) > FEW:
                yield from bundles

    def _fans_in(self) -> Iterator[Bundle]:
        """The bundles from more than a few nodes to a group outside."""
        fans: dict[Item, list[Bundle]] = {}
        for bundle in self.bundles:
            if bundle.target in self.outside and is_interval(bundle.target) and not isinstance(bundle.source, Group):
                fans.setdefault(bundle.target, []).append(bundle)
        for bundles in fans.values():
            if len(bundles) > FEW:
                yield from sorted(bundles, key=lambda one: self._place(one.source))[:-1]

    def _far(self, drawn: Sequence[Bundle]) -> set[Bundle]:
        """The bundles of one node that would pass many levels more than the first from it, or whose node has no box."""
        levels = self._levels(drawn)
        first: dict[Item, int] = {}
        for bundle in drawn:
            level = levels[bundle.target]
            first[bundle.source] = min(level, first.get(bundle.source, level))
        late = self._late() if any(isinstance(item, Group) for item in self.items) else set()
        alone = {item for item, count in Counter(bundle.source for bundle in drawn).items() if count == 1}
        return {
            bundle
            for bundle in drawn
            if not isinstance(bundle.source, Group)
            and (
                bundle.source not in levels
                or levels[bundle.target] - first[bundle.source] >= FAR
                or (self._place(bundle.source) < 0 and bundle.target in late and bundle.source not in alone)
            )
        }

    def _late(self) -> set[Item]:
        """The boxes but the first few: a line from an input to one of them would pass by many groups."""
        computed = [item for item in self.items if self._place(item) >= 0]
        return set(sorted(computed, key=self._place)[FAR:])

    def _levels(self, drawn: Sequence[Bundle]) -> dict[Item, int]:
        """The longest way to each box, as far as the boxes follow one another in the trace."""
        rank = {item: index for index, item in enumerate(sorted([*self.items, *self.outside], key=self._place))}
        levels = dict.fromkeys(rank, 0)
        known = [one for one in drawn if one.source in rank and rank[one.source] < rank[one.target]]
        for bundle in sorted(known, key=lambda one: (rank[one.source], rank[one.target])):
            levels[bundle.target] = max(levels[bundle.target], levels[bundle.source] + 1)
        return levels

    def _place(self, item: Item) -> int:
        """Where a box begins in the trace; inputs come before everything."""
        if isinstance(item, Group):
            return item.piece.start if item.piece.size else -1
        return self.hierarchy.outline.place.get(item, -1)


def is_inputs(item: Item) -> bool:
    """Whether a box is a group of inputs."""
    return isinstance(item, Group) and not item.piece.size


def is_interval(item: Item | None) -> TypeGuard[Group]:
    """Whether a box is a group of what is computed."""
    return isinstance(item, Group) and item.piece.size > 0
