"""The card of a group: how many nodes, what they do, what comes out, the largest adjoint, and whether all is well."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence

from gradcli.render.cards import short, short_text, typeset
from gradcli.render.hierarchy.groups import Group, Hierarchy
from gradcli.render.picture import Card, Row, pretty_name, signed_log_tint

KIND = "group"
OUTSIDE = "outside"
MOST_NAMED = 3
"""So many kinds of operation, inputs or results are named on a card; of more their number is told."""
ALARMS = ("NaN", "inf", "kink")


def group_id(group: Group) -> str:
    """The id of a group's card; those of nodes are their numbers."""
    return f"group {group.name}"


def counted(number: int, word: str) -> str:
    """`1 node`, `3 nodes`."""
    return f"{number} {word}{'s' * (number != 1)}"


def group_card(
    hierarchy: Hierarchy, group: Group, largest: float, show: Collection[str], uses: Sequence[int] = ()
) -> Card:
    """A group. `uses` are nodes that it uses without a line to them."""
    nodes = hierarchy.nodes(group)
    rows = [content_row(hierarchy, group)]
    rows += pattern_rows(hierarchy, group)
    rows += [Row("inputs in it", names_text(hierarchy, group.inputs))] if group.inputs and group.piece.size else []
    rows += [uses_row(hierarchy, uses)] if uses else []
    rows += result_rows(hierarchy, group) if "value" in show else []
    rows += adjoint_rows(hierarchy, nodes, largest) if "adjoint" in show else []
    badge = "out" if any(node in hierarchy.outline.outputs for node in nodes) else ""
    return Card(
        group_id(group),
        title(group),
        KIND,
        tuple(rows),
        badge,
        alarm(hierarchy, nodes),
        description(hierarchy, group, rows),
        group.name,
    )


def title(group: Group) -> str:
    """The name, with the ends of a range apart."""
    return " … ".join(typeset(part) for part in group.name.split(".."))


def content_row(hierarchy: Hierarchy, group: Group) -> Row:
    """How many nodes."""
    return Row("holds", counted(len(hierarchy.nodes(group)), "input" if not group.piece.size else "node"))


def pattern_rows(hierarchy: Hierarchy, group: Group) -> list[Row]:
    """The operations: of a repetition once around, else the most frequent."""
    piece, outline = group.piece, hierarchy.outline
    if not piece.size:
        return [Row("names", names_text(hierarchy, group.inputs))]
    period = piece.period
    if period and piece.size >= 2 * period:
        times = f"{piece.size // period} × "
        if period > 1:
            return [Row("repeats", times + listed(operations(hierarchy, piece.start, piece.start + period)))]
        is_chain = max(outline.live[piece.start + 1 : piece.end], default=0) <= 1
        return [Row("chain" if is_chain else "repeats", times + operations(hierarchy, piece.start, piece.start + 1)[0])]
    frequent = Counter(operations(hierarchy, piece.start, piece.end)).most_common()
    return [Row("operations", listed([f"{count} {name}" for name, count in frequent]))]


def operations(hierarchy: Hierarchy, start: int, end: int) -> list[str]:
    """The names of the operations at some places."""
    names = hierarchy.inspection.graph.operations
    return [names[node].name for node in hierarchy.outline.order[start:end]]


def listed(words: Sequence[str]) -> str:
    """The first few words, and that there are more."""
    return ", ".join([*words[:MOST_NAMED], *(["…"] if len(words) > MOST_NAMED else [])])


def names_text(hierarchy: Hierarchy, nodes: Sequence[int]) -> str:
    """A few nodes by name; of more the first, the last and how many."""
    names = [pretty_name(hierarchy.inspection.names[node]) for node in nodes]
    if len(names) <= MOST_NAMED:
        return ", ".join(names)
    return f"{names[0]} … {names[-1]} ({len(names)})"


def uses_row(hierarchy: Hierarchy, nodes: Sequence[int]) -> Row:
    """What a group uses that no line says."""
    return Row("uses", names_text(hierarchy, nodes))


def results(hierarchy: Hierarchy, group: Group) -> list[int]:
    """The nodes of a group that are used outside it, or are outputs."""
    outline = hierarchy.outline
    return [
        node
        for node in outline.order[group.piece.start : group.piece.end]
        if node in outline.outputs or any(outline.place[user] >= group.piece.end for user in outline.users[node][-1:])
    ]


def result_rows(hierarchy: Hierarchy, group: Group) -> list[Row]:
    """What comes out of a group: a value or a few by name, else how many."""
    inspection, found = hierarchy.inspection, results(hierarchy, group)
    if not found or inspection.tape is None:
        return []
    if len(found) > MOST_NAMED - 1:
        return [Row("gives", counted(len(found), "value"))]
    texts = [(pretty_name(inspection.names[node]), short_text(inspection.value(node))) for node in found]
    return [Row(f"gives {name}", text or f"norm {short(inspection.summary(node).norm)}") for (name, text), node in zip(texts, found, strict=True)]


def adjoint_rows(hierarchy: Hierarchy, nodes: Sequence[int], largest: float) -> list[Row]:
    """The adjoint that is largest in magnitude, with the node that has it."""
    node = hierarchy.outline.largest(nodes)
    if node is None:
        return []
    names = hierarchy.inspection.names
    peak, output = hierarchy.outline.peaks[node]
    label = f"max ← ∂{pretty_name(names[output])}/∂{pretty_name(names[node])}"
    return [Row(label, short(peak), signed_log_tint(peak, largest), emphasis=True)]


def alarm(hierarchy: Hierarchy, nodes: Sequence[int]) -> str:
    """How many nodes of a group are on a kink or not finite: `2 NaN, 1 kink`."""
    alarms = hierarchy.inspection.alarms
    found = Counter(next(word for word in ALARMS if word in alarms[node]) for node in nodes if alarms[node])
    return ", ".join(f"{found[word]} {word}" for word in ALARMS if word in found)


def description(hierarchy: Hierarchy, group: Group, rows: Sequence[Row]) -> str:
    """A group's text for hovering and screen readers."""
    names = hierarchy.inspection.names
    nodes = hierarchy.nodes(group)
    told = "; ".join(f"{row.label} {row.value}" for row in rows)
    return f"group {group.name}: {told}; from {names[nodes[0]]} to {names[nodes[-1]]}"
