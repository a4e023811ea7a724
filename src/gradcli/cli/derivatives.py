"""What the commands for Jacobians, Hessians and products with them share."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from gradcli.carriers.base import Carrier
from gradcli.cli.query import Bound, Query, bind, wanted_inputs
from gradcli.cli.runner import Report
from gradcli.errors import ExitStatus, ShapeError
from gradcli.layouts import Layout, layout_axes, layout_shape
from gradcli.methods.base import permuted
from gradcli.problem import Nested, Problem
from gradcli.shapes import Shape, format_shape
from gradcli.verify.explain import require_finite
from gradcli.verify.witnesses import Verdict


@dataclass
class Answer:
    """One output's derivative: its JSON, its lines of text without the verdict, and the verdict."""

    data: dict[str, Any]
    lines: list[str]
    verdict: Verdict


def report(query: Query, command: str, wrt: str, answer: Callable[[Bound, Problem, Carrier], Answer]) -> Report:
    """The answers for every output of a request."""
    bound = bind(query)
    carrier = bound.carrier()
    names = wanted_inputs(bound, wrt)
    problems = [
        Problem(bound.graph, output, names, bound.point, None, query.settings.dtype) for output in bound.outputs
    ]
    for problem in problems:
        require_finite(problem, carrier, query.text)
    answers = [answer(bound, problem, carrier) for problem in problems]
    results = [
        {
            "output": bound.output_name(problem.output),
            "shape": list(problem.output_shape),
            **found.data,
            "verdict": found.verdict.word,
            "reason": found.verdict.sentence,
            **interval_data(found.verdict),
        }
        for problem, found in zip(problems, answers, strict=True)
    ]
    head = {
        "schema": "gradcli/1",
        "command": command,
        "expression": query.text,
        "inputs": bound.point,
        "dtype": carrier.dtype,
        "device": carrier.device,
    }

    def show() -> None:
        from gradcli.render.answers import interval_text

        for found in answers:
            print("\n".join(found.lines))
            if found.verdict.word == "kink" and found.verdict.sides is not None:
                for name, sides in found.verdict.sides.items():
                    print(f"{name}: {interval_text(sides)}")
            print(f"{found.verdict.word}: {found.verdict.sentence} ({carrier.dtype}, {carrier.device})")

    status = next((a.verdict.status for a in answers if a.verdict.status), ExitStatus.ANSWERED)
    return Report({**head, **(results[0] if len(results) == 1 else {"results": results})}, show, status, bound.notes)


def interval_data(verdict: Verdict) -> dict[str, Any]:
    """The one-sided derivatives at a kink as JSON, if there are any."""
    if verdict.sides is None:
        return {}
    return {"interval": {n: [[min(s[:2]), max(s[:2])] for s in sides] for n, sides in verdict.sides.items()}}


def derivative_sign(query: Query) -> str:
    """The sign of a derivative on screen."""
    return "d" if query.settings.plain else "∂"


def arranged(value: Nested, output: Shape, input: Shape, layout: Layout) -> tuple[Nested, Shape]:
    """A derivative of layout torch in another, and its shape there."""
    axes = layout_axes(len(output), len(input), layout)
    return permuted(value, (*output, *input), axes), layout_shape(output, input, layout)


def require_scalar(bound: Bound, problem: Problem, what: str, ways: Sequence[str]) -> None:
    """Raise ShapeError, with the ways out, for an output that is not scalar."""
    if problem.output_shape:
        name, shape = bound.output_name(problem.output), format_shape(problem.output_shape)
        raise ShapeError(f"the output {name} has shape {shape}: {what} needs a scalar", hint=", or ".join(ways))
