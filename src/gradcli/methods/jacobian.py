"""Jacobians: all unit tangents forward, or all unit cotangents back, in blocks, never a loop a column."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from gradcli.carriers.tape import Tape
from gradcli.methods.forward import push
from gradcli.methods.reverse import adjoint_of, pull
from gradcli.primitives.declare import Value
from gradcli.shapes import size

Mode = Literal["forward", "reverse"]
FORWARD: Mode = "forward"
REVERSE: Mode = "reverse"

Blocks = dict[tuple[int, int], Value]
"""The Jacobian of an output node by an input node, in the shape of the first followed by that of the second."""


def cheaper_mode(tape: Tape, outputs: Sequence[int], sources: Sequence[int]) -> Mode:
    """Forward takes a sweep for each element of the inputs, reverse one for each of the outputs: the fewer."""
    return FORWARD if elements(tape, sources) < elements(tape, outputs) else REVERSE


def elements(tape: Tape, nodes: Sequence[int]) -> int:
    """The number of elements of some nodes."""
    return sum(size(tape.graph.shapes[node]) for node in nodes)


def jacobian(tape: Tape, outputs: Sequence[int], sources: Sequence[int], mode: Mode) -> Blocks:
    """Every output by every input that the tape evaluated, and zeros by those that it did not need."""
    found: Blocks = {}
    filled = [output for output in outputs if size(tape.graph.shapes[output])]
    if mode == FORWARD:
        for source in sources:
            found |= {(output, source): block for output, block in _columns(tape, filled, source).items()}
    else:
        for output in filled:
            found |= {(output, source): block for source, block in _rows(tape, output, sources).items()}
    return {
        (output, source): tape.carrier.zeros((*tape.graph.shapes[output], *tape.graph.shapes[source]))
        if (block := found.get((output, source))) is None
        else block
        for output in outputs
        for source in sources
    }


def _columns(tape: Tape, outputs: Sequence[int], source: int) -> dict[int, Value | None]:
    """The Jacobian of each output by one input, by forward sweeps."""
    shape = tape.graph.shapes[source]
    if source >= len(tape.values) or tape.values[source] is None:
        return {}
    if not shape:
        moved = push(tape, {source: tape.carrier.lift(1.0)})
        return {output: moved[output] for output in outputs}
    from gradcli.methods.blocks import push_block, unit_blocks

    parts: dict[int, list[Value]] = {output: [] for output in outputs}
    for start in unit_blocks(tape, shape):
        for output, block in push_block(tape, source, start, outputs).items():
            parts[output].append(block.written())
    return {
        output: tape.carrier.reshape(_joined(found).movedim(0, -1), shape=(*tape.graph.shapes[output], *shape))
        for output, found in parts.items()
        if found
    }


def _rows(tape: Tape, output: int, sources: Sequence[int]) -> dict[int, Value | None]:
    """The Jacobian of one output by each input, by reverse sweeps."""
    shape = tape.graph.shapes[output]
    if not shape:
        adjoints = pull(tape, {output: tape.carrier.lift(1.0)}, sources)
        return {source: adjoint_of(adjoints, source) for source in sources}
    from gradcli.methods.blocks import pull_block, unit_blocks

    parts: dict[int, list[Value]] = {source: [] for source in sources}
    for start in unit_blocks(tape, shape):
        for source, block in pull_block(tape, output, start, sources).items():
            parts[source].append(block.written())
    return {
        source: tape.carrier.reshape(_joined(found), shape=(*shape, *tape.graph.shapes[source]))
        for source, found in parts.items()
        if found
    }


def _joined(parts: Sequence[Value]) -> Value:
    """Blocks of directions as one."""
    import torch

    return torch.cat(list(parts)) if len(parts) > 1 else parts[0]
