"""What is wrong with the value: it is not finite, is none, or has lost its digits."""

from __future__ import annotations

import math

from gradcli.methods.base import flatten
from gradcli.methods.enclosures import flat
from gradcli.verify.explain import Cause, differentiated, value_cause
from gradcli.verify.sharp import judge_pole
from gradcli.verify.why import lost
from gradcli.verify.why.findings import Finding, Kind, Part
from gradcli.verify.why.helps import (
    finding_at,
    first_fault,
    offer,
    part_of,
    whole_value,
)
from gradcli.verify.why.mend import mend_at
from gradcli.verify.why.scene import Scene
from gradcli.verify.why.truth import written


def value_finding(scene: Scene) -> Finding:
    """Why the value is not finite."""
    cause = value_cause(scene.tape, scene.problem.output, differentiated(scene.problem)) or Cause(
        scene.problem.output, "the point itself is not finite", None, "bind every input to a finite number"
    )
    numbers = flatten(scene.value)
    # Behind a power of 0 or a comparison every number is finite, and none has a meaning.
    wrong = [k for k, number in enumerate(numbers) if not math.isfinite(number)] or list(range(len(numbers)))
    worst = [numbers[k] for k in wrong]
    true, origin = scene.truth.value, scene.lost_before(cause.node)
    hidden: Kind = "undefined" if true is None else "digits"
    kind: Kind = "nan" if any(map(math.isnan, worst)) else "infinite" if any(map(math.isinf, worst)) else hidden
    part = Part("", tuple(wrong), len(numbers))
    if true is None or origin is None:
        found = finding_at(scene, kind, [part], cause.node, cause.sentence)
    else:
        reason, details = lost.value_reason(scene, origin)
        found = finding_at(scene, kind, [part], origin, reason)
        found.details = [*details, cause.sentence]
    if true is not None:
        found.details.append(f"the value is {written(true)} in truth")
    mends = (mend_at(scene, node, first_fault) for node in (cause.node, origin) if node is not None)
    offer(scene, found, next(filter(None, mends), None), cause.hint)
    return found


def pole_findings(scene: Scene, findings: list[Finding]) -> None:
    """The value and its derivatives where what is written has a pole, which floats miss: tan(x) at pi/2."""
    swept = scene.truth.swept
    if swept is None or scene.truth.value is not None:
        return
    verdict = judge_pole(scene.problem)
    if verdict is None:
        return
    values = ((node, flat(swept.tape.values[node])) for node in swept.tape.nodes)
    without_number = (node for node, balls in values if not all(ball.is_finite() for ball in balls))
    derivatives = [part_of(scene, name, range(len(numbers))) for name, numbers in scene.gradient.items()]
    node = next(without_number, scene.problem.output)
    findings.append(finding_at(scene, "undefined", [whole_value(scene), *derivatives], node, verdict.sentence))


def value_digits_findings(scene: Scene, findings: list[Finding]) -> None:
    """The value where it lost its digits."""
    true = scene.truth.value
    if true is None or scene.problem.cotangent is not None:
        return
    judged = scene.truth.lost_value(scene.value)
    loss = None if judged is None else scene.loss(judged.relative, derivative=False)
    if loss is None:
        return
    node = loss.node
    reason, details = lost.value_reason(scene, node)
    found = finding_at(scene, "digits", [whole_value(scene)], node, reason)
    total = f"the value is {written(true)} in truth"
    found.details = list(dict.fromkeys([*details, total])) if node != scene.problem.output else details
    offer(scene, found, mend_at(scene, node, first_fault))
    findings.append(found)
