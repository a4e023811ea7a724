"""`.pt`, `.pth`: tensors that torch.save wrote. `weights_only` builds tensors and containers, and runs no code."""

from __future__ import annotations

import pickle
import struct
import warnings
from typing import Any

from gradcli.errors import FileError, UsageError
from gradcli.values.value import Loaded, check_shape, choose, from_array, not_real

DAMAGED = (
    RuntimeError,
    ValueError,
    EOFError,
    KeyError,
    IndexError,
    TypeError,
    AttributeError,
    AssertionError,
    struct.error,
)
"""What torch raises for content that it did not write."""


def read(path: str, name: str | None) -> Loaded:
    """The tensor of a file, or that of a name in its dictionary. Raises GradcliError."""
    import torch

    content = _loaded(path)
    if isinstance(content, dict):
        tensors = {str(key): value for key, value in content.items() if isinstance(value, torch.Tensor)}
        chosen = choose(list(tensors), name, path)
        return from_tensor(tensors[chosen], f"'{chosen}' of '{path}'")
    if not isinstance(content, torch.Tensor):
        cause = f"'{path}' holds a {type(content).__name__}, not a tensor or a dictionary of tensors"
        raise FileError(cause, hint='torch.save({"w": w}, "w.pt")')
    if name is not None:
        raise UsageError(f"'{path}' holds one tensor without a name", hint=f"write @{path}")
    return from_tensor(content, f"'{path}'")


def _loaded(path: str) -> Any:
    import torch

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return torch.load(path, map_location="cpu", weights_only=True)
    except pickle.UnpicklingError as error:
        cause = f"'{path}' holds no tensors alone; more is never read, since unpickling it would run code"
        raise FileError(cause, hint='save tensors alone: torch.save(model.state_dict(), "w.pt")') from error
    except DAMAGED as error:
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise FileError(f"'{path}' is no file of torch.save, or damaged: {reason}", hint="write it anew") from error


def from_tensor(tensor: Any, what: str) -> Loaded:
    """A dense tensor of real numbers as nested lists. Raises FileError."""
    import torch

    if tensor.layout != torch.strided or tensor.is_quantized or tensor.is_meta:
        kind = "meta" if tensor.is_meta else "quantized" if tensor.is_quantized else str(tensor.layout)
        raise FileError(f"{what} is a {kind} tensor", hint="save a dense one: x.to_dense(), x.dequantize()")
    if tensor.is_complex():
        raise not_real(tensor.dtype, what)
    check_shape(tuple(tensor.shape), what)
    plain = tensor.detach().resolve_neg()
    return from_array((plain.double() if plain.is_floating_point() else plain).numpy(), what)
