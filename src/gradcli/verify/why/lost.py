"""Why a finite value or derivative has lost its digits at a node, beside the same graph in balls."""

from __future__ import annotations

from collections.abc import Sequence
from math import isfinite
from typing import Any

from gradcli.carriers.precision import SMALLEST
from gradcli.methods.base import unflatten, unit_vector
from gradcli.methods.enclosures import working
from gradcli.methods.forward import push
from gradcli.methods.proven import proven_text
from gradcli.methods.reverse import contribution_to
from gradcli.shapes import size
from gradcli.verify.conditioning import condition_number, errors
from gradcli.verify.why.scene import Array, Scene
from gradcli.verify.why.truth import overflows, written

MAGNIFIES = 1000
"""A condition number from which on a node is what loses the digits; below, they were lost little by little."""

MOST_TERMS = 6
"""Terms of a sum that are written out."""


def value_reason(scene: Scene, node: int) -> tuple[str, list[str]]:
    """Why a node's value has lost its digits, and the sizes."""
    swept = scene.truth.swept
    assert swept is not None
    found, exact = scene.value_of(node), swept.array(swept.tape.values[node])
    with working(scene.truth.bits):
        element = int(errors(found, exact).ravel().argmax())
        factor = condition_number(swept.tape, node)
    true, number = exact.ravel()[element], float(found.ravel()[element])
    dtype, text, place = scene.carrier.dtype, scene.text(node), scene.place(node, element)
    detail = ["{} is {}; {} gives {}".format(text, *_both(scene, true, number))]
    if abs(number) < SMALLEST[dtype] and abs(true).lower() > 0 and abs(true) < SMALLEST[dtype]:
        return f"{text} underflows{place}: it is smaller than {dtype} can hold", detail
    if overflows(true, dtype):
        return f"{text} overflows{place}: it is larger than {dtype} can hold", detail
    if factor is None or factor <= MAGNIFIES:
        return f"{text} loses the digits that its arguments have{place}: terms in it cancel", detail
    if len(scene.graph.arguments[node]) > 1:
        return f"{text} cancels{place}: rounding errors of its terms count {factor:.1g} times as much in it", detail
    argument = scene.text(scene.graph.arguments[node][0])
    reason = f"{text} magnifies{place}: a rounding error of {argument} counts {factor:.1g} times as much in it"
    return reason, detail


def wrong_arguments(scene: Scene, node: int) -> list[str]:
    """What the arguments of a node are in truth, where they have lost their digits."""
    swept = scene.truth.swept
    if swept is None or scene.graph.is_leaf(node):
        return []
    said = []
    for argument in scene.graph.arguments[node]:
        found, exact = scene.value_of(argument), swept.array(swept.tape.values[argument])
        with working(scene.truth.bits):
            off = errors(found, exact).ravel()
        element = int(off.argmax()) if off.size else 0
        if off.size and off[element] > scene.least:
            text, number = scene.element_of(argument, element), found.ravel()[element]
            said.append("{} is {} in truth; {} gives {}".format(text, *_both(scene, exact.ravel()[element], number)))
    return said


def adjoint_reason(scene: Scene, node: int) -> tuple[str, list[str]]:
    """Why a node's adjoint has lost its digits: contributions that cancel, or a wrong local partial."""
    swept = scene.truth.swept
    assert swept is not None
    parts = _contributions(scene, node)
    found, exact = scene.array(scene.adjoints[node]), swept.array(swept.adjoints[node])
    with working(scene.truth.bits):
        element = int(errors(found, exact).ravel().argmax())
    number = float(found.ravel()[element]) + 0.0
    detail = ["it is {} in truth; {} gives {}".format(*_both(scene, exact.ravel()[element], number))]
    of = scene.element_of(node, element)
    if len(parts) > 1:
        return _cancelling(scene, parts, node, element), detail
    if not parts:
        return f"the derivative by {of} has lost its digits", detail
    user = parts[0][0]
    return f"the derivative of {scene.text(user)} by {of} has lost its digits{scene.place(user, None)}", detail


def cancelled_contributions(scene: Scene, node: int, element: int) -> str | None:
    """Contributions to an element's adjoint that add up to 0; None where there are none but zeros."""
    parts = [(user, part) for user, part in _contributions(scene, node) if part.ravel()[element]]
    return _cancelling(scene, parts, node, element) if parts else None


def cancelling_terms(scene: Scene, name: str, element: int) -> tuple[int, str] | None:
    """The first node behind an input whose elements pass on terms of one derivative that cancel, and these terms."""
    import numpy

    source = scene.sources[name]
    shape = scene.graph.shapes[source]
    unit = scene.carrier.constant(unflatten(unit_vector(size(shape), element), shape), shape)
    tangents = push(scene.tape, {source: unit})
    for node in scene.tape.nodes:
        tangent, adjoint = tangents[node], scene.adjoints[node]
        if node == source or tangent is None or adjoint is None:
            continue
        terms = numpy.ravel(numpy.broadcast_to(scene.array(tangent) * scene.array(adjoint), scene.sizes(node)))
        largest = float(abs(terms).max(initial=0.0))
        if largest > 0 and isfinite(largest) and abs(terms.sum()) <= scene.least * largest:
            texts = ", ".join(f"{term:.6g}" for term in terms[terms != 0][:MOST_TERMS])
            more = ", ..." if numpy.count_nonzero(terms) > MOST_TERMS else ""
            by = scene.element_of(source, element)
            return node, f"the terms of the derivative by {by} through {scene.text(node)} cancel: {texts}{more}"
    return None


def true_and_found(scene: Scene, name: str, element: int) -> str:
    """`it is 0 in truth; float64 gives 6.9e-17`, of a component of the gradient."""
    true = scene.truth.derivative(name, element)
    number = scene.gradient[name][element]
    return "" if true is None else "it is {} in truth; {} gives {}".format(*_both(scene, true, number))


def _contributions(scene: Scene, node: int) -> list[tuple[int, Array]]:
    """What each user of a node adds to its adjoint."""
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
    return parts


def _cancelling(scene: Scene, parts: Sequence[tuple[int, Array]], node: int, element: int) -> str:
    terms = ", ".join(f"{part.ravel()[element]:.6g} by {scene.text(user)}" for user, part in parts[:MOST_TERMS])
    return f"the contributions to the derivative by {scene.element_of(node, element)} cancel: {terms}"


def _both(scene: Scene, true: Any, number: float) -> tuple[str, str, str]:
    """The true number, the dtype and what it gives: in a few digits, or in all where a few are the same."""
    short, found = written(true), f"{number + 0.0:.6g}"
    if (
        number
        and isfinite(number)
        and all(character in "-.e0123456789" for character in short)
        and float(short) == float(found)
    ):
        with working(scene.truth.bits):
            return proven_text(true) or short, scene.carrier.dtype, repr(float(number))
    return short, scene.carrier.dtype, found
