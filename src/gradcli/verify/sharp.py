"""The verdict where a primitive stands on its kink, and where the rules give no number: sides, Clarke's set, limits."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

from gradcli.carriers.tape import Tape
from gradcli.methods.base import BLOCK, elements, flatten
from gradcli.problem import Problem
from gradcli.verify.clarke import Range, clarke_ranges
from gradcli.verify.kinks import bends_elsewhere, close, one_sided_derivatives
from gradcli.verify.limits import behaviours, limits_sentence, sides_of
from gradcli.verify.witnesses import Convention, Verdict


def judge_undefined(problem: Problem, sentence: str) -> Verdict:
    """Where the rules give no number: the node, as a sentence says it, and what the function does there."""
    seen = behaviours(problem)
    if not seen or any(b.sides is None for b in seen):
        return Verdict("undefined", "; ".join(filter(None, [sentence, limits_sentence(seen)])))
    sides = sides_of(problem, seen)
    agree = all(s.agree for name in problem.wrt for s in sides[name])
    words = f"{sentence}, but one-sided derivatives exist and {'agree' if agree else 'differ'}"
    return Verdict("undefined", words, sides, differentiable=agree and len(seen) == 1)


def judge_kink(problem: Problem, tape: Tape, gradient: dict[str, Any]) -> Verdict | None:
    """The verdict at a kink; None when no component is affected by the kinks in the graph."""
    conventions = conventions_of(tape)
    if not conventions:
        return None
    ranges = clarke_ranges(problem, tape)
    answers = [g for name in problem.wrt for g in flatten(gradient[name])]
    if elements(problem) > BLOCK:
        return _judge_many(problem, ranges, answers, conventions, tape.carrier.dtype)
    sides = one_sided_derivatives(problem, tape)
    flat = [s for name in problem.wrt for s in sides[name]]
    known = Verdict("kink", "", sides, clarke=ranges, conventions=conventions)
    bent = (
        all(s.exist and s.agree for s in flat) and not single_valued(ranges) and bends_elsewhere(problem, tape, sides)
    )
    if bent:
        sentence = f"both sides agree along each input, but not along others: no derivative ({known.convention})"
        return replace(known, sentence=sentence)
    if all(s.exist and s.agree and close(s.left, g, tape.carrier.dtype) for s, g in zip(flat, answers, strict=True)):
        return None
    if not all(s.exist for s in flat):
        seen = limits_sentence(behaviours(problem)) or "not differentiable there: a jump or a vertical tangent"
        return Verdict("undefined", f"{seen} ({known.convention})", conventions=conventions)
    if not all(map(math.isfinite, answers)):
        sentence = f"the rules give no number there, but one-sided derivatives exist ({known.convention})"
        agree = all(s.agree for s in flat)
        return replace(known, word="undefined", sentence=sentence, differentiable=agree)
    if all(s.agree for s in flat):
        sentence = f"differentiable after all; the convention is not the derivative ({known.convention})"
        return replace(known, sentence=sentence, differentiable=True)
    return replace(known, sentence=f"one-sided derivatives differ; shown is the convention ({known.convention})")


def single_valued(ranges: dict[str, list[Range]] | None) -> bool:
    """Whether Clarke's set is one point, which makes a function strictly differentiable."""
    return ranges is not None and all(low == high for group in ranges.values() for low, high in group)


def conventions_of(tape: Tape) -> tuple[Convention, ...]:
    """Of the primitives that stand on their kinks."""
    primitives = [tape.primitive(node) for node in tape.kinks()]
    found = [
        Convention(p.spellings[0] if p.spellings else p.name, p.kink.convention, p.kink.jax)
        for p in primitives
        if p.kink
    ]
    return tuple(dict.fromkeys(found))


def _judge_many(
    problem: Problem,
    ranges: dict[str, list[Range]] | None,
    answers: list[float],
    conventions: tuple[Convention, ...],
    dtype: str,
) -> Verdict | None:
    """With too many inputs for one-sided derivatives: what the enclosure of Clarke's set says."""
    known = Verdict("kink", "", clarke=ranges, conventions=conventions)
    if ranges is None:
        return replace(known, sentence=f"with more than {BLOCK} inputs the sides are not computed ({known.convention})")
    flat = [ends for name in problem.wrt for ends in ranges[name]]
    if all(low == high and close(low, g, dtype) for (low, high), g in zip(flat, answers, strict=True)):
        # Clarke's set is one point: the function is differentiable there.
        return None
    wide = sum(low != high for low, high in flat)
    what = f"{wide} of {len(flat)} components have an interval of slopes; shown is the convention"
    sentence = f"{what}; with more than {BLOCK} inputs the sides are not computed ({known.convention})"
    return replace(known, sentence=sentence)
