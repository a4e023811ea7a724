"""Named intermediates as frames: around each the nodes that only it needs."""

from __future__ import annotations

from gradcli.render.inspection import Inspection
from gradcli.render.picture import Cluster, pretty_name

MOST_CLUSTERS = 8
"""With more frames than these a picture is all frames, and none is drawn."""


def clusters_of(inspection: Inspection) -> tuple[Cluster, ...]:
    """A frame for each named node but the outputs, around it and what nothing else needs; a node that several of them
    need is in none, and a named node alone has none. Inputs stand outside."""
    found: dict[int, list[int]] = {}
    for node, home in homes(inspection).items():
        found.setdefault(home, []).append(node)
    framed = {home: nodes for home, nodes in sorted(found.items()) if len(nodes) > 1}
    if len(framed) > MOST_CLUSTERS:
        return ()
    names = inspection.names
    return tuple(
        Cluster(pretty_name(names[home], inspection.plain_names), tuple(map(str, nodes)))
        for home, nodes in framed.items()
    )


def homes(inspection: Inspection) -> dict[int, int]:
    """For each node the named one nearest to it that alone needs it; nodes that have none are left out.

    A named node is its own. Any other has the home of its users if they agree. Users come later than what they use, so
    one pass from the end finds all.
    """
    graph, outputs = inspection.graph, set(inspection.outputs)
    wanted: dict[int, set[int | None]] = {}
    found: dict[int, int] = {}
    for node in sorted(inspection.rows, reverse=True):
        if inspection.is_input(node):
            continue
        home: int | None = None
        if node in graph.names and node not in outputs:
            home = node
        elif node not in outputs and len(wanted.get(node, ())) == 1:
            (home,) = wanted[node]
        if home is not None:
            found[node] = home
        for argument in graph.arguments[node]:
            wanted.setdefault(argument, set()).add(home)
    return found
