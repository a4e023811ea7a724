"""Tensor functions that torch lacks, or spells in a way that a declaration cannot name."""

from __future__ import annotations

import math
from typing import Any

from gradcli.primitives.backings.floating import GELU_CUBIC, SQRT_8_OVER_PI, SQRT_HALF, cotangent_derivative

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
    """Elements by a specification of integers, (start, stop, step) and lists. Lists are taken after all others."""
    torch = _torch()
    taken = x[tuple(_basic(item) for item in spec)]
    rest = [item for item in spec if not isinstance(item, int)]
    if not any(len(item) == 1 for item in rest):
        return taken
    return taken[tuple(torch.tensor(i[0], device=x.device) if len(i) == 1 else slice(None) for i in rest)]


def _basic(item: Any) -> Any:
    """The part of an item that is no list."""
    if isinstance(item, int):
        return item
    return slice(None) if len(item) == 1 else slice(*item)


def embed(x: Tensor, spec: tuple[Any, ...], shape: tuple[int, ...]) -> Tensor:
    """Zeros of a shape with x added at an index; written without mutation of an argument, so that it can be batched."""
    torch = _torch()
    positions = index(torch.arange(math.prod(shape), device=x.device).reshape(shape), spec).reshape(-1)
    flat = torch.zeros(math.prod(shape), dtype=x.dtype, device=x.device)
    return flat.index_put((positions,), x.reshape(-1), accumulate=True).reshape(shape)


def stack(*operands_and_axis: Any) -> Tensor:
    """Operands of equal shape along a new axis."""
    *operands, axis = operands_and_axis
    return _torch().stack(operands, axis)


def cat(*operands_and_axis: Any) -> Tensor:
    """Operands joined along an axis."""
    *operands, axis = operands_and_axis
    return _torch().cat(operands, axis)


def diag(x: Tensor, offset: int) -> Tensor:
    """The matrix with a vector on its diagonal, or the diagonal of a matrix."""
    torch = _torch()
    return torch.diag_embed(x, offset) if x.ndim == 1 else torch.diagonal(x, offset)


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


def inv(a: Tensor) -> Tensor:
    """Inverse; NaN for a singular matrix, where torch's own raises."""
    torch = _torch()
    found, info = torch.linalg.inv_ex(a)
    return torch.where((info == 0)[..., None, None], found, torch.nan)


def det(a: Tensor) -> Tensor:
    """Determinant; up to three rows by Leibniz's sum, which autograd differentiates at singular matrices too."""
    torch = _torch()
    if a.shape[-1] == 1:
        return a[..., 0, 0]
    if a.shape[-1] == 2:
        return a[..., 0, 0] * a[..., 1, 1] - a[..., 0, 1] * a[..., 1, 0]
    if a.shape[-1] == 3:
        return (a[..., 0, :] * torch.linalg.cross(a[..., 1, :], a[..., 2, :])).sum(-1)
    return torch.linalg.det(a)
