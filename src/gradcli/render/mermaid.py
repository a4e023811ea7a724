"""A picture as Mermaid text, which Markdown on many platforms draws: nodes n0, n1, ... with their rows as lines."""

from __future__ import annotations

from gradcli.render.metrics import inert
from gradcli.render.picture import KINDS, Card, Edge, Picture
from gradcli.render.svg import PALETTES

PLAIN = frozenset(" +-=/().,")
"""Signs of ASCII that mean nothing within a quoted label of Mermaid, nor in HTML."""
TOLD = frozenset("^_*|[]!:'@~")
"""Signs that mean nothing in a title for screen readers either."""
WORDS = {"<": " less than ", ">": " greater than ", "&": " and "}
"""Signs that would be taken for HTML there."""
STYLES = {kind: f"stroke:{PALETTES['light'][kind]},stroke-width:3px" for kind in KINDS} | {
    "alarm": f"stroke:{PALETTES['light']['alarm']},stroke-width:3px,stroke-dasharray:7 4"
}
"""Only borders are coloured: the page's theme chooses paper and ink."""


MOST_CHARACTERS, MOST_EDGES = 50_000, 500
"""What Mermaid draws unless a page sets `maxTextSize` and `maxEdges` higher; a file cannot."""


def limits_note(text: str, picture: Picture) -> str:
    """What is said of a picture's text that Mermaid refuses to draw unless it is told to; nothing of any other."""
    edges = len(picture.edges)
    if len(text) <= MOST_CHARACTERS and edges <= MOST_EDGES:
        return ""
    return (
        f"the Mermaid text has {len(text)} characters and {edges} edges; where not configured otherwise, viewers draw "
        f"{MOST_CHARACTERS} and {MOST_EDGES} at most"
    )


def to_mermaid(picture: Picture) -> str:
    """The file's text, ending in a newline; the same picture always gives the same text."""
    name = {card.id: f"n{index}" for index, card in enumerate(picture.cards)}
    lines = [f"flowchart {picture.direction}", f"  accTitle: {told(picture.title)}"]
    lines += [f"  {name[card.id]}[{label(card)}]" for card in picture.cards]

    def subgraph(index: int, inner: list[str]) -> str:
        cluster = picture.clusters[index]
        content = "; ".join([*(name[card] for card in cluster.cards), *inner])
        return f"subgraph g{index}[{quoted(cluster.title)}]; {content}; end"

    lines += [f"  {text}" for text in picture.nested(subgraph)]
    lines += [f"  {name[edge.source]} {arrow(edge)} {name[edge.target]}" for edge in picture.edges]
    styled: dict[str, list[str]] = {}
    for card in picture.cards:
        for style in (card.kind, "alarm" if card.alarm.strip() else ""):
            if style in STYLES:
                styled.setdefault(style, []).append(name[card.id])
    for style, nodes in sorted(styled.items(), key=lambda item: item[0] == "alarm"):  # a later style wins
        lines += [f"  classDef {style} {STYLES[style]}", f"  class {','.join(nodes)} {style}"]
    return "\n".join([*lines, ""])


def escaped(text: str) -> str:
    """User text that Mermaid prints as it is: every sign with a meaning as the number of its character."""
    return "".join(char if keeps(char) else f"#{ord(char)};" for char in inert(text)) or " "


def keeps(char: str) -> bool:
    """Whether a character stands for itself."""
    return not char.isascii() or char.isalnum() or char in PLAIN


def quoted(text: str) -> str:
    """A text as a label."""
    return f'"{escaped(text)}"'


def told(text: str) -> str:
    """A text for screen readers, which goes to the end of the line and knows no numbers of characters."""
    words = "".join(char if keeps(char) or char in TOLD else WORDS.get(char, " ") for char in inert(text))
    return " ".join(words.split()) or "computation graph"


def label(card: Card) -> str:
    """A card: its name, then badge and alarm, then a line a row."""
    words = [f"<b>{escaped(card.title)}</b>", *(escaped(word) for word in (card.badge, card.alarm) if word.strip())]
    rows = [
        f"{escaped(row.label)} <b>{escaped(row.value)}</b>"
        if row.emphasis
        else f"{escaped(row.label)} {escaped(row.value)}"
        for row in card.rows
    ]
    return '"' + "<br/>".join([" · ".join(words), *rows]) + '"'


def arrow(edge: Edge) -> str:
    """The local partial on an arrow; that of a detached edge is dotted and ends in a cross."""
    line = "-.-x" if edge.cut else "-->"
    return f"{line}|{quoted(edge.label)}|" if edge.label.strip() else line
