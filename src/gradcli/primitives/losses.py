"""Loss functions, with PyTorch's meaning of their arguments and its reduction to the mean.

Nothing is broadcast but a scalar: a target of another shape, as (3,) against (3, 1), is nearly always a mistake.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Any

from gradcli.errors import ShapeError, Unstated, UsageError
from gradcli.exact import as_float
from gradcli.graph import Parameters
from gradcli.primitives.declare import SOFTMAX, Composition, Differential, Domain, Primitive, Value
from gradcli.primitives.softmax import log_softmax_jvp
from gradcli.shapes import Shape, broadcast, format_shape, size, unify

LARGEST = sys.float_info.max
REDUCTIONS = ("mean", "sum", "none")
LOGITS = ((1.0, -2.0, 0.5), (3.0, 0.25, -1.5))
PROBABILITIES = ((0.2, 0.5, 0.3), (0.25, 0.0, 0.75))


def _known(reduction: Any) -> str:
    if reduction not in REDUCTIONS:
        raise UsageError(f'no loss has the reduction "{reduction}"', hint='write "mean", "sum" or "none"')
    return str(reduction)


def _reduced_to(shape: Shape, reduction: str) -> Shape:
    return shape if reduction == "none" else ()


def _reduce(m: Any, losses: Value, reduction: str) -> Value:
    """The losses, their sum or their mean. Of none, the mean is 0/0."""
    if reduction == "none" or not m.shape(losses):
        return losses
    total = m.sum(losses)
    return total if reduction == "sum" else m.div(total, float(size(m.shape(losses))))


def _finite_width(shapes: Sequence[Shape], delta: Any, reduction: Any) -> Parameters:
    if not 0 < delta <= LARGEST:
        raise UsageError(f"the delta of huber is a positive number, not {delta}", hint="without it, delta=1")
    return (as_float(delta), _known(reduction))


def _paired_shape(x: Shape, target: Shape, *parameters: Any) -> Shape:
    if x and target and not _alike(x, target):
        raise ShapeError(f"input and target differ in shape: {format_shape(x)} and {format_shape(target)}")
    shape = broadcast(x, target)
    assert shape is not None
    return _reduced_to(shape, parameters[-1])


def _alike(a: Shape, b: Shape) -> bool:
    return len(a) == len(b) and all(unify(*pair) is not None for pair in zip(a, b, strict=True))


def _squared_error(m: Any, x: Value, target: Value, reduction: str) -> Value:
    difference = x - target
    return _reduce(m, difference * difference, reduction)


def _huber_error(m: Any, x: Value, target: Value, delta: float, reduction: str) -> Value:
    # d^2/2 where |d| <= delta and delta*(|d| - delta/2) elsewhere, in one formula.
    difference = x - target
    near = m.clamp(difference, -delta, delta)
    return _reduce(m, near * (difference - 0.5 * near), reduction)


def _class_axis(shape: Shape) -> int:
    """Classes are along the axis after that of the cases; a vector holds the logits of one case."""
    return 1 if len(shape) > 1 else 0


def _cross_entropy_shape(x: Shape, target: Shape, reduction: str) -> Shape:
    if not x:
        raise ShapeError("cross_entropy needs logits of shape (C,), (N, C) or (N, C, ...), not a scalar")
    axis = _class_axis(x)
    if x[axis] == 0:
        raise ShapeError(f"logits of shape {format_shape(x)} are of no classes")
    cases = x[:axis] + x[axis + 1 :]
    if not (_alike(target, x) or _alike(target, cases)):
        raise ShapeError(
            f"logits of shape {format_shape(x)} need class indices of shape {format_shape(cases)} "
            f"or probabilities of shape {format_shape(x)}, not {format_shape(target)}"
        )
    return _reduced_to(cases, reduction)


def _class_weights(m: Any, x: Value, target: Value) -> Value:
    """The probabilities of the classes: the target itself, or 1 at each class index."""
    shape = m.shape(x)
    if len(m.shape(target)) == len(shape):
        return target
    axis = _class_axis(shape)
    classes = size(shape[axis : axis + 1])
    column = (1,) * axis + (classes,) + (1,) * (len(shape) - axis - 1)
    numbers = m.reshape(m.constant(tuple(range(classes)), (classes,)), shape=column)
    chosen = m.reshape(m.round(target), shape=(*shape[:axis], 1, *shape[axis + 1 :]))
    return m.eq(m.broadcast_to(chosen, shape=shape), m.broadcast_to(numbers, shape=shape))


def _cross_entropy(m: Any, x: Value, target: Value, reduction: str) -> Value:
    axis = _class_axis(m.shape(x))
    return _reduce(m, -m.sum(_class_weights(m, x, target) * m.log_softmax(x, axis=axis), axis=axis), reduction)


def _cross_entropy_of_probabilities(m: Any, x: Value, target: Value, reduction: str) -> Value:
    """Defined everywhere; class indices are not, and a composition has no domain."""
    if len(m.shape(target)) < len(m.shape(x)):
        raise Unstated("cross_entropy of class indices is neither elementwise nor linear")
    return _cross_entropy(m, x, target, reduction)


def _cross_entropy_by_logits(m: Any, tangent: Value, out: Value, x: Value, target: Value, reduction: str) -> Value:
    axis = _class_axis(m.shape(x))
    logarithms = log_softmax_jvp(m, tangent, m.log_softmax(x, axis=axis), x, axis)
    return _reduce(m, -m.sum(_class_weights(m, x, target) * logarithms, axis=axis), reduction)


def _cross_entropy_by_target(m: Any, tangent: Value, out: Value, x: Value, target: Value, reduction: str) -> Value:
    """By probabilities; a class index is constant around each whole number."""
    if len(m.shape(target)) < len(m.shape(x)):
        return m.zeros(m.shape(out))
    axis = _class_axis(m.shape(x))
    return _reduce(m, -m.sum(tangent * m.log_softmax(x, axis=axis), axis=axis), reduction)


def _known_classes(x: Value, target: Value, reduction: str) -> Any:
    from gradcli.primitives.backings.softmax import is_class

    if target.ndim == x.ndim:
        return target == target
    return is_class(target, x.shape[_class_axis(x.shape)])


PRIMITIVES = (
    Primitive(
        "mse",
        Differential(
            lambda m, tangent, out, x, target, reduction: _reduce(m, 2.0 * (x - target) * tangent, reduction),
            lambda m, tangent, out, x, target, reduction: _reduce(m, 2.0 * (target - x) * tangent, reduction),
        ),
        doc='mean squared error; reduction "mean", "sum" or "none"',
        arguments=("input", "target"),
        spellings=("mse", "mse_loss"),
        parameters={"reduction": "mean"},
        shape=_paired_shape,
        normalize=lambda shapes, reduction: (_known(reduction),),
        samples=(
            (LOGITS, PROBABILITIES),
            (LOGITS, PROBABILITIES, "sum"),
            ((1.0, -2.0, 0.5), 0.25, "none"),
            (0.75, (1.0, -2.0, 0.5)),
        ),
        definition=_squared_error,
        composition=Composition(_squared_error),
    ),
    Primitive(
        "huber",
        Differential(
            lambda m, tangent, out, x, target, delta, reduction: _reduce(
                m, m.clamp(x - target, -delta, delta) * tangent, reduction
            ),
            lambda m, tangent, out, x, target, delta, reduction: _reduce(
                m, m.clamp(target - x, -delta, delta) * tangent, reduction
            ),
        ),
        doc="mean of d^2/2 where |d| <= delta and delta*(|d| - delta/2) elsewhere, d = input - target",
        arguments=("input", "target"),
        spellings=("huber", "huber_loss"),
        parameters={"delta": 1.0, "reduction": "mean"},
        shape=_paired_shape,
        normalize=_finite_width,
        samples=(
            (LOGITS, PROBABILITIES),
            (LOGITS, PROBABILITIES, 0.6, "sum"),
            ((1.0, -2.0, 0.5), 0.25, 2.0, "none"),
            (0.75, (1.0, -2.0, 0.5)),
        ),
        definition=_huber_error,
        composition=Composition(_huber_error),
    ),
    Primitive(
        "cross_entropy",
        Differential(_cross_entropy_by_logits, _cross_entropy_by_target),
        doc="mean cross entropy of logits (C,), (N, C) or (N, C, ...) and class indices from 0 or probabilities",
        arguments=("input", "target"),
        parameters={"reduction": "mean"},
        shape=_cross_entropy_shape,
        normalize=lambda shapes, reduction: (_known(reduction),),
        domain=(Domain("class indices that are whole numbers from 0 to C - 1", _known_classes),),
        samples=(
            ((0.1, 2.0, -1.0), 1.0),
            (LOGITS, (2.0, 0.0), "sum"),
            (LOGITS, (2.0, 0.0), "none"),
            (LOGITS, PROBABILITIES),
            ((0.1, 2.0, -1.0), (0.3, 0.5, 0.1)),
        ),
        torch=SOFTMAX + "cross_entropy",
        definition=_cross_entropy,
        composition=Composition(_cross_entropy_of_probabilities),
    ),
)
