"""What every finding is made of: where it is, what it explains, and what helps with it."""

from __future__ import annotations

import math
from collections.abc import Sequence

from gradcli.methods.base import flatten
from gradcli.verify.explain import finite, value_cause
from gradcli.verify.limits import behaviours, limits_sentence
from gradcli.verify.why import nonfinite
from gradcli.verify.why.findings import Finding, Kind, Mend, Part
from gradcli.verify.why.scene import Scene
from gradcli.verify.why.truth import nearest, written

NO_MEND = "no rewriting is known that keeps the digits of the value and of the derivative"
PROVES = "gradcli grad with --precision 20 proves both in balls"


def finding_at(scene: Scene, kind: Kind, parts: list[Part], node: int, reason: str) -> Finding:
    """A finding at a node, with its names."""
    return Finding(kind, parts, node, scene.name(node), scene.text(node), reason)


def part_of(scene: Scene, name: str, chosen: Sequence[int]) -> Part:
    """Elements of the derivative by an input."""
    return Part(name, tuple(chosen), len(scene.gradient[name]))


def whole_value(scene: Scene) -> Part:
    """All elements of the value."""
    count = len(flatten(scene.value))
    return Part("", tuple(range(count)), count)


def explained(findings: Sequence[Finding], name: str) -> set[int]:
    """The elements of the derivative by an input that findings explain."""
    return {k for finding in findings for part in finding.parts if part.name == name for k in part.elements}


def true_size(scene: Scene, part: Part) -> list[str]:
    """What the first derivative of a part truly is, by differences of the primal in balls."""
    if scene.kinks:
        return []
    true = scene.truth.derivative(part.name, part.elements[0])
    if true is None or true.contains(0):
        return []
    lost_whole = nearest(true, scene.carrier.dtype) == 0
    return [f"it is {written(true)} in truth{f', which {scene.carrier.dtype} makes 0' * lost_whole}"]


def offer(scene: Scene, found: Finding, mend: Mend | None, hint: str = "") -> None:
    """Give a finding its mend; where there is none that is complete, what does help."""
    if mend is not None and mend.complete:
        found.mend = mend
        return
    if scene.truth.provable:
        helps = [f"{NO_MEND}; {PROVES}"]
    elif scene.truth.fits_floats:
        # Of a number that balls cannot tell from 0 they print a bound, which is told already.
        helps = []
    else:
        helps = [*([hint] if hint else []), *filter(None, [limits(scene)])]
    if mend is not None:
        derivative = "loses digits too" if scene.truth.provable else "is not that of the original"
        helps.append(f"for the value alone: {mend.expression} (its derivative {derivative})")
    found.hint = "; ".join(helps)


def limits(scene: Scene) -> str:
    """What value and slope tend to, for functions of numbers; an array's elements are too many to tell."""
    if any(scene.problem.input_shape(name) for name in scene.problem.wrt):
        return ""
    return limits_sentence(behaviours(scene.problem))


def first_fault(scene: Scene) -> int | None:
    """The node at which a rewritten expression still goes wrong."""
    cause = value_cause(scene.tape, scene.problem.output)
    if cause is not None or not finite(scene.value):
        return cause.node if cause else None
    births = nonfinite.births(scene)
    if births:
        return births[0].node
    loss = scene.loss(math.inf, derivative=False)
    return loss.node if loss else None
