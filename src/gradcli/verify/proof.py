"""Derivatives of any kind in as many proven decimal digits as are asked for."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from gradcli.carriers.balls import Balls
from gradcli.errors import Unstated, UsageError
from gradcli.methods import forward, reverse
from gradcli.methods.apart import apart
from gradcli.methods.base import flatten, unflatten, unit_directions
from gradcli.methods.certified import MOST_DIGITS, Numbers, prove, proven_texts
from gradcli.methods.enclosures import flat, operations
from gradcli.methods.proven import is_number, is_tiny
from gradcli.methods.second_order import hvp
from gradcli.primitives.declare import Value
from gradcli.problem import Nested, Problem
from gradcli.shapes import Shape, size
from gradcli.verify.thresholds import KEPT
from gradcli.verify.witnesses import TrueNumbers, Verdict

MOST_CORRECTED = 100_000
"""Scalar operations times sweeps, for true numbers that nobody has asked for."""
MOST_WORK = 20_000_000
"""Scalar operations times digits; beyond it balls would take minutes."""
MOST_AT_ONCE = 1000
"""Digits; with more, a single function takes longer than a time limit may be late."""

ALONG = "v"
"""The one part of a product with a tangent."""

Parts = dict[tuple[str, ...], Value]
"""A derivative by the names of the inputs: of one for a gradient, of two for a Hessian."""
Keyed = dict[tuple[str, ...], Nested]


@dataclass(frozen=True)
class Proof:
    """Value and derivative as texts of proven digits, nested in their shapes, the precision in bits, and what the
    derivative is called in JSON."""

    digits: int
    value: Nested
    parts: Keyed
    bits: int
    kind: str

    def by_input(self) -> dict[str, Nested]:
        """A derivative with one block an input."""
        return {name: block for (name,), block in self.parts.items()}

    def by_pairs(self) -> dict[str, dict[str, Nested]]:
        """A Hessian."""
        found: dict[str, dict[str, Nested]] = {}
        for (one, other), block in self.parts.items():
            found.setdefault(one, {})[other] = block
        return found

    def texts(self) -> list[str]:
        """All numbers."""
        return [str(text) for block in [self.value, *self.parts.values()] for text in flatten(block)]

    def as_json(self, kind: str, derivative: Nested) -> dict[str, Any]:
        """What JSON says: how many digits, value and derivative as texts."""
        return {"proven": {"digits": self.digits, "bits": self.bits, "value": self.value, kind: derivative}}

    @property
    def derivative(self) -> Any:
        """The derivative as true numbers hold it."""
        if self.kind == "hessian":
            return self.by_pairs()
        return self.parts[ALONG,] if self.kind == "jvp" else self.by_input()

    def judged(self, verdict: Verdict) -> Verdict:
        """The verdict with proven digits. Where float64 lost some it stays what it is: a program reads float64 numbers,
        and has the proven ones beside them."""
        if verdict.word not in ("verified", "ill-conditioned"):
            return verdict
        unproven = [text for text in self.texts() if not is_number(text)]
        if any(not is_tiny(text, self.bits) for text in unproven):
            words = f"balls of {self.bits} bits cannot tell which branch is taken, or find no number"
            return replace(verdict, word="inconclusive", sentence=f"{words}; {verdict.sentence}", true=None)
        most = ", of some numbers only what is shown" if unproven else ""
        count = "1 digit" if self.digits == 1 else f"{self.digits} digits"
        if verdict.word == "ill-conditioned":
            proven = f"{count} {'is' if self.digits == 1 else 'are'} proven"
            sentence = f"{verdict.sentence}; {proven} in balls of {self.bits} bits{most}"
            return replace(verdict, sentence=sentence, true=TrueNumbers(self.value, self.derivative, self.kind))
        sentence = f"{count} proven in balls of {self.bits} bits{most}; {verdict.sentence}"
        return replace(verdict, word="verified", sentence=sentence, true=None)


def check_precision(digits: int, option: str) -> None:
    """Raise UsageError for a number of digits that is none, or more than anyone waits for."""
    if not 1 <= digits <= MOST_DIGITS:
        raise UsageError(f"{option} is a number of digits from 1 to {MOST_DIGITS}, not {digits}", hint=f"{option} 50")


def corrected(
    verdict: Verdict, problem: Problem, kind: str, sweeps: int, prove: Callable[[], Proof], part: Callable[[Proof], Any]
) -> Verdict:
    """The verdict with the true value and derivative (`part` of the proof), where floats lost theirs and balls do not
    take long."""
    if verdict.word != "ill-conditioned":
        return replace(verdict, true=None)
    if operations(problem) * sweeps > MOST_CORRECTED:
        words = "the others were not proven, which would take long (jvp, vjp and hvp prove one direction)"
        return replace(verdict, sentence=f"{verdict.sentence}; {words}", true=None)
    try:
        proof = prove()
    except UsageError:
        return replace(verdict, true=None)
    if any(not is_number(text) and not is_tiny(text, proof.bits) for text in proof.texts()):
        return replace(verdict, true=None)
    return replace(verdict, true=TrueNumbers(proof.value, part(proof), kind))


def corrected_at_kink(
    verdict: Verdict,
    shown: Sequence[float],
    problem: Problem,
    kind: str,
    sweeps: int,
    prove: Callable[[], Proof],
    part: Callable[[Proof], Any],
) -> Verdict:
    """The verdict at a kink with what the rules truly give, where the floats that are shown lost digits of it."""
    if operations(problem) * sweeps > MOST_CORRECTED:
        return verdict
    try:
        proof = prove()
    except UsageError:
        return verdict
    texts = proof.texts()
    if any(not is_number(text) and not is_tiny(text, proof.bits) for text in texts):
        return verdict
    true = [Fraction(text) if is_number(text) else Fraction(0) for text in texts]
    pairs = zip(shown, true, strict=True)
    if all(_keeps(number, right, problem.dtype) for number, right in pairs):
        return verdict
    words = f"{verdict.sentence}; {problem.dtype} loses digits of it"
    return replace(verdict, sentence=words, true=TrueNumbers(proof.value, part(proof), kind))


def _keeps(number: float, true: Fraction, dtype: str) -> bool:
    """Whether a number has its digits; all are lost where it is 0 and should not be."""
    return math.isfinite(number) and abs(Fraction(number) - true) <= Fraction(KEPT[dtype]) * abs(true)


def prove_gradient(problem: Problem, digits: int) -> Proof:
    """Value and gradient: a reverse sweep."""

    def swept(balls: Balls) -> tuple[Value, Parts]:
        value, gradient = reverse.vjp(problem, balls)
        return value, {(name,): block for name, block in gradient.items()}

    return _proof(problem, digits, 1, swept, _input_shapes(problem))


def prove_jacobian(problem: Problem, digits: int) -> Proof:
    """Value and Jacobian: a reverse sweep for each element of the output."""
    shape = problem.output_shape

    def swept(balls: Balls) -> tuple[Value, Parts]:
        rows = [reverse.vjp(replace(problem, cotangent=unit), balls) for unit in unit_directions(shape)]
        flat_rows = {name: [ball for _, row in rows for ball in flat(row[name])] for name in problem.wrt}
        return rows[0][0], {(name,): balls.numpy.array(found, dtype=object) for name, found in flat_rows.items()}

    shapes: dict[tuple[str, ...], Shape] = {(name,): (*shape, *problem.input_shape(name)) for name in problem.wrt}
    return _proof(problem, digits, size(shape), swept, shapes, "jacobian")


def prove_jvp(problem: Problem, tangent: Mapping[str, Nested], digits: int) -> Proof:
    """Value and J v: a forward sweep."""

    def swept(balls: Balls) -> tuple[Value, Parts]:
        value, product = forward.jvp(problem, balls, tangent)
        return value, {(ALONG,): product}

    return _proof(problem, digits, 1, swept, {(ALONG,): problem.output_shape}, "jvp")


def prove_hessian(problem: Problem, digits: int) -> Proof:
    """Value and Hessian: a sweep on dual balls for each element of the inputs."""
    units = {by: list(unit_directions(problem.input_shape(by))) for by in problem.wrt}

    def swept(balls: Balls) -> tuple[Value, Parts]:
        parts: Parts = {}
        for by, directions in units.items():
            columns = [_product(problem, balls, {by: unit}) for unit in directions]
            for name in problem.wrt:
                block = balls.numpy.array([flat(column[name]) for column in columns], dtype=object)
                parts[name, by] = block.T
        return reverse.vjp(problem, balls)[0], parts

    shapes: dict[tuple[str, ...], Shape] = {
        (a, b): (*problem.input_shape(a), *problem.input_shape(b)) for a in problem.wrt for b in problem.wrt
    }
    return _proof(problem, digits, 2 * sum(map(len, units.values())), swept, shapes, "hessian")


def prove_hvp(problem: Problem, tangent: Mapping[str, Nested], digits: int) -> Proof:
    """Value and H v: a sweep on dual balls."""

    def swept(balls: Balls) -> tuple[Value, Parts]:
        found = _product(problem, balls, tangent)
        return reverse.vjp(problem, balls)[0], {(name,): block for name, block in found.items()}

    return _proof(problem, digits, 3, swept, _input_shapes(problem), "hvp")


def _input_shapes(problem: Problem) -> dict[tuple[str, ...], Shape]:
    return {(name,): problem.input_shape(name) for name in problem.wrt}


def _product(problem: Problem, balls: Balls, tangent: Mapping[str, Nested]) -> dict[str, Value]:
    graph = problem.graph
    moving = {graph.inputs[name]: balls.point(v, problem.input_shape(name)) for name, v in tangent.items()}
    return hvp(problem, balls, moving)


def _proof(
    problem: Problem,
    digits: int,
    sweeps: int,
    swept: Callable[[Balls], tuple[Value, Parts]],
    shapes: Mapping[tuple[str, ...], Shape],
    kind: str = "gradient",
) -> Proof:
    """Raises UsageError where balls cannot give the digits, or not in reasonable time."""
    work = operations(problem) * sweeps * digits
    if work > MOST_WORK:
        raise UsageError(
            f"{digits} digits of so large a graph would take minutes: {work} operations times digits, over {MOST_WORK}",
            hint="ask for fewer digits, or for one direction (jvp, vjp, hvp)",
        )

    def numbers(balls: Balls) -> list[Numbers]:
        value, parts = swept(balls)
        return [flat(value), *(flat(parts[key]) for key in shapes)]

    def proven() -> tuple[list[list[str]], int]:
        found, bits = prove(numbers, digits, problem.dtype)
        return [proven_texts(part, bits, digits, name) for part, name in zip(found, names, strict=True)], bits

    names = [problem.graph.names.get(problem.output, "f"), *("g" for _ in shapes)]
    try:
        (value, *blocks), bits = proven() if digits < MOST_AT_ONCE else apart(proven)
    except Unstated as error:
        raise UsageError(f"no digits can be proven: {error.message}", hint="leave out the precision") from None
    parts = {key: unflatten(block, shapes[key]) for key, block in zip(shapes, blocks, strict=True)}
    return Proof(digits, unflatten(value, problem.output_shape), parts, bits, kind)
