"""The answer to `why`: findings with their reasons and mends."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from gradcli.carriers.base import Carrier
from gradcli.problem import Nested
from gradcli.verify.why.findings import Diagnosis as Diagnosed
from gradcli.verify.why.findings import Finding, Mend, Part

__all__ = ["Diagnosis", "Finding", "Mend", "Part", "diagnosis_of"]


@dataclass(frozen=True, kw_only=True, repr=False)
class Diagnosis:
    """Why derivatives are zero, undefined, NaN or infinite, or have lost their digits. `str` gives the lines that the
    command prints; it is true where something was found.

    `findings` are ordered: the value first, then by how many numbers each explains. `remarks` say what was not looked
    at, `notes` how the expression was read.
    """

    value: Nested
    gradient: dict[str, Nested]
    findings: tuple[Finding, ...]
    remarks: tuple[str, ...]
    notes: tuple[str, ...]
    dtype: str
    device: str
    _diagnosed: Diagnosed = field(compare=False)

    def __bool__(self) -> bool:
        return bool(self.findings)

    def __str__(self) -> str:
        from gradcli.render.why import diagnosis_lines

        return "\n".join(diagnosis_lines(self._diagnosed))

    def __repr__(self) -> str:
        kinds = ", ".join(finding.kind for finding in self.findings)
        return f"<Diagnosis: {kinds or 'nothing found'}>"

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        """The answer in an IPython terminal."""
        printer.text(str(self))

    def _repr_html_(self) -> str:
        """The answer in a notebook."""
        from gradcli.render.html import answer_html
        from gradcli.render.why import HEADINGS, table_rows, well

        lines = [*self.remarks] if self.findings else [well(self._diagnosed, several=False)]
        return answer_html(HEADINGS if self.findings else [], table_rows(self._diagnosed), lines, "")


def diagnosis_of(found: Diagnosed, carrier: Carrier, notes: Sequence[str]) -> Diagnosis:
    """The answer from a diagnosis of one output."""
    return Diagnosis(
        value=found.value,
        gradient=dict(found.gradient),
        findings=tuple(found.findings),
        remarks=tuple(found.notes),
        notes=tuple(notes),
        dtype=carrier.dtype,
        device=carrier.device,
        _diagnosed=found,
    )
