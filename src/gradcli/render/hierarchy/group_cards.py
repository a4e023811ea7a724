"""The card of a group: how many nodes, what they do, what comes out, the largest adjoint, and whether all is well."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import replace
from itertools import pairwise

from gradcli.render import cards
from gradcli.render.cards import number_text, short
from gradcli.render.hierarchy.groups import Group, Hierarchy, Item
from gradcli.render.inspection import LOST
from gradcli.render.numbers import counted
from gradcli.render.picture import Card, Row, pretty_name, signed_log_tint

KIND = "group"
OUTSIDE = "outside"
MOST_NAMED = 3
"""So many inputs are named on a card; of more the number is told."""
MOST_RESULTS = 2
MOST_ROWS = 12
"""So many inputs have a row each on the card of a group of inputs."""
LONGEST_LIST = 22
ALARMS = ("NaN", "inf", "kink", LOST)


def group_id(group: Group) -> str:
    """The id of a group's card; those of nodes are their numbers."""
    return f"group {group.name}"


def group_card(
    hierarchy: Hierarchy,
    group: Group,
    largest: float,
    show: Collection[str],
    uses: Sequence[Item] = (),
    users: Sequence[Group] = (),
) -> Card:
    """A group. `uses` are inputs and groups that it uses without a line to them, `users` groups that use it so."""
    nodes = hierarchy.nodes(group)
    if not group.piece.size:
        return inputs_card(hierarchy, group, largest, show, users)
    rows = [content_row(hierarchy, group)]
    rows += pattern_rows(hierarchy, group)
    rows += [Row("inputs in it", names_text(hierarchy, group.inputs))] if group.inputs else []
    rows += [*uses_rows(hierarchy, uses), *users_rows(hierarchy, users)]
    rows += result_rows(hierarchy, group) if "value" in show else []
    rows += adjoint_rows(hierarchy, nodes, largest) if "adjoint" in show else []
    badge = "out" if any(node in hierarchy.outline.outputs for node in nodes) else ""
    return Card(
        group_id(group),
        title(hierarchy, group),
        KIND,
        tuple(rows),
        badge,
        alarm(hierarchy, nodes),
        description(hierarchy, group, rows, uses),
        group.name,
        members=tuple(nodes),
    )


def inputs_card(
    hierarchy: Hierarchy, group: Group, largest: float, show: Collection[str], users: Sequence[Group]
) -> Card:
    """A group of inputs: with few of them, the gradient."""
    inspection, nodes = hierarchy.inspection, group.inputs
    rows = [content_row(hierarchy, group), Row("names", names_text(hierarchy, nodes))]
    if "adjoint" in show and len(nodes) * len(inspection.adjoints) <= MOST_ROWS:
        adjoints = [replace(row, node=node) for node in nodes for row in cards.adjoint_rows(inspection, node, largest)]
        rows = adjoints or rows
    elif "adjoint" in show:
        rows += adjoint_rows(hierarchy, nodes, largest)
    rows += users_rows(hierarchy, users)
    told = description(hierarchy, group, rows)
    return Card(
        group_id(group),
        title(hierarchy, group),
        KIND,
        tuple(rows),
        "in",
        alarm(hierarchy, nodes),
        told,
        group.name,
        members=tuple(nodes),
    )


def title(hierarchy: Hierarchy, group: Group) -> str:
    """The name as it is typed; the ends of a range apart, as one writes them."""
    plain = hierarchy.inspection.plain_names
    first, dots, last = group.name.partition("..")
    return f"{pretty_name(first, plain)} … {pretty_name(last, plain)}" if dots else first


def content_row(hierarchy: Hierarchy, group: Group) -> Row:
    """How many nodes."""
    return Row("holds", counted(len(hierarchy.nodes(group)), "node" if group.piece.size else "input"))


def pattern_rows(hierarchy: Hierarchy, group: Group) -> list[Row]:
    """The operations: of a repetition once around, else the most frequent."""
    piece, outline = group.piece, hierarchy.outline
    period = piece.period
    if period and piece.size >= 2 * period:
        times = f"{piece.size // period} × "
        if period > 1:
            return [
                Row(
                    "repeats",
                    times + listed([*dict.fromkeys(operations(hierarchy, piece.start, piece.start + period))]),
                )
            ]
        inside = pairwise(outline.order[piece.start : piece.end])
        is_chain = max(outline.live[piece.start + 1 : piece.end], default=0) <= 1
        is_chain = is_chain and all(before in outline.arguments(node) for before, node in inside)
        return [Row("chain" if is_chain else "repeats", times + operations(hierarchy, piece.start, piece.start + 1)[0])]
    frequent = Counter(operations(hierarchy, piece.start, piece.end)).most_common()
    return [Row("operations", listed([f"{count} {name}" for name, count in frequent]))]


def operations(hierarchy: Hierarchy, start: int, end: int) -> list[str]:
    """The names of the operations at some places."""
    names = hierarchy.inspection.graph.operations
    return [names[node].name for node in hierarchy.outline.order[start:end]]


def listed(words: Sequence[str]) -> str:
    """As many words as fit on a card, and whether there are more."""
    fitting = next((n for n in range(len(words), 1, -1) if len(", ".join(words[:n])) <= LONGEST_LIST), 1)
    return ", ".join([*words[:fitting], *(["…"] if len(words) > fitting else [])])


def names_text(hierarchy: Hierarchy, nodes: Sequence[int]) -> str:
    """A few nodes by name; of more the first two and how many."""
    names = [pretty_name(hierarchy.inspection.names[node], hierarchy.inspection.plain_names) for node in sorted(nodes)]
    return ", ".join(names) if len(names) <= MOST_NAMED else f"{names[0]}, {names[1]}, … ({len(names)})"


def uses_rows(hierarchy: Hierarchy, uses: Sequence[Item]) -> list[Row]:
    """What a group uses that no line says."""
    inputs = [item for item in uses if not isinstance(item, Group)]
    groups = [item for item in uses if isinstance(item, Group)]
    rows = [Row("uses", names_text(hierarchy, inputs))] if inputs else []
    also = title(hierarchy, groups[0]) if len(groups) == 1 else f"{len(groups)} other groups"
    return [*rows, Row("also from", also)] if groups else rows


def users_rows(hierarchy: Hierarchy, users: Sequence[Group]) -> list[Row]:
    """Groups outside the picture's that use a box without a line to them."""
    if not users:
        return []
    return [Row("used in", title(hierarchy, users[0]) if len(users) == 1 else counted(len(users), "other group"))]


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
    if len(found) > MOST_RESULTS:
        return [Row("gives", counted(len(found), "value"))]
    names = [pretty_name(inspection.names[node], inspection.plain_names) for node in found]
    return [
        Row(f"gives {name}", number_text(inspection.value(node)), part="value", node=node)
        for name, node in zip(names, found, strict=True)
    ]


def adjoint_rows(hierarchy: Hierarchy, nodes: Sequence[int], largest: float) -> list[Row]:
    """The adjoint that is largest in magnitude, with the node that has it."""
    node = hierarchy.outline.largest(nodes)
    if node is None:
        return []
    names = hierarchy.inspection.names
    peak, output = hierarchy.outline.peaks[node]
    above, below = (pretty_name(names[one], hierarchy.inspection.plain_names) for one in (output, node))
    if peak == 0:
        return [Row(f"all ← ∂{above}", "0", 0.0, emphasis=True, part="adjoint", of_array="largest")]
    label = f"max ← ∂{above}/∂{below}"
    tint = signed_log_tint(peak, largest)
    return [Row(label, short(peak), tint, emphasis=True, part="adjoint", of_array="largest")]


def alarm(hierarchy: Hierarchy, nodes: Sequence[int]) -> str:
    """How many nodes of a group are on a kink, not finite or lose digits: `2 NaN, 1 kink`."""
    alarms = hierarchy.inspection.alarms
    found = Counter(next(word for word in ALARMS if word in alarms[node]) for node in nodes if alarms[node])
    return ", ".join(f"{found[word]} {word}" for word in ALARMS if word in found)


def description(hierarchy: Hierarchy, group: Group, rows: Sequence[Row], uses: Sequence[Item] = ()) -> str:
    """A group's text for hovering and screen readers."""
    names = hierarchy.inspection.names
    nodes = hierarchy.nodes(group)
    told = "; ".join(f"{row.label} {row.value}" for row in rows)
    others = [item.name for item in uses if isinstance(item, Group)]
    also = f"; edges without a line come from {', '.join(others)}" if others else ""
    return f"group {group.name}: {told}; from {names[nodes[0]]} to {names[nodes[-1]]}{also}"
