"""Judged claims as lines of text and as JSON."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping
from typing import Any

from gradcli.carriers.base import Carrier
from gradcli.layouts import Layout
from gradcli.methods.base import flatten
from gradcli.problem import Nested, Problem
from gradcli.render.answers import format_array, gradient_in_layout
from gradcli.render.numbers import format_nested, format_number
from gradcli.render.steps import ascii_signs
from gradcli.shapes import format_shape, index_of, size
from gradcli.verify.claims import RIGHT, UNDECIDED, UNDEFINED, WRONG, Judgement
from gradcli.verify.judging import Judged
from gradcli.verify.witnesses import Verdict, verdict_details

LONGEST_TEXT = 60
"""A longer claim is shown by its shape."""
LONGEST_ARRAY = 160
"""Of a longer text of an array only some components are shown."""
WORDS = (RIGHT, WRONG, UNDEFINED, UNDECIDED)
MOST_WRONG = 4
"""Wrong components that are listed."""


def claim_lines(
    judged: Judged, problem: Problem, output: str, carrier: Carrier, layout: Layout, plain: bool = False
) -> list[str]:
    """A line or two a claim, indented lines for the slips, and the verdict on the right answers."""
    heads = [head_text(j, problem, output) for j in judged.claims]
    width = max(map(len, heads))
    lines = []
    for head, judgement in zip(heads, judged.claims, strict=True):
        lines.append(f"{head:<{width}}   {answer_text(judgement, judged.verdict)}")
        lines += [f"  {line}" for line in slip_lines(judgement)]
    lines.append(verdict_line(judged, carrier, layout))
    return [ascii_signs(line) for line in lines] if plain else lines


def head_text(judgement: Judgement, problem: Problem, output: str) -> str:
    """`∂f/∂x2 = 2.283`."""
    claim = judgement.claim
    weighted = f"<cotangent, {output}>" if problem.cotangent is not None else output
    left = claim.name if judgement.of_value else f"∂{weighted}/∂{claim.name}"
    text = " ".join(claim.text.split())
    if len(text) > LONGEST_TEXT:
        text = f"[...] of shape {format_shape(claim.shape)}" if claim.shape else f"{text[: LONGEST_TEXT - 3]}..."
    return f"{left} = {text}"


def answer_text(judgement: Judgement, verdict: Verdict) -> str:
    """`right`, or `wrong: it is 1.7163378145367738`, and what else there is to say that the verdict does not."""
    tail = f" ({judgement.note})" if judgement.note not in ("", verdict.sentence) else ""
    if judgement.word == RIGHT:
        points = f" at {points_text(judgement.points)}" if judgement.points else ""
        return f"right{points}{tail}"
    if judgement.word == UNDEFINED:
        return f"undefined there, so that no number is right{tail}"
    if judgement.word == UNDECIDED:
        return f"cannot be told{tail}"
    if judgement.at_kink and (not judgement.shape or judgement.right is None):
        return f"wrong{places_text(judgement)}: {judgement.note}"
    if judgement.right is None:
        return f"wrong at {points_text(judgement.points)}{tail}"
    right = array_text(judgement, judgement.right)
    if judgement.point is not None:
        gives = given_text(judgement)
        here = "right at your point, but not everywhere: " if judgement.right_at_point else ""
        return f"{here}wrong at {point_text(judgement.point)}: it {gives}, right is {right}{tail}"
    return f"wrong{places_text(judgement)}: it is {right}{tail}"


def given_text(judgement: Judgement) -> str:
    """What a formula does at its counterexample: `gives 3`, or that there is no number."""
    claimed = judgement.claimed
    if judgement.shape or math.isfinite(claimed):
        return f"gives {array_text(judgement, claimed)}"
    return "has no value there" if math.isnan(claimed) else "is infinite there, or too large for a float64"


def array_text(judgement: Judgement, value: Nested) -> str:
    """A number, or an array; of a long one the components where the claim is wrong, at most a few."""
    text = format_array(value, judgement.shape)
    if len(text) <= LONGEST_ARRAY or not judgement.wrong:
        return text
    numbers = flatten(value)
    parts = [f"{format_number(numbers[k])} at {index_of(k, judgement.shape)}" for k in judgement.wrong[:MOST_WRONG]]
    return ", ".join(parts)


def points_text(count: int) -> str:
    """`all 36 points looked at`."""
    return f"all {count} points looked at" if count > 1 else "the only point there is"


def point_text(point: Mapping[str, Nested]) -> str:
    """`x1 = 1, x2 = 2`."""
    parts = []
    for name, value in point.items():
        text = format_nested(value)
        parts.append(f"{name} = {text}" if len(text) <= LONGEST_TEXT else f"{name} = [...]")
    return ", ".join(parts) or "the only point"


def places_text(judgement: Judgement) -> str:
    """` at [1], [2]` where some components of an array are wrong; nothing where all or the only one is."""
    count = size(judgement.shape)
    if not judgement.shape or len(judgement.wrong) == count:
        return ""
    places = [index_of(k, judgement.shape) for k in judgement.wrong[:MOST_WRONG]]
    more = f" and {len(judgement.wrong) - MOST_WRONG} more" if len(judgement.wrong) > MOST_WRONG else ""
    return f" at {', '.join(places)}{more}"


def slip_lines(judgement: Judgement) -> list[str]:
    """Where a wrong formula is right, and the slip that explains a wrong claim; of several all, called ambiguous."""
    told = [f"{e.kind}: {e.text}" for e in judgement.explanations]
    if len({e.kind for e in judgement.explanations}) > 1:
        told = ["ambiguous, one of these slips:", *(f"  {line}" for line in told)]
    here = ", as at your point" if judgement.right_at_point else ""
    return [*(f"right wherever {condition}{here}" for condition in judgement.conditions), *told]


def verdict_line(judged: Judged, carrier: Carrier, layout: Layout) -> str:
    """How many claims are right and wrong, then what the right answers rest on, with layout, dtype and device."""
    shaped = [j for j in judged.claims if j.shape and not j.of_value]
    stated = f"layout {layout}, " if shaped else ""
    word, sentence = judged.verdict.word, judged.verdict.sentence
    return f"{count_text(judged)}; reference {word}: {sentence} ({stated}{carrier.dtype}, {carrier.device})"


def count_text(judged: Judged) -> str:
    """`1 right, 2 wrong, 1 refused`: how many claims there are of each judgement."""
    counts = Counter(j.word for j in judged.claims)
    counts["refused"] = len(judged.refused)
    return ", ".join(f"{counts[word]} {word}" for word in (*WORDS, "refused") if counts[word])


def claims_data(judged: Judged, problem: Problem, layout: Layout) -> dict[str, Any]:
    """The verdict and the claims as JSON."""
    return {
        "verdict": judged.verdict.word,
        "reason": judged.verdict.sentence,
        "claims": [judgement_data(j) for j in judged.claims],
        "refused": [{"name": r.name, "claim": r.text, "error": r.error.as_json()} for r in judged.refused],
        **verdict_details(gradient_in_layout(problem, judged.verdict, layout)),
    }


def judgement_data(judgement: Judgement) -> dict[str, Any]:
    """One claim as JSON."""
    claim = judgement.claim
    data: dict[str, Any] = {
        "name": claim.name,
        "of": "value" if judgement.of_value else "derivative",
        "kind": "formula" if claim.formula is not None else "number",
        "claim": claim.text,
        "judgement": judgement.word,
        "right": judgement.right,
        "shape": list(judgement.shape),
        "wrong": [index_of(k, judgement.shape) for k in judgement.wrong] if judgement.shape else [],
        "note": judgement.note,
        "slips": [{"kind": e.kind, "text": e.text} for e in judgement.explanations],
    }
    if claim.formula is not None:
        data |= {"points": judgement.points, "counterexample": None}
        data |= {"right_at_point": judgement.right_at_point, "right_where": list(judgement.conditions)}
        if judgement.point is not None:
            data["counterexample"] = {"inputs": judgement.point, "gives": judgement.claimed}
    return data
