"""What a drawing consists of: shapes with places in points and classes, no colours, and how they are moved."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

from gradcli.render.curves import Curve, Point
from gradcli.render.layout import Box
from gradcli.render.metrics import text_width


@dataclass(frozen=True, slots=True)
class Rect:
    """A box with round corners; `opacity` is that of its fill."""

    box: Box
    style: str
    radius: float = 0.0
    opacity: float = 1.0


@dataclass(frozen=True, slots=True)
class Tiles:
    """Many boxes of one look."""

    boxes: tuple[Box, ...]
    style: str
    opacity: float = 1.0


@dataclass(frozen=True, slots=True)
class Path:
    """A line along a chain of Bézier curves."""

    curve: Curve
    style: str


@dataclass(frozen=True, slots=True)
class Polygon:
    """A filled area, or with a style for lines an open one."""

    points: tuple[Point, ...]
    style: str


@dataclass(frozen=True, slots=True)
class Text:
    """One line of text: `at` is the end of the baseline that `anchor` names, `full` the whole text if `text` is not."""

    at: Point
    text: str
    style: str
    size: float
    anchor: Literal["start", "middle", "end"] = "start"
    full: str = ""

    @property
    def box(self) -> Box:
        """An upper bound of the room that the text takes."""
        width = text_width(self.text, self.size)
        left = {"start": 0.0, "middle": width / 2, "end": width}[self.anchor]
        return Box(self.at[0] - left, self.at[1] - 0.82 * self.size, width, 1.06 * self.size)


@dataclass(frozen=True, slots=True)
class Group:
    """Shapes that are one thing (`style` says which kind of thing) in one box; `name` and `description` are told on
    hovering and to a screen reader."""

    style: str
    box: Box
    shapes: tuple[Shape, ...]
    name: str = ""
    description: str = ""


Shape = Rect | Tiles | Path | Polygon | Text | Group


@dataclass(frozen=True, slots=True)
class Drawing:
    """A whole picture with its size."""

    width: float
    height: float
    title: str
    description: str
    shapes: tuple[Shape, ...]

    def groups(self, style: str) -> Iterator[Group]:
        """The groups of a kind: 'card', 'edge', 'label', 'cluster', 'cluster-name', 'legend'."""
        return (shape for shape in self.shapes if isinstance(shape, Group) and shape.style == style)


def moved_group(group: Group, by: Point) -> Group:
    """The same group at another place."""
    return replace(group, box=moved_box(group.box, by), shapes=tuple(moved(shape, by) for shape in group.shapes))


def moved(shape: Shape, by: Point) -> Shape:
    """The same shape at another place."""
    match shape:
        case Group():
            return moved_group(shape, by)
        case Rect():
            return replace(shape, box=moved_box(shape.box, by))
        case Tiles():
            return replace(shape, boxes=tuple(moved_box(box, by) for box in shape.boxes))
        case Path():
            return replace(shape, curve=tuple(moved_point(point, by) for point in shape.curve))
        case Polygon():
            return replace(shape, points=tuple(moved_point(point, by) for point in shape.points))
        case Text():
            return replace(shape, at=moved_point(shape.at, by))


def moved_box(box: Box, by: Point) -> Box:
    """The same box at another place."""
    return replace(box, x=box.x + by[0], y=box.y + by[1])


def moved_point(point: Point, by: Point) -> Point:
    """The sum of two points."""
    return point[0] + by[0], point[1] + by[1]
