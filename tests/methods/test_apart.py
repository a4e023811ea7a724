"""A computation in a child process: its answer, its failure, its end."""

from __future__ import annotations

import os
import signal
import time

import pytest

from gradcli.errors import ShapeError, Unstated, UsageError
from gradcli.methods.apart import apart


@pytest.fixture(autouse=True)
def alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Other tests leave threads behind, beside which nothing is computed in a child."""
    monkeypatch.setattr("gradcli.methods.apart.threading.active_count", lambda: 1)


def test_the_answer_comes_back_from_another_process() -> None:
    assert apart(os.getpid) != os.getpid()
    assert apart(lambda: [["1.25"], 80]) == [["1.25"], 80]


@pytest.mark.parametrize("failure", [Unstated("sort has no statement"), ShapeError("they differ", hint="mend")])
def test_a_failure_comes_back_whole(failure: Unstated | ShapeError) -> None:
    def fail() -> None:
        raise failure

    with pytest.raises(type(failure)) as found:
        apart(fail)
    assert (found.value.message, found.value.hint) == (failure.message, failure.hint)


def test_a_child_that_is_killed_is_an_error() -> None:
    with pytest.raises(UsageError, match="without an answer"):
        apart(lambda: os.kill(os.getpid(), signal.SIGKILL))


def test_a_signal_is_answered_while_the_child_computes() -> None:
    import flint

    class Expired(Exception):
        pass

    def expire(*_: object) -> None:
        raise Expired

    before = signal.signal(signal.SIGALRM, expire)
    started = time.monotonic()

    def long() -> str:
        with flint.ctx.workprec(400_000):
            return str(flint.arb("1.3").gamma().mid().is_finite())

    try:
        signal.setitimer(signal.ITIMER_REAL, 0.5)
        with pytest.raises(Expired):
            apart(long)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
    assert time.monotonic() - started < 10
