"""The diagnosis of one output: what is wrong with its value and each component of its gradient, grouped by reason."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from gradcli.carriers.base import Carrier
from gradcli.graph import display_names
from gradcli.methods.base import BLOCK, elements, flatten, unflatten, unit_vector
from gradcli.methods.proven import is_number
from gradcli.problem import Problem
from gradcli.verify.explain import Cause, finite, value_cause
from gradcli.verify.kinks import SEEN, Sides
from gradcli.verify.limits import behaviours, limits_sentence
from gradcli.verify.truth import error_of
from gradcli.verify.verdict import judge_ties
from gradcli.verify.why import lost, nonfinite, zero
from gradcli.verify.why.branches import double_wheres
from gradcli.verify.why.findings import Diagnosis, Finding, Kind, Mend, Part
from gradcli.verify.why.mend import mend_at, proven
from gradcli.verify.why.scene import Scene
from gradcli.verify.why.tiny import tiny_components
from gradcli.verify.why.truth import nearest, written
from gradcli.verify.witnesses import Verdict

NO_MEND = "no rewriting is known that keeps the digits of the value and of the derivative"
PROVES = "gradcli grad with --precision 20 proves both in balls"
MOST_BIRTHS = 32
"""Edges at which something non-finite begins that are looked at."""
LEAST_PUSHES = 32
MOST_STEPS = 300_000
"""Zeros that are followed forward, and the nodes that this may take all together; the rest is counted."""

Open = dict[str, list[int]]
"""By input, the elements of its derivative for which a reason is still looked for."""


def diagnose(problem: Problem, carrier: Carrier, outputs: Sequence[int] = ()) -> Diagnosis:
    """All that is zero, tiny, NaN, infinite, undefined or without digits, with reasons. `outputs`: all of the graph."""
    import numpy

    # What is looked at is full of NaN and overflow.
    with numpy.errstate(all="ignore"):
        return _diagnosed(Scene(problem, carrier, outputs))


def _diagnosed(scene: Scene) -> Diagnosis:
    problem = scene.problem
    findings: list[Finding] = []
    notes: list[str] = []
    if not finite(scene.value):
        findings.append(value_finding(scene))
    else:
        looked = (_nonfinite, _kinks, _value_digits, _zeros, _gradient_digits, _tiny)
        for look in looked:
            look(scene, findings, notes)
        if scene.truth.refusal:
            notes.append(f"digits were not checked: {scene.truth.refusal}")
    shapes = {name: problem.input_shape(name) for name in problem.wrt}
    return Diagnosis(
        problem,
        display_names(problem.graph, scene.outputs).get(problem.output, "f"),
        scene.value,
        {name: unflatten(numbers, shapes[name]) for name, numbers in scene.gradient.items()},
        sorted(findings, key=lambda finding: (bool(finding.parts[0].name), -finding.count)),
        notes,
    )


def _finding(scene: Scene, kind: Kind, parts: list[Part], node: int, reason: str) -> Finding:
    return Finding(kind, parts, node, scene.name(node), scene.text(node), reason)


def _part(scene: Scene, name: str, chosen: Sequence[int]) -> Part:
    return Part(name, tuple(chosen), len(scene.gradient[name]))


def _whole_value(scene: Scene) -> Part:
    count = len(flatten(scene.value))
    return Part("", tuple(range(count)), count)


def _explained(findings: Sequence[Finding], name: str) -> set[int]:
    return {k for finding in findings for part in finding.parts if part.name == name for k in part.elements}


def offer(scene: Scene, found: Finding, mend: Mend | None, hint: str = "") -> None:
    """Give a finding its mend; where there is none that is complete, what does help."""
    if mend is not None and mend.complete:
        found.mend = mend
        return
    if scene.truth.fits_floats:
        helps = [f"{NO_MEND}; {PROVES}"]
    else:
        helps = [*([hint] if hint else []), *filter(None, [_limits(scene)])]
    if mend is not None:
        helps.append(f"for the value alone: {mend.expression} (its derivative is not that of the original)")
    found.hint = "; ".join(helps)


def _limits(scene: Scene) -> str:
    """What value and slope tend to, for functions of numbers; an array's elements are too many to tell."""
    if any(scene.problem.input_shape(name) for name in scene.problem.wrt):
        return ""
    return limits_sentence(behaviours(scene.problem))


# The value


def value_finding(scene: Scene) -> Finding:
    """Why the value is not finite."""
    cause = value_cause(scene.tape, scene.problem.output) or Cause(
        scene.problem.output, "the point itself is not finite", None, "bind every input to a finite number"
    )
    numbers = flatten(scene.value)
    wrong = [k for k, number in enumerate(numbers) if not math.isfinite(number)]
    kind: Kind = "nan" if any(math.isnan(numbers[k]) for k in wrong) else "infinite"
    part = Part("", tuple(wrong), len(numbers))
    true, origin = scene.truth.value, scene.lost_before(cause.node)
    if true is None or origin is None:
        found = _finding(scene, kind, [part], cause.node, cause.sentence)
    else:
        reason, details = lost.value_reason(scene, origin)
        found = _finding(scene, kind, [part], origin, reason)
        found.details = [*details, cause.sentence]
    if true is not None:
        found.details.append(f"the value is {written(true)} in truth")
    mends = (mend_at(scene, node, _first_fault) for node in (cause.node, origin) if node is not None)
    offer(scene, found, next(filter(None, mends), None), cause.hint)
    return found


def _first_fault(scene: Scene) -> int | None:
    """The node at which a rewritten expression still goes wrong."""
    if not finite(scene.value):
        cause = value_cause(scene.tape, scene.problem.output)
        return cause.node if cause else None
    births = nonfinite.births(scene)
    if births:
        return births[0].node
    loss = scene.loss(math.inf, derivative=False)
    return loss.node if loss else None


def _value_digits(scene: Scene, findings: list[Finding], notes: list[str]) -> None:
    true = scene.truth.value
    if true is None or scene.problem.cotangent is not None:
        return
    judged = scene.truth.lost_value(scene.value)
    loss = None if judged is None else scene.loss(judged.relative, derivative=False)
    if loss is None:
        return
    node = loss.node
    reason, details = lost.value_reason(scene, node)
    found = _finding(scene, "digits", [_whole_value(scene)], node, reason)
    total = f"the value is {written(true)} in truth"
    found.details = list(dict.fromkeys([*details, total])) if node != scene.problem.output else details
    offer(scene, found, mend_at(scene, node, _first_fault))
    findings.append(found)


# The gradient


def _nonfinite(scene: Scene, findings: list[Finding], notes: list[str]) -> None:
    remaining: Open = {
        name: [k for k, number in enumerate(numbers) if not math.isfinite(number)]
        for name, numbers in scene.gradient.items()
    }
    if not any(remaining.values()):
        return
    for birth in nonfinite.births(scene)[:MOST_BIRTHS]:
        parts = []
        for name, numbers in remaining.items():
            if not numbers:
                continue
            reached = nonfinite.affected(scene, birth, name)
            chosen = [k for k in numbers if reached[k]]
            remaining[name] = [k for k in numbers if not reached[k]]
            parts += [_part(scene, name, chosen)] if chosen else []
        if not parts:
            continue
        worst = [scene.gradient[p.name][k] for p in parts for k in p.elements]
        kind: Kind = "nan" if any(map(math.isnan, worst)) else "infinite"
        found = _finding(scene, kind, parts, birth.node, nonfinite.reason(scene, birth))
        found.details = [d for d in _true_size(scene, parts[0]) if d.split()[2] not in found.reason]
        if kind == "nan" and "NaN" not in found.reason and "no value" not in found.reason:
            found.details.insert(0, "on the way back it is multiplied with 0, and 0 times infinity is NaN")
        offer(scene, found, _branch_mend(scene, birth) or mend_at(scene, birth.node, _first_fault))
        findings.append(found)
    for name, numbers in remaining.items():
        if numbers:
            reason = "finite contributions to it add up to more than the dtype can hold"
            findings.append(_finding(scene, "infinite", [_part(scene, name, numbers)], scene.sources[name], reason))


def _branch_mend(scene: Scene, birth: nonfinite.Birth) -> Mend | None:
    for candidate in double_wheres(scene, birth):
        mend = proven(scene, candidate)
        if mend is not None and mend.complete:
            return mend
    return None


def _true_size(scene: Scene, part: Part) -> list[str]:
    """What the first derivative of a part truly is, by differences of the primal in balls."""
    if scene.kinks:
        return []
    true = scene.truth.derivative(part.name, part.elements[0])
    if true is None or true.contains(0):
        return []
    lost_whole = nearest(true, scene.carrier.dtype) == 0
    return [f"it is {written(true)} in truth{f', which {scene.carrier.dtype} makes 0' * lost_whole}"]


def _kinks(scene: Scene, findings: list[Finding], notes: list[str]) -> None:
    kinks = scene.kinks
    if not kinks:
        return
    problem = scene.problem
    if elements(problem) > BLOCK:
        notes.append(f"{len(kinks)} nodes stand on a kink; with more than {BLOCK} inputs the sides are not computed")
        return
    shapes = {name: problem.input_shape(name) for name in problem.wrt}
    gradient = {name: unflatten(numbers, shapes[name]) for name, numbers in scene.gradient.items()}
    verdict = judge_ties(problem, scene.ties, scene.tape, gradient)
    if verdict is None or verdict.word not in ("kink", "undefined"):
        return
    findings += _beside_jumps(scene, kinks, verdict, findings)
    for name in problem.wrt:
        known = _explained(findings, name)
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
        known = _explained(findings, name)
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
            found = _finding(scene, "digits", [_part(scene, name, [k])], missed[0], reason)
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
    part = _part(scene, name, chosen)
    if node in scene.tape.kinks():
        place, given = scene.place(node, None), kink.convention
    else:
        place = f" as it is written, which {scene.carrier.dtype} misses by rounding"
        given = "the side that it takes" if side is None else "the slope of the side that it takes"
    if side is None:
        reason = f"{scene.text(node)} is on a jump or a vertical tangent{place}; the rules give {given}"
        found = _finding(scene, "undefined", [part], node, reason)
        found.details += filter(None, [_limits(scene)])
        return found
    reason = f"{scene.text(node)} stands on its kink{place}; the rules take {given}"
    found = _finding(scene, "kink", [part], node, reason)
    if side.agree:
        found.details.append(f"it is {side.left + 0.0:.6g} from both sides: that is the derivative")
        return found
    found.details.append(
        f"the derivative is {side.left + 0.0:.6g} from the left and {side.right + 0.0:.6g} from the right"
    )
    return found


def _zeros(scene: Scene, findings: list[Finding], notes: list[str]) -> None:
    looked = 0
    most = max(LEAST_PUSHES, MOST_STEPS // len(scene.tape.nodes))
    alike: dict[str, Finding] = {}
    for name, numbers in scene.gradient.items():
        known = _explained(findings, name)
        remaining = [k for k, number in enumerate(numbers) if number == 0 and k not in known]
        if not remaining:
            continue
        if not scene.reaches(scene.sources[name]) and not _connected(scene, name):
            reason = f"{_output_name(scene)} does not depend on {name}"
            findings.append(_finding(scene, "zero", [_part(scene, name, remaining)], scene.sources[name], reason))
            continue
        while remaining and looked < most:
            looked += 1
            found, key = _zero_finding(scene, name, remaining)
            explained = set(found.parts[0].elements)
            cured = _cured(scene, findings, name, remaining[0])
            if cured is not None:
                cured.parts += found.parts
            elif key in alike and not found.details:
                _joined(alike[key], found)
            else:
                findings.append(found)
                if not found.details:
                    alike[key] = found
            remaining = [k for k in remaining if k not in explained]
        if remaining:
            notes.append(f"{len(remaining)} more zeros of the derivative by {name} were not looked at")


def _joined(first: Finding, found: Finding) -> None:
    """Add what a finding with the same reason explains to the first."""
    first.others += found.node != first.node
    (part,) = found.parts
    for k, known in enumerate(first.parts):
        if known.name == part.name:
            first.parts[k] = Part(part.name, tuple(sorted({*known.elements, *part.elements})), part.total)
            return
    first.parts.append(part)


def _cured(scene: Scene, findings: Sequence[Finding], name: str, element: int) -> Finding | None:
    """The finding whose mend gives this derivative its digits too."""
    for found in findings:
        if found.mend is not None:
            true = scene.truth.derivative(name, element)
            if true is None or true.contains(0):
                continue
            if error_of(flatten(found.mend.gradient[name])[element], true) <= scene.least * float(abs(true).lower()):
                return found
    return None


def _connected(scene: Scene, name: str) -> bool:
    """Whether the output uses the input at all, with or without a derivative."""
    return scene.sources[name] in set(scene.tape.nodes)


def _output_name(scene: Scene) -> str:
    return scene.names.get(scene.problem.output, "f")


def _zero_finding(scene: Scene, name: str, remaining: list[int]) -> tuple[Finding, str]:
    """Why the first of some zeros is zero, and which others are so at the same node; the kind of reason."""
    element = remaining[0]
    found = zero.deaths(scene, name, element)
    if not found:
        reason = lost.cancelled_contributions(scene, scene.sources[name], element)
        reason = reason or "the product of local partials underflows on the way back to it"
        finding = _finding(scene, "zero", [_part(scene, name, [element])], scene.sources[name], reason)
        finding.details = _true_size(scene, finding.parts[0])
        if scene.truth.fits_floats and finding.details:
            finding.hint = PROVES
        return finding, reason
    death = found[0]
    shared = zero.sharing(scene, death, name)
    chosen = [k for k in remaining if k == element or shared[k]]
    reason, key = zero.reason(scene, death)
    finding = _finding(scene, "zero", [_part(scene, name, chosen)], death.node, reason)
    if not zero.is_exact(scene, death):
        finding.details = [d for d in _true_size(scene, finding.parts[0]) if d.split()[2] not in finding.reason]
    others = dict.fromkeys(zero.reason(scene, other)[0] for other in found[1:4] if other.node != death.node)
    finding.details += [f"also: {other}" for other in others]
    if len(found) > 4:
        finding.details.append(f"and {len(found) - 4} more such nodes")
    return finding, key


def _gradient_digits(scene: Scene, findings: list[Finding], notes: list[str]) -> None:
    parts, worst = [], 0.0
    for name, lost_ones in scene.truth.lost_components(scene.gradient).items():
        known = _explained(findings, name)
        chosen = [k for k in lost_ones if k not in known and scene.gradient[name][k] != 0]
        parts += [_part(scene, name, chosen)] if chosen else []
        worst = max([worst, *(lost_ones[k].relative for k in chosen)])
    if not parts:
        return
    cured = [_cured(scene, findings, part.name, part.elements[0]) for part in parts]
    for part, found in zip(parts, cured, strict=True):
        if found is not None:
            found.parts.append(part)
    parts = [part for part, found in zip(parts, cured, strict=True) if found is None]
    if not parts:
        return
    loss = scene.loss(worst, derivative=True)
    if loss is None:
        return
    same = next((f for f in findings if f.kind == "digits" and f.node == loss.node and not loss.adjoint), None)
    if same is not None:
        same.parts += parts
        return
    reason, details = (lost.adjoint_reason if loss.adjoint else lost.value_reason)(scene, loss.node)
    found = _finding(scene, "digits", parts, loss.node, reason)
    found.details = details
    culprits = dict.fromkeys((loss.node, *_users(scene, loss.node)))
    mends = [mend for culprit in culprits if (mend := mend_at(scene, culprit, _first_fault)) is not None]
    offer(scene, found, next((mend for mend in mends if mend.complete), None))
    findings.append(found)


def _users(scene: Scene, node: int) -> list[int]:
    return [user for user in scene.tape.nodes if node in scene.graph.arguments[user]][:8]


def _tiny(scene: Scene, findings: list[Finding], notes: list[str]) -> None:
    for name, groups in tiny_components(scene).items():
        known = _explained(findings, name)
        for node, reason, chosen in groups:
            new = [k for k in chosen if k not in known]
            same = next((f for f in findings if f.kind == "tiny" and f.node == node), None)
            if new and same is not None:
                same.parts.append(_part(scene, name, new))
            elif new:
                findings.append(_finding(scene, "tiny", [_part(scene, name, new)], node, reason))
