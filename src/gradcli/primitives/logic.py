"""Logic on numbers: nonzero is true (NaN too, as in PyTorch); the result is 1 or 0.

An operation of truth values jumps only where an argument that moves by itself is 0: comparisons are locally constant.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from gradcli.primitives.declare import (
    BALLS,
    FLOATING,
    JAVASCRIPT,
    SYMBOLIC,
    TENSORS,
    Elementwise,
    Kink,
    Notation,
    Primitive,
)

CONVENTION = "0: a truth value is constant on both sides"


def _connective(
    name: str, doc: str, at: Callable[..., Any], jumps: tuple[tuple[float, float], ...], notation: Notation
) -> Primitive:
    return Primitive(
        name,
        Elementwise(None, None),
        doc=doc + " (1 or 0)",
        arguments=("x", "y"),
        kink=Kink(at=at, convention=CONVENTION, points=jumps, jax="0"),
        notation=notation,
        samples=((2.0, -1.0), (0.5, 3.0)),
        torch=TENSORS + name,
        math=FLOATING + name,
        sympy=SYMBOLIC + name,
        arb=BALLS + name,
        fraction=BALLS + name,
        javascript=JAVASCRIPT + name,
    )


PRIMITIVES = (
    _connective(
        "logical_or",
        "whether x or y is not 0",
        lambda x, y: (abs(x) + abs(y),),
        ((0.0, 0.0),),
        Notation(infix="or", precedence=2, latex=r"{0} \lor {1}"),
    ),
    _connective(
        "logical_and",
        "whether x and y are both not 0",
        lambda x, y: (x, y),
        ((0.0, 1.0), (2.0, 0.0), (0.0, 0.0)),
        Notation(infix="and", precedence=3, latex=r"{0} \land {1}"),
    ),
    _connective(
        "logical_xor",
        "whether exactly one of x and y is not 0",
        lambda x, y: (x, y),
        ((0.0, 1.0), (2.0, 0.0)),
        Notation(latex=r"\left({0} \oplus {1}\right)", encloses=True),
    ),
    Primitive(
        "logical_not",
        Elementwise(None),
        doc="whether x is 0 (1 or 0)",
        kink=Kink(at=lambda x: (x,), convention=CONVENTION, points=((0.0,),), jax="0"),
        notation=Notation(prefix="not", precedence=4, latex=r"\lnot {0}"),
        samples=((2.0,), (-0.5,)),
        torch=TENSORS + "logical_not",
        math=FLOATING + "logical_not",
        sympy=SYMBOLIC + "logical_not",
        arb=BALLS + "logical_not",
        fraction=BALLS + "logical_not",
        javascript=JAVASCRIPT + "logical_not",
    ),
)
