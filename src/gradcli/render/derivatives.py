"""Jacobians, Hessians and products with them as labelled arrays."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from gradcli.carriers.base import Carrier
from gradcli.layouts import Layout
from gradcli.methods.base import Block, arranged
from gradcli.problem import Nested, Problem
from gradcli.render.answers import between_text, components_in_layout
from gradcli.render.matrices import Labelled
from gradcli.shapes import Shape
from gradcli.verify.witnesses import TrueNumbers, Verdict

JVP_MODE, VJP_MODE = "1 forward sweep", "1 reverse sweep"
HVP_MODE = "1 reverse sweep on dual numbers (forward over reverse)"


def jacobian_blocks(problem: Problem, blocks: Mapping[str, Nested], layout: Layout) -> dict[str, Block]:
    """The Jacobian by input in a layout."""
    outer = problem.output_shape
    return {by: arranged(block, outer, problem.input_shape(by), layout) for by, block in blocks.items()}


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


def in_layout(problem: Problem, verdict: Verdict, layout: Layout) -> Verdict:
    """The verdict on a Jacobian or a Hessian, with what is known of each component, in a layout."""
    verdict = components_in_layout(problem, verdict, layout)
    true = verdict.true
    if true is None:
        return verdict
    if true.kind == "jacobian":
        derivative: object = {by: b for by, (b, _) in jacobian_blocks(problem, true.derivative, layout).items()}
    else:
        blocks = hessian_blocks(problem, true.derivative, layout)
        derivative = {one: {other: b for other, (b, _) in row.items()} for one, row in blocks.items()}
    return replace(verdict, true=true._replace(derivative=derivative))


def of_product(verdict: Verdict) -> Verdict:
    """The verdict on u'J from that on the gradient of <u, f>."""
    return verdict if verdict.true is None else replace(verdict, true=verdict.true._replace(kind="vjp"))


def jacobian_arrays(
    name: str,
    problem: Problem,
    value: Nested,
    blocks: Mapping[str, Block],
    layout: Layout,
    plain: bool = False,
    true: TrueNumbers | None = None,
) -> list[Labelled]:
    """The value, then a block an input."""
    d = "d" if plain else "∂"
    found = [Labelled(name, value, problem.output_shape, true=true and true.value)]
    return found + [
        Labelled(f"{d}{name}/{d}{by}", block, shape, layout_note(shape, layout), true and true.derivative.get(by))
        for by, (block, shape) in blocks.items()
    ]


def hessian_arrays(
    name: str,
    value: Nested,
    blocks: Mapping[str, Mapping[str, Block]],
    layout: Layout,
    plain: bool = False,
    true: TrueNumbers | None = None,
) -> list[Labelled]:
    """The value, then a block for every two inputs."""
    d, squared = ("d", "^2") if plain else ("∂", "²")
    found = [Labelled(name, value, (), true=true and true.value)]
    for one, row in blocks.items():
        for other, (block, shape) in row.items():
            below = f"{d}{one}{squared}" if one == other else f"({d}{one} {d}{other})"
            known = true and true.derivative[one][other]
            found.append(Labelled(f"{d}{squared}{name}/{below}", block, shape, layout_note(shape, layout), known))
    return found


def layout_note(shape: Shape, layout: Layout) -> str:
    """What is said of the layout, where there are axes to arrange."""
    return f", layout {layout}" if shape else ""


def jvp_arrays(
    name: str, problem: Problem, value: Nested, product: Nested, true: TrueNumbers | None = None
) -> list[Labelled]:
    """The value and J v."""
    shape = problem.output_shape
    label = "J v" if shape else f"d{name} along v"
    return [
        Labelled(name, value, shape, true=true and true.value),
        Labelled(label, product, shape, true=true and true.derivative),
    ]


def vjp_arrays(
    name: str, problem: Problem, value: Nested, products: Mapping[str, Nested], true: TrueNumbers | None = None
) -> list[Labelled]:
    """The value and u'J by each input."""
    return _by_input(name, "(u'J) by", problem, value, products, true)


def hvp_arrays(
    name: str, problem: Problem, value: Nested, products: Mapping[str, Nested], true: TrueNumbers | None = None
) -> list[Labelled]:
    """The value and H v by each input."""
    return _by_input(name, "(H v) by", problem, value, products, true)


def _by_input(
    name: str,
    label: str,
    problem: Problem,
    value: Nested,
    products: Mapping[str, Nested],
    true: TrueNumbers | None,
) -> list[Labelled]:
    return [
        Labelled(name, value, problem.output_shape, true=true and true.value),
        *(
            Labelled(f"{label} {by}", products[by], problem.input_shape(by), true=true and true.derivative.get(by))
            for by in problem.wrt
        ),
    ]


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
