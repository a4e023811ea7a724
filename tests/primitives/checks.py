"""What every primitive must satisfy, as functions that raise AssertionError.

test_registry runs them on every declared sample; test_mutations runs them on broken rules and expects them to fail.
Tolerances are units of roundoff of the value and of its condition (see `exact.Truth`), never a fixed number.
"""

from __future__ import annotations

import math
import random
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import mpmath
import numpy as np
import torch

from gradcli.carriers.balls import Balls
from gradcli.carriers.base import Carrier
from gradcli.carriers.floats import Floats
from gradcli.carriers.nodes import Node, Nodes
from gradcli.carriers.tape import Tape, evaluate, tape_of_nodes
from gradcli.carriers.tensors import Tensors
from gradcli.errors import Unstated
from gradcli.graph import Graph
from gradcli.methods.base import flatten, unflatten
from gradcli.methods.enclosures import flat, working
from gradcli.methods.forward import push
from gradcli.methods.reverse import pull
from gradcli.primitives.declare import Elementwise, Linear, Primitive
from gradcli.primitives.registry import resolve
from tests.primitives.exact import BY_MPMATH, DIGITS, Truth

FLOATS, TENSORS = Floats(), Tensors("cpu")
ROUNDOFF = {"float64": 2.0**-53, "float32": 2.0**-24}
UNDERFLOW = {"float64": 2.0**-1022, "float32": 2.0**-126}
VALUE_ULPS = 8
"""Allowed error of a value: the libraries promise a few units of roundoff, of the value and of its condition."""
FIRST_ULPS = 16
"""Of a first derivative: a rule is a handful of operations, each with such an error."""
SECOND_ULPS = 64
"""Of a second derivative: the derivative of that handful, summed over the paths."""
ENCLOSURE_BITS = 200
"""Precision of balls, in which the 150 digits of the truth are good for 38."""


@dataclass
class Case:
    """One primitive at one point."""

    primitive: Primitive
    arguments: tuple[Any, ...]
    parameters: tuple[Any, ...]
    label: str
    digits: int = DIGITS

    def __post_init__(self) -> None:
        self.graph = Graph()
        m = Nodes(self.graph)
        self.sources = [self.graph.input(f"a{k}", a.shape) for k, a in enumerate(self.arguments)]
        operands = tuple(Node(m, source) for source in self.sources)
        self.output: int = m.apply(self.primitive, operands, self.parameters).id
        # A neutral element may have been dropped; here the application itself is wanted.
        assert self.graph.operations[self.output] is self.primitive
        self.parameters = self.graph.parameters[self.output]

    @cached_property
    def truth(self) -> Truth:
        return Truth(self.primitive, self.arguments, self.parameters, self.digits)

    @property
    def scalar(self) -> bool:
        return all(a.shape == () for a in self.arguments) and self.graph.shapes[self.output] == ()

    def carriers(self) -> list[Carrier]:
        """Those that can hold the case."""
        return [FLOATS, TENSORS] if self.scalar and self.primitive.elementwise else [TENSORS]

    def values(self, carrier: Carrier) -> dict[int, Any]:
        """The arguments on a carrier, by node."""
        return {
            source: carrier.point(nested(a), a.shape) for source, a in zip(self.sources, self.arguments, strict=True)
        }

    def tape(self, carrier: Carrier) -> Tape:
        """The case evaluated."""
        return evaluate(self.graph, [self.output], carrier, self.values(carrier))

    @property
    def output_size(self) -> int:
        return math.prod(self.graph.shapes[self.output])


def nested(array: Any) -> Any:
    """An array as nested tuples, as a graph holds it."""
    return unflatten([float(x) for x in array.ravel()], array.shape)


def split_sample(primitive: Primitive, sample: tuple[Any, ...]) -> tuple[tuple[Any, ...], tuple[Any, ...]]:
    """A declared sample as arguments (arrays) and parameters. A mistake in it is named as one of the declaration."""
    name, most = primitive.name, len(primitive.arguments) + len(primitive.parameters)
    assert isinstance(sample, tuple), f"{name}: sample {sample!r} is no tuple of arguments; write samples=((0.3,),)"
    # A variadic primitive has no fixed number of arguments, so its samples give every parameter.
    count = len(sample) - len(primitive.parameters) if primitive.variadic else len(primitive.arguments)
    assert primitive.variadic or count <= len(sample) <= most, (
        f"{name}: sample {sample} gives {len(sample)} of {count} arguments and {len(primitive.parameters)} parameters; "
        "a vector is a tuple of its own: samples=(((1.0, 2.0),),)"
    )
    given = dict(zip(primitive.parameters, sample[count:], strict=False))
    try:
        arguments = tuple(np.array(a, dtype=float) for a in sample[:count])
    except (ValueError, TypeError, OverflowError) as error:
        raise AssertionError(f"{name}: sample {sample} holds an argument that is no array of floats: {error}") from None
    return arguments, primitive.bind_parameters(given)


def sample_count(primitive: Primitive) -> int:
    """How many samples there are; a declaration without any, or with no tuple of them, fails at the first."""
    return max(1, len(primitive.samples)) if isinstance(primitive.samples, tuple) else 1


def sample(primitive: Primitive, number: int) -> tuple[tuple[Any, ...], tuple[Any, ...]]:
    """A sample by its number, as arguments and parameters."""
    assert isinstance(primitive.samples, tuple), f"{primitive.name}: samples is a tuple of tuples: ((0.3,), (2.0,))"
    assert primitive.samples, f"{primitive.name}: no sample points"
    arguments, parameters = split_sample(primitive, primitive.samples[number])
    assert not primitive.elementwise or all(a.shape == () for a in arguments), (
        f"{primitive.name}: sample {number} of an elementwise operation holds an array; an operation on a whole array "
        "declares shape="
    )
    return arguments, parameters


def sample_case(primitive: Primitive, number: int) -> Case:
    """A sample as it is declared."""
    return Case(primitive, *sample(primitive, number), f"sample {number}")


def sample_cases(primitive: Primitive) -> Iterator[Case]:
    """Every declared sample as it is."""
    for number in range(sample_count(primitive)):
        yield sample_case(primitive, number)


def shaped_case(primitive: Primitive, number: int, name: str) -> Case:
    """A sample of an elementwise primitive in other shapes, by their name in `elementwise_shapes`."""
    arguments, parameters = sample(primitive, number)
    shapes = dict(elementwise_shapes(len(arguments)))[name]
    shaped = tuple(spread(a, shape) for a, shape in zip(arguments, shapes, strict=True))
    return Case(primitive, shaped, parameters, f"sample {number} {name}")


def elementwise_shapes(count: int) -> list[tuple[str, list[tuple[int, ...]]]]:
    """Shapes to try an elementwise primitive on: alike, and broadcast against one another."""
    alike = [("vector", [(3,)] * count), ("matrix", [(2, 2)] * count)]
    if count == 1:
        return alike
    pairs: list[tuple[str, list[tuple[int, ...]]]] = [
        ("vector with scalars", [(2,), *[()] * (count - 1)]),
        ("scalar with vectors", [(), *[(2,)] * (count - 1)]),
        ("column with rows", [(2, 1), *[(2,)] * (count - 1)]),
        ("row with columns", [(1, 2), *[(2, 1)] * (count - 1)]),
    ]
    return alike + pairs


def spread(number: Any, shape: tuple[int, ...]) -> Any:
    """An array of slightly different numbers: each closer to 0, so that they stay in the domain of the sample."""
    count = math.prod(shape)
    return np.array([float(number) * (1 - k / 64) for k in range(count)]).reshape(shape)


# What is checked.


def check_value(case: Case) -> None:
    """The primal on every carrier, against 150 digits."""
    exact, scale = case.truth.derivative(0)
    for carrier in case.carriers():
        found = flatten(carrier.nested(case.tape(carrier).values[case.output]))
        assert_close(np.array(found), exact, scale, VALUE_ULPS, f"{case.label}: value on {carrier.name}")


def check_first_order(case: Case) -> None:
    """Forward = reverse = truth on every carrier; tensors take all directions as one batched block."""
    exact, scale = case.truth.derivative(1)
    for carrier in case.carriers():
        for mode, jacobian in (("forward", forward_jacobian), ("reverse", reverse_jacobian)):
            found = jacobian(case, case.tape(carrier))
            assert_close(found, exact, scale, FIRST_ULPS, f"{case.label}: {mode} on {carrier.name}")


def check_dot_product(case: Case) -> None:
    """<u, J t> = <J'u, t> for random t and u, sweep by sweep (no block of directions)."""
    numbers = random.Random(case.label + case.primitive.name)
    _, scale = case.truth.derivative(1)
    for carrier in case.carriers():
        tape = case.tape(carrier)
        tangents = {s: random_like(numbers, case.graph.shapes[s]) for s in case.sources}
        cotangent = random_like(numbers, case.graph.shapes[case.output])
        pushed = push(tape, {s: on(carrier, t) for s, t in tangents.items()})[case.output]
        pulled = pull(tape, {case.output: on(carrier, cotangent)}, case.sources)
        left = 0.0 if pushed is None else float(np.sum(cotangent * np.array(carrier.nested(pushed))))
        right = sum(
            float(np.sum(t * np.array(carrier.nested(pulled[s])))) for s, t in tangents.items() if pulled[s] is not None
        )
        flat = np.concatenate([np.ravel(t) for t in tangents.values()])
        size = float(np.abs(cotangent.ravel()) @ scale.astype(float) @ np.abs(flat))
        allowed = FIRST_ULPS * ROUNDOFF["float64"] * size * max(1, flat.size) + UNDERFLOW["float64"]
        assert abs(left - right) <= allowed, f"{case.label}: <u, Jt> = {left}, <J'u, t> = {right} on {carrier.name}"


def check_nodes(case: Case) -> None:
    """The derivative as a graph, evaluated on every carrier, is what the sweeps over values give."""
    exact, scale = case.truth.derivative(1)
    for mode, emit in (("forward", emitted_tangent), ("reverse", emitted_adjoint)):
        graph, inputs, results = emit(case)
        for carrier in case.carriers():
            found = evaluated_directions(case, graph, inputs, results, carrier, mode)
            assert_close(found, exact, scale, FIRST_ULPS, f"{case.label}: {mode} graph on {carrier.name}")


def check_second_order(case: Case) -> None:
    """The derivative graph differentiated again, by both sweeps, against 150 digits and torch's double backward."""
    if case.primitive.locally_constant or not is_curved(case):
        return
    exact, scale = case.truth.derivative(2)
    if np.max(scale) < LINEAR * np.max(case.truth.derivative(1)[1]):
        exact, scale = 0 * exact, 0 * scale
    numbers = random.Random(case.label)
    u = random_like(numbers, case.graph.shapes[case.output])
    ts = [random_like(numbers, case.graph.shapes[s]) for s in case.sources]
    weights = np.multiply.outer(u.ravel(), np.concatenate([t.ravel() for t in ts]))
    with mpmath.workdps(DIGITS):
        wanted = np.einsum("oi,oij->j", weights.astype(object), exact, optimize=False)
        size = np.einsum("oi,oij->j", np.abs(weights).astype(object), scale, optimize=False)
    modes = (("reverse over reverse", pulled_twice), ("forward over reverse", pushed_after_pull))
    with working(ENCLOSURE_BITS) as balls:
        for carrier in [*case.carriers(), balls]:
            allowed = 2 if carrier is balls else SECOND_ULPS
            for mode, second in modes:
                found = second(case, carrier, u, ts)
                assert_close(found, wanted, size, allowed, f"{case.label}: {mode} on {carrier.name}")
    if case.primitive.name in TORCH_IS_SLOW:
        return
    allowed = TORCH_UNITS.get(case.primitive.name, SECOND_ULPS)
    assert_close(torch_double_backward(case, u, ts), wanted, size, allowed, f"{case.label}: torch's double backward")


TORCH_UNITS = {
    "tanh": math.inf,  # 1 - tanh^2 has no digit left at 20
    "sigmoid": math.inf,  # s (1 - s) has none at 40
    "silu": math.inf,  # nor has its second derivative
    "gamma": 2.0**22,  # its trigamma has ten digits
    "lgamma": 2.0**22,
}
"""Where torch's own second derivative is known to have fewer digits, and what is left of them."""
TORCH_IS_SLOW = {"abs", "cbrt"}
"""The second derivative of torch.abs loads torch's compiler, which takes ten seconds; 150 digits must do."""


LINEAR = mpmath.mpf("1e-40")
"""A second derivative that is so small beside the first is what numerical differentiation leaves of 0 (leaky_relu)."""


def is_curved(case: Case) -> bool:
    """Whether there is a second derivative to look at: an operation that is linear jointly has none."""
    return type(case.primitive.rule) is not Linear


def check_enclosed(case: Case) -> None:
    """In balls the truth is enclosed, and narrowly: the value, both first derivatives and a second one."""
    name = case.primitive.name
    with working(ENCLOSURE_BITS) as balls:
        carrier: Carrier = balls
        try:
            tape = case.tape(carrier)
        except Unstated:
            raise AssertionError(f"{name} cannot be stated in balls: give it arb=, or a definition") from None
        exact, scale = case.truth.derivative(0)
        assert_enclosed(balls, flat(tape.values[case.output]), exact, scale, f"{case.label}: value")
        if case.primitive.holds_value:
            return
        exact, scale = case.truth.derivative(1)
        rows = [
            [ball for s in case.sources for ball in balls_of(balls, pulled[s], case.graph.shapes[s])]
            for unit in units(case.graph.shapes[case.output])
            for pulled in [pull(tape, {case.output: on(carrier, unit)}, case.sources)]
        ]
        assert_enclosed(balls, [ball for row in rows for ball in row], exact, scale, f"{case.label}: reverse")
        columns = [
            balls_of(balls, push(tape, {s: on(carrier, unit)})[case.output], case.graph.shapes[case.output])
            for s in case.sources
            for unit in units(case.graph.shapes[s])
        ]
        pushed = [column[row] for row in range(case.output_size) for column in columns]
        assert_enclosed(balls, pushed, exact, scale, f"{case.label}: forward")


def balls_of(balls: Balls, value: Any, shape: Any) -> list[Any]:
    """A value, or the structural zero, as a flat list of balls."""
    return [balls.lift(0)] * math.prod(shape) if value is None else flat(value)


def assert_enclosed(balls: Balls, found: list[Any], exact: Any, scale: Any, what: str) -> None:
    """Every true number lies in its ball, but for its own 40 digits, and the ball is narrow."""
    for ball, wanted, size in zip(found, exact.ravel(), scale.ravel(), strict=True):
        with mpmath.workdps(DIGITS):
            near = balls.flint.arb(mpmath.nstr(mpmath.mpf(wanted), 60))
            slack = balls.flint.arb(mpmath.nstr(mpmath.mpf(size), 10)) * balls.flint.arb("1e-38")
        gap = abs(ball - near)
        assert gap.contains(0) or gap < slack, f"{what}: {ball}, truth {near}"
        assert ball.rad() <= slack, f"{what}: the ball {ball} is wide"


def check_batched(case: Case) -> None:
    """The torch backing gives under vmap, as difference steps run it, what it gives alone."""
    carrier = TENSORS
    operands = [on(carrier, a) for a in case.arguments]

    def scaled(factor: Any) -> Any:
        return carrier.apply(case.primitive, tuple(factor * a for a in operands), case.parameters)

    factors = [carrier.lift(1.0), carrier.lift(0.984375)]
    for factor, block in zip(factors, carrier.over_directions(scaled, factors), strict=True):
        alone = scaled(factor)
        unit = ROUNDOFF["float64"] * (alone.abs() + 1.0)
        same = ((block - alone).abs() <= VALUE_ULPS * unit) | (block.isnan() & alone.isnan())
        assert same.all(), f"{case.label}: batched {block}, alone {alone}"


def check(case: Case) -> None:
    """All of the above."""
    for one in (
        check_value,
        check_first_order,
        check_dot_product,
        check_nodes,
        check_second_order,
        check_batched,
        check_enclosed,
    ):
        one(case)


# How it is computed.


def on(carrier: Carrier, array: Any) -> Any:
    """An array on a carrier."""
    return carrier.point(nested(array), array.shape)


def random_like(numbers: random.Random, shape: Any) -> Any:
    """Numbers of both signs away from 0."""
    count = math.prod(shape)
    return np.array([numbers.choice((-1, 1)) * numbers.uniform(0.5, 2) for _ in range(count)]).reshape(shape)


def units(shape: Any) -> list[Any]:
    """The unit directions of a shape."""
    return [np.array(row).reshape(shape) for row in np.eye(math.prod(shape))]


def numbers_of(carrier: Carrier, value: Any, shape: Any) -> Any:
    """A value, or the structural zero, as a flat array."""
    if value is None:
        return np.zeros(math.prod(shape))
    return np.array(flatten(carrier.nested(value)), dtype=float)


def forward_jacobian(case: Case, tape: Tape) -> Any:
    """Columns by forward sweeps."""
    carrier, shape = tape.carrier, case.graph.shapes[case.output]
    columns = []
    for source in case.sources:

        def sweep(tangent: Any, source: int = source) -> Any:
            pushed = push(tape, {source: tangent})[case.output]
            return carrier.zeros(shape) if pushed is None else pushed

        directions = [on(carrier, unit) for unit in units(case.graph.shapes[source])]
        columns += [numbers_of(carrier, c, shape) for c in carrier.over_directions(sweep, directions)]
    return np.array(columns).T


def reverse_jacobian(case: Case, tape: Tape) -> Any:
    """Rows by reverse sweeps."""
    carrier = tape.carrier

    def sweep(cotangent: Any, source: int) -> Any:
        pulled = pull(tape, {case.output: cotangent}, case.sources)[source]
        return carrier.zeros(case.graph.shapes[source]) if pulled is None else pulled

    directions = [on(carrier, unit) for unit in units(case.graph.shapes[case.output])]
    blocks = []
    for source in case.sources:
        rows = carrier.over_directions(lambda c, source=source: sweep(c, source), directions)
        blocks.append(np.array([numbers_of(carrier, r, case.graph.shapes[source]) for r in rows]))
    return np.concatenate(blocks, axis=1)


def emitted_tangent(case: Case) -> tuple[Graph, list[int], list[int | None]]:
    """(graph, tangent inputs, [tangent of the output]) by a forward sweep over nodes."""
    graph, output, sources = rebuilt(case)
    tape = tape_of_nodes(graph, [output])
    m = tape.carrier
    inputs = [graph.input(f"t{k}", graph.shapes[s]) for k, s in enumerate(sources)]
    found = push(tape, {s: Node(m, t) for s, t in zip(sources, inputs, strict=True)})[output]
    return graph, inputs, [None if found is None else found.id]


def emitted_adjoint(case: Case) -> tuple[Graph, list[int], list[int | None]]:
    """(graph, [cotangent input], adjoints of the arguments) by a reverse sweep over nodes."""
    graph, output, sources = rebuilt(case)
    tape = tape_of_nodes(graph, [output])
    u = graph.input("u", graph.shapes[output])
    found = pull(tape, {output: Node(tape.carrier, u)}, sources)
    return graph, [u], [None if found[s] is None else found[s].id for s in sources]


def rebuilt(case: Case) -> tuple[Graph, int, list[int]]:
    """The case's graph anew, to append to."""
    graph = Graph()
    sources = [graph.input(f"a{k}", a.shape) for k, a in enumerate(case.arguments)]
    return graph, graph.apply(case.primitive, tuple(sources), case.parameters), sources


def evaluated_directions(
    case: Case, graph: Graph, inputs: list[int], results: list[int | None], carrier: Carrier, mode: str
) -> Any:
    """The Jacobian from an emitted derivative graph, one unit direction after another."""
    outputs = [r for r in results if r is not None]
    offsets = [graph.shapes[i] for i in inputs]
    shapes = [graph.shapes[case.output]] if mode == "forward" else [a.shape for a in case.arguments]
    rows = []
    for hot, shape in enumerate(offsets):
        for unit in units(shape):
            values = case.values(carrier)
            for k, other in enumerate(inputs):
                values[other] = on(carrier, unit) if k == hot else carrier.zeros(offsets[k])
            tape = evaluate(graph, outputs, carrier, values)
            parts = [
                numbers_of(carrier, None if r is None else tape.values[r], s)
                for r, s in zip(results, shapes, strict=True)
            ]
            rows.append(np.concatenate(parts))
    found = np.array(rows)
    return found.T if mode == "forward" else found


def derivative_graph(case: Case) -> tuple[Graph, int, list[int], list[int], int] | None:
    """sum_i <g_i, t_i> of the adjoints g by the inputs t, as a node; None when all adjoints are zero."""
    graph, (u,), adjoints = emitted_adjoint(case)
    m = Nodes(graph)
    ts = [graph.input(f"t{k}", a.shape) for k, a in enumerate(case.arguments)]
    total: Any = None
    for adjoint, t in zip(adjoints, ts, strict=True):
        if adjoint is not None:
            term = Node(m, adjoint) * Node(m, t)
            term = m.sum(term) if graph.shapes[term.id] else term
            total = term if total is None else total + term
    if total is None:
        return None
    return graph, u, ts, [graph.inputs[f"a{k}"] for k in range(len(case.arguments))], total.id


def second_values(case: Case, carrier: Carrier, u: Any, ts: list[Any], unode: int, tnodes: list[int]) -> dict[int, Any]:
    values = case.values(carrier)
    values[unode] = on(carrier, u)
    values.update({t: on(carrier, a) for t, a in zip(tnodes, ts, strict=True)})
    return values


def pulled_twice(case: Case, carrier: Carrier, u: Any, ts: list[Any]) -> Any:
    """d/dx <J'u, t> by a reverse sweep over the nodes of a reverse sweep."""
    made = derivative_graph(case)
    if made is None:
        return np.zeros(sum(a.size for a in case.arguments))
    graph, unode, tnodes, sources, total = made
    tape = tape_of_nodes(graph, [total])
    found = pull(tape, {total: tape.carrier.lift(1.0)}, sources)
    ids = [None if found[s] is None else found[s].id for s in sources]
    values = second_values(case, carrier, u, ts, unode, tnodes)
    held = evaluate(graph, [i for i in ids if i is not None], carrier, serving(carrier, graph, values))
    return np.concatenate(
        [
            numbers_of(carrier, None if i is None else held.values[i], a.shape)
            for i, a in zip(ids, case.arguments, strict=True)
        ]
    )


def pushed_after_pull(case: Case, carrier: Carrier, u: Any, ts: list[Any]) -> Any:
    """The same by forward sweeps over values of the derivative graph."""
    made = derivative_graph(case)
    if made is None:
        return np.zeros(sum(a.size for a in case.arguments))
    graph, unode, tnodes, sources, total = made
    values = second_values(case, carrier, u, ts, unode, tnodes)
    tape = evaluate(graph, [total], carrier, serving(carrier, graph, values))
    found = []
    for source in sources:
        for unit in units(graph.shapes[source]):
            pushed = push(tape, {source: on(carrier, unit)})[total]
            found.append(0.0 if pushed is None else float(carrier.nested(pushed)))
    return np.array(found)


def serving(carrier: Carrier, graph: Graph, values: dict[int, Any]) -> dict[int, Any]:
    """The values: a carrier for scalars serves a derivative graph of scalars too."""
    if isinstance(carrier, Floats):
        assert not any(graph.shapes), "the derivative of a scalar primitive has a node that is no scalar"
    return values


def torch_double_backward(case: Case, u: Any, ts: list[Any]) -> Any:
    """d/dx <J'u, t> by torch.autograd on the primal."""
    leaves = [torch.tensor(a, dtype=torch.float64, requires_grad=True) for a in case.arguments]
    carrier = TENSORS
    value = carrier.apply(case.primitive, tuple(leaves), case.parameters)
    first = torch.autograd.grad(value, leaves, torch.tensor(u), create_graph=True, allow_unused=True)
    slope = sum((g * torch.tensor(t)).sum() for g, t in zip(first, ts, strict=True) if g is not None)
    if not isinstance(slope, torch.Tensor) or not slope.requires_grad:
        return np.zeros(sum(a.size for a in case.arguments))
    second = torch.autograd.grad(slope, leaves, allow_unused=True)
    return np.concatenate(
        [
            np.zeros(a.size) if g is None else g.numpy(force=True).ravel()
            for g, a in zip(second, case.arguments, strict=True)
        ]
    )


def assert_close(found: Any, exact: Any, scale: Any, ulps: float, what: str, dtype: str = "float64") -> None:
    """Every component within `ulps` units of roundoff of its scale."""
    found = np.asarray(found, dtype=object).reshape(np.shape(exact))
    worst, message = 0.0, ""
    with mpmath.workdps(DIGITS):
        for position in np.ndindex(found.shape):
            seen, wanted = found[position], exact[position]
            error = abs(mpmath.mpf(seen) - wanted)
            unit = ROUNDOFF[dtype] * scale[position] + UNDERFLOW[dtype]
            if not error <= ulps * unit:
                off = float(error / unit)
                if not off <= worst:
                    worst = off
                    message = f"{what}{list(position)} is {seen!r}, truth {mpmath.nstr(wanted, 20)}: {off:.3g} units"
    assert not message, message


def check_declaration(primitive: Primitive) -> None:
    """All that the rest of the program derives from a declaration is there, and the samples are ordinary points."""
    assert primitive.doc, "no documentation"
    assert primitive.doc[-1] not in ".", "the documentation line ends without a full stop"
    if primitive.definition is None:
        assert primitive.torch, "no torch backing"
        if primitive.elementwise:
            assert primitive.math, "no math backing for Python floats"
            assert primitive.sympy, "no SymPy backing"
            assert primitive.javascript, "no JavaScript for the inspector's page: javascript=, or a definition"
        else:
            assert primitive.array or primitive.name in BY_MPMATH, "neither an array backing nor a definition"
    for dotted in (primitive.torch, primitive.math, primitive.sympy, primitive.array, primitive.arb):
        assert not dotted or is_function(dotted), f"{primitive.name}: {dotted} is no function"
    check_rule_fits(primitive)
    assert set(primitive.parameter_aliases.values()) <= set(primitive.parameters), "an alias of no parameter"
    assert len(primitive.identities) in (0, len(primitive.arguments)), "one neutral element an argument, or none"
    for case in sample_cases(primitive):
        check_sample(case)
    check_every_parameter_is_sampled(primitive)


def is_function(dotted: str) -> bool:
    """Whether a dotted name leads to something that can be called."""
    try:
        return callable(resolve(dotted))
    except (ModuleNotFoundError, AttributeError):
        return False


def check_rule_fits(primitive: Primitive) -> None:
    """One partial, transpose or jvp an argument."""
    rule = primitive.rule
    if isinstance(rule, Elementwise):
        assert primitive.elementwise, "an elementwise rule for an operation with a shape rule of its own"
        assert len(rule.partials) == len(primitive.arguments)
    elif isinstance(rule, Linear):
        assert rule.variadic == primitive.variadic
        assert len(rule.transposes) == len(primitive.arguments)
    else:
        assert not primitive.elementwise, "an operation on a whole array declares shape="
        assert len(rule.jvps) == len(primitive.arguments)


def check_sample(case: Case) -> None:
    """In the domain, off every kink, with finite value: what all other checks take for granted."""
    for carrier in case.carriers():
        tape = case.tape(carrier)
        assert tape.violated(case.output) is None, f"{case.label} violates: {tape.violated(case.output)}"
        kink = case.primitive.kink
        crossing = (kink.arguments if kink else None) or range(len(case.primitive.arguments))
        # A condition is no argument to differentiate by: samples of both of its values are wanted.
        if any(case.primitive.rule.depends_on(k) for k in crossing) or case.primitive.locally_constant:
            assert not tape.kinks(), f"{case.label} lies on a kink"
        found = flatten(carrier.nested(tape.values[case.output]))
        assert all(map(math.isfinite, found)), (
            f"{case.label} gives {found} on {carrier.name}; take one that stays finite"
        )


def check_every_parameter_is_sampled(primitive: Primitive) -> None:
    """Each parameter takes at least two values over the samples, so that a rule cannot ignore it."""
    seen = [case.parameters for case in sample_cases(primitive)]
    for position, name in enumerate(primitive.parameters):
        values = {parameters[position] for parameters in seen}
        assert len(values) > 1, f"every sample has {name} = {values}"
