"""Every rewriting is true, finds itself, and none is offered unproven."""

import random

import pytest

from gradcli.carriers.balls import Balls
from gradcli.carriers.tape import evaluate
from gradcli.methods.base import unflatten
from gradcli.methods.enclosures import flat, working
from gradcli.shapes import size
from gradcli.syntax.build import build
from gradcli.syntax.parse import parse
from gradcli.verify.why import patterns
from gradcli.verify.why.patterns import compiled, match, matches_around
from gradcli.verify.why.rewritings import REWRITINGS
from tests.verify.problems import problem
from tests.verify.why.diagnoses import only, why

SHAPES = {0: (), 1: (3,), 2: (2, 3)}


def value(text: str, names: dict[str, list[float]], vector: bool, m: Balls) -> list:
    """The elements of the value. What stands for any expression is a scalar, or a vector."""
    shapes = {n: SHAPES[len(s) or vector] for n, s in patterns.shapes_of(text).items()}
    built = build(parse(text), shapes)
    inputs = {
        node: m.constant(unflatten(names[n][: int(size(shapes[n]))], shapes[n]), shapes[n])
        for n, node in built.graph.inputs.items()
    }
    return flat(evaluate(built.graph, built.outputs, m, inputs).values[built.outputs[-1]])


def reduces(text: str) -> bool:
    """Whether an expression collapses one that is not known to be a vector."""
    return any(word in text for word in ("sum(exp(a", "sum(a", "mean(", "prod("))


@pytest.mark.parametrize(("before", "after"), REWRITINGS)
def test_both_sides_are_equal(before: str, after: str) -> None:
    draw = random.Random(3)
    equal = 0
    with working(160) as m:
        for sign in (1, -1) * 32:
            names = {n: [sign * draw.uniform(0.05, 0.95) for _ in range(6)] for n in "abcvX"}
            sides = [value(text, names, reduces(before), m) for text in (before, after)]
            if all(number.is_finite() for number in sides[0]):
                assert all(abs(p - q) < 1e-35 for p, q in zip(*sides, strict=True))
                equal += 1
    assert equal >= 3


@pytest.mark.parametrize(("before", "after"), REWRITINGS)
def test_a_pattern_finds_itself(before: str, after: str) -> None:
    rewriting = compiled(before, after)
    for graph, root in rewriting.orders:
        found = match(graph, root, graph, root)
        assert found is not None
        assert set(found[0]) == set(graph.inputs)


def test_sums_and_products_match_in_both_orders() -> None:
    for text in ("log(1 + exp(x*y))", "log(exp(x*y) + 1)"):
        asked = problem(text, x=1.0, y=2.0)
        graph = asked.graph
        found = list(matches_around(graph, graph.ancestors([asked.output]), asked.output))
        assert any(m.rewriting.replacement == "softplus(a)" for m in found)


def test_a_name_stands_for_one_expression() -> None:
    asked = problem("exp(x)/(exp(y) + 1)", x=1.0, y=2.0)
    graph = asked.graph
    found = list(matches_around(graph, graph.ancestors([asked.output]), asked.output))
    assert all(m.rewriting.replacement != "sigmoid(a)" for m in found)


def test_a_false_rewriting_is_never_offered(monkeypatch: pytest.MonkeyPatch) -> None:
    false = (
        ("log(1 + exp(a))", "a"),  # equal to the last digit where exp overflows, and nowhere else
        ("log(1 + exp(a))", "relu(a)"),
        ("log(1 + exp(a))", "800 + 0*a"),  # the right value
    )
    monkeypatch.setattr(patterns, "rewritings", lambda: tuple(compiled(*pair) for pair in false))
    assert only("log(1 + exp(x))", x=800.0).mend is None


def test_user_names_stay() -> None:
    finding = why("z = 1 + exp(w*x); loss = log(z)", w=2.0, x=400.0).findings[0]
    assert finding.mend is not None
    assert finding.mend.expression == "loss = softplus(w*x)"
