"""Running sums and products along an axis."""

from __future__ import annotations

import operator
from itertools import accumulate
from typing import Any

from gradcli.errors import ShapeError
from gradcli.primitives.axes import one_axis
from gradcli.primitives.declare import ARRAYS, AXES, Composition, Differential, Linear, Primitive, Value, multiplication

MATRIX = ((1.0, -2.0, 0.5), (3.0, 0.25, -1.5))
PARAMETERS = {"axis": None, "exclusive": False, "reverse": False}
ALIASES = {"dim": "axis"}
RUNS = ((MATRIX, 0), (MATRIX, 1, True), (MATRIX, 1, False, True), (MATRIX, 1, True, True), ((1.0, 2.0, -3.0),))


def _between(m: Any, x: Value, axis: int, start: int | None, stop: int | None) -> Value:
    return m.index(x, spec=((None, None, None),) * axis + ((start, stop, None),))


def _cumprod_jvp(m: Any, tangent: Value, out: Value, x: Value, axis: int, exclusive: bool, reverse: bool) -> Value:
    """Running products of pairs (v, dv), where (v, dv)(w, dw) = (vw, v dw + w dv): no division, so right at 0.

    Each step doubles how many elements a product spans (Hillis and Steele, Data parallel algorithms, CACM 1986).
    """
    count = m.shape(x)[axis]
    if not isinstance(count, int):
        raise ShapeError(f"the derivative of a running product of {count} elements needs a point")

    def join(begun: Value, done: Value) -> Value:
        return m.cat(done, begun, axis=axis) if reverse else m.cat(begun, done, axis=axis)

    step = 1
    while step < count:
        v, w = _between(m, x, axis, None, count - step), _between(m, x, axis, step, None)
        dv, dw = _between(m, tangent, axis, None, count - step), _between(m, tangent, axis, step, None)
        first, last = (count - step, None) if reverse else (None, step)
        tangent = join(_between(m, tangent, axis, first, last), v * dw + w * dv)
        x = join(_between(m, x, axis, first, last), v * w)
        step *= 2
    if not exclusive or not count:
        return tangent
    shape = m.shape(tangent)
    first, last = (1, None) if reverse else (None, count - 1)
    return join(m.zeros((*shape[:axis], 1, *shape[axis + 1 :])), _between(m, tangent, axis, first, last))


def _running_products(m: Any, x: Value, axis: int, exclusive: bool, reverse: bool) -> Value:
    parts = [_between(m, x, axis, k, k + 1) for k in range(m.shape(x)[axis])]
    if exclusive:
        parts = [m.broadcast_to(1.0, shape=m.shape(parts[0])), *(parts[:0:-1] if reverse else parts[:-1])]
    elif reverse:
        parts.reverse()
    found = list(accumulate(parts, operator.mul))
    return m.cat(*(reversed(found) if reverse else found), axis=axis) if len(found) > 1 else found[0]


PRIMITIVES = (
    Primitive(
        "cumsum",
        Linear(
            lambda m, cotangent, x, axis, exclusive, reverse: m.cumsum(
                cotangent, axis=axis, exclusive=exclusive, reverse=not reverse
            )
        ),
        doc="running sums along an axis; exclusive: of the elements before, reverse: from the end",
        parameters=PARAMETERS,
        parameter_aliases=ALIASES,
        shape=lambda shape, axis, exclusive, reverse: shape,
        normalize=one_axis("cumsum"),
        samples=RUNS,
        torch=AXES + "cumsum",
        array=ARRAYS + "cumsum",
    ),
    Primitive(
        "cumprod",
        Differential(_cumprod_jvp),
        doc="running products along an axis; exclusive: of the elements before, reverse: from the end",
        parameters=PARAMETERS,
        parameter_aliases=ALIASES,
        shape=lambda shape, axis, exclusive, reverse: shape,
        normalize=one_axis("cumprod"),
        samples=(*RUNS, ((2.0, 0.0, -3.0, 1.5),), ((0.0, 2.0, 0.0, 3.0), 0, True)),
        torch=AXES + "cumprod",
        array=ARRAYS + "cumprod",
        cost=multiplication,
        composition=Composition(_running_products),
    ),
)
