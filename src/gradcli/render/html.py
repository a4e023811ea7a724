"""Answers as HTML for notebooks: a table and the lines below it. Every text is escaped; nothing in it can act."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from gradcli.errors import visible

TABLE = "border-collapse:collapse;font-family:'DejaVu Sans Mono',Menlo,Consolas,monospace"
CELL = "padding:2px 12px 2px 0;white-space:pre;vertical-align:top"
RULE = ";border-bottom:1px solid currentColor"
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
MOST_ROWS = 500
"""Rows that a browser shows in a time one waits for."""


def answer_html(
    headings: Sequence[tuple[str, bool]], rows: Sequence[Sequence[str]], lines: Sequence[str], verdict: str
) -> str:
    """A table, whose headings say whether a column is set to the right, and lines below it beside the verdict's bar."""
    sides = ["right" if right else "left" for _, right in headings]
    parts = [f'<div><table style="{TABLE}">']
    if any(title for title, _ in headings):
        titles = "".join(cell("th", title, side, RULE) for (title, _), side in zip(headings, sides, strict=True))
        parts.append(f"<thead><tr>{titles}</tr></thead>")
    parts.append("<tbody>")
    for row in rows[:MOST_ROWS]:
        cells = "".join(cell("td", text, side) for text, side in zip(row, sides, strict=True))
        parts.append(f"<tr>{cells}</tr>")
    parts.append("</tbody></table>")
    omitted = [f"the first {MOST_ROWS} of {len(rows)} rows; print() shows all"] if len(rows) > MOST_ROWS else []
    below = "".join(f"<div>{text_html(line)}</div>" for line in [*omitted, *lines])
    colour = COLOURS.get(verdict, NEUTRAL)
    parts.append(f'<div style="border-left:4px solid {colour};padding-left:8px;margin-top:6px">{below}</div></div>')
    return "".join(parts)


def cell(tag: str, text: str, side: str, more: str = "") -> str:
    """One cell; its style is inline, because notebooks have styles of their own for cells."""
    return f'<{tag} style="text-align:{side};{CELL}{more}">{text_html(text)}</{tag}>'


def text_html(text: str) -> str:
    """Text that the browser shows and never interprets."""
    return escape(visible(text))
