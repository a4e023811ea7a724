"""Tensor functions that torch lacks, or spells in a way that a declaration cannot name."""

from __future__ import annotations

import math
from typing import Any

from gradcli.primitives.backings.floating import GELU_CUBIC, SQRT_8_OVER_PI, SQRT_HALF, cotangent_derivative
from gradcli.shapes import normalize_axes

Tensor = Any


def _torch() -> Any:
    import torch

    return torch


def power(x: Tensor, exponent: float) -> Tensor:
    """x^exponent; torch takes no integer above 64 bits."""
    return _torch().pow(x, exponent if abs(exponent) < 2**53 else float(exponent))


def cbrt(x: Tensor) -> Tensor:
    """Real cube root: a power, then one Newton step for the last digits."""
    torch = _torch()
    guess = torch.copysign(torch.abs(x) ** (1.0 / 3.0), x)
    usable = (guess != 0) & torch.isfinite(guess)
    safe = torch.where(usable, guess, 1.0)
    return torch.where(usable, safe - (safe - x / (safe * safe)) / 3.0, guess)


def softplus(x: Tensor) -> Tensor:
    """ln(1 + exp(x)); torch's own switches to x above a threshold and loses digits."""
    torch = _torch()
    return torch.logaddexp(x, torch.zeros_like(x))


def gamma(x: Tensor) -> Tensor:
    """Gamma function by its logarithm, with the sign for negative x; NaN at the poles but 0.

    Near 0 as gamma(x + 1) / x: the logarithm is large there although gamma is well conditioned.
    """
    torch = _torch()
    near = (x > -1) & (x < 1)
    shifted = torch.where(near, x + 1.0, x)
    whole = torch.floor(shifted)
    sign = torch.where((shifted > 0) | (whole % 2 == 0), 1.0, -1.0)
    found = sign * torch.exp(torch.lgamma(shifted)) / torch.where(near, x, 1.0)
    return torch.where((x < 0) & (torch.floor(x) == x), torch.nan, found)


def polygamma(x: Tensor, order: int) -> Tensor:
    """Polygamma of order >= 1 by Hurwitz's zeta function (NIST DLMF 25.11.12), below 0 by reflection (5.15.6).

    torch's own has only ten digits for order 1, and nothing below 0 for higher orders.
    """
    torch = _torch()
    negative = x <= 0
    pole = negative & (torch.floor(x) == x)
    sign = -1.0 if order % 2 == 0 else 1.0
    shape = torch.full_like(x, order + 1.0)
    zeta = torch.special.zeta(shape, torch.where(negative, 1.0 - x, x))
    positive = torch.where(x == math.inf, sign * 0.0, sign * gamma(shape) * zeta)
    fraction = torch.where(negative & ~pole, x - torch.round(x), 0.25)
    cotangent = 1.0 / torch.tan(math.pi * fraction)
    reflected = torch.zeros_like(x)
    for c in reversed(cotangent_derivative(order)):
        reflected = reflected * cotangent + c
    below = torch.where(pole, math.inf if order % 2 else math.nan, -(math.pi ** (order + 1)) * reflected)
    return torch.where(negative, below - sign * positive, positive)


def sum(x: Tensor, axis: Any, keepdim: bool) -> Tensor:
    """Sum over the given axes (None: all)."""
    axes = normalize_axes(axis, x.ndim)
    return _torch().sum(x, axes, keepdim) if axes else x  # to torch, no axes are all axes


def sumsq(x: Tensor) -> Tensor:
    """Sum of the squares of all elements."""
    return _torch().sum(x * x)


def mean(x: Tensor, axis: Any, keepdim: bool) -> Tensor:
    """Mean over the given axes (None: all)."""
    axes = normalize_axes(axis, x.ndim)
    return _torch().mean(x, axes, keepdim) if axes else x


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


def norm(x: Tensor) -> Tensor:
    """L2 norm of all elements, scaled by a power of two, so that no square overflows or underflows."""
    torch = _torch()
    if not x.numel():
        return torch.linalg.vector_norm(x)
    largest = torch.linalg.vector_norm(x.detach(), torch.inf)
    mantissa, _ = torch.frexp(largest)
    scale = torch.where((largest > 0) & torch.isfinite(largest), largest / (2.0 * mantissa), 1.0)
    return scale * torch.linalg.vector_norm(x / scale)


def floor_divide(x: Tensor, y: Tensor) -> Tensor:
    """x / y rounded down; autograd knows no derivative of torch.floor_divide."""
    return _torch().div(x, y, rounding_mode="floor")


def gelu(x: Tensor, approximate: str) -> Tensor:
    """GELU by erfc and sigmoid: torch's own has no digit left below -8, where 1 + erf and 1 + tanh cancel."""
    torch = _torch()
    if approximate == "none":
        return 0.5 * x * torch.special.erfc(-x * SQRT_HALF)
    return x * torch.sigmoid(SQRT_8_OVER_PI * (x + GELU_CUBIC * (x * x * x)))


def transpose(x: Tensor) -> Tensor:
    """Axes in reverse order."""
    return _torch().permute(x, tuple(reversed(range(x.ndim))))


def index(x: Tensor, spec: tuple[Any, ...]) -> Tensor:
    """Elements by a specification of integers and (start, stop, step)."""
    return x[tuple(item if isinstance(item, int) else slice(*item) for item in spec)]


def embed(x: Tensor, spec: tuple[Any, ...], shape: tuple[int, ...]) -> Tensor:
    """Zeros of a shape with x at an index; written without mutation of an argument, so that it can be batched."""
    torch = _torch()
    positions = index(torch.arange(math.prod(shape), device=x.device).reshape(shape), spec).reshape(-1)
    flat = torch.zeros(math.prod(shape), dtype=x.dtype, device=x.device)
    return flat.index_put((positions,), x.reshape(-1)).reshape(shape)


def stack(*operands_and_axis: Any) -> Tensor:
    """Operands of equal shape along a new axis."""
    *operands, axis = operands_and_axis
    return _torch().stack(operands, axis)


def sign(x: Tensor) -> Tensor:
    """-1, 0 or 1; NaN stays, which torch's own turns into 0."""
    torch = _torch()
    return torch.where(x != x, torch.nan, torch.sign(x))


def where(condition: Tensor, a: Tensor, b: Tensor) -> Tensor:
    """a where the condition is not 0, else b."""
    return _torch().where(condition != 0, a, b)


def logical_and(x: Tensor, y: Tensor) -> Tensor:
    """1 where neither is 0, else 0."""
    return ((x != 0) & (y != 0)).to(x.dtype)


def logical_or(x: Tensor, y: Tensor) -> Tensor:
    """1 where one is not 0, else 0."""
    return ((x != 0) | (y != 0)).to(x.dtype)


def logical_xor(x: Tensor, y: Tensor) -> Tensor:
    """1 where exactly one is not 0, else 0."""
    return ((x != 0) ^ (y != 0)).to(x.dtype)


def logical_not(x: Tensor) -> Tensor:
    """1 where x is 0, else 0."""
    return (x == 0).to(x.dtype)


def gt(x: Tensor, y: Tensor) -> Tensor:
    """1 where x > y, else 0."""
    return (x > y).to(x.dtype)


def lt(x: Tensor, y: Tensor) -> Tensor:
    """1 where x < y, else 0."""
    return (x < y).to(x.dtype)


def ge(x: Tensor, y: Tensor) -> Tensor:
    """1 where x >= y, else 0."""
    return (x >= y).to(x.dtype)


def le(x: Tensor, y: Tensor) -> Tensor:
    """1 where x <= y, else 0."""
    return (x <= y).to(x.dtype)


def eq(x: Tensor, y: Tensor) -> Tensor:
    """1 where x = y, else 0."""
    return (x == y).to(x.dtype)


def ne(x: Tensor, y: Tensor) -> Tensor:
    """1 where x and y differ, else 0."""
    return (x != y).to(x.dtype)
