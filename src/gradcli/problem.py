"""What is asked (`Problem`) and what is answered (`Derivative`)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from gradcli.errors import NameProblem, ShapeError, UsageError, suggestion
from gradcli.graph import Graph
from gradcli.shapes import MAX_RANK, Shape

Number = float | int
Nested = Any
"""A number, or nested tuples of numbers."""


@dataclass(frozen=True)
class Problem:
    """One output of a graph to be differentiated at a point.

    `point` holds a value for every input the output needs; `wrt` names those to differentiate by. `cotangent` has the
    output's shape and is None for a scalar output (then it is 1).
    """

    graph: Graph
    output: int
    wrt: tuple[str, ...]
    point: Mapping[str, Nested]
    cotangent: Nested | None = None
    dtype: str = "float64"

    @property
    def output_shape(self) -> Shape:
        """Shape of the value."""
        return self.graph.shapes[self.output]

    def input_shape(self, name: str) -> Shape:
        """Shape of an input, and of the gradient by it (layout torch)."""
        return self.graph.shapes[self.graph.inputs[name]]


@dataclass
class Derivative:
    """A method's answer. `gradient` maps an input's name to nested lists in the input's shape.

    `directional` replaces it where a method looked along one direction only: (direction by input, derivative along it).
    `seconds` is set by a method that waits for something else (a process to start), and measured from outside if 0.
    `error` bounds (`bounded`) or estimates the absolute error in the same structure as `gradient` (None: not known).
    `digits` is the gradient in proven digits, or what is known where they are not.
    """

    method: str
    value: Nested = None
    gradient: dict[str, Nested] | None = None
    directional: tuple[dict[str, Nested], float] | None = None
    error: dict[str, Nested] | float | None = None
    bounded: bool = False
    formula: dict[str, str] | None = None
    digits: dict[str, Nested] | None = None
    sweeps: str = ""
    seconds: float = 0.0
    reason: str = ""

    @property
    def answered(self) -> bool:
        """Whether there is a derivative; if not, `reason` says why."""
        return self.gradient is not None or self.directional is not None


def nested_shape(name: str, value: Nested) -> Shape:
    """The shape of a number or of nested lists of numbers. Raises ShapeError for ragged ones and for other things."""
    shape: list[int] = []
    level = [value]
    while level and any(isinstance(item, (list, tuple)) for item in level):
        lengths = {len(item) if isinstance(item, (list, tuple)) else -1 for item in level}
        if len(lengths) > 1:
            raise ShapeError(f"the value of {name} is a ragged list")
        shape.append(lengths.pop())
        if len(shape) > MAX_RANK:
            raise ShapeError(f"the value of {name} is a list nested more than {MAX_RANK} deep")
        level = [part for item in level for part in item]
    for item in level:
        if isinstance(item, bool) or not isinstance(item, (int, float)):
            raise ShapeError(f"the value of {name} holds {item!r}, which is no number")
    return tuple(shape)


def wanted_inputs(graph: Graph, names: Sequence[str] | None, option: str) -> tuple[str, ...]:
    """The inputs to differentiate by: those named, else (None) all that are not held. `option` is what the user calls
    the list of names. Raises NameProblem and UsageError."""
    inputs = list(graph.inputs)
    if names is None:
        return tuple(name for name in inputs if name not in graph.held)
    for name in names:
        if name in graph.held:
            cause = f"{option} names {name}, which is held: an assumption about it was used"
            raise UsageError(cause, hint="without the assumption its entries are differentiated by, one by one")
        if name not in inputs:
            if " " in name:
                hint = f"a comma separates names: {option} {','.join(name.split())}"
                raise NameProblem(f"{option} names '{name}', which is no input", hint=hint)
            hint = suggestion(name, inputs, f"the inputs are {', '.join(inputs) or 'none'}")
            raise NameProblem(f"{option} names {name}, which is no input", hint=hint)
    return tuple(dict.fromkeys(names))


def separate(names: str) -> list[str]:
    """The names of a comma-separated list."""
    return [name.strip() for name in names.split(",") if name.strip()]
