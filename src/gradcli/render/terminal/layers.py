"""Which card stands in which layer, in which order: layers by the longest path to an output, order by barycentres.

An edge that passes layers has a slot in each of them, so that every piece of an edge joins neighbouring layers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

SWEEPS = 8
"""Passes over the layers, downwards and upwards in turn; orders seldom change after a few."""


class Slot(NamedTuple):
    """A place in a layer: that of a card, or of an edge that passes (`edge` is its number, `card` then empty)."""

    layer: int
    card: str
    edge: int = -1


class Piece(NamedTuple):
    """The part of an edge between a layer and the next."""

    edge: int
    upper: Slot
    lower: Slot


@dataclass
class Layers:
    """Slots layer by layer, from left to right; `pieces` lie below the layer of the same number."""

    slots: list[list[Slot]]
    pieces: list[list[Piece]] = field(default_factory=list)


def arrange(widths: Mapping[str, int], edges: Sequence[tuple[str, str]], room: int, gap: int) -> Layers | None:
    """The layers of a graph, cards no more than `room` wide in each; None if there is a cycle."""
    level = levels(widths, edges, room, gap)
    if level is None:
        return None
    top = max(level.values(), default=0)
    slots: list[list[Slot]] = [[] for _ in range(top + 1)]
    for card in widths:
        slots[top - level[card]].append(Slot(top - level[card], card))
    pieces: list[list[Piece]] = [[] for _ in range(top)]
    for number, (source, target) in enumerate(edges):
        upper = Slot(top - level[source], source)
        for layer in range(upper.layer + 1, top - level[target] + 1):
            last = layer == top - level[target]
            lower = Slot(layer, target) if last else Slot(layer, "", number)
            if not last:
                slots[layer].append(lower)
            pieces[layer - 1].append(Piece(number, upper, lower))
            upper = lower
    layers = Layers(slots, pieces)
    order(layers)
    return layers


def levels(widths: Mapping[str, int], edges: Sequence[tuple[str, str]], room: int, gap: int) -> dict[str, int] | None:
    """How far above the lowest layer each card stands: as near to its users as there is room, the last one nearest."""
    arguments: dict[str, list[str]] = {card: [] for card in widths}
    waiting = dict.fromkeys(widths, 0)
    for source, target in edges:
        arguments[target].append(source)
        waiting[source] += 1
    found = {card: 0 for card in reversed(list(widths)) if not waiting[card]}
    ready = list(found)
    used: dict[int, int] = {}
    for card in ready:  # the list grows while it is walked: a card is ready once all its users stand
        while used.get(found[card], 0) and used[found[card]] + widths[card] > room:
            found[card] += 1
        used[found[card]] = used.get(found[card], 0) + widths[card] + gap
        for argument in reversed(arguments[card]):
            found[argument] = max(found.get(argument, 0), found[card] + 1)
            waiting[argument] -= 1
            if not waiting[argument]:
                ready.append(argument)
    return found if len(ready) == len(widths) else None


def order(layers: Layers) -> None:
    """Sort each layer by the barycentres of its neighbours, and keep the order with the fewest crossings."""
    best, fewest = [list(layer) for layer in layers.slots], crossings(layers)
    for sweep in range(SWEEPS):
        downwards = sweep % 2 == 0
        numbers = range(1, len(layers.slots)) if downwards else range(len(layers.slots) - 2, -1, -1)
        for number in numbers:
            sort_layer(layers, number, downwards)
        count = crossings(layers)
        if count < fewest:
            best, fewest = [list(layer) for layer in layers.slots], count
    layers.slots = best


def sort_layer(layers: Layers, number: int, downwards: bool) -> None:
    """Sort a layer by the mean place of the neighbours above or below; a slot without any keeps its place."""
    fixed = place_of(layers.slots[number - 1 if downwards else number + 1])
    neighbours: dict[Slot, list[int]] = {}
    for piece in layers.pieces[number - 1 if downwards else number]:
        mine, other = (piece.lower, piece.upper) if downwards else (piece.upper, piece.lower)
        neighbours.setdefault(mine, []).append(fixed[other])
    scale = (len(fixed) - 1) / max(1, len(layers.slots[number]) - 1)
    means = {
        slot: sum(places) / len(places) if (places := neighbours.get(slot)) else place * scale
        for place, slot in enumerate(layers.slots[number])
    }
    layers.slots[number].sort(key=lambda slot: means[slot])


def place_of(slots: Sequence[Slot]) -> dict[Slot, int]:
    """Each slot's place in its layer."""
    return {slot: place for place, slot in enumerate(slots)}


def crossings(layers: Layers) -> int:
    """How many pairs of pieces cross."""
    count = 0
    for number, pieces in enumerate(layers.pieces):
        above, below = place_of(layers.slots[number]), place_of(layers.slots[number + 1])
        ends = sorted((above[piece.upper], below[piece.lower]) for piece in pieces)
        for index, (start, end) in enumerate(ends):
            count += sum(end > other and start < begin for begin, other in ends[index + 1 :])
    return count
