"""What `why` answers: findings, each with the node, the reason and, where there is one, a checked mend."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from gradcli.problem import Nested, Problem

Kind = Literal["zero", "tiny", "nan", "infinite", "undefined", "kink", "digits"]


@dataclass(frozen=True)
class Part:
    """Elements of a derivative, row-major, of `total`. Without an input's name it is the value."""

    name: str
    elements: tuple[int, ...]
    total: int


@dataclass(frozen=True)
class Mend:
    """An expression that is equal to the one asked about and does not have its fault.

    `complete`: whether its derivatives are right too, and not only its value; no other is offered as a mend. `local` is
    what is replaced and by what; `points` counts the other points at which both were found equal to `agreement` digits.
    `digits` is how far its value and its derivatives are right at this point, in balls; None where that is not known.
    """

    expression: str
    local: tuple[str, str]
    value: Nested
    gradient: Mapping[str, Nested]
    verdict: str
    digits: tuple[int | None, int | None]
    points: int
    agreement: int
    complete: bool = True


@dataclass
class Finding:
    """One reason and all that it explains. `node` is its number in the graph, `text` what it computes, `place` its
    arguments there. `details` are further sentences: the true size, the contributions that cancel; `others` counts
    further nodes with the same reason."""

    kind: Kind
    parts: list[Part]
    node: int
    name: str
    text: str
    reason: str
    details: list[str] = field(default_factory=list)
    mend: Mend | None = None
    hint: str = ""
    others: int = 0

    @property
    def count(self) -> int:
        """How many numbers it explains."""
        return sum(len(part.elements) for part in self.parts)


@dataclass
class Diagnosis:
    """The value and gradient of one output, and what is wrong with them; `notes`: what was not looked at."""

    problem: Problem
    output: str
    value: Nested
    gradient: Mapping[str, Nested]
    findings: list[Finding]
    notes: list[str]
