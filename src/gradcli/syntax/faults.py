"""Errors of the builder: names without a value and shapes that do not match, with the mend where one is found."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product

from gradcli.errors import GradcliError, NameProblem, ShapeError, closest
from gradcli.graph import Parameters
from gradcli.primitives.declare import Primitive
from gradcli.primitives.registry import function_names
from gradcli.shapes import Shape, format_shape
from gradcli.syntax.operators import MATRIX_PRODUCT, PRODUCT, operators
from gradcli.syntax.program import Code, Program

LONGEST_OPERAND = 32
MOST_LISTED = 4
"""So many names are listed, and the rest counted."""
MOST_TRANSPOSED = 3
"""Operands that are tried transposed, in all combinations."""


def unbound(name: str, known: Sequence[str], free: Sequence[str], mend: str | None = None) -> NameProblem:
    """A name that has neither a value nor a shape. `mend`: what the parser would write instead."""
    missing = [n for n in free if n not in known]
    asked = "give values: --at " + ",".join(f"{n}=..." for n in missing[:MOST_LISTED])
    more = ",..." if len(missing) > MOST_LISTED else ""
    return NameProblem(f"'{name}' has no value", hint=name_mend(name, known, free, mend) or asked + more)


def name_mend(name: str, known: Sequence[str], free: Sequence[str], mend: str | None = None) -> str | None:
    """What a name without a value was probably meant to be; None if that is not to be seen."""
    missing = [n for n in free if n not in known]
    parts = split_name(name, [*known, *(n for n in missing if n != name)])
    similar = closest(name, [n for n in known if n != name])
    if mend is not None:
        return f"write {mend}"
    if name in function_names():
        return f"write {name}(...) to call the function"
    if len(parts) > 1:
        return f"did you mean {' '.join(parts)} ? A product needs a space or *"
    return f"did you mean {similar} ?" if similar is not None else None


def without_value(program: Program, missing: Sequence[str], hint: str | None) -> NameProblem:
    """The error for names without a value, pointing at the first."""
    listed = ", ".join(missing[:MOST_LISTED])
    if len(missing) > MOST_LISTED:
        listed += f" and {len(missing) - MOST_LISTED} more"
    span = next((i.span for i in program.instructions if i.code is Code.NAME and i.value == missing[0]), None)
    verb = "has" if len(missing) == 1 else "have"
    return NameProblem(f"{listed} {verb} no value", span=span, source=program.source, hint=hint)


def unused_notes(names: Sequence[str]) -> list[str]:
    """What is said of names that are assigned but never used: one note each, or one for many."""
    if len(names) <= MOST_LISTED:
        return [f"`{name}` is assigned but never used" for name in names]
    first = ", ".join(f"`{name}`" for name in names[:MOST_LISTED])
    return [f"{first} and {len(names) - MOST_LISTED} more are assigned but never used"]


def split_name(name: str, known: Sequence[str]) -> list[str]:
    """The known names that a name is written from, as few as possible; empty if it is not."""
    pieces: list[list[str] | None] = [[]]
    names = set(known)
    for end in range(1, min(len(name), LONGEST_OPERAND) + 1):
        starts = [(before, name[k:end]) for k, before in enumerate(pieces) if before is not None]
        found = [[*before, last] for before, last in starts if last in names]
        pieces.append(min(found, key=len, default=None))
    return (pieces[-1] or []) if len(pieces) > len(name) else []


def shapes(
    error: ShapeError,
    primitive: Primitive,
    found: Sequence[Shape],
    written: Sequence[tuple[str, bool]],
    parameters: Parameters,
    sign: str,
) -> GradcliError:
    """What does not match, in the user's words. `written`: each operand's text, and whether an operator made it."""
    if len(found) == 1:
        hint = error.hint or f"{_short(written[0][0], 0)} has shape {format_shape(found[0])}"
        return ShapeError(error.message, span=error.span, hint=hint)
    texts = [_operand(text, compound) for text, compound in written]
    list_of_shapes = ", ".join(
        f"{_short(text, place)} is {format_shape(shape)}"
        for place, ((text, _), shape) in enumerate(zip(written, found, strict=True))
    )
    what = sign or primitive.name
    hint = _mend(primitive, found, texts, parameters, sign) or error.message
    return ShapeError(f"shapes do not match in '{what}': {list_of_shapes}", hint=hint)


def _mend(
    primitive: Primitive, found: Sequence[Shape], texts: Sequence[str], parameters: Parameters, sign: str
) -> str | None:
    if sign == PRODUCT and all(found):
        matrix_product = operators().infix[MATRIX_PRODUCT][0]
        if _works(matrix_product, found, ()):
            return f"did you mean {texts[0]} {MATRIX_PRODUCT} {texts[1]} ?"
    if len(found) > MOST_TRANSPOSED:
        return None
    choices = [(False, True) if len(shape) == 2 else (False,) for shape in found]
    for transposed in sorted(product(*choices), key=sum):
        turned = [shape[::-1] if t else shape for shape, t in zip(found, transposed, strict=True)]
        if any(transposed) and _works(primitive, turned, parameters):
            mended = [text + "'" * t for text, t in zip(texts, transposed, strict=True)]
            joined = f" {sign} ".join(mended) if sign else f"{primitive.name}({', '.join(mended)})"
            return f"did you mean {joined} ?"
    return None


def _works(primitive: Primitive, found: Sequence[Shape], parameters: Parameters) -> bool:
    try:
        primitive.infer_shape(found, parameters)
    except ShapeError:
        return False
    return True


def _operand(text: str, compound: bool) -> str:
    shown = text if len(text) <= LONGEST_OPERAND and "\n" not in text else "..."
    return f"({shown})" if compound else shown


def _short(text: str, place: int) -> str:
    if len(text) <= LONGEST_OPERAND and "\n" not in text:
        return text
    return ("the left side", "the right side", "the third operand")[place] if place < 3 else f"operand {place + 1}"
