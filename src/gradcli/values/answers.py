"""Claimed answers from a file: an object of numbers, lists of them or formulas, by name, with the digits as written."""

from __future__ import annotations

import json
from typing import Any

from gradcli.errors import FileError, Span
from gradcli.values.files import check_file, ending, pointing
from gradcli.values.source import parse_source

HINT = '{"x1": 5.5, "w": [6, 12, 18], "x2": "x1 - cos(x2)"}'


def read_answers(typed: str) -> dict[str, Any]:
    """What `@file.json` holds; numbers are the texts that they are written as. Raises GradcliError."""
    source = parse_source(typed, Span(0, len(typed)))
    with pointing(source):
        check_file(source.path)
        if ending(source.path) != ".json" or source.names:
            raise FileError(f"claims are read from a .json file, not from '{source.path}'", hint=HINT)
        try:
            with open(source.path, encoding="utf-8-sig") as file:
                # The digits of a number are part of the claim, so that it stays text.
                content = json.load(file, parse_float=str, parse_int=str, parse_constant=str, object_pairs_hook=_once)
        except UnicodeDecodeError as error:
            raise FileError(f"'{source.path}' is not UTF-8 text", hint="save it as UTF-8") from error
        except RecursionError as error:
            raise FileError(f"'{source.path}' is nested too deep", hint=HINT) from error
        except ValueError as error:
            raise FileError(f"'{source.path}' is no JSON: {error}", hint=HINT) from error
        if not isinstance(content, dict) or not content:
            raise FileError(f"'{source.path}' holds no object of claims by name", hint=HINT)
    return content


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object of JSON. Of a name that stands there twice Python would keep the last value, without a word."""
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise FileError(f"'{twice}' is claimed twice", hint="give it one value")
    return found
