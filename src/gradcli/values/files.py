"""Values from files: which reader serves a file, and that it may be opened at all.

A file is opened only if it is a regular one of bearable size, and nothing in it is ever run.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib import import_module

from gradcli.errors import FileError, GradcliError, UsageError, closest
from gradcli.values.source import Source
from gradcli.values.table import Cleaning, Table, read_table
from gradcli.values.value import Loaded

TABLES = {".csv": ",", ".tsv": "\t"}
"""What separates the columns, by ending."""
READERS = {
    ".npy": "npy",
    ".npz": "npz",
    ".json": "json",
    ".pt": "pt",
    ".pth": "pt",
    ".safetensors": "safetensors",
}
"""The module of `gradcli.values.readers`, by ending. Its `read(path, name)` gives a Loaded; name None: the only one."""
LARGEST_FILE = 2**30
"""Bytes."""


def read_files(sources: Mapping[str, Source], cleaning: Cleaning) -> tuple[dict[str, Loaded], list[str]]:
    """The values of all files of a request, by the names they are bound to, and notes of what was done to tables.

    A table is read once for all its values, since a row that is dropped for one is dropped for all. Raises GradcliError
    that points to what was typed.
    """
    tables: dict[str, Table] = {}
    columns: dict[str, list[int]] = {}
    for name, source in sources.items():
        with pointing(source):
            check_file(source.path)
            if ending(source.path) in TABLES:
                table = _table(tables, source, sources)
                columns[name] = table.use(source.names)
    found: dict[str, Loaded] = {}
    for name, source in sources.items():
        with pointing(source):
            if name in columns:
                found[name] = tables[os.path.realpath(source.path)].value(columns[name], cleaning)
            else:
                found[name] = _array(source)
    return found, [note for table in tables.values() for note in table.notes]


def _table(tables: dict[str, Table], source: Source, sources: Mapping[str, Source]) -> Table:
    """The table of a file, read when it is first asked for."""
    place = os.path.realpath(source.path)
    if place not in tables:
        asked = [s.names for s in sources.values() if os.path.realpath(s.path) == place]
        separator = TABLES[ending(source.path)]
        tables[place] = read_table(source.path, separator, {name for names in asked for name in names})
    return tables[place]


def _array(source: Source) -> Loaded:
    if len(source.names) > 1:
        raise UsageError(
            f"one name of an array follows ':', not {len(source.names)}", hint="several columns are for .csv and .tsv"
        )
    reader = import_module(f"gradcli.values.readers.{READERS[ending(source.path)]}")
    loaded: Loaded = reader.read(source.path, source.names[0] if source.names else None)
    return loaded


def ending(path: str) -> str:
    """The ending of a file's name, which says its format."""
    return os.path.splitext(path)[1].lower()


def check_file(path: str) -> None:
    """Raise FileError unless the path is a regular file of a known format and of a size that can be read."""
    try:
        found = os.stat(path)
    except (OSError, ValueError) as error:
        raise _unreadable(path, error) from error
    if stat.S_ISDIR(found.st_mode):
        raise FileError(f"'{path}' is a directory", hint="name a file in it")
    if not stat.S_ISREG(found.st_mode):
        raise FileError(f"'{path}' is no regular file but a pipe or a device", hint="write the data to a file first")
    known = [*TABLES, *READERS]
    if ending(path) not in known:
        raise FileError(f"the name '{path}' says no format that is read", hint=f"read are {', '.join(known)}")
    if found.st_size == 0:
        raise FileError(f"'{path}' is empty", hint="name a file with data")
    if found.st_size > LARGEST_FILE:
        raise FileError(
            f"'{path}' has {found.st_size / 1e9:.2f} GB, more than the {LARGEST_FILE / 1e9:.2f} GB that are read",
            hint="save the part that is needed",
        )


@contextmanager
def pointing(source: Source) -> Iterator[None]:
    """Errors point to the value as it was typed; what the system says of a file is one of ours."""
    try:
        yield
    except (OSError, MemoryError, GradcliError) as error:
        told = error if isinstance(error, GradcliError) else _unreadable(source.path, error)
        told.span = told.span or source.span
        raise told.with_source(source.text) from None


def _unreadable(path: str, error: Exception) -> FileError:
    """What the system says of a file."""
    if isinstance(error, MemoryError):
        return FileError(f"'{path}' does not fit into memory", hint="save the part that is needed")
    reason = (getattr(error, "strerror", None) or str(error)).lower()
    hint = "name a file that this user can read"
    if isinstance(error, FileNotFoundError):
        folder = os.path.dirname(path)
        hint = f"there is no folder '{folder}' either" if folder and not os.path.isdir(folder) else _similar(path)
    return FileError(f"cannot read '{path}': {reason}", hint=hint)


def _similar(path: str) -> str:
    """A hint with the file of the same folder whose name is nearest, or where the name was looked for."""
    folder, name = os.path.split(path)
    try:
        near = closest(name, [other for other in os.listdir(folder or ".") if ending(other) == ending(name)])
    except OSError:
        near = None
    return (
        f"did you mean @{os.path.join(folder, near)} ?" if near else f"it was looked for in {os.path.abspath(folder)}"
    )
