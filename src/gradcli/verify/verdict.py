"""The verdict on a gradient: kinks first, then what independent witnesses say of the numbers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from gradcli.carriers.base import Carrier
from gradcli.carriers.tape import Tape, tape_of
from gradcli.methods.forward import METHOD as FORWARD
from gradcli.methods.numerical import METHOD as NUMERICAL
from gradcli.methods.reverse import METHOD as REVERSE
from gradcli.methods.reverse import adjoints_of
from gradcli.problem import Derivative, Problem
from gradcli.verify.explain import NoNumber, derivative_cause, finite, has_value, require_finite, value_cause
from gradcli.verify.ties import Ties, ties_as_written
from gradcli.verify.witnesses import Verdict, judge_by_witnesses

if TYPE_CHECKING:
    from gradcli.verify.at_kink import AtKink
    from gradcli.verify.proof import Proof


@dataclass
class Checked:
    """A gradient with everything that was found on the way to its verdict. `gradient` is reverse mode's, at a kink with
    the values that are asked for there."""

    tape: Tape
    adjoints: list[Any]
    derivatives: dict[str, Derivative]
    verdict: Verdict
    gradient: dict[str, Any]
    proof: Proof | None = None


def check_gradient(
    problem: Problem, carrier: Carrier, at_kink: AtKink = "torch", precision: int | None = None
) -> Checked:
    """Reverse, forward and differences at the point, and how they agree; with so many proven digits. The value must be
    finite."""
    graph = problem.graph
    tape = tape_of(problem, carrier)
    adjoints = adjoints_of(problem, tape, graph.inputs.values())
    reverse = REVERSE.swept(problem, tape, adjoints)
    found = {REVERSE.name: reverse} | {m.name: m.differentiate(problem, carrier) for m in (FORWARD, NUMERICAL)}
    gradient = reverse.gradient
    assert gradient is not None
    verdict = _judge(problem, tape, adjoints, found, gradient)
    if at_kink != "torch" or verdict.set_valued:
        from gradcli.verify.at_kink import chosen

        gradient, verdict = chosen(problem, gradient, verdict, at_kink)
    checked = Checked(tape, adjoints, found, verdict, gradient)
    if precision:
        from gradcli.verify.proof import prove_gradient

        checked.proof = prove_gradient(problem, precision)
        checked.verdict = checked.proof.judged(checked.verdict)
    return checked


def require_number(problem: Problem, carrier: Carrier, source: str) -> None:
    """Raise DomainError, naming the node, where the value is not finite at the point, unless balls prove that it is."""
    try:
        require_finite(problem, carrier, source)
    except NoNumber as error:
        from gradcli.verify.certainty import beyond_floats

        if beyond_floats(problem, carrier, error.message) is None:
            raise


def _judge(
    problem: Problem, tape: Tape, adjoints: list[Any], found: dict[str, Derivative], gradient: dict[str, Any]
) -> Verdict:
    if not problem.wrt:
        return Verdict("unverified", "there is no input to differentiate by")
    if not has_value(tape, problem.output):
        from gradcli.verify.certainty import beyond_floats

        node = value_cause(tape, problem.output)
        words = node.sentence if node else "the value is not finite"
        return beyond_floats(problem, tape.carrier, words) or Verdict("undefined", words)
    ties = ties_as_written(problem, tape)
    at_kink = judge_ties(problem, ties, tape, gradient)
    if at_kink is not None:
        return at_kink
    if not all(finite(g) for g in gradient.values()):
        from gradcli.verify.certainty import beyond_floats
        from gradcli.verify.sharp import judge_undefined

        cause = derivative_cause(tape, problem.output, adjoints)
        words = cause.sentence if cause else "the gradient is not finite"
        return beyond_floats(problem, tape.carrier, words) or judge_undefined(problem, words, gradient)
    if not all(map(finite, _differences(found))):
        from gradcli.verify.sharp import judge_edge

        at_edge = judge_edge(problem, found["numerical"], gradient)
        if at_edge is not None:
            return at_edge
    verdict = judge_by_witnesses(problem, tape.carrier, found, missed=tape.kinks() != ties.tape.kinks())
    if verdict.word == "verified" and verdict.digits is None:
        from gradcli.verify.sharp import judge_unresolved

        # What confirms it without differences shares the convention at the edge of a domain.
        return judge_unresolved(problem, gradient) or verdict
    if verdict.word == "inconclusive":
        from gradcli.verify.sharp import judge_limits

        return judge_limits(problem, tape, gradient) or verdict
    return verdict


def _differences(found: dict[str, Derivative]) -> list[Any]:
    """What differences give, by input."""
    return list((found["numerical"].gradient or {}).values())


def judge_kink_as_written(problem: Problem, tape: Tape, gradient: dict[str, Any]) -> Verdict | None:
    """The verdict at a kink of the function as it is written, from its tape on floats; None when no component is
    affected by the kinks in the graph."""
    return judge_ties(problem, ties_as_written(problem, tape), tape, gradient)


def judge_ties(problem: Problem, ties: Ties, tape: Tape, gradient: dict[str, Any]) -> Verdict | None:
    """The same where the ties are known."""
    if not ties.tape.kinks():
        return None
    from gradcli.verify import sharp

    return sharp.judge_kink(problem, ties, tape, gradient)
