"""`gradcli grad`: value and gradient of scalar functions, each with a verdict, and their sum."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

import typer

from gradcli.cli.options import AT, AT_KINK, COTANGENT, EXPRESSIONS, LAYOUT, WRT, Settings, with_settings
from gradcli.cli.query import Bound, Query, bind_all, problem_of
from gradcli.cli.runner import Report, first_status, one_or_all, run_all
from gradcli.layouts import Layout
from gradcli.methods.base import added, arranged, flatten
from gradcli.problem import Nested, Problem, separate
from gradcli.render.json import SCHEMA
from gradcli.verify.verdict import Checked, check_gradient, require_number
from gradcli.verify.witnesses import verdict_details

if TYPE_CHECKING:
    from gradcli.verify.at_kink import AtKink


@dataclass
class Gradient:
    """The checked gradient of one output, and what the output is called."""

    name: str
    problem: Problem
    checked: Checked


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("grad")(grad)


@with_settings
def grad(
    expressions: EXPRESSIONS,
    *,
    at: AT,
    wrt: WRT = "",
    cotangent: COTANGENT = "",
    accumulate: Annotated[
        bool, typer.Option("--accumulate", help="Also the sum of all gradients, as PyTorch's .grad would hold it.")
    ] = False,
    layout: LAYOUT = "torch",
    at_kink: AT_KINK = "torch",
    settings: Settings,
) -> int:
    """Value and gradient of scalar functions, checked by forward mode and differences."""
    return run_all(
        expressions, at, settings, lambda queries: answer(queries, wrt, cotangent, accumulate, layout, at_kink)
    )


def answer(
    queries: Sequence[Query], wrt: str, cotangent: str, accumulate: bool, layout: Layout, at_kink: AtKink
) -> Report:
    """The gradient of each output of each expression."""
    bounds, notes = bind_all(queries)
    lend_inputs(bounds, wrt)
    problems = [[problem_of(bound, output, wrt, cotangent) for output in bound.outputs] for bound in bounds]
    carriers = [bound.carrier() for bound in bounds]
    for query, carrier, group in zip(queries, carriers, problems, strict=True):
        for problem in group:
            require_number(problem, carrier, query.text)
    precision = queries[0].settings.precision
    found = [
        Gradient(bound.output_name(problem.output), problem, check_gradient(problem, carrier, at_kink, precision))
        for bound, carrier, group in zip(bounds, carriers, problems, strict=True)
        for problem in group
    ]
    if len(queries) > 1:
        number_outputs(found)
    data: dict[str, Any] = {
        "schema": SCHEMA,
        "command": "grad",
        "expression": "; ".join(query.text for query in queries),
        "inputs": {name: value for bound in bounds for name, value in bound.point.items()},
        "layout": layout,
        "dtype": carriers[0].dtype,
        "device": carriers[0].device,
    }
    results = [result_data(gradient, layout, at_kink) for gradient in found]
    data |= one_or_all(results)
    total = accumulated(found) if accumulate else {}
    if accumulate:
        data["accumulated"] = {
            name: arranged(value, (), problem.input_shape(name), layout)[0] for name, (value, problem) in total.items()
        }
    status = first_status(gradient.checked.verdict.status for gradient in found)
    plain, verbose = queries[0].settings.plain, queries[0].settings.verbose

    def show() -> None:
        from gradcli.render.answers import accumulated_lines, convention_lines, gradient_lines

        for gradient in found:
            print("\n".join(gradient_lines(gradient.name, gradient.problem, gradient.checked, plain, layout)))
            if verbose:
                for line in convention_lines(gradient.checked.verdict):
                    print(line)
        if not queries[0].settings.quiet and any(raises_the_question(gradient.checked) for gradient in found):
            print(f"note: {POINTER}", file=sys.stderr)
        if accumulate:
            print("\n".join(accumulated_lines(total, len(found), plain, layout)))

    return Report(data, show, status, notes)


POINTER = "gradcli why, with the same arguments, names the node and the reason"


def raises_the_question(checked: Checked) -> bool:
    """Whether a derivative does not exist or lost its digits, or one by a whole input is zero for no stated reason."""
    if checked.verdict.word in ("undefined", "kink", "ill-conditioned"):
        return checked.verdict.word != "kink"
    return any(not any(flatten(gradient)) for gradient in checked.gradient.values())


def lend_inputs(bounds: Sequence[Bound], wrt: str) -> None:
    """Make what --wrt names an input of every expression, if it is one of any: the derivative of the others is 0."""
    for name in separate(wrt):
        lender = next((bound for bound in bounds if name in bound.graph.inputs), None)
        if lender is not None:
            for bound in bounds:
                bound.graph.input(name, lender.graph.shapes[lender.graph.inputs[name]])
                bound.point[name] = lender.point[name]


def number_outputs(found: Sequence[Gradient]) -> None:
    """f1, f2, ... for the unnamed outputs of several expressions."""
    unnamed = [gradient for gradient in found if gradient.name == "f"]
    for number, gradient in enumerate(unnamed if len(unnamed) > 1 else [], 1):
        gradient.name = f"f{number}"


def accumulated(found: Sequence[Gradient]) -> dict[str, tuple[Nested, Problem]]:
    """The sum of the gradients by each input, with a problem that knows the input's shape."""
    total: dict[str, tuple[Nested, Problem]] = {}
    for gradient in found:
        for name, value in gradient.checked.gradient.items():
            known = total.get(name)
            total[name] = (value if known is None else added(known[0], value), gradient.problem)
    return total


def result_data(gradient: Gradient, layout: Layout, at_kink: AtKink) -> dict[str, Any]:
    """The JSON of one output."""
    from gradcli.render.answers import gradient_in_layout

    checked, problem = gradient.checked, gradient.problem
    blocks = {name: arranged(g, (), problem.input_shape(name), layout) for name, g in checked.gradient.items()}
    return {
        "output": gradient.name,
        "value": checked.derivatives["reverse"].value,
        "shape": list(problem.output_shape),
        "gradient": {name: block for name, (block, _) in blocks.items()},
        "shapes": {name: list(shape) for name, (_, shape) in blocks.items()},
        "verdict": checked.verdict.word,
        "reason": checked.verdict.sentence,
        "methods": {
            name: {"value": d.value, "derivative": d.gradient, "error": d.error, "sweeps": d.sweeps}
            for name, d in checked.derivatives.items()
        },
        **({"at_kink": at_kink} if checked.verdict.set_valued else {}),
        **verdict_details(gradient_in_layout(problem, checked.verdict, layout)),
        **proven_data(gradient, layout),
    }


def proven_data(gradient: Gradient, layout: Layout) -> dict[str, Any]:
    """The gradient in proven digits, if they were asked for."""
    from gradcli.render.answers import proven_blocks

    proof = gradient.checked.proof
    return {} if proof is None else proof.as_json("gradient", proven_blocks(gradient.problem, proof, layout))
