"""How a derivative rule moves tangents from the arguments of one application to its result."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from gradcli.carriers.base import Carrier
from gradcli.graph import Parameters
from gradcli.primitives.declare import Differential, Elementwise, Linear, Multilinear, Primitive, Value
from gradcli.shapes import Shape

Tangents = Sequence[Value | None]
"""One tangent an argument; None is a structural zero."""


def contributions(
    m: Carrier,
    primitive: Primitive,
    out: Value,
    arguments: tuple[Value, ...],
    parameters: Parameters,
    incoming: Tangents,
    partial: Callable[[int], Value | None],
) -> list[Value | None]:
    """What each argument's tangent adds to the tangent of `out`, in its shape; None for nothing.

    `partial` gives the local partial of an elementwise operation by one argument.
    """
    rule = primitive.rule
    if isinstance(rule, Elementwise):
        shape = m.shape(out)
        return [None if t is None else _scaled(m, partial(k), t, shape) for k, t in enumerate(incoming)]
    if isinstance(rule, Multilinear):
        return [
            None if t is None else m.apply(primitive, (*arguments[:k], t, *arguments[k + 1 :]), parameters)
            for k, t in enumerate(incoming)
        ]
    if isinstance(rule, Linear):
        return [_together(m, primitive, arguments, parameters, incoming)]
    assert isinstance(rule, Differential)
    return [
        None if t is None or jvp is None else jvp(m, t, out, *arguments, *parameters)
        for jvp, t in zip(rule.jvps, incoming, strict=True)
    ]


def total(m: Carrier, found: Sequence[Value | None]) -> Value | None:
    """The sum of contributions; None of none."""
    summed: Value | None = None
    for contribution in found:
        if contribution is not None:
            summed = contribution if summed is None else m.accumulate(summed, contribution)
    return summed


def _scaled(m: Carrier, partial: Value | None, tangent: Value, shape: Shape) -> Value | None:
    if partial is None:
        return None
    product = partial * tangent
    return product if m.shape(product) == shape else m.broadcast_to(product, shape=shape)


def _together(
    m: Carrier, primitive: Primitive, arguments: Sequence[Value], parameters: Parameters, incoming: Tangents
) -> Value | None:
    """A jointly linear operation on the tangents; arguments without one contribute zeros."""
    values: list[Any] = list(arguments)
    moved = False
    for k, tangent in enumerate(incoming):
        if primitive.rule.depends_on(k):
            moved = moved or tangent is not None
            values[k] = m.zeros(m.shape(values[k])) if tangent is None else tangent
    return m.apply(primitive, tuple(values), parameters) if moved else None
