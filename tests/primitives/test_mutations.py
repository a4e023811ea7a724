"""Broken rules: each must be caught by the very check that test_registry runs, or that check proves nothing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from gradcli.methods.transposition import recorded
from gradcli.primitives.declare import Differential, Elementwise, Linear, Multilinear, Primitive, Rule, RuleFunction
from gradcli.primitives.registry import by_name
from tests.primitives import checks


def jvp_of(name: str) -> RuleFunction:
    """The right jvp of a `Differential` rule, to break."""
    rule = by_name()[name].rule
    assert isinstance(rule, Differential)
    (jvp,) = rule.jvps
    assert jvp is not None
    return jvp


VAR, NORM = jvp_of("var"), jvp_of("norm")

MUTATIONS: list[tuple[str, str, Rule]] = [
    ("sign flipped", "cos", Elementwise(lambda m, out, x: m.sin(x))),
    ("argument for result", "exp", Elementwise(lambda m, out, x: x)),
    ("factor dropped", "sqrt", Elementwise(lambda m, out, x: m.div(1.0, out))),
    ("factor doubled", "erf", Elementwise(lambda m, out, x: 2.256758334191025 * m.exp(-(x * x)))),
    ("factor off in the tenth digit", "log10", Elementwise(lambda m, out, x: m.div(0.43429448195, x))),
    ("arguments swapped", "mul", Elementwise(lambda m, out, x, y: x, lambda m, out, x, y: y)),
    ("second argument forgotten", "sub", Elementwise(lambda m, out, x, y: 1.0, None)),
    ("partials exchanged", "atan2", Elementwise(*reversed(by_name()["atan2"].rule.partials))),
    (
        "sign of the second partial",
        "div",
        Elementwise(lambda m, o, x, y: m.div(1.0, y), lambda m, o, x, y: m.div(o, y)),
    ),
    ("exponent off by one", "power", Elementwise(lambda m, out, x, exponent: exponent * m.power(x, exponent=exponent))),
    ("parameter ignored", "polygamma", Elementwise(lambda m, out, x, order: m.polygamma(x, order=2))),
    ("cancelling form", "tanh", Elementwise(lambda m, out, x: 1.0 - out * out)),
    ("cancelling form", "sigmoid", Elementwise(lambda m, out, x: out * (1.0 - out))),
    ("wrong branch", "where", Linear(None, lambda m, u, c, a, b: u, lambda m, u, c, a, b: m.masked(c, u))),
    ("tie shared with the loser", "maximum", Elementwise(lambda m, o, x, y: m.lt(x, y), lambda m, o, x, y: m.gt(x, y))),
    ("held where it is not", "relu", Elementwise(None)),
    ("passes where it is held", "detach", Elementwise(lambda m, out, x: 1.0)),
    ("not transposed", "matmul", Multilinear(by_name()["matmul"].rule.transposes[0], lambda m, u, a, b: u)),
    ("same factor twice", "dot", Multilinear(lambda m, u, x, y: u * y, lambda m, u, x, y: u * y)),
    ("not divided by the count", "mean", Linear(lambda m, u, x, axis, keepdim: m.broadcast_to(u, shape=m.shape(x)))),
    ("axes not inverted", "permute", Linear(lambda m, u, x, axes: m.permute(u, axes=axes))),
    (
        "shifted by one",
        "stack",
        Linear(lambda m, u, k, *rest: m.index(u, spec=((None, None, None),) * rest[-1] + (0,)), variadic=True),
    ),
    ("missing sign", "inv", Differential(lambda m, t, out, a: m.matmul(m.matmul(out, t), out))),
    ("not transposed", "det", Differential(lambda m, t, out, a: out * m.sum(m.inv(a) * t))),
    (
        "not rotated",
        "eigvalsh",
        Differential(lambda m, t, out, a: m.diag(m.matmul(m.matmul(m.eigvecsh(a), t), m.transpose(m.eigvecsh(a))))),
    ),
    ("sign of the gaps", "eigvecsh", Differential(lambda m, t, out, a: -jvp_of("eigvecsh")(m, t, out, a))),
    ("not symmetrised", "eigvecsh", Differential(lambda m, t, out, a: jvp_of("eigvecsh")(m, m.tril(t), out, a))),
    ("missing term", "softmax", Differential(lambda m, t, out, x, axis: out * t)),
    ("truncated, not floored", "remainder", Elementwise(lambda m, o, x, y: 1.0, lambda m, o, x, y: -m.div(x - o, -y))),
    (
        "floored quotient exchanged",
        "remainder",
        Elementwise(lambda m, o, x, y: 1.0, lambda m, o, x, y: -m.floor_divide(y, x)),
    ),
    ("parameter ignored", "leaky_relu", Elementwise(lambda m, o, x, s: m.where(m.gt(x, 0.0), 1.0, 0.01))),
    ("factor dropped", "elu", Elementwise(lambda m, o, x, alpha: m.where(m.gt(x, 0.0), 1.0, m.exp(x)))),
    ("gate alone", "silu", Elementwise(lambda m, o, x: m.sigmoid(x))),
    (
        "cancelling form",
        "gelu",
        Elementwise(
            lambda m, o, x, a: (
                by_name()["gelu"].rule.partials[0](m, o, x, a)
                if a == "tanh"
                else 0.5 * (1.0 + m.erf(0.7071067811865476 * x)) + 0.3989422804014327 * x * m.exp(-0.5 * (x * x))
            )
        ),
    ),
    (
        "one formula for both",
        "gelu",
        Elementwise(lambda m, o, x, a: by_name()["gelu"].rule.partials[0](m, o, x, "none")),
    ),
    ("mean not subtracted", "log_softmax", Differential(lambda m, t, out, x, axis: t - m.exp(out) * t)),
    ("not weighted", "logsumexp", Differential(lambda m, t, out, x, axis, k: m.sum(t, axis=axis, keepdim=k))),
    (
        "not divided by the count",
        "mse",
        Differential(*[lambda m, t, out, x, y, r, s=s: s * m.sum((x - y) * t) for s in (2.0, -2.0)]),
    ),
    (
        "delta ignored",
        "huber",
        Differential(lambda m, t, out, x, y, d, r: m.div(m.sum((x - y) * t), 3.0), by_name()["huber"].rule.jvps[1]),
    ),
    ("held target", "cross_entropy", Differential(by_name()["cross_entropy"].rule.jvps[0], None)),
    ("squared denominator", "norm", Differential(lambda m, t, out, x, *rest: m.div(m.sum(x * t), out * out))),
    (
        "divided by the element, which may be 0",
        "prod",
        Differential(lambda m, t, out, x, axis, keepdim: m.sum(m.div(out * t, x), axis=axis, keepdim=keepdim)),
    ),
    (
        "as if the element were in the product",
        "cumprod",
        Differential(lambda m, t, out, x, axis, *flags: out * m.cumsum(t, axis=axis)),
    ),
    (
        "correction ignored",
        "var",
        Differential(lambda m, t, out, x, axis, correction, keepdim: VAR(m, t, out, x, axis, 0, keepdim)),
    ),
    (
        "all elements share",
        "max",
        Differential(lambda m, t, out, x, axis, keepdim: m.mean(t, axis=axis, keepdim=keepdim)),
    ),
    (
        "order of the norm ignored",
        "norm",
        Differential(lambda m, t, o, x, p, *rest: jvp_of("norm")(m, t, o, x, 2, *rest)),
    ),
    (
        "the same direction",
        "cumsum",
        Linear(lambda m, u, x, axis, e, r: m.cumsum(u, axis=axis, exclusive=e, reverse=r)),
    ),
    ("the other triangle", "tril", Linear(lambda m, u, x, diagonal: m.triu(u, diagonal=diagonal))),
    ("offset ignored", "diag", Linear(lambda m, u, x, offset: m.diag(u))),
    ("rolled the same way", "roll", Linear(lambda m, u, x, shift, axis: m.roll(u, shift=shift, axis=axis))),
    ("one copy only", "repeat", Linear(lambda m, u, x, repeats: m.reshape(u, shape=(*m.shape(x), -1)))),
]


@contextmanager
def broken(primitive: Primitive, rule: Rule) -> Iterator[None]:
    """The primitive with another rule; recorded pieces of the old one are forgotten."""
    right = primitive.rule
    object.__setattr__(primitive, "rule", rule)
    recorded.cache_clear()
    try:
        yield
    finally:
        object.__setattr__(primitive, "rule", right)
        recorded.cache_clear()


def caught(primitive: Primitive, check: object) -> bool:
    """Whether a check fails at any sample."""
    for case in checks.sample_cases(primitive):
        try:
            check(case)
        except Exception:  # noqa: BLE001 - a rule of the wrong shape may fail in any way
            return True
    return False


@pytest.mark.parametrize(
    ("mutation", "name", "rule"), MUTATIONS, ids=[f"{name}-{what}".replace(" ", "-") for what, name, _ in MUTATIONS]
)
def test_broken_rule_is_caught(mutation: str, name: str, rule: Rule) -> None:
    primitive = by_name()[name]
    with broken(primitive, rule):
        assert caught(primitive, checks.check_first_order), f"{name}: '{mutation}' passed unnoticed"


def test_the_rules_themselves_pass() -> None:
    """Otherwise the tests above would catch anything."""
    for name in {name for _, name, _ in MUTATIONS}:
        for case in checks.sample_cases(by_name()[name]):
            checks.check_first_order(case)


LINEAR = "matmul dot outer index permute stack cat cumsum diag trace repeat where"


@pytest.mark.parametrize("name", LINEAR.split())
def test_dot_product_catches_a_transpose_that_is_none(name: str) -> None:
    """The two sweeps use the operation and its transpose: a wrong transpose breaks <u, Jt> = <J'u, t>."""
    primitive = by_name()[name]
    rule = primitive.rule
    assert isinstance(rule, Linear)
    doubled = [
        t if t is None else (lambda m, *rest, t=t: 2.0 * t(m, *rest)) if name != "where" else (lambda m, u, c, a, b: u)
        for t in rule.transposes
    ]
    with broken(primitive, type(rule)(*doubled, variadic=rule.variadic)):
        assert caught(primitive, checks.check_dot_product)
