"""torch tensors on the selected device: every tensor graph, float32, and every graph once a device is typed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

from gradcli.carriers.base import Carrier
from gradcli.carriers.floats import nearest_or_infinite
from gradcli.errors import MissingError, UsageError
from gradcli.graph import Parameters
from gradcli.primitives.declare import Primitive, Value
from gradcli.shapes import Shape

BLOCK_ELEMENTS = 2**22
"""A block of directions is cut where its tangents would pass so many elements, to bound memory."""

FEW_ELEMENTS = 4096
"""Arrays of so many elements are computed by one thread."""


class Tensors(Carrier):
    """Tensors of one dtype on one device."""

    name = "tensors"

    def __init__(self, device: str = "auto", dtype: str = "float64") -> None:
        import torch

        self.torch = torch
        self.device = select_device(device, dtype)
        self.dtype = dtype
        self._dtype = getattr(torch, dtype)
        self._functions: dict[Primitive, Any] = {}

    def constant(self, value: Any, shape: Shape) -> Value:
        """A tensor of this dtype on this device."""
        if isinstance(value, self.torch.Tensor):
            return value.to(self.device, self._dtype)
        try:
            tensor = self.torch.tensor(value, dtype=self._dtype, device=self.device)
        except (OverflowError, RuntimeError):
            tensor = self.torch.tensor(as_floats(value), dtype=self._dtype, device=self.device)
        # Nested empty tuples do not say all of their shape.
        return tensor if tensor.shape == shape else tensor.reshape([int(d) for d in shape])

    def declared(self, primitive: Primitive) -> str:
        """Its `torch` backing."""
        return primitive.torch

    def apply(self, primitive: Primitive, arguments: tuple[Value, ...], parameters: Parameters) -> Value:
        """The primitive's `torch` backing."""
        function = self._functions.get(primitive)
        if function is None:
            function = self._functions[primitive] = self.backing(primitive)
        return function(*arguments, *parameters)

    def lift(self, value: Value) -> Value:
        """Python numbers become tensors: torch's functions do not all take numbers."""
        if isinstance(value, (int, float)):
            return self.torch.tensor(value, dtype=self._dtype, device=self.device)
        return value

    def shape(self, value: Value) -> Shape:
        """The tensor's shape."""
        return tuple(value.shape) if isinstance(value, self.torch.Tensor) else ()

    def over_directions(
        self, sweep: Callable[[Value], Value], directions: Sequence[Value], elements: int = 1
    ) -> list[Value]:
        """All directions as one block: the sweep runs once, batched."""
        if len(directions) == 1:
            return [sweep(directions[0])]
        if not directions:
            return []
        block = self.torch.stack(list(directions))
        chunk = max(1, BLOCK_ELEMENTS // max(1, elements, directions[0].numel()))
        return list(self.torch.vmap(sweep, chunk_size=chunk)(block))

    def nested(self, value: Value) -> Any:
        """Nested lists of floats, on the host. A float32 becomes the shortest decimal that reads back as it."""
        if not isinstance(value, self.torch.Tensor):
            return value
        host = value.detach().cpu()
        if host.dtype == self.torch.float32:
            return host.numpy().astype(str).astype(float).tolist()
        return host.tolist()


def as_floats(value: Any) -> Any:
    """Nested numbers as the nearest floats; integers too large for one become infinite."""
    if isinstance(value, (list, tuple)):
        return [as_floats(item) for item in value]
    return nearest_or_infinite(value)


def select_device(name: str, dtype: str) -> str:
    """The device by name; `auto` takes a GPU if there is one. Raises UsageError or MissingError."""
    import torch

    if name == "auto":
        return "cuda" if torch.cuda.is_available() else "cpu"
    try:
        device = torch.device(name)
    except RuntimeError as error:
        raise UsageError(
            f"'{name}' is no torch device", hint="a device is auto, cpu, cuda, cuda:1, mps, ..."
        ) from error
    try:
        torch.empty(1, dtype=getattr(torch, dtype), device=device)
    except (RuntimeError, AssertionError, TypeError, NotImplementedError) as error:
        cause = str(error).splitlines()[0]
        raise MissingError(f"device '{name}' cannot be used: {cause}", hint="choose the device cpu, or auto") from error
    if device.type == "meta":
        raise UsageError("device 'meta' holds no numbers", hint="choose the device cpu, or auto")
    return str(device)


def use_threads_for(elements: int) -> None:
    """Let torch use one thread where the largest array is small, else as many as it chose itself.

    torch hands the rows of a softmax to several threads however small they are, and on a machine that has other work it
    waits for them thousands of times longer than it computes. Only a process of our own may change this setting.
    """
    import torch

    chosen = _all_threads()
    torch.set_num_threads(1 if elements <= FEW_ELEMENTS else chosen)


@cache
def _all_threads() -> int:
    """As many as torch chose itself."""
    import torch

    return int(torch.get_num_threads())
