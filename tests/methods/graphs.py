"""Random graphs built through the Graph and Nodes interface, with points at which they are defined."""

from __future__ import annotations

import contextlib
import math
import random
from collections.abc import Callable, Sequence
from typing import Any

from hypothesis import strategies as st

from gradcli.carriers.base import Carrier
from gradcli.carriers.floats import Floats
from gradcli.carriers.nodes import Node, Nodes
from gradcli.carriers.select import serves_floats
from gradcli.carriers.tape import evaluate, input_values, tape_of
from gradcli.carriers.tensors import Tensors
from gradcli.errors import Unstated
from gradcli.graph import Graph
from gradcli.methods.base import elements, flatten, unflatten
from gradcli.methods.reverse import METHOD as REVERSE
from gradcli.methods.reverse import adjoint_of, adjoints_of, pull
from gradcli.methods.rounding import forward_bound, rounding_of_gradient
from gradcli.primitives.registry import by_name
from gradcli.problem import Problem
from gradcli.shapes import broadcast, size

Choose = Callable[[Sequence[Any]], Any]

UNARY: dict[str, Callable[[Any, Node], Node]] = {
    "sin": lambda m, x: m.sin(x),
    "cos": lambda m, x: m.cos(x),
    "tanh": lambda m, x: m.tanh(x),
    "atan": lambda m, x: m.atan(x),
    "neg": lambda m, x: -x,
    "sigmoid": lambda m, x: m.sigmoid(x),
    "softplus": lambda m, x: m.softplus(x),
    "asinh": lambda m, x: m.asinh(x),
    "erf": lambda m, x: m.erf(x),
    "erfc": lambda m, x: m.erfc(x),
    "relu": lambda m, x: m.relu(x),
    "abs": lambda m, x: m.abs(x),
    "exp": lambda m, x: m.exp(m.sin(x)),
    "expm1": lambda m, x: m.expm1(m.tanh(x)),
    "log": lambda m, x: m.log(1.5 + m.sin(x)),
    "log1p": lambda m, x: m.log1p(x * x),
    "sqrt": lambda m, x: m.sqrt(1.0 + x * x),
    "cbrt": lambda m, x: m.cbrt(2.0 + m.cos(x)),
    "square": lambda m, x: m.power(x, exponent=2),
    "cube": lambda m, x: m.power(m.tanh(x), exponent=3),
    "reciprocal root": lambda m, x: m.power(2.0 + m.sin(x), exponent=-1.5),
    "asin": lambda m, x: m.asin(0.9 * m.sin(x)),
    "acos": lambda m, x: m.acos(0.9 * m.cos(x)),
    "atanh": lambda m, x: m.atanh(0.9 * m.tanh(x)),
    "acosh": lambda m, x: m.acosh(1.5 + x * x),
    "sinh": lambda m, x: m.sinh(m.sin(x)),
    "cosh": lambda m, x: m.cosh(m.sin(x)),
    "tan": lambda m, x: m.tan(m.sin(x)),
    "gamma": lambda m, x: m.gamma(2.5 + m.sin(x)),
    "lgamma": lambda m, x: m.lgamma(3.5 + m.sin(x)),
    "digamma": lambda m, x: m.digamma(2.5 + m.sin(x)),
    "clamp": lambda m, x: m.clamp(x, -0.7, 0.9),
    "detach": lambda m, x: m.detach(x) * x,
    "floor": lambda m, x: m.floor(3.0 * x) + x,
}
BINARY: dict[str, Callable[[Any, Node, Node], Node]] = {
    "add": lambda m, x, y: x + y,
    "sub": lambda m, x, y: x - y,
    "mul": lambda m, x, y: x * y,
    "div": lambda m, x, y: m.div(x, 1.0 + y * y),
    "maximum": lambda m, x, y: m.maximum(x, y),
    "minimum": lambda m, x, y: m.minimum(x, y),
    "hypot": lambda m, x, y: m.hypot(x, 1.0 + y),
    "atan2": lambda m, x, y: m.atan2(x, 1.5 + m.sin(y)),
    "pow": lambda m, x, y: m.pow(1.5 + m.sin(x), m.tanh(y)),
    "where": lambda m, x, y: m.where(m.gt(x, y), m.sin(x), x * y),
}
TENSOR: dict[str, Callable[[Any, Node, Choose], Node]] = {
    "sum": lambda m, x, choose: m.sum(x, axis=an_axis(m, x, choose), keepdim=choose((True, False))),
    "mean": lambda m, x, choose: m.mean(x, axis=an_axis(m, x, choose), keepdim=choose((True, False))),
    "norm": lambda m, x, choose: m.norm(1.5 + x * x),
    "softmax": lambda m, x, choose: m.softmax(x, axis=choose(range(len(m.shape(x))))),
    "flatten": lambda m, x, choose: m.reshape(x, shape=(-1,)),
    "transpose": lambda m, x, choose: m.transpose(x),
    "element": lambda m, x, choose: m.index(x, spec=(choose(range(m.shape(x)[0])),)),
    "slice": lambda m, x, choose: m.index(x, spec=((0, choose((1, 2)), None),)),
    "stack": lambda m, x, choose: m.stack(x, m.sin(x), axis=choose((0, -1))),
    "repeat": lambda m, x, choose: m.broadcast_to(x, shape=(2, *m.shape(x))),
    "product": lambda m, x, choose: m.matmul(m.transpose(x), x) if len(m.shape(x)) < 3 else m.softmax(x, axis=0),
    "prod": lambda m, x, choose: m.prod(m.tanh(x), axis=an_axis(m, x, choose), keepdim=choose((True, False))),
    "var": lambda m, x, choose: m.var(x, axis=an_axis(m, x, choose), correction=0),
    "max": lambda m, x, choose: m.max(x, axis=an_axis(m, x, choose), keepdim=choose((True, False))),
    "min": lambda m, x, choose: m.min(x, axis=an_axis(m, x, choose)),
    "largest": lambda m, x, choose: m.norm(x, p=math.inf, axis=an_axis(m, x, choose)),
    "absolute": lambda m, x, choose: m.norm(x, p=choose((1, 3)), axis=an_axis(m, x, choose)),
    "cumsum": lambda m, x, choose: m.cumsum(x, axis=choose(range(len(m.shape(x)))), reverse=choose((True, False))),
    "cumprod": lambda m, x, choose: m.cumprod(m.tanh(x), axis=choose(range(len(m.shape(x))))),
    "cat": lambda m, x, choose: m.cat(x, m.cos(x), axis=choose(range(len(m.shape(x))))),
    "list": lambda m, x, choose: m.index(x, spec=(((0, choose((0, -1)), 0),),)),
    "flip": lambda m, x, choose: m.flip(x),
    "tile": lambda m, x, choose: m.repeat(x, repeats=(2,)),
    "outer": lambda m, x, choose: m.outer(m.reshape(x, shape=(-1,)), m.sin(m.reshape(x, shape=(-1,)))),
    "diag": lambda m, x, choose: m.diag(x) if len(m.shape(x)) < 3 else m.flatten(x),
    "dot": lambda m, x, choose: m.dot(m.reshape(x, shape=(-1,)), m.reshape(m.cos(x), shape=(-1,))),
}
SHAPES = ((3,), (2, 3), (2, 1), (1,))
LARGEST = 24
"""Elements of a value: the cost of a test grows with them."""


def an_axis(m: Nodes, x: Node, choose: Choose) -> int | None:
    return choose((None, *range(len(m.shape(x)))))


def random_problem(choose: Choose, number: Callable[[], float], tensors: bool, steps: int) -> Problem:
    """A graph of some steps over inputs of which one may stay unused; its last node is the output."""
    graph = Graph()
    m = Nodes(graph)
    shapes = {"x": (), "y": (), "unused": ()}
    if tensors:
        shapes |= {"v": choose(SHAPES), "w": choose(SHAPES)}
    nodes = [Node(m, graph.input(name, shape)) for name, shape in shapes.items() if name != "unused"]
    graph.input("unused")
    for _ in range(steps):
        operand = choose(nodes)
        kind = choose(("unary", "binary", "tensor" if tensors and m.shape(operand) else "binary"))
        if kind == "unary":
            made = UNARY[choose(tuple(UNARY))](m, operand)
        elif kind == "tensor":
            made = TENSOR[choose(tuple(TENSOR))](m, operand, choose)
        else:
            fitting = [n for n in nodes if broadcast(m.shape(operand), m.shape(n)) is not None]
            made = BINARY[choose(tuple(BINARY))](m, operand, choose(fitting))
        if size(m.shape(made)) <= LARGEST and len(m.shape(made)) <= 3:
            nodes.append(made)
    # Nearly every step shall count.
    total = nodes[-1]
    for node in nodes[-4:-1]:
        if broadcast(m.shape(total), m.shape(node)) is not None:
            total = total + node
    point = {name: unflatten([number() for _ in range(size(s))], s) for name, s in shapes.items()}
    shape = m.shape(total)
    cotangent = unflatten([number() for _ in range(size(shape))], shape) if shape else None
    return Problem(graph, total.id, tuple(shapes), point, cotangent)


@st.composite
def problems(draw: st.DrawFn, tensors: bool = True) -> Problem:
    """Random problems for hypothesis, which makes a failing one small."""
    numbers = st.floats(-2, 2, allow_subnormal=False)
    return random_problem(
        lambda options: draw(st.sampled_from(options)),
        lambda: draw(numbers),
        tensors and draw(st.booleans()),
        draw(st.integers(1, 12)),
    )


def drawn_problem(rng: random.Random) -> Problem:
    """A random problem for counting, from a generator of random numbers."""
    return random_problem(rng.choice, lambda: rng.uniform(-2, 2), rng.random() < 0.4, rng.randint(1, 12))


def carrier_for(problem: Problem) -> Carrier:
    """Floats where they can serve, else tensors on the processor."""
    nodes = problem.graph.ancestors([problem.output])
    return Floats() if serves_floats(problem.graph, nodes) else Tensors("cpu")


def is_tame(problem: Problem) -> bool:
    """Whether no value of the graph is large: then all rounding is of ordinary size."""
    return all(abs(v) < 1e6 for v in _values(problem))


def is_far_from_underflow(problem: Problem) -> bool:
    """Whether no value of the graph, and no weight of its output, is tiny: then no product of a few of them is 0.

    Torch multiplies in another order than gradcli, where the weight 5.7e-283 times the value 1.4e-45 may be lost.
    """
    weights = [] if problem.cotangent is None else flatten(problem.cotangent)
    return all(v == 0 or abs(v) > 1e-100 for v in [*_values(problem), *weights])


def _values(problem: Problem) -> list[float]:
    carrier = carrier_for(problem)
    tape = evaluate(problem.graph, [problem.output], carrier, input_values(problem.graph, carrier, problem.point))
    return [v for node in tape.nodes for v in flatten(carrier.nested(tape.values[node]))]


def stands_on_kink(problem: Problem) -> bool:
    """Whether the point lies exactly on a kink of some node."""
    carrier = carrier_for(problem)
    tape = evaluate(problem.graph, [problem.output], carrier, input_values(problem.graph, carrier, problem.point))
    return bool(tape.kinks())


def flat_gradient(gradient: dict[str, Any], problem: Problem) -> list[float]:
    """All components, input by input."""
    return [g for name in problem.wrt for g in flatten(gradient[name])]


def rounding_of(problem: Problem) -> list[float]:
    """What rounding may do to each component of the gradient; tests below that this is neither small nor large."""
    carrier = carrier_for(problem)
    found = rounding_of_gradient(problem, carrier)
    exact = flat_gradient(REVERSE.differentiate(problem, carrier).gradient or {}, problem)
    largest = max(map(abs, exact), default=0.0)
    # Components that cancel to almost nothing carry the rounding of the others.
    return [r + 2.0**-60 * largest for name in problem.wrt for r in found[name]]


def rounding_of_both(problem: Problem) -> list[float]:
    """The same where forward mode stands beside reverse: it adds in another order, and so may cancel where reverse has
    an exact 0. Where no bound can be stated, what is found is of perturbed sweeps of both."""
    found = rounding_of(problem)
    with contextlib.suppress(Unstated):
        found = [r + f for r, f in zip(found, forward_bound(problem, carrier_for(problem)), strict=True)]
    return found


def error_of_torch_tanh(problem: Problem) -> list[float]:
    """What torch's derivative of tanh does to each component of its gradient.

    It is 1 - t*t of a rounded t: off by up to 2|t| units of rounding in t (one in the last place of t < 1), one half
    in t*t, and one half in the difference, each at most 2^-53.
    """
    tensors = Tensors("cpu", problem.dtype)
    graph, sources = problem.graph, [problem.graph.inputs[name] for name in problem.wrt]
    tape = tape_of(problem, tensors)
    adjoints = adjoints_of(problem, tape, sources)
    total = [0.0] * elements(problem)
    for node in tape.nodes:
        if graph.operations[node] is not by_name()["tanh"] or adjoints[node] is None:
            continue
        # Errors of elements may have any sign, so each is carried back by itself.
        (argument,) = graph.arguments[node]
        shape = graph.shapes[node]
        errors = [4 * 2.0**-53 * a for a in flatten(tensors.nested(adjoints[node]))]
        for k, error in enumerate(errors):
            alone = [0.0] * k + [error] + [0.0] * (len(errors) - k - 1)
            effects = pull(tape, {argument: tensors.constant(unflatten(alone, shape), shape)}, sources)
            found = (adjoint_of(effects, s) for s in sources)
            parts = [
                [0.0] * size(problem.input_shape(n)) if e is None else flatten(tensors.nested(e))
                for n, e in zip(problem.wrt, found, strict=True)
            ]
            total = [t + abs(e) for t, e in zip(total, (e for part in parts for e in part), strict=True)]
    return total
