"""Norms of vectors along axes (Golub and Van Loan, Matrix Computations, 2013, section 2.2)."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from gradcli.errors import UsageError
from gradcli.exact import less_one
from gradcli.graph import Parameters
from gradcli.primitives.axes import (
    AXIS_ALIASES,
    OVER_AXES,
    canonical_axes,
    laid_over,
    nonempty_axes,
    reduced_shape,
)
from gradcli.primitives.backings import axes
from gradcli.primitives.declare import AXES, Composition, Differential, Kink, Notation, Primitive, Value
from gradcli.shapes import Shape

MATRIX = ((1.0, -2.0, 0.5), (3.0, 0.25, -1.5))
CUBE = (MATRIX, ((2.0, 1.5, -0.75), (-0.5, 4.0, 1.25)))
VECTOR = (3.0, -4.0, 1.0)


def _canonical(shapes: Sequence[Shape], p: Any, axis: Any, keepdim: Any) -> Parameters:
    """p as a whole number where it is one; "fro" is 2."""
    order = {"fro": 2, "inf": math.inf}.get(p, p) if isinstance(p, str) else p
    if not isinstance(order, int | float) or isinstance(order, bool) or not order >= 1:
        raise UsageError(f"no norm has p={p}", hint='p is a number from 1 on, inf, or "fro", which is 2')
    if isinstance(order, float) and order.is_integer():
        order = int(order)
    chosen = nonempty_axes("the largest element") if order == math.inf else canonical_axes
    return (order, *chosen(shapes, axis, keepdim))


def _norm_jvp(m: Any, tangent: Value, out: Value, x: Value, p: float, axis: Any, keepdim: bool) -> Value:
    if p == 1:
        return m.sum(m.sign(x) * tangent, axis=axis, keepdim=keepdim)
    if p == 2:
        # At x = 0 the denominator is replaced before dividing, so that neither sweep meets 0/0; the numerator too, or
        # the second derivative would be its own.
        origin = m.eq(out, 0.0)
        along = m.where(origin, 0.0, m.sum(x * tangent, axis=axis, keepdim=keepdim))
        return m.div(along, m.where(origin, 1.0, out))
    size = laid_over(m, out, x, axis)
    if p == math.inf:
        tied = m.eq(m.abs(x), size)
        total = m.sum(m.where(tied, m.sign(x) * tangent, 0.0), axis=axis, keepdim=keepdim)
        return m.div(total, m.sum(tied, axis=axis, keepdim=keepdim))
    ratio = m.div(m.abs(x), m.where(m.eq(size, 0.0), 1.0, size))
    return m.sum(m.sign(x) * m.power(ratio, exponent=less_one(p)) * tangent, axis=axis, keepdim=keepdim)


def _norm_sides(m: Any, tangents: tuple[Value], x: Value, p: float, axis: Any, keepdim: bool) -> Value:
    """|x| grows by |dx| where x = 0, by sign(x) dx elsewhere; the largest of a tie is the one that grows most."""
    (tangent,) = tangents
    if 1 < p < math.inf:
        return m.norm(tangent, p=p, axis=axis, keepdim=keepdim)
    growth = m.where(m.eq(x, 0.0), m.abs(tangent), m.sign(x) * tangent)
    if p == 1:
        return m.sum(growth, axis=axis, keepdim=keepdim)
    largest = m.norm(x, p=p, axis=axis, keepdim=True)
    return m.max(m.where(m.eq(m.abs(x), largest), growth, -math.inf), axis=axis, keepdim=keepdim)


def _norm(m: Any, x: Value, p: float, axis: Any, keepdim: bool) -> Value:
    if p == 2:
        return m.sqrt(m.sum(x * x, axis=axis, keepdim=keepdim))
    if p == math.inf:
        return m.max(m.abs(x), axis=axis, keepdim=keepdim)
    if p == 1:
        return m.sum(m.abs(x), axis=axis, keepdim=keepdim)
    total = m.sum(m.power(m.abs(x), exponent=p), axis=axis, keepdim=keepdim)
    return m.pow(total, m.div(1.0, p))


def _off_kinks(m: Any, out: Value, x: Value, p: float, axis: Any, keepdim: bool) -> Value:
    """0 where an element is (p = 1), where all are, or where several are the largest (p = inf)."""
    if p == 1:
        return x
    if p < math.inf:
        return out
    tied = m.sum(m.eq(m.abs(x), laid_over(m, out, x, axis)), axis=axis, keepdim=keepdim)
    return m.where(m.lt(tied, 2.0), out, 0.0)


def _sum_of_squares(m: Any, x: Value, axis: Any, keepdim: bool) -> Value:
    return m.sum(x * x, axis=axis, keepdim=keepdim)


PRIMITIVES = (
    Primitive(
        "norm",
        Differential(_norm_jvp),
        doc="p-norm of all elements, or along axes; p is 1, 2, inf or any number from 1 on",
        parameters={"p": 2, **OVER_AXES},
        parameter_aliases={**AXIS_ALIASES, "ord": "p"},
        shape=lambda shape, p, axis, keepdim: reduced_shape(shape, axis, keepdim),
        normalize=_canonical,
        kink=Kink(
            at=lambda x, p, axis, keepdim: (axes.norm_kinks(x, p, axis, keepdim),),
            convention="0 at 0, the centre of the unit ball; with p=inf a tie is shared equally, at 0 by half",
            points=(((0.0, 0.0, 0.0),), ((2.0, 0.0, -1.0), 1), ((2.0, -2.0, 1.0), math.inf)),
            sides=_norm_sides,
            jax="nan at 0 for p above 1; with p=1, 1 at an element 0; with p=inf a tie is shared equally",
        ),
        notation=Notation(latex=r"\left\lVert {0} \right\rVert", encloses=True),
        powers={2: "sumsq"},
        samples=(
            (VECTOR,),
            (MATRIX,),
            (MATRIX, "fro", 0),
            (MATRIX, 1),
            (MATRIX, 1, 1, True),
            (MATRIX, math.inf),
            (MATRIX, "inf", 0),
            (MATRIX, 3, 1, True),
            (VECTOR, 2.5),
            (VECTOR, 1.5),
            (CUBE, 2, (0, 2)),
        ),
        torch=AXES + "norm",
        definition=_norm,
        composition=Composition(_norm, _off_kinks),
    ),
    Primitive(
        "sumsq",
        Differential(lambda m, tangent, out, x, axis, keepdim: 2.0 * m.sum(x * tangent, axis=axis, keepdim=keepdim)),
        doc="sum of the squares of all elements: the squared norm without a root, so without its rounding and its kink",
        parameters=OVER_AXES,
        parameter_aliases=AXIS_ALIASES,
        shape=reduced_shape,
        normalize=canonical_axes,
        notation=Notation(latex=r"\left\lVert {0} \right\rVert^2", encloses=True),
        samples=((VECTOR,), (MATRIX,), (MATRIX, 0), (MATRIX, 1, True)),
        torch=AXES + "sumsq",
        definition=_sum_of_squares,
        composition=Composition(_sum_of_squares),
    ),
)
