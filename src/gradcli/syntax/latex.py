r"""A graph as LaTeX: fractions, roots, subscripts, \ln and \sin, transposes, norms, matrices."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from functools import cache
from typing import Any

from gradcli.exact import Exact, spelt_out
from gradcli.graph import CONSTANT, Graph
from gradcli.primitives.declare import Primitive
from gradcli.shapes import Shape
from gradcli.syntax.operators import POWER, PRODUCT, operators
from gradcli.syntax.printer import (
    ATOM,
    Part,
    Printer,
    Slot,
    element_text,
    elements,
    given_parameters,
    plan,
)
from gradcli.syntax.program import CONSTANTS, is_constant
from gradcli.syntax.signatures import parameter_text
from gradcli.syntax.text import index_text

COMMANDS = "arccos arcsin arctan cos cosh cot coth csc det exp ln log max min sec sin sinh tan tanh"
"""Functions that LaTeX itself has a command for."""
GREEK = (
    "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi pi rho sigma tau upsilon phi chi psi "
    "omega Gamma Delta Theta Lambda Xi Pi Sigma Upsilon Phi Psi Omega"
)
SYMBOLS = {"e": r"\mathrm{e}", "pi": r"\pi"}
DIGITS = "0123456789"


def expression_latex(graph: Graph, outputs: Sequence[int]) -> str:
    """The outputs; where nodes are named or shared, aligned equations that end with the outputs."""
    statements, names = plan(graph, outputs)
    printer = LatexPrinter(graph, names)
    rows = []
    for statement in statements:
        if statement.name is not None:
            rows.append(f"{name_latex(statement.name)} &= {printer.write(statement.node)}")
        elif statement.node in names:
            rows.append(f"& {name_latex(names[statement.node])}")
        else:
            rows.append(f"& {printer.write(statement.node)}")
    if len(rows) == 1:
        return rows[0].removeprefix("& ").replace(" &= ", " = ", 1)
    return "\\begin{aligned}\n" + " \\\\\n".join(rows) + "\n\\end{aligned}"


def name_latex(name: str) -> str:
    r"""A variable: x_1 as x_{1}, alpha as \alpha, longer words upright."""
    stem, _, index = name.strip("_").partition("_")
    if not index:
        stem, index = stem.rstrip(DIGITS), stem[len(stem.rstrip(DIGITS)) :]
    if not stem:
        return rf"\mathrm{{{_escaped(name)}}}"
    body = rf"\{stem}" if stem in GREEK.split() else stem if len(stem) == 1 else rf"\mathrm{{{_escaped(stem)}}}"
    if not index:
        return body
    return (
        rf"{body}_{{{index}}}" if index.isdecimal() or len(index) == 1 else rf"{body}_{{\mathrm{{{_escaped(index)}}}}}"
    )


def _escaped(text: str) -> str:
    return text.replace("_", r"\_")


class LatexPrinter(Printer):
    """Writes LaTeX for math mode."""

    brackets = (r"\left(", r"\right)")

    def name(self, name: str) -> str:
        """A variable."""
        return name_latex(name)

    def precedence(self, node: int) -> int:
        """A fraction needs brackets only as the base of a power, a number times a power of ten like a product."""
        operation = self.graph.operations[node]
        if isinstance(operation, Primitive):
            notation = operation.notation
            if notation.encloses:
                return operators().precedence[POWER] - 1 if notation.infix else ATOM
            if notation.latex and not notation.infix and not notation.prefix:
                # An open operand as in \sum x, or a second superscript on A^\top, would be misread.
                return operators().precedence["+" if _ends_with_operand(notation.latex) else POWER]
        if operation is CONSTANT and not self.graph.shapes[node] and "e" in repr(self.graph.parameters[node][0]):
            return operators().precedence[PRODUCT]
        return super().precedence(node)

    def is_infix(self, node: int) -> bool:
        """A fraction encloses its operands."""
        operation = self.graph.operations[node]
        return super().is_infix(node) and isinstance(operation, Primitive) and not operation.notation.encloses

    def constant(self, slot: Slot) -> list[Part]:
        """A number or a matrix of them."""
        value, shape = self.graph.parameters[slot.node][0], self.graph.shapes[slot.node]
        if shape:
            return [array_latex(value, shape)]
        for name, number in CONSTANTS.items():
            if is_constant(value, number) and name not in self.taken:
                return [SYMBOLS[name]]
        return [scalar_latex(value)]

    def operation(self, slot: Slot) -> list[Part]:
        """By the declared template, else as an infix operator, a prefix or a call."""
        graph, node = self.graph, slot.node
        primitive = graph.operations[node]
        assert isinstance(primitive, Primitive)
        arguments, parameters = graph.arguments[node], graph.parameters[node]
        notation = primitive.notation
        if primitive.variadic:
            return self._column(primitive, arguments, parameters)
        if notation.latex and not self._states_parameters(primitive, node):
            return self._filled(primitive, arguments, parameters)
        if notation.infix:
            left = Slot(arguments[0], self.left_precedence(primitive))
            right = Slot(arguments[1], self.right_precedence(primitive), after_operator=True)
            sign = rf"\mathbin{{\mathrm{{{notation.infix}}}}}" if notation.infix.isalpha() else notation.infix
            return [left, f" {sign} ", right]
        if notation.prefix:
            sign = rf"\mathrm{{{notation.prefix}}}\," if notation.prefix.isalpha() else notation.prefix
            return [sign, Slot(arguments[0], notation.precedence, after_operator=True)]
        return self._call(primitive, arguments, parameters)

    def _states_parameters(self, primitive: Primitive, node: int) -> bool:
        r"""Whether a parameter has no place in the template, as the axis of \sum."""
        graph = self.graph
        places = [part for part in _template(primitive.notation.latex) if isinstance(part, int)]
        if places and max(places) >= len(primitive.arguments):
            return False
        shapes = [graph.shapes[a] for a in graph.arguments[node]]
        return bool(given_parameters(primitive, shapes, graph.parameters[node]))

    def _filled(self, primitive: Primitive, arguments: Sequence[int], parameters: Sequence[Any]) -> list[Part]:
        parts: list[Part] = []
        for part in _template(primitive.notation.latex):
            if isinstance(part, str):
                parts.append(part)
            elif part < len(arguments):
                parts.append(self._operand(primitive, arguments[part], part))
            else:
                value = parameters[part - len(arguments)]
                parts.append(index_text(value)[1:-1] if isinstance(value, tuple) else parameter_latex(value))
        return parts

    def _operand(self, primitive: Primitive, node: int, place: int) -> Slot:
        notation = primitive.notation
        if notation.encloses or (notation.infix == POWER and place):
            return Slot(node)
        if not notation.infix:
            return Slot(node, ATOM)
        if place:
            return Slot(node, self.right_precedence(primitive), after_operator=True)
        return Slot(node, self.left_precedence(primitive))

    def _column(self, primitive: Primitive, arguments: Sequence[int], parameters: tuple[Any, ...]) -> list[Part]:
        if any(self.graph.shapes[a] for a in arguments) or any(parameters):
            return self._call(primitive, arguments, parameters)
        return [r"\begin{pmatrix} ", *_joined([Slot(a) for a in arguments], r" \\ "), r" \end{pmatrix}"]

    def _call(self, primitive: Primitive, arguments: Sequence[int], parameters: tuple[Any, ...]) -> list[Part]:
        spelling = primitive.spellings[0] if primitive.spellings else primitive.name
        command = rf"\{spelling}" if spelling in COMMANDS.split() else rf"\operatorname{{{_escaped(spelling)}}}"
        inside: list[Part] = [Slot(a) for a in arguments]
        shapes = [self.graph.shapes[a] for a in arguments]
        for name, value in given_parameters(primitive, shapes, parameters).items():
            inside.append(rf"\mathrm{{{_escaped(name)}}}={parameter_latex(value)}")
        return [command + r"\left(", *_joined(inside, ", "), r"\right)"]


def _joined(parts: list[Part], separator: str) -> list[Part]:
    joined: list[Part] = []
    for part in parts:
        joined += [separator, part]
    return joined[1:]


@cache
def _template(latex: str) -> tuple[str | int, ...]:
    """A declared template as literal text and numbers of operands; a doubled brace is one."""
    parts: list[str | int] = []
    end = 0
    for match in re.finditer(r"\{\{|\}\}|\{(\d)\}", latex):
        parts.append(latex[end : match.start()])
        parts.append(int(match[1]) if match[1] else match[0][0])
        end = match.end()
    parts.append(latex[end:])
    return tuple(part for part in parts if part != "")


def _ends_with_operand(latex: str) -> bool:
    r"""Whether the operand stands open at the end, as in \sum x."""
    return isinstance(_template(latex)[-1], int)


def scalar_latex(value: int | float) -> str:
    """A number; a fraction stays one."""
    if isinstance(value, Exact):
        if spelt_out(value.source) and "/" in value.source:
            top, bottom = value.source.lstrip("-").split("/")
            return rf"{'-' if value < 0 else ''}\frac{{{top}}}{{{bottom}}}"
        if value.source in SYMBOLS:
            return SYMBOLS[value.source]
    return number_latex(repr(value))


def number_latex(written: str) -> str:
    """A number; an exponent as a power of ten."""
    mantissa, _, exponent = written.partition("e")
    return rf"{mantissa} \cdot 10^{{{int(exponent)}}}" if exponent else mantissa


def parameter_latex(value: Any) -> str:
    """A parameter: an exponent, an axis, a shape."""
    if isinstance(value, bool) or value is None:
        return rf"\mathrm{{{str(value).lower()}}}"
    if isinstance(value, int | float):
        return r"\infty" if value == math.inf else scalar_latex(value)
    return rf"\mathtt{{{_escaped(parameter_text(value))}}}" if isinstance(value, str) else parameter_text(value)


def array_latex(value: Any, shape: Shape) -> str:
    """A column for a vector, a matrix, and nested brackets for more axes."""
    rows = [number_latex(element_text(float(item))) for item in elements(value, shape)]
    if len(shape) == 1:
        return r"\begin{pmatrix} " + r" \\ ".join(rows) + r" \end{pmatrix}"
    width = shape[-1]
    assert isinstance(width, int)
    rows = [" & ".join(rows[k : k + width]) for k in range(0, len(rows), max(width, 1))]
    height = shape[-2]
    assert isinstance(height, int)
    count = max(height, 1)
    blocks = [
        r"\begin{pmatrix} " + r" \\ ".join(rows[k : k + count]) + r" \end{pmatrix}" for k in range(0, len(rows), count)
    ]
    for dimension in reversed(shape[:-2]):
        assert isinstance(dimension, int)
        step = max(dimension, 1)
        blocks = [rf"\left[{', '.join(blocks[k : k + step])}\right]" for k in range(0, len(blocks), step)]
    return blocks[0] if blocks else r"\left[\right]"
