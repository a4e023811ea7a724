"""What the commands for Jacobians, Hessians and products with them share."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from gradcli.carriers.base import Carrier
from gradcli.cli.query import Bound, Query, bind, inputs_of
from gradcli.cli.runner import Report, first_status, one_or_all
from gradcli.errors import ShapeError
from gradcli.problem import Problem
from gradcli.shapes import format_shape
from gradcli.verify.explain import require_finite
from gradcli.verify.witnesses import Verdict, verdict_details

if TYPE_CHECKING:
    from gradcli.render.matrices import Labelled


@dataclass
class Answer:
    """One output's derivative: its JSON, the arrays that are printed, a line about the sweeps, and the verdict."""

    data: dict[str, Any]
    arrays: list[Labelled]
    mode: str
    verdict: Verdict


def report(query: Query, command: str, wrt: str, answer: Callable[[Bound, Problem, Carrier], Answer]) -> Report:
    """The answers for every output of a request."""
    bound = bind(query)
    carrier = bound.carrier()
    names = inputs_of(bound, wrt)
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
            **verdict_details(found.verdict),
        }
        for problem, found in zip(problems, answers, strict=True)
    ]

    def show() -> None:
        from gradcli.render.derivatives import answer_lines

        for found in answers:
            print("\n".join(answer_lines(found.arrays, found.mode, found.verdict, carrier)))

    status = first_status(found.verdict.status for found in answers)
    return Report({**bound.head(command, carrier), **one_or_all(results)}, show, status, bound.notes)


def require_scalar(bound: Bound, problem: Problem, what: str, ways: Sequence[str]) -> None:
    """Raise ShapeError, with the ways out, for an output that is not scalar."""
    if problem.output_shape:
        name, shape = bound.output_name(problem.output), format_shape(problem.output_shape)
        raise ShapeError(f"the output {name} has shape {shape}: {what} needs a scalar", hint=", or ".join(ways))
