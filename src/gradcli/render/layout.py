"""Positions for boxes of given sizes: the picture's structure goes to Graphviz, positions in points come back.

The label of an edge is a small node on it. So it has its exact size with every engine, can cover nothing, and sits on
its line. Nodes are called n0, n1, ... and labels e0, e1, ...: no user text reaches Graphviz.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from gradcli.render import engines
from gradcli.render.curves import Curve, Point, joined, mirrored, samples, with_first
from gradcli.render.picture import Picture

Size = tuple[float, float]

CARD_GAP = 22.0
RANK_GAP = 26.0
CLUSTER_MARGIN = 14.0
CLUSTER_TITLE = 14.0
PORT_SPREAD = 22.0
"""Largest distance in points between the ends of two edges on one side of a card."""

PORT_REACH = 45.0
"""How far from a card, in points, its edges may leave the way that Graphviz found."""

FINELY = 60
"""Points on a curve between which no corner of a card is overlooked."""

TOUCH = 0.5
"""So far, in points, a line may run into a card when its port is moved: its own cards it must touch."""


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle in points, y downwards; (x, y) is its upper left corner."""

    x: float
    y: float
    width: float
    height: float

    @property
    def right(self) -> float:
        return self.x + self.width

    @property
    def bottom(self) -> float:
        return self.y + self.height

    @property
    def centre(self) -> Point:
        return self.x + self.width / 2, self.y + self.height / 2

    def transposed(self) -> Box:
        return Box(self.y, self.x, self.height, self.width)


@dataclass(frozen=True, slots=True)
class Layout:
    """Boxes of the cards and routes of the edges, in the picture's order; a label box is None without a label.

    `frames` are the clusters' boxes, each with the index of its cluster: a folded picture has several for one.
    """

    size: Size
    cards: tuple[Box, ...]
    labels: tuple[Box | None, ...]
    routes: tuple[Curve, ...]
    frames: tuple[tuple[int, Box], ...]

    def transposed(self) -> Layout:
        """The mirror image on the diagonal: what runs down then runs to the right."""
        return Layout(
            (self.size[1], self.size[0]),
            tuple(box.transposed() for box in self.cards),
            tuple(box and box.transposed() for box in self.labels),
            tuple(tuple((y, x) for x, y in route) for route in self.routes),
            tuple((index, box.transposed()) for index, box in self.frames),
        )


def place(
    picture: Picture,
    card_sizes: Sequence[Size],
    label_sizes: Sequence[Size | None],
    timeout: float,
    engine: engines.Engine | None = None,
) -> Layout:
    """Positions of all cards, labels and edges of a picture, with its drawing direction obeyed.

    Graphviz ranks frames in two ways, and with either it may lead an edge through a card or back to an earlier rank:
    then the other is tried. Where both do, there are no frames, which the legend says.
    """
    end = time.monotonic() + timeout
    # Groups that are drawn open follow one another; ranks that Graphviz finds for each frame alone would not.
    together = any(card.group for card in picture.cards)
    for framed, whole_ranks in ((picture, together), (picture, not together), (replace(picture, clusters=()), False)):
        text = layout_text(framed, card_sizes, label_sizes, whole_ranks)
        answer = engines.run(text, max(end - time.monotonic(), 0.01), engine)
        layout = read_answer(framed, answer, card_sizes, label_sizes)
        if not framed.clusters or not faults(picture, layout):
            break
    return spread_ports(picture, layout)


def faults(picture: Picture, layout: Layout) -> int:
    """How many edges run backwards or through a card."""
    if picture.direction == "TB":
        return faults(replace(picture, direction="LR"), layout.transposed())
    boxes = {card.id: box for card, box in zip(picture.cards, layout.cards, strict=True)}
    inner = [shrunk(box) for box in layout.cards]
    return sum(
        boxes[edge.source].right >= boxes[edge.target].x or crosses(route, inner, FINELY)
        for edge, route in zip(picture.edges, layout.routes, strict=True)
    )


def shrunk(box: Box) -> Box:
    """A box without its rim, which the edges of a card touch."""
    return Box(box.x + TOUCH, box.y + TOUCH, box.width - 2 * TOUCH, box.height - 2 * TOUCH)


def layout_text(
    picture: Picture, card_sizes: Sequence[Size], label_sizes: Sequence[Size | None], whole_ranks: bool = False
) -> str:
    """The DOT text that asks for positions only; `whole_ranks` are those of the whole picture, not of each frame."""
    number = {card.id: index for index, card in enumerate(picture.cards)}
    tail_side, head_side = ("e", "w") if picture.direction == "LR" else ("s", "n")
    around = picture.frames_around()
    in_cluster: list[list[str]] = [[] for _ in picture.clusters]
    of_twins = users_of_twins(picture)
    ranks = " newrank=true" if whole_ranks else ""
    lines = [
        f"digraph {{ graph [rankdir={picture.direction} nodesep={inches(CARD_GAP)} ranksep={inches(RANK_GAP)}{ranks}]",
        'node [shape=box fixedsize=true label=""] edge [arrowhead=none]',
    ]
    for index, (width, height) in enumerate(card_sizes):
        order = " ordering=in" if picture.cards[index].id in of_twins else ""
        lines.append(f"n{index} [width={inches(width)} height={inches(height)}{order}]")
        if frames := around.get(picture.cards[index].id):
            in_cluster[frames[-1]].append(f"n{index}")
    for index, (edge, size) in enumerate(zip(picture.edges, label_sizes, strict=True)):
        tail, head = f"n{number[edge.source]}:{tail_side}", f"n{number[edge.target]}:{head_side}"
        if size is None:  # as long as a labelled edge, so that ranks of cards stay apart by the same
            lines.append(f"{tail} -> {head} [id=e{index} minlen=2]")
            continue
        lines.append(f"e{index} [width={inches(size[0])} height={inches(size[1])}]")
        lines.append(f"{tail} -> e{index} [id=t{index} headclip=false]")
        lines.append(f"e{index} -> {head} [id=h{index} tailclip=false]")
        if common := frames_around_both(around.get(edge.source, ()), around.get(edge.target, ())):
            in_cluster[common[-1]].append(f"e{index}")

    def subgraph(index: int, inner: list[str]) -> str:
        look = f'label=" " fontsize={CLUSTER_TITLE} margin={CLUSTER_MARGIN}'
        return f"subgraph cluster_{index} {{ {look} {' '.join([*in_cluster[index], *inner])} }}"

    return "\n".join([*lines, *picture.nested(subgraph), "}"])


def users_of_twins(picture: Picture) -> set[str]:
    """The cards that use only such as have the same arguments and the same users: in whatever order these stand, as
    many lines cross, so that they may stand as they are written."""
    arguments: dict[str, set[str]] = {card.id: set() for card in picture.cards}
    users: dict[str, set[str]] = {card.id: set() for card in picture.cards}
    for edge in picture.edges:
        arguments[edge.target].add(edge.source)
        users[edge.source].add(edge.target)
    around = {card for cluster in picture.clusters for card in cluster.cards}

    def same(cards: set[str]) -> bool:
        return len({(frozenset(arguments[card]), frozenset(users[card]), card in around) for card in cards}) == 1

    return {card for card, used in arguments.items() if len(used) > 1 and same(used)}


def frames_around_both(one: Sequence[int], other: Sequence[int]) -> list[int]:
    """The frames that two cards have in common, outermost first."""
    return [a for a, b in zip(one, other, strict=False) if a == b]


def inches(points: float) -> str:
    """Graphviz takes sizes in inches."""
    return f"{points / 72:.4f}"


def read_answer(
    picture: Picture, answer: Mapping[str, Any], card_sizes: Sequence[Size], label_sizes: Sequence[Size | None]
) -> Layout:
    """Graphviz's JSON as a Layout. Its y axis points upwards, ours downwards."""
    _, _, width, height = numbers(answer["bb"])
    found = {item["name"]: item for item in answer.get("objects", ())}
    curves = {item["id"]: read_curve(item["pos"], height) for item in answer.get("edges", ())}

    def box(name: str, size: Size) -> Box:
        x, y = numbers(found[name]["pos"])
        return Box(x - size[0] / 2, height - y - size[1] / 2, *size)

    def route(index: int) -> Curve:
        if label_sizes[index] is None:
            return curves[f"e{index}"]
        return joined(curves[f"t{index}"], curves[f"h{index}"])

    frames = []
    for index in range(len(picture.clusters)):
        if "bb" in (item := found[f"cluster_{index}"]):
            left, low, right, high = numbers(item["bb"])
            frames.append((index, Box(left, height - high, right - left, high - low)))
    return Layout(
        (width, height),
        tuple(box(f"n{index}", size) for index, size in enumerate(card_sizes)),
        tuple(size and box(f"e{index}", size) for index, size in enumerate(label_sizes)),
        tuple(route(index) for index in range(len(picture.edges))),
        tuple(frames),
    )


def numbers(text: str) -> list[float]:
    """Comma-separated numbers."""
    return [float(part) for part in text.split(",")]


def read_curve(text: str, height: float) -> Curve:
    """An edge's `pos` as a curve, turned to y downwards."""
    points = [numbers(pair) for pair in text.split()]
    return tuple((x, height - y) for x, y in points)


def spread_ports(picture: Picture, layout: Layout) -> Layout:
    """Graphviz lets all edges of a card meet in the middle of a side: give each its own place there, in the order in
    which they come, so that lines and arrowheads stay apart."""
    if picture.direction == "TB":
        upright = replace(picture, direction="LR")
        return spread_ports(upright, layout.transposed()).transposed()
    boxes = {card.id: box for card, box in zip(picture.cards, layout.cards, strict=True)}
    # Graphviz ends its curves a few points beside a box.
    routes = [
        ((boxes[edge.source].right, route[0][1]), *route[1:-1], (boxes[edge.target].x, route[-1][1]))
        for edge, route in zip(picture.edges, layout.routes, strict=True)
    ]
    inner = [shrunk(box) for box in layout.cards]
    for at_head in (False, True):
        sides: dict[str, list[int]] = {}
        for index, edge in enumerate(picture.edges):
            sides.setdefault(edge.target if at_head else edge.source, []).append(index)
        for card, edges in sides.items():
            # Where an edge comes from is seen three control points away: in its label or, without one, in its course.
            edges.sort(key=lambda index: routes[index][-4 if at_head else 3][1])
            step = min(PORT_SPREAD, boxes[card].height * 0.7 / len(edges))
            for position, index in enumerate(edges):
                shift = (position - (len(edges) - 1) / 2) * step
                moved = with_port(routes[index], layout.labels[index], shift, at_head)
                if not crosses(moved[-4:] if at_head else moved[:4], inner, FINELY):
                    routes[index] = moved
    return replace(layout, routes=tuple(routes))


def crosses(route: Curve, boxes: Sequence[Box], steps: int) -> bool:
    """Whether a route runs through a box; `steps` points are looked at on each curve of it."""
    xs, ys = [x for x, _ in route], [y for _, y in route]
    low, high, top, bottom = min(xs), max(xs), min(ys), max(ys)
    near = [box for box in boxes if box.x < high and low < box.right and box.y < bottom and top < box.bottom]
    return bool(near) and any(
        box.x < x < box.right and box.y < y < box.bottom for x, y in samples(route, steps) for box in near
    )


def with_port(route: Curve, label: Box | None, shift: float, at_head: bool) -> Curve:
    """A route (to the right) whose end is moved along the side of its card; it changes only near to that end, in the
    gap between the ranks, and not beyond its label."""
    if at_head:
        flipped = label and Box(-label.right, label.y, label.width, label.height)
        return mirrored(with_port(mirrored(route), flipped, shift, at_head=False))
    start, limit = route[0], label.centre[0] if label else route[-1][0]
    room = min(PORT_REACH, 0.95 * (limit - start[0]))
    if room <= 0:  # it runs backwards
        return route
    if route[3][0] - start[0] >= 0.6 * room:  # one long curve: it stays smooth when its beginning is shifted
        return ((start[0], start[1] + shift), (route[1][0], route[1][1] + shift), *route[2:])
    return with_first(route, start[0] + room, (start[0], start[1] + shift), (1.0, 0.0))
