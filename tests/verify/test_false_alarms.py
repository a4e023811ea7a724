"""No false alarm on ordinary random graphs: a right rule is never called wrong, nor in doubt."""

import random
from collections import Counter

import pytest

from gradcli.problem import Problem
from gradcli.verify.blame import wrong_rules
from gradcli.verify.verdict import Checked, check_gradient
from tests.conftest import Count
from tests.methods.graphs import carrier_for, drawn_problem, flat_gradient, stands_on_kink

ALARMS = ("wrong", "inconclusive", "unverified", "ill-conditioned")


def is_true(checked: Checked, problem: Problem) -> bool:
    """Whether the alarm is right: the point is on a jump that many elements cross, or a number lacks its ten digits
    (a softmax does not change with what all its arguments share: float64 gives 1e-16 for that 0)."""
    word, true = checked.verdict.word, checked.verdict.true
    if word == "inconclusive":
        return stands_on_kink(problem)
    if word != "ill-conditioned" or true is None:
        return False
    computed = flat_gradient(checked.gradient, problem)
    proven = [float(str(text).partition(" ± ")[0]) for text in flat_gradient(true.derivative, problem)]
    return any(abs(c - p) > 1e-10 * abs(p) for c, p in zip(computed, proven, strict=True))


def test_no_false_alarm(rng: random.Random, count: Count, capsys: pytest.CaptureFixture[str]) -> None:
    """20,000 components of gradients of random graphs. On a kink, or where it is undefined, it may say so."""
    wanted = count(sample=600, full=20_000)
    words: Counter[str] = Counter()
    alarms = []
    while words.total() < wanted:
        problem = drawn_problem(rng)
        checked = check_gradient(problem, carrier_for(problem))
        words[checked.verdict.word] += len(flat_gradient(checked.gradient, problem))
        if checked.verdict.word in ALARMS and not is_true(checked, problem):
            alarms.append(f"{checked.verdict.word}: {checked.verdict.sentence}")
    with capsys.disabled():
        print("\nrandom components:", ", ".join(f"{n} {word}" for word, n in words.most_common()))
    assert not alarms
    assert words["verified"] > 0.8 * words.total()


def test_no_right_rule_is_blamed(rng: random.Random, count: Count) -> None:
    for _ in range(count(sample=60, full=3_000)):
        problem = drawn_problem(rng)
        assert wrong_rules(problem, carrier_for(problem)) == []
