"""The formats of `gradcli graph`, by the ending of the file. A new one is a function and a line of the table."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from gradcli.errors import UsageError
from gradcli.render.picture import Picture

LAYOUT_SECONDS = 20.0
"""How long a layout may take where no time limit is set."""


@dataclass(frozen=True)
class Export:
    """What is written: the picture, and the data of the JSON answer. `timeout` limits the layout, in seconds."""

    picture: Picture
    data: Mapping[str, Any]
    timeout: float


def as_svg(export: Export) -> bytes:
    """A picture for browsers and documents."""
    from gradcli.render.drawing import draw
    from gradcli.render.svg import to_svg

    return to_svg(draw(export.picture, timeout=export.timeout)).encode()


def as_dot(export: Export) -> bytes:
    """The picture's structure for Graphviz."""
    from gradcli.render.dot import to_dot

    return to_dot(export.picture).encode()


def as_json(export: Export) -> bytes:
    """The graph as data, whole however large."""
    from gradcli.render.json import dumps

    return (dumps(dict(export.data)) + "\n").encode()


FORMATS: dict[str, Callable[[Export], bytes]] = {"svg": as_svg, "dot": as_dot, "json": as_json}


def format_of(name: str) -> Callable[[Export], bytes]:
    """The writer of a format. Raises UsageError with the list of formats."""
    if name.lower() not in FORMATS:
        raise UsageError(f"no picture can be written as '{name}'", hint=f"the formats are {', '.join(FORMATS)}")
    return FORMATS[name.lower()]
