"""One family of tests over the whole registry: every primitive, every declared sample, every shape and carrier."""

from __future__ import annotations

import pytest

from gradcli.primitives.declare import Primitive
from gradcli.primitives.registry import by_name
from tests.primitives import checks

PRIMITIVES = [by_name()[name] for name in sorted(by_name())]
CASES = [case for primitive in PRIMITIVES for case in checks.sample_cases(primitive)]
SHAPED_CASES = [case for primitive in PRIMITIVES for case in checks.shaped_cases(primitive)]


def name_of(case: checks.Case) -> str:
    return f"{case.primitive.name}-{case.label}".replace(" ", "-")


@pytest.mark.parametrize("case", CASES, ids=name_of)
def test_every_sample(case: checks.Case) -> None:
    checks.check(case)


@pytest.mark.heavy(sample=60)
@pytest.mark.parametrize("case", SHAPED_CASES, ids=name_of)
def test_vectors_matrices_and_broadcasts(case: checks.Case) -> None:
    checks.check(case)


@pytest.mark.parametrize("primitive", PRIMITIVES, ids=lambda p: p.name)
def test_declaration_is_complete(primitive: Primitive) -> None:
    checks.check_declaration(primitive)
