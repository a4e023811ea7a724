"""Clarke's intervals: those of theory, written by hand, and around all one-sided derivatives that differences show."""

from __future__ import annotations

import math
from typing import Any

import flint
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from gradcli.carriers.select import select_carrier
from gradcli.carriers.tape import evaluate, input_values
from gradcli.methods.base import unflatten
from gradcli.methods.enclosures import BallLine, working
from gradcli.verify.clarke import clarke_ranges
from tests.verify.problems import check, problem

ROOT_HALF, ROOT_THIRD = math.sqrt(0.5), math.sqrt(1 / 3)


def ranges(text: str, point: dict[str, Any]) -> dict[str, list[tuple[float, float]]] | None:
    asked = problem(text, **point)
    carrier = select_carrier(asked.graph, asked.graph.ancestors([asked.output]))
    tape = evaluate(asked.graph, [asked.output], carrier, input_values(asked.graph, carrier, asked.point))
    return clarke_ranges(asked, tape)


@pytest.mark.parametrize(
    ("text", "point", "wanted"),
    [
        ("|x|", {"x": 0.0}, {"x": [(-1, 1)]}),
        ("relu(x)", {"x": 0.0}, {"x": [(0, 1)]}),
        ("max(x, 0)", {"x": 0.0}, {"x": [(0, 1)]}),
        ("min(x, 0)", {"x": 0.0}, {"x": [(0, 1)]}),
        ("clamp(x, 0, 1)", {"x": 0.0}, {"x": [(0, 1)]}),
        ("clamp(x, 0, 1)", {"x": 1.0}, {"x": [(0, 1)]}),
        ("|x| + |y|", {"x": 0.0, "y": 0.0}, {"x": [(-1, 1)], "y": [(-1, 1)]}),
        ("max(x, y)", {"x": 2.0, "y": 2.0}, {"x": [(0, 1)], "y": [(0, 1)]}),
        ("min(x, y)", {"x": 2.0, "y": 2.0}, {"x": [(0, 1)], "y": [(0, 1)]}),
        ("|x|^3", {"x": 0.0}, {"x": [(0, 0)]}),
        ("x*|x|", {"x": 0.0}, {"x": [(0, 0)]}),
        ("2|x| + 3x", {"x": 0.0}, {"x": [(1, 5)]}),
        ("-3|x|", {"x": 0.0}, {"x": [(-3, 3)]}),
        ("|x - 0.1|", {"x": 0.1}, {"x": [(-1, 1)]}),
        ("leaky_relu(x)", {"x": 0.0}, {"x": [(0.01, 1)]}),
        ("elu(x, alpha=2)", {"x": 0.0}, {"x": [(1, 2)]}),
        ("elu(x, alpha=1)", {"x": 0.0}, {"x": [(1, 1)]}),
        ("huber(x, y)", {"x": 1.0, "y": 0.0}, {"x": [(1, 1)], "y": [(-1, -1)]}),
        ("exp(|x|)", {"x": 0.0}, {"x": [(-1, 1)]}),
        ("hypot(x, y)", {"x": 0.0, "y": 0.0}, {"x": [(-1, 1)], "y": [(-1, 1)]}),
        ("sum(|x|)", {"x": [0.0, 2.0, -1.0]}, {"x": [(-1, 1), (1, 1), (-1, -1)]}),
        (
            "sum(A @ relu(x))",
            {"A": [[1.0, 2.0], [3.0, 4.0]], "x": [0.0, 0.0]},
            {"A": [(0, 0)] * 4, "x": [(0, 4), (0, 6)]},
        ),
        ("norm(x)", {"x": [0.0, 0.0]}, {"x": [(-1, 1), (-1, 1)]}),
        ("norm(x, 1)", {"x": [0.0, -2.0]}, {"x": [(-1, 1), (-1, -1)]}),
        ("norm(x, inf)", {"x": [2.0, -2.0, 1.0]}, {"x": [(0, 1), (-1, 0), (0, 0)]}),
        ("norm(x, inf)", {"x": [0.0, 0.0]}, {"x": [(-1, 1), (-1, 1)]}),
        ("sum(norm(x, axis=1))", {"x": [[0.0, 0.0], [3.0, 4.0]]}, {"x": [(-1, 1), (-1, 1), (0.6, 0.6), (0.8, 0.8)]}),
        ("max(x)", {"x": [1.0, 1.0, 1.0, 0.0]}, {"x": [(0, 1)] * 3 + [(0, 0)]}),
        ("min(x)", {"x": [[1.0, 5.0], [1.0, 1.0]]}, {"x": [(0, 1), (0, 0), (0, 1), (0, 1)]}),
        ("sum(max(x, axis=1)^2)", {"x": [[1.0, 1.0], [3.0, 4.0]]}, {"x": [(0, 2), (0, 2), (0, 0), (8, 8)]}),
        ("std(x)", {"x": [2.0, 2.0]}, {"x": [(-ROOT_HALF, ROOT_HALF)] * 2}),
        ("std(x)", {"x": [2.0, 2.0, 2.0]}, {"x": [(-ROOT_THIRD, ROOT_THIRD)] * 3}),
    ],
)
def test_the_interval_of_theory(text: str, point: dict[str, Any], wanted: dict[str, list[Any]]) -> None:
    found = ranges(text, point)
    assert found is not None
    assert list(found) == list(wanted)
    for name, pairs in wanted.items():
        for ours, theirs in zip(found[name], pairs, strict=True):
            assert ours == pytest.approx(theirs, rel=1e-15, abs=0)


@pytest.mark.parametrize(
    ("text", "point", "inside"),
    [
        ("relu(x) - relu(-x)", {"x": 0.0}, [(1, 1)]),
        ("max(x, x)", {"x": 1.0}, [(1, 1)]),
        # The median of three: at a threefold tie every argument may be the one, and the sides by the first are both 0.
        ("clamp(x, low, high)", {"x": 0.5, "low": 0.5, "high": 0.5}, [(0, 1), (0, 1), (0, 1)]),
        ("clamp(x, low, high)", {"x": 0.0, "low": 0.5, "high": 0.5}, [(0, 0), (0, 1), (0, 1)]),
    ],
)
def test_an_enclosure_need_not_be_tight_but_holds_the_set(text: str, point: dict[str, Any], inside: list[Any]) -> None:
    found = ranges(text, point)
    assert found is not None
    flat = [pair for pairs in found.values() for pair in pairs]
    for (low, high), (first, last) in zip(flat, inside, strict=True):
        assert low <= first <= last <= high


def test_the_known_enclosure_of_a_cancelling_kink() -> None:
    assert ranges("relu(x) - relu(-x)", {"x": 0.0}) == {"x": [(0.0, 2.0)]}


@pytest.mark.parametrize(
    ("text", "point"),
    [
        ("sqrt(|x|)", {"x": 0.0}),
        ("floor(x)", {"x": 2.0}),
        ("floor(x)*|x - 2|", {"x": 2.0}),
        ("sum(x^0.5)", {"x": [0.0, 1.0]}),
    ],
)
def test_no_interval_where_the_function_is_not_lipschitz(text: str, point: dict[str, Any]) -> None:
    assert ranges(text, point) is None


LEAVES = ("x", "y", "x - y", "x + y", "0.5*x", "2*y", "x*y", "x + 2", "sin(x)", "exp(y) - 1")
ONE = (
    "|{0}|",
    "relu({0})",
    "-({0})",
    "({0})^2",
    "tanh({0})",
    "leaky_relu({0})",
    "clamp({0}, 0, 1)",
    "3*({0})",
    "exp({0})",
)
TWO = ("({0}) + ({1})", "({0}) - ({1})", "({0})*({1})", "max({0}, {1})", "min({0}, {1})")
compositions = st.recursive(
    st.sampled_from(LEAVES),
    lambda inner: st.one_of(
        st.builds(str.format, st.sampled_from(ONE), inner), st.builds(str.format, st.sampled_from(TWO), inner, inner)
    ),
    max_leaves=6,
)


@given(compositions, st.sampled_from([0.0, 1.0, -1.0]), st.sampled_from([0.0, 1.0]))
@settings(max_examples=150, deadline=None)
def test_one_sided_differences_in_balls_lie_in_the_interval(text: str, x: float, y: float) -> None:
    """Along every axis and from both sides; and along x + y, whose slopes lie in the sum of the intervals."""
    found = ranges(f"{text} + 0*x + 0*y", {"x": x, "y": y})
    assume(found is not None)
    assert found is not None
    (low_x, high_x), (low_y, high_y) = found["x"][0], found["y"][0]
    asked = problem(f"{text} + 0*x + 0*y", x=x, y=y)
    with working(400) as balls:
        line = BallLine(asked, balls)
        step = flint.arb(2) ** -100
        here = line.at({"x": 0.0}, flint.arb(0))
        for direction, low, high in (
            ({"x": 1.0}, low_x, high_x),
            ({"y": 1.0}, low_y, high_y),
            ({"x": 1.0, "y": 1.0}, low_x + low_y, high_x + high_y),
        ):
            for sign in (-1, 1):
                slope = float((line.at(direction, sign * step) - here) / (sign * step))
                slack = 1e-13 * (1 + abs(low) + abs(high))
                assert low - slack <= slope <= high + slack, (text, direction, sign)


def test_random_vectors_with_ties() -> None:
    """Reductions of vectors with ties along many directions: f'(x; d) lies in the interval product with d."""
    for text in ("max(x) + norm(x, inf)", "norm(x, 1)*max(x)", "sum(relu(x - max(x)))", "min(x)^2 + norm(x)"):
        for point in ([0.0, 0.0, 0.0], [1.0, 1.0, -1.0], [2.0, 2.0, 2.0], [0.0, 3.0, -3.0]):
            found = ranges(text, {"x": point})
            assert found is not None, (text, point)
            with working(400) as balls:
                line = BallLine(problem(text, x=point), balls)
                step = flint.arb(2) ** -100
                here = line.at({"x": [0.0] * 3}, flint.arb(0))
                for number in range(27):
                    d = [float(number // 3**k % 3 - 1) for k in range(3)]
                    slope = float((line.at({"x": unflatten(d, (3,))}, step) - here) / step)
                    ends = [sorted((low * w, high * w)) for (low, high), w in zip(found["x"], d, strict=True)]
                    assert sum(e[0] for e in ends) - 1e-12 <= slope <= sum(e[1] for e in ends) + 1e-12, (text, point, d)


def test_more_than_64_inputs_have_intervals_without_sides() -> None:
    verdict = check("sum(abs(x))", x=[0.0] + [1.0] * 99).verdict
    assert verdict.word == "kink"
    assert "1 of 100 components" in verdict.sentence
    assert verdict.sides is None
    assert verdict.clarke == {"x": [(-1.0, 1.0)] + [(1.0, 1.0)] * 99}


def test_more_than_64_inputs_off_their_kinks_are_verified() -> None:
    """A kink whose factor is 0 leaves one slope."""
    verdict = check("sum(x*abs(x))", x=[0.0] + [1.0] * 99).verdict
    assert verdict.word == "verified", verdict.sentence
