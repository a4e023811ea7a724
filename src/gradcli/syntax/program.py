"""What the parser makes of a text: a flat postfix program, so that no later step has a tree to recurse into."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum, auto
from typing import Any, NamedTuple

from gradcli.errors import Span
from gradcli.exact import PI, E, Exact


class Code(IntEnum):
    """What an instruction does to the stack of operands."""

    NUMBER = auto()
    """Push the number `value`."""
    NAME = auto()
    """Push the variable, or the constant e or pi, called `value`."""
    WORD = auto()
    """Push the parameter `value`: true, false, none or a string."""
    INFIX = auto()
    """Replace two operands by the operation written with the symbol `value`."""
    JUXTAPOSE = auto()
    """Replace two operands by their product; `value`: whether they touch."""
    PREFIX = auto()
    """Replace an operand by the operation written with the symbol `value` before it."""
    BUILTIN = auto()
    """Replace operands by a primitive that has a fence or a sign of its own; `value`: its name and their number."""
    CALL = auto()
    """Replace operands by a `Call`."""
    LIST = auto()
    """Replace `value` operands by a list of them."""
    INDEX = auto()
    """Replace an operand and the indices after it by a part of it; `value`: for each index None, or three truth
    values that say which of start, stop and step were written."""
    GROUP = auto()
    """The operand stands in parentheses."""
    ASSIGN = auto()
    """The statement ends: its operand is named `value`."""
    RESULT = auto()
    """The statement ends: its operand is an output."""


class Call(NamedTuple):
    """A function call: its operands are the positional ones, then those of the keywords."""

    name: str
    positional: int
    keywords: tuple[tuple[str, Span], ...]


class Instruction(NamedTuple):
    """A step of a program. `span` is the sign, `extent` all the text of a bracketed operand."""

    code: Code
    span: Span
    value: Any = None
    extent: Span | None = None


LONGEST_NOTED = 60
"""How a longer piece of text was read is seen in the parsed form as a whole."""

EULER = "e"
CONSTANTS = {EULER: E, "pi": PI}
"""Names that are numbers unless they are bound or assigned."""


def is_constant(value: Any, constant: Exact) -> bool:
    """Whether a value is the constant, and not a number with the same float."""
    return isinstance(value, Exact) and value.source == constant.source


WORDS = {"true": True, "false": False, "none": None, "True": True, "False": False, "None": None, "inf": math.inf}
"""Values of parameters that are no numbers of an expression."""


@dataclass(frozen=True)
class Program:
    """A parsed text. Nothing in it has a shape or a value yet."""

    source: str
    instructions: tuple[Instruction, ...]
    names: tuple[str, ...]
    """Names used and not assigned, in order of first appearance, e and pi among them."""
    assigned: tuple[str, ...]
    notes: tuple[str, ...]
    mends: Mapping[str, str] = field(default_factory=dict)
    """What to write instead of a name, should it turn out to have no value: `sin(x)` for the name sin in `sin x`."""

    @property
    def free_names(self) -> tuple[str, ...]:
        """Names that need a value: `names` without the constants e and pi, which a binding may replace."""
        return tuple(name for name in self.names if name not in CONSTANTS)
