"""One picture of a hierarchy of pictures: the whole, or what a group opens to."""

from __future__ import annotations

from dataclasses import dataclass

from gradcli.render.picture import Picture


@dataclass(frozen=True, slots=True)
class View:
    """`name` is what the group is called, unique and empty for the whole; `parent` is the view it opens from.

    A card of the picture whose `group` is the name of another view opens that one.
    """

    name: str
    parent: str
    picture: Picture
