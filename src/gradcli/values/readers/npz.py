"""`.npz`: a zip archive of NumPy arrays."""

from __future__ import annotations

import zipfile
import zlib

from gradcli.errors import FileError
from gradcli.values.readers.npy import read_array
from gradcli.values.value import Loaded, choose

SUFFIX = ".npy"


def read(path: str, name: str | None) -> Loaded:
    """The array of that name. Raises FileError and NameProblem."""
    try:
        with zipfile.ZipFile(path) as archive:
            members = [member for member in archive.namelist() if member.endswith(SUFFIX)]
            chosen = choose([member.removesuffix(SUFFIX) for member in members], name, path)
            with archive.open(chosen + SUFFIX) as stream:
                return read_array(stream, f"'{chosen}' of '{path}'")
    except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, NotImplementedError) as error:
        raise FileError(
            f"'{path}' is no .npz archive, or damaged: {error}", hint="write it with numpy.savez"
        ) from error
