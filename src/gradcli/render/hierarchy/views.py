"""What is drawn of a graph: all of it if it is small, else an overview of groups, each of which opens to a picture."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from gradcli.errors import UsageError
from gradcli.render import cards
from gradcli.render.cards import PARTS
from gradcli.render.hierarchy.division import FULL
from gradcli.render.hierarchy.groups import Group, Hierarchy, Item
from gradcli.render.hierarchy.lines import is_interval
from gradcli.render.hierarchy.pictures import Assembly, Frame, frame_title
from gradcli.render.hierarchy.select import Selection, around, top, total
from gradcli.render.inspection import Inspection
from gradcli.render.numbers import counted
from gradcli.render.picture import Card, Direction, Picture, Row
from gradcli.render.view import View

WHOLE = 300
"""A graph of more nodes than this is drawn as groups, and so is one with more than FULL side by side: a sliver."""
MOST_BOXES = 500
"""Boxes that a layout engine places in a time one waits for, and that an eye can follow."""
FEWEST = 4
"""An overview with fewer groups shows the largest open."""
MOST_CARDS = 1000
"""So many cards are in all views of a file together."""
RADIUS = 2
FOCUS = "focus"


@dataclass(frozen=True)
class Extent:
    """How much is drawn: groups opened by name or down to a depth, or the nodes with the `top` largest adjoints, or
    those within a radius of one."""

    expand: Sequence[str] = ()
    depth: int | None = None
    top: int | None = None
    focus: str = ""
    radius: int | None = None

    def __post_init__(self) -> None:
        kinds = [kind for kind in (("expand", "depth"), ("top",), ("focus", "radius")) if set(kind) & set(self.asked)]
        if len(kinds) > 1:
            first, second = (next(name for name in kind if name in self.asked) for kind in kinds[:2])
            raise UsageError(f"{first} and {second} draw different parts of a graph", hint="ask for one of them")
        if "radius" in self.asked and not self.focus:
            raise UsageError("a radius needs a node to be around", hint="focus says which")
        for name, number, least in (("depth", self.depth, 1), ("top", self.top, 1), ("radius", self.radius, 0)):
            if number is not None and number < least:
                raise UsageError(f"{name} is {number}, and must be at least {least}")

    @property
    def asked(self) -> list[str]:
        """The names of what was asked for."""
        given = {
            "expand": bool(self.expand),
            "depth": self.depth is not None,
            "top": self.top is not None,
            "focus": bool(self.focus),
            "radius": self.radius is not None,
        }
        return [name for name, is_given in given.items() if is_given]


@dataclass(frozen=True)
class Shown:
    """A picture, and what it shows in words if that is not the whole graph."""

    picture: Picture
    sentence: str = ""
    closed: tuple[Group, ...] = ()
    """The groups in it that can be opened."""
    hierarchy: Hierarchy | None = None


def shown(
    inspection: Inspection,
    title: str,
    direction: Direction = "LR",
    show: Collection[str] = PARTS,
    extent: Extent = Extent(),
) -> Shown:
    """The picture of a graph, or of the part that is asked for. Raises UsageError."""
    is_small = len(inspection.rows) <= WHOLE and widest_level(inspection) <= FULL
    if is_small and not extent.asked:
        return Shown(cards.picture_of(inspection, title, direction, show))
    hierarchy = Hierarchy(inspection)
    if extent.top is not None or extent.focus:
        return selected(hierarchy, title, direction, show, extent)
    opened = {hierarchy.group(name) for name in extent.expand}
    if is_small and extent.depth is None:
        return Shown(cards.picture_of(inspection, title, direction, show))
    if extent.depth is None and len(inspection.rows) > WHOLE:
        opened |= opened_of_itself(hierarchy)
    depth = extent.depth or 1
    items, frames = opened_boxes(hierarchy, opened, depth)
    if len(items) > MOST_BOXES:
        require_few(len(items), smaller(hierarchy, opened, depth))
    closed = tuple(item for item in items if isinstance(item, Group))
    sentence = sentence_of(hierarchy, items) if closed else ""
    picture = Assembly(hierarchy, items).picture(with_sentence(title, sentence), direction, show, frames)
    return Shown(picture, sentence, closed, hierarchy)


def whole_picture(
    inspection: Inspection, title: str, direction: Direction = "LR", show: Collection[str] = PARTS
) -> Picture | None:
    """The picture with a card of every node, however wide; none of a graph that is too large for it."""
    return cards.picture_of(inspection, title, direction, show) if len(inspection.rows) <= WHOLE else None


def widest_level(inspection: Inspection) -> int:
    """How many nodes a layout puts side by side, at most."""
    late = cards.late_levels(inspection)
    return max(Counter(late[node] for node in inspection.rows).values())


def with_sentence(title: str, sentence: str) -> str:
    """A title that says what is not the whole."""
    return f"{title} ({sentence})" if sentence else title


def sentence_of(hierarchy: Hierarchy, items: Sequence[Item]) -> str:
    """`13 groups and 8 nodes for all 100005 nodes`."""
    groups = sum(isinstance(item, Group) for item in items)
    nodes = len(items) - groups
    boxes = counted(groups, "group") + (f" and {counted(nodes, 'node')}" if nodes else "")
    return f"{boxes} for all {total(hierarchy)}"


def require_few(boxes: int, hint: str) -> None:
    """Raise UsageError for a picture that nobody could read."""
    if boxes > MOST_BOXES:
        raise UsageError(f"the picture would have {boxes} boxes, and may have {MOST_BOXES}", hint=hint)


def smaller(hierarchy: Hierarchy, opened: Collection[Group], depth: int) -> str:
    """What to ask for instead of so large a depth."""
    for less in range(depth - 1, 0, -1):
        boxes = len(opened_boxes(hierarchy, opened, less)[0])
        if boxes <= MOST_BOXES:
            return f"depth {less} has {boxes} boxes, and expand opens single groups"
    return "open fewer groups"


def opened_of_itself(hierarchy: Hierarchy) -> set[Group]:
    """The groups that an overview shows open, because it would say little with so few: the largest each time."""
    opened: set[Group] = set()
    items = hierarchy.children(hierarchy.whole)
    while len(closed := [one for one in items if is_interval(one)]) < FEWEST:
        largest = max(closed, key=lambda one: one.piece.size, default=None)
        if largest is None:
            break
        inner = hierarchy.children(largest)
        if len(items) + len(inner) > FULL:
            break
        opened.add(largest)
        items = [*(one for one in items if one is not largest), *inner]
    return opened


def opened_boxes(hierarchy: Hierarchy, opened: Collection[Group], depth: int) -> tuple[list[Item], list[Frame]]:
    """The boxes that remain when groups are opened in place, with those around them, and the frames of the opened.

    A frame comes after the one around it. Groups of inputs are opened by name only.
    """
    opened = {*opened, *(around for group in opened for around in group.path)}
    items: list[Item] = []
    frames: list[Frame] = []
    waiting: list[tuple[Group, int]] = [(hierarchy.whole, 1)]
    while waiting:
        group, level = waiting.pop()
        inner: list[Item] = []
        for item in hierarchy.children(group):
            if isinstance(item, Group) and (item in opened or (level < depth and item.piece.size)):
                waiting.append((item, level + 1))
            else:
                inner.append(item)
        items += inner
        if group is not hierarchy.whole:
            frames.append(Frame(group, inner))
    return items, frames


def selected(hierarchy: Hierarchy, title: str, direction: Direction, show: Collection[str], extent: Extent) -> Shown:
    """The picture of some nodes."""
    found = selection(hierarchy, extent)
    picture = Assembly(hierarchy, found.nodes).picture(with_sentence(title, found.sentence), direction, show)
    drawn = [marked(card) if card.id == str(found.focus) else card for card in picture.cards]
    return Shown(replace(picture, cards=tuple(drawn), edges=(*picture.edges, *found.paths)), found.sentence)


def marked(card: Card) -> Card:
    """The card that the others are around."""
    return replace(card, badge=f"{card.badge}, {FOCUS}" if card.badge else FOCUS)


def selection(hierarchy: Hierarchy, extent: Extent) -> Selection:
    """Some nodes: those with the largest adjoints, or those around one. Raises UsageError."""
    if extent.top is not None:
        found = top(hierarchy, extent.top)
    else:
        found = around(hierarchy, extent.focus, RADIUS if extent.radius is None else extent.radius)
    require_few(len(found.nodes), "a smaller top or radius draws fewer")
    return found


def selection_asked(inspection: Inspection, extent: Extent) -> Selection | None:
    """The nodes that are asked for, if only some are. Raises UsageError."""
    return selection(Hierarchy(inspection), extent) if extent.top is not None or extent.focus else None


def views(
    inspection: Inspection,
    title: str,
    direction: Direction = "LR",
    show: Collection[str] = PARTS,
    extent: Extent = Extent(),
    most_cards: int = MOST_CARDS,
) -> list[View]:
    """The picture of a graph, then those that its groups open to, breadth first, as many as have `most_cards` cards
    together. The card of a group without a view says how to see it."""
    first = shown(inspection, title, direction, show, extent)
    found = [View("", "", first.picture)]
    count = len(first.picture.cards)
    waiting = deque((group, "") for group in first.closed)
    while waiting and first.hierarchy is not None and count < most_cards:
        group, parent = waiting.popleft()
        picture = inside(first.hierarchy, group, direction, show)
        count += len(picture.cards)
        found.append(View(group.name, parent, picture))
        waiting += ((item, group.name) for item in first.hierarchy.children(group) if isinstance(item, Group))
    names = {view.name for view in found}
    return [replace(view, picture=told_how(view.picture, names)) for view in found]


def inside(hierarchy: Hierarchy, group: Group, direction: Direction, show: Collection[str]) -> Picture:
    """What a group opens to, with small cards for what is joined to it from outside."""
    found: dict[int, Item] = {}

    def neighbour(node: int) -> Item:
        if node not in found:
            found[node] = hierarchy.neighbour(node, group)
        return found[node]

    return Assembly(hierarchy, hierarchy.children(group), neighbour).picture(
        frame_title(hierarchy, group), direction, show
    )


def told_how(picture: Picture, names: Collection[str]) -> Picture:
    """The picture, in which the groups that have no view among `names` say how to see them."""

    def told(card: Card) -> Card:
        if not card.group or card.group in names or card.outside:
            return card
        return replace(card, rows=(*card.rows, Row("to open", f"--expand {card.group}")))

    return replace(picture, cards=tuple(told(card) for card in picture.cards))
