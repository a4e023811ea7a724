"""Operations that collapse axes: sums, means, norms and normalisation along an axis."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from gradcli.errors import ShapeError
from gradcli.graph import Parameters
from gradcli.primitives.declare import ARRAYS, TENSORS, Differential, Kink, Linear, Notation, Primitive, Value
from gradcli.shapes import Shape, normalize_axes, normalize_axis, reduced

AXIS_ALIASES = {"dim": "axis", "keepdims": "keepdim"}
MATRIX = ((1.0, -2.0, 0.5), (3.0, 0.25, -1.5))


def _canonical_axes(shapes: Sequence[Shape], axis: Any, keepdim: Any) -> Parameters:
    """None for all axes, an integer for one, else a sorted tuple: equal requests become equal nodes."""
    rank = len(shapes[0])
    axes = normalize_axes(axis, rank)
    kept = bool(keepdim)
    if len(axes) == rank:
        return (None, kept)
    return (axes[0] if len(axes) == 1 else axes, kept)


def _reduced_shape(shape: Shape, axis: Any, keepdim: bool) -> Shape:
    return reduced(shape, normalize_axes(axis, len(shape)), keepdim)


def _spread(m: Any, cotangent: Value, x: Value, axis: Any) -> Value:
    """A cotangent of a reduction, given back to every element that was reduced."""
    shape = m.shape(x)
    kept = reduced(shape, normalize_axes(axis, len(shape)), keepdim=True)
    return m.broadcast_to(m.reshape(cotangent, shape=kept), shape=shape)


def _count(m: Any, x: Value, axis: Any) -> Value:
    shape = m.shape(x)
    return m.elements(tuple(shape[k] for k in normalize_axes(axis, len(shape))))


def _one_axis(shapes: Sequence[Shape], axis: Any) -> Parameters:
    if not shapes[0]:
        raise ShapeError("softmax needs a vector or a matrix, not a scalar")
    return (normalize_axis(axis, len(shapes[0])),)


def _softmax_jvp(m: Any, tangent: Value, out: Value, x: Value, axis: int) -> Value:
    return out * (tangent - m.sum(out * tangent, axis=axis, keepdim=True))


def _softmax(m: Any, x: Value, axis: int) -> Value:
    # Shifting by the largest element changes nothing but keeps exp from overflowing; without an order, no shift.
    powers = m.exp(x)
    return m.div(powers, m.sum(powers, axis=axis, keepdim=True))


def _norm_jvp(m: Any, tangent: Value, out: Value, x: Value) -> Value:
    # At x = 0 the denominator is replaced before dividing, so that neither sweep meets 0/0.
    return m.div(m.sum(x * tangent), m.where(m.eq(out, 0.0), 1.0, out))


PRIMITIVES = (
    Primitive(
        "sum",
        Linear(lambda m, cotangent, x, axis, keepdim: _spread(m, cotangent, x, axis)),
        doc="sum of all elements, or along one or more axes",
        parameters={"axis": None, "keepdim": False},
        parameter_aliases=AXIS_ALIASES,
        shape=_reduced_shape,
        normalize=_canonical_axes,
        notation=Notation(latex=r"\sum {0}"),
        samples=((MATRIX,), (MATRIX, 0), (MATRIX, 1, True), ((1.0, 2.0),)),
        torch=TENSORS + "sum",
        array=ARRAYS + "sum",
    ),
    Primitive(
        "mean",
        Linear(lambda m, cotangent, x, axis, keepdim: m.div(_spread(m, cotangent, x, axis), _count(m, x, axis))),
        doc="mean of all elements, or along one or more axes",
        parameters={"axis": None, "keepdim": False},
        parameter_aliases=AXIS_ALIASES,
        shape=_reduced_shape,
        normalize=_canonical_axes,
        samples=((MATRIX,), (MATRIX, 0), (MATRIX, 1, True)),
        torch=TENSORS + "mean",
        definition=lambda m, x, axis, keepdim: m.div(m.sum(x, axis=axis, keepdim=keepdim), _count(m, x, axis)),
    ),
    Primitive(
        "norm",
        Differential(_norm_jvp),
        doc="L2 norm of all elements (for a matrix, the Frobenius norm)",
        shape=lambda shape: (),
        kink=Kink(
            at=lambda x: ((x != 0).sum(),),
            convention="0, the centre of the unit ball",
            sides=lambda m, tangents, x: m.norm(tangents[0]),
        ),
        notation=Notation(latex=r"\left\lVert {0} \right\rVert", encloses=True),
        powers={2: "sumsq"},
        samples=(((3.0, -4.0, 1.0),), (MATRIX,)),
        torch=TENSORS + "norm",
        definition=lambda m, x: m.sqrt(m.sum(x * x)),
    ),
    Primitive(
        "sumsq",
        Differential(lambda m, tangent, out, x: 2.0 * m.sum(x * tangent)),
        doc="sum of the squares of all elements: the squared norm without a root, so without its rounding and its kink",
        shape=lambda shape: (),
        notation=Notation(latex=r"\left\lVert {0} \right\rVert^2", encloses=True),
        samples=(((3.0, -4.0, 1.0),), (MATRIX,)),
        torch=TENSORS + "sumsq",
        definition=lambda m, x: m.sum(x * x),
    ),
    Primitive(
        "softmax",
        Differential(_softmax_jvp),
        doc="exp(x) divided by its sum along an axis",
        parameters={"axis": -1},
        parameter_aliases={"dim": "axis"},
        shape=lambda shape, axis: shape,
        normalize=_one_axis,
        samples=(((0.1, 2.0, -1.0),), (MATRIX, 0), (MATRIX, 1)),
        torch="torch.softmax",
        definition=_softmax,
    ),
)
