"""The abstract picture: cards joined by edges, in words and numbers only, with no position and no colour.

Whoever draws (SVG, DOT, ...) reads a `Picture`; whoever knows a graph, its values and its sweeps writes one. Every text
here may come from the user, so drawing code must treat it as hostile.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from typing import Literal

Direction = Literal["LR", "TB"]
Theme = Literal["auto", "light", "dark"]
OfArray = Literal["", "range", "norm", "strange", "largest"]
"""What a row tells of an array, or of the arrays of a group."""


def fixed_theme(theme: Theme) -> Theme:
    """The theme of what cannot follow its viewer: `auto` is light."""
    return "dark" if theme == "dark" else "light"


KINDS = (
    "input", "constant", "arithmetic", "elementary", "piecewise", "reduction", "matrix", "structural", "detach"
)  # fmt: skip
"""The kinds of card that have a stripe of their own; any other word is drawn with a neutral stripe."""


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a card. `tint` is a signed magnitude in [-1, 1] (NaN allowed) that colours the row; `mixed` says that
    the numbers have both signs, so that its sign means nothing. `part` is the quantity that the row shows (one of
    `cards.PARTS`), empty for what no sweep computes; `of_array` is what it tells of an array, if not its text in short;
    `node` is the node that it speaks of where that is not the card's."""

    label: str
    value: str
    tint: float | None = None
    emphasis: bool = False
    mixed: bool = False
    part: str = ""
    of_array: OfArray = ""
    node: int | None = None


@dataclass(frozen=True, slots=True)
class Heat:
    """An array as a grid of signed magnitudes in [-1, 1], row by row; NaN is what is not finite. `pooled` says what a
    cell shows if it is not a single number."""

    cells: tuple[tuple[float, ...], ...]
    pooled: str = ""


@dataclass(frozen=True, slots=True)
class Card:
    """One node, or a group of them. `alarm` is a word such as 'NaN' or 'kink': it is printed and the border becomes
    dashed magenta. `group` is the name of the group that the card stands for, empty for a node; `members` are its
    nodes. `outside` says that what it stands for is around the group whose picture this is."""

    id: str
    title: str
    kind: str
    rows: tuple[Row, ...] = ()
    badge: str = ""
    alarm: str = ""
    description: str = ""
    group: str = ""
    heat: Heat | None = None
    outside: bool = False
    members: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Edge:
    """From an argument to the card that uses it; `label` is the local partial, `cut` says that nothing flows back.
    `position` is the argument's number in its user; None where the edge stands for no single one."""

    source: str
    target: str
    label: str = ""
    cut: bool = False
    tint: float | None = None
    description: str = ""
    position: int | None = None


@dataclass(frozen=True, slots=True)
class Cluster:
    """Cards drawn in one frame. A card belongs to at most one cluster: the innermost of the frames around it. `inside`
    is the number of the cluster whose frame is around this one, which comes earlier."""

    title: str
    cards: tuple[str, ...]
    inside: int | None = None


@dataclass(frozen=True, slots=True)
class Picture:
    """All of it. Edges may repeat a pair: `x*x` has two from x, each drawn with its own label."""

    title: str
    cards: tuple[Card, ...]
    edges: tuple[Edge, ...] = ()
    clusters: tuple[Cluster, ...] = ()
    direction: Direction = "LR"

    def __post_init__(self) -> None:
        ids = {card.id for card in self.cards}
        if len(ids) != len(self.cards):
            raise ValueError("two cards have the same id")
        ends = {end for edge in self.edges for end in (edge.source, edge.target)}
        members = [card for cluster in self.clusters for card in cluster.cards]
        if unknown := (ends | set(members)) - ids:
            raise ValueError(f"no card has the id {min(unknown)!r}")
        if len(set(members)) != len(members):
            raise ValueError("a card is in two clusters")
        if any(outer.inside is not None and outer.inside >= index for index, outer in enumerate(self.clusters)):
            raise ValueError("a cluster comes before the one around it")

    def frames_around(self) -> dict[str, tuple[int, ...]]:
        """The numbers of the clusters around each card that is in one, outermost first."""
        paths: list[tuple[int, ...]] = []
        for index, cluster in enumerate(self.clusters):
            paths.append((*(() if cluster.inside is None else paths[cluster.inside]), index))
        return {card: path for path, cluster in zip(paths, self.clusters, strict=True) for card in cluster.cards}

    def nested(self, written: Callable[[int, list[str]], str]) -> list[str]:
        """The clusters in none other as text: `written` is given the number of one and the texts of those inside it."""
        inner: list[list[str]] = [[] for _ in self.clusters]
        outermost: list[str] = []
        for index in reversed(range(len(self.clusters))):
            around = self.clusters[index].inside
            (outermost if around is None else inner[around]).append(written(index, inner[index][::-1]))
        return outermost[::-1]


_SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
_INDEXED = re.compile(r"([^\W\d_]+)_?([0-9]+)")


def pretty_name(name: str, plain: Collection[str] = ()) -> str:
    """`x1` and `x_1` as x₁; any other name as it is, and so are those that are `plain`."""
    match = _INDEXED.fullmatch(name)
    return match[1] + match[2].translate(_SUBSCRIPTS) if match and name not in plain else name


def plain_names(names: Iterable[str]) -> frozenset[str]:
    """The names that with a subscript would be read as another of them: `x1` and `x_1` where both are there."""
    alike: dict[str, set[str]] = {}
    for name in names:
        alike.setdefault(pretty_name(name), set()).add(name)
    return frozenset(name for same in alike.values() if len(same) > 1 for name in same)


DECADES, LEAST_TINT = 4, 0.1
"""Powers of ten over which a tint falls to the least."""
FAINTEST, STRONGEST, OF_NAN = 0.12, 0.5, 0.25
"""Opacities: of a tint of 0, of one of 1, of what is not finite."""


def signed_log_tint(value: float, largest: float) -> float:
    """A number's tint among numbers up to `largest` in magnitude: its sign times 1 at `largest`, falling to LEAST_TINT
    over DECADES, so that small and large adjoints are both seen. 0 is 0; what is not finite is NaN."""
    if not math.isfinite(value):
        return math.nan
    if value == 0:
        return value
    if abs(value) >= largest:
        return math.copysign(1.0, value)
    below = math.log10(largest / abs(value)) if math.isfinite(largest) else DECADES
    return math.copysign(max(LEAST_TINT, 1.0 - (1.0 - LEAST_TINT) * below / DECADES), value)


def tint_look(tint: float, mixed: bool = False) -> tuple[str, float]:
    """What a number is coloured as (`nan`, `zero` for both signs too, `positive` or `negative`), and how strongly, as
    an opacity."""
    if math.isnan(tint):
        return "nan", OF_NAN
    sign = "zero" if mixed or tint == 0 else "positive" if tint > 0 else "negative"
    return sign, FAINTEST + (STRONGEST - FAINTEST) * min(1.0, abs(tint))
