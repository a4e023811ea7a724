"""Slips of a calculator, or of arithmetic: angles in degrees, digits cut on the way."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from gradcli.carriers.mistaken import DEGREE, Degrees, Truncating
from gradcli.primitives.declare import Elementwise
from gradcli.verify.digits import MOST_DECIMALS
from gradcli.verify.explain import finite
from gradcli.verify.slips.slip import Candidate, Slip, contribution_of, replaced, result_text
from gradcli.verify.sweep import Edge, Sweep


class DegreesForRadians(Slip):
    """A calculator that is set to degrees: everywhere, or for one derivative; with and without the factor pi/180."""

    kind = "degrees for radians"

    def candidates(self, sweep: Sweep, decimals: int | None) -> Iterator[Candidate]:
        """All angles in degrees, then the local partial of each function of an angle."""
        angles = [node for node in sweep.tape.nodes if getattr(sweep.graph.operations[node], "angle", "")]
        if not angles:
            return
        on_calculator = sweep.swept_on(Degrees(sweep.carrier))
        if finite(on_calculator):
            yield Candidate(self.kind, tuple(on_calculator))
        for node in angles:
            for edge in sweep.into.get(node, ()):
                for factor in (1.0, DEGREE if sweep.tape.primitive(node).angle == "argument" else 1.0 / DEGREE):
                    flow = self._flow(sweep, edge, factor)
                    if flow is not None:
                        yield Candidate(self.kind, replaced(sweep, edge, flow), edge)

    @staticmethod
    def _flow(sweep: Sweep, edge: Edge, factor: float) -> list[float] | None:
        tape, node = sweep.tape, edge.node
        rule = tape.primitive(node).rule
        assert isinstance(rule, Elementwise)
        function = rule.partials[edge.position]
        assert function is not None
        m = Degrees(sweep.carrier)
        partial = function(m, tape.values[node], *tape.arguments(node), *tape.graph.parameters[node])
        return contribution_of(sweep, edge, partial * sweep.adjoints[node] * factor)

    def sentence(self, sweep: Sweep, found: Sequence[Candidate]) -> str:
        """`the angle of v3 = sin(x2) is taken in degrees, not radians`."""
        edges = [c.edge for c in found if c.edge is not None]
        what = f"the angle of {sweep.node_text(edges[0].node)} is" if edges else "all angles are"
        return f"{what} taken in degrees, not radians{result_text(found[0])}"


class Truncated(Slip):
    """Every step cut after the decimals of the claim."""

    kind = "truncated for rounded"

    def candidates(self, sweep: Sweep, decimals: int | None) -> Iterator[Candidate]:
        """The result of such arithmetic."""
        if decimals is not None and 0 <= decimals < MOST_DECIMALS:
            numbers = sweep.swept_on(Truncating(sweep.carrier, decimals))
            if finite(numbers):
                yield Candidate(self.kind, tuple(numbers), detail=decimals)

    def sentence(self, sweep: Sweep, found: Sequence[Candidate]) -> str:
        """`every step is cut to 3 decimals, not rounded`."""
        return f"every step is cut to {found[0].detail:.0f} decimals, not rounded{result_text(found[0])}"
