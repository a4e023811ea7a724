"""Wrong rules, made from the right ones: each is called wrong, and by its name, wherever it changes the derivative."""

from collections import Counter

import pytest

from gradcli.carriers.select import select_carrier
from gradcli.primitives.registry import by_name
from gradcli.verify.blame import wrong_rules
from tests.verify.detection import Outcome, outcomes, problems_of
from tests.verify.mutations import Mutation, mutations

MUTATIONS = list(mutations())
DETECTED: Counter[str] = Counter()


@pytest.mark.heavy(sample=40)
@pytest.mark.parametrize("mutation", MUTATIONS, ids=str)
def test_a_mutated_rule_is_wrong_and_named(mutation: Mutation) -> None:
    """At every sample point where it changes the derivative beyond the tolerance of the witnesses."""
    found: list[Outcome] = list(outcomes(mutation))
    DETECTED.update(outcome.word for outcome in found)
    assert [o for o in found if o.word in ("missed", "unnamed")] == []


def test_there_are_enough_of_them_and_they_count(capsys: pytest.CaptureFixture[str]) -> None:
    """More than 300, and those that ran changed a derivative at most points."""
    assert len(MUTATIONS) >= 300
    with capsys.disabled():
        print(f"\n{len(MUTATIONS)} mutations, points:", ", ".join(f"{n} {word}" for word, n in DETECTED.most_common()))
    if DETECTED:
        assert DETECTED["detected"] > 0.6 * DETECTED.total()


DIFFERENTIABLE = [p for p in by_name().values() if not p.locally_constant]


@pytest.mark.parametrize("primitive", DIFFERENTIABLE, ids=lambda p: p.name)
def test_the_right_rules_are_not_blamed(primitive) -> None:
    for problem, node in problems_of(primitive):
        assert wrong_rules(problem, select_carrier(problem.graph, [node])) == []
