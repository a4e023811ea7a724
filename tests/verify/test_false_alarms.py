"""No false alarm on ordinary random graphs: a right rule is never called wrong, nor in doubt."""

import random
from collections import Counter

import pytest

from gradcli.carriers.balls import BallsOfLibraries
from gradcli.methods.enclosures import DIFFERENCE_BITS, BallLine, working
from gradcli.methods.numerical import coordinate_directions
from gradcli.problem import Problem
from gradcli.verify.blame import wrong_rules
from gradcli.verify.verdict import Checked, check_gradient
from tests.conftest import Count
from tests.methods.graphs import carrier_for, drawn_problem, flat_gradient

ALARMS = ("wrong", "inconclusive", "unverified", "ill-conditioned")


def is_true(checked: Checked, problem: Problem) -> bool:
    """Whether an alarm is right: a component lacks its ten digits by central differences of the function in balls,
    which take no part in the verdict's rules.

    A softmax does not change with what all its arguments share: float64 gives 1e-16 for that 0.
    """
    if checked.verdict.word != "ill-conditioned":
        return False
    computed = flat_gradient(checked.gradient, problem)
    along = [(d, position) for name in problem.wrt for d, position in coordinate_directions(problem, name)]
    with working(DIFFERENCE_BITS):
        line = BallLine(problem, BallsOfLibraries())
        for number, (direction, position) in zip(computed, along, strict=True):
            coarse, fine = line.slope(direction, position)
            # The error of a central difference falls with the square of its step.
            doubt = abs(coarse - fine) + fine.rad()
            if abs(number - fine) - doubt > 1e-10 * abs(fine):
                return True
    return False


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
