"""`.json`: a number or nested lists of numbers, or an object of them by name."""

from __future__ import annotations

import json
import math
import os
from typing import Any

from gradcli.errors import FileError, ShapeError, UsageError
from gradcli.problem import nested_shape
from gradcli.values.value import Loaded, check_shape, choose, not_finite

LARGEST_FILE = 2**28
"""Bytes. The text is held as a whole, and takes many times as much when it is read."""


def read(path: str, name: str | None) -> Loaded:
    """The numbers of a file, or those of one name. Raises GradcliError."""
    content = _parsed(path)
    what = f"'{path}'"
    if isinstance(content, dict):
        chosen = choose(list(content), name, path)
        content, what = content[chosen], f"'{chosen}' of '{path}'"
    elif name is not None:
        raise UsageError(f"'{path}' holds no object, so that nothing in it is called '{name}'", hint=f"write @{path}")
    try:
        shape = nested_shape(what, content)
    except ShapeError as error:
        raise FileError(error.message, hint="numbers, or lists of equal length of them, can be read") from error
    check_shape([int(d) for d in shape], what)
    _check_finite(content, what)
    return Loaded(content, shape)


def _parsed(path: str) -> Any:
    if os.path.getsize(path) > LARGEST_FILE:
        raise FileError(
            f"'{path}' is larger than the {LARGEST_FILE / 1e9:.2f} GB of JSON that are read", hint="use .npy instead"
        )
    try:
        with open(path, encoding="utf-8-sig") as file:
            return json.load(file)
    except UnicodeDecodeError as error:
        raise FileError(f"'{path}' is not UTF-8 text", hint="save it as UTF-8") from error
    except RecursionError as error:
        raise FileError(f"'{path}' is nested too deep", hint="a tensor has at most 32 axes") from error
    except ValueError as error:
        raise FileError(f"'{path}' is no JSON: {error}", hint="[[1, 2], [3, 4]], or an object of such lists") from error


def _check_finite(numbers: Any, what: str) -> None:
    level: list[tuple[tuple[int, ...], Any]] = [((), numbers)]
    while level and isinstance(level[0][1], list):
        level = [((*place, k), item) for place, items in level for k, item in enumerate(items)]
    wrong = [(place, number) for place, number in level if not _finite(number)]
    if wrong:
        raise not_finite(what, wrong[0][1], wrong[0][0], len(wrong))


def _finite(number: float) -> bool:
    """Whether a float holds the number; an integer may be larger than any."""
    try:
        return math.isfinite(number)
    except OverflowError:
        return False
