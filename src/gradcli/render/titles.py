"""The title of a picture: the function, the point, and what the cards do not say."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gradcli.render.cards import typeset
from gradcli.render.inspection import Inspection
from gradcli.render.numbers import format_nested
from gradcli.render.summary import weights_text
from gradcli.syntax.text import expression_text
from gradcli.verify.witnesses import Verdict

LARGEST_GRAPH = 60
LONGEST_TEXT = 120
LONGEST_VALUE = 40


def title_of(inspection: Inspection, point: Mapping[str, Any]) -> str:
    """`f = ln(x₁) + x₁·x₂ at x₁ = 2, x₂ = 5`, then in parentheses a direction, cotangents, a verdict but `verified`."""
    where = ", ".join(f"{name} = {value_text(value)}" for name, value in point.items())
    plain = inspection.plain_names
    title = typeset(function_text(inspection) + (f" at {where}" if where and len(where) <= LONGEST_TEXT else ""), plain)
    notes = [f"∂/∂{c.label} along {typeset(c.direction, plain)}" for c in inspection.columns if c.direction]
    for output, weights in inspection.weights.items():
        if weights is not None:
            notes.append(f"c = {weights_text(weights, inspection.shape(output))}")
    notes += [verdict_word(inspection, v) for v in inspection.verdicts.values() if v.word != "verified"]
    return f"{title} ({'; '.join(notes)})" if notes else title


def verdict_word(inspection: Inspection, verdict: Verdict) -> str:
    """The word of a verdict; of a kink without a card that says so, what is known there."""
    if verdict.word == "kink" and verdict.differentiable and not inspection.kinks:
        return "differentiable, but not by the rules"
    return verdict.word


def function_text(inspection: Inspection) -> str:
    """The statements, every output with its name; of a large graph only the number of nodes."""
    outputs, names = inspection.outputs, inspection.names
    counted = f"a graph of {len(inspection.rows)} nodes"
    if len(inspection.rows) > LARGEST_GRAPH:
        return counted
    lines = expression_text(inspection.graph, outputs, separator="\n").split("\n")
    steps, results = lines[: -len(outputs)], lines[-len(outputs) :]
    for output, line in zip(outputs, results, strict=True):
        if line.startswith(f"{names[output]} = "):
            steps.append(line)
        elif line != names[output]:
            steps.append(f"{names[output]} = {line}")
        elif inspection.is_input(output):
            steps.append(line)
    text = "; ".join(steps or results)
    return text if len(text) <= LONGEST_TEXT else counted


def value_text(value: Any) -> str:
    """A bound value, or three dots where it is long."""
    text = format_nested(value)
    return text if len(text) <= LONGEST_VALUE else "…"
