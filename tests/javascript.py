"""Runs JavaScript in V8, and the functions that a page has of primitives."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from functools import cache
from typing import Any

import pytest

from gradcli.carriers.javascript import library
from gradcli.primitives.declare import Primitive
from gradcli.render.inspector.program import function_text, scripts

READS = """
const read = (number) => ({ inf: Infinity, "-inf": -Infinity, nan: NaN, "-0": -0 })[number] ?? number;
const written = (number) =>
  number === null ? null : Object.is(number, -0) ? "-0" : Number.isFinite(number) ? number :
  number !== number ? "nan" : number > 0 ? "inf" : "-inf";
const found = (f, points) => points.map((point) => {
  const x = point.map(read);
  const out = f.value(...x);
  return [out, ...f.partials.map((partial) => partial && partial(out, ...x))].map(written);
});
const conditions = (f, points) => points.map((point) => {
  const x = point.map(read);
  return [...f.domain.map((holds) => holds(...x)), f.kink(...x)].map(Boolean);
});
"""


def fresh_engine(source: str) -> Any:
    """V8 with scripts that it has run."""
    racer = pytest.importorskip("py_mini_racer", reason="the package mini-racer is not installed").MiniRacer()
    racer.eval(source)
    return racer


@cache
def engine() -> Any:
    """V8 with what a page has."""
    return fresh_engine(scripts("floating.", pieces=True) + READS)


def value_and_partials(
    primitive: Primitive, parameters: tuple[Any, ...], points: Sequence[tuple[float, ...]], v8: Any = None
) -> list[list[float | None]]:
    """Of each point the value, then one partial an argument: None where no derivative flows."""
    rows = asked("found", primitive, parameters, points, v8)
    return [[None if x is None else float(x) for x in row] for row in rows]


def domain_and_kink(
    primitive: Primitive, parameters: tuple[Any, ...], points: Sequence[tuple[float, ...]]
) -> list[list[bool]]:
    """Of each point whether the conditions of the domain hold, and last whether it is on a kink."""
    return asked("conditions", primitive, parameters, points)


def asked(
    question: str, primitive: Primitive, parameters: tuple[Any, ...], points: Sequence[Any], v8: Any = None
) -> Any:
    """What a function above says of a primitive at points."""
    given = json.dumps([[writable(x) for x in point] for point in points])
    text = f"JSON.stringify({question}({function_text(primitive, parameters)}, {given}))"
    return json.loads((v8 or engine()).eval(text))


def writable(number: float) -> float | str:
    """A number as JSON: what is not finite, and -0, as text."""
    zero = number == 0 and math.copysign(1, number) < 0
    return "-0" if zero else number if math.isfinite(number) else str(number)


def mistaken_engine(right: str, mistaken: str) -> Any:
    """V8 with a library in which something was replaced."""
    assert library().count(right) == 1
    return fresh_engine(library().replace(right, mistaken) + READS)
