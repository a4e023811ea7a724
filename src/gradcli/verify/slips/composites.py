"""Slips with the shape of a rule: a product rule, quotient rule or chain rule that is put together wrongly."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from gradcli.primitives.declare import Elementwise, Value
from gradcli.verify.slips.slip import Candidate, Slip, contribution_of, numbers_of, replaced, result_text
from gradcli.verify.sweep import Edge, Sweep, constant_factor, is_product, is_quotient


class ProductOfDerivatives(Slip):
    """(u v)' = u' v', (u/v)' = u'/v', and (c/v)' = c/v'."""

    kind = "product of derivatives"

    def candidates(self, sweep: Sweep, decimals: int | None) -> Iterator[Candidate]:
        """Each product and quotient both of whose parts change with the input, or its denominator alone."""
        for node, edges in sweep.into.items():
            primitive = sweep.tape.primitive(node)
            if len(edges) == 2 and (is_product(primitive) or is_quotient(primitive)):
                flow = self._flow(sweep, edges, is_quotient(primitive))
                if flow is not None:
                    first, second = (sweep.flows[edge] for edge in edges)
                    columns = zip(sweep.right, first, second, flow, strict=True)
                    yield Candidate(self.kind, tuple(n - a - b + c for n, a, b, c in columns), edges[0])
            elif is_quotient(primitive) and edges[0].position == 1 and sweep.tangents is not None:
                flow = self._flow_of_constant(sweep, edges[0], sweep.tangents)
                yield Candidate(self.kind, replaced(sweep, edges[0], flow), edges[0], 1.0)

    @staticmethod
    def _flow_of_constant(sweep: Sweep, edge: Edge, tangents: Sequence[Sequence[Value | None]]) -> list[float]:
        above, numbers = sweep.tape.arguments(edge.node)[0], []
        for found in tangents:
            below = found[edge.argument]
            factor = None if below is None else sweep.carrier.div(above, below)
            numbers.append(0.0 if factor is None else sweep.inner(sweep.adjoints[edge.node], factor))
        return numbers

    @staticmethod
    def _flow(sweep: Sweep, edges: Sequence[Edge], divides: bool) -> list[float] | None:
        if sweep.tangents is None:
            return None
        numbers = []
        for tangents in sweep.tangents:
            above, below = (tangents[edge.argument] for edge in edges)
            if above is None or (below is None and divides):
                numbers.append(0.0)
                continue
            factor = sweep.carrier.div(1.0, below) if divides else below
            numbers.append(sweep.inner(sweep.adjoints[edges[0].node] * above, factor))
        return numbers

    def sentence(self, sweep: Sweep, found: Sequence[Candidate]) -> str:
        """`f = v1*v2 is differentiated as if (u v)' were u' v'`."""
        edge = found[0].edge
        assert edge is not None
        divides = is_quotient(sweep.tape.primitive(edge.node))
        quotient = "(c/v)' were c/v'" if found[0].detail else "(u/v)' were u'/v'"
        rule = quotient if divides else "(u v)' were u' v'"
        return f"{sweep.node_text(edge.node)} is differentiated as if {rule}{result_text(found[0])}"


class UnsquaredDenominator(Slip):
    """A quotient rule that divides by v for v^2, or not at all."""

    kind = "denominator not squared"

    def candidates(self, sweep: Sweep, decimals: int | None) -> Iterator[Candidate]:
        """Each quotient whose denominator changes with the input, times v and times v^2."""
        for node, edges in sweep.into.items():
            if not is_quotient(sweep.tape.primitive(node)) or edges[-1].position != 1:
                continue
            below = sweep.tape.arguments(node)[1]
            for power, factor in ((1.0, below), (2.0, below * below)):
                flows = [self._times(sweep, edge, factor) for edge in edges]
                numbers: Sequence[float] = sweep.right
                for edge, flow in zip(edges, flows, strict=True):
                    if flow is not None:
                        columns = zip(numbers, sweep.flows[edge], flow, strict=True)
                        numbers = [n - f + g for n, f, g in columns]
                if None not in flows:
                    yield Candidate(self.kind, tuple(numbers), edges[-1], power)

    @staticmethod
    def _times(sweep: Sweep, edge: Edge, factor: Value) -> list[float] | None:
        partial: Value = sweep.tape.partial(edge.node, edge.position)
        return contribution_of(sweep, edge, partial * sweep.adjoints[edge.node] * factor)

    def sentence(self, sweep: Sweep, found: Sequence[Candidate]) -> str:
        """`the quotient rule at f = v1/v2 divides by v2, not by its square`."""
        edge = found[0].edge
        assert edge is not None
        below = sweep.names.get(edge.argument, "the denominator")
        instead = f"divides by {below}, not by its square" if found[0].detail == 1.0 else "leaves the denominator out"
        return f"the quotient rule at {sweep.node_text(edge.node)} {instead}{result_text(found[0])}"


class WrongArgument(Slip):
    """(f(g(x)))' as f'(g'(x)), or as f'(x) g'(x): the outer derivative at the inner derivative, or at the input. Or as
    f(g'(x)): the outer function itself of the inner derivative."""

    kind = "wrong argument"
    at_inner, with_inner, at_input, of_inner = 0.0, 1.0, 2.0, 3.0

    def candidates(self, sweep: Sweep, decimals: int | None) -> Iterator[Candidate]:
        """Each elementwise node of a function of the input, where nothing else on the way changes the shape."""
        for edges in sweep.into.values():
            edge = edges[0]
            if len(edges) > 1 or not self._composed(sweep, edge):
                continue
            inner = sweep.along_ones(edge.argument)
            tried = ((self.at_inner, inner), (self.with_inner, inner), (self.at_input, sweep.input_value))
            for detail, value in (*tried, (self.of_inner, inner)):
                flow = None if value is None else self._flow(sweep, edge, value, detail)
                if flow is not None:
                    yield Candidate(self.kind, replaced(sweep, edge, flow), edge, detail)

    @staticmethod
    def _composed(sweep: Sweep, edge: Edge) -> bool:
        """Whether it is a nonlinear function of what is not the input."""
        if sweep.graph.is_leaf(edge.argument) or sweep.graph.shapes[edge.argument] != sweep.shape:
            return False
        found = sweep.partial(edge)
        return found is not None and constant_factor(*found)[1]

    def _flow(self, sweep: Sweep, edge: Edge, value: Value, detail: float) -> list[float] | None:
        """What flows through an edge whose local partial, or value, is taken at another value of the argument."""
        primitive, m = sweep.tape.primitive(edge.node), sweep.carrier
        rule, parameters = primitive.rule, sweep.graph.parameters[edge.node]
        if not isinstance(rule, Elementwise):
            return None
        function = rule.partials[edge.position]
        assert function is not None
        arguments = list(sweep.tape.arguments(edge.node))
        arguments[edge.position] = value
        out = m.apply(primitive, tuple(arguments), parameters)
        taken = out if detail == self.of_inner else function(m, out, *arguments, *parameters)
        contribution = taken * sweep.adjoints[edge.node]
        if detail in (self.at_inner, self.of_inner):
            return numbers_of(sweep, contribution, edge.argument)
        return contribution_of(sweep, edge, contribution)

    def sentence(self, sweep: Sweep, found: Sequence[Candidate]) -> str:
        """`the derivative of f = sin(v1) by v1 is taken at x, not at v1`."""
        edge, name = found[0].edge, sweep.name
        assert edge is not None
        inner = sweep.names.get(edge.argument, "its argument")
        if found[0].detail == self.of_inner:
            function = sweep.node_text(edge.node)
            return f"{function} is taken of ∂{inner}/∂{name}, not differentiated itself{result_text(found[0])}"
        place = f"at {name}" if found[0].detail == self.at_input else f"at ∂{inner}/∂{name}"
        without = ", and not multiplied by that" if found[0].detail == self.at_inner else ""
        end = result_text(found[0])
        return f"the derivative of {sweep.node_text(edge.node)} is taken {place}, not at {inner}{without}{end}"
