"""Derivatives that are not zero but as good as zero, because a function is saturated."""

from __future__ import annotations

from gradcli.methods.base import flatten, unflatten
from gradcli.methods.differences import UNIT_ROUNDOFF
from gradcli.methods.reverse import pull
from gradcli.primitives.declare import Elementwise
from gradcli.verify.why.scene import Scene

UNITS = 8
"""Of roundoff: a change of the input by its own size, or by 1, then changes no digit of the value."""
MOST_NODES = 8


def tiny_components(scene: Scene) -> dict[str, list[tuple[int, str, list[int]]]]:
    """By input: the saturated node, the reason, and the elements whose derivative is tiny because of it."""
    import numpy

    bound = UNITS * UNIT_ROUNDOFF[scene.carrier.dtype]
    scale = min(1.0, max(map(abs, flatten(scene.value)), default=0.0))
    small = {}
    for name, numbers in scene.gradient.items():
        size = (
            numpy.maximum(1.0, numpy.abs(scene.value_of(scene.sources[name]).ravel())) if _known(scene, name) else 1.0
        )
        gradient = numpy.asarray(numbers)
        small[name] = (gradient != 0) & (numpy.abs(gradient) * size <= bound * scale)
    if not any(mask.any() for mask in small.values()):
        return {}
    found: dict[str, list[tuple[int, str, list[int]]]] = {name: [] for name in small}
    for node in _saturated(scene, bound)[:MOST_NODES]:
        partial = numpy.broadcast_to(scene.array(scene.tape.partial(node, 0)), scene.sizes(node))
        saturated = numpy.abs(partial) <= bound
        argument = scene.graph.arguments[node][0]
        element = int(saturated.ravel().argmax())
        reason = (
            f"{scene.text(node)} is saturated{scene.place(node, element)}: its derivative by {scene.text(argument)} "
            f"is {partial.ravel()[element]:.6g}"
        )
        shape = scene.graph.shapes[argument]
        start = scene.carrier.constant(unflatten(saturated.astype(float).ravel().tolist(), shape), shape)
        for name, mask in small.items():
            reached = pull(scene.tape, {argument: start}, [scene.sources[name]])
            source = scene.sources[name]
            if source < len(reached) and reached[source] is not None:
                chosen = mask & (scene.array(reached[source]).ravel() != 0)
                small[name] = mask & ~chosen
                if chosen.any():
                    found[name].append((node, reason, [int(k) for k in chosen.nonzero()[0]]))
    return found


def _known(scene: Scene, name: str) -> bool:
    return scene.sources[name] < len(scene.tape.values) and scene.tape.values[scene.sources[name]] is not None


def _saturated(scene: Scene, bound: float) -> list[int]:
    """Functions of one number that are smooth, and flat to rounding here."""
    import numpy

    found = []
    for node in scene.tape.nodes:
        if scene.graph.is_leaf(node) or not scene.reaches(node) or len(scene.graph.arguments[node]) != 1:
            continue
        primitive = scene.tape.primitive(node)
        if isinstance(primitive.rule, Elementwise) and primitive.rule.depends_on(0) and primitive.kink is None:
            partial = numpy.abs(scene.array(scene.tape.partial(node, 0)))
            if ((partial <= bound) & (partial > 0)).any():
                found.append(node)
    return found
