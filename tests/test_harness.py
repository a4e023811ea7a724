"""The harness itself: a golden file that differs fails, and heavy tests run as a sample."""

import random
from pathlib import Path

import pytest
from hypothesis import settings

from tests.golden_files import Golden
from tests.process import run_python
from tests.sampling import examples


def test_golden_file(tmp_path: Path) -> None:
    with pytest.raises(pytest.fail.Exception, match="does not exist"):
        Golden(False, tmp_path)("new.txt", "a\n")
    Golden(True, tmp_path)("new.txt", "a\n")
    Golden(False, tmp_path)("new.txt", "a\n")
    with pytest.raises(pytest.fail.Exception, match=r"-a\n\+b"):
        Golden(False, tmp_path)("new.txt", "b\n")


def test_examples_follow_the_profile() -> None:
    full = settings.get_current_profile_name() == "full"
    assert examples(sample=3, full=1000).max_examples == (1000 if full else 3)
    assert settings.default.max_examples == (1000 if full else 50)


def test_random_numbers_repeat(rng: random.Random, request: pytest.FixtureRequest) -> None:
    seed = request.config.getoption("--seed")
    assert rng.random() == random.Random(f"{seed} {request.node.nodeid}").random()


HEAVY_TEST = """\
import pytest

@pytest.mark.heavy(sample=5)
@pytest.mark.parametrize("number", range(100))
def test_each(number, count):
    print("case", number, count(sample=1, full=2))

@pytest.mark.parametrize("number", range(3))
def test_ordinary(number):
    pass
"""


def collected_cases(folder: Path, *options: str) -> list[str]:
    """What pytest, with this harness and no other plugin, collects of HEAVY_TEST."""
    test = folder / "test_heavy.py"
    test.write_text(HEAVY_TEST)
    configuration = folder / "pytest.ini"
    configuration.write_text("[pytest]\n")
    done = run_python(
        *("-m", "pytest", "-q", "--collect-only", "-p", "tests.conftest", "-c", str(configuration)),
        *options,
        str(test),
        cwd=Path(__file__).parent.parent,
        env={"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
    )
    return [line for line in done.stdout.splitlines() if "::" in line]


def test_heavy_tests_run_a_seeded_sample(tmp_path: Path) -> None:
    every, sample = collected_cases(tmp_path, "--full"), collected_cases(tmp_path)
    assert len(every) == 100 + 3
    assert len(sample) == 5 + 3
    assert set(sample) < set(every)
    assert sample[:5] != every[:5]
