"""Eigenvalues and eigenvectors of symmetric matrices, on tensors and, in closed form, on SymPy expressions.

A matrix is symmetrised first, so that its entries may be moved one by one.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from gradcli.assumptions import tolerance
from gradcli.errors import Unstated

Tensor = Any
Array = Any

NEARLY_LARGEST = 0.9
"""Components of an eigenvector from such a part of its largest on are taken for equally large, so that rounding does
not choose between them."""
ROUNDING = 16
"""Eigenvalues closer than so many units of roundoff, times rows and the largest of them, are taken for equal."""
LARGEST_CLOSED = 3
"""The rows up to which the eigenvalues have a formula that is real throughout."""


def _torch() -> Any:
    import torch

    return torch


def _symmetrised(a: Tensor) -> tuple[Tensor, Tensor]:
    """The symmetric part, with zeros where torch would raise, and whether all of the matrix is finite."""
    torch = _torch()
    symmetric = (a + a.mT) / 2
    finite = torch.isfinite(symmetric).all(-1).all(-1)
    return torch.where(finite[..., None, None], symmetric, 0.0), finite


def eigenvalues(a: Tensor) -> Tensor:
    """Eigenvalues of the symmetric part, ascending, equal ones exactly so; NaN for a matrix that is not finite."""
    torch = _torch()
    symmetric, finite = _symmetrised(a)
    found = torch.linalg.eigvalsh(symmetric)
    # The second term is 0, and carries autograd's derivative.
    exactly = _tied(found.detach()) + (found - found.detach())
    return torch.where(finite[..., None], exactly, torch.nan)


def _tied(found: Tensor) -> Tensor:
    """Eigenvalues, of which those that rounding alone may have parted are equal: each run of them gets its first."""
    torch = _torch()
    side = found.shape[-1]
    least = ROUNDING * side * torch.finfo(found.dtype).eps * found.abs().amax(-1, keepdim=True)
    parted = torch.nn.functional.pad(found.diff(dim=-1) > least, (1, 0))
    first = torch.cummax(parted * torch.arange(side, device=found.device), -1).values
    return torch.gather(found, -1, first)


def eigenvectors(a: Tensor) -> Tensor:
    """Eigenvectors of the symmetric part as columns; the first of the largest components of each is positive."""
    torch = _torch()
    symmetric, finite = _symmetrised(a)
    vectors = torch.linalg.eigh(symmetric).eigenvectors
    size = vectors.detach().abs()
    first = (size >= NEARLY_LARGEST * size.amax(-2, keepdim=True)).to(torch.int8).argmax(-2, keepdim=True)
    sign = torch.sign(torch.gather(vectors.detach(), -2, first))
    return torch.where(finite[..., None, None], sign * vectors, torch.nan)


def is_symmetric(a: Tensor) -> Any:
    """Whether A is A', but for the rounding that made it."""
    allowed = tolerance(_torch().finfo(a.dtype).eps)
    return ((a - a.mT).abs() <= allowed * a.abs().amax()).all()


def _gaps(a: Tensor) -> list[float]:
    """The distances of neighbouring eigenvalues."""
    return [upper - lower for lower, upper in pairwise(eigenvalues(a.detach()).tolist())]


def has_distinct_eigenvalues(a: Tensor) -> bool:
    """Whether no two eigenvalues are equal."""
    return 0.0 not in _gaps(a)


def ties(a: Tensor) -> tuple[Tensor]:
    """For each eigenvalue the distance of the nearest other one, 0 at a tie; infinite for a single one."""
    gaps = [float("inf"), *_gaps(a), float("inf")]
    return (a.new_tensor(list(map(min, pairwise(gaps)))[: len(a)]),)


def groups(a: Tensor) -> list[tuple[int, int]]:
    """The first and the end of each run of equal eigenvalues."""
    cuts = [k for k, gap in enumerate(_gaps(a), 1) if gap]
    return list(pairwise([0, *cuts, len(a)]))


def closed_eigenvalues(a: Array) -> Array:
    """Eigenvalues of the symmetric part up to three rows (Smith, Communications of the ACM 4, 1961, for three)."""
    import numpy
    import sympy

    side = len(a)
    if side > LARGEST_CLOSED:
        raise Unstated(f"eigenvalues have a formula up to {LARGEST_CLOSED} rows, not for {side}")
    symmetric = sympy.Matrix(((a + a.T) / sympy.Integer(2)).tolist())
    mean = symmetric.trace() / side
    centred = symmetric - mean * sympy.eye(side)
    if side == 1:
        found = [mean]
    elif side == 2:
        radius = sympy.sqrt(centred[0, 0] ** 2 + centred[0, 1] ** 2)
        found = [mean - radius, mean + radius]
    else:
        scale = sympy.sqrt(sum(entry**2 for entry in centred) / 6)
        angle = sympy.acos(centred.det(method="berkowitz") / (2 * scale**3)) / 3
        found = [mean + 2 * scale * sympy.cos(angle + turn * 2 * sympy.pi / 3) for turn in (1, 2, 0)]
    return numpy.array(found, dtype=object)
