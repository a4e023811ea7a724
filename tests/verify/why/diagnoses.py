"""Diagnoses of expressions at points."""

from gradcli.carriers.select import select_carrier
from gradcli.problem import Nested
from gradcli.verify.why.diagnosis import diagnose
from gradcli.verify.why.findings import Diagnosis, Finding
from tests.verify.problems import problem


def why(text: str, **point: Nested) -> Diagnosis:
    """The diagnosis of the last output, on the carrier that the command would choose."""
    asked = problem(text, **point)
    return diagnose(asked, select_carrier(asked.graph, asked.graph.ancestors([asked.output])))


def only(text: str, **point: Nested) -> Finding:
    """The one finding that there is."""
    found = why(text, **point).findings
    assert len(found) == 1, [finding.reason for finding in found]
    return found[0]


def explained(finding: Finding) -> dict[str, tuple[int, ...]]:
    """The elements of each input, and of the value (""), that a finding explains."""
    return {part.name: part.elements for part in finding.parts}
