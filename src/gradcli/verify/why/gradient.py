"""What is wrong with components of the gradient, grouped by reason: not finite, zero, tiny, or without digits."""

from __future__ import annotations

import math
from collections.abc import Sequence

from gradcli.methods.base import flatten
from gradcli.verify.truth import error_of
from gradcli.verify.why import lost, nonfinite, zero
from gradcli.verify.why.branches import double_wheres
from gradcli.verify.why.findings import Finding, Kind, Mend, Part
from gradcli.verify.why.helps import (
    PROVES,
    explained,
    finding_at,
    first_fault,
    offer,
    part_of,
    true_size,
)
from gradcli.verify.why.mend import mend_at, proven
from gradcli.verify.why.scene import Scene
from gradcli.verify.why.tiny import tiny_components

MOST_BIRTHS = 32
"""Edges at which something non-finite begins that are looked at."""
UNDERFLOWS = "the product of local partials underflows on the way back to it"
LEAST_PUSHES = 32
MOST_STEPS = 300_000
"""Zeros that are followed forward, and the nodes that this may take all together; the rest is counted."""


Open = dict[str, list[int]]
"""By input, the elements of its derivative for which a reason is still looked for."""


def nonfinite_findings(scene: Scene, findings: list[Finding]) -> None:
    """Derivatives that are NaN or infinite, by the edge at which that begins."""
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
            parts += [part_of(scene, name, chosen)] if chosen else []
        if not parts:
            continue
        worst = [scene.gradient[p.name][k] for p in parts for k in p.elements]
        kind: Kind = "nan" if any(map(math.isnan, worst)) else "infinite"
        found = finding_at(scene, kind, parts, birth.node, nonfinite.reason(scene, birth))
        found.details = [d for d in true_size(scene, parts[0]) if d.split()[2] not in found.reason]
        if kind == "nan" and "NaN" not in found.reason and "no value" not in found.reason:
            found.details.insert(0, "on the way back it is multiplied with 0, and 0 times infinity is NaN")
        offer(scene, found, _branch_mend(scene, birth) or mend_at(scene, birth.node, first_fault))
        findings.append(found)
    for name, numbers in remaining.items():
        if numbers:
            reason = "finite contributions to it add up to more than the dtype can hold"
            findings.append(finding_at(scene, "infinite", [part_of(scene, name, numbers)], scene.sources[name], reason))


def _branch_mend(scene: Scene, birth: nonfinite.Birth) -> Mend | None:
    for candidate in double_wheres(scene, birth):
        mend = proven(scene, candidate)
        if mend is not None and mend.complete:
            return mend
    return None


def zero_findings(scene: Scene, findings: list[Finding]) -> None:
    """Derivatives that are 0, by the node at which they become it."""
    looked = 0
    most = max(LEAST_PUSHES, MOST_STEPS // len(scene.tape.nodes))
    alike: dict[str, Finding] = {}
    for name, numbers in scene.gradient.items():
        known = explained(findings, name)
        remaining = [k for k, number in enumerate(numbers) if number == 0 and k not in known]
        if not remaining:
            continue
        if not scene.reaches(scene.sources[name]) and not _connected(scene, name):
            reason = f"{_output_name(scene)} does not depend on {name}"
            findings.append(finding_at(scene, "zero", [part_of(scene, name, remaining)], scene.sources[name], reason))
            continue
        while remaining and looked < most:
            looked += 1
            found, key = _zero_finding(scene, name, remaining)
            told = set(found.parts[0].elements)
            cured = _cured(scene, findings, name, remaining[0])
            if cured is not None:
                cured.parts += found.parts
            elif key in alike and not found.details:
                _joined(alike[key], found)
            else:
                findings.append(found)
                if not found.details:
                    alike[key] = found
            remaining = [k for k in remaining if k not in told]
        if remaining:
            scene.notes.append(f"{len(remaining)} more zeros of the derivative by {name} were not looked at")


def _joined(first: Finding, found: Finding) -> None:
    """Add what a finding with the same reason explains to the first."""
    first.others += found.node != first.node
    _add(first, found.parts[0])


def _add(first: Finding, part: Part) -> None:
    """Add elements of a derivative to what a finding explains."""
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
        terms = None if reason else lost.cancelling_terms(scene, name, element)
        node, said = terms or (scene.sources[name], reason or UNDERFLOWS)
        key = f"terms at {node}" if terms else said
        finding = finding_at(scene, "zero", [part_of(scene, name, [element])], node, said)
        finding.details = true_size(scene, finding.parts[0])
        if scene.truth.fits_floats and finding.details:
            finding.hint = PROVES
        return finding, key
    death = found[0]
    shared = zero.sharing(scene, death, name)
    chosen = [k for k in remaining if k == element or shared[k]]
    reason, key = zero.reason(scene, death)
    finding = finding_at(scene, "zero", [part_of(scene, name, chosen)], death.node, reason)
    if not zero.is_exact(scene, death):
        finding.details = [d for d in true_size(scene, finding.parts[0]) if d.split()[2] not in finding.reason]
    others = dict.fromkeys(zero.reason(scene, other)[0] for other in found[1:4] if other.node != death.node)
    finding.details += [f"also: {other}" for other in others]
    if len(found) > 4:
        finding.details.append(f"and {len(found) - 4} more such nodes")
    return finding, key


def gradient_digits_findings(scene: Scene, findings: list[Finding]) -> None:
    """Derivatives that lost their digits, by the node at which they go."""
    parts, worst = [], 0.0
    for name, lost_ones in scene.truth.lost_components(scene.gradient).items():
        known = explained(findings, name)
        chosen = [k for k in lost_ones if k not in known and scene.gradient[name][k] != 0]
        parts += [part_of(scene, name, chosen)] if chosen else []
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
        findings += _cancelled_components(scene, parts)
        return
    same = next((f for f in findings if f.kind == "digits" and f.node == loss.node and not loss.adjoint), None)
    if same is not None:
        same.parts += parts
        return
    reason, details = (lost.adjoint_reason if loss.adjoint else lost.value_reason)(scene, loss.node)
    found = finding_at(scene, "digits", parts, loss.node, reason)
    found.details = details
    culprits = dict.fromkeys((loss.node, *_users(scene, loss.node)))
    mends = [mend for culprit in culprits if (mend := mend_at(scene, culprit, first_fault)) is not None]
    offer(scene, found, next((mend for mend in mends if mend.complete), None))
    findings.append(found)


def _cancelled_components(scene: Scene, parts: Sequence[Part]) -> list[Finding]:
    """Components without digits whose node keeps those of its larger ones: by the node whose terms cancel in them."""
    found: dict[int, Finding] = {}
    for part in parts:
        for element in part.elements[:LEAST_PUSHES]:
            terms = lost.cancelling_terms(scene, part.name, element)
            node, reason = terms or (scene.sources[part.name], "contributions to it cancel on the way back")
            if node not in found:
                found[node] = finding_at(scene, "digits", [], node, reason)
                found[node].details = [*filter(None, [lost.true_and_found(scene, part.name, element)])]
            _add(found[node], part_of(scene, part.name, [element]))
    return list(found.values())


def _users(scene: Scene, node: int) -> list[int]:
    return [user for user in scene.tape.nodes if node in scene.graph.arguments[user]][:8]


def tiny_findings(scene: Scene, findings: list[Finding]) -> None:
    """Derivatives that are almost 0."""
    for name, groups in tiny_components(scene).items():
        known = explained(findings, name)
        for node, reason, chosen in groups:
            new = [k for k in chosen if k not in known]
            same = next((f for f in findings if f.kind == "tiny" and f.node == node), None)
            if new and same is not None:
                same.parts.append(part_of(scene, name, new))
            elif new:
                findings.append(finding_at(scene, "tiny", [part_of(scene, name, new)], node, reason))
