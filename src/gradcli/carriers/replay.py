"""A tape evaluated again and again while a few inputs move: what a difference does, some thirty times a direction.

The function of each operation is looked up once, and only what the moving inputs reach is computed anew.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any

from gradcli.carriers.tape import Tape
from gradcli.primitives.declare import Value

Step = tuple[int, Callable[..., Value], int, int | None, tuple[int, ...] | None]
"""A node, its function, its first and its second argument, and all of them where they are more than two: calls with
one or two arguments, written out, take a fifth of the time of those with a list."""


class Replay:
    """What moves with some inputs. `held` nodes stay what they are on the tape."""

    def __init__(self, tape: Tape, moving: Collection[int], held: Collection[int] = ()) -> None:
        self.known = tape.values
        self.steps: list[Step] = []
        arguments, active = tape.graph.arguments, set(moving)
        for node in tape.nodes:
            if node not in held and not active.isdisjoint(arguments[node]):
                active.add(node)
                function = tape.carrier.function(tape.primitive(node), tape.graph.parameters[node])
                first, *others = arguments[node]
                many = arguments[node] if len(others) > 1 else None
                self.steps.append((node, function, first, others[0] if others else None, many))

    def values(self, moved: Mapping[int, Value]) -> list[Any]:
        """Every node's value where the moving inputs have others."""
        values = self.known.copy()
        for node, value in moved.items():
            values[node] = value
        for node, function, first, second, many in self.steps:
            if second is None:
                values[node] = function(values[first])
            elif many is None:
                values[node] = function(values[first], values[second])
            else:
                values[node] = function(*[values[argument] for argument in many])
        return values
