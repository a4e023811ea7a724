"""All claims of a request judged, with the verdict on the right answers and the exit status that follows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from gradcli.errors import ExitStatus, GradcliError, UsageError
from gradcli.syntax.claims import Claim, Refused, how_to_claim
from gradcli.verify.claims import UNDEFINED, WRONG, Judgement, judge_numbers
from gradcli.verify.formulas import judge_formula
from gradcli.verify.jacobians import judge_jacobian_claim
from gradcli.verify.setting import Setting
from gradcli.verify.witnesses import Verdict, worst


@dataclass(frozen=True)
class Judged:
    """All claims that could be judged, with the verdict on the right derivatives themselves, and those that could
    not."""

    claims: tuple[Judgement, ...]
    verdict: Verdict
    refused: tuple[Refused, ...] = ()

    @property
    def status(self) -> ExitStatus:
        """That of the first claim that could not be judged; 1 where one is wrong, 3 where nothing can be right, else
        what the verdict says."""
        if self.refused:
            return self.refused[0].error.status
        words = {judgement.word for judgement in self.claims}
        if WRONG in words:
            return ExitStatus.FAILED
        return ExitStatus.UNDEFINED if UNDEFINED in words else self.verdict.status


class NoneJudged(GradcliError):
    """Several claims, none of which can be judged: the errors of all."""

    kind = "claims"

    def __init__(self, errors: Sequence[GradcliError]) -> None:
        super().__init__(f"none of the {len(errors)} claims can be judged: {'; '.join(e.message for e in errors)}")
        self.errors = tuple(errors)
        self.status = errors[0].status

    def __str__(self) -> str:
        return "\n".join(map(str, self.errors))


def require_claims(claims: Sequence[Claim | Refused], example: str = "NAME") -> list[Claim]:
    """The claims that can be judged as far as reading them tells. Raises GradcliError where there is none, and tells
    how one of `example` is written."""
    if not claims:
        raise UsageError("there is no claim to check", hint=how_to_claim(example))
    found = [claim for claim in claims if isinstance(claim, Claim)]
    if not found:
        raise none_judged([claim for claim in claims if isinstance(claim, Refused)])
    return found


def none_judged(refused: Sequence[Refused]) -> GradcliError:
    """The error where no claim can be judged: of one claim its own."""
    errors = [claim.error for claim in refused]
    return errors[0] if len(errors) == 1 else NoneJudged(errors)


def judge(claims: Sequence[Claim | Refused], setting: Setting) -> Judged:
    """The judgement on each claim: of numbers at the setting's point, of formulas there and at random points.

    A claim that cannot be judged stops no other. Raises GradcliError where none can.
    """
    require_claims(claims)
    named = [setting.named(claim) if isinstance(claim, Claim) else claim for claim in claims]
    by_number = [c.name for c in named if isinstance(c, Claim) and c.formula is None and not setting.of_value(c)]
    verdicts = [setting.check(list(dict.fromkeys(by_number)))] if by_number else []
    judgements: list[Judgement] = []
    refused: list[Refused] = []
    for claim in named:
        found = claim if isinstance(claim, Refused) else _judged(claim, setting, verdicts)
        if isinstance(found, Refused):
            refused.append(found)
        else:
            judgements.append(found)
    if not judgements:
        raise none_judged(refused)
    verdict = worst([("", v) for v in verdicts]) if verdicts else value_verdict(setting)
    return Judged(tuple(judgements), verdict, tuple(refused))


def _judged(claim: Claim, setting: Setting, verdicts: list[Verdict]) -> Judgement | Refused:
    """The judgement on one claim; the verdict on what a formula was compared to is added to `verdicts`."""
    try:
        if claim.formula is None:
            judged = judge_jacobian_claim if setting.outer and not setting.of_value(claim) else judge_numbers
            return judged(claim, setting)
        judgement, verdict = judge_formula(claim, setting)
    except GradcliError as error:
        return Refused(claim.name, claim.text, error)
    verdicts += [verdict] if verdict is not None else []
    return judgement


def value_verdict(setting: Setting) -> Verdict:
    """There is no witness for a value but its own arithmetic."""
    return Verdict("unverified", f"values are computed in {setting.carrier.dtype}; no derivative was claimed")
