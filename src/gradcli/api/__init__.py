"""The Python interface: parse an expression once, evaluate and differentiate it at any number of points."""

from gradcli.api.checks import Check, CheckedClaim, RefusedClaim, Slip
from gradcli.api.diagnosis import Diagnosis, Finding, Mend, Part
from gradcli.api.function import Function, parse
from gradcli.api.picture import Look, Picture
from gradcli.api.plot import Plot
from gradcli.api.point import Point
from gradcli.api.results import Gradient, Hessian, Hvp, Jacobian, Jvp, Result, Vjp
from gradcli.api.tables import Comparison, MethodAnswer, Trace, TraceRow

__all__ = [
    "Check",
    "CheckedClaim",
    "Comparison",
    "Diagnosis",
    "Finding",
    "Function",
    "Gradient",
    "Hessian",
    "Hvp",
    "Jacobian",
    "Jvp",
    "Look",
    "Mend",
    "MethodAnswer",
    "Part",
    "Picture",
    "Plot",
    "Point",
    "RefusedClaim",
    "Result",
    "Slip",
    "Trace",
    "TraceRow",
    "Vjp",
    "parse",
]
