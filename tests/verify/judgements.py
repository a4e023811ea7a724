"""Claims on expressions at points, judged."""

from gradcli.carriers.constants import evaluate_constant
from gradcli.carriers.select import select_carrier
from gradcli.graph import display_names
from gradcli.layouts import Layout
from gradcli.problem import Nested
from gradcli.syntax.claims import read_claims
from gradcli.verify.claims import Judgement
from gradcli.verify.judging import Judged, judge
from gradcli.verify.setting import Setting
from tests.verify.problems import problem


def judged(text: str, point: dict[str, Nested], *claims: str, layout: Layout = "torch") -> Judged:
    """The judgements on claims as they are typed."""
    asked = problem(text, **point)
    carrier = select_carrier(asked.graph, asked.graph.ancestors([asked.output]))
    setting = Setting(asked, carrier, display_names(asked.graph, [asked.output]), layout)
    return judge([claim for typed in claims for claim in read_claims(typed, evaluate_constant)], setting)


def one(text: str, point: dict[str, Nested], claim: str, layout: Layout = "torch") -> Judgement:
    """The judgement on one claim."""
    (judgement,) = judged(text, point, claim, layout=layout).claims
    return judgement


def kinds(judgement: Judgement) -> set[str]:
    """The kinds of slips that explain it."""
    return {explanation.kind for explanation in judgement.explanations}
