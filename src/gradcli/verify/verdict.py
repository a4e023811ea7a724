"""The verdict on a gradient: kinks first, then what independent witnesses say of the numbers."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from gradcli.carriers.base import Carrier
from gradcli.carriers.tape import Tape, evaluate, input_values
from gradcli.methods.base import BLOCK, elements, flatten, methods
from gradcli.methods.reverse import output_cotangent, pull
from gradcli.problem import Derivative, Problem
from gradcli.verify.at_kink import AtKink, chosen
from gradcli.verify.clarke import Range, clarke_ranges
from gradcli.verify.explain import NoNumber, derivative_cause, finite, require_finite, value_cause
from gradcli.verify.kinks import bends_elsewhere, close, one_sided_derivatives
from gradcli.verify.limits import behaviours, limits_sentence, sides_of
from gradcli.verify.witnesses import Convention, Verdict, judge_numbers

if TYPE_CHECKING:
    from gradcli.verify.proof import Proof


@dataclass
class Checked:
    """A gradient with everything that was found on the way to its verdict. `gradient` is reverse mode's, at a kink with
    the values that are asked for there."""

    tape: Tape
    adjoints: list[Any]
    derivatives: dict[str, Derivative]
    verdict: Verdict
    gradient: dict[str, Any]
    proof: Proof | None = None


def check_gradient(problem: Problem, carrier: Carrier, at_kink: AtKink = "torch", precision: int = 0) -> Checked:
    """Reverse, forward and differences at the point, and how they agree; with so many proven digits. The value must be
    finite."""
    graph = problem.graph
    tape = evaluate(graph, [problem.output], carrier, input_values(graph, carrier, problem.point))
    adjoints = pull(tape, {problem.output: output_cotangent(carrier, problem)}, graph.inputs.values())
    found = {name: methods()[name].differentiate(problem, carrier) for name in ("reverse", "forward", "numerical")}
    gradient = found["reverse"].gradient
    assert gradient is not None
    verdict = _judge(problem, tape, adjoints, found, gradient)
    shown, verdict = chosen(problem, gradient, verdict, at_kink)
    checked = Checked(tape, adjoints, found, verdict, shown)
    if precision:
        from gradcli.verify.proof import prove_gradient

        checked.proof = prove_gradient(problem, precision)
        checked.verdict = checked.proof.judged(checked.verdict)
    return checked


def require_number(problem: Problem, carrier: Carrier, source: str) -> None:
    """Raise DomainError, naming the node, where the value is not finite at the point, unless balls prove that it is."""
    try:
        require_finite(problem, carrier, source)
    except NoNumber as error:
        from gradcli.verify.certainty import beyond_floats

        if beyond_floats(problem, carrier, error.message) is None:
            raise


def _judge(
    problem: Problem, tape: Tape, adjoints: list[Any], found: dict[str, Derivative], gradient: dict[str, Any]
) -> Verdict:
    if not problem.wrt:
        return Verdict("unverified", "there is no input to differentiate by")
    if not finite(found["reverse"].value):
        from gradcli.verify.certainty import beyond_floats

        node = value_cause(tape, problem.output)
        words = node.sentence if node else "the value is not finite"
        return beyond_floats(problem, tape.carrier, words) or Verdict("undefined", words)
    at_kink = judge_kink(problem, tape, gradient)
    if at_kink is not None:
        return at_kink
    if not all(finite(g) for g in gradient.values()):
        from gradcli.verify.certainty import beyond_floats

        cause = derivative_cause(tape, problem.output, adjoints)
        words = cause.sentence if cause else "the gradient is not finite"
        return beyond_floats(problem, tape.carrier, words) or _undefined(problem, words)
    return judge_numbers(problem, tape.carrier, found)


def _undefined(problem: Problem, sentence: str) -> Verdict:
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
