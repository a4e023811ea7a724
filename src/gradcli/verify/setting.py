"""What claims are about: an expression at a point, with the checked derivatives that they are compared to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from gradcli.assumptions import Assumptions
from gradcli.carriers.base import Carrier
from gradcli.errors import NameProblem, ShapeError, UsageError, suggestion
from gradcli.layouts import Layout
from gradcli.methods.base import unit_directions
from gradcli.problem import Problem
from gradcli.shapes import Shape, index_of, size
from gradcli.syntax.claims import Claim, Refused
from gradcli.verify.verdict import Checked, check_gradient, require_number
from gradcli.verify.witnesses import Verdict, worst

MOST_ROWS = 64
"""Elements of an output whose Jacobian is judged."""


@dataclass
class Setting:
    """A problem at a point with everything that claims about it are compared to."""

    problem: Problem
    carrier: Carrier
    names: dict[int, str]
    layout: Layout = "torch"
    assumptions: Assumptions = field(default_factory=dict)
    _checked: dict[str, Checked] = field(default_factory=dict)

    @cached_property
    def nodes(self) -> dict[str, int]:
        """The nodes that have a name on screen and are no inputs."""
        inputs = set(self.problem.graph.inputs)
        return {name: node for node, name in self.names.items() if name not in inputs}

    def named(self, claim: Claim) -> Claim | Refused:
        """The claim, refused where it is of nothing that there is, or of an input that is held."""
        inputs = list(self.problem.graph.inputs)
        if claim.name in self.problem.graph.held:
            cause = f"the claim is of {claim.name}, which is held: an assumption about it was used"
            hint = "without the assumption its entries are differentiated by, one by one"
            return Refused(claim.name, claim.text, UsageError(cause, span=claim.span, source=claim.source, hint=hint))
        if claim.name in inputs or claim.name in self.nodes:
            return claim
        known = f"the inputs are {', '.join(inputs) or 'none'}, the value is {self.names[self.problem.output]}"
        hint = suggestion(claim.name, [*inputs, *self.nodes], known)
        cause = f"the claim is of {claim.name}, which is neither an input nor a value"
        return Refused(claim.name, claim.text, NameProblem(cause, span=claim.span, source=claim.source, hint=hint))

    def of_value(self, claim: Claim) -> bool:
        """Whether the claim is of a value, not of the derivative by an input."""
        return claim.name not in self.problem.graph.inputs

    @property
    def outer(self) -> Shape:
        """The shape of the output where a derivative is a Jacobian; empty where it is a gradient."""
        return self.problem.output_shape if self.problem.cotangent is None else ()

    @cached_property
    def rows(self) -> list[Setting]:
        """The settings of the output's elements, whose gradients are the rows of a Jacobian; of a gradient itself."""
        if not self.outer:
            return [self]
        count = size(self.outer)
        if count > MOST_ROWS:
            cause = f"the output has {count} elements, and a Jacobian is judged up to {MOST_ROWS}"
            raise ShapeError(cause, hint="--cotangent ones (or other weights), or sum(...)")
        problems = [replace(self.problem, cotangent=unit) for unit in unit_directions(self.outer)]
        return [Setting(problem, self.carrier, self.names, "torch", self.assumptions) for problem in problems]

    def require_number(self, source: str) -> None:
        """Raise DomainError, naming the node, where the value does not exist at the point."""
        for row in self.rows:
            require_number(row.problem, self.carrier, source)

    def check(self, names: Sequence[str]) -> Verdict:
        """The verdict on the derivatives by some inputs."""
        if not self.outer:
            return self._check(names)
        rows = enumerate(self.rows)
        return worst([(f"row {index_of(k, self.outer)}", row.check(names)) for k, row in rows])

    def _check(self, names: Sequence[str]) -> Verdict:
        """Together, or where that is not the best, each by itself."""
        together = check_gradient(replace(self.problem, wrt=tuple(names)), self.carrier)
        alone = together.verdict.word == "verified" or len(names) < 2
        for name in names:
            self._checked[name] = (
                together if alone else check_gradient(replace(self.problem, wrt=(name,)), self.carrier)
            )
        return together.verdict

    def checked(self, name: str) -> Checked:
        """The checked derivative by one input."""
        return self._checked[name]
