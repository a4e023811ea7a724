"""All kinds of slips, from the most to the least common."""

from __future__ import annotations

from gradcli.verify.slips.calculators import DegreesForRadians, Truncated
from gradcli.verify.slips.composites import ProductOfDerivatives, UnsquaredDenominator, WrongArgument
from gradcli.verify.slips.factors import MissingChainFactor, MissingFactor
from gradcli.verify.slips.matrices import DiagonalJacobian, Transposed
from gradcli.verify.slips.rules import MISTAKEN, MistakenRule
from gradcli.verify.slips.slip import Slip
from gradcli.verify.slips.terms import (
    CountedDetached,
    DroppedConstant,
    DroppedPath,
    FlippedSign,
    HalfProduct,
    KeptConstant,
)

SLIPS: tuple[Slip, ...] = (
    FlippedSign(),
    HalfProduct(),
    DroppedPath(),
    MissingChainFactor(),
    MissingFactor(),
    ProductOfDerivatives(),
    *(MistakenRule(kind) for kind in dict.fromkeys(line[0] for line in MISTAKEN)),
    UnsquaredDenominator(),
    DroppedConstant(),
    KeptConstant(),
    CountedDetached(),
    WrongArgument(),
    DegreesForRadians(),
    Transposed(),
    DiagonalJacobian(),
    Truncated(),
)
