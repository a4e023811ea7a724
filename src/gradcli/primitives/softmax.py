"""Exponentials divided by their sum: softmax, its logarithm, and the logarithm of the sum."""

from __future__ import annotations

from typing import Any

from gradcli.primitives.axes import AXIS_ALIASES, OVER_AXES, canonical_axes, laid_over, one_axis, reduced_shape
from gradcli.primitives.declare import SOFTMAX, Composition, Differential, Primitive, Value

MATRIX = ((1.0, -2.0, 0.5), (3.0, 0.25, -1.5))


def _softmax_jvp(m: Any, tangent: Value, out: Value, x: Value, axis: int) -> Value:
    return out * (tangent - m.sum(out * tangent, axis=axis, keepdim=True))


def _softmax(m: Any, x: Value, axis: int) -> Value:
    # Shifting by the largest element changes nothing but keeps exp from overflowing; without an order, no shift.
    powers = m.exp(x)
    return m.div(powers, m.sum(powers, axis=axis, keepdim=True))


def log_softmax_jvp(m: Any, tangent: Value, out: Value, x: Value, axis: int) -> Value:
    """The tangent less its mean under softmax.

    Subtracted twice: the weights add up to 1, so that the second mean is 0 but for what rounding left of the first.
    Where a weight is near 1, that is all there is.
    """
    weights = m.exp(out)
    centred = tangent - m.sum(weights * tangent, axis=axis, keepdim=True)
    return centred - m.sum(weights * centred, axis=axis, keepdim=True)


def _log_softmax(m: Any, x: Value, axis: int) -> Value:
    return x - m.logsumexp(x, axis=axis, keepdim=True)


def _logsumexp_jvp(m: Any, tangent: Value, out: Value, x: Value, axis: Any, keepdim: bool) -> Value:
    # The sum of these weights is 1 but for the rounding of `out`, which is large where x is.
    weights = m.exp(x - laid_over(m, out, x, axis))
    return m.div(m.sum(weights * tangent, axis=axis, keepdim=keepdim), m.sum(weights, axis=axis, keepdim=keepdim))


def _largest(m: Any, x: Value, axis: Any) -> Value:
    """The shift that keeps exp from overflowing; none by what is infinite."""
    found = m.max(x, axis=axis, keepdim=True)
    return m.where(m.eq(found - found, 0.0), found, 0.0)


def _shifted_softmax(m: Any, x: Value, axis: int) -> Value:
    return _softmax(m, x - _largest(m, x, axis), axis)


def _shifted_logsumexp(m: Any, x: Value, axis: Any, keepdim: bool) -> Value:
    largest = _largest(m, x, axis)
    rest = m.log(m.sum(m.exp(x - largest), axis=axis, keepdim=keepdim))
    return rest + m.reshape(largest, shape=m.shape(rest))


def _shifted_log_softmax(m: Any, x: Value, axis: int) -> Value:
    # The largest elements have exp(0) = 1 each: without one of these, log1p keeps what the others add to it.
    shifted = x - _largest(m, x, axis)
    is_largest = m.eq(shifted, 0.0)
    others = m.sum(m.where(is_largest, 0.0, m.exp(shifted)), axis=axis, keepdim=True)
    return shifted - m.log1p(others + (m.sum(is_largest, axis=axis, keepdim=True) - 1.0))


PRIMITIVES = (
    Primitive(
        "softmax",
        Differential(_softmax_jvp),
        doc="exp(x) divided by its sum along an axis",
        parameters={"axis": -1},
        parameter_aliases={"dim": "axis"},
        shape=lambda shape, axis: shape,
        normalize=one_axis("softmax"),
        samples=(((0.1, 2.0, -1.0),), (MATRIX, 0), (MATRIX, 1)),
        torch="torch.softmax",
        definition=_softmax,
        composition=Composition(_shifted_softmax),
    ),
    Primitive(
        "log_softmax",
        Differential(log_softmax_jvp),
        doc="logarithm of softmax, without overflow or cancellation",
        parameters={"axis": -1},
        parameter_aliases={"dim": "axis"},
        shape=lambda shape, axis: shape,
        normalize=one_axis("log_softmax"),
        samples=(((0.1, 2.0, -1.0),), (MATRIX, 0), (MATRIX, 1)),
        torch=SOFTMAX + "log_softmax",
        definition=_log_softmax,
        composition=Composition(_shifted_log_softmax),
    ),
    Primitive(
        "logsumexp",
        Differential(_logsumexp_jvp),
        doc="ln(sum(exp(x))) of all elements, or along one or more axes, without overflow",
        parameters=OVER_AXES,
        parameter_aliases=AXIS_ALIASES,
        shape=reduced_shape,
        normalize=canonical_axes,
        samples=((MATRIX,), (MATRIX, 0), (MATRIX, 1, True), ((1.0, 2.0),)),
        torch=SOFTMAX + "logsumexp",
        definition=lambda m, x, axis, keepdim: m.log(m.sum(m.exp(x), axis=axis, keepdim=keepdim)),
        composition=Composition(_shifted_logsumexp),
    ),
)
