"""Products, transposition, diagonals and triangles of vectors and matrices."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from gradcli.errors import ShapeError
from gradcli.graph import Parameters
from gradcli.polynomials import elements
from gradcli.primitives.declare import TENSORS, Cost, Linear, Multilinear, Notation, Primitive, Value, multiplication
from gradcli.shapes import Shape, added, broadcast, format_shape, normalize_axis, unify

MATRIX = ((1.0, -2.0, 0.5), (3.0, 0.25, -1.5))
SQUARE = ((1.0, -2.0, 0.5), (3.0, 0.25, -1.5), (0.5, 0.5, 2.0))
VECTOR = (0.5, -1.0, 2.0)
CUBE = (MATRIX, ((2.0, 1.5, -0.75), (-0.5, 4.0, 1.25)))


def _dot_shape(x: Shape, y: Shape) -> Shape:
    if len(x) != 1 or len(y) != 1 or unify(x[0], y[0]) is None:
        raise ShapeError(f"dot needs two vectors of equal length, not {format_shape(x)} and {format_shape(y)}")
    return ()


def _outer_shape(x: Shape, y: Shape) -> Shape:
    if len(x) != 1 or len(y) != 1:
        raise ShapeError(f"outer needs two vectors, not {format_shape(x)} and {format_shape(y)}")
    return x + y


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


def _exchanged(shapes: Sequence[Shape], first: Any, second: Any) -> Parameters:
    """The smaller axis first: the order makes no difference."""
    rank = len(shapes[0])
    return tuple(sorted((normalize_axis(first, rank), normalize_axis(second, rank))))


def _exchange(rank: int, first: int, second: int) -> list[int]:
    axes = list(range(rank))
    axes[first], axes[second] = second, first
    return axes


def _diag_shape(shape: Shape, offset: int) -> Shape:
    if len(shape) == 1:
        side = added(shape[0], abs(offset))
        return (side, side)
    if len(shape) != 2:
        raise ShapeError(f"diag takes a vector or a matrix, not shape {format_shape(shape)}")
    rows, columns = shape
    if isinstance(rows, int) and isinstance(columns, int):
        return (max(0, min(rows, columns - offset) if offset >= 0 else min(rows + offset, columns)),)
    if rows != columns or offset:
        raise ShapeError(f"the length of the diagonal of {format_shape(shape)} needs a point")
    return (rows,)


def _undiag(m: Any, cotangent: Value, x: Value, offset: int) -> Value:
    shape = m.shape(x)
    if len(shape) == 1 or (shape[0] == shape[1] and not offset):
        return m.diag(cotangent, offset=offset)
    count = m.shape(cotangent)[0]
    if not count:
        return m.zeros(shape)
    rows, columns = max(-offset, 0), max(offset, 0)
    spec = ((tuple(range(rows, rows + count)),), (tuple(range(columns, columns + count)),))
    return m.embed(cotangent, spec=spec, shape=shape)


def _trace_shape(shape: Shape) -> Shape:
    if len(shape) != 2 or unify(*shape) is None:
        raise ShapeError(
            f"trace needs a square matrix, not shape {format_shape(shape)}",
            hint="sum(diag(A)) adds the diagonal of any matrix" if len(shape) == 2 else None,
        )
    return ()


def _part_of_matrix(name: str, doc: str) -> Primitive:
    """tril or triu, its own transpose."""

    def shape_of(shape: Shape, diagonal: int) -> Shape:
        if len(shape) < 2:
            raise ShapeError(f"{name} needs a matrix, not shape {format_shape(shape)}")
        return shape

    return Primitive(
        name,
        Linear(lambda m, cotangent, x, diagonal: getattr(m, name)(cotangent, diagonal=diagonal)),
        doc=doc,
        parameters={"diagonal": 0},
        parameter_aliases={"offset": "diagonal", "k": "diagonal"},
        shape=shape_of,
        samples=((SQUARE,), (MATRIX, 1), (CUBE, -1)),
        torch=f"torch.{name}",
        array=f"numpy.{name}",
    )


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
        "outer",
        Multilinear(
            lambda m, cotangent, x, y: m.matmul(cotangent, y),
            lambda m, cotangent, x, y: m.matmul(x, cotangent),
        ),
        doc="outer product of two vectors: the matrix of all products",
        arguments=("x", "y"),
        shape=_outer_shape,
        notation=Notation(latex=r"{0} \otimes {1}"),
        samples=((VECTOR, (1.0, 2.0)),),
        torch="torch.outer",
        array="numpy.outer",
        cost=multiplication,
    ),
    Primitive(
        "matmul",
        Multilinear(_matmul_left, _matmul_right),
        doc="matrix product; a vector is a row on the left, a column on the right",
        arguments=("a", "b"),
        spellings=("matmul", "mm", "mv"),
        shape=_matmul_shape,
        notation=Notation(infix="@", precedence=20, latex=r"{0} \, {1}"),
        samples=(
            (MATRIX, VECTOR),
            ((1.0, -0.5), MATRIX),
            (MATRIX, SQUARE),
            (VECTOR, VECTOR),
            (CUBE, VECTOR),
            ((1.0, -0.5), CUBE),
            (CUBE, SQUARE),
            (((1.0, 2.0), (-1.0, 0.5)), CUBE),
            (CUBE, (((1.0,), (2.0,), (-0.5,)),)),
            ((((1.0, 2.0),),), (CUBE,)),
        ),
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
        under={"symmetric": lambda m, x: x, "skew": lambda m, x: -x},
        torch="gradcli.primitives.backings.tensors.transpose",
        array="numpy.transpose",
        moves=True,
    ),
    Primitive(
        "swapaxes",
        Linear(lambda m, cotangent, x, first, second: m.swapaxes(cotangent, axis0=first, axis1=second)),
        doc="two axes exchanged",
        spellings=("swapaxes", "transpose"),
        parameters={"axis0": 0, "axis1": 1},
        parameter_aliases={"dim0": "axis0", "dim1": "axis1"},
        shape=lambda shape, first, second: tuple(shape[k] for k in _exchange(len(shape), first, second)),
        normalize=_exchanged,
        samples=((MATRIX,), (CUBE, 0, 2), (CUBE, -1, 1)),
        torch="torch.transpose",
        array="numpy.swapaxes",
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
    Primitive(
        "diag",
        Linear(_undiag),
        doc="the matrix with a vector on its diagonal, or the diagonal of a matrix",
        parameters={"offset": 0},
        parameter_aliases={"diagonal": "offset", "k": "offset"},
        shape=_diag_shape,
        samples=((VECTOR,), (VECTOR, 1), (VECTOR, -2), (SQUARE,), (MATRIX,), (SQUARE, 1), (MATRIX, -1)),
        torch=TENSORS + "diag",
        array="numpy.diag",
    ),
    Primitive(
        "trace",
        Linear(lambda m, cotangent, x: m.diag(m.broadcast_to(cotangent, shape=m.shape(x)[:1]))),
        doc="sum of the diagonal of a square matrix",
        spellings=("trace", "tr"),
        shape=_trace_shape,
        notation=Notation(latex=r"\operatorname{{tr}}\left({0}\right)", encloses=True),
        samples=((SQUARE,), (((1.0, 2.0), (3.0, -4.0)),)),
        torch="torch.trace",
        array="numpy.trace",
    ),
    _part_of_matrix("tril", "lower triangle of a matrix up to a diagonal, zeros above it"),
    _part_of_matrix("triu", "upper triangle of a matrix from a diagonal on, zeros below it"),
)


def _whole_permutation(shape: Shape, axes: Any) -> tuple[int, ...]:
    axes = axes if isinstance(axes, tuple) else (axes,)
    chosen = tuple(a % len(shape) if isinstance(a, int) and shape else a for a in axes)
    if sorted(chosen) != list(range(len(shape))):
        raise ShapeError(f"axes {list(axes)} are no permutation of the {len(shape)} axes of {format_shape(shape)}")
    return chosen
