"""No false alarm on ordinary random graphs: a right rule is never called wrong, nor in doubt."""

import random
from collections import Counter

import pytest

from gradcli.verify.blame import wrong_rules
from gradcli.verify.verdict import check_gradient
from tests.conftest import Count
from tests.methods.graphs import carrier_for, drawn_problem, flat_gradient

ALARMS = ("wrong", "inconclusive", "unverified", "ill-conditioned")


def test_no_false_alarm(rng: random.Random, count: Count, capsys: pytest.CaptureFixture[str]) -> None:
    """20,000 components of gradients of random graphs. On a kink, or where it is undefined, it may say so."""
    wanted = count(sample=600, full=20_000)
    words: Counter[str] = Counter()
    alarms = []
    while words.total() < wanted:
        problem = drawn_problem(rng)
        checked = check_gradient(problem, carrier_for(problem))
        words[checked.verdict.word] += len(flat_gradient(checked.gradient, problem))
        if checked.verdict.word in ALARMS:
            alarms.append(f"{checked.verdict.word}: {checked.verdict.sentence}")
    with capsys.disabled():
        print("\nrandom components:", ", ".join(f"{n} {word}" for word, n in words.most_common()))
    assert not alarms
    assert words["verified"] > 0.8 * words.total()


def test_no_right_rule_is_blamed(rng: random.Random, count: Count) -> None:
    for _ in range(count(sample=60, full=3_000)):
        problem = drawn_problem(rng)
        assert wrong_rules(problem, carrier_for(problem)) == []
