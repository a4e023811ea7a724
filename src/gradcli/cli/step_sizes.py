"""`compare --step-sizes`: the error of differences against their step, as text, as SVG, as JSON."""

from __future__ import annotations

from typing import Any

from gradcli.carriers.base import Carrier
from gradcli.cli.query import Query, bind, problem_of
from gradcli.cli.runner import Report
from gradcli.errors import UsageError
from gradcli.verify.comparison import undecidable
from gradcli.verify.remainder import Remainder
from gradcli.verify.step_sizes import Curve, StepStudy


def check_target(target: str) -> None:
    """Raise an error for a file that could not be written, before any work is done for it."""
    from gradcli.render.files import check_folder, ending

    check_folder(target, "v.svg")
    if ending(target).lower() != "svg":
        raise UsageError(f"--step-sizes writes SVG, and '{target}' does not end in .svg", hint="-o v.svg")


def study_query(query: Query, wrt: str, cotangent: str, target: str) -> Report:
    """The studies of the only output, one an input."""
    from gradcli.methods.base import methods
    from gradcli.verify.explain import require_finite
    from gradcli.verify.remainder import remainder_rate
    from gradcli.verify.step_sizes import study_steps

    bound = bind(query)
    if len(bound.outputs) > 1:
        cause = f"--step-sizes takes one output, and there are {len(bound.outputs)}"
        raise UsageError(cause, hint="leave the others out, or name them as steps: a = ...; b = ...")
    output = bound.outputs[0]
    problem = problem_of(bound, output, wrt, cotangent)
    carrier = carrier_of(query)
    if not problem.wrt:
        raise UsageError("there is no input to take steps in", hint='gradcli compare "x^2" --at x=3 --step-sizes')
    require_finite(problem, carrier, query.text)
    studies = study_steps(problem, carrier, undecidable(problem, carrier))
    remainder = remainder_rate(problem, methods()["reverse"].differentiate(problem, carrier))
    name, settings = bound.output_name(output), query.settings
    if target:
        write_chart(studies, query, name, target)
    data: dict[str, Any] = {
        **bound.head("compare", carrier),
        "output": name,
        "step_sizes": {study.name: study_data(study) for study in studies},
        "taylor_rate": rate_of(remainder),
    }
    if target:
        data["file"] = target

    def show() -> None:
        from gradcli.render.numbers import counted
        from gradcli.render.step_sizes import print_study

        if settings.quiet:
            return
        for study in studies:
            print_study(study, name, settings)
            print()
        if remainder is not None:
            print(remainder.sentence)
        if target:
            print(f"{target}: {counted(len(studies), 'chart')}")

    return Report(data, show, notes=bound.notes)


def carrier_of(query: Query) -> Carrier:
    """compare always sweeps on torch."""
    from gradcli.carriers.tensors import Tensors

    return Tensors(query.settings.device or "cpu", query.settings.dtype)


def write_chart(studies: list[StepStudy], query: Query, name: str, target: str) -> None:
    """The drawing as a file."""
    from gradcli.render.files import write_file
    from gradcli.render.step_chart import draw_studies
    from gradcli.render.svg import to_svg

    title = f"{query.text} at {', '.join(query.at)}" if query.at else query.text
    write_file(target, to_svg(draw_studies(studies, title, name)).encode())


def study_data(study: StepStudy) -> dict[str, Any]:
    """The JSON of one study."""
    return {
        "direction": study.direction,
        "derivative": study.true,
        "steps": study.steps,
        **{curve.name: curve_data(study, curve) for curve in study.curves},
    }


def curve_data(study: StepStudy, curve: Curve) -> dict[str, Any]:
    """Errors, best steps, branches."""
    branches = [b for b in (curve.truncation, curve.rounding) if b is not None]
    return {
        "errors": curve.errors,
        "best": None if curve.best is None else study.steps[curve.best],
        "theory": curve.theory,
        "branches": {b.name: {"power": b.power, "factor": b.factor, "seen": b.seen} for b in branches},
    }


def rate_of(remainder: Remainder | None) -> float | None:
    """The rate of the Taylor remainder; infinite where there is no remainder."""
    return None if remainder is None else remainder.rate
