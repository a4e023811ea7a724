"""One family of tests over the whole registry: every primitive, every declared sample, every shape and carrier."""

from __future__ import annotations

from collections import Counter

import pytest

from gradcli.errors import Span
from gradcli.primitives.constructors import CONSTRUCTORS
from gradcli.primitives.declare import Primitive
from gradcli.primitives.registry import by_name, by_spelling, families
from gradcli.syntax.operands import Operand
from gradcli.syntax.program import Call
from gradcli.syntax.signatures import bind
from tests.primitives import checks

PRIMITIVES = [by_name()[name] for name in sorted(by_name())]
# A case is made inside its test, so that a mistake in a declaration fails the tests of that primitive and no others.
SAMPLES = [(p, number) for p in PRIMITIVES for number in range(checks.sample_count(p))]
SHAPED = [
    (p, number, shape)
    for p, number in SAMPLES
    if p.elementwise
    for shape, _ in checks.elementwise_shapes(len(p.arguments))
]


def name_of(value: object) -> str:
    return value.name if isinstance(value, Primitive) else str(value).replace(" ", "-")


@pytest.mark.parametrize(("primitive", "number"), SAMPLES, ids=name_of)
def test_every_sample(primitive: Primitive, number: int) -> None:
    checks.check(checks.sample_case(primitive, number))


@pytest.mark.heavy(sample=60)
@pytest.mark.parametrize(("primitive", "number", "shape"), SHAPED, ids=name_of)
def test_vectors_matrices_and_broadcasts(primitive: Primitive, number: int, shape: str) -> None:
    checks.check(checks.shaped_case(primitive, number, shape))


def test_no_two_share_a_name() -> None:
    names = [p.name for group in families().values() for p in group] + [c.name for c in CONSTRUCTORS]
    assert [name for name, times in Counter(names).items() if times > 1] == []


@pytest.mark.parametrize("spelling", sorted(by_spelling()))
def test_equal_spellings_are_told_apart(spelling: str) -> None:
    """By the number of operands. A primitive that is named so is the one that its arguments alone mean."""
    candidates = by_spelling()[spelling]
    assert spelling not in [c.name for c in CONSTRUCTORS], f"{spelling} is a constructor too"
    for primitive in candidates:
        least, most = len(primitive.arguments), len(primitive.arguments) + len(primitive.parameters)
        counts = [least] if primitive.name == spelling else range(least, most + 1)
        meant = [bind(candidates, *call_of(spelling, count)).primitive for count in counts]
        assert primitive in meant, f"{spelling}(...) never means {primitive.name}: another is spelled so"


def call_of(name: str, count: int) -> tuple[Call, list[Operand]]:
    return Call(name, count, ()), [Operand(Span(k, k + 1), None, None) for k in range(count)]


@pytest.mark.parametrize("primitive", PRIMITIVES, ids=lambda p: p.name)
def test_declaration_is_complete(primitive: Primitive) -> None:
    checks.check_declaration(primitive)
