"""The picture of docs/architecture.md is drawn from the layering contract: `--overwrite` draws it anew."""

import tomllib
from itertools import pairwise
from pathlib import Path

from gradcli.render.drawing import draw
from gradcli.render.picture import Card, Edge, Picture, Row
from gradcli.render.svg import to_svg

ROOT = Path(__file__).parent.parent
PICTURE = ROOT / "docs" / "architecture.svg"
ABOUT = {
    "cli": ("commands", "options, streams, status"),
    "api": ("Python", "functions, points, results"),
    "render": ("looks", "tables, cards, SVG, DOT, JSON"),
    "verify": ("judges", "verdicts, kinks, comparison"),
    "cost": ("counts", "sweeps, operations, memory"),
    "methods": ("differentiates", "forward, reverse, 3 witnesses"),
    "syntax": ("reads", "text to graph and back"),
    "carriers": ("computes", "floats, tensors, nodes, SymPy"),
    "primitives": ("declares", "one entry an operation"),
    "values": ("reads files", "CSV, NumPy, JSON, torch"),
    "problem": ("asks", "Problem, Derivative"),
    "shapes": ("infers", "shapes, broadcasting"),
    "graph": ("holds", "the arena of nodes"),
    "errors": ("explains", "cause, caret, mend, status"),
}


def layers() -> list[list[str]]:
    """The layers that exist, top first, from pyproject.toml."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    (contract,) = project["tool"]["importlinter"]["contracts"]
    rows = [[n.strip(" ()") for n in layer.replace(":", "|").split("|")] for layer in contract["layers"]]
    return [row for row in ([n for n in names if n in ABOUT] for names in rows) if row]


def picture() -> Picture:
    """A card a part; an arrow from each to the layer it stands on."""
    rows = layers()
    cards = tuple(Card(name, name, "structural", (Row(*ABOUT[name]),)) for names in rows for name in names)
    edges = tuple(Edge(upper, lower, "") for above, below in pairwise(rows) for upper in above for lower in below)
    return Picture("gradcli: imports run downwards", cards, edges, direction="TB")


def test_the_picture_shows_every_part(overwrite: bool) -> None:
    if overwrite:
        PICTURE.write_text(to_svg(draw(picture())), encoding="utf-8")
    drawn = PICTURE.read_text(encoding="utf-8")
    parts = {name for row in layers() for name in row}
    assert parts == set(ABOUT)
    assert all(f">{name}<" in drawn for name in parts)
