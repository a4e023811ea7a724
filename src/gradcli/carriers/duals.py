"""Dual numbers over another carrier: every value brings its tangent, so that a reverse sweep on them is forward over
reverse (Griewank and Walther, Evaluating Derivatives, 2008, section 5.1)."""

from __future__ import annotations

from typing import Any

from gradcli.carriers.base import Arithmetic, Carrier
from gradcli.carriers.tangents import contributions, total
from gradcli.graph import Parameters
from gradcli.primitives.declare import Elementwise, Primitive, Value
from gradcli.shapes import Shape


class Dual(Arithmetic):
    """A primal value and its tangent; None is a structural zero."""

    __slots__ = ("carrier", "primal", "tangent")

    def __init__(self, carrier: Duals, primal: Value, tangent: Value | None = None) -> None:
        self.carrier = carrier
        self.primal = primal
        self.tangent = tangent


class Duals(Carrier):
    """Applies primitives to primal values on the inner carrier, and moves tangents by the same rules."""

    name = "duals"

    def __init__(self, inner: Carrier) -> None:
        self.inner = inner
        self.device = inner.device
        self.dtype = inner.dtype

    def constant(self, value: Any, shape: Shape) -> Value:
        """A constant stands still."""
        return Dual(self, self.inner.constant(value, shape))

    def point(self, value: Any, shape: Shape) -> Value:
        """An input stands still, unless a direction moves it."""
        return Dual(self, self.inner.point(value, shape))

    def lift(self, value: Value) -> Value:
        """Python numbers stand still."""
        return value if isinstance(value, Dual) else Dual(self, self.inner.lift(value))

    def shape(self, value: Value) -> Shape:
        """The primal's shape."""
        return self.inner.shape(value.primal) if isinstance(value, Dual) else ()

    def masked(self, condition: Value, value: Value) -> Value | None:
        """Nothing where the inner carrier sees nothing."""
        if self.inner.masked(condition.primal, value.primal) is None:
            return None
        return self.where(condition, value, 0.0)

    def zeros(self, shape: Shape) -> Value:
        """Zeros that stand still."""
        return Dual(self, self.inner.zeros(shape))

    def apply(self, primitive: Primitive, arguments: tuple[Value, ...], parameters: Parameters) -> Value:
        """The primitive on primal values, and the tangent of the result."""
        m = self.inner
        primals = tuple([a.primal for a in arguments])
        out = m.apply(primitive, primals, parameters)
        incoming = [a.tangent if primitive.rule.depends_on(k) else None for k, a in enumerate(arguments)]
        if all(t is None for t in incoming):
            return Dual(self, out)

        def partial(position: int) -> Value | None:
            rule = primitive.rule
            assert isinstance(rule, Elementwise)
            function = rule.partials[position]
            return None if function is None else function(m, out, *primals, *parameters)

        found = contributions(m, primitive, out, primals, parameters, incoming, partial)
        return Dual(self, out, total(m, found))
