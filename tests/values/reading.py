"""Values of --at as the readers see them, without a process."""

from pathlib import Path

import pytest

from gradcli.errors import GradcliError
from gradcli.syntax.bindings import split_bindings
from gradcli.values.files import read_files
from gradcli.values.source import parse_source
from gradcli.values.table import Cleaning


def read(at: str, missing: str | None = None, one_hot: bool = False) -> tuple[dict[str, object], list[str]]:
    """The values by name that a text for --at gives, with their shapes, and the notes."""
    sources = {binding.name: parse_source(at, binding.value) for binding in split_bindings(at)}
    found, notes = read_files(sources, Cleaning(missing, one_hot))
    for name, loaded in found.items():
        assert shape_of(loaded.value) == loaded.shape, name
    return {name: loaded.value for name, loaded in found.items()}, notes


def shape_of(value: object) -> tuple[int, ...]:
    """The shape of nested lists."""
    return (len(value), *shape_of(value[0])) if isinstance(value, list) else ()


def refused(at: str, **cleaning: object) -> GradcliError:
    """The error for a text, which points at a value in it and has a mend."""
    with pytest.raises(GradcliError) as caught:
        read(at, **cleaning)  # type: ignore[arg-type]
    error = caught.value
    assert error.source == at
    assert error.span is not None
    assert at[error.span.start] == "@"
    assert error.hint
    return error


def write(folder: Path, name: str, text: str) -> str:
    """A file with a text; its path."""
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return str(path)
