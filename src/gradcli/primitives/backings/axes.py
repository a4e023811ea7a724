"""Tensor functions along axes: reductions, norms and running sums and products."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from gradcli.shapes import normalize_axes, reduced

Tensor = Any


def _torch() -> Any:
    import torch

    return torch


def _over(function: Callable[[Tensor], Tensor], x: Tensor, axis: Any, keepdim: bool) -> Tensor:
    """A function of the last axis, applied to the given axes as one. Not all of torch's take several, or none."""
    shape = tuple(x.shape)
    axes = normalize_axes(axis, len(shape))
    rest = [k for k in range(len(shape)) if k not in axes]
    count = math.prod(shape[k] for k in axes)
    rows = x.permute((*rest, *axes)).reshape((*[shape[k] for k in rest], count))
    return function(rows).reshape(reduced(shape, axes, keepdim))


def sum(x: Tensor, axis: Any, keepdim: bool) -> Tensor:
    """Sum over the given axes (None: all)."""
    axes = normalize_axes(axis, x.ndim)
    return _torch().sum(x, axes, keepdim) if axes else x  # to torch, no axes are all axes


def mean(x: Tensor, axis: Any, keepdim: bool) -> Tensor:
    """Mean over the given axes (None: all)."""
    axes = normalize_axes(axis, x.ndim)
    return _torch().mean(x, axes, keepdim) if axes else x


def prod(x: Tensor, axis: Any, keepdim: bool) -> Tensor:
    """Product over the given axes (None: all)."""
    return _over(lambda rows: _torch().prod(rows, -1), x, axis, keepdim)


def var(x: Tensor, axis: Any, correction: int, keepdim: bool) -> Tensor:
    """Variance over the given axes (None: all)."""
    return _over(lambda rows: _torch().var(rows, -1, correction=correction), x, axis, keepdim)


def std(x: Tensor, axis: Any, correction: int, keepdim: bool) -> Tensor:
    """Standard deviation over the given axes (None: all): a norm, so that no square overflows."""

    def of(rows: Tensor) -> Tensor:
        # From the first element, so that equal elements have deviation 0 although their mean is rounded.
        moved = rows - rows[..., :1].detach()
        centred = moved - moved.mean(-1, keepdim=True)
        return _scaled_norm(centred, 2) / math.sqrt(rows.shape[-1] - correction)

    return _over(of, x, axis, keepdim)


def max(x: Tensor, axis: Any, keepdim: bool) -> Tensor:
    """Largest element over the given axes (None: all)."""
    return _over(lambda rows: _torch().amax(rows, -1), x, axis, keepdim)


def min(x: Tensor, axis: Any, keepdim: bool) -> Tensor:
    """Smallest element over the given axes (None: all)."""
    return _over(lambda rows: _torch().amin(rows, -1), x, axis, keepdim)


def argmax(x: Tensor, axis: Any, keepdim: bool) -> Tensor:
    """Place of the first largest element along an axis (None: in row-major order), as a float."""
    return _over(lambda rows: _torch().argmax(rows, -1), x, axis, keepdim).to(x.dtype)


def argmin(x: Tensor, axis: Any, keepdim: bool) -> Tensor:
    """Place of the first smallest element along an axis (None: in row-major order), as a float."""
    return _over(lambda rows: _torch().argmin(rows, -1), x, axis, keepdim).to(x.dtype)


def norm(x: Tensor, p: float, axis: Any, keepdim: bool) -> Tensor:
    """p-norm over the given axes (None: all)."""
    return _over(lambda rows: _scaled_norm(rows, p), x, axis, keepdim)


def _scaled_norm(rows: Tensor, p: float) -> Tensor:
    """p-norm of the last axis, scaled by a power of two, so that no power of an element overflows or underflows."""
    torch = _torch()
    if not rows.shape[-1]:
        return torch.linalg.vector_norm(rows, dim=-1)
    largest = torch.linalg.vector_norm(rows.detach(), torch.inf, dim=-1)
    mantissa, _ = torch.frexp(largest)
    scale = torch.where((largest > 0) & torch.isfinite(largest), largest / (2.0 * mantissa), 1.0)
    return scale * torch.linalg.vector_norm(rows / scale[..., None], p, dim=-1)


def sumsq(x: Tensor, axis: Any, keepdim: bool) -> Tensor:
    """Sum of the squares over the given axes (None: all)."""
    return sum(x * x, axis, keepdim)


def ties(x: Tensor, extreme: Callable[..., Tensor], axis: Any, keepdim: bool) -> Tensor:
    """0 where several elements share the extreme value (`max` or `min`) of the given axes, in the result's shape."""
    return (sum((x == extreme(x, axis, True)).to(x.dtype), axis, keepdim) <= 1).to(x.dtype)


def range_of(x: Tensor, axis: Any, keepdim: bool) -> Tensor:
    """Largest minus smallest element over the given axes: 0 where all are equal."""
    return max(x, axis, keepdim) - min(x, axis, keepdim)


def norm_kinks(x: Tensor, p: float, axis: Any, keepdim: bool) -> Tensor:
    """0 where a p-norm has a kink: for p = 1 at an element 0, for p infinite at a tie, else where all are 0."""
    if p == 1:
        return (sum((x == 0).to(x.dtype), axis, keepdim) == 0).to(x.dtype)
    largest = norm(x, math.inf, axis, keepdim)
    return largest * ties(x.abs(), max, axis, keepdim) if p == math.inf else largest


def cumsum(x: Tensor, axis: int, exclusive: bool, reverse: bool) -> Tensor:
    """Running sums along an axis."""
    return _running(_torch().cumsum, 0.0, x, axis, exclusive, reverse)


def cumprod(x: Tensor, axis: int, exclusive: bool, reverse: bool) -> Tensor:
    """Running products along an axis."""
    return _running(_torch().cumprod, 1.0, x, axis, exclusive, reverse)


def _running(
    function: Callable[[Tensor, int], Tensor], neutral: float, x: Tensor, axis: int, exclusive: bool, reverse: bool
) -> Tensor:
    torch = _torch()
    values = torch.flip(x, (axis,)) if reverse else x
    if exclusive and x.shape[axis]:
        first = torch.full_like(values.narrow(axis, 0, 1), neutral)
        values = torch.cat((first, values.narrow(axis, 0, x.shape[axis] - 1)), axis)
    found = function(values, axis)
    return torch.flip(found, (axis,)) if reverse else found
