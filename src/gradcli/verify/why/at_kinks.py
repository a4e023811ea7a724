"""Derivatives at kinks and jumps: components whose sides differ, or that floats take from the wrong side."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from gradcli.methods.base import BLOCK, elements, flatten, unflatten, unit_vector
from gradcli.methods.proven import is_number
from gradcli.verify.kinks import SEEN, Sides
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
    found.details.append(
        f"the derivative is {side.left + 0.0:.6g} from the left and {side.right + 0.0:.6g} from the right"
    )
    return found
