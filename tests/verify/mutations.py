"""Wrong derivative rules, made from the right ones: a sign, a factor, an argument, a missing term."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

from gradcli.primitives.declare import Differential, Elementwise, Linear, Multilinear, Primitive, Rule, RuleFunction
from gradcli.primitives.registry import by_name

FACTORS = (-1.0, 2.0, 0.5, 1.001)
SHIFT = 1.01
"""A rule is evaluated at so much of its argument."""


@dataclass(frozen=True)
class Mutation:
    """A primitive's rule by one argument, changed."""

    primitive: Primitive
    position: int
    what: str
    rule: Rule

    def __str__(self) -> str:
        return f"{self.primitive.name}-{self.position}-{self.what}"


def mutations() -> Iterator[Mutation]:
    """Every change of every rule of the registry by every argument."""
    for primitive in by_name().values():
        for position, right in enumerate(functions_of(primitive.rule)):
            if right is None:
                continue
            for what, wrong in changed(primitive, position, right):
                yield Mutation(primitive, position, what, replaced(primitive.rule, position, wrong))


def functions_of(rule: Rule) -> tuple[RuleFunction | None, ...]:
    """The partials, transposes or jvps."""
    if isinstance(rule, Elementwise):
        return rule.partials
    return rule.transposes if isinstance(rule, Linear) else rule.jvps


def replaced(rule: Rule, position: int, wrong: RuleFunction | None) -> Rule:
    """The rule with one function for another."""
    functions = list(functions_of(rule))
    functions[position] = wrong
    if isinstance(rule, Linear):
        return type(rule)(*functions, variadic=rule.variadic)
    return type(rule)(*functions)


def changed(primitive: Primitive, position: int, right: RuleFunction) -> Iterator[tuple[str, RuleFunction | None]]:
    """A name and a wrong function for every way to change a right one."""
    for factor in FACTORS:
        yield ("negated" if factor < 0 else f"times-{factor:g}"), partial(_scaled, right, factor)
    if not primitive.variadic:
        yield "missing", None
    leading = {Elementwise: 1, Multilinear: 1, Differential: 2}.get(type(primitive.rule))
    if leading is not None:
        yield "argument", partial(_shifted, right, leading, len(primitive.arguments), primitive)


def _scaled(right: RuleFunction, factor: float, m: Any, *rest: Any) -> Any:
    found = right(m, *rest)
    return None if found is None else m.mul(m.lift(factor), found)


def _shifted(right: RuleFunction, leading: int, count: int, primitive: Primitive, m: Any, *rest: Any) -> Any:
    """The rule at arguments that are off by a hundredth, with the result there."""
    first, arguments, parameters = rest[:leading], rest[leading : leading + count], rest[leading + count :]
    moved = tuple(m.mul(m.lift(SHIFT), argument) for argument in arguments)
    if not isinstance(primitive.rule, Linear):
        first = (*first[:-1], m.apply(primitive, moved, parameters))
    return right(m, *first, *moved, *parameters)
