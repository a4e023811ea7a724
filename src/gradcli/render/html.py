"""Answers as HTML for notebooks: a table and the lines below it. Every text is escaped; nothing in it can act."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from gradcli.errors import visible

FONT = "font-family:'DejaVu Sans Mono',Menlo,Consolas,monospace"
CELL = f"padding:2px 12px 2px 0;white-space:pre;vertical-align:top;{FONT}"
RULE = "border-bottom:1px solid currentColor"
COLOURS = {
    "verified": "#009e73",
    "kink": "#e69f00",
    "ill-conditioned": "#e69f00",
    "inconclusive": "#e69f00",
    "wrong": "#d55e00",
    "undefined": "#d55e00",
}
"""The colour of the bar beside a verdict (Okabe and Ito); the word itself says the same."""
NEUTRAL = "#8a93a3"


def answer_html(
    headings: Sequence[tuple[str, bool]], rows: Sequence[Sequence[str]], lines: Sequence[str], verdict: str
) -> str:
    """A table, whose headings say whether a column is set to the right, and lines below it beside the verdict's bar."""
    sides = ["right" if right else "left" for _, right in headings]
    parts = ['<div><table style="border-collapse:collapse">']
    if any(title for title, _ in headings):
        cells = "".join(cell("th", title, side, RULE) for (title, _), side in zip(headings, sides, strict=True))
        parts.append(f"<thead><tr>{cells}</tr></thead>")
    body = ("".join(cell("td", text, side) for text, side in zip(row, sides, strict=True)) for row in rows)
    parts.append(f"<tbody>{''.join(f'<tr>{cells}</tr>' for cells in body)}</tbody></table>")
    colour = COLOURS.get(verdict, NEUTRAL)
    below = "".join(f"<div>{text_html(line)}</div>" for line in lines)
    parts.append(f'<div style="border-left:4px solid {colour};padding-left:8px;margin-top:6px">{below}</div></div>')
    return "".join(parts)


def cell(tag: str, text: str, side: str, more: str = "") -> str:
    """One cell; its style is inline, because notebooks strip or override style sheets."""
    return f'<{tag} style="text-align:{side};{CELL};{more}">{text_html(text)}</{tag}>'


def text_html(text: str) -> str:
    """Text that the browser shows and never interprets."""
    return escape(visible(text))
