"""Verdicts on Jacobians and on products with them: each row is the gradient of one element of the output."""

from __future__ import annotations

import math
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from gradcli.carriers.base import Carrier
from gradcli.carriers.nodes import Node, Nodes
from gradcli.carriers.tape import evaluate, tape_of
from gradcli.errors import ShapeError
from gradcli.graph import Graph, display_names
from gradcli.methods.base import elements, flatten, unflatten, unit_directions
from gradcli.methods.differences import UNIT_ROUNDOFF
from gradcli.methods.forward import jvp
from gradcli.methods.jacobian import Mode, cheaper_mode, jacobian
from gradcli.methods.numerical import Line
from gradcli.methods.rounding import rounding_of_gradient
from gradcli.problem import Nested, Problem
from gradcli.shapes import Shape, index_of, size
from gradcli.verify.explain import finite
from gradcli.verify.kinks import Sides
from gradcli.verify.thresholds import ALL_DIGITS, is_seen, keeps_digits
from gradcli.verify.verdict import check_gradient
from gradcli.verify.witnesses import (
    ESTIMATE,
    ROUNDING,
    TrueNumbers,
    Verdict,
    any_tiny,
    may_underflow,
    shared_digits,
    worst,
)

ROWS = 64
"""A Jacobian of so many elements is checked row by row; a larger one along one cotangent."""
MOST_ELEMENTS = 2**25
"""Of a Jacobian or a Hessian: a quarter of a gigabyte of numbers, and several of text."""
ALONG = "along one cotangent"
STEP, DIRECTION = "the step along v", "v by"
"""Inputs of a function along a line; the blanks keep them apart from what a user may type."""


@dataclass
class CheckedJacobian:
    """The Jacobian by input as nested lists in the output's shape followed by the input's, with its verdict."""

    value: Nested
    blocks: dict[str, Nested]
    mode: Mode
    why: str
    verdict: Verdict


def check_jacobian(problem: Problem, carrier: Carrier, mode: Mode | None = None) -> CheckedJacobian:
    """The Jacobian of the problem's output by the given mode, or the cheaper one. The value must be finite."""
    graph, output = problem.graph, problem.output
    tape = tape_of(problem, carrier)
    sources = [graph.inputs[name] for name in problem.wrt]
    outputs, inputs = size(problem.output_shape), elements(problem)
    require_size(outputs * inputs, "Jacobian", "jvp or vjp gives its product with one direction")
    chosen = mode or cheaper_mode(tape, [output], sources)
    sweeps, others = (inputs, outputs) if chosen == "forward" else (outputs, inputs)
    other = "reverse" if chosen == "forward" else "forward"
    why = f"{counted(sweeps, chosen)}, where {other} would take {others}" + (", as asked" if mode else "")
    found = jacobian(tape, [output], sources, chosen)
    blocks = {name: carrier.nested(found[output, graph.inputs[name]]) for name in problem.wrt}
    verdict = judge_rows(problem, carrier, blocks)
    if verdict.word == "ill-conditioned":
        from gradcli.verify.proof import corrected, prove_jacobian

        proven = partial(prove_jacobian, problem, 0)
        verdict = corrected(verdict, problem, "jacobian", outputs, proven, lambda proof: proof.by_input())
    elif verdict.true is not None:
        verdict = replace(verdict, true=verdict.true._replace(kind="jacobian"))
    return CheckedJacobian(carrier.nested(tape.values[output]), blocks, chosen, why, verdict)


def require_size(count: int, what: str, mend: str) -> None:
    """Raise ShapeError for a derivative of more elements than anyone can use."""
    if count > MOST_ELEMENTS:
        raise ShapeError(f"the {what} has {count} elements, more than {MOST_ELEMENTS}", hint=mend)


def counted(sweeps: int, mode: str) -> str:
    """`3 reverse sweeps`."""
    return f"{sweeps} {mode} sweep{'s' * (sweeps != 1)}"


def judge_rows(problem: Problem, carrier: Carrier, blocks: Mapping[str, Nested]) -> Verdict:
    """Checked gradients of the output's elements, and whether the Jacobian's rows are they."""
    if not problem.wrt or not size(problem.output_shape) or not elements(problem):
        return Verdict("unverified", "there is nothing to differentiate by")
    verdicts = []
    for label, cotangent in cotangents(problem.output_shape, elements(problem)):
        weighted = replace(problem, cotangent=cotangent)
        checked = check_gradient(weighted, carrier)
        verdicts.append((label, checked.verdict))
        if all(map(finite, checked.gradient.values())):
            contrary = _contradiction(weighted, carrier, blocks, checked.gradient)
            if contrary is not None:
                verdicts.append((label, contrary))
    found = worst(verdicts)
    if verdicts[0][0] == ALONG and found.word == "verified":
        found = replace(found, sentence=f"{found.sentence}, {ALONG}")
    found = replace(found, true=known_of_all(found, [verdict for _, verdict in verdicts]))
    if not problem.output_shape:
        return found
    # One row's one-sided derivatives are not those of the whole.
    alone = verdicts[0][0] != ALONG and len(verdicts) == size(problem.output_shape)
    sides = sides_of_all(problem, [verdict for _, verdict in verdicts], blocks) if alone else None
    return replace(found, sides=sides if found.word == "kink" else None, clarke=None)


def sides_of_all(
    problem: Problem, verdicts: Sequence[Verdict], blocks: Mapping[str, Nested]
) -> dict[str, list[Sides]] | None:
    """The one-sided derivatives of every entry of a Jacobian, row-major; None where one is not known."""
    found: dict[str, list[Sides]] = {name: [] for name in problem.wrt}
    for row, verdict in enumerate(verdicts):
        if verdict.sides is None and verdict.word != "verified":
            return None
        for name in problem.wrt:
            count = size(problem.input_shape(name))
            smooth = [Sides(x, x, True) for x in flatten(blocks[name])[row * count : (row + 1) * count]]
            found[name] += verdict.sides[name] if verdict.sides is not None else smooth
    return found


def known_of_all(found: Verdict, verdicts: Sequence[Verdict]) -> TrueNumbers | None:
    """The true numbers that verdicts on rows know of the whole: the value, and the derivative where there is one row.
    Where a derivative is undefined, its components say so elsewhere."""
    known = [verdict.true for verdict in verdicts if verdict.true is not None]
    value = next((true.value for true in known if true.value is not None), None)
    derivative = known[0].derivative if len(verdicts) == 1 and known and found.word == "kink" else {}
    return TrueNumbers(value, derivative) if value is not None or derivative else None


def cotangents(shape: Shape, inputs: int) -> Iterator[tuple[str, Nested | None]]:
    """What to weigh the output's elements with, and a name for it: each alone where that is little work."""
    if not shape:
        yield "", None
    elif size(shape) * inputs <= ROWS:
        for number, unit in enumerate(unit_directions(shape)):
            yield f"row {index_of(number, shape)}", unit
    else:
        weights = random.Random(21)
        # No signs and no round numbers: the weighted rows would cancel where their entries are alike.
        yield ALONG, unflatten([weights.uniform(0.5, 1.5) for _ in range(size(shape))], shape)


def _contradiction(
    problem: Problem, carrier: Carrier, blocks: Mapping[str, Nested], gradient: Mapping[str, Nested]
) -> Verdict | None:
    """A verdict where the weighted Jacobian is not the checked gradient, beyond what rounding may do."""
    weights = [1.0] if problem.cotangent is None else flatten(problem.cotangent)
    unit = ROUNDING * UNIT_ROUNDOFF[carrier.dtype]
    roundings: dict[str, list[float]] | None = None
    for name in problem.wrt:
        rows = flatten(blocks[name])
        count = size(problem.input_shape(name))
        largest = max(map(abs, rows), default=0.0)
        for k, expected in enumerate(flatten(gradient[name])):
            column = rows[k::count]
            found = math.fsum(w * c for w, c in zip(weights, column, strict=True))
            slack = unit * (math.fsum(map(abs, column)) or largest)
            if abs(found - expected) <= slack:
                continue
            roundings = roundings or rounding_of_gradient(problem, carrier)
            if not abs(found - expected) <= slack + roundings[name][k]:
                return Verdict("wrong", f"the Jacobian gives {found!r} where reverse gives {expected!r} (by {name})")
            if not keeps_digits(math.fsum(map(abs, column)), abs(found - expected), carrier.dtype):
                numbers = f"{found!r} here and {expected!r} by a reverse sweep"
                return Verdict("ill-conditioned", f"rounding takes the digits of a derivative, {numbers}")
    return None


def check_jvp(problem: Problem, carrier: Carrier, tangent: Mapping[str, Nested]) -> tuple[Nested, Nested, Verdict]:
    """Value, J v and its verdict: that of the function along the line through the point in the tangent's direction."""
    value, product = jvp(problem, carrier, tangent)
    nested = carrier.nested(product)
    verdict = confirmed_by_slopes(problem, carrier, tangent, nested)
    if verdict is None:
        verdict = judge_rows(along(problem, tangent), carrier, {STEP: nested})
        if verdict.sides is not None:
            ranges = {"along v": verdict.clarke[STEP]} if verdict.clarke is not None else None
            verdict = replace(verdict, sides={"along v": verdict.sides[STEP]}, clarke=ranges)
        if verdict.word == "ill-conditioned":
            from gradcli.verify.proof import corrected, prove_jvp

            proven = partial(prove_jvp, problem, tangent, 0)
            verdict = corrected(verdict, problem, "jvp", 1, proven, lambda proof: proof.parts["v",])
        elif verdict.true is not None:
            product_text = verdict.true.derivative.get(STEP)
            verdict = replace(verdict, true=TrueNumbers(verdict.true.value, product_text, "jvp"))
    return carrier.nested(value), nested, verdict


def confirmed_by_slopes(
    problem: Problem, carrier: Carrier, tangent: Mapping[str, Nested], product: Nested
) -> Verdict | None:
    """`verified` where differences along the tangent are J v, off all kinks; None where they cannot say so."""
    shape = problem.output_shape
    tape = tape_of(problem, carrier)
    if tape.kinks() or not size(shape):
        return None
    numbers = flatten(product)
    shown = [*flatten(carrier.nested(tape.values[problem.output])), *numbers]
    suspect = any_tiny(shown)
    largest = max(map(abs, numbers))
    unit = ROUNDING * UNIT_ROUNDOFF[carrier.dtype]
    position = max(abs(x) for name in tangent for x in flatten(problem.point[name]))
    digits, where = ALL_DIGITS[carrier.dtype], ""
    for label, cotangent in cotangents(shape, 1):
        weights = [1.0] if cotangent is None else flatten(cotangent)
        ours = math.fsum(w * x for w, x in zip(weights, numbers, strict=True))
        line = Line(replace(problem, cotangent=cotangent), carrier)
        if value_is_doubtful(line) or (
            suspect and may_underflow(replace(along(problem, tangent), cotangent=cotangent))
        ):
            return None
        seen = line.slope(dict(tangent), position)
        rounding = unit * max(abs(ours), largest)
        tolerance = ESTIMATE * seen.error + rounding
        known = is_seen(max(abs(ours), largest or 1.0), tolerance, carrier.dtype)
        if not known or not abs(ours - seen.value) <= tolerance:
            return None
        digits = min(digits, shared_digits(ours, seen.value) if abs(ours) > rounding else 16)
        where = f", {ALONG}" if label == ALONG else ""
    return Verdict("verified", f"differences along v agree to {digits} digits{where}", digits=digits)


def value_is_doubtful(line: Line) -> bool:
    """Whether rounding may take the digits of the value itself."""
    here = line.here()
    return not keeps_digits(here, line.noise.of(here), line.carrier.dtype)


def along(problem: Problem, tangent: Mapping[str, Nested]) -> Problem:
    """The problem's output as a function of one number t, at x + t v and t = 0. Its nodes are called as those of the
    problem are, and x + t v is called x: what is said of them is said to who never saw t."""
    graph = Graph()
    m = Nodes(graph)
    step = Node(m, graph.input(STEP))
    point: dict[str, Nested] = {STEP: 0.0}
    moved: dict[int, Any] = {}
    for name, node in problem.graph.inputs.items():
        shape = problem.graph.shapes[node]
        here = Node(m, graph.input(name, shape))
        point[name] = problem.point[name]
        if name in tangent:
            direction = f"{DIRECTION} {name}"
            point[direction] = tangent[name]
            moving = step * Node(m, graph.input(direction, shape))
            here = here + moving
            graph.stand_ins |= {moving.id: f"{STEP} by {name}", here.id: name}
        moved[node] = here
    tape = evaluate(problem.graph, [problem.output], m, moved)
    for node in tape.nodes:
        if node in problem.graph.names and not problem.graph.is_leaf(node):
            graph.names[tape.values[node].id] = problem.graph.names[node]
    for node, name in display_names(problem.graph, [problem.output]).items():
        if not problem.graph.is_leaf(node):
            graph.labels[tape.values[node].id] = name
    return replace(problem, graph=graph, output=tape.values[problem.output].id, wrt=(STEP,), point=point)
