"""The double where: an argument that a branch cannot bear is replaced inside the branch where that is not taken.

where(x > 0, sqrt(x), 0) becomes where(x > 0, sqrt(where(x > 0, x, 1)), 0): the value is the same, and the branch that
is not taken has a finite derivative.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from gradcli.carriers.nodes import Node, Nodes
from gradcli.graph import Graph
from gradcli.verify.why.nonfinite import Birth
from gradcli.verify.why.patterns import copied, replaced
from gradcli.verify.why.scene import Scene

HARMLESS = (1, 0, 0.5, 2, -1)
"""What may stand for the argument; the first with which the derivative is finite."""


def double_wheres(scene: Scene, birth: Birth) -> Iterator[tuple[Graph, int, int, int]]:
    """The graph with a double where, its output, the node that was replaced and what replaces it."""
    if birth.choice is None:
        return
    choice = birth.choice
    arguments = scene.graph.arguments[birth.node]
    for argument in dict.fromkeys((arguments[birth.position], *arguments)):
        for number in HARMLESS:
            instead = {choice: _guarded(scene, birth, choice, argument, number)}
            found = replaced(scene.graph, scene.problem.output, instead)
            if found is not None:
                yield (*found[:2], choice, found[2])


def _guarded(scene: Scene, birth: Birth, choice: int, guarded_argument: int, number: float) -> object:
    graph = scene.graph
    condition, *branches = graph.arguments[choice]
    side = next(k for k, branch in enumerate(branches) if birth.node in graph.ancestors([branch]))
    inside = graph.dependents([birth.node], graph.ancestors([branches[side]]))

    def function(m: Nodes, place: Mapping[int, int]) -> int:
        own = dict(place)
        options = [Node(m, place[guarded_argument]), m.lift(number)]
        select = scene.tape.primitive(choice)
        safe = m.apply(select, (Node(m, place[condition]), *options[:: -1 if side else 1]), ())
        for node in sorted(inside):
            if node == birth.node:
                own[guarded_argument], kept = safe.id, own[guarded_argument]
                own[node] = copied(m, graph, node, own)
                own[guarded_argument] = kept
            else:
                own[node] = copied(m, graph, node, own)
        taken = [Node(m, own[branch] if k == side else place[branch]) for k, branch in enumerate(branches)]
        return int(m.apply(select, (Node(m, place[condition]), *taken), ()).id)

    return function
