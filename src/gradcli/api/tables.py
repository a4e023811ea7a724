"""Answers that are tables: the evaluation trace, and methods side by side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from gradcli.api.results import Result, Sheet, judged
from gradcli.carriers.base import Carrier
from gradcli.problem import Nested
from gradcli.render.console import PIPE_WIDTH, Plain, table_text
from gradcli.render.inspection import Inspection
from gradcli.shapes import Shape
from gradcli.verify.comparison import Comparison as Compared
from gradcli.verify.reference import Row


@dataclass(frozen=True)
class TraceRow:
    """One node of an evaluation trace. `tangents` are by the label of the column, `adjoint` is None where no reverse
    sweep was made, `alarm` says in words what is wrong with the numbers."""

    name: str
    operation: str
    shape: Shape
    value: Nested
    tangents: dict[str, Nested]
    adjoint: Nested | None
    alarm: str


@dataclass(frozen=True, kw_only=True, repr=False)
class Trace(Result):
    """The evaluation trace (Wengert list): inputs, then nodes by level, the output last. `directions` are the tangents
    of the inputs for each column; `steps` the arithmetic of the sweeps, where it was asked for."""

    rows: tuple[TraceRow, ...]
    mode: str
    directions: dict[str, dict[str, Nested]]
    steps: tuple[str, ...]

    def __repr__(self) -> str:
        return f"<Trace of {len(self.rows)} nodes: {self.verdict}>"


@dataclass(frozen=True)
class MethodAnswer:
    """What one method answered. `gradient` is None where it looked along one `direction` only (`slope` is then the
    derivative along it) or had no answer, for which `reason` says why. `difference` is to the reference's answer,
    `ulps` the same in units in the last place where the truth is known; `agrees`, whether it is within `tolerance`;
    `error` what the method states of itself, a bound where `bounded`; `digits` its proven digits as text, or None."""

    method: str
    value: Nested | None
    gradient: dict[str, Nested] | None
    direction: dict[str, Nested] | None
    slope: float | None
    error: dict[str, Nested] | float | None
    bounded: bool
    digits: dict[str, Nested] | None
    difference: float | None
    ulps: float | None
    tolerance: float
    agrees: bool
    sweeps: str
    seconds: float
    formula: dict[str, str] | None
    reason: str


@dataclass(frozen=True, kw_only=True, repr=False)
class Comparison(Result):
    """Methods side by side. `digits`: the significant digits on which all agree; `reference` is what the methods are
    measured against: "certified" is the truth, empty where none answered in full. `taylor_rate` is the rate of the
    Taylor remainder (2 or more for a right gradient, infinite where nothing remains, None where it is not known)."""

    rows: tuple[MethodAnswer, ...]
    reference: str
    tolerance: dict[str, float] | None
    taylor_rate: float | None

    SHOWN: ClassVar[tuple[str, ...]] = ("reference", "digits")


def trace_of(inspection: Inspection, mode: str, explain: bool, full: bool, notes: Sequence[str]) -> Trace:
    """The answer from an inspection of one output at a point."""
    from gradcli.render.examine import verdict_lines
    from gradcli.render.graph_json import direction_data
    from gradcli.render.steps import step_lines
    from gradcli.render.trace_table import captions, headings, rows, trace_tables

    assert inspection.tape is not None
    ((_, verdict),) = inspection.verdicts.items()
    steps = tuple(step_lines(inspection, full)) if explain else ()
    names = tuple(verdict.sides) if verdict.sides is not None else ()
    lines = [*captions(inspection), *steps, *verdict_lines(inspection, names)]
    table = "\n\n".join(map(table_text, trace_tables(inspection, Plain(), PIPE_WIDTH, full)))
    return Trace(
        **judged(verdict, inspection.tape.carrier, notes),
        rows=tuple(row_of(inspection, node) for node in inspection.rows),
        mode=mode,
        directions=direction_data(inspection),
        steps=steps,
        _text="\n".join([table, "", *lines]),
        _sheet=Sheet(headings(inspection), rows(inspection, full), lines),
    )


def row_of(inspection: Inspection, node: int) -> TraceRow:
    """One node's row."""
    labels = [column.label for column in inspection.columns]
    adjoints = list(inspection.adjoints_of(node).values())
    return TraceRow(
        name=inspection.names[node],
        operation=inspection.operation(node) or "input",
        shape=inspection.shape(node),
        value=inspection.value(node),
        tangents=dict(zip(labels, inspection.tangents_of(node), strict=True)),
        adjoint=adjoints[0] if adjoints else None,
        alarm=inspection.alarms[node],
    )


def comparison_of(found: Compared, name: str, carrier: Carrier, notes: Sequence[str]) -> Comparison:
    """The answer from a comparison of methods."""
    from gradcli.render.comparison import comparison_lines, method_headings, method_rows, method_table

    lines = comparison_lines(found)
    table = table_text(method_table(name, found, Plain()))
    return Comparison(
        **judged(found.verdict, carrier, notes) | {"digits": found.digits},
        rows=tuple(method_answer(row) for row in found.rows),
        reference=found.reference,
        tolerance=found.gate._asdict() if found.gate else None,
        taylor_rate=None if found.remainder is None else found.remainder.rate,
        _text="\n".join([table, "", *lines]),
        _sheet=Sheet(method_headings(name, found), method_rows(found), lines),
    )


def method_answer(row: Row) -> MethodAnswer:
    """One method's row."""
    derivative = row.derivative
    direction, slope = derivative.directional or (None, None)
    return MethodAnswer(
        method=derivative.method,
        value=derivative.value,
        gradient=derivative.gradient,
        direction=direction,
        slope=slope,
        error=derivative.error,
        bounded=derivative.bounded,
        digits=derivative.digits,
        difference=row.difference,
        ulps=row.ulps,
        tolerance=row.tolerance,
        agrees=row.agrees,
        sweeps=derivative.sweeps,
        seconds=derivative.seconds,
        formula=derivative.formula,
        reason=derivative.reason,
    )
