"""How an interval of the outline is divided: at statements, between repetitions, else where few values pass."""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from gradcli.render.hierarchy.outline import Outline
from gradcli.render.hierarchy.patterns import repetitions

LEAF = 48
"""About so many nodes are in the last picture of a branch."""
FULL = 72
"""A group of more nodes than this is divided."""
BRANCHES = 24
"""About so many groups are in one picture."""
MOST_STATEMENTS = 40
"""More statements than these share groups."""
SMALL = 6
"""So few nodes are drawn and not a group of them, where there is room."""
SLACK = 0.35
"""How far a cut may be from where equal parts would be, in sizes of a part."""


@dataclass(frozen=True, slots=True)
class Piece:
    """An interval of places; `period` nodes repeat in it, if any do."""

    start: int
    end: int
    period: int = 0

    @property
    def size(self) -> int:
        return self.end - self.start


def divided(outline: Outline, piece: Piece, top: bool) -> list[Piece]:
    """The pieces of an interval, in order; one of a single node is that node. `top`: it is the whole graph."""
    ends = statement_ends(outline, piece)
    if 1 < len(ends) <= MOST_STATEMENTS and (top or piece.size > FULL):
        return dissolved(between(piece.start, ends))
    if piece.size <= FULL:
        return singles(piece)
    if piece.period and piece.size >= 2 * piece.period:
        return dissolved(parts_of_repetition(piece, branches(piece.size)))
    if len(ends) > 1 and len(found := parts(outline, piece, ends)) > 1:
        return dissolved(found)
    return parts_of_nodes(outline, piece, top)


def parts_of_nodes(outline: Outline, piece: Piece, top: bool) -> list[Piece]:
    """The pieces where statements say nothing. At the end of the whole graph its output stands alone."""
    last = [Piece(piece.end - 1, piece.end)] if top and outline.order[piece.end - 1] in outline.outputs else []
    rest = Piece(piece.start, piece.end - len(last))
    return [*dissolved(parts(outline, rest, range(rest.start + 1, rest.end + 1))), *last]


def statement_ends(outline: Outline, piece: Piece) -> list[int]:
    """Where the statements of an interval end; what follows the last named node is one too."""
    ends = outline.statement_ends
    inside = ends[bisect_right(ends, piece.start) : bisect_right(ends, piece.end)]
    return inside if inside and inside[-1] == piece.end else [*inside, piece.end]


def between(start: int, ends: Sequence[int]) -> list[Piece]:
    """The intervals that end at places."""
    return [Piece(a, b) for a, b in zip((start, *ends[:-1]), ends, strict=True)]


def singles(piece: Piece) -> list[Piece]:
    """A piece for each node."""
    return [Piece(place, place + 1) for place in range(piece.start, piece.end)]


def dissolved(pieces: Sequence[Piece]) -> list[Piece]:
    """The pieces with the small ones in single nodes, as long as there are not too many."""
    small = [piece for piece in pieces if 1 < piece.size <= SMALL]
    if len(pieces) + sum(piece.size - 1 for piece in small) > MOST_STATEMENTS:
        return list(pieces)
    return [part for piece in pieces for part in (singles(piece) if piece.size <= SMALL else [piece])]


def branches(size: int) -> int:
    """How many parts to make of so many nodes, so that all pictures below have about as many boxes."""
    leaves = max(2.0, size / LEAF)
    depth = math.ceil(math.log(leaves, BRANCHES))
    return max(2, math.ceil(math.pow(leaves, 1 / depth)))


def parts(outline: Outline, piece: Piece, ends: Sequence[int]) -> list[Piece]:
    """Repetitions divided between their periods, large statements, and the rest where few values pass. `ends`: where
    cuts are allowed."""
    found: list[Piece] = []
    at = piece.start
    for block in blocks(outline, piece, ends):
        found += balanced(outline, Piece(at, block.start), ends, share(piece, block.start - at))
        found += parts_of_repetition(block, share(piece, block.size)) if block.period else [block]
        at = block.end
    return found + balanced(outline, Piece(at, piece.end), ends, share(piece, piece.end - at))


def blocks(outline: Outline, piece: Piece, ends: Sequence[int]) -> list[Piece]:
    """What has to stay together: repetitions, and between them statements larger than a part would be."""
    starts = [piece.start, *ends[:-1]]
    edges = [*starts, piece.end]
    signs = [tuple(outline.signs[a:b]) for a, b in zip(starts, ends, strict=True)]
    found = [
        Piece(edges[one.start], edges[one.end], (edges[one.end] - edges[one.start]) // one.count)
        for one in repetitions(signs, lambda index: outline.live[edges[index]])
    ]
    least = piece.size / (2 * branches(piece.size))
    found = [one for one in found if one.size >= least]
    large = [one for one in between(piece.start, ends) if one.size > piece.size / branches(piece.size)]
    free = [one for one in large if not any(other.start <= one.start < other.end for other in found)]
    return sorted([*found, *free], key=lambda one: one.start)


def share(whole: Piece, size: int) -> int:
    """How many of the parts of the whole a part of it may have."""
    return max(1, round(branches(whole.size) * size / whole.size))


def parts_of_repetition(piece: Piece, count: int) -> list[Piece]:
    """A repetition in parts that differ by one period at most."""
    repeats = piece.size // piece.period
    count = min(count, repeats)
    cuts = [piece.start + piece.period * (repeats * index // count) for index in range(count)] + [piece.end]
    whole = [Piece(a, b, piece.period) for a, b in pairwise(cuts)]
    return whole if count > 1 or piece.size > piece.period else [Piece(piece.start, piece.end)]


def balanced(outline: Outline, piece: Piece, ends: Sequence[int], count: int) -> list[Piece]:
    """About equal parts, cut where the fewest values pass near to where they should be."""
    if piece.size == 0:
        return []
    length = piece.size / count
    cuts: list[int] = []
    for index in range(1, count):
        wanted = piece.start + length * index
        low = max(wanted - SLACK * length, (cuts[-1] if cuts else piece.start) + 1)
        high = min(wanted + SLACK * length, piece.end - 1)
        possible = ends[bisect_left(ends, low) : bisect_right(ends, high)]
        if possible:
            cuts.append(min(possible, key=lambda place: (outline.live[place], abs(place - wanted))))
    return between(piece.start, [*cuts, piece.end])
