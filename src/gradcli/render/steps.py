"""The arithmetic of both sweeps, a line a step: how each tangent and each adjoint is made of local partials.

∂v2/∂x1 = x2·∂x1/∂x1 + x1·∂x2/∂x1 = 5·1 + 2·0 = 5
∂f/∂x2 = ∂f/∂v2·∂v2/∂x2 + ∂f/∂v3·∂v3/∂x2 = 1·2 + (-1)·0.28366218546322625 = 1.7163378145367738
"""

from __future__ import annotations

import math
import re
from collections import Counter

from gradcli.methods.reverse import contribution_to
from gradcli.render.inspection import Inspection, Link
from gradcli.render.numbers import format_number
from gradcli.render.summary import array_text

FACTOR = re.compile(r"[\w.]+(?:\([^()]*\))?")
"""What needs no parentheses in a product: a name, a number, a call on names."""


def step_lines(inspection: Inspection, full: bool = False, plain: bool = False) -> list[str]:
    """The steps of the sweeps that were made: forward in the order of the trace, reverse against it."""
    lines = []
    if inspection.tangents:
        lines.append("forward sweep: a tangent is the sum, over the arguments, of local partial times tangent")
        for node in inspection.rows:
            lines += [f"  {forward_step(inspection, node, k, full)}" for k in range(len(inspection.columns))]
    for output in inspection.adjoints:
        what = inspection.weighted(output)
        lines.append(f"reverse sweep of {what}: an adjoint is the sum, over the users, of adjoint times local partial")
        users = users_of(inspection)
        for node in reversed(inspection.rows):
            lines.append(f"  {reverse_step(inspection, node, output, users.get(node, []), full)}")
    return [ascii_signs(line) for line in lines] if plain else lines


def ascii_signs(line: str) -> str:
    """∂ and the sign of the product in ASCII."""
    return line.replace("∂", "d").replace("·", "*")


def users_of(inspection: Inspection) -> dict[int, list[Link]]:
    """The edges out of each node, in the order of the trace."""
    users: dict[int, list[Link]] = {}
    for node in inspection.rows:
        for link in inspection.links(node):
            users.setdefault(link.argument, []).append(link)
    return users


def forward_step(inspection: Inspection, node: int, column: int, full: bool, most: int | None = None) -> str:
    """How a tangent arises from those of the arguments; `most` are written, of more it is said how many."""
    name, label = inspection.names[node], inspection.columns[column].label
    tangents = inspection.tangents[column]
    left = f"∂{name}/∂{label}"
    result = array_text(inspection.whole(tangents[node], node), inspection.shape(node), full)
    if inspection.is_input(node):
        return f"{left} = {result}"
    links = [link for link in inspection.links(node) if not link.detached]
    if not links or all(tangents[link.argument] is None for link in links):
        return f"{left} = {result}, no dependence on {label}"
    if not all(is_scalar(inspection, link) for link in links):
        terms = [inspection.differential(link) for link in links[:most]]
        return f"{left} = {sum_text(terms, len(links))} = {result}"
    # The sweep skips what is not there, so that 0 * inf does not arise from it.
    links = [link for link in links if tangents[link.argument] is not None or math.isfinite(inspection.partial(link))]
    written, numbers = [], []
    for link in links[:most]:
        tangent = inspection.whole(tangents[link.argument], link.argument)
        written.append(f"{factor_text(inspection.formula(link).text)}·∂{inspection.names[link.argument]}/∂{label}")
        numbers.append(product(inspection.partial(link), tangent))
    return f"{left} = {sum_text(written, len(links))} = {sum_text(numbers, len(links))} = {result}"


def reverse_step(
    inspection: Inspection, node: int, output: int, users: list[Link], full: bool, most: int | None = None
) -> str:
    """How an adjoint arises from those of the users of its node; `most` are written, of more it is said how many."""
    adjoints, names = inspection.adjoints[output], inspection.names
    what = inspection.weighted(output)
    left = f"∂{what}/∂{names[node]}"
    result = array_text(inspection.whole(adjoints[node], node), inspection.shape(node), full)
    links = [link for link in users if not link.detached and adjoints[link.node] is not None]
    start = inspection.weights[output]
    begun = ["1" if start is None else array_text(start, inspection.shape(output), full)] if node == output else []
    if not links:
        return f"{left} = {result}" + ("" if begun else f", {what} does not depend on it")
    repeated = Counter(link.node for link in links)
    written, numbers = list(begun), list(begun)
    for link in links[:most]:
        user = names[link.node]
        # Two edges between the same nodes (x*x) are told apart by their formulas.
        local = f"∂{user}/∂{names[node]}" if repeated[link.node] == 1 else factor_text(inspection.formula(link).text)
        written.append(f"∂{what}/∂{user}·{local}")
        numbers.append(contribution_text(inspection, link, output, full))
    count = len(begun) + len(links)
    sums = [sum_text(written, count), sum_text(numbers, count), result]
    return " = ".join([left, *dict.fromkeys(sums)])


def sum_text(terms: list[str], count: int) -> str:
    """The terms of a sum that are written, and how many of all `count` are not."""
    omitted = [f"… and {count - len(terms):,} more"] if count > len(terms) else []
    return " + ".join([*terms, *omitted])


def contribution_text(inspection: Inspection, link: Link, output: int, full: bool) -> str:
    """What one user adds to an adjoint: a product where the user is scalar, else an array."""
    tape, adjoint = inspection.tape, inspection.adjoints[output][link.node]
    assert tape is not None
    if is_scalar(inspection, link):
        return product(inspection.whole(adjoint, link.node), inspection.partial(link))
    if not inspection.shape(link.node):
        number = in_parentheses(inspection.whole(adjoint, link.node))
        return f"{number}·{array_text(inspection.partial(link), inspection.shape(link.argument), full)}"
    added = contribution_to(tape, link.node, link.position, adjoint)
    return array_text(inspection.whole(added, link.argument), inspection.shape(link.argument), full)


def is_scalar(inspection: Inspection, link: Link) -> bool:
    """Whether an edge joins scalars, so that its local partial is a number."""
    return not inspection.shape(link.node) and not inspection.shape(link.argument)


def product(a: float, b: float) -> str:
    """Two numbers and the sign between them."""
    return f"{in_parentheses(a)}·{in_parentheses(b)}"


def in_parentheses(number: float) -> str:
    """A number as a factor: in parentheses if it is negative."""
    text = format_number(number)
    return f"({text})" if text.startswith("-") else text


def factor_text(formula: str) -> str:
    """A formula as a factor of a product."""
    return formula if FACTOR.fullmatch(formula) else f"({formula})"
