"""The values of a request: constant expressions, files, and what a JSON request gives as it is."""

from __future__ import annotations

import math
import struct
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from gradcli.carriers.constants import evaluate_constant, evaluate_exactly
from gradcli.errors import NameProblem, Span
from gradcli.exact import Exact
from gradcli.graph import Graph
from gradcli.primitives.constructors import Random
from gradcli.problem import Nested, nested_shape
from gradcli.shapes import Shape
from gradcli.syntax.bindings import constant_value, split_bindings
from gradcli.syntax.text import format_node

if TYPE_CHECKING:
    from gradcli.cli.options import Settings
    from gradcli.cli.query import Query

DEEPEST = 20
"""Levels of operations that are spelt out of what is no fraction."""
Place = tuple[str, Span]
"""A text, and where in it a value stands."""


def point_of(query: Query) -> tuple[dict[str, tuple[Nested, Shape]], list[str]]:
    """Values and shapes by name, from --at and from a JSON request, and notes of what was done to them."""
    written: dict[str, Place] = {}
    for text in query.at:
        for binding in split_bindings(text):
            if binding.name in written:
                raise NameProblem(f"{binding.name} is bound twice", span=binding.span, source=text)
            written[binding.name] = (text, binding.value)
    given: dict[str, Any] = {}
    for name, value in query.values.items():
        if isinstance(value, str):
            written[name] = (value, Span(0, len(value)))
        else:
            given[name] = value, nested_shape(name, value)
    found, notes = typed_values(written, query.settings, query.random)
    return found | given, notes


def typed_values(
    written: Mapping[str, Place], settings: Settings, random: Random
) -> tuple[dict[str, tuple[Nested, Shape]], list[str]]:
    """The values written at some places, and notes. Files are read together. Raises GradcliError that points there."""
    files = {name: place for name, place in written.items() if place[0].startswith("@", place[1].start)}
    loaded: Mapping[str, tuple[Nested, Shape]] = {}
    notes: list[str] = []
    if files:
        from gradcli.values.files import read_files
        from gradcli.values.source import parse_source
        from gradcli.values.table import Cleaning

        sources = {name: parse_source(*place) for name, place in files.items()}
        loaded, notes = read_files(sources, Cleaning(settings.missing, settings.one_hot))
    evaluate = evaluate_written if settings.exact else evaluate_constant
    found = {
        name: loaded[name] if name in loaded else constant_value(*place, evaluate, random)
        for name, place in written.items()
    }
    return found, notes


def evaluate_written(graph: Graph, node: int) -> Nested:
    """A value that is what is written, and not the float near it."""
    return evaluate_exactly(graph, node, format_node(graph, node, {}, DEEPEST))


def rounded_names(values: Mapping[str, Nested], dtype: str) -> list[str]:
    """Names of values that hold a number of the dtype which is not the decimal that it is written as."""
    from gradcli.methods.base import flatten

    return [name for name, value in values.items() if any(is_rounded(x, dtype) for x in flatten(value))]


def is_rounded(number: float, dtype: str) -> bool:
    """Whether the dtype only approximates the digits of a number: 0.1, and not 0.5."""
    from fractions import Fraction

    if isinstance(number, Exact) or not math.isfinite(number):
        return False
    return Fraction(repr(float(number))) != Fraction(held(float(number), dtype))


def held(number: float, dtype: str) -> float:
    """The number that a dtype holds for a float64."""
    if dtype == "float64":
        return number
    return float(struct.unpack("f", struct.pack("f", number))[0])
