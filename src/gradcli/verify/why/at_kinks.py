"""Derivatives at kinks, jumps and edges of a domain: components whose sides differ, of which one is missing, or that
floats take from the wrong side."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import chain

from gradcli.carriers.tape import tape_of
from gradcli.methods.base import BLOCK, by_input, elements, flatten, unflatten, unit_vector
from gradcli.methods.numerical import METHOD as NUMERICAL
from gradcli.methods.proven import is_number
from gradcli.verify.kinks import SEEN, Sides
from gradcli.verify.sharp import judge_edge
from gradcli.verify.verdict import judge_ties
from gradcli.verify.why.findings import Finding
from gradcli.verify.why.helps import (
    explained,
    finding_at,
    limits,
    part_of,
)
from gradcli.verify.why.scene import Scene
from gradcli.verify.witnesses import Verdict

BESIDE = 2.0**-20
"""The part of a coordinate (or of 1) by which it is moved to see which node has no value there."""


def kink_findings(scene: Scene, findings: list[Finding]) -> None:
    """Derivatives at kinks and jumps, by their node."""
    kinks = scene.kinks
    if not kinks:
        return
    problem = scene.problem
    if elements(problem) > BLOCK:
        scene.notes.append(
            f"{len(kinks)} nodes stand on a kink; with more than {BLOCK} inputs the sides are not computed"
        )
        return
    shapes = {name: problem.input_shape(name) for name in problem.wrt}
    gradient = {name: unflatten(numbers, shapes[name]) for name, numbers in scene.gradient.items()}
    verdict = judge_ties(problem, scene.ties, scene.tape, gradient)
    if verdict is None or verdict.word not in ("kink", "undefined"):
        return
    findings += _beside_jumps(scene, kinks, verdict, findings)
    for name in problem.wrt:
        known = explained(findings, name)
        sides = verdict.sides[name] if verdict.sides else [None] * len(scene.gradient[name])
        groups: dict[int, list[int]] = {}
        for k, side in enumerate(sides):
            node = _kink_of(scene, kinks, name, k)
            odd = side is None or not side.agree or abs(side.left - scene.gradient[name][k]) > 1e-9 * abs(side.left)
            if k not in known and node is not None and odd:
                groups.setdefault(node, []).append(k)
        for node, chosen in groups.items():
            findings.append(_kink_finding(scene, name, chosen, node, sides[chosen[0]]))


def edge_findings(scene: Scene, findings: list[Finding]) -> None:
    """Derivatives that the rules give at the edge of a domain, where the function has one side only."""
    problem = scene.problem
    if not all(map(math.isfinite, chain.from_iterable(scene.gradient.values()))):
        return
    gradient = by_input(problem, list(chain.from_iterable(scene.gradient.values())))
    verdict = judge_edge(problem, NUMERICAL.differentiate(problem, scene.carrier), gradient)
    if verdict is None or verdict.word != "undefined":
        return
    for name in problem.wrt:
        known = explained(findings, name)
        count = len(scene.gradient[name])
        defined = verdict.defined[name] if verdict.defined else [False] * count
        for k in range(count):
            node = None if defined[k] or k in known else _left_domain(scene, name, k)
            if node is not None:
                reason = f"{scene.text(node)} is at the edge of its domain: on one side of the point it has no value"
                found = finding_at(scene, "undefined", [part_of(scene, name, [k])], node, reason)
                found.details += filter(None, [limits(scene)])
                findings.append(found)


def _left_domain(scene: Scene, name: str, element: int) -> int | None:
    """The node whose domain is left by a small step of one element."""
    problem = scene.problem
    numbers = flatten(problem.point[name])
    for sign in (-1.0, 1.0):
        step = sign * BESIDE * (abs(numbers[element]) or 1.0)
        moved = unflatten([x + step * (k == element) for k, x in enumerate(numbers)], problem.input_shape(name))
        outside = tape_of(replace(problem, point={**problem.point, name: moved}), scene.carrier).outside_domain()
        if outside:
            return outside[0]
    return None


def _beside_jumps(
    scene: Scene, kinks: Sequence[int], verdict: Verdict, findings: Sequence[Finding]
) -> Iterator[Finding]:
    """Derivatives that exist, and are wrong in floats because these take the wrong side of a jump."""
    missed = [node for node in kinks if node not in scene.tape.kinks()]
    true = verdict.true.derivative if verdict.true is not None else {}
    for name in true if missed else ():
        known = explained(findings, name)
        for k, text in enumerate(map(str, flatten(true[name]))):
            if (
                k in known
                or not is_number(text)
                or abs(scene.gradient[name][k] - float(text)) <= SEEN * abs(float(text))
            ):
                continue
            reason = (
                f"{scene.text(missed[0])} is on a jump as it is written, which {scene.carrier.dtype} misses by rounding"
            )
            found = finding_at(scene, "digits", [part_of(scene, name, [k])], missed[0], reason)
            found.details = [f"it is {text} in truth"]
            yield found


def _kink_of(scene: Scene, kinks: Sequence[int], name: str, element: int) -> int | None:
    """The first node on a kink that an element of an input reaches."""
    from gradcli.methods.forward import push

    source = scene.sources[name]
    shape = scene.graph.shapes[source]
    unit = unit_vector(len(scene.gradient[name]), element)
    if source >= len(scene.tape.values):
        return None
    tangents = push(scene.tape, {source: scene.carrier.constant(unflatten(unit, shape), shape)})
    for node in kinks:
        moving = [tangents[a] for a in scene.graph.arguments[node] if tangents[a] is not None]
        if any(scene.array(t).any() for t in moving):
            return node
    return None


def _kink_finding(scene: Scene, name: str, chosen: list[int], node: int, side: Sides | None) -> Finding:
    kink = scene.tape.primitive(node).kink
    assert kink is not None
    part = part_of(scene, name, chosen)
    if node in scene.tape.kinks():
        place, given = scene.place(node, None), kink.convention
    else:
        place = f" as it is written, which {scene.carrier.dtype} misses by rounding"
        given = "the side that it takes" if side is None else "the slope of the side that it takes"
    if side is None:
        reason = f"{scene.text(node)} is on a jump or a vertical tangent{place}; the rules give {given}"
        found = finding_at(scene, "undefined", [part], node, reason)
        found.details += filter(None, [limits(scene)])
        return found
    reason = f"{scene.text(node)} stands on its kink{place}; the rules take {given}"
    found = finding_at(scene, "kink", [part], node, reason)
    if side.agree:
        found.details.append(f"it is {side.left + 0.0:.6g} from both sides: that is the derivative")
        return found
    if side.left == side.right:
        found.details.append(f"it is {side.left + 0.0:.6g} from both sides as far as floats can tell, and they differ")
        return found
    found.details.append(
        f"the derivative is {side.left + 0.0:.6g} from the left and {side.right + 0.0:.6g} from the right"
    )
    return found
