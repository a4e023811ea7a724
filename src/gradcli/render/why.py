"""A diagnosis as lines of text and as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from gradcli.render.answers import answer_line, format_array, gradient_text
from gradcli.shapes import Shape, index_text
from gradcli.verify.why.findings import Diagnosis, Finding, Kind, Mend, Part

MOST_FINDINGS = 8
MOST_ELEMENTS = 4
"""Of one part that are named."""
LONGEST_EXPRESSION = 400
WORDS: dict[Kind, str] = {
    "zero": "zero",
    "tiny": "almost zero",
    "nan": "NaN",
    "infinite": "infinite",
    "undefined": "undefined",
    "kink": "at a kink",
    "digits": "digits lost",
}
ALL_WELL = "every derivative is finite and non-zero"


def diagnosis_lines(diagnosis: Diagnosis, plain: bool = False, full: bool = False, several: bool = False) -> list[str]:
    """Value, gradient, and a paragraph a finding; one line where nothing is wrong, with the output's name if it is one
    of several."""
    problem = diagnosis.problem
    if not diagnosis.findings:
        return [well(diagnosis, several)]
    d = "d" if plain else "∂"
    lines = [f"{diagnosis.output} = {format_array(diagnosis.value, problem.output_shape)}"]
    width = max((len(name) for name in problem.wrt), default=0)
    for name in problem.wrt:
        answer, about = gradient_text(diagnosis.gradient[name], problem.input_shape(name), "torch")
        lines.append(answer_line(f"{derivative(diagnosis, d)}{name:<{width}}", answer, about))
    shown = diagnosis.findings if full else diagnosis.findings[:MOST_FINDINGS]
    for finding in shown:
        lines += ["", *finding_lines(diagnosis, finding, d, full)]
    hidden = diagnosis.findings[len(shown) :]
    if hidden:
        count = sum(finding.count for finding in hidden)
        lines += ["", f"and {len(hidden)} more reasons for {count} numbers; --full shows them"]
    return [*lines, *([""] if diagnosis.notes else []), *diagnosis.notes]


def well(diagnosis: Diagnosis, several: bool) -> str:
    """The line that says that nothing is wrong, as far as was looked."""
    found = ALL_WELL if diagnosis.problem.wrt else "there is no input to differentiate by"
    return "; ".join([f"{diagnosis.output}: {found}" if several else found, *diagnosis.notes])


def derivative(diagnosis: Diagnosis, d: str) -> str:
    """What stands before the name of an input."""
    weighted = diagnosis.problem.cotangent is not None
    return f"{d}<cotangent, {diagnosis.output}>/{d}" if weighted else f"{d}{diagnosis.output}/{d}"


def finding_lines(diagnosis: Diagnosis, finding: Finding, d: str, full: bool) -> list[str]:
    """What, where, why, the mend and its proof."""
    parts = ", ".join(part_text(diagnosis, part, d) for part in finding.parts)
    lines = [f"{WORDS[finding.kind]}: {parts}, at {node_text(finding)}", f"  why    {finding.reason}"]
    lines += [f"         {detail}" for detail in finding.details]
    if finding.mend is not None:
        lines += mend_lines(diagnosis, finding.mend, d, full)
    elif finding.hint:
        lines.append(f"  help   {finding.hint}")
    return lines


def node_text(finding: Finding) -> str:
    """`v2 = sqrt(x)`, and how many nodes are like it."""
    where = finding.name if finding.name == finding.text else f"{finding.name} = {finding.text}"
    return f"{where} and {finding.others} more such nodes" if finding.others else where


def part_text(diagnosis: Diagnosis, part: Part, d: str) -> str:
    """`∂f/∂x`, `∂f/∂x[0], [3]`, `3 of 5 components of ∂f/∂x`."""
    problem = diagnosis.problem
    shape: Shape = problem.input_shape(part.name) if part.name else problem.output_shape
    label = derivative(diagnosis, d) + part.name if part.name else f"the value of {diagnosis.output}"
    if not shape:
        return label
    if len(part.elements) == part.total:
        return f"all {part.total} components of {label}" if part.total > 1 else f"{label}{index_text(0, shape)}"
    indices = [index_text(element, shape) for element in part.elements[:MOST_ELEMENTS]]
    if len(part.elements) <= MOST_ELEMENTS:
        return label + ", ".join(indices)
    return f"{len(part.elements)} of {part.total} components of {label} ({', '.join(indices)}, ...)"


def mend_lines(diagnosis: Diagnosis, mend: Mend, d: str, full: bool) -> list[str]:
    """The expression to paste, what is replaced in it, and the proof."""
    problem = diagnosis.problem
    if full or len(mend.expression) <= LONGEST_EXPRESSION:
        lines = [f"  mend   {mend.expression}"]
    elif len(mend.local[1]) <= LONGEST_EXPRESSION:
        lines = [f"  mend   {mend.local[1]}   instead of {mend.local[0]} (the whole expression with --full)"]
    else:
        lines = ["  mend   found, and too long to print: --full, or --json"]
    numbers = [f"{diagnosis.output} = {format_array(mend.value, problem.output_shape)}"]
    for name in problem.wrt:
        text, _ = gradient_text(mend.gradient[name], problem.input_shape(name), "torch")
        numbers.append(f"{derivative(diagnosis, d)}{name} = {text}")
    lines += [f"  proof  {', '.join(numbers)}", f"         {right_text(mend)}", f"         {mend.verdict}"]
    return lines


def right_text(mend: Mend) -> str:
    """What the mend was compared with."""
    named = zip(("value", "derivatives"), mend.digits, strict=True)
    known = [f"{what} right to {count} digits" for what, count in named if count is not None]
    parts = [f"{', '.join(known)} (in balls)"] if known else []
    parts.append(f"equal to the original at {mend.points} random points to {mend.agreement} digits")
    return "; ".join(parts)


def table_rows(diagnosis: Diagnosis) -> Sequence[Sequence[str]]:
    """A row a finding, for a notebook: what, where, why, the mend."""
    rows = []
    for finding in diagnosis.findings:
        parts = ", ".join(part_text(diagnosis, part, "∂") for part in finding.parts)
        reason = "\n".join([finding.reason, *finding.details])
        rows.append(
            (
                WORDS[finding.kind],
                parts,
                node_text(finding),
                reason,
                finding.mend.expression if finding.mend else finding.hint,
            )
        )
    return rows


HEADINGS = [("", False), ("of", False), ("at", False), ("why", False), ("mend", False)]


# JSON


def diagnosis_data(diagnosis: Diagnosis) -> dict[str, Any]:
    """The JSON of one output."""
    problem = diagnosis.problem
    return {
        "output": diagnosis.output,
        "value": diagnosis.value,
        "shape": list(problem.output_shape),
        "gradient": dict(diagnosis.gradient),
        "findings": [finding_data(finding) for finding in diagnosis.findings],
        "notes": diagnosis.notes,
    }


def finding_data(finding: Finding) -> dict[str, Any]:
    """The JSON of one finding. A part without an input is the value."""
    return {
        "kind": finding.kind,
        "parts": [
            {"input": part.name or None, "elements": list(part.elements), "total": part.total} for part in finding.parts
        ],
        "node": {"name": finding.name, "text": finding.text},
        "reason": finding.reason,
        "details": finding.details,
        "more_nodes": finding.others,
        "mend": None if finding.mend is None else mend_data(finding.mend),
        "hint": finding.hint,
    }


def mend_data(mend: Mend) -> dict[str, Any]:
    """The JSON of a mend and its proof."""
    return {
        "expression": mend.expression,
        "instead_of": mend.local[0],
        "put": mend.local[1],
        "value": mend.value,
        "gradient": dict(mend.gradient),
        "verdict": mend.verdict,
        "value_digits": mend.digits[0],
        "gradient_digits": mend.digits[1],
        "points": mend.points,
        "agreement": mend.agreement,
    }
