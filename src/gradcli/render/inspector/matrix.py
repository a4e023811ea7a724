"""Linear and bilinear operations by their coefficients: sums, means, whatever moves elements; and products of arrays.

They are found by the operation on unit directions, so that nothing here knows an operation.
"""

from __future__ import annotations

from typing import Any

from gradcli.carriers.tape import Tape
from gradcli.carriers.tensors import Tensors
from gradcli.errors import Unstated
from gradcli.shapes import Shape, size

MOST_ELEMENTS = 1000
"""Of an array in a page: the matrix of a linear operation has at most the square of it to look through."""
MOST_PRODUCTS = 1_000_000
"""Pairs of elements, times elements of the result, that are looked through for the products of a bilinear one."""


def entries(tape: Tape, node: int) -> dict[str, list[Any]]:
    """Of a linear operation the entries other than 0 of its matrix: `from` (a place among the elements of all
    arguments, one after another), `into` (a place in the result) and `weight`, in parallel."""
    torch, apply = applied(tape, node)
    shapes = argument_shapes(tape, node)
    zeros = [tape.carrier.zeros(shape) for shape in shapes]
    blocks = [
        torch.vmap(lambda unit, k=k: apply(*zeros[:k], unit, *zeros[k + 1 :]))(units(tape, shape))
        for k, shape in enumerate(shapes)
        if size(shape)
    ]
    matrix = torch.cat([block.reshape(len(block), -1) for block in blocks])
    places, into = matrix.nonzero(as_tuple=True)
    return {"from": places.tolist(), "into": into.tolist(), "weight": matrix[places, into].tolist()}


def products(tape: Tape, node: int) -> dict[str, list[Any]]:
    """Of a bilinear operation the products that it adds up: `left` and `right` (places in its arguments), `into` and
    `weight`, in parallel. Raises Unstated."""
    torch, apply = applied(tape, node)
    shapes = argument_shapes(tape, node)
    sizes = [*map(size, shapes), size(tape.graph.shapes[node])]
    if 0 in sizes:
        raise Unstated(f"{tape.primitive(node).name} is given an array without elements")
    if sizes[0] * sizes[1] * sizes[2] > MOST_PRODUCTS:
        raise Unstated(f"the arrays of {tape.primitive(node).name} are too large to multiply in the page")
    lefts, rights = (units(tape, shape) for shape in shapes)
    table = torch.vmap(lambda left: torch.vmap(lambda right: apply(left, right))(rights))(lefts).reshape(sizes)
    left, right, into = table.nonzero(as_tuple=True)
    weight = table[left, right, into]
    return {"left": left.tolist(), "right": right.tolist(), "into": into.tolist(), "weight": weight.tolist()}


def applied(tape: Tape, node: int) -> tuple[Any, Any]:
    """torch, and the node's operation on tensors. Raises Unstated where no argument has elements."""
    carrier, primitive, parameters = tape.carrier, tape.primitive(node), tape.graph.parameters[node]
    assert isinstance(carrier, Tensors)
    if not any(map(size, argument_shapes(tape, node))):
        raise Unstated(f"{primitive.name} is given an array without elements")
    return carrier.torch, lambda *arguments: carrier.apply(primitive, arguments, parameters)


def units(tape: Tape, shape: Shape) -> Any:
    """The unit directions of a shape, as a block."""
    carrier = tape.carrier
    assert isinstance(carrier, Tensors)
    count = size(shape)
    identity = carrier.torch.eye(count, dtype=carrier.torch.float64, device=carrier.device)
    return identity.reshape([count, *map(int, shape)])


def argument_shapes(tape: Tape, node: int) -> list[Shape]:
    """The shapes of a node's arguments."""
    return [tape.graph.shapes[argument] for argument in tape.graph.arguments[node]]
