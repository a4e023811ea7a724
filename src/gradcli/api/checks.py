"""Claims from Python judged: numbers, lists, arrays, or text as on the command line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, ClassVar

from gradcli.api.results import Result, Sheet, judged
from gradcli.api.values import plain
from gradcli.carriers.constants import evaluate_constant
from gradcli.errors import UsageError
from gradcli.layouts import Layout
from gradcli.problem import Nested
from gradcli.shapes import index_of
from gradcli.syntax.claims import Claim, Refused, attempt, claim_of
from gradcli.verify.claims import Judgement
from gradcli.verify.judging import judge
from gradcli.verify.setting import Setting

HINT = 'give claims by name: check({"x1": 5.5, "x2": "x1 - cos(x2)"})'


@dataclass(frozen=True)
class Slip:
    """A slip that leads to the claimed numbers: its kind, and a line about it."""

    kind: str
    text: str


@dataclass(frozen=True)
class CheckedClaim:
    """One claim judged. `judgement` is "right", "wrong", "undefined" (no number is right there) or "undecided";
    `right` the right number or lists of them; `wrong` the indices of wrong components of an array.

    A formula was compared at `points` points; `counterexample` is one where it is wrong, and there it `gives` a value
    that is not the `right` one. It may be right at the point all the same (`right_at_point`), and wherever one of the
    conditions `right_where` holds. Of several slips each would explain the claim.
    """

    name: str
    of: str
    claim: str
    judgement: str
    right: Nested | None
    wrong: tuple[str, ...]
    note: str
    slips: tuple[Slip, ...]
    points: int
    counterexample: dict[str, Nested] | None
    gives: Nested | None
    right_at_point: bool
    right_where: tuple[str, ...]


@dataclass(frozen=True)
class RefusedClaim:
    """A claim that could not be judged, and why."""

    name: str
    claim: str
    error: str


@dataclass(frozen=True, kw_only=True, repr=False)
class Check(Result):
    """Claims judged, in the order given, and those that could not be. `verdict` is that on the right derivatives
    themselves."""

    claims: tuple[CheckedClaim, ...]
    layout: Layout
    refused: tuple[RefusedClaim, ...] = ()

    @property
    def right(self) -> bool:
        """Whether all claims are right; a refused one is not."""
        return not self.refused and all(claim.judgement == "right" for claim in self.claims)

    SHOWN: ClassVar[tuple[str, ...]] = ("right",)


def read_claims(claims: Any) -> list[Claim | Refused]:
    """Claims by name. Raises GradcliError where there is none."""
    if not isinstance(claims, Mapping) or not all(isinstance(name, str) for name in claims):
        raise UsageError("claims are a mapping from names to numbers or formulas", hint=HINT)
    if not claims:
        raise UsageError("there is no claim to check", hint=HINT)
    return [attempt(name, value, partial(_claim, name, value)) for name, value in claims.items()]


def _claim(name: str, value: Any) -> Claim:
    return claim_of(name, plain(value), evaluate_constant)


def check_of(claims: Sequence[Claim | Refused], setting: Setting, notes: Sequence[str]) -> Check:
    """The answer to a check."""
    from gradcli.render.answers import gradient_in_layout
    from gradcli.render.claims import answer_text, claim_lines, head_text, slip_lines, verdict_line

    problem, carrier, layout = setting.problem, setting.carrier, setting.layout
    found = judge(claims, setting)
    output = setting.names[problem.output]
    rows: list[tuple[str, str]] = []
    for judgement in found.claims:
        rows.append((head_text(judgement, problem, output), answer_text(judgement, found.verdict)))
        rows += [("", line) for line in slip_lines(judgement)]
    rows += [(f"{r.name} = {r.text}", f"refused: {r.error.message}") for r in found.refused]
    return Check(
        **judged(gradient_in_layout(problem, found.verdict, layout), carrier, notes),
        claims=tuple(map(_checked, found.claims)),
        layout=layout,
        refused=tuple(RefusedClaim(r.name, r.text, r.error.message) for r in found.refused),
        _text="\n".join(
            [*claim_lines(found, problem, output, carrier, layout), *(str(r.error) for r in found.refused)]
        ),
        _sheet=Sheet([("", False)] * 2, rows, [verdict_line(found, carrier, layout)]),
    )


def _checked(judgement: Judgement) -> CheckedClaim:
    return CheckedClaim(
        name=judgement.claim.name,
        of="value" if judgement.of_value else "derivative",
        claim=judgement.claim.text,
        judgement=judgement.word,
        right=judgement.right,
        wrong=tuple(index_of(k, judgement.shape) for k in judgement.wrong) if judgement.shape else (),
        note=judgement.note,
        slips=tuple(Slip(e.kind, e.text) for e in judgement.explanations),
        points=judgement.points,
        counterexample=judgement.point,
        gives=judgement.claimed,
        right_at_point=judgement.right_at_point,
        right_where=judgement.conditions,
    )
