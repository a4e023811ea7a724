"""Where a finite value or derivative loses its digits: floats against the same graph with high precision.

The guilty node is the first whose value is off by more than half of the digits although its arguments are not; for a
derivative the same against the graph, with adjoints.
"""

from __future__ import annotations

from typing import Any

from gradcli.methods.reverse import contribution_to
from gradcli.primitives.declare import Elementwise
from gradcli.verify.why.scene import Array, Scene
from gradcli.verify.why.truth import digits, written

SMALLEST = {"float64": 2.3e-308, "float32": 1.2e-38}
"""Smaller numbers have fewer digits, and then none."""


def error(found: float, true: Any) -> float:
    """The relative error of a float; 0 where the truth is not known."""
    if true != true or found != found:
        return 0.0
    if true == 0:
        return 0.0 if found == 0 else float("inf")
    return float(min(abs(found - true) / abs(true), 1e300))


def nearest(true: Any, dtype: str) -> float:
    """The float of a dtype that is nearest to a number."""
    import numpy

    return float(numpy.dtype(dtype).type(float(true)))


def errors(scene: Scene, found: Array, true: Any) -> Array:
    """The relative error of each element."""
    import numpy

    with digits(60):
        function = numpy.frompyfunc(error, 2, 1)
        return numpy.asarray(function(found.astype(object), numpy.asarray(true, dtype=object)), dtype=float)


def wrong_value(scene: Scene) -> int | None:
    """The node that loses digits which its arguments have; of several, the one that changes the output most."""
    tape, adjoints = scene.truth.tape, scene.truth.adjoints
    if tape is None or adjoints is None:
        return None
    bad: set[int] = set()
    effects: dict[int, float] = {}
    for node in scene.tape.nodes:
        if scene.graph.is_leaf(node):
            continue
        found = scene.value_of(node)
        if (errors(scene, found, tape.values[node]) > scene.least).any():
            bad.add(node)
            if bad.isdisjoint(scene.graph.arguments[node]) and adjoints[node] is not None:
                effects[node] = _effect(found, tape.values[node], adjoints[node])
    return max(effects, key=lambda node: effects[node], default=None)


def _effect(found: Array, true: Any, adjoint: Any) -> float:
    """What a node's error does to the output, to first order."""
    import numpy

    with digits(60):
        change = numpy.asarray((found.astype(object) - true) * adjoint, dtype=object)
        return float(sum((abs(c) for c in change.flat if c == c), start=0.0))


def wrong_adjoints(scene: Scene) -> int | None:
    """The node nearest to the output whose adjoint is wrong although those of all its users are right."""
    true = scene.truth.adjoints
    if true is None:
        return None
    for node in reversed(scene.tape.nodes):
        adjoint = scene.adjoints[node]
        if adjoint is None or true[node] is None:
            continue
        if (errors(scene, scene.array(adjoint), true[node]) > scene.least).any():
            return node
    return None


def magnification(scene: Scene, node: int) -> float | None:
    """How many times an elementwise node magnifies the relative errors of its arguments, where it is worst: its
    condition number, the sum of |partial * argument| divided by |value|."""
    tape = scene.truth.tape
    if tape is None or not isinstance(tape.primitive(node).rule, Elementwise):
        return None
    import numpy

    with digits(60):
        total: Any = 0
        for position, argument in enumerate(scene.graph.arguments[node]):
            partial = tape.partial(node, position)
            if partial is not None:
                total = total + abs(numpy.asarray(partial * tape.values[argument], dtype=object))
        value = abs(numpy.asarray(tape.values[node], dtype=object))
        ratio = numpy.broadcast_arrays(numpy.asarray(total, dtype=object), value)
        numbers = [float(min(t / v, 1e300)) for t, v in zip(ratio[0].flat, ratio[1].flat, strict=True) if v and t == t]
        return max(numbers, default=None)


def value_reason(scene: Scene, node: int) -> tuple[str, list[str]]:
    """Why a node's value has lost its digits, and the sizes."""
    tape = scene.truth.tape
    assert tape is not None
    import numpy

    found = scene.value_of(node)
    element = int(errors(scene, found, tape.values[node]).ravel().argmax())
    true = numpy.asarray(tape.values[node], dtype=object).ravel()[element]
    number = float(found.ravel()[element])
    text, place = scene.text(node), scene.place(node, element)
    with digits(60):
        detail = [f"{text} is {written(true)}; {scene.carrier.dtype} gives {number:.6g}"]
        if abs(number) < SMALLEST[scene.carrier.dtype] and abs(true) < SMALLEST[scene.carrier.dtype]:
            return f"{text} underflows{place}: it is smaller than {scene.carrier.dtype} can hold", detail
        if abs(nearest(true, scene.carrier.dtype)) == float("inf"):
            return f"{text} overflows{place}: it is larger than {scene.carrier.dtype} can hold", detail
    factor = magnification(scene, node)
    if factor is None or factor <= 1 / scene.least:
        return f"{text} loses the digits that its arguments have{place}: terms in it cancel", detail
    if len(scene.graph.arguments[node]) > 1:
        return f"{text} cancels{place}: rounding errors of its terms count {factor:.1g} times as much in it", detail
    argument = scene.text(scene.graph.arguments[node][0])
    reason = f"{text} magnifies{place}: a rounding error of {argument} counts {factor:.1g} times as much in it"
    return reason, detail


def wrong_arguments(scene: Scene, node: int) -> list[str]:
    """What the arguments of a node are in truth, where they have lost their digits."""
    tape = scene.truth.tape
    if tape is None or scene.graph.is_leaf(node):
        return []
    import numpy

    said = []
    for argument in scene.graph.arguments[node]:
        found = scene.value_of(argument)
        off = errors(scene, found, tape.values[argument]).ravel()
        element = int(off.argmax()) if off.size else 0
        if off.size and off[element] > scene.least:
            true = numpy.asarray(tape.values[argument], dtype=object).ravel()[element]
            with digits(60):
                text = scene.element_of(argument, element)
                said.append(
                    f"{text} is {written(true)} in truth; {scene.carrier.dtype} gives {found.ravel()[element]:.6g}"
                )
    return said


def adjoint_reason(scene: Scene, node: int) -> tuple[str, list[str]]:
    """Why a node's adjoint has lost its digits: contributions that cancel, or a wrong local partial."""
    true = scene.truth.adjoints
    assert true is not None
    parts = []
    for user in scene.tape.nodes:
        adjoint = scene.adjoints[user]
        if adjoint is None or scene.graph.is_leaf(user):
            continue
        for position, argument in enumerate(scene.graph.arguments[user]):
            if argument == node:
                part = contribution_to(scene.tape, user, position, adjoint)
                if part is not None:
                    parts.append((user, scene.array(part)))
    import numpy

    element = int(errors(scene, scene.array(scene.adjoints[node]), true[node]).ravel().argmax())
    exact = numpy.asarray(true[node], dtype=object).ravel()[element]
    number = float(scene.array(scene.adjoints[node]).ravel()[element]) + 0.0
    with digits(60):
        detail = [f"it is {written(exact)} in truth; {scene.carrier.dtype} gives {number:.6g}"]
    of = scene.element_of(node, element)
    if len(parts) > 1:
        terms = ", ".join(f"{part.ravel()[element]:.6g} by {scene.text(user)}" for user, part in parts[:6])
        return f"the contributions to the derivative by {of} cancel: {terms}", detail
    if not parts:
        return f"the derivative by {of} has lost its digits", detail
    user = parts[0][0]
    return f"the derivative of {scene.text(user)} by {of} has lost its digits{scene.place(user, None)}", detail
