"""Rounding made visible: a carrier whose every result is off by a small random relative error.

How far a few such evaluations lie from the ordinary one, scaled down, is what rounding does to it. No derivative rule
is involved (Chesneaux, Jézéquel and Vignes call the idea discrete stochastic arithmetic; CESTAC, 1974).
"""

from __future__ import annotations

import random
from typing import Any

from gradcli.carriers.base import Carrier
from gradcli.carriers.wrapped import Wrapped
from gradcli.graph import Parameters
from gradcli.primitives.declare import Primitive, Value

PERTURBATION = 1024.0
"""Units of roundoff by which to move results: far above rounding, far below the values."""


class Noisy(Wrapped):
    """Another carrier, each of its results times 1 ± `size`."""

    name = "noisy"

    def __init__(self, inner: Carrier, size: float, seed: int) -> None:
        super().__init__(inner)
        self.size = size
        self.random = random.Random(seed)
        self._generator: Any = None

    def apply(self, primitive: Primitive, arguments: tuple[Value, ...], parameters: Parameters) -> Value:
        """The primitive, and an error. Comparisons and steps are exact."""
        if primitive.definition is not None and not self.inner.declared(primitive):
            # What rounding does inside a definition is not to be hidden.
            return primitive.definition(self, *arguments, *parameters)
        if not primitive.elementwise and not primitive.moves:
            # A sum inside rounds each of its terms, which shows where they cancel.
            depends = primitive.rule.depends_on
            arguments = tuple([self._off(a) if depends(k) else a for k, a in enumerate(arguments)])
        found = self.inner.apply(primitive, arguments, parameters)
        if primitive.absolute_error:
            error = 0.0 * found + primitive.absolute_error
            found = found + (self._off(error) - error)
        return found if primitive.locally_constant and not primitive.holds_value else self._off(found)

    def accumulate(self, known: Value, contribution: Value) -> Value:
        """The sum, and an error: contributions that cancel lose digits without any primitive."""
        return self._off(self.inner.accumulate(known, contribution))

    def _off(self, found: Value) -> Value:
        if isinstance(found, float):
            return found * (1.0 + self.random.choice((-1.0, 1.0)) * self.size)
        return found * (1.0 + self.size * self._signs(found))

    def _signs(self, found: Any) -> Any:
        import torch

        if self._generator is None:
            self._generator = torch.Generator().manual_seed(self.random.getrandbits(32))
        bits = torch.randint(0, 2, found.shape, generator=self._generator)
        return (2 * bits - 1).to(found.device, found.dtype)
