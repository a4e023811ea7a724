"""Mends: candidates from the rewritings, and the proof without which none is offered.

A candidate must have a finite value and gradient at the point, equal to the truth there to nearly all digits (in balls,
the gradient by differences of the primal too); it must equal the original at random other points; and the verdict on
it must not be bad. One whose value alone is right is no mend; it is told as what it is.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from gradcli.carriers.select import select_carrier
from gradcli.carriers.tape import evaluate, input_values
from gradcli.graph import Graph
from gradcli.methods.base import flatten, unflatten
from gradcli.methods.enclosures import working
from gradcli.problem import Nested, Problem
from gradcli.shapes import Shape, size
from gradcli.syntax.text import TextPrinter, expression_text
from gradcli.verify.conditioning import error
from gradcli.verify.explain import finite
from gradcli.verify.truth import error_of
from gradcli.verify.verdict import check_gradient
from gradcli.verify.why.findings import Mend
from gradcli.verify.why.patterns import matches_around, rewritten
from gradcli.verify.why.rewritings import EXACT_AGREEMENT
from gradcli.verify.why.scene import Scene
from gradcli.verify.why.truth import COMPARED, nearest
from gradcli.verify.witnesses import Verdict

ROUNDS = 4
"""Rewritings one after another: two overflows take two."""
MOST_TRIED = 24
POINTS = 12
ENOUGH = 3
"""Random points at which both must be finite, and equal."""
NEAR = 1e-60
"""So near is looked at a point where the original has no value."""
PLAIN_AGREEMENT = 9
"""The same in float64, where the graph is too large for balls."""
MOST_COMPONENTS = 8
"""Of a derivative that are compared with differences of the primal."""
MOST_DIGITS = {"float64": 16, "float32": 7}
"""That a number of the dtype has."""
NEEDED_DIGITS = {"float64": 12, "float32": 5}
"""That value and derivatives of a mend must have right."""
MOST_COMPARED = 20_000
"""Elements of all nodes, times components."""
LONGEST_INLINE = 40
"""Nodes of an expression that is written in one piece, without names for shared parts."""
GOOD = ("verified", "kink", "inconclusive", "unverified")

Candidate = tuple[Graph, int, int, int]
"""A graph, its output, the node of the old graph that was replaced and the node that replaces it."""


def mend_at(scene: Scene, guilty: int, next_guilty: Callable[[Scene], int | None]) -> Mend | None:
    """A proven rewriting at or around the guilty node; where one alone does not do, of the fault that is then first.
    One whose value alone is right, where none is complete."""
    now, first, of_value, digits = scene, None, None, EXACT_AGREEMENT
    for _ in range(ROUNDS):
        candidates: list[Candidate] = []
        equal: list[int] = []
        for match in _limited(matches_around(now.graph, now.tape.nodes, guilty)):
            found = rewritten(now.graph, now.problem.output, match)
            if found is not None:
                candidates.append((*found[:2], match.root, found[2]))
                equal.append(min(digits, match.rewriting.agreement))
        if not candidates:
            return of_value
        first = first or (now, candidates[0])
        for candidate, known in zip(candidates, equal, strict=True):
            mend = proven(scene, candidate, _local(*first) if now is not scene else None, known)
            if mend is not None and mend.complete:
                return mend
            of_value = of_value or mend
        fresh = _scene(scene, candidates[0])
        further = next_guilty(fresh)
        if further is None:
            return of_value
        now, guilty, digits = fresh, further, equal[0]
    return of_value


def _limited(matches: Iterator[Any]) -> Iterator[Any]:
    for _, match in zip(range(MOST_TRIED), matches, strict=False):
        yield match


def _scene(scene: Scene, candidate: Candidate) -> Scene:
    """The same question about the candidate."""
    graph, output = candidate[:2]
    problem = replace(scene.problem, graph=graph, output=output)
    device = scene.carrier.device if scene.carrier.name == "tensors" else None
    return Scene(problem, select_carrier(graph, graph.ancestors([output]), device, scene.carrier.dtype))


def proven(
    scene: Scene, candidate: Candidate, local: tuple[str, str] | None = None, digits: int = EXACT_AGREEMENT
) -> Mend | None:
    """The candidate as a mend, complete or not; None where something contradicts its value, or a derivative is not
    finite. It must be equal to so many digits everywhere."""
    fresh = _scene(scene, candidate)
    if not finite(fresh.value) or not all(map(finite, fresh.gradient.values())):
        return None
    known = _digits(scene, fresh)
    needed = NEEDED_DIGITS[scene.carrier.dtype]
    if known[0] is not None and known[0] < needed:
        return None
    gap = scene.truth.value is None and not finite(scene.value)
    if gap and not _continues(scene, fresh):
        return None
    equal = equal_at_random_points(scene, fresh, digits)
    if equal is None:
        return None
    verdict = check_gradient(fresh.problem, fresh.carrier).verdict
    if verdict.word == "wrong":
        return None
    right = (known[1] is None or known[1] >= needed) and _gives_what_exists(fresh, verdict)
    right = right and (not gap or _slopes_continue(scene, fresh))
    shapes = {name: scene.problem.input_shape(name) for name in scene.problem.wrt}
    return Mend(
        expression=whole_text(fresh.graph, fresh.problem.output),
        local=local or _local(scene, candidate),
        value=fresh.value,
        gradient={name: unflatten(numbers, shapes[name]) for name, numbers in fresh.gradient.items()},
        verdict=f"{verdict.word}: {verdict.sentence}",
        digits=known,
        points=equal[0],
        agreement=equal[1],
        # Of numbers whose digits are proven right an ill-conditioned one can only be too small for the dtype.
        complete=right and (verdict.word in GOOD or (verdict.word == "ill-conditioned" and None not in known)),
    )


def _gives_what_exists(fresh: Scene, verdict: Verdict) -> bool:
    """Whether the derivatives at a kink are those that exist there in spite of it."""
    return all(
        side.gives(number, fresh.carrier.dtype)
        for name, sides in (verdict.sides or {}).items()
        for side, number in zip(sides, fresh.gradient[name], strict=True)
        if side.agree
    )


def _local(scene: Scene, candidate: Candidate) -> tuple[str, str]:
    graph, _, old, new = candidate
    return text_of(scene.graph, old), text_of(graph, new)


def whole_text(graph: Graph, output: int) -> str:
    """The text of an output, with the name that it was given."""
    text = text_of(graph, output)
    name = graph.names.get(output)
    return text if name is None or "=" in text.replace("==", "") or graph.is_leaf(output) else f"{name} = {text}"


def text_of(graph: Graph, node: int) -> str:
    """An expression in one piece where it is short and nobody named a part of it, else with statements."""
    names = {n: name for name, n in graph.inputs.items()}
    parts: dict[int, int] = {}
    for part in graph.ancestors([node]):
        parts[part] = 1 + sum(parts[a] for a in graph.arguments[part])
    inner = [n for n in parts if n in graph.names and not graph.is_leaf(n) and n != node]
    if parts[node] <= LONGEST_INLINE and not inner:
        return TextPrinter(graph, names).write(node)
    return expression_text(graph, [node])


def _digits(scene: Scene, fresh: Scene) -> tuple[int | None, int | None]:
    """To how many digits a candidate's value and derivatives are the truth of the original (of the candidate, where the
    original has none); None where no truth is known."""
    truth = scene.truth if scene.truth.value is not None else fresh.truth
    dtype = scene.carrier.dtype
    if truth.value is None:
        return None, None
    value = _right_digits(_weighted(fresh), truth.value, dtype)
    if fresh.kinks:
        return value, None
    pairs = [(fresh.gradient[name][k], truth.derivative(name, k)) for name, k in components(scene)]
    known = (_right_digits(found, true, dtype) for found, true in pairs if true is not None)
    return value, min((count for count in known if count is not None), default=None)


def _right_digits(found: float, true: Any, dtype: str) -> int | None:
    """Significant digits; None where they are not known. What no float is nearer to has all that there are."""
    if found == nearest(true, dtype):
        return MOST_DIGITS[dtype]
    if not error(found, true) and true.contains(0):
        return None
    off = 1.0 if true.contains(0) else error_of(found, true) / float(abs(true).lower())
    if off >= 1:
        return 0
    return MOST_DIGITS[dtype] if off == 0 else min(MOST_DIGITS[dtype], int(-math.log10(off)))


def _weighted(scene: Scene) -> float:
    values = flatten(scene.value)
    if scene.problem.cotangent is None:
        return values[0]
    return math.fsum(w * v for w, v in zip(flatten(scene.problem.cotangent), values, strict=True))


def components(scene: Scene) -> list[tuple[str, int]]:
    """The components that are compared: those at fault first, then others evenly."""
    every = [(name, k) for name, numbers in scene.gradient.items() for k in range(len(numbers))]
    bad = [(name, k) for name, k in every if not math.isfinite(scene.gradient[name][k]) or not scene.gradient[name][k]]
    even = every[:: max(1, len(every) // (MOST_COMPONENTS // 2))]
    affordable = max(2, min(MOST_COMPONENTS, MOST_COMPARED // max(1, scene.truth.count)))
    return list(dict.fromkeys([*bad[: affordable // 2], *even]))[:affordable]


def equal_at_random_points(scene: Scene, fresh: Scene, digits: int = EXACT_AGREEMENT) -> tuple[int, int] | None:
    """At how many random points the outputs are equal, and to how many digits; None where they differ at one, or too
    few points are in the domain."""
    in_balls = not (scene.truth.refusal or fresh.truth.refusal)
    compare = partial(_equal_precisely, digits=digits) if in_balls else _equal_plainly
    equal = 0
    for point in random_points(scene.problem):
        found = compare(scene, fresh, point)
        if found is False:
            return None
        equal += found is True
        if equal == ENOUGH + 2:
            break
    return (equal, digits if in_balls else PLAIN_AGREEMENT) if equal >= ENOUGH else None


def _continues(scene: Scene, fresh: Scene) -> bool:
    """Whether the original, where it has no value, tends to that of the candidate: it is looked at so near that only a
    logarithm could hide a difference."""
    goal = flatten(fresh.value)
    seen = 0
    for step in (NEAR, -NEAR):
        everywhere = {name: _filled(step, scene.problem.input_shape(name)) for name in scene.problem.wrt}
        found = scene.truth.outputs(scene.problem.point, everywhere)
        if all(ball.is_finite() for ball in found):
            seen += 1
            pairs = zip(found, goal, strict=True)
            if not all(abs(ball - g) <= scene.least * max(1, abs(g)) for ball, g in pairs):
                return False
    return seen > 0


def _slopes_continue(scene: Scene, fresh: Scene) -> bool:
    """Whether the slopes of the original towards the point, where it has no value, are the candidate's derivatives."""
    problem = scene.problem
    goal = _weighted(fresh)
    for name, k in components(scene):
        slope, seen = fresh.gradient[name][k], 0
        for step in (NEAR, -NEAR):
            found = scene.truth.outputs(problem.point, {name: _filled(step, problem.input_shape(name), k)})
            if all(ball.is_finite() for ball in found):
                seen += 1
                weights = [1.0] if problem.cotangent is None else flatten(problem.cotangent)
                with working(COMPARED):
                    rise = sum((ball * w for ball, w in zip(found, weights, strict=True)), start=found[0] * 0) - goal
                    if not abs(rise / step - slope) <= scene.least * max(1, abs(slope)):
                        return False
        if not seen:
            return False
    return True


def _filled(number: float, shape: Shape, only: int | None = None) -> Nested:
    return unflatten([number if only in (None, k) else 0.0 for k in range(size(shape))], shape)


def random_points(problem: Problem) -> Iterator[dict[str, Nested]]:
    """Points near the one asked about and farther away: every other one moves only what is differentiated by, since
    other inputs may be places or classes."""
    draw = random.Random(1)
    ranges = ((-2.0, 2.0), (0.1, 3.0), (-1.0, 1.0))
    for number in range(POINTS):
        low, high = ranges[number % len(ranges)]
        moved = {}
        for name in problem.graph.inputs:
            value = problem.point[name]
            if number % 2 and name not in problem.wrt:
                moved[name] = value
                continue
            numbers = flatten(value) if size(problem.input_shape(name)) else []
            near = number % 3 == 2
            drawn = [n * draw.uniform(0.9, 1.1) if near else draw.uniform(low, high) for n in numbers]
            moved[name] = unflatten(drawn, problem.input_shape(name))
        yield moved


def _equal_precisely(scene: Scene, fresh: Scene, point: Mapping[str, Nested], digits: int) -> bool | None:
    """Whether both are equal in balls; None where the original has no value, or balls cannot tell."""
    before, after = (s.truth.outputs(point) for s in (scene, fresh))
    if not all(ball.is_finite() for ball in before):
        return None
    bound = max((float(ball.abs_upper()) for ball in before), default=0.0) * 10.0**-digits
    gaps = [abs(a - b) for a, b in zip(after, before, strict=True)]
    if all(gap <= bound for gap in gaps):
        return True
    return False if any(not gap.is_finite() or gap > bound for gap in gaps) else None


def _equal_plainly(scene: Scene, fresh: Scene, point: Mapping[str, Nested]) -> bool | None:
    """The same in float64."""
    values = []
    for s in (scene, fresh):
        graph, output = s.graph, s.problem.output
        tape = evaluate(graph, [output], s.carrier, input_values(graph, s.carrier, point))
        values.append(flatten(s.carrier.nested(tape.values[output])))
    before, after = values
    if not finite(before):
        return None
    bound = max(map(abs, before), default=0.0) * 10.0**-PLAIN_AGREEMENT
    return finite(after) and all(abs(a - b) <= bound for a, b in zip(after, before, strict=True))
