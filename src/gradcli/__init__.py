"""Gradient calculator and computation-graph inspector.

>>> import gradcli
>>> f = gradcli.parse("a = dot(x, w); b = a - y; z = b^2")
>>> f.grad(x=[1, 2, 3], w=[0.5, -1, 2], y=1.5)["w"]
[6.0, 12.0, 18.0]
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gradcli.version import __version__

if TYPE_CHECKING:
    from gradcli.api import (
        Check,
        CheckedClaim,
        Comparison,
        Diagnosis,
        Finding,
        Function,
        Gradient,
        Hessian,
        Hvp,
        Jacobian,
        Jvp,
        Look,
        Mend,
        MethodAnswer,
        Part,
        Picture,
        Plot,
        Point,
        RefusedClaim,
        Result,
        Slip,
        Trace,
        TraceRow,
        Vjp,
        parse,
    )
    from gradcli.errors import GradcliError

__all__ = [
    "Check",
    "CheckedClaim",
    "Comparison",
    "Diagnosis",
    "Finding",
    "Function",
    "GradcliError",
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
    "__version__",
    "parse",
]


def __getattr__(name: str) -> Any:
    """Load the interface when it is first used: importing gradcli costs nothing."""
    if name == "GradcliError":
        from gradcli.errors import GradcliError

        return GradcliError
    if name in __all__:
        from gradcli import api

        return getattr(api, name)
    raise AttributeError(f"module 'gradcli' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
