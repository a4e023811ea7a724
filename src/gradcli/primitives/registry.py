"""All primitives, by name and by what the user may call them."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from typing import Any

from gradcli.primitives.constructors import constructors
from gradcli.primitives.declare import Primitive

FAMILIES = (
    "arithmetic",
    "elementary",
    "trigonometric",
    "piecewise",
    "logic",
    "activations",
    "reductions",
    "softmax",
    "losses",
    "norms",
    "cumulative",
    "structural",
    "indexing",
    "matrices",
    "linear_algebra",
    "spectral",
)


@cache
def families() -> dict[str, tuple[Primitive, ...]]:
    """Primitives by the module that declares them, which is also the heading they are documented under."""
    return {name: import_module(f"gradcli.primitives.{name}").PRIMITIVES for name in FAMILIES}


@cache
def by_name() -> dict[str, Primitive]:
    """Primitives by their own name, the word that rules use."""
    return {primitive.name: primitive for group in families().values() for primitive in group}


@cache
def by_spelling() -> dict[str, tuple[Primitive, ...]]:
    """Primitives by the names that a user may call; several share one when the number of arguments tells them apart."""
    found: dict[str, tuple[Primitive, ...]] = {}
    for primitive in by_name().values():
        for spelling in primitive.spellings or (primitive.name,):
            found[spelling] = (*found.get(spelling, ()), primitive)
    return found


@cache
def function_names() -> frozenset[str]:
    """All names that can be called: the spellings of primitives and the constructors."""
    return frozenset([*by_spelling(), *constructors()])


@cache
def family_of(primitive: Primitive) -> str:
    """The family that declares a primitive."""
    return next(name for name, group in families().items() if primitive in group)


@cache
def resolve(dotted: str) -> Any:
    """The object behind a dotted name such as `torch.special.erfc`; its module is imported here, when it is used."""
    parts = dotted.split(".")
    for cut in range(len(parts) - 1, 0, -1):
        try:
            found: Any = import_module(".".join(parts[:cut]))
        except ModuleNotFoundError as error:
            if cut == 1 or str(error.name) not in ".".join(parts[:cut]):
                raise
            continue
        for part in parts[cut:]:
            found = getattr(found, part)
        return found
    raise ModuleNotFoundError(dotted)
