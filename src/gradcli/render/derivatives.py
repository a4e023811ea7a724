"""Jacobians, Hessians and products with them as labelled arrays."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from gradcli.carriers.base import Carrier
from gradcli.layouts import Layout
from gradcli.methods.base import Block, arranged
from gradcli.problem import Nested, Problem
from gradcli.render.answers import between_text
from gradcli.render.matrices import Labelled
from gradcli.shapes import Shape
from gradcli.verify.witnesses import Verdict

JVP_MODE, VJP_MODE = "1 forward sweep", "1 reverse sweep"
HVP_MODE = "1 reverse sweep on dual numbers (forward over reverse)"


def jacobian_blocks(problem: Problem, blocks: Mapping[str, Nested], layout: Layout) -> dict[str, Block]:
    """The Jacobian by input in a layout."""
    return {by: arranged(blocks[by], problem.output_shape, problem.input_shape(by), layout) for by in problem.wrt}


def hessian_blocks(
    problem: Problem, blocks: Mapping[str, Mapping[str, Nested]], layout: Layout
) -> dict[str, dict[str, Block]]:
    """The Hessian by two inputs in a layout."""
    return {
        one: {
            other: arranged(blocks[one][other], problem.input_shape(one), problem.input_shape(other), layout)
            for other in problem.wrt
        }
        for one in problem.wrt
    }


def jacobian_arrays(
    name: str, problem: Problem, value: Nested, blocks: Mapping[str, Block], layout: Layout, plain: bool = False
) -> list[Labelled]:
    """The value, then a block an input."""
    d = "d" if plain else "∂"
    found = [Labelled(name, value, problem.output_shape)]
    return found + [
        Labelled(f"{d}{name}/{d}{by}", block, shape, layout_note(shape, layout))
        for by, (block, shape) in blocks.items()
    ]


def hessian_arrays(
    name: str, value: Nested, blocks: Mapping[str, Mapping[str, Block]], layout: Layout, plain: bool = False
) -> list[Labelled]:
    """The value, then a block for every two inputs."""
    d, squared = ("d", "^2") if plain else ("∂", "²")
    found = [Labelled(name, value, ())]
    for one, row in blocks.items():
        for other, (block, shape) in row.items():
            below = f"{d}{one}{squared}" if one == other else f"({d}{one} {d}{other})"
            found.append(Labelled(f"{d}{squared}{name}/{below}", block, shape, layout_note(shape, layout)))
    return found


def layout_note(shape: Shape, layout: Layout) -> str:
    """What is said of the layout, where there are axes to arrange."""
    return f", layout {layout}" if shape else ""


def jvp_arrays(name: str, problem: Problem, value: Nested, product: Nested) -> list[Labelled]:
    """The value and J v."""
    shape = problem.output_shape
    return [Labelled(name, value, shape), Labelled("J v" if shape else f"d{name} along v", product, shape)]


def vjp_arrays(name: str, problem: Problem, value: Nested, products: Mapping[str, Nested]) -> list[Labelled]:
    """The value and u'J by each input."""
    return [Labelled(name, value, problem.output_shape), *_by_input("(u'J) by", problem, products)]


def hvp_arrays(name: str, problem: Problem, value: Nested, products: Mapping[str, Nested]) -> list[Labelled]:
    """The value and H v by each input."""
    return [Labelled(name, value, ()), *_by_input("(H v) by", problem, products)]


def _by_input(label: str, problem: Problem, products: Mapping[str, Nested]) -> list[Labelled]:
    return [Labelled(f"{label} {by}", products[by], problem.input_shape(by)) for by in problem.wrt]


def answer_lines(arrays: Sequence[Labelled], mode: str, verdict: Verdict, carrier: Carrier) -> list[str]:
    """The arrays, what was swept, and the verdict."""
    lines = [line for array in arrays for line in array.lines()]
    return [*lines, *closing_lines(mode, verdict, carrier)]


def closing_lines(mode: str, verdict: Verdict, carrier: Carrier) -> list[str]:
    """What was swept, the one-sided derivatives at a kink, the verdict with dtype and device."""
    lines = [f"mode: {mode}"] if mode else []
    if verdict.word == "kink":
        sides, clarke = verdict.sides or {}, verdict.clarke or {}
        texts = {name: between_text(sides.get(name), clarke.get(name)) for name in sides or clarke}
        lines += [f"{name}: {text}" for name, text in texts.items() if text]
    return [*lines, f"{verdict.word}: {verdict.sentence} ({carrier.dtype}, {carrier.device})"]
