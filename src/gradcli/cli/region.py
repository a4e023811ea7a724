"""`compare --points N --region ...`: the methods side by side at random points."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from gradcli.carriers.constants import evaluate_constant
from gradcli.cli.progress import progress
from gradcli.cli.query import Bound, Query, bind, problem_of
from gradcli.cli.runner import Report, first_status, one_or_all
from gradcli.cli.step_sizes import carrier_of
from gradcli.errors import ExpressionError, NameProblem, Span, UsageError, suggestion
from gradcli.render.json import SCHEMA
from gradcli.syntax.bindings import Binding, constant_value, interval_ends, split_bindings
from gradcli.verify.reference import Gate
from gradcli.verify.region import OUTSIDE, Interval, Survey, Worst, survey

HINT = "--region x=0..1,y=-pi..pi"
NOT_FINITE = ("inf", "infinity", "∞", "nan")
POINTS = 100
"""Where a region is given without a number of points."""
MOST_POINTS = 10_000_000


def read_region(typed: str, query: Query) -> dict[str, Interval]:
    """The intervals by input. Raises GradcliError that points into the text."""
    return {binding.name: read_interval(typed, binding, query) for binding in split_bindings(typed, HINT)}


def read_interval(typed: str, binding: Binding, query: Query) -> Interval:
    """`low..high`, each a constant expression."""
    places = interval_ends(typed, binding.value)
    if places is None:
        cause = f"the region of {binding.name} is an interval low..high"
        raise ExpressionError(cause, span=binding.value, source=typed, hint=HINT)
    ends = [read_end(typed, place, binding.name, query) for place in places]
    fault = fault_of(binding.name, *ends)
    if fault is not None:
        raise ExpressionError(fault[0], span=binding.value, source=typed, hint=fault[1])
    return Interval(*ends)


def read_end(typed: str, place: Span, name: str, query: Query) -> float:
    """One end of an interval, a constant expression."""
    if typed[place.start : place.end].lstrip("+-").lower() not in NOT_FINITE:
        value, shape = constant_value(typed, place, evaluate_constant, query.random)
        if not shape and math.isfinite(value):
            return float(value)
    cause = f"an end of the region of {name} is a finite number"
    raise ExpressionError(cause, span=place, source=typed, hint=HINT)


def fault_of(name: str, low: float, high: float) -> tuple[str, str] | None:
    """Why there are no points to draw from an interval, and what to do; None where there are."""
    if low == high:
        return f"the region of {name} is a single point, {low:g}", f"bind it: --at {name}={low!r}"
    if low > high:
        return f"the region of {name} is empty: {low:g} is above {high:g}", "the smaller end comes first"
    if not math.isfinite(high - low):
        return f"the region of {name} is wider than a float64 can hold", "choose ends that are closer together"
    return None


def check_points(points: int | None, region: str) -> int:
    """How many points were asked for; 0 for none. Raises UsageError."""
    if points is not None and not region:
        raise UsageError("--points needs a region to draw them from", hint=HINT)
    if points is not None and not 1 <= points <= MOST_POINTS:
        raise UsageError(f"--points is a number from 1 to {MOST_POINTS}, not {points}", hint=f"--points {POINTS}")
    return (points or POINTS) if region else 0


def survey_query(
    query: Query, names: list[str], wrt: str, cotangent: str, gate: Gate | None, points: int, typed: str
) -> Report:
    """The survey of each output. Cycles are collected: a point leaves twenty thousand bytes of them behind."""
    import gc

    gc.enable()
    region = read_region(typed, query)
    bound = bind_region(query, region)
    settings = query.settings
    with progress(points * len(bound.outputs), settings) as tell:
        found = [
            survey(
                problem_of(bound, output, wrt, cotangent),
                carrier_of(query),
                names,
                region,
                points,
                settings.seed,
                gate,
                lambda number, done=index * points: tell(done + number, "points"),  # type: ignore[misc]
            )
            for index, output in enumerate(bound.outputs)
        ]
    data: dict[str, Any] = {
        "schema": SCHEMA,
        "command": "compare",
        "expression": query.text,
        "inputs": {name: value for name, value in bound.point.items() if name not in region},
    }
    data |= one_or_all([survey_data(bound, s, region) for s in found])

    def show() -> None:
        from gradcli.render.region import print_survey

        for s in found:
            if not settings.quiet:
                print_survey(s, region, settings)

    return Report(data, show, first_status(s.status for s in found), bound.notes)


def bind_region(query: Query, region: Mapping[str, Interval]) -> Bound:
    """The request with the middle of each interval, or what --at binds, for shapes. Raises NameProblem."""
    bound_already = {binding.name for text in query.at for binding in split_bindings(text)} | set(query.values)
    middles = {name: (low + high) / 2 for name, (low, high) in region.items() if name not in bound_already}
    program = query.program
    inputs = list(program.free_names)
    for name in region:
        if name not in program.names:
            hint = suggestion(name, inputs, f"the inputs are {', '.join(inputs) or 'none'}")
            raise NameProblem(f"--region names {name}, which is no input", hint=hint)
    return bind(replace(query, values={**query.values, **middles}))


def survey_data(bound: Bound, found: Survey, region: Mapping[str, Interval]) -> dict[str, Any]:
    """The JSON of one survey."""
    settings = bound.query.settings
    point, verdict = found.first
    return {
        "output": bound.output_name(found.problem.output),
        "dtype": settings.dtype,
        "device": settings.device or "cpu",
        "region": {name: list(interval) for name, interval in region.items()},
        "points": found.points,
        "seed": settings.seed,
        "outside": found.counts[OUTSIDE],
        "counts": {word: n for word, n in found.counts.items() if word != OUTSIDE},
        "verdict": found.word,
        "reason": verdict.sentence,
        "at": dict(point),
        "tolerance": found.gate._asdict() if found.gate else None,
        "survey": {worst.method: worst_data(worst) for worst in found.methods},
    }


def worst_data(worst: Worst) -> dict[str, Any]:
    """The JSON of one method over the region."""
    row = worst.row
    return {
        "answered": worst.answered,
        "off": worst.off,
        "ulps": row.ulps if row else None,
        "difference": row.difference if row else None,
        "at": dict(worst.point),
        "seconds": worst.seconds,
    }
