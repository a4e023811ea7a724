"""A drawing as SVG: no script, no outside font, no reference to anything outside the file.

With the theme 'auto' the file follows the viewer's light or dark setting. Every rule is first written with the light
theme's own colours and only then, inside `@supports`, with custom properties: programs that know no custom properties
(resvg, Inkscape, office programs) skip that block and show the light theme.
"""

from __future__ import annotations

from xml.sax.saxutils import escape

from gradcli.render.curves import Curve
from gradcli.render.picture import KINDS, Theme, fixed_theme
from gradcli.render.shapes import Drawing, Group, Path, Polygon, Rect, Shape, Text, Tiles

FONTS = "'DejaVu Sans Mono', Menlo, Consolas, 'Liberation Mono', ui-monospace, monospace"

PALETTES: dict[str, dict[str, str]] = {
    "light": {
        "paper": "#ffffff", "ink": "#14171f", "muted": "#566072", "card": "#ffffff", "border": "#98a2b3",
        "rule": "#e3e7ee", "line": "#667085", "frame": "#f5f8fc", "frame-border": "#7d9cc0", "badge": "#eef1f6",
        "positive": "#0072b2", "negative": "#d55e00", "alarm": "#b3007d", "on-alarm": "#ffffff",
        "neutral": "#8a93a3", "input": "#e69f00", "constant": "#bcc2cc", "arithmetic": "#009e73",
        "elementary": "#56b4e9", "piecewise": "#e5d522", "reduction": "#cc79a7", "matrix": "#0072b2",
        "structural": "#7f6a56", "detach": "#14171f",
    },
    "dark": {
        "paper": "#0f1218", "ink": "#f0f3f8", "muted": "#a9b2c3", "card": "#1a1f29", "border": "#566074",
        "rule": "#2c3340", "line": "#98a2b3", "frame": "#141924", "frame-border": "#4a6a94", "badge": "#2a313e",
        "positive": "#2b8fd0", "negative": "#e8772a", "alarm": "#ff5cc8", "on-alarm": "#14171f",
        "neutral": "#8a93a3", "input": "#e69f00", "constant": "#bcc2cc", "arithmetic": "#009e73",
        "elementary": "#56b4e9", "piecewise": "#f0e442", "reduction": "#cc79a7", "matrix": "#2b8fd0",
        "structural": "#a98f75", "detach": "#f0f3f8",
    },
}  # fmt: skip
"""Stripes and tints are the Okabe-Ito colours; yellow on white and blue on black are adapted to be seen."""

COLOURED: tuple[tuple[str, str, str], ...] = (
    (".paper,.halo", "fill", "paper"),
    (".label,.cluster-title", "fill", "muted"),
    (".title,.name,.value,.strong,.badge-text,.partial", "fill", "ink"),
    (".card-frame", "fill", "card"),
    (".card-frame", "stroke", "border"),
    (".alarmed", "stroke", "alarm"),
    (".alarm-pill,.tint-nan", "fill", "alarm"),
    (".alarm-text", "fill", "on-alarm"),
    (".badge-pill", "fill", "badge"),
    (".rule", "fill", "rule"),
    (".line,.stroke", "stroke", "line"),
    (".arrow", "fill", "line"),
    (".gap", "stroke", "paper"),
    (".frame,.framed", "fill", "frame"),
    (".frame", "stroke", "frame-border"),
    (".mark", "fill", "ink"),
    (".tint-positive", "fill", "positive"),
    (".tint-negative", "fill", "negative"),
    (".tint-zero,.stripe", "fill", "neutral"),
    *((f".kind-{kind}", "fill", kind) for kind in KINDS),
)
"""Selector, property and the colour's name in the palettes; a later rule wins over an earlier one."""

PLAIN = (
    f"text{{font-family:{FONTS}}}.title,.name,.bold,.alarm-text{{font-weight:bold}}"
    ".line,.stroke,.gap{fill:none}.line{stroke-width:1.4}.cut{stroke-dasharray:5 4}.stroke{stroke-width:1.6}"
    ".gap{stroke-width:6}.card-frame{stroke-width:1.1}.alarmed{stroke-width:2.4;stroke-dasharray:7 4}"
    ".frame{stroke-width:1.1;stroke-dasharray:2 3}"
)


def to_svg(drawing: Drawing, theme: Theme = "auto", scale: float = 1.0) -> str:
    """The file's text, ending in a newline; the same drawing always gives the same text. `scale` is the size at which
    viewers show it first."""
    width, height = number(drawing.width), number(drawing.height)
    shown = f'width="{number(scale * drawing.width)}" height="{number(scale * drawing.height)}"'
    size = f'{shown} viewBox="0 0 {width} {height}"'
    told = 'role="img" aria-labelledby="picture-title picture-description"'
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} {told}>',
        f'<title id="picture-title">{escape(drawing.title or "Computation graph")}</title>',
        f'<desc id="picture-description">{escape(drawing.description)}</desc>',
        f"<style>{style_sheet(theme)}</style>",
        f'<rect class="paper" width="{width}" height="{height}"/>',
    ]
    return "\n".join([*lines, *elements(drawing), "</svg>", ""])


def elements(drawing: Drawing, size: float | None = None) -> list[str]:
    """The lines inside the `svg` element: groups of cards, edges and labels each in the order of the picture.

    Texts of the `size` that the element has itself do not state it."""
    lines: list[str] = []
    for shape in drawing.shapes:
        write_shape(shape, lines, size)
    return lines


def style_sheet(theme: Theme) -> str:
    """The rules for a theme."""
    colours = PALETTES[fixed_theme(theme)]
    literal = PLAIN + "".join(f"{select}{{{name}:{colours[colour]}}}" for select, name, colour in COLOURED)
    if theme != "auto":
        return literal
    return (
        f"{literal}\n@supports (color:var(--ink)){{{properties('light')}"
        f"@media (prefers-color-scheme:dark){{{properties('dark')}}}{dynamic_rules()}}}"
    )


def dynamic_rules() -> str:
    """The rules with custom properties for colours."""
    return "".join(f"{select}{{{name}:var(--{colour})}}" for select, name, colour in COLOURED)


def properties(palette: str) -> str:
    """A palette as custom properties of the picture."""
    declared = ";".join(f"--{name}:{colour}" for name, colour in PALETTES[palette].items())
    return f"svg{{color-scheme:{palette};{declared}}}"


def write_shape(shape: Shape, lines: list[str], inherited: float | None) -> None:
    """Append a shape's elements."""
    match shape:
        case Group():
            lines.append(f'<g class="{shape.style}">')
            if shape.name:
                lines.append(f"<title>{escape(shape.name)}</title>")
            if shape.description:
                lines.append(f"<desc>{escape(shape.description)}</desc>")
            for part in shape.shapes:
                write_shape(part, lines, inherited)
            lines.append("</g>")
        case Rect():
            box = shape.box
            radius = f' rx="{number(shape.radius)}"' if shape.radius else ""
            opacity = f' fill-opacity="{number(shape.opacity)}"' if shape.opacity < 1 else ""
            lines.append(
                f'<rect class="{shape.style}" x="{number(box.x)}" y="{number(box.y)}" width="{number(box.width)}" '
                f'height="{number(box.height)}"{radius}{opacity}/>'
            )
        case Tiles():
            opacity = f' fill-opacity="{number(shape.opacity)}"' if shape.opacity < 1 else ""
            outline = "".join(
                f"M{number(box.x)} {number(box.y)}h{number(box.width)}v{number(box.height)}h{number(-box.width)}z"
                for box in shape.boxes
            )
            lines.append(f'<path class="{shape.style}" d="{outline}"{opacity}/>')
        case Path():
            lines.append(f'<path class="{shape.style}" d="{path_data(shape.curve)}"/>')
        case Polygon():
            points = " ".join(f"{number(x)},{number(y)}" for x, y in shape.points)
            lines.append(f'<polygon class="{shape.style}" points="{points}"/>')
        case Text():
            anchor = f' text-anchor="{shape.anchor}"' if shape.anchor != "start" else ""
            size = f' font-size="{number(shape.size)}"' if shape.size != inherited else ""
            full = f"<title>{escape(shape.full)}</title>" if shape.full else ""
            lines.append(
                f'<text class="{shape.style}" x="{number(shape.at[0])}" y="{number(shape.at[1])}"{size}{anchor}>'
                f"{full}{escape(shape.text)}</text>"
            )


def path_data(curve: Curve) -> str:
    """A chain of Bézier curves in SVG's notation."""
    start, *rest = (f"{number(x)} {number(y)}" for x, y in curve)
    return f"M{start}C{' '.join(rest)}"


def number(value: float) -> str:
    """A length with at most two decimals."""
    text = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text
