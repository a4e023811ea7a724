"""Products and transposition of vectors and matrices."""

from __future__ import annotations

from typing import Any

from gradcli.errors import ShapeError
from gradcli.polynomials import elements
from gradcli.primitives.declare import Cost, Linear, Multilinear, Notation, Primitive, Value
from gradcli.shapes import Shape, broadcast, format_shape, unify

MATRIX = ((1.0, -2.0, 0.5), (3.0, 0.25, -1.5))
SQUARE = ((1.0, -2.0, 0.5), (3.0, 0.25, -1.5), (0.5, 0.5, 2.0))
VECTOR = (0.5, -1.0, 2.0)


def _dot_shape(x: Shape, y: Shape) -> Shape:
    if len(x) != 1 or len(y) != 1 or unify(x[0], y[0]) is None:
        raise ShapeError(f"dot needs two vectors of equal length, not {format_shape(x)} and {format_shape(y)}")
    return ()


def _matmul_shape(a: Shape, b: Shape) -> Shape:
    """PyTorch's rule: a vector is a row on the left and a column on the right; further axes broadcast."""
    if not a or not b:
        raise ShapeError("@ needs vectors or matrices; use * for a scalar")
    if unify(a[-1], b[-2] if len(b) > 1 else b[0]) is None:
        raise ShapeError(f"inner dimensions differ: {format_shape(a)} and {format_shape(b)}")
    batch = broadcast(a[:-2], b[:-2])
    if batch is None:
        raise ShapeError(f"leading dimensions do not broadcast: {format_shape(a)} and {format_shape(b)}")
    return batch + a[-2:-1] * (len(a) > 1) + b[-1:] * (len(b) > 1)


def _product_cost(out: Shape, a: Shape, b: Shape) -> Cost:
    """Each element of the result is a sum of as many products as the inner dimension says: the schoolbook method."""
    return Cost(multiplications=elements(out) * elements(a[-1:]))


def _swapped(m: Any, x: Value) -> Value:
    rank = len(m.shape(x))
    return m.permute(x, axes=(*range(rank - 2), rank - 1, rank - 2))


def _column(m: Any, x: Value) -> Value:
    return m.reshape(x, shape=(*m.shape(x), 1))


def _row(m: Any, x: Value) -> Value:
    shape = m.shape(x)
    return m.reshape(x, shape=(*shape[:-1], 1, shape[-1]))


def _matmul_left(m: Any, cotangent: Value, a: Value, b: Value) -> Value:
    """cotangent @ b', with the axes that a vector operand lacks put back first."""
    if len(m.shape(b)) == 1:
        return (_column(m, cotangent) if m.shape(cotangent) else cotangent) * b
    if len(m.shape(a)) == 1:
        if len(m.shape(b)) == 2:
            return m.matmul(b, cotangent)
        return m.reshape(m.matmul(_row(m, cotangent), _swapped(m, b)), shape=(*m.shape(b)[:-2], *m.shape(a)))
    return m.matmul(cotangent, _swapped(m, b))


def _matmul_right(m: Any, cotangent: Value, a: Value, b: Value) -> Value:
    """a' @ cotangent, likewise."""
    if len(m.shape(a)) == 1:
        if len(m.shape(b)) == 1:
            return cotangent * a
        return _column(m, a) * _row(m, cotangent)
    if len(m.shape(b)) == 1:
        if len(m.shape(a)) == 2:
            return m.matmul(cotangent, a)
        return m.reshape(m.matmul(_swapped(m, a), _column(m, cotangent)), shape=(*m.shape(a)[:-2], m.shape(a)[-1]))
    return m.matmul(_swapped(m, a), cotangent)


def _matmul_jacobian(m: Any, position: int, a: Value, b: Value) -> Value | None:
    """Of a matrix times a vector by the vector: the matrix."""
    ranks = (len(m.shape(a)), len(m.shape(b)))
    if position == 1 and ranks == (2, 1):
        return a
    if position == 0 and ranks == (1, 2):
        return m.transpose(b)
    return None


def _inverse_axes(axes: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(sorted(range(len(axes)), key=axes.__getitem__))


PRIMITIVES = (
    Primitive(
        "dot",
        Multilinear(
            lambda m, cotangent, x, y: cotangent * y,
            lambda m, cotangent, x, y: cotangent * x,
        ),
        doc="inner product of two vectors",
        arguments=("x", "y"),
        spellings=("dot", "inner"),
        shape=_dot_shape,
        notation=Notation(latex=r"\left\langle {0}, {1} \right\rangle", encloses=True),
        samples=((VECTOR, (1.0, 2.0, 3.0)),),
        torch="torch.dot",
        array="numpy.dot",
        cost=_product_cost,
    ),
    Primitive(
        "matmul",
        Multilinear(_matmul_left, _matmul_right),
        doc="matrix product; a vector is a row on the left, a column on the right",
        arguments=("a", "b"),
        spellings=("matmul", "mm", "mv"),
        shape=_matmul_shape,
        notation=Notation(infix="@", precedence=20, latex=r"{0} \, {1}"),
        samples=((MATRIX, VECTOR), ((1.0, -0.5), MATRIX), (MATRIX, SQUARE), (VECTOR, VECTOR)),
        torch="torch.matmul",
        jacobian=_matmul_jacobian,
        array="numpy.matmul",
        cost=_product_cost,
    ),
    Primitive(
        "transpose",
        Linear(lambda m, cotangent, x: m.transpose(cotangent)),
        doc="axes in reverse order; a vector stays a vector",
        shape=lambda shape: tuple(reversed(shape)),
        notation=Notation(latex="{0}^\\top"),
        samples=((MATRIX,), (VECTOR,)),
        torch="gradcli.primitives.backings.tensors.transpose",
        array="numpy.transpose",
        moves=True,
    ),
    Primitive(
        "permute",
        Linear(lambda m, cotangent, x, axes: m.permute(cotangent, axes=_inverse_axes(axes))),
        doc="axes in the given order",
        parameters={"axes": ()},
        parameter_aliases={"dims": "axes"},
        shape=lambda shape, axes: tuple(shape[a] for a in axes),
        normalize=lambda shapes, axes: (_whole_permutation(shapes[0], axes),),
        samples=((MATRIX, (1, 0)), ((MATRIX, MATRIX), (2, 0, 1)), (MATRIX, (0, 1))),
        torch="torch.permute",
        array="numpy.transpose",
        moves=True,
    ),
)


def _whole_permutation(shape: Shape, axes: Any) -> tuple[int, ...]:
    chosen = tuple(a % len(shape) if isinstance(a, int) and shape else a for a in axes)
    if sorted(chosen) != list(range(len(shape))):
        raise ShapeError(f"axes {list(axes)} are no permutation of the {len(shape)} axes of {format_shape(shape)}")
    return chosen
