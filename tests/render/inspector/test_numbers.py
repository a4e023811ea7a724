"""The page writes numbers as the command line does: the script's own functions, run without a browser."""

import json
import random
import struct

import pytest

from gradcli.methods.base import flatten
from gradcli.render.cards import number_text, short
from gradcli.render.inspector.data import ARRAYS, number
from gradcli.render.inspector.page import part
from gradcli.render.numbers import format_number
from gradcli.render.summary import nested_shape, summarize
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
    context.eval(f"const data = {json.dumps({'arrays': ARRAYS})};")
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


INF, NAN = float("inf"), float("nan")
TABLE = [
    [1.0, -2.0],
    [[1.0, 2.0], [3.0, -4.5]],
    [0.1 + 0.2, 1 / 3],
    [1 / 3] * 8,
    [-1 / 3] * 9,
    [-1 / 3, 0.0] * 9,
    [k / 7 for k in range(8)],
    [0.0] * 44,
    [0.0] * 45,
    [-0.0, 1e-7, 1e21],
    [NAN, 1.0],
    [NAN, *(k / 7 for k in range(7))],
    [NAN, INF, *(k / 7 for k in range(7))],
    [-INF, *(k / 7 for k in range(9))],
    [NAN] * 9,
    [INF] * 9,
    [[k * 1e5 for k in range(6)], [-k / 3 for k in range(6)]],
]


@pytest.mark.parametrize("value", TABLE, ids=lambda value: number_text(value)[:20])
def test_arrays_in_the_words_of_cards_and_answers(script, value: list) -> None:
    flat, shape = flatten(value), list(nested_shape(value))
    given = ",".join(repr(n).replace("inf", "Infinity").replace("nan", "NaN") for n in flat)
    found = json.loads(script.eval(f"JSON.stringify(arrayOf([{given}], {shape}))"))
    summary = summarize(value)
    assert {"short": found["short"], "full": found["full"]} == number(value)
    assert found["norm"] == short(summary.norm)
    assert found["odd"] == summary.strange
    assert found["range"] == f"{short(summary.low)} … {short(summary.high)}"
