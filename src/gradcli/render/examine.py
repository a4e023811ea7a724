"""From a request to a judged inspection: which directions are followed, what is swept, what the witness says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from gradcli.carriers.base import Carrier
from gradcli.graph import Graph
from gradcli.methods.base import unflatten, unit_directions
from gradcli.problem import Nested, Problem
from gradcli.render.answers import between_text, format_array, interval_text, with_truth
from gradcli.render.inspection import Column, Inspection, inspect_at
from gradcli.render.summary import weights_text
from gradcli.render.truths import derivative_truths
from gradcli.shapes import index_text, size
from gradcli.verify.certainty import beyond_floats
from gradcli.verify.explain import differentiated, has_value, premise_cause, value_cause
from gradcli.verify.verdict import check_gradient
from gradcli.verify.witnesses import Verdict, verdict_details

LABELS = ("t", "s", "r", "tau")
"""What a step along one direction is called: the first that the user has not taken."""
COLUMNS = 6
"""Up to so many input elements each has a column of tangents; above, one column follows one direction."""


def tangent_columns(graph: Graph, wrt: Sequence[str], direction: Mapping[str, Nested] | None = None) -> list[Column]:
    """One column an input element where they are few, else one along the direction, or along ones."""
    shapes = {name: graph.shapes[graph.inputs[name]] for name in wrt}
    if direction is None and sum(size(shape) for shape in shapes.values()) <= COLUMNS:
        return unit_columns(graph, wrt)
    if direction is None:
        direction = {name: unflatten([1.0] * size(shape), shape) for name, shape in shapes.items()}
    texts = {name: weights_text(tangent, shapes[name]) for name, tangent in direction.items()}
    everywhere = len(texts) == len(shapes) and all(text in ("ones", "1") for text in texts.values())
    words = "ones" if everywhere else ", ".join(f"{name} = {text}" for name, text in texts.items())
    taken = {*graph.inputs, *graph.names.values()}
    label = next((name for name in LABELS if name not in taken), LABELS[0])
    return [Column(label, direction, words)] if wrt else []


def unit_columns(graph: Graph, wrt: Sequence[str]) -> list[Column]:
    """One column an input element: `x1` for a scalar, `x[0]` or `X[0,1]` for the others."""
    columns = []
    for name in wrt:
        shape = graph.shapes[graph.inputs[name]]
        for number, tangent in enumerate(unit_directions(shape)):
            columns.append(Column(name + index_text(number, shape), {name: tangent}))
    return columns


def examine(
    graph: Graph, problems: Sequence[Problem], carrier: Carrier, columns: Sequence[Column], adjoints: bool = True
) -> Inspection:
    """Both sweeps for the outputs of the problems, and a verdict on each.

    A non-scalar output without a cotangent has no adjoints and stays unverified.
    """
    swept = [p for p in problems if adjoints and not lacks_cotangent(p)]
    inspection = inspect_at(
        graph,
        [p.output for p in problems],
        carrier,
        problems[0].point,
        columns,
        {p.output: p.cotangent for p in swept},
    )
    inspection.verdicts = {p.output: judge(p, carrier, inspection) for p in problems}
    return inspection


def lacks_cotangent(problem: Problem) -> bool:
    """Whether there is no scalar to differentiate."""
    return bool(problem.output_shape) and problem.cotangent is None


def judge(problem: Problem, carrier: Carrier, inspection: Inspection) -> Verdict:
    """What an independent witness says of an output's gradient, or why its value is not finite."""
    assert inspection.tape is not None
    inputs = differentiated(problem)
    if not has_value(inspection.tape, problem.output, inputs):
        cause = value_cause(inspection.tape, problem.output, inputs)
        words = cause.sentence if cause else "the point itself is not finite"
        proven = None if lacks_cotangent(problem) else beyond_floats(problem, carrier, words)
        return proven or Verdict("undefined", words)
    unmet = premise_cause(inspection.tape, problem.output)
    if unmet is not None:
        return Verdict("undefined", unmet.sentence)
    if lacks_cotangent(problem):
        return Verdict("unverified", "no scalar to check: a cotangent, such as ones, would give one")
    return check_gradient(problem, carrier).verdict


def verdict_lines(inspection: Inspection, wrt: Sequence[str], plain: bool = False) -> list[str]:
    """The verdict on each output with dtype and device, at a kink with the one-sided derivatives."""
    assert inspection.tape is not None
    carrier = inspection.tape.carrier
    d = "d" if plain else "∂"
    lines = []
    for output, verdict in inspection.verdicts.items():
        head = f"{inspection.names[output]}: " if len(inspection.verdicts) > 1 else ""
        if verdict.true is not None and verdict.true.value is not None:
            value = format_array(inspection.value(output), inspection.shape(output))
            lines.append(with_truth(f"{inspection.names[output]} = {value}", verdict.true.value))
        lines += [line for name in wrt for line in truth_lines(inspection, output, name, d)]
        lines.append(f"{head}{verdict.word}: {verdict.sentence} ({carrier.dtype}, {carrier.device})")
    return lines


def truth_lines(inspection: Inspection, output: int, name: str, d: str) -> list[str]:
    """What a verdict knows of a derivative besides the number that the sweeps give, in the words of an answer."""
    verdict, node = inspection.verdicts[output], inspection.graph.inputs[name]
    what = f"{d}{inspection.weighted(output)}/{d}{name}"
    computed = inspection.adjoints_of(node).get(output)
    given = "" if computed is None else format_array(computed, inspection.shape(node))
    lines = []
    for truth in derivative_truths(inspection, output, node):
        if truth.one_sided or not truth.full:
            continue
        if not given:
            lines.append(f"true {what} = {truth.full}")
        elif verdict.word in ("kink", "undefined"):
            lines.append(f"{what} = {truth.full}   (the rules give {given})")
        else:
            lines.append(f"{what} = {given}   (true: {truth.full})")
    sides = (verdict.sides or {}).get(name)
    between = between_text(sides, (verdict.clarke or {}).get(name))
    if sides is not None and not lines and not between:
        between = interval_text(sides)
    return [*lines, f"{what} {between}"] if between and verdict.word == "kink" else lines


def verdict_data(inspection: Inspection) -> dict[str, Any]:
    """The verdict on one output as JSON; of several, by name."""

    def data(output: int, verdict: Verdict) -> dict[str, Any]:
        found = {"output": inspection.names[output], "verdict": verdict.word, "reason": verdict.sentence}
        return found | verdict_details(verdict)

    results = [data(output, verdict) for output, verdict in inspection.verdicts.items()]
    return results[0] if len(results) == 1 else {"results": results}
