"""Long computations of balls in a process of their own.

python-flint looks at no signal while it computes, and one gamma function in 30,000 digits takes a minute: a time limit
or Ctrl-C would wait for it. The process that waits for a child answers at once, and ends it.
"""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable
from typing import Any, TypeVar

from gradcli.errors import Failure, UsageError

T = TypeVar("T")


def apart(compute: Callable[[], T]) -> T:
    """What a function returns, or the failure that it raises, computed in a child of this process.

    Where there is no fork, and beside other threads, whose locks a child would find closed, it is computed here.
    """
    if not hasattr(os, "fork") or threading.active_count() > 1:
        return compute()
    import multiprocessing

    context = multiprocessing.get_context("fork")
    receiving, sending = context.Pipe(duplex=False)
    remaining = signal.getitimer(signal.ITIMER_REAL)[0]
    child = context.Process(target=_answer, args=(compute, sending, remaining), daemon=True)
    child.start()
    sending.close()
    try:
        succeeded, found = receiving.recv()
    except EOFError:
        words = "the process that computes in balls ended without an answer"
        raise UsageError(words, hint="ask for fewer digits: they may need more memory than there is") from None
    finally:
        child.kill()
        child.join()
        receiving.close()
    if succeeded:
        answer: T = found
        return answer
    raise found


def _answer(compute: Callable[[], Any], sending: Any, remaining: float) -> None:
    """Send the answer. A child whose parent was killed ends when the time is over, whatever it computes."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    if remaining:
        signal.setitimer(signal.ITIMER_REAL, remaining + 1)
    try:
        sending.send((True, compute()))
    except Failure as error:
        sending.send((False, error))
