"""The inspector's page, put together: one file with its own style, script, pictures and data, and nothing else.

A content security policy lets only this style and this script be used, by their hashes, and nothing be fetched. Texts
of the user reach the page escaped, as text of pictures or as data, never as markup or code.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache
from html import escape
from importlib import resources
from string import Template
from typing import Any

from gradcli.errors import visible
from gradcli.render.drawing import CELL, HEADER, HEAT_TOP, SMALL_SIZE, STRIP, TEXT_LEFT, draw
from gradcli.render.heat import FAINTEST, LEVELS, MOST_COLUMNS, MOST_ROWS, STRONGEST
from gradcli.render.inspection import Inspection
from gradcli.render.inspector.data import page_data
from gradcli.render.inspector.program import Program, program_of, scripts
from gradcli.render.json import encodable
from gradcli.render.metrics import inert
from gradcli.render.picture import Theme
from gradcli.render.shapes import Drawing, Group, Shape
from gradcli.render.svg import PALETTES, PLAIN, dynamic_rules, elements, number
from gradcli.render.view import View

SCRIPTS = (
    "numbers", "state", "arithmetic", "paths", "views", "zoom", "picture", "details", "table", "sweep", "search",
    "main",
)  # fmt: skip
"""The parts of the script in their order; each is a file. Where inputs can be changed there is one more, `inputs`, and
where there are heat maps besides, `heat`."""

HEAT = {
    "mostRows": MOST_ROWS,
    "mostColumns": MOST_COLUMNS,
    "levels": LEVELS,
    "faintest": FAINTEST,
    "strongest": STRONGEST,
    "left": TEXT_LEFT,
    "top": HEADER + HEAT_TOP,
    "cell": CELL,
    "strip": STRIP,
}
"""How heat maps are made: what the script has to know to do it too."""

UNSPACED = frozenset("'/")
TEXT = re.compile(r'("(?:[^"\\]|\\.)*"|`[^`]*`)')
OPEN = tuple("{[(,;}")
"""After a line that ends so no end of line is needed: our scripts end every statement but a block with a semicolon."""
SPACE = re.compile(r"(?<![\w$+-]) +| +(?![\w$+-])")

COLOURS = {
    "light": {"accent": "#0b57d0", "path": "#7a2ee6", "ground": "#f5f7fb", "wash": "#e3edfd", "raised": "#ffffff"},
    "dark": {"accent": "#7db4ff", "path": "#c9a4ff", "ground": "#0b0e14", "wash": "#1c2d4a", "raised": "#161b25"},
}
"""Colours of the page beside those of the pictures: the current step, the selected paths, grounds."""


def to_html(inspection: Inspection, judged: Inspection, views: Sequence[View], theme: Theme, timeout: float) -> str:
    """The page of a graph, with the verdicts on `judged`; the first view is the whole. Raises LayoutError and
    OutOfTimeError."""
    title = inert(views[0].picture.title)
    program = program_of(inspection)
    heat = any(card.heat for view in views for card in view.picture.cards)
    known = page_data(inspection, judged, views) | program_data(inspection, program, heat)
    style, script = style_text(), script_text(program, heat)
    return Template(part("page.html")).substitute(
        title=escape(title or "Computation graph"),
        theme=theme,
        style=style,
        style_hash=digest(style),
        script=script,
        script_hash=digest(script),
        pictures="\n".join(pictures(views, timeout)),
        data=json_text(known),
    )


def pictures(views: Sequence[View], timeout: float) -> list[str]:
    """Each view's SVG: the first stands in the page, the others wait in templates. `timeout` is that of them all."""
    end = time.monotonic() + timeout
    found = []
    for view in views:
        drawing = draw(replace(view.picture, title=""), timeout=max(0.1, end - time.monotonic()))
        found.append(picture_text(drawing))
    return [found[0], *(f"<template>{text}</template>" for text in found[1:])]


def picture_text(drawing: Drawing) -> str:
    """A drawing as an inline SVG element; what it tells on hovering is told by the page."""
    width, height = number(drawing.width), number(drawing.height)
    size = f'width="{width}" height="{height}" viewBox="0 0 {width} {height}"'
    told = f'font-size="{number(SMALL_SIZE)}" role="group" aria-label="{drawing.description}"'
    quiet = replace(drawing, shapes=tuple(silent(shape) for shape in drawing.shapes))
    return "\n".join([f'<svg class="picture" {size} {told}>', *elements(quiet, SMALL_SIZE), "</svg>"])


def silent(shape: Shape) -> Shape:
    """A group without its name and description."""
    return replace(shape, name="", description="") if isinstance(shape, Group) else shape


def json_text(data: Mapping[str, Any]) -> str:
    """JSON that cannot end its script element: no `<` is left."""
    text = json.dumps(encodable(data), allow_nan=False, ensure_ascii=False, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


def digest(text: str) -> str:
    """A source of the content security policy that is this text alone."""
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def program_data(inspection: Inspection, program: Program | str, heat: bool) -> dict[str, Any]:
    """The program's data, or at a point why there is none; how heat maps are drawn, where there are some."""
    if isinstance(program, Program):
        return {"program": program.data} | ({"heat": HEAT} if heat else {})
    return {"fixed": visible(program)} if inspection.tape is not None else {}


def script_text(program: Program | str, heat: bool) -> str:
    """All parts in one function, so that nothing of them is global."""
    texts = [part(f"{name}.js") for name in SCRIPTS]
    if isinstance(program, Program):
        texts += [part("heat.js")] * heat
        texts += [
            scripts(program.functions, "pieces" in program.data),
            f"const functions = {program.functions};",
            part("inputs.js"),
        ]
    body = "\n".join(map(compact, texts))
    return f'"use strict";\n(() => {{\n{body}\n}})();\n'


@cache
def style_text() -> str:
    """The colours of both themes, the pictures' rules, the page's rules."""
    light, dark = (PALETTES[theme] | COLOURS[theme] for theme in ("light", "dark"))
    colours = ";".join(f"--{name}:{both(light[name], dark[name])}" for name in light)
    themes = (
        f":root{{color-scheme:light;{colours}}}\n"
        "@media screen{:root[data-theme=dark]{color-scheme:dark}:root[data-theme=auto]{color-scheme:light dark}}\n"
    )
    return "".join([themes, PLAIN, dynamic_rules(), *part("inspector.css").splitlines()])


def both(light: str, dark: str) -> str:
    """A colour of either theme."""
    return light if light == dark else f"light-dark({light},{dark})"


def compact(text: str) -> str:
    """A script without indentation, comments on lines of their own, empty lines and ends of lines that close
    nothing."""
    lines = (line.strip() for line in text.splitlines())
    kept = [close(line) for line in lines if line and not line.startswith("//")]
    return "".join(line if line.endswith(OPEN) and "//" not in line else f"{line}\n" for line in kept).rstrip("\n")


def close(line: str) -> str:
    """A line of a script without the spaces around signs, outside texts in double quotes and a template.

    A line that may hold a text of another kind, a template in a template or a regular expression is left as it is. So
    are the spaces around + and -, because `a + +b` is not `a++b`."""
    pieces = TEXT.split(line)
    is_nested = any(text.startswith("`") and text.count("{") != text.count("}") for text in pieces[1::2])
    if is_nested or not UNSPACED.isdisjoint("".join(pieces[::2])):
        return line
    pieces[::2] = [SPACE.sub("", piece) for piece in pieces[::2]]
    return "".join(pieces)


@cache
def part(name: str) -> str:
    """A file beside this module."""
    return (resources.files("gradcli.render.inspector") / name).read_text(encoding="utf-8")
