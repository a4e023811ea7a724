"""The hierarchy of a graph: groups, made when they are looked at, and their names, which the user can type."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

from gradcli.errors import UsageError, suggestion
from gradcli.render.hierarchy.division import FULL, Piece, branches, divided, statement_ends
from gradcli.render.hierarchy.outline import Outline
from gradcli.render.inspection import Inspection

MOST_INPUTS = 3
"""More inputs than these beside groups are a group themselves."""
INPUTS = "inputs"


@dataclass(eq=False)
class Group:
    """Nodes that are one box until it is opened: an interval of the outline, and the inputs that only it uses.

    A group of inputs alone has an empty interval.
    """

    name: str
    piece: Piece
    inputs: list[int]
    parent: Group | None = None

    @cached_property
    def known_inputs(self) -> frozenset[int]:
        """The inputs, to look one up."""
        return frozenset(self.inputs)

    @property
    def path(self) -> list[Group]:
        """The groups around it, from the whole to its parent."""
        around = []
        group = self.parent
        while group is not None:
            around.append(group)
            group = group.parent
        return around[::-1]


Item = Group | int
"""What a picture has a box for: a group or a node."""


class Hierarchy:
    """All groups of an inspected graph, from the whole downwards."""

    def __init__(self, inspection: Inspection) -> None:
        self.inspection = inspection
        self.outline = Outline(inspection)
        self.whole = Group("", Piece(0, len(self.outline.order)), self.outline.inputs)
        self._opened: dict[Group, list[Item]] = {}

    def nodes(self, item: Item) -> list[int]:
        """The nodes in a group, in creation order after its inputs."""
        if isinstance(item, int):
            return [item]
        return [*item.inputs, *self.outline.order[item.piece.start : item.piece.end]]

    def children(self, group: Group) -> list[Item]:
        """What a group opens to: inputs first, then in the order of the trace."""
        if group not in self._opened:
            self._opened[group] = self._open(group)
        return self._opened[group]

    def _open(self, group: Group) -> list[Item]:
        if not group.piece.size:
            return self._inputs_opened(group)
        pieces = divided(self.outline, group.piece, group is self.whole)
        starts = [piece.start for piece in pieces]
        inner: list[list[int]] = [[] for _ in pieces]
        own: list[int] = []
        for node in group.inputs:
            users = [bisect_right(starts, self.outline.place[user]) - 1 for user in self.outline.users[node]]
            only = users[0] if users and users[0] == users[-1] else None
            (own if only is None or pieces[only].size == 1 else inner[only]).append(node)
        items: list[Item] = [*own]
        if len(own) > (MOST_INPUTS if any(piece.size > 1 for piece in pieces) else FULL):
            name = f"{group.name}.{INPUTS}" if group.name else self.free(INPUTS)
            items = [Group(name, Piece(0, 0), own, group)]
        number = 0
        for piece, inputs in zip(pieces, inner, strict=True):
            if piece.size == 1:
                items.append(self.outline.order[piece.start])
            else:
                number += 1
                items.append(Group(self._name(group, piece, number), piece, inputs, group))
        return items

    def _inputs_opened(self, group: Group) -> list[Item]:
        """Slices of many inputs, or each of a few."""
        inputs = group.inputs
        if len(inputs) <= FULL:
            return [*inputs]
        count = branches(len(inputs))
        cuts = [len(inputs) * index // count for index in range(count + 1)]
        slices = [inputs[a:b] for a, b in pairwise(cuts)]
        return [Group(f"{group.name}.{k}", Piece(0, 0), part, group) for k, part in enumerate(slices, 1)]

    # Names

    def _name(self, group: Group, piece: Piece, number: int) -> str:
        """A statement has its own name, several have those of the first and the last; other parts are numbered."""
        ends = self._ends
        first = bisect_right(ends, piece.start)
        last = bisect_right(ends, piece.end) - 1
        begins = piece.start == 0 or (first > 0 and ends[first - 1] == piece.start)
        if len(ends) > 1 and begins and last >= first and ends[last] == piece.end:
            names = [self.statement(ends[index] - 1) for index in (first, last)]
            return names[0] if first == last else f"{names[0]}..{names[1]}"
        return f"{group.name}.{number}" if group.name else f"{self.free('part')}{number}"

    @cached_property
    def _ends(self) -> list[int]:
        """Where all statements end."""
        return statement_ends(self.outline, self.whole.piece)

    def statement(self, place: int) -> str:
        """The name of the node at a place; of several with one name all but the first are numbered."""
        return self._statements.get(place) or self.inspection.names[self.outline.order[place]]

    @cached_property
    def _statements(self) -> dict[int, str]:
        seen: dict[str, int] = {}
        found = {}
        for end in self.outline.statement_ends:
            name = self.inspection.names[self.outline.order[end - 1]]
            seen[name] = seen.get(name, 0) + 1
            found[end - 1] = name if seen[name] == 1 else f"{name}~{seen[name]}"
        return found

    def free(self, word: str) -> str:
        """A word that begins no name of a node which looks like the name of a group."""
        while any(re.fullmatch(rf"{word}[0-9.]*", name) for name in self.inspection.graph.names.values()):
            word += "_"
        return word

    # Finding

    def groups(self) -> Iterator[Group]:
        """All groups but the whole, breadth first; each is made when it is reached."""
        waiting = deque([self.whole])
        while waiting:
            for item in self.children(waiting.popleft()):
                if isinstance(item, Group):
                    yield item
                    waiting.append(item)

    def group(self, name: str) -> Group:
        """The group of a name. Raises UsageError with the name that may be meant."""
        for group in self.groups():
            if group.name == name:
                return group
        names = [group.name for group in self.groups()]
        some = ", ".join(names[:8]) + (", ..." if len(names) > 8 else "")
        hint = suggestion(name, names, f"there are {some}" if names else "this graph is one picture")
        raise UsageError(f"no group is called '{name}'", hint=hint)

    def neighbour(self, node: int, group: Group) -> Item:
        """The box that a node outside a group is in, where the pictures around the group show it.

        An input stands for itself beside few nodes.
        """
        if node not in self.outline.place and group.piece.size <= FULL:
            return node
        for holder, inner in zip(group.path, [*group.path[1:], group], strict=True):
            item = self.holding(node, holder)
            if item is not inner:
                return item
        raise AssertionError("the node is inside the group")

    def holding(self, node: int, group: Group) -> Item:
        """The child of a group that holds a node in it."""
        children = self.children(group)
        for item in children if node not in self.outline.place else self._by_place(node, children):
            if item == node or (isinstance(item, Group) and self.holds(item, node)):
                return item
        raise AssertionError("the group does not hold the node")

    def _by_place(self, node: int, children: Sequence[Item]) -> Sequence[Item]:
        """The child whose interval has the place of a node."""
        place = self.outline.place[node]
        starts = [self._start(item) for item in children]
        at = bisect_right(starts, place) - 1
        return children[at : at + 1]

    def _start(self, item: Item) -> int:
        if isinstance(item, Group):
            return item.piece.start if item.piece.size else -1
        return self.outline.place.get(item, -1)

    def holds(self, group: Group, node: int) -> bool:
        """Whether a node is in a group."""
        place = self.outline.place.get(node)
        return node in group.known_inputs if place is None else group.piece.start <= place < group.piece.end
