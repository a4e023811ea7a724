"""Function calls: which primitive is meant, and which operand is which argument or parameter."""

from __future__ import annotations

from typing import Any, NamedTuple

from gradcli.errors import GradcliError, NameProblem, Span, closest
from gradcli.exact import Exact
from gradcli.primitives.declare import Primitive
from gradcli.primitives.registry import by_spelling
from gradcli.syntax.operands import Literal, Operand
from gradcli.syntax.program import Call


class Bound(NamedTuple):
    """A call with its operands sorted into arguments and named parameters."""

    primitive: Primitive
    arguments: list[Operand]
    parameters: dict[str, Operand]


def bind(candidates: tuple[Primitive, ...], call: Call, operands: list[Operand]) -> Bound:
    """The primitive among those of one spelling that the operands fit. Raises GradcliError without span otherwise."""
    fitting = [bound for primitive in candidates if (bound := _fit(primitive, call, operands)) is not None]
    if fitting:
        # max(x, 0) is the larger of two rather than the largest along axis 0.
        return min(fitting, key=lambda bound: call.positional > len(bound.primitive.arguments))
    raise _misfit(candidates, call, operands)


def signature(primitive: Primitive, spelling: str) -> str:
    """How a call is written: `sum(x, axis=none, keepdim=false)`."""
    arguments = [f"{primitive.arguments[0]}, ..."] if primitive.variadic else list(primitive.arguments)
    arguments += [f"{name}={parameter_text(default)}" for name, default in primitive.parameters.items()]
    return f"{spelling}({', '.join(arguments)})"


def constant_mend(primitive: Primitive) -> str:
    """What to write where a parameter is not a constant, as in max(x, y, z)."""
    spelling = (primitive.spellings or (primitive.name,))[0]
    of_two = any(len(other.arguments) == 2 and not other.parameters for other in by_spelling().get(spelling, ()))
    several = f"; the {spelling} of three is {spelling}({spelling}(x, y), z)" if of_two else ""
    return f"write a number there: {signature(primitive, spelling)}{several}"


def parameter_text(value: Any) -> str:
    """A parameter's value as it is written in a call."""
    if value is None or isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return f'"{value}"'
    if isinstance(value, tuple):
        return "[" + ", ".join(map(parameter_text, value)) + "]"
    return value.source if isinstance(value, Exact) else repr(value)


def _fit(primitive: Primitive, call: Call, operands: list[Operand]) -> Bound | None:
    positional, named = operands[: call.positional], operands[call.positional :]
    keywords = [primitive.parameter_aliases.get(name, name) for name, _ in call.keywords]
    if primitive.variadic:
        if not positional or not set(keywords) <= set(primitive.parameters) or len(set(keywords)) != len(keywords):
            return None
        return Bound(primitive, positional, dict(zip(keywords, named, strict=True)))
    names = [*primitive.arguments, *primitive.parameters]
    positional = _gathered(primitive, positional)
    if len(positional) > len(names):
        return None
    given = dict(zip(names, positional, strict=False))
    for keyword, operand in zip(keywords, named, strict=True):
        if keyword not in names or keyword in given:
            return None
        given[keyword] = operand
    if not all(name in given for name in primitive.arguments):
        return None
    arguments = [given.pop(name) for name in primitive.arguments]
    return Bound(primitive, arguments, given)


def _gathered(primitive: Primitive, positional: list[Operand]) -> list[Operand]:
    """`permute(x, 1, 0)` for `permute(x, [1, 0])`: numbers after the arguments are the items of an only list."""
    count = len(primitive.arguments)
    items = positional[count:]
    literals = [item.literal for item in items if item.literal is not None]
    takes_list = len(primitive.parameters) == 1 and isinstance(next(iter(primitive.parameters.values())), tuple)
    if not takes_list or len(items) < 2 or len(literals) < len(items):
        return positional
    whole = Span(items[0].span.start, items[-1].span.end)
    return [*positional[:count], Operand(whole, None, Literal(tuple(literal.value for literal in literals)))]


def _other_spelling(call: Call, operands: list[Operand]) -> str | None:
    """What stands for a call as other languages write it: a logarithm with a base."""
    if call.name in ("log", "ln") and call.positional == 2:
        literal = operands[1].literal
        base = literal.value if literal is not None and isinstance(literal.value, int | float) else "b"
        return f"log{base}(x), or ln(x)/ln({base})" if base in (2, 10) else f"ln(x)/ln({base})"
    return None


def _misfit(candidates: tuple[Primitive, ...], call: Call, operands: list[Operand]) -> GradcliError:
    mend = _other_spelling(call, operands)
    known = [n for p in candidates for n in (*p.arguments, *p.parameters, *p.parameter_aliases)]
    shown = mend or " or ".join(signature(primitive, call.name) for primitive in candidates)
    for name, span in call.keywords:
        if name not in known:
            similar = None if mend else closest(name, known)
            hint = f"did you mean {similar} ?" if similar else f"write {shown}"
            return NameProblem(f"{call.name} has no parameter '{name}'", span=span, hint=hint)
    repeated = _repeated(call.keywords)
    if repeated is not None:
        return NameProblem("the parameter is given twice", span=repeated, hint=f"write {shown}")
    count = call.positional + len(call.keywords)
    allowed = sorted({len(primitive.arguments) for primitive in candidates})
    wanted = "at least 1" if any(p.variadic for p in candidates) else " or ".join(map(str, allowed))
    noun = "argument" if wanted in ("1", "at least 1") else "arguments"
    if count and any(count in range(len(p.arguments), len(p.arguments) + len(p.parameters) + 1) for p in candidates):
        return NameProblem(f"the arguments of {call.name} do not fit", hint=f"write {shown}")
    return NameProblem(f"{call.name} takes {wanted} {noun}, not {count}", hint=f"write {shown}")


def _repeated(keywords: tuple[tuple[str, Span], ...]) -> Span | None:
    seen: set[str] = set()
    for name, span in keywords:
        if name in seen:
            return span
        seen.add(name)
    return None


def parameter_fits(primitive: Primitive, name: str, value: Any) -> bool:
    """Whether a value is of the kind that the declaration's default and samples show."""
    default = primitive.parameters[name]
    if isinstance(default, bool):
        return isinstance(value, bool) or value in (0, 1)
    if isinstance(default, int | float):
        if isinstance(value, bool | float | str):
            return _samples_show(primitive, name, float if isinstance(value, Exact) else type(value))
        return isinstance(value, int)
    if isinstance(default, str):
        return isinstance(value, str)
    if isinstance(value, tuple):
        return True
    return (value is None and default is None) or (isinstance(value, int) and not isinstance(value, bool))


def _samples_show(primitive: Primitive, name: str, kind: type) -> bool:
    """Whether a sample gives the parameter a value of a kind."""
    place = len(primitive.arguments) + list(primitive.parameters).index(name)
    return any(type(sample[place]) is kind for sample in primitive.samples if len(sample) > place)
