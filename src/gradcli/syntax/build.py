"""A program run on a stack of nodes: the computation graph, with shapes inferred on the way."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from gradcli.assumptions import Assumptions
from gradcli.errors import ExpressionError, GradcliError, NameProblem, ShapeError, Span
from gradcli.exact import Exact
from gradcli.graph import CONSTANT, Graph, Parameters
from gradcli.primitives.constructors import Random, constructors
from gradcli.primitives.declare import Primitive
from gradcli.primitives.registry import by_name, by_spelling
from gradcli.shapes import Shape
from gradcli.syntax import faults
from gradcli.syntax.constants import construct
from gradcli.syntax.folding import Folding
from gradcli.syntax.indices import compares, constant_indices, refuse_inputs, whole_numbers
from gradcli.syntax.operands import Operand, literal_list, number, ragged, word
from gradcli.syntax.operators import MATRIX_PRODUCT, POWER, PRODUCT, operators, own_power
from gradcli.syntax.program import CONSTANTS, EULER, Call, Code, Instruction, Program
from gradcli.syntax.readings import Readings, applied
from gradcli.syntax.signatures import bind, constant_mend, parameter_fits, parameter_text


@dataclass(frozen=True)
class Built:
    """The graph of a text. `inferred`: something was read into it that is not written."""

    graph: Graph
    outputs: tuple[int, ...]
    free: tuple[str, ...]
    notes: tuple[str, ...]
    inferred: bool
    source: str


def build(
    program: Program,
    shapes: Mapping[str, Shape],
    random: Random | None = None,
    assumptions: Assumptions | None = None,
) -> Built:
    """The graph of a program whose free names have the given shapes. Raises GradcliError.

    `random` is what `randn` and `rand` draw from (None: seed 0); `assumptions` are the properties of free names.
    """
    return Builder(program, shapes, random, assumptions).run()


class Builder:
    """Runs a program's instructions, each a method, on a stack of operands."""

    def __init__(
        self,
        program: Program,
        shapes: Mapping[str, Shape],
        random: Random | None = None,
        assumptions: Assumptions | None = None,
    ) -> None:
        self.program = program
        self.assumptions = assumptions or {}
        self.source = program.source
        self.shapes = shapes
        self.random = random or Random()
        self.graph = Graph()
        self.folding = Folding(self.graph)
        self.stack: list[Operand] = []
        self.assigned: dict[str, Operand] = {}
        self.unused: dict[str, None] = {}
        self.outputs: list[int] = []
        self.free: dict[str, None] = {}
        self.readings = Readings(program.source, program.notes)
        self.inferred = False
        self.index = 0

    def run(self) -> Built:
        """The graph."""
        steps: dict[Code, Callable[[Instruction], None]] = {
            Code.NUMBER: self._number,
            Code.NAME: self._name,
            Code.WORD: self._word,
            Code.INFIX: self._infix,
            Code.JUXTAPOSE: self._juxtapose,
            Code.PREFIX: self._prefix,
            Code.BUILTIN: self._builtin,
            Code.CALL: self._call,
            Code.LIST: self._list,
            Code.INDEX: self._index,
            Code.GROUP: self._group,
            Code.ASSIGN: self._assign,
            Code.RESULT: self._result,
        }
        instructions = self.program.instructions
        for self.index, instruction in enumerate(instructions):
            try:
                steps[instruction.code](instruction)
            except GradcliError as error:
                error.span = error.span or instruction.span
                raise error.with_source(self.source) from None
        last = instructions[-1]
        if last.code is Code.ASSIGN:
            self.outputs.append(self.node(self.assigned[last.value]))
            self.unused.pop(last.value, None)
        notes = self.readings.notes(list(self.unused), self.random)
        return Built(self.graph, tuple(self.outputs), tuple(self.free), notes, self.inferred, self.source)

    # Operands

    def node(self, operand: Operand) -> int:
        """The node of an operand; a literal becomes a constant."""
        if operand.node is None:
            literal = operand.literal
            assert literal is not None
            if literal.fault is not None:
                raise literal.fault
            operand.node = self.graph.constant(literal.array if literal.shape else literal.value, literal.shape)
            self.graph.spans.setdefault(operand.node, operand.span)
        return operand.node

    def shape(self, operand: Operand) -> Shape:
        """The shape of an operand."""
        return self.graph.shapes[self.node(operand)]

    def constant(self, operand: Operand) -> int | float | None:
        """The value of a constant scalar operand, else None."""
        literal = operand.literal
        if literal is None:
            return self.folding.value(self.node(operand))
        return literal.value if literal.fault is None and not literal.shape else None

    def text(self, operand: Operand) -> str:
        """The operand as the user wrote it."""
        return self.source[operand.span.start : operand.span.end]

    def _pop(self, count: int) -> list[Operand]:
        if not count:
            return []
        operands = self.stack[-count:]
        del self.stack[-count:]
        return operands

    def _push(self, node: int, span: Span, operands: list[Operand], symbol: str = "") -> None:
        self.stack.append(Operand(span, node, None, symbol, operands[0].first if operands else self.index))

    # Applying primitives

    def apply(
        self, primitive: Primitive, operands: list[Operand], parameters: Parameters, span: Span, sign: str = ""
    ) -> int:
        """The node of a primitive on operands; `sign` is the infix symbol that wrote it."""
        arguments = tuple([self.node(operand) for operand in operands])
        simpler = self._under_assumption(primitive, arguments) if self.assumptions else None
        if simpler is not None:
            return simpler
        try:
            if primitive.normalize is not None:
                shapes = [self.graph.shapes[a] for a in arguments]
                parameters = _normalized(primitive, shapes, parameters)
            node = self.graph.apply(primitive, arguments, parameters)
        except ShapeError as error:
            shapes = [self.graph.shapes[a] for a in arguments]
            written = [(self.text(operand), bool(operand.symbol)) for operand in operands]
            raise faults.shapes(error, primitive, shapes, written, parameters, sign) from None
        self.graph.spans.setdefault(node, span)
        return node

    def _under_assumption(self, primitive: Primitive, arguments: tuple[int, ...]) -> int | None:
        """What an application to an assumed input is, if its declaration says. The input is then held: off the matrices
        of that property it would be something else, so that its entries cannot be moved one by one."""
        for name, properties in self.assumptions.items():
            usable = [p for p in properties if p in primitive.under]
            if usable and arguments == (self.graph.inputs.get(name),):
                self.graph.held.add(name)
                self.readings.assumption(primitive, name, self.shapes[name], usable[0])
                return applied(primitive.under[usable[0]], self.graph, arguments[0])
        return None

    def _parameter(self, primitive: Primitive, name: str, operand: Operand) -> Any:
        value = operand.literal.value if operand.literal is not None else self.constant(operand)
        if value is None and operand.literal is None:
            raise ExpressionError(
                f"the parameter '{name}' of {primitive.name} must be a constant",
                span=operand.span,
                hint=constant_mend(primitive),
            )
        if isinstance(value, float) and not isinstance(value, Exact) and value.is_integer() and not operand.literal:
            value = int(value)
        if not parameter_fits(primitive, name, value):
            default = parameter_text(primitive.parameters[name])
            raise ExpressionError(
                f"the parameter '{name}' of {primitive.name} cannot be {self.text(operand)}",
                span=operand.span,
                hint=f"without it, {name}={default}",
            )
        return value

    # Instructions

    def _number(self, instruction: Instruction) -> None:
        self.stack.append(Operand(instruction.span, None, number(instruction.value), "", self.index))

    def _word(self, instruction: Instruction) -> None:
        literal = word(instruction.value, instruction.span, self.source)
        self.stack.append(Operand(instruction.span, None, literal, "", self.index))

    def _name(self, instruction: Instruction) -> None:
        name = instruction.value
        symbol = ""
        literal = None
        if name in self.assigned:
            operand = self.assigned[name]
            self.unused.pop(name, None)
            node, literal = operand.node, operand.literal
        elif name in self.shapes:
            node = self.graph.input(name, self.shapes[name])
            self.graph.spans.setdefault(node, instruction.span)
            self.free[name] = None
        elif name in CONSTANTS:
            node = self.graph.constant(CONSTANTS[name])
            symbol = name if name == EULER else ""
        else:
            known = [*self.shapes, *self.assigned]
            raise faults.unbound(name, known, self.program.free_names, self.program.mends.get(name))
        self.stack.append(Operand(instruction.span, node, literal, symbol, self.index))

    def _infix(self, instruction: Instruction) -> None:
        left, right = self._pop(2)
        symbol = instruction.value
        span = Span(left.span.start, max(right.span.end, instruction.span.end))
        node = self._binary(symbol, left, right, instruction.span)
        self._push(node, span, [left], symbol)

    def _binary(self, symbol: str, left: Operand, right: Operand, span: Span) -> int:
        if symbol == POWER and left.symbol == EULER:
            # e is a rounded constant, exp is exact.
            return self.apply(by_name()["exp"], [right], (), span, symbol)
        for primitive in operators().infix[symbol]:
            if len(primitive.arguments) > 1:
                return self.apply(primitive, [left, right], primitive.bind_parameters({}), span, symbol)
            exponent = self._exponent(right)
            if exponent is not None:
                self.readings.matrix_power(left, right, self.shape(left), exponent, span)
                own = self._own_power(left, exponent)
                node = self.apply(primitive, [left], (exponent,), span, symbol) if own is None else own
                self.graph.spans.setdefault(node, span)
                return node
        raise ExpressionError(f"the right side of '{symbol}' must be a constant", span=right.span)

    def _own_power(self, base: Operand, exponent: int | float) -> int | None:
        """A power that its base declares a primitive for (a squared norm), unless the user gave the base a name."""
        node = self.node(base)
        operation = self.graph.operations[node]
        if not isinstance(operation, Primitive) or node in self.graph.names:
            return None
        own = own_power(operation, self.graph.parameters[node], exponent)
        return None if own is None else self.graph.apply(own[0], self.graph.arguments[node], own[1])

    def _exponent(self, operand: Operand) -> int | float | None:
        return self.folding.exponent(self.node(operand)) if operand.literal is None else self.constant(operand)

    def _juxtapose(self, instruction: Instruction) -> None:
        left, right = self._pop(2)
        span = Span(left.span.start, right.span.end)
        self.inferred = True
        matrices = bool(self.shape(left)) and bool(self.shape(right))
        symbol = MATRIX_PRODUCT if matrices else PRODUCT
        node = self._binary(symbol, left, right, instruction.span)
        if matrices:
            self.readings.matrix_product(left, right, span)
        else:
            self.readings.product(left, right, span, touches=instruction.value)
        self._push(node, span, [left], symbol)

    def _prefix(self, instruction: Instruction) -> None:
        (operand,) = self._pop(1)
        primitive = operators().prefix[instruction.value]
        node = self.apply(primitive, [operand], primitive.bind_parameters({}), instruction.span)
        self._push(node, Span(instruction.span.start, operand.span.end), [operand], instruction.value)

    def _builtin(self, instruction: Instruction) -> None:
        name, count = instruction.value
        operands = self._pop(count)
        primitive = by_name()[name]
        node = self.apply(primitive, operands, primitive.bind_parameters({}), instruction.span)
        ends = [*(operand.span for operand in operands), instruction.span]
        span = instruction.extent or Span(min(s.start for s in ends), max(s.end for s in ends))
        self._push(node, span, operands)

    def _call(self, instruction: Instruction) -> None:
        call: Call = instruction.value
        operands = self._pop(call.positional + len(call.keywords))
        if call.name in constructors():
            literal = construct(constructors()[call.name], call, operands, self.random, self.constant, self.shape)
            first = operands[0].first if operands else self.index
            self.stack.append(Operand(instruction.extent or instruction.span, None, literal, "", first))
            return
        bound = bind(by_spelling()[call.name], call, operands)
        primitive = bound.primitive
        given = {name: self._parameter(primitive, name, operand) for name, operand in bound.parameters.items()}
        node = self.apply(primitive, bound.arguments, primitive.bind_parameters(given), instruction.span)
        self._push(node, instruction.extent or instruction.span, operands)

    def _list(self, instruction: Instruction) -> None:
        items = self._pop(instruction.value)
        literals = [item.literal for item in items if item.literal is not None]
        if len(literals) == len(items):
            literal = literal_list(items, literals, self.source)
            self.stack.append(Operand(instruction.span, None, literal, "", items[0].first))
            return
        fault = ragged(items, [self.shape(item) for item in items], self.source)
        if fault is not None:
            raise fault
        primitive = by_name()["stack"]
        node = self.apply(primitive, items, primitive.bind_parameters({}), instruction.span)
        self._push(node, instruction.span, items)

    def _index(self, instruction: Instruction) -> None:
        written = sum(1 if item is None else sum(item) for item in instruction.value)
        base, *indices = self._pop(written + 1)
        remaining = iter(indices)
        spec = tuple(
            self._item(next(remaining), base)
            if item is None
            else tuple(self._whole(next(remaining)) if part else None for part in item)
            for item in instruction.value
        )
        primitive = by_name()["index"]
        node = self.apply(primitive, [base], (spec,), instruction.span)
        self._push(node, Span(base.span.start, instruction.span.end), [base])

    def _item(self, operand: Operand, base: Operand) -> Any:
        """An index that is no slice: a number, or a list or a mask of constants."""
        literal = operand.literal
        if literal is not None and isinstance(literal.value, tuple):
            return (whole_numbers(literal.value),)
        node = self.node(operand) if literal is None else None
        if node is not None and (self.graph.shapes[node] or compares(self.graph, node)):
            try:
                refuse_inputs(self.graph, node, self.text(operand), self.text(base))
                return (constant_indices(self.graph, node),) if self.graph.shapes[node] else self._whole(operand)
            except ShapeError as error:
                error.span = operand.span
                raise
        return self._whole(operand)

    def _whole(self, operand: Operand) -> int:
        value = self.constant(operand)
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        if not isinstance(value, int):
            raise ShapeError(
                f"an index must be a constant whole number, not {self.text(operand)}",
                span=operand.span,
                hint="indices count from 0, negative ones from the end",
            )
        return value

    def _group(self, instruction: Instruction) -> None:
        operand = self.stack[-1]
        symbol = operand.symbol if operand.symbol == EULER else ""
        self.stack[-1] = Operand(instruction.span, operand.node, operand.literal, symbol, operand.first)

    def _assign(self, instruction: Instruction) -> None:
        operand = self.stack.pop()
        name = instruction.value
        if name in self.shapes:
            raise NameProblem(
                f"'{name}' has a value from outside and is assigned here",
                span=instruction.span,
                hint="rename one of the two, or drop the binding",
            )
        node = self.node(operand)
        self.assigned[name] = operand
        self.unused[name] = None
        # A number is shared with every equal number, which would all be shown by the name.
        if self.graph.operations[node] is not CONSTANT or self.graph.shapes[node]:
            self.graph.names.setdefault(node, name)

    def _result(self, instruction: Instruction) -> None:
        self.outputs.append(self.node(self.stack.pop()))


def _normalized(primitive: Primitive, shapes: list[Shape], parameters: Parameters) -> Parameters:
    assert primitive.normalize is not None
    try:
        return primitive.normalize(shapes, *parameters)
    except (TypeError, ValueError):
        # Lists of the wrong kind of item, as in sum(x, axis=["a"]), are found where they are used.
        written = ", ".join(f"{n}={parameter_text(v)}" for n, v in zip(primitive.parameters, parameters, strict=True))
        raise ShapeError(f"{primitive.name} cannot use {written}") from None
