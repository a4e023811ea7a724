"""A picture as DOT text for those who have Graphviz: the same cards as HTML-like labels, named n0, n1, ..."""

from __future__ import annotations

import math
import re

from gradcli.render.metrics import inert
from gradcli.render.picture import Card, Edge, Picture, tint_look
from gradcli.render.svg import PALETTES

COLOURS = PALETTES["light"]
ESCAPE = re.compile(r"\\([NGETHL])")
"""What Graphviz replaces by names, in labels of whatever kind."""


def to_dot(picture: Picture) -> str:
    """The file's text, ending in a newline; the same picture always gives the same text."""
    name = {card.id: f"n{index}" for index, card in enumerate(picture.cards)}
    title = f"label={quoted(picture.title)}, labelloc=t, labeljust=l"
    lines = [
        "digraph computation {",
        f'  graph [rankdir={picture.direction}, {title}, fontname="DejaVu Sans Mono", fontsize=15]',
        '  node [shape=plain, fontname="DejaVu Sans Mono", fontsize=12]',
        f'  edge [fontname="DejaVu Sans Mono", fontsize=11, arrowsize=0.7, color="{COLOURS["line"]}"]',
    ]
    lines += [f"  {name[card.id]} [label=<{table(card)}>, tooltip={quoted(card.title)}]" for card in picture.cards]

    def subgraph(index: int, inner: list[str]) -> str:
        cluster = picture.clusters[index]
        content = "; ".join([*(name[card] for card in cluster.cards), *inner])
        look = f'label={quoted(cluster.title)}; style=dotted; color="{COLOURS["frame-border"]}"'
        return f"subgraph cluster_{index} {{ {look}; {content} }}"

    lines += [f"  {text}" for text in picture.nested(subgraph)]
    lines += [f"  {name[edge.source]} -> {name[edge.target]} [{edge_attributes(edge)}]" for edge in picture.edges]
    return "\n".join([*lines, "}", ""])


def quoted(text: str) -> str:
    """User text as a quoted string of DOT that Graphviz prints as it is: no escape, no entity."""
    plain = inert(text).replace("&", "&amp;").replace("\\", "\\\\").replace('"', '\\"')
    return f'"{plain}"'


def html(text: str) -> str:
    """User text inside an HTML-like label; one that is empty takes a space, because Graphviz refuses empty fonts. There
    too Graphviz would put names in place of \\N and \\G, but not where these are two pieces of text."""
    plain = inert(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")
    return ESCAPE.sub(r"\\<font>\1</font>", plain) or " "


def table(card: Card) -> str:
    """A card: a stripe of its kind, its name with badge and alarm, and its rows."""
    stripe = COLOURS.get(card.kind, COLOURS["neutral"])
    border = f'color="{COLOURS["alarm"]}" border="3" style="dashed"' if card.alarm else f'color="{COLOURS["border"]}"'
    words = html(card.badge) + (
        f' <font color="{COLOURS["alarm"]}"><b>{html(card.alarm)}</b></font>' if card.alarm else ""
    )
    cells = [f'<td align="left"><b>{html(card.title)}</b></td><td align="right">{words}</td>']
    for row in card.rows:
        shade = f' bgcolor="{tint_colour(row.tint, row.mixed)}"' if row.tint is not None else ""
        value = f"<b>{html(row.value)}</b>" if row.emphasis else html(row.value)
        cells.append(f'<td align="left"{shade}>{html(row.label)}</td><td align="right"{shade}>{value}</td>')
    first, *rest = cells
    stripe_cell = f'<td rowspan="{len(cells)}" bgcolor="{stripe}" width="6"></td>'
    body = "".join(f"<tr>{line}</tr>" for line in (stripe_cell + first, *rest))
    return f'<table {border} cellborder="0" cellspacing="0" cellpadding="4">{body}</table>'


def tint_colour(tint: float, mixed: bool) -> str:
    """The colour of a tint on white, mixed here because not every output of Graphviz knows transparency."""
    sign, part = tint_look(tint, mixed)
    colour = COLOURS[{"nan": "alarm", "zero": "neutral"}.get(sign, sign)]
    channels = (round(255 + (int(colour[at : at + 2], 16) - 255) * part) for at in (1, 3, 5))
    return "#" + "".join(f"{channel:02x}" for channel in channels)


def edge_attributes(edge: Edge) -> str:
    """The local partial; a detached edge is dashed and has a bar at its start."""
    parts = [f"label={quoted(edge.label)}"] if edge.label.strip() else []
    if edge.description.strip():
        parts.append(f"tooltip={quoted(edge.description)}")
    if edge.tint is not None and math.isnan(edge.tint):
        parts.append(f'fontcolor="{COLOURS["alarm"]}"')
    if edge.cut:
        parts += ["style=dashed", "arrowtail=tee", "dir=both"]
    return ", ".join(parts)
