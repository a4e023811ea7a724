"""A drawing as a LaTeX document in TikZ, which pdflatex compiles with nothing but TikZ installed.

The cards are scopes with the names n0, n1, ...: what is written by hand below can refer to (n0.north). Lengths are
points, y runs downwards.
"""

from __future__ import annotations

from gradcli.render.curves import Curve, Point
from gradcli.render.picture import Theme, fixed_theme
from gradcli.render.shapes import Drawing, Group, Path, Polygon, Rect, Shape, Text, Tiles
from gradcli.render.sizes import TEX
from gradcli.render.svg import COLOURED, PALETTES, number
from gradcli.render.tex_text import tex_text

PREAMBLE = r"""\documentclass{article}
\usepackage[utf8]{inputenc}
\IfFileExists{lmodern.sty}{\usepackage[T1]{fontenc}\usepackage{lmodern}}{}
\usepackage{amssymb,tikz}
\usepackage[paperwidth=WIDTHbp,paperheight=HEIGHTbp,margin=0bp]{geometry}
\pagestyle{empty}
\parindent0pt
\topskip0pt
\frenchspacing
\newcommand\gradfont[1]{\fontsize{#1bp}{#1bp}\selectfont\ttfamily}
\newcommand\gradhex[2]{{\fboxsep.8bp\fboxrule.3bp%
  \raisebox{-1.5bp}{\fbox{\fontsize{4bp}{4bp}\selectfont\ttfamily\offinterlineskip\vbox{\hbox{#1}\kern.8bp\hbox{#2}}}}}}
"""

SHAPES = {
    "title": r"execute at begin node=\bfseries",
    "name": r"execute at begin node=\bfseries",
    "bold": r"execute at begin node=\bfseries",
    "alarm-text": r"execute at begin node=\bfseries",
    "line": "line width=1.4bp",
    "cut": "dash pattern=on 5bp off 4bp",
    "stroke": "line width=1.6bp",
    "gap": "line width=6bp",
    "card-frame": "line width=1.1bp",
    "alarmed": "line width=2.4bp, dash pattern=on 7bp off 4bp",
    "frame": "line width=1.1bp, dash pattern=on 2bp off 3bp",
}
"""What TikZ is told of a class besides its colour; the SVG says the same in its style sheet."""
TEXTS = frozenset(["label", "cluster-title", "title", "name", "value", "strong", "badge-text", "partial", "alarm-text"])
"""Classes of texts: their `fill` in an SVG is the colour of the letters."""


def to_tikz(drawing: Drawing, theme: Theme = "auto", scale: float | None = None) -> str:
    """The file's text, ending in a newline; `auto` is light. Raises UsageError where TeX has no such lengths."""
    size = TEX.scale(drawing, scale)
    width, height = number(size * drawing.width), number(size * drawing.height)
    lines = [PREAMBLE.replace("WIDTH", width).replace("HEIGHT", height).rstrip()]
    colours = PALETTES[fixed_theme(theme)]
    lines += [f"\\definecolor{{grad-{name}}}{{HTML}}{{{value[1:].upper()}}}" for name, value in colours.items()]
    lines += [f"\\tikzset{{grad-{name}/.style={{{style}}}}}" for name, style in styles().items()]
    options = "x=1bp, y=-1bp" + (f", scale={size:g}, transform shape" if size != 1 else "")
    paper = f"(0,0) rectangle ({number(drawing.width)},{number(drawing.height)});"
    lines += [
        "\\begin{document}%",
        f"\\begin{{tikzpicture}}[{options}, inner sep=0bp, outer sep=0bp]",
        f"\\useasboundingbox {paper}",
        f"\\path[grad-paper] {paper}",
    ]
    cards = 0
    for shape in drawing.shapes:
        if isinstance(shape, Group) and shape.style == "card":
            lines.append(f"\\begin{{scope}}[local bounding box=n{cards}]")
            write_shape(shape, lines)
            lines.append("\\end{scope}")
            cards += 1
        else:
            write_shape(shape, lines)
    return "\n".join([*lines, "\\end{tikzpicture}%", "\\end{document}", ""])


def styles() -> dict[str, str]:
    """What each class of shape looks like."""
    found: dict[str, list[str]] = {}
    for selectors, name, colour in COLOURED:
        for selector in selectors.split(","):
            style = selector.removeprefix(".")
            key = "text" if style in TEXTS else "fill" if name == "fill" else "draw"
            found.setdefault(style, []).append(f"{key}=grad-{colour}")
    for style, shape in SHAPES.items():
        found.setdefault(style, []).append(shape)
    return {style: ", ".join(parts) for style, parts in found.items()}


def write_shape(shape: Shape, lines: list[str]) -> None:
    """Append a shape's commands."""
    match shape:
        case Group():
            for part in shape.shapes:
                write_shape(part, lines)
        case Rect():
            box = shape.box
            options = [named(shape.style)]
            radius = min(shape.radius, box.width / 2, box.height / 2)
            options += [f"rounded corners={number(radius)}bp"] if radius else []
            options += [f"fill opacity={number(shape.opacity)}"] if shape.opacity < 1 else []
            corners = f"{point((box.x, box.y))} rectangle {point((box.right, box.bottom))}"
            lines.append(f"\\path[{', '.join(options)}] {corners};")
        case Tiles():
            options = [named(shape.style)] + ([f"fill opacity={number(shape.opacity)}"] if shape.opacity < 1 else [])
            rectangles = (f"{point((box.x, box.y))} rectangle {point((box.right, box.bottom))}" for box in shape.boxes)
            lines.append(f"\\path[{', '.join(options)}] {' '.join(rectangles)};")
        case Path():
            lines.append(f"\\path[{named(shape.style)}] {course(shape.curve)};")
        case Polygon():
            end = " -- cycle" if len(shape.points) > 2 else ""
            lines.append(f"\\path[{named(shape.style)}] {' -- '.join(map(point, shape.points))}{end};")
        case Text():
            anchor = {"start": "base west", "middle": "base", "end": "base east"}[shape.anchor]
            options = [f"anchor={anchor}", f"font=\\gradfont{{{number(shape.size)}}}", named(shape.style)]
            lines.append(f"\\node[{', '.join(options)}] at {point(shape.at)} {{{tex_text(shape.text)}}};")


def named(classes: str) -> str:
    """The styles of some classes; a later one wins."""
    return ", ".join(f"grad-{name}" for name in classes.split())


def point(at: Point) -> str:
    """A place."""
    return f"({number(at[0])},{number(at[1])})"


def course(curve: Curve) -> str:
    """A chain of Bézier curves in TikZ's notation."""
    parts = [point(curve[0])]
    for at in range(1, len(curve), 3):
        first, second, end = map(point, curve[at : at + 3])
        parts.append(f".. controls {first} and {second} .. {end}")
    return " ".join(parts)
