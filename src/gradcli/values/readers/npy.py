"""`.npy`: one NumPy array. The header is looked at before anything is read; objects are never unpickled."""

from __future__ import annotations

from typing import IO, Any

from gradcli.errors import FileError, UsageError
from gradcli.values.value import Loaded, check_shape, from_array, not_real

PICKLES = "it holds Python objects, which are never read: unpickling them would run code"


def read(path: str, name: str | None) -> Loaded:
    """The array of a file. Raises FileError."""
    if name is not None:
        raise UsageError(f"'{path}' holds one array without a name", hint=f"write @{path}")
    with open(path, "rb") as stream:
        return read_array(stream, f"'{path}'")


def read_array(stream: IO[bytes], what: str) -> Loaded:
    """The array of a stream in NumPy's format. Raises FileError."""
    import numpy.lib.format as form

    start = stream.read(8)
    stream.seek(0)
    if start[:6] != form.MAGIC_PREFIX:
        cause = PICKLES if start[:1] == b"\x80" else "an .npy file begins otherwise"
        hint = "an archive ends in .npz" if start[:2] == b"PK" else "write it with numpy.save"
        raise FileError(f"{what} is not read: {cause}", hint=hint)
    try:
        shape, dtype = _header(stream)
        if dtype.hasobject:
            raise FileError(f"{what} is not read: {PICKLES}", hint="save numbers: numpy.save of a float64 array")
        if dtype.kind not in "biuf":
            raise not_real(dtype, what)
        check_shape(shape, what)
        stream.seek(0)
        array = form.read_array(stream, allow_pickle=False)
    except (ValueError, EOFError, TypeError, SyntaxError, KeyError) as error:
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise FileError(f"{what} is damaged: {reason}", hint="write it anew with numpy.save") from error
    return from_array(array, what)


def _header(stream: IO[bytes]) -> tuple[tuple[int, ...], Any]:
    import numpy.lib.format as form

    version = form.read_magic(stream)
    read = form.read_array_header_1_0 if version == (1, 0) else form.read_array_header_2_0
    shape, _, dtype = read(stream)
    return shape, dtype
