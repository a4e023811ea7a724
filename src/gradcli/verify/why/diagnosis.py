"""The diagnosis of one output: what is wrong with its value and each component of its gradient, grouped by reason."""

from __future__ import annotations

from collections.abc import Sequence

from gradcli.carriers.base import Carrier
from gradcli.graph import display_names
from gradcli.methods.base import unflatten
from gradcli.problem import Problem
from gradcli.verify.explain import differentiated, has_value
from gradcli.verify.why.at_kinks import edge_findings, kink_findings
from gradcli.verify.why.findings import Diagnosis, Finding
from gradcli.verify.why.gradient import gradient_digits_findings, nonfinite_findings, tiny_findings, zero_findings
from gradcli.verify.why.scene import Scene
from gradcli.verify.why.value import pole_findings, value_digits_findings, value_finding

LOOKS = (
    pole_findings,
    nonfinite_findings,
    kink_findings,
    edge_findings,
    value_digits_findings,
    zero_findings,
    gradient_digits_findings,
    tiny_findings,
)
"""What is looked for, in order: a later one leaves out what an earlier one explained."""


def diagnose(problem: Problem, carrier: Carrier, outputs: Sequence[int] = ()) -> Diagnosis:
    """All that is zero, tiny, NaN, infinite, undefined or without digits, with reasons. `outputs`: all of the graph."""
    import numpy

    # What is looked at is full of NaN and overflow.
    with numpy.errstate(all="ignore"):
        return _diagnosed(Scene(problem, carrier, outputs))


def _diagnosed(scene: Scene) -> Diagnosis:
    problem = scene.problem
    findings: list[Finding] = []
    if not has_value(scene.tape, problem.output, differentiated(problem)):
        findings.append(value_finding(scene))
    else:
        for look in LOOKS:
            look(scene, findings)
        if scene.truth.refusal:
            scene.notes.append(f"digits were not checked: {scene.truth.refusal}")
    shapes = {name: problem.input_shape(name) for name in problem.wrt}
    return Diagnosis(
        problem,
        display_names(problem.graph, scene.outputs).get(problem.output, "f"),
        scene.value,
        {name: unflatten(numbers, shapes[name]) for name, numbers in scene.gradient.items()},
        sorted(findings, key=lambda finding: (bool(finding.parts[0].name), -finding.count)),
        scene.notes,
    )
