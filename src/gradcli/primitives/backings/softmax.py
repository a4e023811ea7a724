"""Exponentials relative to the largest element on torch tensors, where torch's own lose digits."""

from __future__ import annotations

import math
from typing import Any

from gradcli.shapes import normalize_axes

Tensor = Any


def _torch() -> Any:
    import torch

    return torch


def log_softmax(x: Tensor, axis: int) -> Tensor:
    """x - logsumexp(x). torch's own is 0 where one element leads by more than 37; this one has digits left."""
    torch = _torch()
    if not x.shape[axis]:
        return x
    largest, relative, rest = _relative_to_largest(x, axis)
    # 0, or what an infinity is subtracted from: then NaN, as torch's.
    lead = (largest - _finite_or_zero(largest)).detach()
    return relative - (lead + torch.log1p(rest))


def logsumexp(x: Tensor, axis: Any, keepdim: bool) -> Tensor:
    """Logarithm of the sum of exponentials over the given axes (None: all)."""
    torch = _torch()
    axes = normalize_axes(axis, x.ndim)
    others = [k for k in range(x.ndim) if k not in axes]
    kept = [1 if k in axes else size for k, size in enumerate(x.shape)]
    lined_up = x.permute((*others, *axes)).reshape([*[x.shape[k] for k in others], math.prod(x.shape[k] for k in axes)])
    if not lined_up.shape[-1]:
        found = torch.logsumexp(lined_up, -1)
    else:
        largest, _, rest = _relative_to_largest(lined_up, -1)
        found = (largest + torch.log1p(rest)).squeeze(-1)
    return found.reshape(kept) if keepdim else found


def _relative_to_largest(x: Tensor, axis: int) -> tuple[Tensor, Tensor, Tensor]:
    """The first largest element along an axis, all relative to it, and the sum of the others' exponentials.

    The largest relative to itself is a constant: autograd would find the derivative 1 - 1 of it and lose the rest.
    """
    torch = _torch()
    place = x.argmax(axis, keepdim=True)
    largest = x.gather(axis, place)
    difference = x - _finite_or_zero(largest)
    is_largest = _is_at(x, place, axis)
    relative = torch.where(is_largest, difference.detach(), difference)
    return largest, relative, torch.where(is_largest, 0.0, torch.exp(relative)).sum(axis, keepdim=True)


def _finite_or_zero(x: Tensor) -> Tensor:
    """What may be subtracted: infinities are not, from one another."""
    torch = _torch()
    return torch.where(torch.isfinite(x), x, 0.0)


def _is_at(x: Tensor, place: Tensor, axis: int) -> Tensor:
    """Whether an element stands at a place along an axis."""
    shape = [1] * x.ndim
    shape[axis] = x.shape[axis]
    return _torch().arange(x.shape[axis], device=x.device).reshape(shape) == place


WHOLE = 1e-3
"""A class index may be off by so much: it may have been computed, and differences take small steps."""


def is_class(target: Tensor, classes: int) -> Tensor:
    """Whether a number is the index of one of so many classes."""
    torch = _torch()
    nearest = torch.round(target)
    return ((target - nearest).abs() <= WHOLE) & (nearest >= 0) & (nearest < classes)


def cross_entropy(x: Tensor, target: Tensor, reduction: str) -> Tensor:
    """Cross entropy of logits and class indices or probabilities; NaN for an index of no class."""
    torch = _torch()
    axis = 1 if x.ndim > 1 else 0
    logarithms = log_softmax(x, axis)
    if target.ndim == x.ndim:
        losses = -(target * logarithms).sum(axis)
    else:
        known = is_class(target, x.shape[axis])
        index = torch.where(known, torch.round(target), 0.0).long().unsqueeze(axis)
        losses = torch.where(known, 0.0 - logarithms.gather(axis, index).squeeze(axis), torch.nan)
    return losses if reduction == "none" else losses.sum() if reduction == "sum" else losses.mean()
