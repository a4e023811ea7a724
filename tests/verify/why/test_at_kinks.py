"""Derivatives at the edge of a domain: why says what grad says. The witness is calculus of real functions."""

from __future__ import annotations

from typing import Any

import pytest

from tests.verify.problems import check
from tests.verify.why.diagnoses import why


@pytest.mark.parametrize(
    ("text", "point", "edge"),
    [
        ("x^1.5", {"x": 0.0}, "x^1.5"),
        ("x^2.5 + y", {"x": 0.0, "y": 1.0}, "x^2.5"),
        ("sum(x^1.5)", {"x": [0.0, 1.0]}, "x^1.5"),
        # Real on both sides, with the derivative 0.
        ("x^2", {"x": 0.0}, ""),
        ("(x^2)^1.5", {"x": 0.0}, ""),
    ],
)
def test_the_edge_of_a_domain_is_undefined_as_in_grad(text: str, point: dict[str, Any], edge: str) -> None:
    found = [f for f in why(text, **point).findings if f.kind == "undefined"]
    assert bool(found) is bool(edge)
    assert (check(text, **point).verdict.word == "undefined") is bool(edge)
    for finding in found:
        assert (finding.text, finding.parts[0].name, finding.parts[0].elements) == (edge, "x", (0,))
        assert "edge of its domain" in finding.reason


def test_sides_that_floats_cannot_tell_apart_are_said_to_differ() -> None:
    """1 - 1e-30 and 1 + 1e-30."""
    (finding,) = why("x + |x|*1e-30", x=0.0).findings
    assert finding.details == ["it is 1 from both sides as far as floats can tell, and they differ"]
