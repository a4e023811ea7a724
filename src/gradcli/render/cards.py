"""From an inspected graph to its picture: a card a node, an edge an argument, local partials on the edges."""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Sequence
from dataclasses import replace

from gradcli.errors import UsageError
from gradcli.methods.base import flatten
from gradcli.problem import Nested
from gradcli.render.clusters import clusters_of
from gradcli.render.heat import heat_of
from gradcli.render.inspection import Inspection, Link
from gradcli.render.listing import enclosed, link_text
from gradcli.render.numbers import format_nested, format_short, with_minus
from gradcli.render.picture import Card, Direction, Edge, Heat, Picture, Row, pretty_name, signed_log_tint
from gradcli.render.summary import array_text, summarize
from gradcli.render.truths import DIGITS, SHORT, truths_at
from gradcli.shapes import format_shape

LONGEST_LABEL = 26
"""A longer formula would push the cards apart: the edge then only names its partial, and tells it on hovering."""
FAR = 8
"""An edge past so many levels more than the shortest one from its node starts at a repetition of the node."""
PARTS = ("value", "heat", "tangent", "adjoint", "partial")
"""What can be shown at a point besides names, operations and shapes: `heat` is the map of an array whose elements are
not written out, and partials stand on the edges."""
NO_PARTS = "none"
NORM, NORM_OF_FINITE = "norm", "norm of finite"
AGAIN = "again"

INDEXED = re.compile(r"\b[^\W\d_]+_?\d+\b(?!\()")
SIGN = re.compile(r"(?<=[\w)\]'])(?<!\de)([+-])(?!>)")
"""A plus or minus between operands, but not in 1e-5."""


def shown_parts(words: Sequence[str], option: str) -> Collection[str]:
    """The parts of a picture that words name. Raises UsageError."""
    if list(words) == [NO_PARTS]:
        return ()
    if unknown := [word for word in words if word not in PARTS]:
        raise UsageError(f"{option} knows no '{unknown[0]}'", hint=f"some of {', '.join(PARTS)}, or {NO_PARTS}")
    return words


def picture_of(
    inspection: Inspection, title: str, direction: Direction = "LR", show: Collection[str] = PARTS
) -> Picture:
    """The picture of the whole graph with the parts `show`; what only a named intermediate needs is in its frame."""
    nodes = inspection.rows
    largest = largest_adjoint(inspection, nodes)
    cards = [card(inspection, node, largest, show) for node in nodes]
    links = [link for node in nodes for link in inspection.links(node)]
    again = far_links(inspection, links)
    repeats = {repeat_id(link): repeat_card(inspection, link) for link in links if link in again}
    edges = [edge(inspection, link, repeat_id(link) if link in again else str(link.argument)) for link in links]
    if "partial" not in show:
        edges = [replace(edge, label="", tint=None) for edge in edges]
    return Picture(title, (*cards, *repeats.values()), tuple(edges), clusters_of(inspection), direction)


def far_links(inspection: Inspection, links: Sequence[Link]) -> set[Link]:
    """Edges that would pass FAR levels or more: their lines cross the whole picture, and hold up the layout."""
    levels = late_levels(inspection)
    first: dict[int, int] = {}
    for link in links:
        first[link.argument] = min(levels[link.node], first.get(link.argument, levels[link.node]))
    return {link for link in links if levels[link.node] - first[link.argument] >= FAR}


def late_levels(inspection: Inspection) -> dict[int, int]:
    """How far up each node can move towards the outputs: just before its nearest user. There a layout puts what few
    things depend on, such as the b*0.1 of a step, and not at the beginning, where its level is."""
    levels = inspection.graph.levels(inspection.nodes)
    late: dict[int, int] = {}
    for node in reversed(inspection.nodes):  # users come after their arguments
        late.setdefault(node, levels[node])
        for argument in inspection.graph.arguments[node]:
            late[argument] = min(late.get(argument, late[node] - 1), late[node] - 1)
    return late


def repeat_id(link: Link) -> str:
    """The id of the card that stands for an argument beside a far user."""
    return f"{link.argument}@{link.node}"


def repeat_card(inspection: Inspection, link: Link) -> Card:
    """A small card that stands for a node beside a far user."""
    node = link.argument
    name = inspection.names[node]
    return Card(
        repeat_id(link),
        typeset(name, inspection.plain_names),
        inspection.kind(node),
        badge=AGAIN,
        description=f"the node {name} again",
    )


def card(inspection: Inspection, node: int, largest: float, show: Collection[str] = PARTS) -> Card:
    """A node: names = operation, shape, value, tangents, adjoints."""
    names, operation = [*inspection.aliases.get(node, ()), inspection.names[node]], inspection.operation(node)
    title = typeset(" = ".join([*names, operation] if operation else names), inspection.plain_names)
    rows = shape_rows(inspection, node)
    rows += value_rows(inspection, node) if "value" in show else []
    rows += tangent_rows(inspection, node) if "tangent" in show else []
    rows += adjoint_rows(inspection, node, largest) if "adjoint" in show else []
    alarm = inspection.alarms[node]
    heat = heat_map(inspection, node) if "heat" in show else None
    return Card(
        str(node),
        title,
        inspection.kind(node),
        tuple(rows),
        badge(inspection, node),
        alarm,
        describe(inspection, node),
        heat=heat,
    )


def badge(inspection: Inspection, node: int) -> str:
    """Whether a node is an input, an output or both."""
    ends = {"in": inspection.is_input(node), "out": node in inspection.outputs}
    return ", ".join(word for word, holds in ends.items() if holds)


def heat_map(inspection: Inspection, node: int) -> Heat | None:
    """The values of an array that are too many to be written out."""
    shape = [int(dimension) for dimension in inspection.shape(node)] if inspection.tape is not None else []
    if not shape or short_text(inspection.value(node)):
        return None
    return heat_of(inspection.value(node), shape)


def shape_rows(inspection: Inspection, node: int) -> list[Row]:
    """The shape of an array, at a point with its dtype: f64[8×16]."""
    shape = inspection.shape(node)
    if not shape or inspection.tape is None:
        return [Row("shape", format_shape(shape))] if shape else []
    dtype = inspection.tape.carrier.dtype.replace("float", "f")
    return [Row("shape", f"{dtype}[{'×'.join(map(str, shape))}]")]


def value_rows(inspection: Inspection, node: int) -> list[Row]:
    """A number, or elements if they are few, else range and norm."""
    if inspection.tape is None:
        return []
    whole = short_text(inspection.value(node))
    if whole:
        return [Row("value", whole, part="value")]
    found = inspection.summary(node)
    rows = [Row("min … max", f"{short(found.low)} … {short(found.high)}", part="value", of_array="range")]
    rows += [Row(NORM_OF_FINITE if found.strange else NORM, short(found.norm), part="value", of_array="norm")]
    if found.strange:
        rows.append(Row("not finite", found.strange, part="value", of_array="strange"))
    return rows


def tangent_rows(inspection: Inspection, node: int) -> list[Row]:
    """The tangent along each column."""
    labels = [f"∂/∂{typeset(column.label, inspection.plain_names)} →" for column in inspection.columns]
    tangents = inspection.tangents_of(node)
    return [Row(label, number_text(t), part="tangent") for label, t in zip(labels, tangents, strict=True)]


def adjoint_rows(inspection: Inspection, node: int, largest: float) -> list[Row]:
    """The adjoint of each output, tinted by sign and magnitude."""
    name = pretty_name(inspection.names[node], inspection.plain_names)
    rows = []
    for output, adjoint in inspection.adjoints_of(node).items():
        what = pretty_name(inspection.names[output], inspection.plain_names)
        if inspection.weights[output] is not None:
            what = f"⟨c, {what}⟩"
        tint = signed_log_tint(summarize(adjoint).peak, largest)
        label = f"← ∂{what}/∂{name}"
        mixed = has_both_signs(adjoint)
        rows.append(Row(label, number_text(adjoint), tint, emphasis=True, mixed=mixed, part="adjoint"))
    return [*rows, *truth_rows(inspection, node)]


def truth_rows(inspection: Inspection, node: int) -> list[Row]:
    """What is true where the sweeps give something that looks different on a card."""
    return [
        Row(typeset(truth.label, inspection.plain_names), truth.short, emphasis=True, part="truth")
        for truth in truths_at(inspection, node)
        if truth.short
    ]


def has_both_signs(value: Nested) -> bool:
    """Whether some elements are positive and some negative."""
    numbers = flatten(value)
    return any(n < 0 for n in numbers) and any(n > 0 for n in numbers)


def largest_adjoint(inspection: Inspection, nodes: Sequence[int]) -> float:
    """The largest magnitude of any adjoint that is drawn and finite."""
    numbers = (n for node in nodes for adjoint in inspection.adjoints_of(node).values() for n in flatten(adjoint))
    return max((abs(n) for n in numbers if math.isfinite(n)), default=0.0)


def edge(inspection: Inspection, link: Link, source: str) -> Edge:
    """An edge from a card with its local partial: a number at a point where one says it all, else a formula."""
    formula = inspection.formula(link)
    partial = inspection.partial(link)
    description = link_text(inspection, link)
    if link.detached:
        return Edge(source, str(link.node), "0", cut=True, description=description, position=link.position)
    label = edge_number(partial) or typeset(formula.text, inspection.plain_names)
    if len(label) > LONGEST_LABEL:
        above, below = (enclosed(inspection.names[node]) for node in (link.node, link.argument))
        label = typeset(f"∂{above}/∂{below}", inspection.plain_names)
    tint = math.nan if partial is not None and summarize(partial).trouble else None
    return Edge(source, str(link.node), label, tint=tint, description=description, position=link.position)


def edge_number(partial: Nested) -> str:
    """A local partial in short if it is one number, the same for all elements, or a few; else nothing."""
    if partial is None:
        return ""
    numbers = flatten(partial)
    if numbers and all(n == numbers[0] for n in numbers):
        return short(numbers[0])
    return short_text(partial)


def describe(inspection: Inspection, node: int) -> str:
    """A card's text for hovering and screen readers, with every number in full."""
    shape, name = inspection.shape(node), inspection.names[node]
    if inspection.tape is None:
        return f"shape {format_shape(shape)}"
    parts = [f"value {array_text(inspection.value(node), shape)}"]
    for column, tangent in zip(inspection.columns, inspection.tangents_of(node), strict=True):
        parts.append(f"∂{enclosed(name)}/∂{column.label} = {array_text(tangent, shape)}")
    for output, adjoint in inspection.adjoints_of(node).items():
        parts.append(f"∂{inspection.weighted(output)}/∂{name} = {array_text(adjoint, shape)}")
    convention = inspection.convention(node)
    return "; ".join([*parts, f"on a kink, convention: {convention}"] if convention else parts)


def number_text(value: Nested) -> str:
    """A number or a few in short; of more the norm and their sign, or how many are not finite."""
    whole = short_text(value)
    if whole:
        return whole
    found = summarize(value)
    return found.strange or f"norm {short(found.norm)} {found.sign}".rstrip()


def short_text(value: Nested) -> str:
    """A number or array in short, or nothing if that is too long."""
    if isinstance(value, (list, tuple)) and len(flatten(value)) > SHORT:
        return ""
    text = format_nested(value, short)
    return text if len(text) <= SHORT else ""


def short(value: float) -> str:
    """A number in four digits, with a real minus sign."""
    return with_minus(format_short(value, DIGITS)).replace("nan", "NaN")


def typeset(text: str, plain: Collection[str] = ()) -> str:
    """An expression as one writes it by hand: x₁·x₂ − 1, with the names that are `plain` as they are."""
    indexed = INDEXED.sub(lambda found: pretty_name(found[0], plain), text)
    spaced = SIGN.sub(r" \1 ", indexed)
    return spaced.replace("  ", " ").replace("*", "·").replace("->", "→").replace("-", "−")
