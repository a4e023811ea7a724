"""Inverse and determinant of square matrices.

Derivatives: Magnus and Neudecker, Matrix Differential Calculus (2019), sections 8.3 (determinant) and 8.4 (inverse).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from gradcli.errors import ShapeError
from gradcli.polynomials import elements
from gradcli.primitives.declare import ARRAYS, BALLS, TENSORS, Cost, Differential, Domain, Notation, Primitive, Value
from gradcli.shapes import Shape, format_shape, unify

SQUARE = ((1.0, -2.0, 0.5), (3.0, 0.25, -1.5), (0.5, 0.5, 2.0))
PAIR = ((2.0, 1.0), (-0.5, 3.0))
SINGULAR = ((1.0, 2.0), (2.0, 4.0))
RANK_TWO = ((1.0, 2.0, 3.0), (4.0, 5.0, 6.0), (7.0, 8.0, 9.0))
LARGEST_BY_MINORS = 4
"""Up to so many rows the cofactors are determinants of minors, which exist for a singular matrix too."""


def _square(name: str) -> Any:
    def check(shape: Shape) -> None:
        if len(shape) != 2 or unify(*shape) is None:
            raise ShapeError(f"{name} needs a square matrix, not shape {format_shape(shape)}")

    return check


def _inv_shape(shape: Shape) -> Shape:
    _square("inv")(shape)
    return shape


def _det_shape(shape: Shape) -> Shape:
    _square("det")(shape)
    return ()


def _det_jvp(m: Any, tangent: Value, out: Value, a: Value) -> Value:
    """Jacobi's formula: the cofactors times the tangents, summed."""
    side = m.shape(a)[0]
    if isinstance(side, int) and side <= LARGEST_BY_MINORS:
        return m.sum(_cofactors(m, a, side) * tangent)
    return out * m.trace(m.matmul(m.inv(a), tangent))


def _cofactors(m: Any, a: Value, side: int) -> Value:
    if side == 1:
        return m.broadcast_to(1.0, shape=(1, 1))
    return m.stack(*(m.stack(*(_cofactor(m, a, side, i, j) for j in range(side))) for i in range(side)))


def _cofactor(m: Any, a: Value, side: int, row: int, column: int) -> Value:
    rows, columns = (tuple(k for k in range(side) if k != left_out) for left_out in (row, column))
    minor = m.index(m.index(a, spec=((rows,),)), spec=((None, None, None), (columns,)))
    return m.det(minor) if (row + column) % 2 == 0 else -m.det(minor)


def _elimination_cost(out: Shape, a: Shape) -> Cost:
    """Gaussian elimination, to leading order: n^3 multiplications for an inverse, a third of them for a determinant."""
    cube = elements(a) * elements(a[:1])
    return Cost(multiplications=cube)


def _regular(a: Value) -> Any:
    import torch

    return torch.linalg.det(a.detach()) != 0


PRIMITIVES: Sequence[Primitive] = (
    Primitive(
        "inv",
        Differential(lambda m, tangent, out, a: -m.matmul(m.matmul(out, tangent), out)),
        doc="inverse of a square matrix",
        arguments=("A",),
        spellings=("inv", "inverse"),
        shape=_inv_shape,
        domain=(Domain("A to be regular", _regular),),
        notation=Notation(latex=r"{0}^{{-1}}"),
        samples=((SQUARE,), (PAIR,), (((4.0,),),)),
        under={"orthogonal": lambda m, a: m.transpose(a)},
        torch=TENSORS + "inv",
        array=ARRAYS + "inv",
        arb=BALLS + "inv",
        cost=_elimination_cost,
    ),
    Primitive(
        "det",
        Differential(_det_jvp),
        doc="determinant of a square matrix",
        arguments=("A",),
        shape=_det_shape,
        notation=Notation(latex=r"\det\left({0}\right)", encloses=True),
        samples=((SQUARE,), (PAIR,), (((4.0,),),), (SINGULAR,), (RANK_TWO,)),
        torch=TENSORS + "det",
        array=ARRAYS + "det",
        arb=BALLS + "det",
        cost=_elimination_cost,
    ),
)
