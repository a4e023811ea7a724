"""Options that several commands share, stated once."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Literal

import typer

from gradcli.errors import UsageError
from gradcli.primitives.constructors import LARGEST_SEED

EXPRESSION = Annotated[
    str,
    typer.Argument(
        metavar="EXPR", help="An expression, several statements (a = ...; b = ...), @file, or - for requests on stdin."
    ),
]
EXPRESSIONS = Annotated[
    list[str],
    typer.Argument(metavar="EXPR...", help="One or more expressions: as above, or several statements, @file, -."),
]
AT = Annotated[
    list[str],
    typer.Option(
        "--at",
        metavar="NAME=VALUE,...",
        help="The point: x1=2,x2=pi/4 or x=[1,2,3]; may be repeated.",
        default_factory=list,
        show_default=False,
    ),
]
WRT = Annotated[str, typer.Option("--wrt", metavar="NAMES", help="Inputs to differentiate by (default: all).")]
COTANGENT = Annotated[
    str, typer.Option("--cotangent", metavar="VALUE", help="Weights of a non-scalar output: ones, e(k) or a value.")
]
TANGENT = Annotated[
    list[str],
    typer.Option(
        "--tangent",
        metavar="NAME=VALUE,...",
        help="A direction: ones, x=e(0), x=[1,2]; inputs left out stand still.",
        default_factory=list,
        show_default=False,
    ),
]
SHAPE = Annotated[
    list[str],
    typer.Option(
        "--shape",
        metavar="NAME=DIMENSIONS",
        help="Without a point: x=n,A=m,n (default: matrices if capital, else vectors, in matrix operations).",
        default_factory=list,
        show_default=False,
    ),
]
MODE = Annotated[
    Literal["auto", "forward", "reverse"],
    typer.Option("--mode", help="Direction of the sweeps; auto takes the one that needs fewer."),
]
AT_KINK = Annotated[
    Literal["torch", "left", "right", "mid", "error"],
    typer.Option("--at-kink", help="The value at a kink: PyTorch's, one side's, the interval's middle, or an error."),
]
LAYOUT = Annotated[
    Literal["torch", "numerator", "denominator"],
    typer.Option("--layout", help="Order of the axes of a derivative (docs/layouts.md)."),
]

LONGEST_TIMEOUT = 1e9
"""Seconds. No clock of the system can be set to much more."""
PROVING = ("grad", "jacobian", "hessian", "jvp", "vjp", "hvp", "plot")
"""The commands that --precision speaks of."""


@dataclass(frozen=True)
class Settings:
    """The shared options as typed."""

    device: str | None = None
    dtype: Literal["float64", "float32"] = "float64"
    json: bool = False
    plain: bool = False
    color: Literal["auto", "always", "never"] = "auto"
    quiet: bool = False
    verbose: bool = False
    timeout: float = 0.0
    precision: int | None = None
    exact: bool = False
    assume: Sequence[str] = ()
    seed: int = 0
    missing: Literal["mean", "drop"] | None = None
    one_hot: bool = False
    debug: bool = False


SHARED: dict[str, tuple[Any, Any]] = {
    "device": (
        Annotated[str | None, typer.Option("--device", help="auto, cpu, cuda, ... (any torch device).")],
        None,
    ),
    "dtype": (
        Annotated[Literal["float64", "float32"], typer.Option("--dtype", help="Precision of the sweeps.")],
        "float64",
    ),
    "json": (Annotated[bool, typer.Option("--json", help="One JSON object (docs/schema.json).")], False),
    "plain": (Annotated[bool, typer.Option("--plain", help="ASCII only, no colour.")], False),
    "precision": (
        Annotated[
            int | None,
            typer.Option(
                "--precision", metavar="DIGITS", help="So many decimal digits, each proven (default: float64)."
            ),
        ],
        None,
    ),
    "exact": (Annotated[bool, typer.Option("--exact", help="0.1 in --at is a tenth, not the float64 near it.")], False),
    "color": (Annotated[Literal["auto", "always", "never"], typer.Option("--color", help="Colour in tables.")], "auto"),
    "quiet": (
        Annotated[
            bool, typer.Option("--quiet", "-q", help="No notes, and no output but errors where the status says all.")
        ],
        False,
    ),
    "verbose": (Annotated[bool, typer.Option("--verbose", "-v", help="Say more.")], False),
    "timeout": (
        Annotated[float, typer.Option("--timeout", metavar="SECONDS", help="Give up after so long (0: never).")],
        0.0,
    ),
    "assume": (
        Annotated[
            list[str],
            typer.Option(
                "--assume", metavar="NAME=PROPERTY,...", help="A=symmetric, skew, orthogonal or permutation, checked."
            ),
        ],
        [],
    ),
    "seed": (
        Annotated[
            int,
            typer.Option(
                "--seed", metavar="N", min=0, max=LARGEST_SEED, help="Seed of randn and rand in an expression."
            ),
        ],
        0,
    ),
    "missing": (
        Annotated[
            Literal["mean", "drop"] | None,
            typer.Option(
                "--missing", help="Gaps in a table: the mean of the column, or drop the row (default: an error)."
            ),
        ],
        None,
    ),
    "one_hot": (
        Annotated[bool, typer.Option("--one-hot", help="A text column of a table as 0 and 1 for each category.")],
        False,
    ),
    "debug": (Annotated[bool, typer.Option("--debug", help="Show tracebacks.")], False),
}


def with_settings(function: Callable[..., int]) -> Callable[..., int]:
    """Give a command the shared options: its parameter `settings` is filled from them."""
    own = [p for p in inspect.signature(function, eval_str=True).parameters.values() if p.name != "settings"]
    shared = [
        inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=annotation)
        for name, (annotation, default) in SHARED.items()
    ]

    def command(**given: Any) -> int:
        settings = Settings(**{name: given.pop(name) for name in SHARED})
        if not 0 <= settings.timeout <= LONGEST_TIMEOUT:
            cause = f"--timeout is a number of seconds from 0 to {LONGEST_TIMEOUT:g}, not {settings.timeout:g}"
            raise UsageError(cause, hint="--timeout 10, or 0 for no limit")
        if settings.precision is not None:
            from gradcli.verify.proof import check_precision

            name = function.__name__.removesuffix("_command")
            if name not in PROVING:
                names = ", ".join(PROVING[:-1])
                hint = f"{names} and {PROVING[-1]} take it"
                raise UsageError(f"{name} has no --precision", hint=hint)
            check_precision(settings.precision, "--precision")
        return function(settings=settings, **given)

    parameters = [p.replace(kind=inspect.Parameter.KEYWORD_ONLY) for p in own] + shared
    command.__name__ = function.__name__
    command.__doc__ = function.__doc__
    command.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    command.__annotations__ = {p.name: p.annotation for p in parameters}
    return command
