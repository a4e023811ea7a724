"""The page writes numbers as the command line does: the script's own functions, run without a browser."""

import random
import struct

import pytest

from gradcli.render.cards import short
from gradcli.render.inspector.page import part
from gradcli.render.numbers import format_number
from tests.conftest import Count

EDGES = [
    0.0, -0.0, 1.0, -1.5, 0.1, 1e-4, 9.9995e-5, 1e-5, 12345.0, 12355.0, -12345.0, 9999.5, 99995.0, 0.5, 1e15, 1e16,
    1e21, 1e22, 123456789012345680.0, 5e-324, 1.7976931348623157e308, 2**53 + 2.0, 1e-7, 1.5e-7, 0.00012345, 2.0005,
    1.0005, 0.28366218546322625, float("inf"), float("-inf"), float("nan"),
]  # fmt: skip


@pytest.fixture(scope="module")
def script():
    racer = pytest.importorskip("py_mini_racer", reason="mini-racer is not installed, so no script can be run")
    context = racer.MiniRacer()
    context.eval(part("numbers.js"))
    return context


def floats(rng: random.Random, count: int) -> list[float]:
    """Of every magnitude, and many with few digits, where ties are."""
    anything = [struct.unpack("d", rng.randbytes(8))[0] for _ in range(count)]
    usual = [rng.gauss(0, 1) * 10 ** rng.randint(-6, 8) for _ in range(count)]
    ties = [rng.randint(-99999, 99999) * 0.5 ** rng.randint(0, 12) for _ in range(count)]
    return [*EDGES, *anything, *usual, *ties]


def written(script, name: str, numbers: list[float]) -> list[str]:
    texts = [repr(n).replace("inf", "Infinity").replace("nan", "NaN") for n in numbers]
    return str(script.eval(f"[{','.join(texts)}].map(x => {name}(x)).join('|')")).split("|")


def on_screen(text: str) -> str:
    return text.replace("-", "−").replace("nan", "NaN")


def test_in_short_as_on_cards(script, rng: random.Random, count: Count) -> None:
    numbers = floats(rng, count(sample=2000, full=50_000))
    assert written(script, "short", numbers) == [short(n) for n in numbers]


def test_in_full_as_in_answers(script, rng: random.Random, count: Count) -> None:
    numbers = floats(rng, count(sample=2000, full=50_000))
    assert written(script, "full", numbers) == [on_screen(format_number(n)) for n in numbers]
