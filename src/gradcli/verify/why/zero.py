"""Where a derivative that is zero becomes zero, and why.

The unit tangent of the element is pushed forward. It dies at a node that has an adjoint, by an edge that passes nothing
on or because contributions cancel. REASONS are asked in turn what happened there; a new reason is one more function.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from gradcli.carriers.tangents import contributions, total
from gradcli.methods.base import unflatten, unit_vector
from gradcli.methods.enclosures import working
from gradcli.methods.reverse import contribution_to, pull
from gradcli.primitives.declare import Elementwise, Linear, Multilinear, Primitive, Value
from gradcli.shapes import size
from gradcli.verify.explain import rename
from gradcli.verify.why.scene import Array, Scene
from gradcli.verify.why.truth import written


@dataclass
class Death:
    """A node at which a tangent dies. `position` is that of the argument, None where contributions of several cancel;
    `element` the first element of the node where it happens; `parts` what cancels, in words."""

    node: int
    position: int | None
    element: int
    parts: list[str] = field(default_factory=list)


def deaths(scene: Scene, name: str, element: int) -> list[Death]:
    """Where the tangent of one input element dies: where an adjoint waits for it, else anywhere."""
    tape, graph, m = scene.tape, scene.graph, scene.carrier
    source = scene.sources[name]
    shape = graph.shapes[source]
    tangents: list[Value | None] = [None] * len(tape.values)
    if source >= len(tangents):
        return []
    tangents[source] = m.constant(unflatten(unit_vector(size(shape), element), shape), shape)
    found: list[tuple[bool, Death]] = []
    for node in tape.nodes:
        incoming = [tangents[a] for a in graph.arguments[node]]
        if all(t is None for t in incoming):
            continue
        parts = contributions(
            m,
            tape.primitive(node),
            tape.values[node],
            tape.arguments(node),
            graph.parameters[node],
            incoming,
            partial(tape.partial, node),
        )
        tangent = total(m, parts)
        if tangent is not None and scene.array(tangent).any():
            tangents[node] = tangent
        found += _deaths_at(scene, node, incoming, parts, tangent)
    awaited = [death for waits, death in found if waits] or [death for _, death in found]
    # A comparison beside the way on which the derivative could have flowed is not the first thing to say.
    return sorted(awaited, key=lambda death: tape.primitive(death.node).locally_constant)


def _deaths_at(
    scene: Scene, node: int, incoming: list[Value | None], parts: list[Value | None], tangent: Value | None
) -> list[tuple[bool, Death]]:
    import numpy

    adjoint = scene.adjoints[node]
    waiting = numpy.zeros(scene.sizes(node)) if adjoint is None else scene.array(adjoint)
    rule = scene.tape.primitive(node).rule
    found = []
    alive = [(k, t) for k, t in enumerate(incoming) if t is not None]
    if isinstance(rule, Elementwise):
        for k, t in alive:
            moved = numpy.broadcast_to(scene.array(t) != 0, scene.sizes(node))
            part = parts[k]
            passed = numpy.zeros(scene.sizes(node)) if part is None else scene.array(part)
            found += _first(moved & (passed == 0), waiting, node, k)
        if tangent is not None and len(alive) > 1:
            passed = [scene.array(part) for part in parts if part is not None]
            cancelled = (scene.array(tangent) == 0) & numpy.any([p != 0 for p in passed], axis=0)
            for waits, death in _first(cancelled, waiting, node, None):
                death.parts = [
                    f"{p.ravel()[death.element]:.6g} by {scene.text(a)}"
                    for p, a in zip(passed, _alive_arguments(scene, node, parts), strict=True)
                ]
                found.append((waits, death))
        return found
    if tangent is None or not scene.array(tangent).any():
        for k, t in alive:
            moved = scene.array(t)
            back = None if adjoint is None else contribution_to(scene.tape, node, k, adjoint)
            flows = None if back is None else (scene.array(back) * moved).ravel()
            dead = Death(node, k, 0)
            if flows is not None and flows.any():
                dead = Death(node, None, 0, [f"{flow:.6g}" for flow in flows[flows != 0][:6]])
            found.append((adjoint is not None and bool(waiting.any()), dead))
    return found


def _alive_arguments(scene: Scene, node: int, parts: list[Value | None]) -> list[int]:
    return [a for a, part in zip(scene.graph.arguments[node], parts, strict=True) if part is not None]


def _first(dead: Array, waiting: Array, node: int, position: int | None) -> list[tuple[bool, Death]]:
    """The first dead element, where an adjoint waits if there is such a one."""
    for waits, mask in ((True, dead & (waiting != 0)), (False, dead)):
        if mask.any():
            return [(waits, Death(node, position, int(mask.ravel().argmax())))]
    return []


def sharing(scene: Scene, death: Death, name: str) -> Array:
    """Which elements of an input reach the elements that die at the same edge; flat."""
    import numpy

    tape, m, graph = scene.tape, scene.carrier, scene.graph
    source = scene.sources[name]
    starts = {}
    positions = [death.position] if death.position is not None else range(len(graph.arguments[death.node]))
    for position in positions:
        argument = graph.arguments[death.node][position]
        shape = graph.shapes[argument]
        weights = numpy.random.default_rng(argument).uniform(1, 2, scene.sizes(argument))
        if death.position is not None:
            ones = m.constant(
                unflatten([1.0] * size(graph.shapes[death.node]), graph.shapes[death.node]),
                graph.shapes[death.node],
            )
            passed = contribution_to(tape, death.node, position, ones)
            weights = weights if passed is None else weights * (scene.array(passed) == 0)
        starts[argument] = m.constant(unflatten(weights.ravel().tolist(), shape), shape)
    found = pull(tape, starts, [source])[source]
    count = size(graph.shapes[source])
    return numpy.zeros(count, dtype=bool) if found is None else scene.array(found).ravel() != 0


# Reasons

Reason = Callable[[Scene, Death], str | None]


def _primitive(scene: Scene, death: Death) -> Primitive:
    return scene.tape.primitive(death.node)


def _argument(scene: Scene, death: Death) -> int:
    return scene.graph.arguments[death.node][death.position or 0]


def is_exact(scene: Scene, death: Death) -> bool:
    """Whether the derivative is zero by what the node is, not by rounding."""
    exact = (held, constant_steps, condition, other_branch, unused)
    return any(function(scene, death) for function in exact)


def cancelled(scene: Scene, death: Death) -> str | None:
    """Contributions add up to 0."""
    if death.position is not None:
        return None
    parts = ", ".join(death.parts)
    return f"what it depends on through {scene.text(death.node)} cancels: the contributions {parts} add up to 0"


def held(scene: Scene, death: Death) -> str | None:
    """detach."""
    if not _primitive(scene, death).holds_value:
        return None
    return f"{scene.text(death.node)} holds its value: no derivative passes"


def constant_steps(scene: Scene, death: Death) -> str | None:
    """Comparisons, steps, argmax."""
    if not _primitive(scene, death).locally_constant:
        return None
    place = scene.place(death.node, death.element)
    return f"{scene.text(death.node)} is constant on both sides of its jumps, so that its derivative is 0{place}"


def condition(scene: Scene, death: Death) -> str | None:
    """Only a condition."""
    primitive = _primitive(scene, death)
    if death.position is None or primitive.rule.depends_on(death.position):
        return None
    word = primitive.arguments[death.position]
    argument, node = scene.text(_argument(scene, death)), scene.text(death.node)
    return f"{argument} is only the {word} of {node}, through which no derivative flows"


def other_branch(scene: Scene, death: Death) -> str | None:
    """where() that takes the other branch."""
    primitive = _primitive(scene, death)
    if not (primitive.elementwise and isinstance(primitive.rule, Linear)):
        return None
    branch = scene.text(_argument(scene, death))
    return f"{scene.text(death.node)} takes the other branch here, and {branch} is not used"


def flat(scene: Scene, death: Death) -> str | None:
    """A dead relu, a clamp outside its limits, a maximum that is lost; exactly on the kink, the convention."""
    primitive = _primitive(scene, death)
    kink = primitive.kink
    if kink is None:
        return None
    place = scene.place(death.node, death.element)
    if _on_kink(scene, death) and death.node not in scene.kinks:
        dtype = scene.carrier.dtype
        return f"{scene.text(death.node)} stands on its kink{place} in {dtype} alone: as it is written, it is beside it"
    if _on_kink(scene, death):
        return (
            f"{scene.text(death.node)} stands on its kink{place}, where the derivative is taken to be {kink.convention}"
        )
    if _true_partial(scene, death) is not None:
        return None
    if kink.flat:
        words = rename(kink.flat, scene.tape, death.node, scene.names)
        return f"{scene.text(death.node)} is flat{place}: {words}"
    return None


def _on_kink(scene: Scene, death: Death) -> bool:
    import numpy

    kink = _primitive(scene, death).kink
    assert kink is not None
    tape = scene.tape
    for surface in kink.at(*tape.arguments(death.node), *tape.graph.parameters[death.node]):
        zeros = scene.array(surface) == 0
        if zeros.shape and zeros.shape != scene.sizes(death.node):
            return bool(zeros.any()) if not _primitive(scene, death).elementwise else bool(numpy.all(zeros))
        if zeros.ravel()[death.element if zeros.shape else 0]:
            return True
    return False


def _true_partial(scene: Scene, death: Death) -> Any:
    """The local partial at the element, in balls; None where it may be 0, is not known or no number."""
    swept = scene.truth.swept
    if swept is None or death.position is None or not isinstance(_primitive(scene, death).rule, Elementwise):
        return None
    import numpy

    with working(scene.truth.bits):
        found = swept.tape.partial(death.node, death.position)
        if found is None:
            return None
        numbers = numpy.broadcast_to(swept.array(swept.tape.carrier.lift(found)), scene.sizes(death.node))
    number = numbers.ravel()[death.element]
    return number if number.is_finite() and not number.contains(0) else None


def underflow(scene: Scene, death: Death) -> str | None:
    """A partial, or a product of partials, below the smallest float."""
    true = _true_partial(scene, death)
    if true is None:
        return None
    node, place = death.node, scene.place(death.node, death.element)
    by = scene.text(_argument(scene, death))
    found = scene.tape.partial(death.node, death.position or 0)
    if found is not None and not _at(scene, found, death):
        return (
            f"the derivative of {scene.text(node)} by {by} is {written(true)}{place}: "
            f"too small for {scene.carrier.dtype}, which makes it 0"
        )
    return f"the product of local partials underflows at {scene.text(node)}: it is too small for {scene.carrier.dtype}"


def _at(scene: Scene, value: Value, death: Death) -> float:
    import numpy

    return float(numpy.broadcast_to(scene.array(value), scene.sizes(death.node)).ravel()[death.element])


def zero_factor(scene: Scene, death: Death) -> str | None:
    """A factor that is 0, a stationary point."""
    rule = _primitive(scene, death).rule
    if not isinstance(rule, Elementwise):
        return None
    by = scene.text(_argument(scene, death))
    place = scene.place(death.node, death.element)
    if len(set(scene.graph.arguments[death.node])) == 1:
        return f"{scene.text(death.node)} is stationary{place}: its derivative by {by} is 0 there"
    return f"{scene.text(death.node)} does not change with {by}{place}"


def unused(scene: Scene, death: Death) -> str | None:
    """An index that takes other elements."""
    if not _primitive(scene, death).moves:
        return None
    return f"{scene.text(death.node)} takes other elements of {scene.text(_argument(scene, death))}"


def zero_factors(scene: Scene, death: Death) -> str | None:
    """A product of matrices in which the other factor's elements are 0."""
    if not isinstance(_primitive(scene, death).rule, Multilinear):
        return None
    others = [a for k, a in enumerate(scene.graph.arguments[death.node]) if k != death.position]
    texts = " and ".join(scene.text(a) for a in others)
    return f"the elements of {texts} that multiply it in {scene.text(death.node)} are 0"


def otherwise(scene: Scene, death: Death) -> str:
    """Nothing more can be said."""
    by = scene.text(_argument(scene, death))
    return f"the derivative of {scene.text(death.node)} by {by} is 0{scene.place(death.node, None)}"


REASONS: tuple[Reason, ...] = (
    cancelled,
    held,
    constant_steps,
    condition,
    other_branch,
    flat,
    underflow,
    zero_factor,
    unused,
    zero_factors,
    otherwise,
)


def reason(scene: Scene, death: Death) -> tuple[str, str]:
    """What the first function that knows says, and a key that is the same for deaths of the same kind."""
    operation = _primitive(scene, death).name
    return next(
        (said, f"{function.__name__} {operation} {death.position}")
        for function in REASONS
        if (said := function(scene, death))
    )
