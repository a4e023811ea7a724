"""Where a value or a derivative becomes NaN or infinite, and why.

REASONS are asked in turn about an edge at which a finite adjoint becomes a non-finite contribution.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from gradcli.methods.base import unflatten
from gradcli.methods.enclosures import working
from gradcli.methods.reverse import pull
from gradcli.primitives.declare import Elementwise, Linear
from gradcli.verify.explain import finite, non_finite_edges
from gradcli.verify.why.lost import wrong_arguments
from gradcli.verify.why.scene import Array, Scene
from gradcli.verify.why.truth import overflows, written


@dataclass
class Birth:
    """A node and the position of the argument to which it contributes what is not finite; the first such element of the
    argument, and whether the adjoint of the node is 0 there. `contribution` is 0 where it is finite. `choice`: the node
    whose branch this is, if one chooses."""

    node: int
    position: int
    contribution: Array
    element: int
    zero_adjoint: bool
    choice: int | None = None


def births(scene: Scene) -> list[Birth]:
    """All edges where something non-finite begins, nearest to the output first."""
    import numpy

    found = []
    for node, position, contribution in non_finite_edges(scene.tape, scene.adjoints):
        argument = scene.graph.arguments[node][position]
        numbers = scene.array(contribution).reshape(scene.sizes(argument))
        mask = ~numpy.isfinite(numbers)
        element = int(mask.ravel().argmax())
        adjoint = scene.array(scene.adjoints[node])
        same = adjoint.shape == mask.shape
        zero = bool(adjoint.ravel()[element] == 0 if same else not adjoint.any())
        birth = Birth(node, position, numpy.where(mask, numbers, 0.0), element if same else 0, zero)
        if zero:
            birth.choice = choice_above(scene, node)
        found.append(birth)
    return found


def choice_above(scene: Scene, node: int) -> int | None:
    """The nearest node above that chooses between branches, one of which holds the node."""
    above = {node}
    for user in scene.tape.nodes:
        if above.isdisjoint(scene.graph.arguments[user]):
            continue
        above.add(user)
        primitive = scene.tape.primitive(user)
        if primitive.elementwise and isinstance(primitive.rule, Linear):
            return user
    return None


def affected(scene: Scene, birth: Birth, name: str) -> Array:
    """Which elements of an input the non-finite contribution reaches; flat."""
    import numpy

    argument = scene.graph.arguments[birth.node][birth.position]
    source = scene.sources[name]
    shape = scene.graph.shapes[argument]
    start = scene.carrier.constant(unflatten(birth.contribution.ravel().tolist(), shape), shape)
    found = pull(scene.tape, {argument: start}, [source])
    count = len(scene.gradient[name])
    if source >= len(found) or found[source] is None:
        return numpy.zeros(count, dtype=bool)
    return scene.array(found[source]).ravel() != 0


# Reasons

Reason = Callable[[Scene, Birth], str | None]


def _partial(scene: Scene, birth: Birth) -> Any:
    """The local partials as an array; None where the node is not elementwise."""
    if not isinstance(scene.tape.primitive(birth.node).rule, Elementwise):
        return None
    import numpy

    partial = scene.tape.partial(birth.node, birth.position)
    return numpy.broadcast_to(scene.array(partial), scene.sizes(birth.node))


def _edge(scene: Scene, birth: Birth) -> str:
    argument = scene.graph.arguments[birth.node][birth.position]
    return f"the derivative of {scene.text(birth.node)} by {scene.text(argument)}"


def _size(scene: Scene, birth: Birth) -> str:
    partial = _partial(scene, birth)
    if partial is None:
        return "not finite"
    number = partial.ravel()[birth.element]
    return "infinite" if abs(number) == float("inf") else "not a number" if number != number else "finite"


def branch_not_taken(scene: Scene, birth: Birth) -> str | None:
    """where() over a branch that is NaN or infinite where it is not taken."""
    if birth.choice is None:
        return None
    return (
        f"{_edge(scene, birth)} is {_size(scene, birth)}{scene.place(birth.node, birth.element)}; "
        f"{scene.text(birth.choice)} does not take this branch there, so that its adjoint is 0, and 0 times that is NaN"
    )


def overflowed(scene: Scene, birth: Birth) -> str | None:
    """A value on the way is not finite although the result is."""
    for argument in (birth.node, *scene.graph.arguments[birth.node]):
        if not finite(scene.value_of(argument).ravel().tolist()):
            origin = _origin(scene, argument)
            if scene.graph.is_leaf(origin):
                return f"{scene.text(origin)} is not finite itself"
            size = "infinite" if abs(scene.value_of(origin).ravel()).max() == float("inf") else "not a number"
            place = scene.place(origin, int(abs(scene.value_of(origin).ravel()).argmax()))
            return (
                f"{scene.text(origin)} is {size} in {scene.carrier.dtype}{place}; the value survives it, "
                f"{_edge(scene, birth)} does not"
            )
    return None


def _origin(scene: Scene, node: int) -> int:
    """The first node with finite arguments on the way down through those that are not finite."""
    while True:
        worse = [a for a in scene.graph.arguments[node] if not finite(scene.value_of(a).ravel().tolist())]
        if not worse:
            return node
        node = worse[0]


def zero_times_infinite(scene: Scene, birth: Birth) -> str | None:
    """An adjoint that is 0 meets an infinite partial."""
    if not birth.zero_adjoint or _size(scene, birth) != "infinite":
        return None
    place = scene.place(birth.node, birth.element)
    return f"{_edge(scene, birth)} is infinite{place}, what it is multiplied with is 0, and 0 times infinity is NaN"


def partial_overflows(scene: Scene, birth: Birth) -> str | None:
    """A finite partial that is larger than the dtype can hold."""
    swept = scene.truth.swept
    if _size(scene, birth) == "finite" or _partial(scene, birth) is None or swept is None:
        return None
    import numpy

    with working(scene.truth.bits):
        exact = swept.array(swept.tape.carrier.lift(swept.tape.partial(birth.node, birth.position)))
    true = numpy.broadcast_to(exact, scene.sizes(birth.node)).ravel()[birth.element]
    if not overflows(true, scene.carrier.dtype):
        return None
    large = f"larger than {scene.carrier.dtype} can hold"
    return f"{_edge(scene, birth)} is {written(true)}{scene.place(birth.node, birth.element)}: {large}"


def lost_argument(scene: Scene, birth: Birth) -> str | None:
    """An infinite slope where the argument underflowed, or cancelled, to the place of one."""
    swept = scene.truth.swept
    if _size(scene, birth) != "infinite" or _partial(scene, birth) is None or swept is None:
        return None
    said = wrong_arguments(scene, birth.node)
    with working(scene.truth.bits):
        exact = swept.array(swept.tape.carrier.lift(swept.tape.partial(birth.node, birth.position)))
    if not said or not all(number.is_finite() for number in exact.ravel()):
        return None
    return f"{_edge(scene, birth)} is infinite{scene.place(birth.node, birth.element)}, but {'; '.join(said)}"


def vertical(scene: Scene, birth: Birth) -> str | None:
    """An infinite slope."""
    if _size(scene, birth) != "infinite":
        return None
    return f"{_edge(scene, birth)} is infinite{scene.place(birth.node, birth.element)}: a vertical tangent"


def no_number(scene: Scene, birth: Birth) -> str | None:
    """0/0 in a partial."""
    if _size(scene, birth) != "not a number":
        return None
    kink = scene.tape.primitive(birth.node).kink
    note = f" ({kink.convention})" if kink is not None else ""
    return f"{_edge(scene, birth)} has no value{scene.place(birth.node, birth.element)}{note}"


def too_large(scene: Scene, birth: Birth) -> str:
    """The product of finite factors overflows."""
    return (
        f"{_edge(scene, birth)}, times what the output depends on it, is larger than {scene.carrier.dtype} can hold"
        f"{scene.place(birth.node, birth.element)}"
    )


REASONS: tuple[Reason, ...] = (
    branch_not_taken,
    overflowed,
    partial_overflows,
    zero_times_infinite,
    lost_argument,
    vertical,
    no_number,
    too_large,
)


def reason(scene: Scene, birth: Birth) -> str:
    """What the first function that knows says."""
    return next(said for function in REASONS if (said := function(scene, birth)))
