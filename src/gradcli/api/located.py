"""Errors of the Python interface point into the expression, as those of the commands do."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, Protocol, TypeVar

from gradcli.errors import GradcliError


class Sourced(Protocol):
    """What was made from a text."""

    @property
    def source(self) -> str:
        """The text."""


S = TypeVar("S", bound=Sourced)
P = ParamSpec("P")
R = TypeVar("R")


def located(method: Callable[Concatenate[S, P], R]) -> Callable[Concatenate[S, P], R]:
    """Errors that point into the expression carry it."""

    @wraps(method)
    def run(owner: S, /, *given: P.args, **options: P.kwargs) -> R:
        try:
            return method(owner, *given, **options)
        except GradcliError as error:
            raise error.with_source(owner.source) from None

    return run
