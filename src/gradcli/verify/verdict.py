"""The verdict on a gradient: kinks first, then what independent witnesses say of the numbers."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from gradcli.carriers.base import Carrier
from gradcli.carriers.tape import Tape, evaluate, input_values
from gradcli.errors import DomainError
from gradcli.methods.base import BLOCK, elements, flatten, methods
from gradcli.methods.reverse import output_cotangent, pull
from gradcli.problem import Derivative, Problem
from gradcli.verify.explain import derivative_cause, finite, require_finite, value_cause
from gradcli.verify.kinks import one_sided_derivatives
from gradcli.verify.witnesses import Verdict, judge_numbers

if TYPE_CHECKING:
    from gradcli.verify.proof import Proof


@dataclass
class Checked:
    """A gradient with everything that was found on the way to its verdict."""

    tape: Tape
    adjoints: list[Any]
    derivatives: dict[str, Derivative]
    verdict: Verdict
    proof: Proof | None = None

    @property
    def gradient(self) -> dict[str, Any]:
        """The answer: reverse mode's."""
        found = self.derivatives["reverse"].gradient
        assert found is not None
        return found


def check_gradient(problem: Problem, carrier: Carrier, precision: int = 0) -> Checked:
    """Reverse, forward and differences at the point, and how they agree; with so many proven digits. The value must be
    finite."""
    graph = problem.graph
    tape = evaluate(graph, [problem.output], carrier, input_values(graph, carrier, problem.point))
    adjoints = pull(tape, {problem.output: output_cotangent(carrier, problem)}, graph.inputs.values())
    found = {name: methods()[name].differentiate(problem, carrier) for name in ("reverse", "forward", "numerical")}
    checked = Checked(tape, adjoints, found, _judge(problem, tape, adjoints, found))
    if precision:
        from gradcli.verify.proof import prove_gradient

        checked.proof = prove_gradient(problem, precision)
        checked.verdict = checked.proof.judged(checked.verdict)
    return checked


def require_number(problem: Problem, carrier: Carrier, source: str) -> None:
    """Raise DomainError, naming the node, where the value is not finite at the point, unless balls prove that it is."""
    try:
        require_finite(problem, carrier, source)
    except DomainError as error:
        from gradcli.verify.certainty import beyond_floats

        if beyond_floats(problem, carrier, error.message) is None:
            raise


def _judge(problem: Problem, tape: Tape, adjoints: list[Any], found: dict[str, Derivative]) -> Verdict:
    gradient = found["reverse"].gradient
    assert gradient is not None
    if not problem.wrt:
        return Verdict("unverified", "there is no input to differentiate by")
    if not finite(found["reverse"].value):
        from gradcli.verify.certainty import beyond_floats

        node = value_cause(tape, problem.output)
        words = node.sentence if node else "the value is not finite"
        return beyond_floats(problem, tape.carrier, words) or Verdict("undefined", words)
    at_kink = judge_kink(problem, tape, gradient)
    if at_kink is not None:
        return at_kink
    if not all(finite(g) for g in gradient.values()):
        from gradcli.verify.certainty import beyond_floats

        cause = derivative_cause(tape, problem.output, adjoints)
        words = cause.sentence if cause else "the gradient is not finite"
        return beyond_floats(problem, tape.carrier, words) or Verdict("undefined", words)
    return judge_numbers(problem, tape.carrier, found)


def judge_kink(problem: Problem, tape: Tape, gradient: dict[str, Any]) -> Verdict | None:
    """The verdict at a kink; None when no component is affected by the kinks in the graph."""
    kinks = [tape.primitive(node) for node in tape.kinks()]
    if not kinks:
        return None
    convention = "; ".join(
        dict.fromkeys(f"{p.spellings[0] if p.spellings else p.name}: {p.kink.convention}" for p in kinks if p.kink)
    )
    if elements(problem) > BLOCK:
        return Verdict("kink", f"with more than {BLOCK} inputs the sides are not computed ({convention})")
    sides = one_sided_derivatives(problem, tape)
    flat = [s for name in problem.wrt for s in sides[name]]
    answers = [g for name in problem.wrt for g in flatten(gradient[name])]
    if all(s.exist and s.agree and _close(s.left, g) for s, g in zip(flat, answers, strict=True)):
        return None
    if not all(s.exist for s in flat):
        return Verdict("undefined", f"not differentiable there: a jump or a vertical tangent ({convention})")
    if not all(map(math.isfinite, answers)):
        return Verdict(
            "undefined", f"the rules give no number there, but one-sided derivatives exist ({convention})", sides
        )
    if all(s.agree for s in flat):
        return Verdict("kink", f"differentiable after all; the convention is not the derivative ({convention})", sides)
    return Verdict("kink", f"one-sided derivatives differ; shown is the convention ({convention})", sides)


def _close(a: float, b: float) -> bool:
    return abs(a - b) <= 1e-9 * max(abs(a), abs(b), 1e-300)
