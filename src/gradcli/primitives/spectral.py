"""Eigenvalues and eigenvectors of symmetric matrices.

Derivatives: Magnus and Neudecker, Matrix Differential Calculus (2019), sections 9.7 and 9.8; Giles, Collected matrix
derivative results for forward and reverse mode algorithmic differentiation (2008), section 3.1. At a tie: Lancaster,
On eigenvalues of matrices dependent on a parameter (1964).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from gradcli.errors import ShapeError
from gradcli.polynomials import elements
from gradcli.primitives.backings import spectral
from gradcli.primitives.declare import BALLS, SPECTRAL, Cost, Differential, Kink, Notation, Premise, Primitive, Value
from gradcli.shapes import Shape, format_shape, unify

SQUARE = ((2.0, -1.0, 0.5), (-1.0, 3.0, 0.25), (0.5, 0.25, -1.5))
BANDED = ((2.0, -1.0, 0.0), (-1.0, 2.0, -1.0), (0.0, -1.0, 2.0))
PAIR = ((2.0, 1.0), (1.0, 2.0))
DIAGONAL = ((3.0, 0.0), (0.0, -1.0))
SINGLE = ((-4.0,),)
SAMPLES = ((SQUARE,), (BANDED,), (PAIR,), (DIAGONAL,), (SINGLE,))

SYMMETRIC = Premise("A to be symmetric", spectral.is_symmetric, "(A + A')/2 is its symmetric part", "symmetric")
DISTINCT = Premise(
    "the eigenvalues of A to be distinct",
    spectral.has_distinct_eigenvalues,
    "any basis of the space of a repeated eigenvalue serves: there are no eigenvectors to differentiate",
)


def _square(shape: Shape) -> Shape:
    if len(shape) != 2 or unify(*shape) is None:
        raise ShapeError(f"eigenvalues are those of a square matrix, not of shape {format_shape(shape)}")
    return shape


def _values_jvp(m: Any, tangent: Value, out: Value, a: Value) -> Value:
    """d(lambda_i) = v_i' dA v_i, in which the skew part of dA drops out."""
    vectors = m.eigvecsh(a)
    return m.sum(vectors * m.matmul(tangent, vectors), axis=0)


def _values_sides(m: Any, tangents: tuple[Value], a: Value) -> Value:
    """Equal eigenvalues part as the eigenvalues of V' dA V do, V being a basis of their common space."""
    vectors = m.eigvecsh(a)
    rotated = m.matmul(m.transpose(vectors), m.matmul(tangents[0], vectors))
    blocks = [(first, end, None) for first, end in spectral.groups(a)]
    return m.cat(*(m.eigvalsh(m.index(rotated, spec=(block, block))) for block in blocks))


def _vectors_jvp(m: Any, tangent: Value, out: Value, a: Value) -> Value:
    """dV = V (F o S), S the symmetric part of V' dA V, F_ij = 1/(lambda_j - lambda_i), 0 on the diagonal."""
    values = m.eigvalsh(a)
    (side,) = m.shape(values)
    unit = m.diag(m.broadcast_to(1.0, shape=(side,)))
    gaps = m.reshape(values, shape=(1, side)) - m.reshape(values, shape=(side, 1))
    rotated = m.matmul(m.transpose(out), m.matmul(tangent, out))
    symmetric = 0.5 * (rotated + m.transpose(rotated))
    return m.matmul(out, m.div((1.0 - unit) * symmetric, gaps + unit))


def _cubes(times: int) -> Any:
    """Multiplications of the symmetric QR algorithm, to leading order (Golub and Van Loan, 2013, section 8.3)."""

    def cost(out: Shape, a: Shape) -> Cost:
        return Cost(multiplications=elements(a) * elements(a[:1]) * times)

    return cost


PRIMITIVES: Sequence[Primitive] = (
    Primitive(
        "eigvalsh",
        Differential(_values_jvp),
        doc="eigenvalues of a symmetric matrix, from the smallest to the largest",
        arguments=("A",),
        spellings=("eigvalsh", "eigenvalues"),
        shape=lambda shape: _square(shape)[:1],
        domain=(SYMMETRIC,),
        kink=Kink(
            at=spectral.ties,
            convention="of equal eigenvalues, v v' for each v of the orthonormal basis that was computed",
            points=((((1.0, 0.0), (0.0, 1.0)),), (((0.0, 0.0), (0.0, 0.0)),)),
            sides=_values_sides,
            # An inner eigenvalue of a tie is neither convex nor concave; no |v_i v_j| is above 1.
            slopes=(-1.0, 1.0),
        ),
        notation=Notation(latex=r"\lambda\left({0}\right)", encloses=True),
        samples=SAMPLES,
        torch=SPECTRAL + "eigenvalues",
        array=SPECTRAL + "closed_eigenvalues",
        arb=BALLS + "eigenvalues",
        cost=_cubes(1),
    ),
    Primitive(
        "eigvecsh",
        Differential(_vectors_jvp),
        doc="orthonormal eigenvectors of a symmetric matrix as columns, smallest eigenvalue first; of each the first "
        "component of at least 0.9 of its largest is positive",
        arguments=("A",),
        spellings=("eigvecsh", "eigenvectors"),
        shape=_square,
        domain=(SYMMETRIC, DISTINCT),
        samples=SAMPLES,
        torch=SPECTRAL + "eigenvectors",
        arb=BALLS + "eigenvectors",
        cost=_cubes(5),
    ),
)
