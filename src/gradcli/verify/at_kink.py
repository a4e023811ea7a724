"""Which value a gradient holds at a kink: `--at-kink torch|left|right|mid|error`."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any, Literal, get_args

from gradcli.errors import DomainError, UsageError
from gradcli.methods.base import by_input, flatten, unflatten
from gradcli.problem import Problem
from gradcli.verify.limits import behaviours, slope_from
from gradcli.verify.witnesses import Verdict

AtKink = Literal["torch", "left", "right", "mid", "error"]
AT_KINK: tuple[AtKink, ...] = get_args(AtKink)
SHOWN = {"left": "the left derivative", "right": "the right derivative", "mid": "the middle of the interval"}

MISSING = {
    "left": "there is no left derivative",
    "right": "there is no right derivative",
    "mid": "there is no middle, which takes a derivative from either side",
}
"""Why the choice cannot be met where a derivative is undefined; the sentence of the verdict has the reason."""


def chosen(
    problem: Problem, gradient: dict[str, Any], verdict: Verdict, at_kink: AtKink
) -> tuple[dict[str, Any], Verdict]:
    """The gradient with the values that are asked for at a kink, and the verdict on it.

    Where both sides agree, there is one derivative, and no choice. Raises DomainError where an error is asked for, and
    UsageError where the sides are not known.
    """
    if verdict.word == "undefined" and at_kink != "torch":
        return _at_edge(problem, gradient, verdict, at_kink)
    if at_kink == "torch" or not verdict.set_valued:
        return gradient, verdict
    sides, clarke = verdict.sides, verdict.clarke
    if at_kink == "error" and not verdict.differentiable:
        words = "on a kink, where the function is not differentiable"
        raise DomainError(f"{words} ({verdict.convention})", hint="--at-kink torch, left, right or mid gives a value")
    if sides is None and (at_kink != "mid" or clarke is None):
        raise UsageError(
            f"--at-kink {at_kink} needs the one-sided derivatives, which are not computed for so many inputs",
            hint="--at-kink torch" + (", or mid" if clarke is not None else ", or fewer inputs with --wrt"),
        )
    numbers = {}
    for name in problem.wrt:
        if sides is not None:
            ends = [(s.left, s.right) for s in sides[name]]
        else:
            assert clarke is not None
            ends = clarke[name]
        flat = [_value(end, g, at_kink) for end, g in zip(ends, flatten(gradient[name]), strict=True)]
        numbers[name] = unflatten(flat, problem.input_shape(name))
    if verdict.differentiable:
        words = "differentiable after all; shown is the derivative"
    else:
        words = f"{'one-sided derivatives differ; ' if sides is not None else ''}shown is {SHOWN[at_kink]}"
    convention = f", not the convention ({verdict.convention})" if verdict.conventions else f"; {verdict.convention}"
    return numbers, replace(verdict, word="kink", sentence=words + convention)


def _at_edge(
    problem: Problem, gradient: dict[str, Any], verdict: Verdict, at_kink: AtKink
) -> tuple[dict[str, Any], Verdict]:
    """The derivative from the side that is asked for, where the function has one from there."""
    if at_kink == "error":
        raise DomainError(f"the derivative is undefined: {verdict.sentence}", hint="--at-kink torch shows the reason")
    slopes = [slope_from(b, at_kink) for b in behaviours(problem)] if at_kink in ("left", "right") else []
    if not slopes or not all(slope is not None and math.isfinite(slope) for slope in slopes):
        return gradient, replace(verdict, sentence=f"{MISSING[at_kink]}; {verdict.sentence}")
    return by_input(problem, slopes), Verdict("kink", f"shown is {SHOWN[at_kink]}; {verdict.sentence}")


def _value(ends: tuple[float, float], rule: float, at_kink: AtKink) -> float:
    """The value of one component. One that no kink touches keeps what the rules give, to the last bit."""
    left, right = ends
    if left == right:
        near = math.isfinite(rule) and abs(rule - left) <= 1e-9 * max(abs(rule), abs(left))
        return rule if near else left
    return {"left": left, "right": right}.get(at_kink, 0.5 * (left + right))
