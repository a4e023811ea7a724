"""What the parser keeps of operators and brackets until it has read all that belongs to them."""

from __future__ import annotations

from dataclasses import dataclass, field

from gradcli.errors import Span
from gradcli.syntax.program import Instruction
from gradcli.syntax.tokens import Token


@dataclass(slots=True)
class Open:
    """A bracket that waits to be closed.

    `kind` is its sign, or "call" or "index"; `count` the operands that a comma ended, `item_start` the position of the
    token after it. `name` is that of a call, or the variable that a parenthesis multiplies without a sign, which a note
    says if `is_noted`. Of an index, `parts` are those of the current slice and `items` the indices before it.
    """

    kind: str
    token: Token
    item_start: int
    name: Token | None = None
    count: int = 0
    first_keyword: int = 0
    is_noted: bool = False
    keywords: list[tuple[str, Span]] = field(default_factory=list)
    parts: list[bool] = field(default_factory=list)
    items: list[tuple[bool, ...] | None] = field(default_factory=list)


@dataclass(slots=True)
class Waiting:
    """An operator that waits for the end of its right operand."""

    instruction: Instruction
    precedence: int
