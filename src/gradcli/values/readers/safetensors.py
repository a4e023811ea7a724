"""`.safetensors`: tensors by name. Only the one that is asked for is read."""

from __future__ import annotations

from gradcli.errors import FileError, MissingError
from gradcli.values.readers.pt import from_tensor
from gradcli.values.value import Loaded, check_shape, choose


def read(path: str, name: str | None) -> Loaded:
    """The tensor of that name. Raises GradcliError; MissingError without the library."""
    try:
        from safetensors import SafetensorError, safe_open
    except ImportError as error:
        raise MissingError("reading .safetensors needs a library", hint="pip install safetensors") from error
    try:
        with safe_open(path, framework="pt") as file:
            chosen = choose(sorted(file.keys()), name, path)
            what = f"'{chosen}' of '{path}'"
            check_shape(file.get_slice(chosen).get_shape(), what)
            return from_tensor(file.get_tensor(chosen), what)
    except SafetensorError as error:
        raise FileError(f"'{path}' is no .safetensors file, or damaged: {error}", hint="write it anew") from error
