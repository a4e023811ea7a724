"""How many threads a request uses. Witness: torch itself."""

from collections.abc import Iterator

import pytest
import torch

from gradcli.carriers.tensors import FEW_ELEMENTS
from gradcli.cli.options import Settings
from gradcli.cli.query import Query, bind


@pytest.fixture(autouse=True)
def threads() -> Iterator[None]:
    """torch as it was found, and with two threads."""
    found = torch.get_num_threads()
    torch.set_num_threads(2)
    yield
    torch.set_num_threads(found)


def threads_for(text: str) -> int:
    bind(Query(text, ("x=[1,2]",), Settings())).carrier()
    return torch.get_num_threads()


def test_a_small_request_uses_one_thread_and_the_next_large_one_as_many_as_before() -> None:
    from gradcli.carriers.tensors import _all_threads

    _all_threads.cache_clear()
    assert threads_for("sum(softmax(x))") == 1
    assert threads_for(f"sum(x) + sum(ones({FEW_ELEMENTS + 1}))") == 2
    assert threads_for("sum(softmax(x))") == 1
