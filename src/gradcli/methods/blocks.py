"""Sweeps with a block of directions at once: all unit tangents of an input, or all unit cotangents of an output.

A block of unit directions is the identity, and elementwise operations keep it diagonal; it is only written out where an
operation mixes elements. Where such an operation has its Jacobian at hand (a matrix times a vector), that matrix is the
block, and no product is needed. Tensors only; a scalar has one direction and needs no block.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from gradcli.carriers.tape import Tape
from gradcli.carriers.tensors import BLOCK_ELEMENTS
from gradcli.methods.forward import tangent_of
from gradcli.methods.reverse import contribution_to
from gradcli.primitives.declare import Elementwise, Multilinear
from gradcli.shapes import Shape, size, unbroadcast_axes

Tensor = Any


class Block:
    """Directions of one shape: the rows of `dense`, or, while that is None, unit directions times `diagonal`."""

    __slots__ = ("dense", "diagonal")

    def __init__(self, diagonal: Tensor | None = None, dense: Tensor | None = None) -> None:
        self.diagonal = diagonal
        self.dense = dense

    def written(self) -> Tensor:
        """All directions, the first axis numbering them."""
        if self.dense is None:
            import torch

            assert self.diagonal is not None
            flat = self.diagonal.reshape(-1)
            return torch.diag(flat).reshape(len(flat), *self.diagonal.shape)
        return self.dense

    def __add__(self, other: Block) -> Block:
        if self.diagonal is not None and other.diagonal is not None:
            return Block(self.diagonal + other.diagonal)
        return Block(dense=self.written() + other.written())


def unit_blocks(tape: Tape, shape: Shape) -> Iterator[Block]:
    """The unit directions of a shape, in blocks that are made when they are asked for."""
    import torch

    m = tape.carrier
    like = m.lift(1.0)
    count = size(shape)
    moved = [1, count, *(size(tape.graph.shapes[node]) for node in tape.nodes if not tape.graph.is_leaf(node))]
    chunk = max(1, BLOCK_ELEMENTS // max(moved))
    if count <= chunk:
        yield Block(m.broadcast_to(like, shape=shape))
        return
    for part in torch.split(torch.arange(count, device=like.device), chunk):
        rows = torch.nn.functional.one_hot(part, count).to(like.dtype)
        yield Block(dense=m.reshape(rows, shape=(len(part), *shape)))


def push_block(tape: Tape, source: int, start: Block, outputs: Iterable[int]) -> dict[int, Block]:
    """Tangents of the outputs for a block of tangents of one input; none where they do not depend on it.

    A node's block is dropped after its last use.
    """
    found: dict[int, Block] = {source: start}
    kept = set(outputs)
    uses = Counter(argument for node in tape.nodes for argument in tape.graph.arguments[node])
    for node in tape.nodes:
        arguments = tape.graph.arguments[node]
        incoming = [found.get(a) for a in arguments]
        if any(block is not None for block in incoming):
            block = _advanced(tape, node, incoming)
            if block is not None:
                found[node] = block
        for argument in arguments:
            uses[argument] -= 1
            if not uses[argument] and argument not in kept:
                found.pop(argument, None)
    return {output: found[output] for output in kept if output in found}


def pull_block(tape: Tape, output: int, start: Block, sources: Sequence[int]) -> dict[int, Block]:
    """Adjoints of the sources for a block of cotangents of one output; none where it does not depend on them.

    A node's block is dropped when its arguments have got their shares.
    """
    found: dict[int, Block] = {output: start}
    active = tape.graph.dependents(sources, tape.nodes)
    for node in reversed(tape.nodes):
        if node not in found or tape.graph.is_leaf(node):
            continue
        block = found[node] if node in sources else found.pop(node)
        for position, argument in enumerate(tape.graph.arguments[node]):
            if argument in active and tape.primitive(node).rule.depends_on(position):
                contribution = _contribution(tape, node, position, block)
                if contribution is not None:
                    known = found.get(argument)
                    found[argument] = contribution if known is None else known + contribution
    return {source: found[source] for source in sources if source in found}


def _advanced(tape: Tape, node: int, incoming: Sequence[Block | None]) -> Block | None:
    rule = tape.primitive(node).rule
    if not isinstance(rule, (Elementwise, Multilinear)):
        return _through_rule(tape, node, incoming)
    total: Block | None = None
    for position, block in enumerate(incoming):
        if block is None or not rule.depends_on(position):
            continue
        if isinstance(rule, Elementwise):
            contribution = _scaled(tape, node, position, block)
        else:
            alone = [block if k == position else None for k in range(len(incoming))]
            contribution = _columns(tape, node, position, block) or _through_rule(tape, node, alone)
        if contribution is not None:
            total = contribution if total is None else total + contribution
    return total


def _scaled(tape: Tape, node: int, position: int, block: Block) -> Block | None:
    """Tangents times a local partial, broadcast to the node's shape."""
    partial = tape.partial(node, position)
    if partial is None:
        return None
    shape, given = tape.graph.shapes[node], tape.graph.shapes[tape.graph.arguments[node][position]]
    if block.dense is None and given == shape:
        return Block(partial * block.diagonal)
    directions = block.written()
    aligned = directions.reshape(len(directions), *(1,) * (len(shape) - len(given)), *given)
    return Block(dense=(partial * aligned).broadcast_to(len(directions), *shape))


def _contribution(tape: Tape, node: int, position: int, block: Block) -> Block | None:
    shape, wanted = tape.graph.shapes[node], tape.graph.shapes[tape.graph.arguments[node][position]]
    if isinstance(tape.primitive(node).rule, Elementwise):
        partial = tape.partial(node, position)
        if partial is None:
            return None
        if block.dense is None and wanted == shape:
            return Block(partial * block.diagonal)
        product = partial * block.written()
        axes = [axis + 1 for axis in unbroadcast_axes(shape, wanted)]
        return Block(dense=(product.sum(axes) if axes else product).reshape(len(product), *wanted))
    return _rows(tape, node, position, block) or _transposed(tape, node, position, block)


def _matrix(tape: Tape, node: int, position: int, block: Block) -> Tensor | None:
    """The Jacobian that a node has at hand by one argument, as a matrix, if the block is diagonal."""
    primitive = tape.primitive(node)
    if block.dense is not None or primitive.jacobian is None:
        return None
    found = primitive.jacobian(tape.carrier, position, *tape.arguments(node), *tape.graph.parameters[node])
    argument = tape.graph.arguments[node][position]
    return None if found is None else found.reshape(size(tape.graph.shapes[node]), size(tape.graph.shapes[argument]))


def _columns(tape: Tape, node: int, position: int, block: Block) -> Block | None:
    matrix = _matrix(tape, node, position, block)
    if matrix is None:
        return None
    assert block.diagonal is not None
    directions = (matrix * block.diagonal.reshape(1, -1)).T
    return Block(dense=directions.reshape(len(directions), *tape.graph.shapes[node]))


def _rows(tape: Tape, node: int, position: int, block: Block) -> Block | None:
    matrix = _matrix(tape, node, position, block)
    if matrix is None:
        return None
    assert block.diagonal is not None
    shape = tape.graph.shapes[tape.graph.arguments[node][position]]
    return Block(dense=(block.diagonal.reshape(-1, 1) * matrix).reshape(len(matrix), *shape))


def _through_rule(tape: Tape, node: int, incoming: Sequence[Block | None]) -> Block | None:
    """The rule itself, batched over the directions."""
    places = [k for k, block in enumerate(incoming) if block is not None]

    def rule(*tangents: Tensor) -> Tensor:
        arguments: list[Tensor | None] = [None] * len(incoming)
        for place, tangent in zip(places, tangents, strict=True):
            arguments[place] = tangent
        return tangent_of(tape, node, arguments)

    if not any(tape.primitive(node).rule.depends_on(k) for k in places):
        return None
    return Block(dense=_batched(rule, [b.written() for b in incoming if b is not None]))


def _transposed(tape: Tape, node: int, position: int, block: Block) -> Block:
    return Block(dense=_batched(lambda c: contribution_to(tape, node, position, c), [block.written()]))


def _batched(function: Callable[..., Tensor], blocks: Sequence[Tensor]) -> Tensor:
    import torch

    return torch.vmap(function)(*blocks)
