"""Columns and rows for layers of cards: where each slot begins, where edges touch the cards, which track each takes.

In the channel between two layers no two edges have an upright in the same column, so that lines can only cross.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from gradcli.render.terminal.layers import Layers, Piece, Slot

GAP = 2
"""Columns between two slots."""
SWEEPS = 12
STRAIGHT = 8
"""How much more an edge that passes is held to its own line than a card to the middle of its neighbours."""
NEARBY = (0, 1, -1)
"""How far an edge that passes a layer may move in it: the gap leaves a blank on each side."""


@dataclass
class Places:
    """Where everything stands. A slot of an edge is one column wide; ports are columns by edge, of the card where it
    starts, of each layer that it passes, and of the card where it ends; tracks are rows of a channel, from 0."""

    lefts: dict[Slot, int]
    widths: Mapping[str, int]
    room: int
    ports: dict[tuple[Slot, int], int] = field(default_factory=dict)
    tracks: list[dict[int, int]] = field(default_factory=list)

    def left(self, slot: Slot) -> int:
        return self.lefts[slot]

    def width(self, slot: Slot) -> int:
        return self.widths[slot.card] if slot.card else 1

    def centre(self, slot: Slot) -> float:
        return self.lefts[slot] + (self.width(slot) - 1) / 2


def place(layers: Layers, widths: Mapping[str, int], labels: Sequence[int], room: int) -> Places | None:
    """Places within so many columns, or None where they do not suffice. `labels` are the widths of the edges' labels,
    which stand right of the port where the edge ends."""
    places = Places({}, widths, room)
    if not set_lefts(layers, places, room):
        return None
    for pieces in layers.pieces:
        columns = channel(places, pieces, labels)
        if columns is None:
            return None
        places.tracks.append(tracks(columns))
    return places


# Slots


def set_lefts(layers: Layers, places: Places, room: int) -> bool:
    """Put every slot as near to the middle of its neighbours as its layer's order allows; False if a layer is wider."""
    for slots in layers.slots:
        left = 0
        for slot in slots:
            places.lefts[slot] = left
            left += places.width(slot) + GAP
        if left - GAP > room:
            return False
    neighbours: dict[Slot, list[Slot]] = {}
    for pieces in layers.pieces:
        for piece in pieces:
            neighbours.setdefault(piece.upper, []).append(piece.lower)
            neighbours.setdefault(piece.lower, []).append(piece.upper)
    for sweep in range(SWEEPS):
        for slots in layers.slots if sweep % 2 == 0 else reversed(layers.slots):
            sizes = [places.width(slot) for slot in slots]
            wanted = [
                middle(places, slot, neighbours.get(slot, [slot])) - (size - 1) / 2
                for slot, size in zip(slots, sizes, strict=True)
            ]
            weights = [1 if slot.card else STRAIGHT for slot in slots]
            lefts = apart(wanted, [size + GAP for size in sizes], 0, room + GAP, weights)
            for slot, left in zip(slots, lefts, strict=True):
                places.lefts[slot] = left
    straighten(layers, places)
    least = min(places.lefts.values())
    places.lefts = {slot: left - least for slot, left in places.lefts.items()}
    return True


def straighten(layers: Layers, places: Places) -> None:
    """Let every edge go straight through a layer where its neighbours there leave the room."""
    above = {piece.lower: piece.upper for pieces in layers.pieces for piece in pieces if not piece.upper.card}
    for slots in layers.slots:
        for place, slot in enumerate(slots):
            if slot.card or slot not in above:
                continue
            column = places.left(above[slot])
            after_left = place == 0 or places.left(slots[place - 1]) + places.width(slots[place - 1]) + GAP <= column
            if after_left and (place + 1 == len(slots) or column + 1 + GAP <= places.left(slots[place + 1])):
                places.lefts[slot] = column


def middle(places: Places, slot: Slot, near: Sequence[Slot]) -> float:
    """The mean of the neighbours' middles; an edge that passes looks along itself above all."""
    weights = [1 if slot.card or other.card else STRAIGHT for other in near]
    return sum(w * places.centre(other) for w, other in zip(weights, near, strict=True)) / sum(weights)


def apart(
    wanted: Sequence[float], sizes: Sequence[int], start: int, end: int, weights: Sequence[int] | None = None
) -> list[int]:
    """Places in this order, each as large as its size, between start and end, and nearest to what is wanted in the
    weighted sum of squares: what would overlap is pooled around its mean."""
    offsets = [sum(sizes[:index]) for index in range(len(sizes))]
    pools: list[tuple[float, int, int]] = []  # mean, weight, count
    for place, offset, weight in zip(wanted, offsets, weights or [1] * len(sizes), strict=True):
        mean, count = place - offset, 1
        while pools and pools[-1][0] > mean:
            other, other_weight, other_count = pools.pop()
            mean = (other * other_weight + mean * weight) / (other_weight + weight)
            weight, count = weight + other_weight, count + other_count
        pools.append((mean, weight, count))
    last = max(start, end - sum(sizes))
    means = [min(max(mean, start), last) for mean, _, count in pools for _ in range(count)]
    return [round(mean) + offset for mean, offset in zip(means, offsets, strict=True)]


# Ports


def channel(places: Places, pieces: Sequence[Piece], labels: Sequence[int]) -> dict[int, tuple[int, int]] | None:
    """The upper and the lower column of each edge in the channel below a layer, or None where no column is free."""
    taken: dict[int, int] = {}
    for piece in pieces:
        if not piece.upper.card:
            taken[places.ports[piece.upper, piece.edge]] = piece.edge
    passing = [piece for piece in pieces if not piece.lower.card]
    for piece in passing:
        columns = [c for step in NEARBY if 0 <= (c := places.left(piece.lower) + step) < places.room]
        straight = places.ports.get((piece.upper, piece.edge))
        columns.sort(key=lambda column: column != straight)  # the others stay in their order
        column = next((column for column in columns if taken.get(column, piece.edge) == piece.edge), None)
        if column is None:
            return None
        places.ports[piece.lower, piece.edge] = taken_by(taken, column, piece.edge)
    ending = by_slot(pieces, lambda piece: piece.lower)
    starting = by_slot(pieces, lambda piece: piece.upper)
    for slot, group in ending.items():  # a first guess, for those above to aim at
        group.sort(key=lambda piece: places.centre(piece.upper))
        sizes = [label_room(labels[piece.edge]) for piece in group]
        start, end = ports_span(places, slot, at_top=True)
        guess = apart([places.centre(piece.upper) for piece in group], sizes, start, end)
        places.ports |= {(slot, piece.edge): column for piece, column in zip(group, guess, strict=True)}
    for slot, group in starting.items():
        group.sort(key=lambda piece: places.ports[piece.lower, piece.edge])
        wanted = [places.ports[piece.lower, piece.edge] for piece in group]
        if not put(places, slot, group, wanted, [2] * len(group), taken, at_top=False):
            return None
    for slot, group in ending.items():
        wanted = [places.ports[piece.upper, piece.edge] for piece in group]
        sizes = [label_room(labels[piece.edge]) for piece in group]
        if not put(places, slot, group, wanted, sizes, taken, at_top=True):
            return None
    return {
        piece.edge: (places.ports[piece.upper, piece.edge], places.ports[piece.lower, piece.edge]) for piece in pieces
    }


def label_room(width: int) -> int:
    """Columns that a port takes with a label of so many cells: the line, a blank, the label, a blank."""
    return width + 3 if width else 2


def by_slot(pieces: Sequence[Piece], end: Callable[[Piece], Slot]) -> dict[Slot, list[Piece]]:
    """The pieces at each card."""
    found: dict[Slot, list[Piece]] = {}
    for piece in pieces:
        if end(piece).card:
            found.setdefault(end(piece), []).append(piece)
    return found


def ports_span(places: Places, slot: Slot, at_top: bool) -> tuple[int, int]:
    """The columns for ports of a card: between its corners; at the top a label may reach to the last column."""
    return places.left(slot) + 1, places.left(slot) + places.width(slot) - (0 if at_top else 1)


def taken_by(taken: dict[int, int], column: int, edge: int) -> int:
    """The column, now taken by the edge."""
    taken[column] = edge
    return column


def put(
    places: Places,
    slot: Slot,
    pieces: Sequence[Piece],
    wanted: Sequence[int],
    sizes: Sequence[int],
    taken: dict[int, int],
    at_top: bool,
) -> bool:
    """Give each edge a free column of its card, in this order, near to where it is wanted."""
    start, end = ports_span(places, slot, at_top)
    nearest = apart(wanted, sizes, start, end)
    rest = sum(sizes)
    for piece, near, size in zip(pieces, nearest, sizes, strict=True):
        rest -= size
        free = [c for c in range(start, end - rest - size + 1) if taken.get(c, piece.edge) == piece.edge]
        if not free:
            return False
        column = min(free, key=lambda c: abs(c - near))
        places.ports[slot, piece.edge] = taken_by(taken, column, piece.edge)
        start = column + size
    return True


# Tracks


def tracks(columns: Mapping[int, tuple[int, int]]) -> dict[int, int]:
    """A row of the channel for the level part of each edge; edges in one row have a blank between them.

    Of two edges that go the same way the one that starts further on runs above, so that they do not cross.
    """
    found: dict[int, int] = {}
    bent = [edge for edge, (a, b) in columns.items() if a != b]
    bent.sort(key=lambda edge: -columns[edge][0] if columns[edge][1] > columns[edge][0] else columns[edge][0])
    for edge in bent:
        a, b = columns[edge]
        low, high = min(a, b), max(a, b)
        track = 0
        for other, row in found.items():
            c, d = columns[other]
            if low <= max(c, d) + 1 and min(c, d) <= high + 1 and (d > c) == (b > a):
                track = max(track, row + 1)
        while any(
            row == track and low <= max(columns[other]) + 1 and min(columns[other]) <= high + 1
            for other, row in found.items()
        ):
            track += 1
        found[edge] = track
    return found
