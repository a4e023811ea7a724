"""The verdict where a primitive stands on its kink, and where the rules give no number: sides, Clarke's set, limits."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from gradcli.carriers.tape import Tape
from gradcli.methods.base import BLOCK, elements, flatten, numbers_of, unflatten, weigh
from gradcli.methods.differences import UNIT_ROUNDOFF
from gradcli.methods.proven import is_number, proven_text
from gradcli.methods.reverse import METHOD as REVERSE
from gradcli.methods.rounding import rounding_bound
from gradcli.problem import Derivative, Problem
from gradcli.verify.certainty import CLOSE, judge_by_truth
from gradcli.verify.clarke import Range, clarke_ranges
from gradcli.verify.kinks import SEEN, Sides, bends_elsewhere, close, one_sided_derivatives
from gradcli.verify.limits import (
    DIGITS,
    MOST_DIRECTIONS,
    Behaviour,
    behaviours,
    limits_sentence,
    sides_of,
    slopes_beside,
)
from gradcli.verify.thresholds import keeps_digits
from gradcli.verify.ties import Ties
from gradcli.verify.truth import truth_of
from gradcli.verify.witnesses import Convention, TrueNumbers, Verdict, any_tiny, may_underflow, roundings_of

BY_LIMITS = "by numerical limits of the function, in balls"
TOO_MANY = f"more than {MOST_DIRECTIONS} elements are not looked at, so that a derivative may exist"
AGREE_ALONG_AXES = "both sides agree along each input, but"


def judge_undefined(problem: Problem, sentence: str, gradient: dict[str, Any]) -> Verdict:
    """Where the rules give no number: the node, as a sentence says it, and what the function does there."""
    seen = behaviours(problem)
    if not seen and elements(problem) > MOST_DIRECTIONS:
        odd = [k for k, g in enumerate(numbers_of(problem, gradient)) if not math.isfinite(g)]
        return _of_many(problem, odd, sentence)
    if not seen or any(b.sides is None for b in seen):
        words = "; ".join(filter(None, [sentence, limits_sentence(seen)]))
        true = with_derivatives(_value_as_written(problem, seen), true_components(problem, seen, gradient))
        return Verdict("undefined", words, defined=defined_components(problem, seen), true=true)
    found = _by_limits(problem, seen)
    return replace(found, sentence=f"{found.sentence}; {sentence}")


def judge_edge(problem: Problem, numerical: Derivative, gradient: dict[str, Any]) -> Verdict | None:
    """The verdict where differences leave the domain because the point is on its edge; None where it is not."""
    slopes = [] if numerical.gradient is None else numbers_of(problem, numerical.gradient)
    return judge_unseen(problem, [k for k, slope in enumerate(slopes) if math.isnan(slope)], gradient)


def judge_unresolved(problem: Problem, gradient: dict[str, Any]) -> Verdict | None:
    """The same where differences do not resolve the point, of as many components as are looked at."""
    count = elements(problem)
    return judge_unseen(problem, range(count), gradient) if count <= MOST_DIRECTIONS else None


def judge_unseen(problem: Problem, places: Sequence[int], gradient: dict[str, Any]) -> Verdict | None:
    """The verdict where differences do not see some components: undefined at the edge of the domain; None elsewhere."""
    if len(places) > MOST_DIRECTIONS:
        return Verdict("inconclusive", f"differences leave the domain; {TOO_MANY}")
    if all(b.left.defined == b.right.defined for b in behaviours(problem, places)):
        return None
    many = elements(problem) > MOST_DIRECTIONS
    return _of_many(problem, places, "") if many else judge_undefined(problem, "", gradient)


def _of_many(problem: Problem, places: Sequence[int], sentence: str) -> Verdict:
    """Where there are more components than are looked at: the limits along those that the rules do not give."""
    seen = behaviours(problem, places[:MOST_DIRECTIONS])
    words = limits_sentence([b for b in seen if b.sides is None][:1])
    if words:
        return Verdict("undefined", "; ".join(filter(None, [sentence, words])))
    return Verdict("inconclusive", "; ".join(filter(None, [sentence, TOO_MANY])))


def judge_limits(problem: Problem, tape: Tape, gradient: dict[str, Any]) -> Verdict | None:
    """Where neither floats nor the rules in balls know the derivative: what limits of the function say of the numbers
    that are shown, or that there are two, or a pole; None where they say nothing."""
    at_pole = judge_pole(problem)
    if at_pole is not None:
        return at_pole
    seen = behaviours(problem)
    if not seen or any(b.sides is None for b in seen):
        return None
    found = _by_limits(problem, seen)
    if found.sides is None or not found.differentiable:
        return replace(found, sentence=f"{found.sentence}; {tape.carrier.dtype} misses the kink by rounding")
    value = float(weigh(tape.carrier, problem.cotangent, problem.output_shape, tape.values[problem.output]))
    shown = [
        (g, s.left) for name in problem.wrt for g, s in zip(flatten(gradient[name]), found.sides[name], strict=True)
    ]
    known = [(value, b.at_point) for b in seen if b.at_point is not None]
    if all(abs(a - b) <= SEEN * abs(b) for a, b in [*shown, *known]):
        return Verdict("verified", f"the sweeps give what the function tends to ({BY_LIMITS})", digits=8)
    return None


def judge_pole(problem: Problem) -> Verdict | None:
    """The verdict where what is written has a pole, which floats miss; None elsewhere."""
    seen = behaviours(problem)
    if not any(b.is_pole for b in seen):
        return None
    words = f"as it is written, there is no value: {limits_sentence(seen)}; {problem.dtype} misses it by rounding"
    return Verdict("undefined", words, true=_value_as_written(problem, seen))


def _value_as_written(problem: Problem, seen: Sequence[Behaviour]) -> TrueNumbers | None:
    """That there is no value, although floats have one: 1/(1/0) is 0 in IEEE 754. Of an array, one element may be all
    that has none."""
    missing = not problem.output_shape and any(b.at_point is None for b in seen)
    return TrueNumbers("undefined", {}) if missing else None


def _by_limits(problem: Problem, seen: Sequence[Behaviour]) -> Verdict:
    """Where one-sided derivatives are seen along all inputs: a kink, or a derivative after all."""
    sides = sides_of(problem, seen)
    known = Verdict("kink", "", sides, clarke=slopes_beside(problem, seen))
    if not all(s.agree for name in problem.wrt for s in sides[name]):
        return replace(known, sentence=f"one-sided derivatives differ ({BY_LIMITS})")
    bends = bends_elsewhere(problem, None, sides, certain=False)
    if bends is False:
        return replace(known, sentence=f"differentiable after all ({BY_LIMITS})", differentiable=True)
    others = "not along others: no derivative" if bends else "what others give is not seen"
    return replace(known, sentence=f"{AGREE_ALONG_AXES} {others} ({BY_LIMITS})")


def defined_components(problem: Problem, seen: Sequence[Behaviour]) -> dict[str, list[bool]] | None:
    """Of which components a partial derivative is seen; None where it is of none."""
    found: dict[str, list[bool]] = {name: [] for name in problem.wrt}
    for behaviour in seen:
        found[behaviour.name].append(behaviour.sides is not None and behaviour.sides.agree)
    return found if any(map(any, found.values())) else None


def true_components(problem: Problem, seen: Sequence[Behaviour], gradient: dict[str, Any]) -> dict[str, Any]:
    """By input, the derivatives of the components that have one, where the numbers that are shown are others."""
    found = {}
    for name in problem.wrt:
        sides = [behaviour.sides for behaviour in seen if behaviour.name == name]
        shown = zip(sides, flatten(gradient[name]), strict=False)
        if any(s is not None and s.agree and not s.gives(g, problem.dtype) for s, g in shown):
            texts = [f"{s.left:.{DIGITS}g}" if s is not None and s.agree else "undefined" for s in sides]
            found[name] = unflatten(texts, problem.input_shape(name))
    return found


def with_derivatives(true: TrueNumbers | None, derivatives: dict[str, Any]) -> TrueNumbers | None:
    """True numbers with derivatives, if there are any."""
    return TrueNumbers(true.value if true else None, derivatives) if derivatives else true


def judge_kink(problem: Problem, ties: Ties, computed: Tape, gradient: dict[str, Any]) -> Verdict | None:
    """The verdict at a kink of the function as it is written; None when no component is affected by the kinks in the
    graph. `computed` holds what floats make of it."""
    tape = ties.tape
    conventions = conventions_of(tape)
    if not conventions:
        return None
    ranges = clarke_ranges(problem, tape)
    answers = numbers_of(problem, gradient)
    if elements(problem) > BLOCK:
        return _judge_many(problem, ranges, answers, conventions, tape.carrier.dtype)
    sides = one_sided_derivatives(problem, tape, ties.certain)
    lost = lost_off_kinks(problem, computed, sides)
    if lost is not None and lost.true is not None:
        if len(lost.true.derivative) == len(problem.wrt) and not bends_elsewhere(problem, tape, sides, ties.certain):
            return lost
        sides = {**sides, **_true_sides(lost.true)}
    flat = [s for name in problem.wrt for s in sides[name]]
    known = Verdict(
        "kink",
        "",
        sides,
        clarke=ranges,
        conventions=conventions,
        true=lost.true if lost is not None else _lost_value(problem, ties, computed),
    )
    about = "".join(
        [
            f" ({known.convention})",
            f" ({BY_LIMITS})" if any(s.limit for s in flat) else "",
            "" if ties.certain else "; that the point is on the kink is not proven: balls cannot tell it from one",
            f"; off the kink, {lost.sentence}" if lost is not None else "",
        ]
    )
    if not all(s.exist for s in flat):
        seen = behaviours(problem)
        if not seen and elements(problem) > MOST_DIRECTIONS:
            found = _of_many(problem, [k for k, s in enumerate(flat) if not s.exist], known.convention)
            exist = {name: [s.exist and s.agree for s in sides[name]] for name in problem.wrt}
            return replace(found, defined=exist if any(map(any, exist.values())) else None)
        words = limits_sentence(seen)
        # Where nothing is seen a derivative may exist all the same, unless there is a pole on the way.
        return replace(
            known,
            word="undefined" if words or _has_pole(problem, computed, answers) else "inconclusive",
            sentence=f"{words or 'one-sided derivatives are not seen there'}{about}",
            sides=None,
            clarke=None,
            defined=defined_components(problem, seen),
            true=with_derivatives(known.true, true_components(problem, seen, gradient)),
        )
    agree = all(s.agree for s in flat)
    bends = bends_elsewhere(problem, tape, sides, ties.certain) if agree else False
    if bends:
        return replace(known, sentence=f"{AGREE_ALONG_AXES} not along others: no derivative{about}")
    if agree and all(s.gives(g, tape.carrier.dtype) for s, g in zip(flat, answers, strict=True)):
        return None
    if bends is None:
        return replace(known, sentence=f"{AGREE_ALONG_AXES} what others give is not seen{about}")
    finite = all(map(math.isfinite, answers))
    missed = f"{tape.carrier.dtype} misses the kink by rounding" if _misses(ties, computed) else ""
    if agree:
        shown = missed or "the convention is not the derivative" if finite else "the rules give no number"
        return replace(known, sentence=f"differentiable after all; {shown}{about}", differentiable=True)
    shown = "shown is the convention" if finite else "the rules give no number there"
    if finite and missed:
        shown = f"{missed}, and shown is what it gives"
    told = all(s.agree or s.left != s.right for s in flat)
    differ = "differ" if told else f"differ by less than {tape.carrier.dtype} can tell"
    return replace(known, sentence=f"one-sided derivatives {differ}; {shown}{about}")


def lost_off_kinks(problem: Problem, tape: Tape, sides: dict[str, list[Sides]]) -> Verdict | None:
    """That the value, or a derivative by an input that no kink affects, has lost its digits; None where none has, or
    the truth is not known."""
    smooth = tuple(name for name in problem.wrt if sides[name] and all(s.agree for s in sides[name]))
    part = replace(problem, wrt=smooth)
    found = REVERSE.differentiate(part, tape.carrier)
    assert found.gradient is not None
    dtype = tape.carrier.dtype
    bound = rounding_bound(part, tape.carrier) if smooth else None
    kept = bound is None or all(keeps_digits(n, r, dtype) for n, r in roundings_of(part, found, bound))
    shown = [*flatten(found.value), *numbers_of(part, found.gradient)]
    if kept and not (any_tiny(shown) and may_underflow(part)):
        return None
    verdict = judge_by_truth(part, tape.carrier, {"reverse": found, "forward": found})
    return verdict if verdict is not None and verdict.word == "ill-conditioned" else None


def _true_sides(true: TrueNumbers) -> dict[str, list[Sides]]:
    """The derivatives by inputs that no kink affects, where balls prove them."""
    texts = {name: list(map(str, flatten(block))) for name, block in true.derivative.items()}
    numbers = {name: list(map(float, found)) for name, found in texts.items() if all(map(is_number, found))}
    return {name: [Sides(x, x, True) for x in found] for name, found in numbers.items()}


def _has_pole(problem: Problem, tape: Tape, numbers: Sequence[float]) -> bool:
    """Whether some numbers or values on the way are infinite, and in balls too: floats alone overflow."""
    values = (x for node in tape.nodes for x in flatten(tape.carrier.nested(tape.values[node])))
    return not all(map(math.isfinite, (*numbers, *values))) and truth_of(problem, tape.carrier, finite=False) is None


def _misses(ties: Ties, computed: Tape) -> bool:
    """Whether floats are beside a kink of the function as it is written."""
    return computed is not ties.tape and bool(set(ties.tape.kinks()) - set(computed.kinks()))


def _lost_value(problem: Problem, ties: Ties, computed: Tape) -> TrueNumbers | None:
    """The value as it is written, where floats that miss a kink have lost it."""
    carrier = computed.carrier
    found, true = (flatten(carrier.nested(tape.values[problem.output])) for tape in (computed, ties.tape))
    unit = CLOSE * UNIT_ROUNDOFF[carrier.dtype]
    if all(abs(a - b) <= unit * abs(b) for a, b in zip(found, true, strict=True)):
        return None
    import flint

    return TrueNumbers(unflatten([proven_text(flint.arb(x)) for x in true], problem.output_shape), {})


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
