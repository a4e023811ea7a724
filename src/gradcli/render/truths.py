"""What a verdict knows to be true of the derivatives, where the rules in floats give other numbers."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple

from gradcli.methods.base import flatten, unflatten
from gradcli.problem import Nested
from gradcli.render.answers import says_vertical
from gradcli.render.inspection import Inspection
from gradcli.render.numbers import format_nested, format_number, format_short
from gradcli.verify.kinks import Sides

DIGITS = 4
"""Of a number on a card."""
SHORT = 26
"""Arrays whose text is at most so long stand on a card whole; of longer true ones only the number of elements that
differ is said."""
UNDEFINED = "undefined"


class Truth(NamedTuple):
    """A true number beside one that was computed: `label` says whose, `short` is for a card (empty where the digits of
    a card do not tell them apart), `full` has every digit (empty where they are one number). `one_sided`: there is
    none, and these are the ends from left and right."""

    label: str
    short: str
    full: str
    one_sided: bool = False


def truths_at(inspection: Inspection, node: int) -> list[Truth]:
    """The true derivatives by an input, and the true value of an output, that are not what was computed."""
    found = []
    for output, verdict in inspection.verdicts.items():
        if node == output and verdict.true is not None and verdict.true.value is not None:
            found.append(stated(f"true {inspection.names[output]}", verdict.true.value, inspection.value(node)))
        if inspection.is_input(node):
            found += derivative_truths(inspection, output, node)
    return [truth for truth in found if truth.full]


def derivative_truths(inspection: Inspection, output: int, node: int) -> list[Truth]:
    """The same of one output by one input: proven digits, what both sides agree on, or an interval."""
    assert inspection.tape is not None
    verdict, name = inspection.verdicts[output], inspection.names[node]
    what = f"∂{inspection.weighted(output)}/∂{name}"
    computed = inspection.adjoints_of(node).get(output)
    shape = [int(length) for length in inspection.shape(node)]
    sides = (verdict.sides or {}).get(name)
    if verdict.word == UNDEFINED and name in (verdict.defined or {}):
        numbers = flatten(verdict.true.derivative.get(name, computed) if verdict.true else computed)
        exist = (verdict.defined or {})[name]
        if computed is not None and says_vertical(flatten(computed), exist):
            return []
        words = [text_of(x) if there else UNDEFINED for x, there in zip(numbers, exist, strict=True)]
        return [stated(f"true {what}", unflatten(words, tuple(shape)), computed)]
    if sides is not None:
        return sides_truths(what, sides, computed, tuple(shape), inspection.tape.carrier.dtype)
    if verdict.true is not None and name in verdict.true.derivative:
        return [stated(f"true {what}", verdict.true.derivative[name], computed)]
    return []


def sides_truths(what: str, sides: list[Sides], computed: Nested, shape: tuple[int, ...], dtype: str) -> list[Truth]:
    """The derivative that both sides agree on, where the rules do not give it; else the interval between them."""
    if computed is not None and all(s.gives(x, dtype) for s, x in zip(sides, flatten(computed), strict=True)):
        return []
    short, full = (
        format_nested(unflatten([side_text(side, write) for side in sides], shape), str)
        for write in (short_of, text_of)
    )
    one_sided = not all(side.agree for side in sides)
    short = short if len(short) <= SHORT else f"{len(sides)} elements"
    return [Truth(what if one_sided else f"true {what}", signed(short), full, one_sided)]


def stated(label: str, true: Nested, computed: Nested) -> Truth:
    """True numbers in short and in full."""
    full = format_nested(true, text_of)
    if computed is not None and full == format_nested(computed, text_of):
        return Truth(label, "", "")
    short = format_nested(true, short_of)
    numbers = [math.nan] * len(flatten(true)) if computed is None else flatten(computed)
    different = sum(short_of(t) != short_of(x) for t, x in zip(flatten(true), numbers, strict=True))
    if not different:
        short = ""
    elif len(short) > SHORT and isinstance(true, (list, tuple)):
        short = f"{different} of {len(numbers)} differ"
    return Truth(label, signed(short), full)


def text_of(value: float | str) -> str:
    """A number in full; proven digits are text already."""
    return format_number(value).replace("nan", "NaN")


def short_of(value: float | str) -> str:
    """Four digits of a number, or of the digits that are known of it."""
    if isinstance(value, str):
        try:
            number = float(value)
        except ValueError:
            return value
        if not math.isfinite(number) or number == 0:
            return value
        return format_short(number, DIGITS)
    return format_short(value, DIGITS)


def side_text(side: Sides, write: Callable[[float], str]) -> str:
    """The derivative, or the interval of those from left and right."""
    low, high = min(side[:2]), max(side[:2])
    return write(low) if low == high else f"{write(low)} to {write(high)}"


def signed(text: str) -> str:
    """With real minus signs."""
    return text.replace("-", "−")


def is_gradient(inspection: Inspection, output: int) -> bool:
    """Whether nothing is known against it that the adjoints of the inputs are the gradient."""
    verdict = inspection.verdicts.get(output)
    if verdict is None:
        return True
    inputs = inspection.graph.inputs.values()
    differs = any(truth.full for node in inputs for truth in derivative_truths(inspection, output, node))
    return verdict.word not in (UNDEFINED, "wrong") and not differs
