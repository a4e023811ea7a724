"""The process that SymPy works in."""

import os
from typing import Any

import pytest

from gradcli.errors import GradcliError, OutOfTimeError
from gradcli.methods.symbolic import Worker
from gradcli.methods.symbolic_worker import failure


class Interrupted:
    """A process whose answer is never read to its end."""

    ended = False

    def __init__(self) -> None:
        self.stdin = self.stdout = self

    def readline(self) -> str:
        raise OutOfTimeError("no answer")

    def write(self, text: str) -> None: ...
    def flush(self) -> None: ...
    def close(self) -> None: ...
    def wait(self) -> None: ...
    def poll(self) -> Any: ...

    def kill(self) -> None:
        self.ended = True


def test_an_interrupted_question_leaves_no_answer_behind() -> None:
    worker = Worker()
    process = worker._process = Interrupted()
    worker._owner = os.getpid()
    with pytest.raises(OutOfTimeError):
        worker.ask({}, 5)
    assert process.ended
    assert worker._process is None


def test_time_that_is_up_is_no_error_of_a_request() -> None:
    assert not issubclass(OutOfTimeError, Exception)
    assert issubclass(GradcliError, Exception)


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (ZeroDivisionError(), "SymPy's derivative divides by 0 at this point"),
        (TypeError("cannot determine truth value"), "SymPy failed: TypeError: cannot determine truth value"),
        (RecursionError(), "SymPy failed: RecursionError"),
        (NotImplementedError("no formula"), "SymPy has no answer: no formula"),
    ],
)
def test_every_failure_has_words(error: Exception, words: str) -> None:
    assert failure(error) == words
