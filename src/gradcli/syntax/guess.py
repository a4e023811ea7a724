"""Shapes for names that nobody gave one: what stands in matrix operations is a vector, in capitals a matrix.

The program is built with a symbol for each unknown dimension; where an operation does not accept its operands, their
dimensions are made equal. No operation is known here by name: a matrix operation is one that is not elementwise.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from itertools import count, pairwise

from gradcli.errors import GradcliError, Span
from gradcli.graph import Parameters
from gradcli.primitives.declare import Primitive
from gradcli.shapes import Dimension, Shape
from gradcli.syntax.build import Builder
from gradcli.syntax.operands import Operand
from gradcli.syntax.operators import DIVISIONS, MATRIX_PRODUCT, POWER, PRODUCT
from gradcli.syntax.program import Code, Instruction, Program

LETTERS = ("n", "m", "k", "l", "p", "q", "r", "s")
MOST_PASSES = 50
"""A pass finds the names that those of the pass before stand beside; a longer chain is no expression that one types."""
KNOWN = "#"
"""Begins the stand-in of a known dimension, so that meeting an unknown one is noticed."""


def default_shapes(program: Program, given: Mapping[str, Shape], square: Iterable[str] = ()) -> dict[str, Shape]:
    """A shape for every free name: the given ones, and guesses whose symbols agree with them and with each other.
    Those in `square` are square matrices."""
    unknown = [name for name in program.free_names if name not in given]
    squares = frozenset(square)
    solver = _Solver(program, given, unknown, set(), squares)
    for _ in range(MOST_PASSES):
        # An error is reported to whoever builds the program with these shapes.
        with suppress(GradcliError):
            solver.run()
        if not solver.outdated:
            break
        solver = _Solver(program, given, unknown, solver.shaped, squares)
    return {**given, **_named(solver, unknown, [*given.values()], program.free_names)}


def _rank(name: str, shaped: set[str]) -> int:
    if name not in shaped:
        return 0
    return 2 if name[0].isupper() else 1


def _axes(name: str, rank: int) -> Shape:
    return tuple(f"{name} {axis}" for axis in range(rank))


def _named(solver: _Solver, unknown: Sequence[str], given: Sequence[Shape], names: Iterable[str]) -> dict[str, Shape]:
    """Shapes with a letter for each class of equal dimensions."""
    taken = {d for shape in given for d in shape} | set(names)
    letters = (letter for letter in _letters() if letter not in taken)
    chosen: dict[Dimension, Dimension] = {}
    result: dict[str, Shape] = {}
    for name in unknown:
        dimensions = solver.plain(solver.shapes[name])
        for dimension in reversed(dimensions):
            if isinstance(dimension, str) and dimension in solver.fresh and dimension not in chosen:
                chosen[dimension] = next(letters)
        result[name] = tuple(chosen.get(d, d) for d in dimensions)
    return result


def _letters() -> Iterator[str]:
    yield from LETTERS
    yield from (f"n{k}" for k in count(1))


class _Solver(Builder):
    """Builds a program while it finds out which names have axes (`shaped`) and which dimensions are equal."""

    def __init__(
        self,
        program: Program,
        given: Mapping[str, Shape],
        unknown: Sequence[str],
        shaped: set[str],
        squares: frozenset[str],
    ) -> None:
        self.fresh: set[str] = set()
        shapes = dict(given)
        for name in unknown:
            shapes[name] = (f"{name} 0",) * 2 if name in squares else _axes(name, _rank(name, shaped))
            self.fresh.update(map(str, shapes[name]))
        super().__init__(program, shapes)
        self.shaped = set(shaped)
        self.known_at_start = len(shaped)
        self.unknown = frozenset(unknown)
        self.equal: dict[Dimension, Dimension] = {}
        self.seen: dict[int, int] = {}
        self.definitions: dict[str, tuple[int, int]] = {}
        self.capitals = [0]
        for instruction in program.instructions:
            is_capital = instruction.code is Code.NAME and instruction.value[0].isupper()
            self.capitals.append(self.capitals[-1] + is_capital)

    # Which names have axes

    def _mark(self, first: int, end: int) -> None:
        """The names in a range of instructions have axes. What was looked at before is skipped."""
        ranges = [(first, end)]
        while ranges:
            first, end = ranges.pop()
            position = first
            while position < end:
                if position in self.seen:
                    position = self.seen[position]
                    continue
                instruction = self.program.instructions[position]
                if instruction.code is Code.NAME:
                    if instruction.value in self.unknown:
                        self.shaped.add(instruction.value)
                    elif instruction.value in self.definitions:
                        ranges.append(self.definitions[instruction.value])
                position += 1
            self._hide(first, end)

    def _hide(self, first: int, end: int) -> None:
        self.seen[first] = max(end, self.seen.get(first, 0))

    def _has_capital(self, first: int, end: int) -> bool:
        return self.capitals[end] > self.capitals[first]

    def _binary(self, symbol: str, left: Operand, right: Operand, span: Span) -> int:
        is_juxtaposed = self.program.instructions[self.index].code is Code.JUXTAPOSE
        spans = ((left.first, right.first), (right.first, self.index))
        shaped = (bool(self.shape(left)), bool(self.shape(right)))
        capital = tuple(self._has_capital(*span) for span in spans)
        if symbol == POWER:
            self._hide(*spans[1])
        elif is_juxtaposed:
            self._juxtaposed(spans, shaped, capital)
        elif symbol == PRODUCT or symbol in DIVISIONS:
            for side in (0, 1):
                if capital[1 - side] and not capital[side] and not shaped[side]:
                    self._hide(*spans[side])
        elif symbol != MATRIX_PRODUCT and shaped[0] != shaped[1] and not self.outdated:
            self._mark(*spans[shaped[0]])
        return super()._binary(symbol, left, right, span)

    def _juxtaposed(
        self, spans: tuple[tuple[int, int], ...], shaped: tuple[bool, bool], capital: tuple[bool, ...]
    ) -> None:
        """`a x`: lower-case names before something are a factor; what follows something with axes has axes."""
        if shaped[0] and not shaped[1]:
            if not self.outdated:
                self._mark(*spans[1])
        elif shaped[1] and not shaped[0] and capital[0]:
            if not self.outdated:
                self._mark(*spans[0])
        elif not shaped[0] and not capital[0]:
            self._hide(*spans[0])

    @property
    def outdated(self) -> bool:
        """Whether a name was found to have axes, so that shapes inferred since then say nothing."""
        return len(self.shaped) > self.known_at_start

    def _list(self, instruction: Instruction) -> None:
        first = self.stack[-instruction.value].first
        super()._list(instruction)
        self._hide(first, self.index)

    def _assign(self, instruction: Instruction) -> None:
        self.definitions[instruction.value] = (self.stack[-1].first, self.index)
        super()._assign(instruction)

    # Which dimensions are equal

    def apply(
        self, primitive: Primitive, operands: list[Operand], parameters: Parameters, span: Span, sign: str = ""
    ) -> int:
        """The node, once the dimensions of its operands agree."""
        if not primitive.elementwise and self.program.instructions[self.index].code is not Code.LIST:
            self._mark(operands[0].first if operands else self.index, self.index)
        nodes = [self.node(operand) for operand in operands]
        if any(self.graph.shapes[node] for node in nodes):
            self._replace_shapes(nodes)
            self._reconcile(primitive, [self.graph.shapes[node] for node in nodes], parameters)
            self._replace_shapes(nodes)
        return super().apply(primitive, operands, parameters, span, sign)

    def _replace_shapes(self, nodes: Iterable[int]) -> None:
        for node in nodes:
            self.graph.shapes[node] = self.plain(self.graph.shapes[node])

    def plain(self, shape: Shape) -> Shape:
        """A shape in representatives of its dimensions, known ones as numbers."""
        found = [self._representative(d) for d in shape]
        return tuple(int(d[1:]) if isinstance(d, str) and d.startswith(KNOWN) else d for d in found)

    def _representative(self, dimension: Dimension) -> Dimension:
        while dimension in self.equal:
            dimension = self.equal[dimension]
        return dimension

    def _reconcile(self, primitive: Primitive, shapes: list[Shape], parameters: Parameters) -> None:
        """Make the dimensions equal that the operation wants equal: the fewest that let it accept its operands."""
        opaque = [tuple(d if isinstance(d, str) or d == 1 else f"{KNOWN}{d}" for d in shape) for shape in shapes]
        for pairs in _candidates(opaque):
            merged = self._merged(pairs)
            trial = [tuple(_follow(merged, d) for d in shape) for shape in opaque]
            try:
                if primitive.normalize is not None:
                    parameters = primitive.normalize(trial, *parameters)
                primitive.infer_shape(trial, parameters)
            except (GradcliError, TypeError, ValueError):
                continue
            self.equal.update(merged)
            return

    def _merged(self, pairs: Iterable[tuple[Dimension, Dimension]]) -> dict[Dimension, Dimension]:
        merged: dict[Dimension, Dimension] = {}
        for pair in pairs:
            a, b = (_follow(merged, d) for d in pair)
            if a != b and 1 not in (a, b):
                # A guessed symbol gives way to a given one, and any symbol to a number.
                a, b = sorted((a, b), key=lambda d: (d in self.fresh, not str(d).startswith(KNOWN)), reverse=True)
                merged[a] = b
        return {a: b for a, b in merged.items() if not str(a).startswith(KNOWN)}


def _follow(merged: Mapping[Dimension, Dimension], dimension: Dimension) -> Dimension:
    while dimension in merged:
        dimension = merged[dimension]
    return dimension


def _candidates(shapes: Sequence[Shape]) -> Iterator[list[tuple[Dimension, Dimension]]]:
    """Pairs of dimensions to make equal: none, those of a matrix product, those of a broadcast, all."""
    yield []
    if len(shapes) == 2 and all(shapes):
        left, right = shapes
        yield [(left[-1], right[-2] if len(right) > 1 else right[0])]
    yield [pair for shape in shapes[1:] for pair in zip(reversed(shapes[0]), reversed(shape), strict=False)]
    everything = [d for shape in shapes for d in shape]
    yield list(pairwise(everything))
