"""Parts of a graph by its nodes: those with the largest adjoints and their paths to the output, or those around one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from gradcli.errors import UsageError, suggestion
from gradcli.render.hierarchy.groups import Hierarchy
from gradcli.render.hierarchy.outline import magnitude
from gradcli.render.numbers import counted
from gradcli.render.picture import Edge

LONGEST_PATH = 3
"""Of a longer run of nodes on a path only the number is drawn."""
MOST_TOLD = 12


@dataclass(frozen=True)
class Selection:
    """The nodes to draw, in the order of the trace, the paths between them by way of nodes that are only counted, and
    what is said of it. `focus` is the node that all others are around."""

    nodes: Sequence[int]
    paths: Sequence[Edge]
    sentence: str
    focus: int | None = None


def top(hierarchy: Hierarchy, count: int) -> Selection:
    """The nodes with the largest |adjoint|, with paths that join them to an output. Raises UsageError."""
    outline = hierarchy.outline
    if not outline.peaks:
        has_point = hierarchy.inspection.tape is not None
        hint = "--cotangent ones weighs the elements of what is no scalar" if has_point else "--at gives a point"
        raise UsageError("no node has an adjoint", hint=hint)
    following = towards_outputs(hierarchy)
    needed = [node for node in outline.peaks if node in following or node in outline.outputs]
    ranked = sorted(needed, key=lambda node: -magnitude(outline.peaks[node][0]))[:count]
    on_paths = dict.fromkeys([*hierarchy.inspection.outputs])
    arrivals: dict[int, int] = {}
    for node in ranked:
        while node not in on_paths:
            on_paths[node] = None
            node = following[node]
            arrivals[node] = arrivals.get(node, 0) + 1
    chosen = {*ranked, *outline.outputs}
    kept = {node for node in on_paths if node in chosen or arrivals.get(node, 0) > 1}
    drawn = set(kept)
    paths = []
    for start in kept - outline.outputs:
        run = [start]
        while len(run) == 1 or run[-1] not in kept:
            run.append(following[run[-1]])
        if len(run) - 2 <= LONGEST_PATH:
            drawn.update(run)
        else:
            paths.append(path_edge(hierarchy, run))
    between = len(on_paths) - len(chosen)
    sentence = f"the {counted(len(ranked), 'node')} with the largest |adjoint|"
    sentence += f" and {between} on their paths to the output" if between else ""
    sentence += f", of {total(hierarchy)}"
    if idle := len(outline.peaks) - len(needed):
        sentence += f"; no output needs {counted(idle, 'input')}"
    return Selection(in_order(hierarchy, drawn), paths, sentence)


def towards_outputs(hierarchy: Hierarchy) -> dict[int, int]:
    """For each node the user of it that is fewest edges away from an output."""
    found = list(dict.fromkeys(hierarchy.inspection.outputs))
    following: dict[int, int] = {}
    for node in found:  # the list grows while it is walked: breadth first
        for argument in hierarchy.outline.arguments(node):
            if argument not in following and argument not in hierarchy.outline.outputs:
                following[argument] = node
                found.append(argument)
    return following


def path_edge(hierarchy: Hierarchy, run: Sequence[int]) -> Edge:
    """A path by way of many nodes."""
    names = [hierarchy.inspection.names[node] for node in run]
    inner = names[1:-1]
    told = ", ".join(inner[:MOST_TOLD]) + (f" and {len(inner) - MOST_TOLD} more" if len(inner) > MOST_TOLD else "")
    label = f"… {counted(len(inner), 'node')} …"
    return Edge(str(run[0]), str(run[-1]), label, description=f"a path from {names[0]} to {names[-1]}: {told}")


def around(hierarchy: Hierarchy, name: str, radius: int) -> Selection:
    """The nodes that are at most so many edges away from one, whichever way the edges point. An input ends the way,
    because it joins what has nothing else in common. Raises UsageError."""
    focus = node_named(hierarchy, name)
    outline = hierarchy.outline
    found = {focus: 0}
    for node in (reached := [focus]):
        if found[node] == radius or (node not in outline.place and node != focus):
            continue
        for other in (*outline.arguments(node), *outline.users[node]):
            if other not in found:
                found[other] = found[node] + 1
                reached.append(other)
    sentence = f"{counted(len(found), 'node')} within {counted(radius, 'edge')} of {name}, of {total(hierarchy)}"
    return Selection(in_order(hierarchy, found), [], sentence, focus)


def node_named(hierarchy: Hierarchy, name: str) -> int:
    """The node of a name on screen. Raises UsageError with the name that may be meant."""
    names = hierarchy.inspection.names
    shown = [*hierarchy.outline.inputs, *hierarchy.outline.order]
    for node in shown:
        if names[node] == name:
            return node
    hint = suggestion(name, [names[node] for node in shown], "gradcli trace lists the names of all nodes")
    raise UsageError(f"no node is called '{name}'", hint=hint)


def in_order(hierarchy: Hierarchy, nodes: Sequence[int] | set[int] | dict[int, int]) -> list[int]:
    """Inputs, then by place."""
    place = hierarchy.outline.place
    return sorted(nodes, key=lambda node: (place.get(node, -1), node))


def total(hierarchy: Hierarchy) -> str:
    """All nodes counted."""
    return counted(len(hierarchy.outline.inputs) + len(hierarchy.outline.order), "node")
