"""All claims of a request judged, with the verdict on the right answers and the exit status that follows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from gradcli.errors import ExitStatus, UsageError
from gradcli.syntax.claims import Claim
from gradcli.verify.claims import UNDEFINED, WRONG, Judgement, Setting, judge_numbers
from gradcli.verify.formulas import judge_formula
from gradcli.verify.witnesses import Verdict, worst

NO_CLAIM = 'claim something: --claim x1=5.5, or a formula: --claim "x2: x1 - cos(x2)"'


@dataclass(frozen=True)
class Judged:
    """All claims, with the verdict on the right derivatives themselves."""

    claims: tuple[Judgement, ...]
    verdict: Verdict

    @property
    def status(self) -> ExitStatus:
        """1 where a claim is wrong, 3 where nothing can be right, else what the verdict says."""
        words = {judgement.word for judgement in self.claims}
        if WRONG in words:
            return ExitStatus.FAILED
        return ExitStatus.UNDEFINED if UNDEFINED in words else self.verdict.status


def judge(claims: Sequence[Claim], setting: Setting) -> Judged:
    """The judgement on each claim: of numbers at the setting's point, of formulas there and at random points.

    Raises GradcliError for a claim that cannot be judged.
    """
    if not claims:
        raise UsageError("there is no claim to check", hint=NO_CLAIM)
    for claim in claims:
        setting.check_name(claim)
    by_number = [claim.name for claim in claims if claim.formula is None and not setting.of_value(claim)]
    verdicts = [setting.check(list(dict.fromkeys(by_number)))] if by_number else []
    judgements = []
    for claim in claims:
        if claim.formula is None:
            judgements.append(judge_numbers(claim, setting))
        else:
            judgement, verdict = judge_formula(claim, setting)
            judgements.append(judgement)
            verdicts += [verdict] if verdict is not None else []
    return Judged(tuple(judgements), worst([("", v) for v in verdicts]) if verdicts else value_verdict(setting))


def value_verdict(setting: Setting) -> Verdict:
    """There is no witness for a value but its own arithmetic."""
    return Verdict("unverified", f"values are computed in {setting.carrier.dtype}; no derivative was claimed")
