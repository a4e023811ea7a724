"""What every test may use: a seeded sample or the full counts, golden files, random numbers that repeat.

pytest                 a seeded sample of the heavy tests
pytest --full          the counts that were promised
pytest --overwrite     write golden files and documentation blocks anew instead of comparing
pytest --seed 7        another sample
"""

import os
import random
import signal
from collections import defaultdict
from typing import Protocol

import pytest
from hypothesis import HealthCheck, settings

from tests.golden_files import Golden

# Two workers on two cores: a second thread for each would only make them wait for one another.
os.environ.setdefault("OMP_NUM_THREADS", "1")
# A shell that starts the tests in the background has them, and what they start, ignore Ctrl-C, which some of them send.
signal.signal(signal.SIGINT, signal.default_int_handler)

_SLOW_IS_FINE = [HealthCheck.too_slow, HealthCheck.data_too_large]
settings.register_profile(
    "sample", max_examples=50, derandomize=True, deadline=None, database=None, suppress_health_check=_SLOW_IS_FINE
)
settings.register_profile(
    "full", max_examples=1000, deadline=None, print_blob=True, suppress_health_check=_SLOW_IS_FINE
)


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("gradcli")
    group.addoption("--full", action="store_true", help="run the full counts, not a seeded sample")
    group.addoption("--overwrite", action="store_true", help="rewrite golden files and documentation blocks")
    group.addoption("--seed", type=int, default=0, help="seed of the sample and of random inputs (default 0)")


def pytest_configure(config: pytest.Config) -> None:
    """Choose the hypothesis profile before test modules are imported, so that `examples` can see it."""
    settings.load_profile("full" if config.getoption("--full") else "sample")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Keep a seeded sample of the cases of each test marked `heavy(sample=N)`, unless --full is given."""
    if config.getoption("--full"):
        return
    cases = defaultdict(list)
    for item in items:
        if item.get_closest_marker("heavy"):
            cases[item.nodeid.partition("[")[0]].append(item)
    left_out = set()
    for test, all_cases in cases.items():
        sample = all_cases[0].get_closest_marker("heavy").kwargs["sample"]
        if sample < len(all_cases):
            kept = random.Random(f"{config.getoption('--seed')} {test}").sample(all_cases, sample)
            left_out.update(set(all_cases) - set(kept))
    if left_out:
        config.hook.pytest_deselected(items=[item for item in items if item in left_out])
        items[:] = [item for item in items if item not in left_out]


class Count(Protocol):
    def __call__(self, *, sample: int, full: int) -> int: ...


@pytest.fixture
def count(request: pytest.FixtureRequest) -> Count:
    """`count(sample=20, full=10_000)`: how many times a loop in a test should turn in this run."""
    wants_full = request.config.getoption("--full")
    return lambda *, sample, full: full if wants_full else sample


@pytest.fixture
def overwrite(request: pytest.FixtureRequest) -> bool:
    """Whether expected output is to be written anew."""
    return request.config.getoption("--overwrite")


@pytest.fixture
def rng(request: pytest.FixtureRequest) -> random.Random:
    """Random numbers that repeat for the same --seed, and differ from test to test."""
    return random.Random(f"{request.config.getoption('--seed')} {request.node.nodeid}")


@pytest.fixture
def golden(overwrite: bool) -> Golden:
    """`golden("trace.txt", text)` compares text with tests/golden/trace.txt."""
    return Golden(overwrite)
